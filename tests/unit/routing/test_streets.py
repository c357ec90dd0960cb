from pathlib import Path

import numpy as np
import pytest

from routing.osm.model import Restriction
from routing.streets.graph import RoadClass, StreetFileError, StreetGraph, StreetMode
from routing.streets.search import StreetSearch
from routing.streets.snap import snap_many
from routing.streets.turns import count_unused
from tests.street_maps import draw, show, snap, way_between

WALK, BIKE, CAR = StreetMode.WALK, StreetMode.BIKE, StreetMode.CAR
ROAD = {"highway": "residential"}

#  D --- E --- F
#  |     |     |     100 m apart
#  A --- B --- C
BLOCKS = {
    "A": (0, 0),
    "B": (100, 0),
    "C": (200, 0),
    "D": (0, 100),
    "E": (100, 100),
    "F": (200, 100),
}


def turn(from_way: int, via: str, to_way: int, only: bool = False) -> Restriction:
    return Restriction(from_way, ord(via) - 64, to_way, only, 1 << CAR | 1 << BIKE)


def test_ways_are_split_where_they_meet_and_nowhere_else() -> None:
    graph = draw(BLOCKS, [("A B C", ROAD), ("B E", ROAD), ("D E F", ROAD)])
    assert sorted(graph.nodes.osm_id.tolist()) == [1, 2, 3, 4, 5, 6]
    assert graph.n_edges == 5
    assert graph.edges.length_m == pytest.approx(100, abs=0.05)
    bend = draw(BLOCKS, [("A B E", ROAD)])
    assert bend.n_edges == 1
    assert bend.edges.length_m[0] == pytest.approx(200, abs=0.05)
    assert bend.edge_lonlat(0).shape == (3, 2)


def test_walking_takes_the_length_over_the_speed() -> None:
    graph = draw(BLOCKS, [("A B C", ROAD), ("C F", ROAD)])
    path = way_between(graph, WALK, (50, 0), (200, 50))
    assert path is not None
    assert path.length_m == pytest.approx(200, abs=0.1)
    assert path.duration_s == pytest.approx(200 / 1.33, abs=0.1)
    assert show(path, BLOCKS) == ". B C ."


def test_a_way_within_one_edge_stays_on_it() -> None:
    graph = draw(BLOCKS, [("A C", ROAD)])
    path = way_between(graph, WALK, (150, 0), (50, 0))
    assert path is not None
    assert path.length_m == pytest.approx(100, abs=0.1)
    assert path.backward.tolist() == [True]


def test_a_one_way_street_is_driven_around_the_block() -> None:
    ways = [("A B", {**ROAD, "oneway": "yes"}), ("B E D A", ROAD)]
    graph = draw(BLOCKS, ways)
    against = way_between(graph, CAR, (80, 0), (20, 0))
    assert show(against, BLOCKS) == ". B E D A ."
    on_foot = way_between(graph, WALK, (80, 0), (20, 0))
    assert on_foot is not None
    assert on_foot.length_m == pytest.approx(60, abs=0.1)


def test_bicycles_may_ride_against_a_one_way_street_that_allows_it() -> None:
    tags = {**ROAD, "oneway": "yes", "oneway:bicycle": "no"}
    graph = draw(BLOCKS, [("A B", tags), ("B E D A", ROAD)])
    path = way_between(graph, BIKE, (80, 0), (20, 0))
    assert path is not None
    assert path.length_m == pytest.approx(60, abs=0.1)


def test_a_street_drawn_against_its_one_way_direction_is_reversed() -> None:
    graph = draw(BLOCKS, [("A B", {**ROAD, "oneway": "-1"}), ("B E D A", ROAD)])
    assert show(way_between(graph, CAR, (20, 0), (80, 0)), BLOCKS) == ". A D E B ."


def test_a_bollard_stops_cars_and_nobody_else() -> None:
    ways = [("A B C", ROAD), ("A D E F C", ROAD)]
    graph = draw(BLOCKS, ways, nodes={"B": {"barrier": "bollard"}})
    assert show(way_between(graph, BIKE, (50, 0), (150, 0)), BLOCKS) == ". B ."
    assert show(way_between(graph, CAR, (50, 0), (150, 0)), BLOCKS) == ". A D E F C ."
    assert (graph.edges.road_class == RoadClass.BARRIER).sum() == 1


def test_a_barrier_on_a_crossing_parts_all_its_arms() -> None:
    ways = [("A B C", ROAD), ("B E", ROAD), ("A D E F C", ROAD)]
    graph = draw(BLOCKS, ways, nodes={"B": {"barrier": "block"}})
    assert show(way_between(graph, CAR, (50, 0), (100, 50)), BLOCKS) == ". A D E ."
    assert show(way_between(graph, CAR, (150, 0), (100, 50)), BLOCKS) == ". C F E ."
    assert show(way_between(graph, WALK, (150, 0), (100, 50)), BLOCKS) == ". B ."


def test_a_forbidden_left_turn_is_driven_around() -> None:
    ways = [("A B", ROAD), ("B C", ROAD), ("B E", ROAD), ("C F", ROAD), ("F E", ROAD)]
    free, bound = draw(BLOCKS, ways), draw(BLOCKS, ways, turns=[turn(1, "B", 3)])
    assert show(way_between(free, CAR, (50, 0), (100, 50)), BLOCKS) == ". B ."
    assert show(way_between(bound, CAR, (50, 0), (100, 50)), BLOCKS) == ". B C F E ."
    assert show(way_between(bound, CAR, (150, 0), (100, 50)), BLOCKS) == ". B ."
    assert show(way_between(bound, WALK, (50, 0), (100, 50)), BLOCKS) == ". B ."


def test_the_only_turn_allowed_forbids_all_others() -> None:
    ways = [("A B", ROAD), ("B C", ROAD), ("B E", ROAD), ("C F", ROAD), ("F E", ROAD)]
    graph = draw(BLOCKS, ways, turns=[turn(1, "B", 3, only=True)])
    assert show(way_between(graph, CAR, (50, 0), (150, 0)), BLOCKS) == ". B E F C ."
    assert show(way_between(graph, CAR, (100, 50), (150, 0)), BLOCKS) == ". B ."


LANES = {**BLOCKS, "G": (300, 0), "H": (300, 100)}
"""Two lanes, A to G and H to D, joined at B and E and at C and F."""


def over(from_way: int, via: tuple[int, ...], to_way: int, only: bool = False) -> Restriction:
    return Restriction(from_way, 0, to_way, only, 1 << CAR, via)


@pytest.mark.parametrize("via", [(3, 2), (2, 3)])
def test_a_turn_over_two_ways_is_forbidden_in_whatever_order_they_are_listed(
    via: tuple[int, int],
) -> None:
    ways = [("A B", ROAD), ("B E", ROAD), ("E F", ROAD), ("F H", ROAD), ("B C G H", ROAD)]
    start, end = (50, 0), (250, 100)
    assert show(way_between(draw(LANES, ways), CAR, start, end), LANES) == ". B E F ."
    graph = draw(LANES, ways, turns=[over(1, via, 4)])
    assert show(way_between(graph, CAR, start, end), LANES) == ". B C G H ."
    # who joins on the way is free to take it
    assert show(way_between(graph, CAR, (100, 50), end), LANES) == ". E F ."


def test_a_turn_over_a_way_of_several_edges_is_forbidden() -> None:
    ways = [("A B", ROAD), ("B C G", ROAD), ("G H", ROAD), ("C F", ROAD), ("F H", ROAD)]
    start, end = (50, 0), (300, 60)
    assert show(way_between(draw(LANES, ways), CAR, start, end), LANES) == ". B C G ."
    graph = draw(LANES, ways, turns=[over(1, (2,), 3)])
    assert show(way_between(graph, CAR, start, end), LANES) == ". B C F H ."


def test_the_only_way_over_another_must_be_taken_once_it_is_begun() -> None:
    ways = [("A B", ROAD), ("B C", ROAD), ("C F", ROAD), ("C G H", ROAD), ("B E F H", ROAD)]
    graph = draw(LANES, ways, turns=[over(1, (2,), 3, only=True)])
    start = (50, 0)
    assert show(way_between(graph, CAR, start, (200, 50)), LANES) == ". B C ."
    assert show(way_between(graph, CAR, start, (250, 0)), LANES) == ". B C F H G ."
    assert show(way_between(graph, CAR, start, (100, 50)), LANES) == ". B C F E ."


def test_a_restriction_over_ways_that_do_not_meet_is_counted_as_unused() -> None:
    ways = [("A B", ROAD), ("B C", ROAD), ("D E", ROAD), ("A D", ROAD)]
    turns = [over(1, (2,), 3), turn(1, "B", 2)]
    graph = draw(BLOCKS, ways, turns=turns)
    assert count_unused(graph.nodes, graph.edges, turns) == 1


def test_a_junction_reached_by_a_restricted_turn_counts_as_reached() -> None:
    ways = [("A B", ROAD), ("B C", ROAD), ("B E", ROAD), ("C F", ROAD), ("F E", ROAD)]
    graph = draw(BLOCKS, ways, turns=[turn(1, "B", 3)])
    path = way_between(graph, CAR, (50, 0), (100, 0))
    assert path is not None
    assert path.length_m == pytest.approx(50, abs=0.1)


def test_places_are_never_linked_to_an_island() -> None:
    spots = {**BLOCKS, "X": (40, 30), "Y": (60, 30)}
    graph = draw(spots, [("A B", ROAD), ("B E D A", ROAD), ("X Y", ROAD)])
    found = snap(graph, WALK, 50, 31)
    assert graph.edges.way_id[found.edge] == 1
    assert found.distance_m == pytest.approx(31, abs=0.1)


def test_a_place_at_a_pole_is_linked_to_nothing_without_searching_for_ever() -> None:
    graph = draw(BLOCKS, [("A B E D A", ROAD)])
    poles = snap_many(graph, WALK, np.array([0.0, 8.0]), np.array([90.0, -90.0]))
    assert not np.isfinite(poles.distance_m).any()


def test_a_trap_for_cars_is_no_place_to_park() -> None:
    ways = [("A B E D A", ROAD), ("B C", {**ROAD, "oneway": "yes"})]
    graph = draw(BLOCKS, ways)
    assert graph.edges.way_id[snap(graph, WALK, 150, 0).edge] == 2
    assert graph.edges.way_id[snap(graph, CAR, 150, 0).edge] == 1


def test_a_reverse_search_finds_the_same_time_as_the_way_there() -> None:
    ways = [("A B", {**ROAD, "oneway": "yes"}), ("B E D A", ROAD)]
    graph = draw(BLOCKS, ways)
    search = StreetSearch(graph, CAR)
    start, end = snap(graph, CAR, 80, 0), snap(graph, CAR, 20, 0)
    there = search.path(search.reach([(start, 0.0)], 1e5), end)
    back = search.path(search.reach([(end, 0.0)], 1e5, reverse=True), start)
    assert there is not None
    assert back is not None
    assert back.duration_s == pytest.approx(there.duration_s)
    assert back.lonlat == pytest.approx(there.lonlat)


def test_of_several_sources_the_one_with_the_earliest_arrival_wins() -> None:
    graph = draw(BLOCKS, [("A B C", ROAD), ("C F", ROAD)])
    search = StreetSearch(graph, WALK)
    near, far = snap(graph, WALK, 150, 0), snap(graph, WALK, 20, 0)
    goal = snap(graph, WALK, 200, 50)
    late = search.path(search.reach([(far, 0.0), (near, 500.0)], 1e4), goal)
    soon = search.path(search.reach([(far, 0.0), (near, 10.0)], 1e4), goal)
    assert late is not None
    assert soon is not None
    assert (late.source, soon.source) == (0, 1)
    assert soon.duration_s == pytest.approx(100 / 1.33, abs=0.1)


def test_nothing_beyond_the_limit_is_reached() -> None:
    graph = draw(BLOCKS, [("A B C", ROAD)])
    search = StreetSearch(graph, WALK)
    reach = search.reach([(snap(graph, WALK, 10, 0), 0.0)], 60 / 1.33)
    seconds = [search.seconds_to(reach, snap(graph, WALK, x, 0)) for x in (69, 71)]
    assert seconds[0] == pytest.approx(59 / 1.33, abs=0.1)
    assert seconds[1] == np.inf


def test_a_saved_graph_opens_as_it_was(tmp_path: Path) -> None:
    ways = [("A B C", {**ROAD, "name": "Lange Straße"}), ("B E", ROAD), ("A E", ROAD)]
    graph = draw(BLOCKS, ways, turns=[turn(1, "B", 2)])
    graph.save(tmp_path)
    again = StreetGraph.load(tmp_path)
    assert again.edge_name(0) == "Lange Straße"
    assert not again.edges.tail.flags.writeable
    for mode in StreetMode:
        for column, values in vars(graph.modes[mode]).items():
            assert np.array_equal(getattr(again.modes[mode], column), values)
    assert show(way_between(again, WALK, (50, 0), (100, 50)), BLOCKS) == ". B ."


def test_a_folder_without_streets_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(StreetFileError, match="build the network again"):
        StreetGraph.load(tmp_path)
    (tmp_path / "meta.json").write_text('{"format": 0}')
    with pytest.raises(StreetFileError, match="format 0"):
        StreetGraph.load(tmp_path)

"""Searches on random maps agree with networkx, linking with shapely."""

import math
import string
from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.osm.model import Restriction
from routing.streets.graph import Profile, StreetGraph, StreetMode
from routing.streets.modes import main_part
from routing.streets.search import StreetSearch
from routing.streets.snap import AT_NODE_M, NO_EDGE, SnapTable, snap_many
from tests.street_maps import DEGREE_M, Way, draw

CAR = StreetMode.CAR
KINDS = (
    {"highway": "residential"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "primary", "oneway": "-1"},
    {"highway": "steps"},
    {"highway": "cycleway", "oneway": "yes"},
    {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"},
    {"highway": "residential", "motor_vehicle": "destination"},
    {"highway": "secondary", "cycleway": "lane"},
    {"highway": "path", "surface": "ground", "wheelchair": "no"},
)
OBSTACLES = ({"barrier": "bollard"}, {"barrier": "cycle_barrier"}, {"kerb": "raised"})
seeds = st.integers(0, 2**32 - 1)
modes = st.sampled_from(list(StreetMode))
one_measure = st.sampled_from([p for p in Profile if p is not Profile.BIKE_SAFE])


def random_map(rng: np.random.Generator) -> tuple[StreetGraph, list[Way]]:
    """Draw up to 26 spots and ways of two to five of them, some behind barriers and lifts."""
    letters = string.ascii_uppercase[: rng.integers(4, 27)]
    spots = {name: tuple(rng.uniform(0, 2000, 2)) for name in letters}
    ways: list[Way] = []
    for _ in range(rng.integers(3, 25)):
        course = rng.choice(list(letters), min(rng.integers(2, 6), len(letters)), replace=False)
        ways.append((" ".join(course), KINDS[rng.integers(len(KINDS))]))
    obstacles = (*OBSTACLES, {"highway": "elevator"})
    nodes = {name: obstacles[rng.integers(4)] for name in letters if rng.random() < 0.15}
    return draw(spots, [*ways, ("A B", KINDS[0])], nodes), ways


def random_places(
    rng: np.random.Generator, graph: StreetGraph, way: StreetMode | Profile, n: int
) -> SnapTable:
    """Link places near the map; some exactly at junctions, some on one edge together."""
    xy = rng.uniform(-100, 2100, (n, 2)) / DEGREE_M
    at = rng.integers(graph.n_nodes, size=n // 3)
    xy[: n // 3] = np.column_stack((graph.nodes.lon_e7[at], graph.nodes.lat_e7[at])) / 1e7
    xy[-2] = xy[-1] + 1e-5
    return snap_many(graph, way, xy[:, 0], xy[:, 1], 5000.0)


def oracle(
    graph: StreetGraph, way: StreetMode | Profile, places: SnapTable
) -> "nx.MultiDiGraph[object]":
    """Insert the places as nodes of a networkx graph by cutting their edges.

    Its arcs have the profile's seconds, and as ``weight`` what it chooses ways by.
    """
    side, times = graph.modes[Profile.of(way).mode], graph.profile(way)
    cost_of = times.cost if len(times.cost) else times.seconds
    cuts: dict[int, list[tuple[float, int]]] = {}
    for i, edge in enumerate(places.edge.tolist()):
        if edge != NO_EDGE:
            cuts.setdefault(edge, []).append((float(places.fraction[i]), i))
    result = nx.MultiDiGraph()
    columns = (side.tail, side.head, side.way, times.seconds, cost_of)
    for tail, head, arc_way, seconds, cost in zip(*(c.tolist() for c in columns), strict=True):
        if not math.isfinite(seconds):
            continue
        middle = [(f, f"p{i}") for f, i in sorted(cuts.get(arc_way >> 1, []))]
        if arc_way & 1:
            middle = [(1 - f, name) for f, name in reversed(middle)]
        for (f, a), (g, b) in pairwise([(0.0, tail), *middle, (1.0, head)]):
            result.add_edge(a, b, weight=(g - f) * cost, seconds=(g - f) * seconds)
    for edge, spots in cuts.items():
        for (f, i), (g, j) in combinations(spots, 2):
            if abs(f - g) < 1e-5:  # one spot: also against a one-way street
                result.add_edge(f"p{i}", f"p{j}", weight=0.0, seconds=0.0)
                result.add_edge(f"p{j}", f"p{i}", weight=0.0, seconds=0.0)
        for f, i in spots:  # within 5 cm of a junction is at it
            metres = float(graph.edges.length_m[edge])
            ends = ((f, graph.edges.tail[edge]), (1 - f, graph.edges.head[edge]))
            for share, node in ends:
                if share * metres < AT_NODE_M:
                    result.add_edge(f"p{i}", int(node), weight=0.0, seconds=0.0)
                    result.add_edge(int(node), f"p{i}", weight=0.0, seconds=0.0)
    return result


@settings(max_examples=150)
@given(seed=seeds, profile=one_measure, reverse=st.booleans())
def test_times_between_places_equal_those_of_networkx(
    seed: int, profile: Profile, reverse: bool
) -> None:
    rng = np.random.default_rng(seed)
    graph, _ = random_map(rng)
    places = random_places(rng, graph, profile, 12)
    theirs = oracle(graph, profile, places)
    search = StreetSearch(graph, profile)
    offsets = np.where(rng.random(12) < 0.4, rng.uniform(0, 300, 12), np.inf).astype(np.float32)
    limit = float(rng.choice([1e9, rng.uniform(100, 1500)]))
    reach = search.reach_from(places, offsets, limit, reverse)
    ours, source = search.many_with_source(reach, places)
    directed = theirs.reverse() if reverse else theirs
    for j in range(12):
        expected = math.inf
        for i in np.flatnonzero(np.isfinite(offsets)):
            if places.edge[i] == NO_EDGE or places.edge[j] == NO_EDGE:
                continue
            try:
                way = nx.dijkstra_path_length(directed, f"p{i}", f"p{j}")
            except (nx.NetworkXNoPath, nx.NodeNotFound):
                continue
            expected = min(expected, float(offsets[i]) + way)
        if abs(expected - limit) < 0.01 or expected > limit:
            expected = math.inf
            if abs(ours[j] - limit) < 0.02:
                continue  # at the very limit either answer will do
        assert ours[j] == pytest.approx(expected, rel=1e-5, abs=0.2)
        place = places[j]
        if place is None or not math.isfinite(ours[j]):
            assert source[j] == -1
            continue
        path = search.path(reach, place)
        assert path is not None
        assert path.source == source[j]
        assert path.duration_s + offsets[path.source] == pytest.approx(ours[j], rel=1e-5, abs=1e-3)
        ends = path.lonlat[0 if reverse else -1], path.lonlat[-1 if reverse else 0]
        assert ends[0] == pytest.approx([place.lon, place.lat], abs=2e-6)
        assert ends[1] == pytest.approx(
            [places.lon[path.source], places.lat[path.source]], abs=2e-6
        )


@settings(max_examples=60)
@given(seed=seeds, reverse=st.booleans(), factor=st.sampled_from([2**-12, 2**12]))
def test_neither_very_long_nor_very_short_streets_change_the_ways(
    seed: int, reverse: bool, factor: float
) -> None:
    # All nodes wait in one bucket, or streets lead past all of them; powers of two do not round.
    rng = np.random.default_rng(seed)
    graph, _ = random_map(rng)
    places = random_places(rng, graph, Profile.BIKE, 8)
    offsets = np.where(rng.random(8) < 0.5, rng.uniform(0, 300, 8), np.inf).astype(np.float32)
    limit = np.float32(rng.uniform(100, 1500))
    plain = StreetSearch(graph, Profile.BIKE)
    scaled = StreetSearch(graph, Profile.BIKE, plain.seconds * np.float32(factor))
    with scaled.scratch() as scratch:
        scratch.make_room(1)
    reach = plain.reach_from(places, offsets, limit, reverse)
    other = scaled.reach_from(places, offsets * np.float32(factor), limit * factor, reverse)
    assert np.array_equal(
        plain.many(reach, places) * np.float32(factor), scaled.many(other, places)
    )
    assert dict(
        zip(reach.node.tolist(), (reach.duration_s * factor).tolist(), strict=True)
    ) == dict(zip(other.node.tolist(), other.duration_s.tolist(), strict=True))


@settings(max_examples=100)
@given(seed=seeds, reverse=st.booleans())
def test_the_most_agreeable_way_is_told_in_the_seconds_it_takes(seed: int, reverse: bool) -> None:
    rng = np.random.default_rng(seed)
    graph, _ = random_map(rng)
    places = random_places(rng, graph, Profile.BIKE_SAFE, 8)
    directed = oracle(graph, Profile.BIKE_SAFE, places)
    directed = directed.reverse() if reverse else directed
    search = StreetSearch(graph, Profile.BIKE_SAFE)
    limit = float(rng.choice([1e9, rng.uniform(100, 1500)]))
    starts = [place for place in (places[i] for i in range(8)) if place is not None]
    for start in starts:
        offset = float(rng.uniform(0, 50))
        reach = search.reach([(start, offset)], limit, reverse)
        ours = search.many(reach, places)
        name = next(
            f"p{k}"
            for k in range(8)
            if places[k] and places.edge[k] == start.edge and places.fraction[k] == start.fraction
        )
        for j in range(8):
            place = places[j]
            if place is None:
                continue
            try:
                course = nx.dijkstra_path(directed, name, f"p{j}")
            except (nx.NetworkXNoPath, nx.NodeNotFound):
                assert ours[j] == math.inf
                continue
            expected = offset + sum(
                min(directed[a][b].values(), key=lambda arc: arc["weight"])["seconds"]
                for a, b in pairwise(course)
            )
            if abs(expected - limit) < 0.05:
                continue
            if expected > limit:
                assert ours[j] == math.inf
                continue
            assert ours[j] == pytest.approx(expected, rel=1e-4, abs=0.2)
            path = search.path(reach, place)
            assert path is not None
            assert path.duration_s + offset == pytest.approx(ours[j], rel=1e-4, abs=1e-2)
            to = search.reach([(start, offset)], limit, reverse, until=place)
            assert search.seconds_to(to, place) == pytest.approx(ours[j], rel=1e-4, abs=1e-2)


@settings(max_examples=100)
@given(seed=seeds, profile=st.sampled_from(Profile))
def test_from_where_a_profile_links_a_place_it_reaches_all_other_places(
    seed: int, profile: Profile
) -> None:
    rng = np.random.default_rng(seed)
    graph, _ = random_map(rng)
    places = random_places(rng, graph, profile, 9)
    search = StreetSearch(graph, profile)
    linked = np.flatnonzero(places.edge != NO_EDGE)
    for i in linked:
        start = places[int(i)]
        assert start is not None
        seconds = search.many(search.reach([(start, 0.0)], math.inf), places)
        assert np.isfinite(seconds[linked]).all()


@settings(max_examples=100)
@given(seed=seeds)
def test_no_way_takes_a_forbidden_turn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    letters = string.ascii_uppercase[:9]
    spots = {name: (i % 3 * 100.0, i // 3 * 100.0) for i, name in enumerate(letters)}
    pairs = [(a, b) for a in range(9) for b in (a + 1, a + 3) if b < 9 and (b - a == 3 or b % 3)]
    ways = [(f"{letters[a]} {letters[b]}", KINDS[0]) for a, b in pairs]
    turns = []
    for node in rng.choice(9, 6):
        around = [i for i, pair in enumerate(pairs, 1) if node in pair]
        start, end = rng.choice(around, 2, replace=False).tolist()
        only = bool(rng.random() < 0.3)
        turns.append(Restriction(start, int(node) + 1, end, only, 1 << CAR))
    turns = list({(turn.from_way, turn.via_node): turn for turn in turns}.values())
    graph = draw(spots, ways, turns=turns)
    plain = draw(spots, ways)
    places = random_places(rng, graph, CAR, 9)
    freely = snap_many(plain, CAR, places.lon, places.lat)
    search, free = StreetSearch(graph, CAR), StreetSearch(plain, CAR)
    for i in range(9):
        start, unbound = places[i], freely[i]
        if start is None or unbound is None:
            continue
        reach = search.reach([(start, 0.0)], 1e6)
        least = free.many(free.reach([(unbound, 0.0)], 1e6), freely)
        for j in range(9):
            end = places[j]
            path = None if end is None else search.path(reach, end)
            if path is None:
                continue
            assert path.duration_s >= least[j] - 0.1
            course = graph.edges.way_id[path.edges].tolist()
            ends = np.where(
                path.backward, graph.edges.tail[path.edges], graph.edges.head[path.edges]
            )
            via = graph.nodes.osm_id[ends].tolist()
            for before, node, after in zip(course, via, course[1:], strict=False):
                for turn in turns:
                    if (turn.from_way, turn.via_node) == (before, node) and before != after:
                        assert (turn.to_way == after) or not turn.only
                        assert (turn.to_way != after) or turn.only


@settings(max_examples=100)
@given(seed=seeds, mode=modes)
def test_the_nearest_usable_edge_is_the_one_shapely_finds(seed: int, mode: StreetMode) -> None:
    rng = np.random.default_rng(seed)
    graph, _ = random_map(rng)
    usable = np.flatnonzero(graph.modes[mode].usable)
    lines = [shapely.LineString(graph.edge_lonlat(int(e)) * DEGREE_M) for e in usable]
    xy = rng.uniform(-700, 2700, (20, 2))
    places = snap_many(graph, mode, *(xy / DEGREE_M).T)
    for i, (x, y) in enumerate(xy):
        distances = [line.distance(shapely.Point(x, y)) for line in lines]
        nearest = min(distances, default=math.inf)
        if abs(nearest - 500) < 0.5:
            continue
        if nearest > 500:
            assert places.edge[i] == NO_EDGE
            assert places[i] is None
            continue
        assert places.distance_m[i] == pytest.approx(nearest, abs=0.05)
        assert distances[usable.tolist().index(places.edge[i])] == pytest.approx(nearest, abs=0.05)


@settings(max_examples=100)
@given(seed=seeds)
def test_the_main_part_is_a_largest_strong_component(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    arcs = np.sort(rng.integers(n, size=(int(rng.integers(0, 80)), 2)), axis=0)
    arcs[:, 1] = rng.integers(n, size=len(arcs))
    first = np.searchsorted(arcs[:, 0], np.arange(n + 1)).astype(np.uint32)
    head = arcs[:, 1].astype(np.uint32)
    main = set(np.flatnonzero(main_part(first, head)).tolist())
    graph = nx.DiGraph(arcs.tolist())
    graph.add_nodes_from(range(n))
    parts = list(nx.strongly_connected_components(graph))
    assert main in parts
    assert len(main) == max(map(len, parts))

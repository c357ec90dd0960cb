from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from routing.streets.graph import Profile, StreetFileError, StreetGraph, StreetMode, freeze
from routing.streets.modes import make_profiles
from tests.street_maps import draw, show, snap, way_between

WALK, SLOW, STEP_FREE = Profile.WALK, Profile.WALK_SLOW, Profile.WALK_STEP_FREE
BIKE, SAFE, FAST, CARGO = Profile.BIKE, Profile.BIKE_SAFE, Profile.BIKE_FAST, Profile.BIKE_CARGO
ROAD = {"highway": "residential"}
FOOTWAY = {"highway": "footway"}
STEPS = {"highway": "steps"}

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
BESIDE = [("A D E F C", ROAD)]
"""The long way from A to C."""

START, END = (0.0, 50.0), (200.0, 50.0)
"""Halfway between A and D, and between C and F: 300 m apart either way."""


def seconds(graph: StreetGraph, profile: Profile, shown: str = "") -> float:
    path = way_between(graph, profile, START, END)
    assert path is not None
    assert not shown or show(path, BLOCKS) == shown
    return path.duration_s


def hill(graph: StreetGraph, climb_m: list[float]) -> StreetGraph:
    """Raise the edges of a map."""
    climb = np.array(climb_m, np.float32)
    edges = freeze(replace(graph.edges, climb_m=climb))
    return replace(graph, edges=edges, profiles=make_profiles(edges, graph.modes))


def test_a_slow_walker_takes_half_as_long_again() -> None:
    graph = draw(BLOCKS, [("A B C", ROAD), *BESIDE])
    assert seconds(graph, WALK) == pytest.approx(300 / 1.33, abs=0.2)
    assert seconds(graph, SLOW) == pytest.approx(300 / 0.9, abs=0.2)


@pytest.mark.parametrize(
    "tags",
    [
        STEPS,
        {**STEPS, "conveying": "yes"},
        {**FOOTWAY, "conveying": "yes"},
        {**FOOTWAY, "wheelchair": "no"},
    ],
)
def test_the_step_free_way_goes_around_what_wheels_cannot_pass(tags: dict[str, str]) -> None:
    graph = draw(BLOCKS, [("A B", FOOTWAY), ("B C", tags), ("A D", ROAD), ("D E F C", ROAD)])
    near, far = (50, 0), (200, 20)
    assert show(way_between(graph, WALK, near, far), BLOCKS) == ". B C ."
    assert show(way_between(graph, STEP_FREE, near, far), BLOCKS) == ". A D E F ."


@pytest.mark.parametrize("tags", [FOOTWAY, {**STEPS, "ramp:wheelchair": "yes"}])
def test_what_nothing_is_known_of_and_steps_with_a_ramp_are_step_free(
    tags: dict[str, str],
) -> None:
    graph = draw(BLOCKS, [("A B", FOOTWAY), ("B C", tags), ("A D", ROAD), ("D E F C", ROAD)])
    assert show(way_between(graph, STEP_FREE, (50, 0), (200, 20)), BLOCKS) == ". B C ."


def test_a_raised_kerb_is_gone_around_a_lowered_one_is_not() -> None:
    ways = [("A B C", FOOTWAY), ("A D", ROAD), ("D E F C", ROAD)]
    for kerb, expected in (("raised", ". A D E F ."), ("lowered", ". B C .")):
        graph = draw(BLOCKS, ways, nodes={"B": {"kerb": kerb}})
        assert show(way_between(graph, STEP_FREE, (50, 0), (200, 20)), BLOCKS) == expected


def test_a_door_beside_stairs_is_linked_to_the_nearest_street_without() -> None:
    graph = draw(BLOCKS, [("A B", STEPS), ("A D E B", ROAD)])
    door = snap(graph, WALK, 50, 10)
    assert door.distance_m == pytest.approx(10, abs=0.1)
    step_free = snap(graph, STEP_FREE, 50, 10)
    assert step_free.distance_m == pytest.approx(50, abs=0.1)


def test_a_door_is_not_linked_to_a_street_that_only_stairs_lead_to() -> None:
    spots = {**BLOCKS, "G": (50, 20), "H": (60, 20)}
    graph = draw(spots, [("A D E B A", ROAD), ("B G", STEPS), ("G H", FOOTWAY)])
    assert snap(graph, WALK, 55, 22).distance_m == pytest.approx(2, abs=0.1)
    assert snap(graph, STEP_FREE, 55, 22).distance_m == pytest.approx(22, abs=0.1)


def test_wheels_are_slow_on_rough_ground() -> None:
    smooth = draw(BLOCKS, [("A D E F C", {**ROAD, "surface": "asphalt"})])
    rough = draw(BLOCKS, [("A D E F C", {**ROAD, "surface": "cobblestone"})])
    assert seconds(smooth, STEP_FREE) == pytest.approx(300 / 1.1, abs=0.2)
    assert seconds(rough, STEP_FREE) == pytest.approx(300 / (1.1 * 0.6), abs=0.3)
    assert seconds(rough, WALK) == pytest.approx(300 / 1.33, abs=0.2)


def test_a_street_too_steep_for_wheels_is_gone_around() -> None:
    ways = [("A B C", ROAD), ("A D", ROAD), ("D E F", ROAD), ("F C", ROAD)]
    ends = (0, 20), (200, 20)
    gentle = way_between(hill(draw(BLOCKS, ways), [2, 0, 0, 0]), STEP_FREE, *ends)
    assert gentle is not None
    assert show(gentle, BLOCKS) == ". A B C ."
    assert gentle.duration_s == pytest.approx(240 / 1.1 + 2 * 20, abs=0.3)
    steep = hill(draw(BLOCKS, ways), [26, 0, 0, 0])  # 13 %
    assert show(way_between(steep, WALK, *ends), BLOCKS) == ". A B C ."
    assert show(way_between(steep, STEP_FREE, *ends), BLOCKS) == ". D E F ."


def test_a_lift_at_a_junction_is_waited_for_and_needs_no_steps() -> None:
    graph = draw(BLOCKS, [("A B C", FOOTWAY)], nodes={"B": {"highway": "elevator"}})
    for profile, mps in ((WALK, 1.33), (STEP_FREE, 1.1)):
        path = way_between(graph, profile, (50, 0), (150, 0))
        assert path is not None
        assert path.duration_s == pytest.approx(100 / mps + 45, abs=0.2)


def test_a_lift_of_three_levels_takes_one_ride_between_any_two() -> None:
    ways = [("A B", FOOTWAY), ("B C", FOOTWAY), ("B E", FOOTWAY)]
    graph = draw(BLOCKS, ways, nodes={"B": {"highway": "elevator"}})
    spots = [(50.0, 0.0), (150.0, 0.0), (100.0, 50.0)]
    for start, end in ((0, 1), (1, 2), (2, 0)):
        path = way_between(graph, WALK, spots[start], spots[end])
        assert path is not None
        assert path.duration_s == pytest.approx(100 / 1.33 + 45, abs=0.2)


def test_a_locked_lift_is_not_used() -> None:
    lift = {"highway": "elevator", "access": "private"}
    graph = draw(BLOCKS, [("A B C", FOOTWAY), *BESIDE], nodes={"B": lift})
    assert seconds(graph, WALK, ". D E F .") == pytest.approx(300 / 1.33, abs=0.2)


def test_a_safe_cyclist_takes_the_cycleway_and_is_told_its_true_time() -> None:
    ways = [
        ("A B C", {"highway": "primary"}),
        ("A D", ROAD),
        ("D E F", {"highway": "cycleway"}),
        ("F C", ROAD),
    ]
    graph = draw(BLOCKS, ways)
    start, end = (0, 20), (200, 20)  # 240 m by the main road, 360 m by the cycleway
    plain, safe = (way_between(graph, profile, start, end) for profile in (BIKE, SAFE))
    assert plain is not None
    assert safe is not None
    assert show(plain, BLOCKS) == ". A B C ."
    assert show(safe, BLOCKS) == ". D E F ."
    assert plain.duration_s == pytest.approx(240 / 4.4, abs=0.2)
    assert safe.duration_s == pytest.approx(160 / 4.4 + 200 / 4.7, abs=0.2)


def test_a_lane_makes_up_for_a_main_road() -> None:
    ways = [("A B C", {"highway": "primary", "cycleway": "lane"}), *BESIDE]
    path = way_between(draw(BLOCKS, ways), SAFE, (0, 20), (200, 20))
    assert show(path, BLOCKS) == ". A B C ."


def test_a_fast_cyclist_is_faster_and_climbs_better() -> None:
    graph = draw(BLOCKS, [("A D E F C", ROAD)])
    assert seconds(graph, FAST) == pytest.approx(300 / (1.25 * 4.4), abs=0.2)
    uphill = hill(graph, [10])  # 400 m in all, of which 300 are ridden
    assert seconds(uphill, FAST) == pytest.approx(300 / (1.25 * 4.4) + 0.75 * 20, abs=0.3)
    assert seconds(uphill, CARGO) == pytest.approx(300 / (0.87 * 4.4) + 0.75 * 60, abs=0.3)


def test_a_cargo_bike_goes_around_steps_and_narrow_barriers() -> None:
    stairs = draw(BLOCKS, [("A B C", {**STEPS, "bicycle": "yes"}), *BESIDE])
    assert snap(stairs, BIKE, 100, 10).distance_m == pytest.approx(10, abs=0.1)
    assert snap(stairs, CARGO, 100, 10).distance_m == pytest.approx(90, abs=0.1)
    ways = [("A B C", {"highway": "cycleway"}), *BESIDE]
    gate = draw(BLOCKS, ways, nodes={"B": {"barrier": "cycle_barrier"}})
    assert show(way_between(gate, BIKE, (0, 20), (200, 20)), BLOCKS) == ". A B C ."
    assert show(way_between(gate, CARGO, (0, 20), (200, 20)), BLOCKS) == ". D E F ."


def test_profiles_are_saved_with_the_streets(tmp_path: Path) -> None:
    graph = draw(BLOCKS, [("A B", FOOTWAY), ("B C", STEPS), *BESIDE])
    graph.save(tmp_path)
    loaded = StreetGraph.load(tmp_path)
    for profile in Profile:
        for ours, saved in zip(
            vars(graph.profile(profile)).values(),
            vars(loaded.profile(profile)).values(),
            strict=True,
        ):
            np.testing.assert_array_equal(ours, saved)


def test_streets_saved_without_a_profile_say_so(tmp_path: Path) -> None:
    replace(draw(BLOCKS, BESIDE), profiles={}).save(tmp_path)
    loaded = StreetGraph.load(tmp_path)
    assert len(loaded.profile(StreetMode.WALK).usable) == 1
    with pytest.raises(StreetFileError, match="bike_cargo: build the network again"):
        loaded.profile(CARGO)

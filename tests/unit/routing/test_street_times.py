"""What ferries, lifts, escalators and surfaces make of the time a way takes."""

import numpy as np
import pytest

from routing.streets.graph import StreetGraph, StreetMode
from tests.street_maps import draw, show, snap, way_between

WALK, BIKE, CAR = StreetMode.WALK, StreetMode.BIKE, StreetMode.CAR
ROAD = {"highway": "residential"}
FOOTWAY = {"highway": "footway"}
ROW = {"A": (0, 0), "B": (100, 0), "C": (1100, 0), "D": (1200, 0)}
"""A, B, C and D in a row; from B to C is a kilometre."""


def across(graph: StreetGraph, mode: StreetMode) -> float:
    """Return the seconds from B to C."""
    path = way_between(graph, mode, ROW["B"], ROW["C"])
    assert path is not None
    return path.duration_s


@pytest.mark.parametrize(
    ("tags", "seconds"),
    [
        ({}, 360),
        ({"duration": "00:12"}, 720),
        ({"duration": "4", "maxspeed": "30"}, 240),
        ({"duration": "PT20M"}, 1200),
        ({"duration:forward": "PT12M", "duration:backward": "PT9M"}, 720),
    ],
)
def test_a_ferry_takes_five_minutes_of_waiting_and_its_duration_or_ten_km_an_hour(
    tags: dict[str, str], seconds: float
) -> None:
    ways = [("A B", ROAD), ("B C", {"route": "ferry", **tags}), ("C D", ROAD)]
    graph = draw(ROW, ways)
    for mode in (WALK, BIKE):
        assert across(graph, mode) == pytest.approx(300 + seconds, rel=0.03)
    assert way_between(graph, WALK, (50, 0), (1150, 0)) is not None


def test_where_two_ferries_meet_on_the_water_nobody_waits_again() -> None:
    ferry = {"route": "ferry", "duration": "00:06"}
    spots = {"A": (0, 0), "B": (100, 0), "M": (600, 0), "C": (1100, 0), "D": (1200, 0)}
    ways = [("A B", ROAD), ("B M", ferry), ("M C", ferry), ("C D", ROAD)]
    path = way_between(draw(spots, ways), WALK, (50, 0), (1150, 0))
    assert path is not None
    assert path.duration_s == pytest.approx(100 / 1.33 + 2 * 360 + 300, rel=0.02)


def test_nobody_starts_on_a_ferry() -> None:
    ways = [("A B", ROAD), ("B C", {"route": "ferry"}), ("C D", ROAD)]
    place = snap(draw(ROW, ways), WALK, 300, 5)
    assert place.distance_m == pytest.approx(np.hypot(200, 5), abs=0.5)


def test_a_lift_that_is_drawn_as_a_way_takes_a_wait_and_its_length() -> None:
    spots = {"A": (0, 0), "B": (100, 0), "C": (102, 0), "D": (200, 0)}
    graph = draw(spots, [("A B", FOOTWAY), ("B C", {"highway": "elevator"}), ("C D", FOOTWAY)])
    path = way_between(graph, WALK, (0, 0), (200, 0))
    assert path is not None
    assert path.duration_s == pytest.approx(200 / 1.33 + 45, abs=0.2)


def test_a_lift_drawn_as_a_ring_takes_one_wait_between_two_of_its_doors() -> None:
    spots = {"A": (0, 0), "B": (100, 0), "C": (102, 0), "D": (200, 0), "E": (101, 2)}
    ring = ("B C E B", {"highway": "elevator"})
    graph = draw(spots, [("A B", FOOTWAY), ring, ("C D", FOOTWAY)])
    path = way_between(graph, WALK, (0, 0), (200, 0))
    assert path is not None
    assert path.duration_s == pytest.approx(200 / 1.33 + 45, abs=0.2)


def test_an_escalator_carries_one_way_only() -> None:
    stairs = {"highway": "steps", "conveying": "forward"}
    ways = [("A B", ROAD), ("B C", stairs), ("C D", ROAD), ("A D", ROAD)]
    spots = {**ROW, "D": (100, 100)}
    graph = draw(spots, ways)
    assert show(way_between(graph, WALK, (100, 0), (1100, 0)), spots) == "B C"
    assert show(way_between(graph, WALK, (1100, 0), (100, 0)), spots) == "C D A B"


@pytest.mark.parametrize(
    ("surface", "share"),
    [
        ("asphalt", 1.0),
        ("paving_stones", 0.93),
        ("sett", 0.75),
        ("cobblestone", 0.75),
        ("gravel", 0.88),
        ("sand", 0.65),
        ("sand;gravel", 0.65),
    ],
)
def test_a_bicycle_is_slower_on_a_rough_surface(surface: str, share: float) -> None:
    graph = draw(ROW, [("A B C D", {**ROAD, "surface": surface})])
    assert across(graph, BIKE) == pytest.approx(1000 / (4.4 * share), rel=0.01)
    assert across(graph, WALK) == pytest.approx(1000 / 1.33, rel=0.01)


@pytest.mark.parametrize(
    ("tags", "share"),
    [
        ({"surface": "sett", "smoothness": "good"}, 1.0),
        ({"surface": "asphalt", "smoothness": "bad"}, 0.75),
        ({"smoothness": "very_horrible"}, 0.65),
        ({"tracktype": "grade2"}, 0.88),
        ({"tracktype": "grade5"}, 0.65),
        ({"tracktype": "grade5", "surface": "asphalt"}, 1.0),
    ],
)
def test_how_smooth_a_street_is_outweighs_what_it_is_made_of(
    tags: dict[str, str], share: float
) -> None:
    graph = draw(ROW, [("A B C D", {**ROAD, **tags})])
    assert across(graph, BIKE) == pytest.approx(1000 / (4.4 * share), rel=0.01)


def test_a_bicycle_is_pushed_slowly_on_the_ramp_beside_steps() -> None:
    steps = {"highway": "steps", "ramp:bicycle": "yes"}
    graph = draw(ROW, [("A B", ROAD), ("B C", steps), ("C D", ROAD)])
    assert across(graph, BIKE) == pytest.approx(1000 / 0.4, rel=0.01)


def test_a_car_crawls_over_loose_ground() -> None:
    smooth = draw(ROW, [("A B C D", {**ROAD, "maxspeed": "50"})])
    sand = draw(ROW, [("A B C D", {**ROAD, "maxspeed": "50", "surface": "sand"})])
    assert across(sand, CAR) == pytest.approx(1000 / (20 / 3.6), rel=0.01)
    assert across(smooth, CAR) == pytest.approx(1000 / (50 * 0.75 / 3.6), rel=0.01)

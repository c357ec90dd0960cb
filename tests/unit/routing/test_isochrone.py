"""Areas hold what the planner reaches in time, and nothing else, up to the border."""

import random
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
import shapely

from routing.explore.errors import NotInNetworkError
from routing.explore.isochrone import Isochrones, isochrones
from routing.explore.travel import Travel, Traveller
from routing.model import Mode, Place, PlanRequest
from routing.network import Network
from routing.planner import Planner
from tests.builders import DAY, MAIN_STREET, ZONE, town, without_streets
from tests.street_maps import DEGREE_M

LINES = """
    Red    A 08:10  G 08:20
    Back   G 08:10  A 08:20
"""
LIMITS = (300, 900, 1500)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{DAY}T{clock}").replace(tzinfo=ZONE)


def draw(network: Network, travel: Travel, spot: str = "A") -> Isochrones:
    x, y = MAIN_STREET[spot]
    return isochrones(Traveller(network, travel), x / DEGREE_M, y / DEGREE_M, LIMITS)


def planned_s(network: Network, travel: Travel, spot: str, lon: float, lat: float) -> int:
    """Return the seconds of the planner's quickest way from a spot, or to it."""
    ends = Place(MAIN_STREET[spot][0] / DEGREE_M, 0.0), Place(lon, lat)
    request = PlanRequest(
        *(ends[::-1] if travel.arrive_by else ends),
        travel.time,
        arrive_by=travel.arrive_by,
        modes=frozenset({travel.mode, Mode.WALK}),
        search_window_s=0,
        max_itineraries=20,
        max_direct_walk_s=travel.max_direct_walk_s,
        max_access_walk_s=travel.max_access_walk_s,
    )
    moment = int(travel.time.timestamp())
    ways = Planner(network).plan(request).itineraries
    if travel.mode == Mode.BICYCLE:
        ways = tuple(way for way in ways if way.legs[0].mode == "BICYCLE")
    return min(moment - way.start_s if travel.arrive_by else way.end_s - moment for way in ways)


@pytest.mark.parametrize("arrive_by", [False, True])
@pytest.mark.parametrize("mode", [Mode.TRANSIT, Mode.WALK, Mode.BICYCLE])
def test_points_are_inside_as_the_planner_reaches_them(mode: Mode, arrive_by: bool) -> None:
    network = town(LINES)
    time = at("08:21" if arrive_by else "08:09")
    travel = Travel(time, arrive_by, mode, max_access_walk_s=400, max_direct_walk_s=7200)
    found = draw(network, travel)
    rng = random.Random(4)  # noqa: S311 - a test, no secret
    checked = 0
    for _ in range(60):
        lon = rng.uniform(MAIN_STREET["A"][0] - 60, MAIN_STREET["J"][0] + 60) / DEGREE_M
        lat = rng.uniform(-60, 60) / DEGREE_M
        seconds = planned_s(network, travel, "A", lon, lat)
        for area in found.areas:
            border = shapely.distance(area.shape.boundary, shapely.Point(lon, lat)) * DEGREE_M
            if border > found.resolution_m:
                inside = shapely.contains_xy(area.shape, lon, lat)
                assert inside == (seconds <= area.limit_s), (lon, lat, seconds, area.limit_s)
                checked += 1
    assert checked > 120


def test_the_bus_makes_an_area_of_its_own_around_its_stop() -> None:
    travel = Travel(at("08:09"), max_access_walk_s=400, max_direct_walk_s=400)
    small, middle, _ = draw(town(LINES), travel).areas
    assert len(small.shape.geoms) == 1
    assert len(middle.shape.geoms) == 2
    ends = sorted(part.bounds for part in middle.shape.geoms)
    at_g = MAIN_STREET["G"][0] / DEGREE_M
    walked_m = (900 - 660) * 1.33  # four minutes are left at G
    assert ends[1][0] == pytest.approx(at_g - walked_m / DEGREE_M, abs=25 / DEGREE_M)
    assert ends[1][2] == pytest.approx(at_g + walked_m / DEGREE_M, abs=25 / DEGREE_M)


def test_larger_limits_hold_smaller_ones_and_all_are_valid() -> None:
    areas = draw(town(LINES), Travel(at("08:09"))).areas
    assert [area.limit_s for area in areas] == list(LIMITS)
    for smaller, larger in pairwise(areas):
        assert larger.shape.is_valid
        assert larger.shape.buffer(1e-6).contains(smaller.shape)
        assert larger.square_m > smaller.square_m > 0


def test_a_block_without_streets_is_a_hole() -> None:
    spots = {"A": (0.0, 0.0), "B": (800.0, 0.0), "C": (800.0, 800.0), "D": (0.0, 800.0)}
    network = town(spots=spots, ways=[("A B C D A", {"highway": "residential"})])
    travel = Travel(at("08:00"), mode=Mode.WALK)
    (area,) = isochrones(Traveller(network, travel), 0.0, 0.0, [7200]).areas
    (part,) = area.shape.geoms
    assert len(part.interiors) == 1
    middle = np.array([400.0, 400.0]) / DEGREE_M
    assert not shapely.contains_xy(area.shape, *middle)


def test_what_cannot_be_drawn_is_told() -> None:
    network = town(LINES)
    with pytest.raises(NotInNetworkError, match="no streets"):
        draw(without_streets(network), Travel(at("08:00")))
    with pytest.raises(NotInNetworkError, match="500 m"):
        isochrones(Traveller(network, Travel(at("08:00"))), 1.0, 1.0, LIMITS)

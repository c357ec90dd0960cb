"""Areas hold what the planner reaches in time, and nothing else, up to the border."""

import random
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
import shapely

from routing.explore.errors import NotInNetworkError
from routing.explore.isochrone import IsochroneError, Isochrones, isochrones
from routing.explore.travel import Travel, Traveller
from routing.matrix import travel_matrix
from routing.model import Mode, Place, PlanRequest
from routing.network import Network
from routing.planner import Planner
from tests.builders import DAY, MAIN_STREET, ZONE, bikes, station, town, without_streets
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


def test_half_or_all_of_the_departures_reach_an_area_in_time() -> None:
    """Leaving at 08:08, 08:09, 08:10 and 08:11 the bus of 08:10 is caught three times."""
    network, often = town(LINES), {"moments": 4, "step_s": 60}
    asked = {"max_access_walk_s": 400, "max_direct_walk_s": 400}
    g = MAIN_STREET["G"][0] / DEGREE_M, 0.0

    def has_g(percentile: int, limit_s: int) -> bool:
        traveller = Traveller(network, Travel(at("08:08"), **often, **asked))  # type: ignore[arg-type]
        x, y = MAIN_STREET["A"]
        found = isochrones(traveller, x / DEGREE_M, y / DEGREE_M, [limit_s], percentile)
        assert found.percentile == percentile
        return bool(shapely.contains_xy(found.areas[0].shape, *g))

    # G is reached at 08:20: after 12, 11 and 10 minutes, and not at all.
    limits = (630, 690, 750)
    assert [has_g(25, limit) for limit in limits] == [True, True, True]
    assert [has_g(50, limit) for limit in limits] == [False, True, True]
    assert [has_g(75, limit) for limit in limits] == [False, False, True]
    assert [has_g(100, limit) for limit in limits] == [False, False, False]


@pytest.mark.parametrize("arrive_by", [False, True])
def test_areas_of_several_moments_agree_with_matrices(arrive_by: bool) -> None:
    network = town(LINES + "Red A 08:14 G 08:22")
    travel = Travel(
        at("08:25" if arrive_by else "08:05"), arrive_by, moments=5, step_s=120,
        max_access_walk_s=400, max_direct_walk_s=7200,
    )  # fmt: skip
    traveller, rng = Traveller(network, travel), random.Random(7)  # noqa: S311 - a test, no secret
    points = np.array(
        [
            (rng.uniform(MAIN_STREET["A"][0], MAIN_STREET["J"][0]) / DEGREE_M,
             rng.uniform(-60, 60) / DEGREE_M)
            for _ in range(60)
        ]
    )  # fmt: skip
    here = np.array([MAIN_STREET["A"]]) / DEGREE_M
    ends = (points, here) if arrive_by else (here, points)
    seconds = travel_matrix(traveller, *ends, (20, 60, 100)).seconds.reshape(3, -1)
    checked = 0
    for row, percentile in enumerate((20, 60, 100)):
        found = isochrones(traveller, *here[0].tolist(), LIMITS, percentile)
        for area in found.areas:
            border_m = shapely.distance(area.shape.boundary, shapely.points(points)) * DEGREE_M
            sure = border_m > found.resolution_m
            inside = shapely.contains_xy(area.shape, points)[sure]
            took = seconds[row][sure]
            assert (inside == ((took >= 0) & (took <= area.limit_s))).all()
            checked += int(sure.sum())
    assert checked > 300


def test_too_many_areas_and_no_percentiles_are_refused() -> None:
    network = town(LINES)
    for percentile, moments in ((0, 1), (101, 1), (50, 21)):
        traveller = Traveller(network, Travel(at("08:00"), moments=moments))
        with pytest.raises(IsochroneError):
            isochrones(traveller, 0.0, 0.0, LIMITS, percentile)


@pytest.mark.parametrize("lines", ["", "Red D 08:20 G 08:22"])
def test_a_shared_bicycle_may_be_the_first_leg(lines: str) -> None:
    """What the planner reaches with a vehicle that is only to be had at A, and left at D."""
    network = town(lines or "Never A 03:00 B 03:10")
    shared = bikes(network, station("A", 3), station("D", 0))
    travel = Travel(at("08:00"), max_access_walk_s=600, max_direct_walk_s=600)
    start = MAIN_STREET["A"][0] / DEGREE_M, 0.0
    found = isochrones(Traveller(network, travel, shared=shared), *start, LIMITS)
    without = isochrones(Traveller(network, travel), *start, LIMITS)
    assert found.areas[1].square_m > without.areas[1].square_m
    rng, checked, planner = random.Random(5), 0, Planner(network)  # noqa: S311 - a test, no secret
    for _ in range(60):
        lon = rng.uniform(MAIN_STREET["A"][0], MAIN_STREET["J"][0]) / DEGREE_M
        asked = PlanRequest(
            Place(*start), Place(lon, 0.0), travel.time, search_window_s=900, max_itineraries=20,
            modes=frozenset({Mode.WALK, Mode.TRANSIT, Mode.RENTAL}), max_access_walk_s=600,
            max_direct_walk_s=600,
        )  # fmt: skip
        ways = planner.plan(asked, shared).itineraries
        moment = int(travel.time.timestamp())
        # Walks of two hours are offered where there is nothing else.
        ends = [way.end_s - moment for way in ways if way.walk_s <= 1200 or len(way.legs) > 1]
        for area in found.areas:
            border = shapely.distance(area.shape.boundary, shapely.Point(lon, 0.0)) * DEGREE_M
            if border > found.resolution_m:
                inside = bool(shapely.contains_xy(area.shape, lon, 0.0))
                assert inside == (min(ends, default=10**6) <= area.limit_s), (
                    lon,
                    ends,
                    area.limit_s,
                )
                checked += 1
    assert checked > 100


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

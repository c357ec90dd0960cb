"""Matrices and isochrones of a real city beside the planner, point by point."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from routing.explore.isochrone import isochrones
from routing.explore.travel import Travel, Traveller
from routing.gtfs.read import read_gtfs
from routing.kernels.nearest import METRES_PER_DEGREE
from routing.matrix import UNREACHED, travel_matrix
from routing.model import Mode, Place, PlanRequest
from routing.network import Network, prepare
from routing.osm.read import read_osm
from routing.planner import Planner
from routing.streets.build import build_streets
from tests.builders import save_town
from tests.shared import shared_dir

TIME = datetime.fromisoformat("2022-09-07T08:00:00+02:00")
CENTRE = (8.6942, 49.4094)
LIMITS = (900, 1800, 2700)
BORDER_M = 100.0
"""Between two points of the lattice a border is a straight line: what lies this close to it may be
on either side."""


@pytest.fixture(scope="module")
def heidelberg(tmp_path_factory: pytest.TempPathFactory) -> Network:
    data = shared_dir() / "data" / "heidelberg"
    streets = build_streets(read_osm(data / "heidelberg.osm.pbf"))
    timetable, _ = read_gtfs([data / "heidelberg_gtfs.zip"])
    version: Path = tmp_path_factory.mktemp("heidelberg")
    save_town(Network.of(streets, timetable, id="hd", name="Heidelberg"), version)
    prepare(version)
    return Network.load(version)


def around_the_centre(number: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array(CENTRE) + rng.uniform(-1, 1, (number, 2)) * (0.04, 0.025)


@pytest.mark.shared
@pytest.mark.parametrize("arrive_by", [False, True])
def test_every_entry_of_a_matrix_is_the_planners(heidelberg: Network, arrive_by: bool) -> None:
    travel = Travel(TIME, arrive_by)
    places, planner = around_the_centre(10, 3), Planner(heidelberg)
    found = travel_matrix(Traveller(heidelberg, travel), places[:4], places[4:])
    by_vehicle = 0
    for i, origin in enumerate(places[:4].tolist()):
        for j, destination in enumerate(places[4:].tolist()):
            request = PlanRequest(
                Place(*origin),
                Place(*destination),
                TIME,
                arrive_by=arrive_by,
                modes=frozenset({Mode.TRANSIT, Mode.WALK}),
                search_window_s=0,
                max_itineraries=20,
            )
            moment, best = int(TIME.timestamp()), UNREACHED
            for way in planner.plan(request).itineraries:
                seconds = moment - way.start_s if arrive_by else way.end_s - moment
                by_foot = way.combination == ("DIRECT", "WALK")
                allowed = not by_foot or way.duration_s <= travel.max_direct_walk_s
                if allowed and seconds <= travel.max_duration_s:
                    best = seconds if best == UNREACHED else min(best, seconds)
            assert found.seconds[0, i, j] == best, (i, j)
            by_vehicle += int(found.transfers[i, j] >= 0)
    assert by_vehicle > 5


@pytest.mark.shared
@pytest.mark.parametrize("arrive_by", [False, True])
@pytest.mark.parametrize("mode", [Mode.TRANSIT, Mode.BICYCLE])
def test_points_lie_inside_where_they_are_reached_in_time(
    heidelberg: Network, mode: Mode, arrive_by: bool
) -> None:
    traveller = Traveller(heidelberg, Travel(TIME, arrive_by, mode))
    found = isochrones(traveller, *CENTRE, LIMITS)
    points = around_the_centre(2000, 5)
    places = traveller.places(points)
    assert places.links is not None
    seconds, _ = traveller.times(*CENTRE, places)
    near = np.asarray(places.links.distance_m) < 80
    scale = (METRES_PER_DEGREE * np.cos(np.radians(CENTRE[1])), METRES_PER_DEGREE)
    wrong = 0
    for area in found.areas:
        assert area.shape.is_valid
        inside = shapely.contains_xy(area.shape, points)
        differs = near & (inside != (seconds[0] <= area.limit_s))
        border = shapely.transform(area.shape.boundary, lambda p: p * scale)
        far = shapely.distance(border, shapely.points(points[differs] * scale))
        assert far.max(initial=0.0) < BORDER_M
        assert inside[near].sum() > 20
        wrong += int(differs.sum())
    print(f"{wrong} of {len(LIMITS) * int(near.sum())} points differ")  # noqa: T201 - with -rA
    assert wrong < 0.01 * len(LIMITS) * near.sum()

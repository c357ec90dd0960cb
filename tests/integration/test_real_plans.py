"""Plans on a real city's streets and timetable."""

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pytest

from routing.geometry import distance_m, line_steps_m
from routing.gtfs.read import read_gtfs
from routing.journeys.response import to_json
from routing.model import Mode, Place, PlanErrorCode, PlanRequest, PlanResult
from routing.network import Network, prepare
from routing.osm.read import read_osm
from routing.planner import Planner
from routing.sharing.vehicles import SharedVehicles
from routing.streets.build import build_streets
from tests.builders import save_town
from tests.shared import shared_dir

pytestmark = pytest.mark.shared

ZONE = ZoneInfo("Europe/Berlin")
MORNING = datetime(2022, 9, 7, 8, tzinfo=ZONE)
BISMARCKPLATZ, UNIVERSITY_HOSPITAL = Place(8.6937, 49.4098), Place(8.6665, 49.4190)


@pytest.fixture(scope="module")
def heidelberg(tmp_path_factory: pytest.TempPathFactory) -> Network:
    data = shared_dir() / "data" / "heidelberg"
    streets = build_streets(read_osm(data / "heidelberg.osm.pbf"))
    timetable, _ = read_gtfs([data / "heidelberg_gtfs.zip"])
    version: Path = tmp_path_factory.mktemp("heidelberg")
    save_town(Network.of(streets, timetable, id="hd", name="Heidelberg"), version)
    prepare(version)
    return Network.load(version)


def bike_stations(network: Network, number: int = 60) -> SharedVehicles:
    assert network.streets is not None
    rng = np.random.default_rng(7)
    walk = network.streets.modes[0]
    nodes = walk.base[rng.choice(np.flatnonzero(walk.main), number)]
    places = [network.streets.node_lonlat(int(node)) for node in nodes]
    stations = [
        {
            "station_id": f"s{i}",
            "name": f"s{i}",
            "lon": lon,
            "lat": lat,
            "available": {"bicycle": int(rng.integers(0, 4))},
            "docks_available": int(rng.integers(0, 4)),
        }
        for i, (lon, lat) in enumerate(places)
    ]
    return SharedVehicles.from_rows(
        network.streets, [{"system_id": "made-up", "stations": stations}]
    )


def check(result: PlanResult) -> None:
    for way in result.itineraries:
        for before, after in zip(way.legs, way.legs[1:], strict=False):
            assert before.end_s <= after.start_s
            assert abs(before.destination.lon - after.origin.lon) < 1e-5
        for leg in way.legs:
            assert leg.start_s <= leg.end_s
            drawn = float(line_steps_m(leg.lonlat).sum())
            assert leg.distance_m == pytest.approx(drawn, rel=0.02, abs=3) or leg.estimated
            crow = distance_m(leg.origin.lon, leg.origin.lat, *leg.lonlat[-1:].T)[0]
            assert leg.distance_m >= crow * 0.98 - 3
            if leg.mode == "WALK" and leg.duration_s > 60:
                assert 0.5 <= leg.distance_m / leg.duration_s <= 1.5


def test_a_tram_takes_one_across_the_river(heidelberg: Network) -> None:
    result = Planner(heidelberg).plan(PlanRequest(BISMARCKPLATZ, UNIVERSITY_HOSPITAL, MORNING))
    assert result.error is None
    check(result)
    rides = [leg for way in result.itineraries for leg in way.legs if leg.trip]
    assert {leg.mode for leg in rides} <= {"TRAM", "BUS", "RAIL"}
    assert rides[0].trip is not None
    assert heidelberg.timetable is not None
    for leg in rides:
        assert leg.trip is not None
        assert leg.origin.stop_id is not None
        assert heidelberg.timetable.find_stop(leg.origin.stop_id) is not None
    assert min(way.duration_s for way in result.itineraries) < 45 * 60


def test_a_date_after_the_timetable_is_refused_with_its_dates(heidelberg: Network) -> None:
    later = MORNING.replace(year=2024)
    result = Planner(heidelberg).plan(PlanRequest(BISMARCKPLATZ, UNIVERSITY_HOSPITAL, later))
    assert result.error is not None
    assert result.error.code == PlanErrorCode.OUTSIDE_SERVICE_PERIOD
    assert "2022-06-12 to 2022-12-10" in result.error.message


def test_random_trips_with_every_mode_hold_together(heidelberg: Network) -> None:
    assert heidelberg.streets is not None
    rng = np.random.default_rng(3)
    walk = heidelberg.streets.modes[0]
    shared, planner = bike_stations(heidelberg), Planner(heidelberg)
    nodes = walk.base[rng.choice(np.flatnonzero(walk.main), (25, 2))]
    rented = answered = 0
    for a, b in nodes.tolist():
        here, there = (Place(*heidelberg.streets.node_lonlat(n)) for n in (a, b))
        for arrive_by in (False, True):
            result = planner.plan(
                PlanRequest(here, there, MORNING, arrive_by, frozenset(Mode)), shared
            )
            check(result)
            assert result.itineraries or result.error is not None
            answered += bool(result.itineraries)
            rented += any(leg.rental for way in result.itineraries for leg in way.legs)
            assert orjson.loads(orjson.dumps(to_json(result)))["network"] == "hd"
    assert rented > 0
    assert answered >= 45


def test_the_hardest_question_is_answered_in_bounded_time(heidelberg: Network) -> None:
    hardest = PlanRequest(
        Place(8.652, 49.372),
        Place(8.777, 49.452),
        MORNING,
        modes=frozenset(Mode),
        search_window_s=8 * 3600,
        max_itineraries=20,
        max_transfers=12,
        max_access_walk_s=3600,
        max_direct_walk_s=7200,
        max_access_ride_s=3600,
        max_direct_ride_s=3 * 3600,
    )
    shared, planner = bike_stations(heidelberg, 200), Planner(heidelberg)
    planner.plan(hardest, shared)
    began = time.process_time()
    result = planner.plan(hardest, shared)
    assert time.process_time() - began < 5
    assert 0 < len(result.itineraries) <= 20

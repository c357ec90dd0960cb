"""Networks made to break a search: the answers stay right, and come in time.

Each is asked by stops and along shortcuts, forward and backward.
"""

import time
from datetime import UTC, datetime
from pathlib import Path

from routing.gtfs.read import read_gtfs
from routing.model import Mode, Place, PlanRequest
from routing.network import Network
from routing.planner import Planner
from routing.transit.search import TransitSearch
from routing.transit.shortcuts import build_shortcuts
from routing.transit.timetable import Timetable
from tests.unit.routing.feeds import write_feed
from tests.unit.routing.test_transit_search import DAY, at, city, clock, seconds

WITHIN_S = 20.0
"""Generous, as machines are busy: what goes wrong here takes minutes or memory without end."""


def answers(town: Timetable, a: str, b: str, leave: str, arrive: str) -> list[tuple[str, str, int]]:
    """Return departure, arrival and transfers of the best journey, however it is asked for."""
    began = time.perf_counter()
    search, view, ends = TransitSearch(town), town.day_view(DAY), (at(town, a), at(town, b))
    found = []
    for shortcuts in (False, True):
        if shortcuts:
            build_shortcuts(view)
            build_shortcuts(view.mirror)
        forward = search.earliest(view, *ends, seconds(leave))
        backward = search.arrive_by(view, *ends, seconds(arrive))
        for journey in (forward[-1], backward[-1]):
            times = clock(journey.departure_s), clock(journey.arrival_s)
            found.append((*times, journey.transfers))
    assert time.perf_counter() - began < WITHIN_S
    return found


def test_a_loop_that_calls_at_one_stop_two_hundred_times(tmp_path: Path) -> None:
    calls = [("A", 420), *(("HN"[i % 2], 421 + i) for i in range(400)), ("Z", 900)]
    words = " ".join(f"{stop} {clock(60 * minute)}" for stop, minute in calls)
    town = city(tmp_path, f"Ring {words}", "Out N 14:00 Y 14:30")
    # One may stay on board to the end, or board at the last time the ring comes by.
    assert answers(town, "A", "Z", "06:00", "15:01") == [("07:00", "15:00", 0)] * 4
    first, last, *again = answers(town, "H", "Z", "07:00", "15:01")
    assert (first, last) == (("07:01", "15:00", 0), ("13:39", "15:00", 0))
    assert again == [first, last]
    assert answers(town, "A", "Y", "06:00", "14:30") == [("07:00", "14:30", 1)] * 4


def test_two_trips_that_overtake_each_other_at_every_stop(tmp_path: Path) -> None:
    stops = [f"s{i}" for i in range(60)]
    even, odd = [], []
    for i, stop in enumerate(stops):
        ahead = i % 2 == 0
        even.append(f"{stop} {clock(60 * (480 + 4 * i + (0 if ahead else 2)))}")
        odd.append(f"{stop} {clock(60 * (480 + 4 * i + (2 if ahead else 0)))}")
    town = city(tmp_path, "Even " + " ".join(even), "Odd " + " ".join(odd))
    assert len(town.day_view(DAY).trip_first) - 1 >= 2  # lines hold no overtaking
    [(leave, arrive, changes), *_] = answers(town, "s0", "s59", "08:00", "12:00")
    assert (arrive, changes) == (clock(60 * (480 + 4 * 59)), 0)
    assert leave == "08:02"  # Odd is behind at s0 and ahead at s59
    assert answers(town, "s0", "s58", "08:00", "11:52")[0] == ("08:00", "11:52", 0)


def test_five_hundred_hops_of_no_time_in_a_row(tmp_path: Path) -> None:
    chain = " ".join(f"s{i} 08:00" for i in range(500))
    back = " ".join(f"s{i} 08:00" for i in range(499, -1, -1))
    town = city(tmp_path, f"There {chain}", f"Back {back}")
    assert answers(town, "s0", "s499", "08:00", "08:00") == [("08:00", "08:00", 0)] * 4


def test_ten_thousand_stops_at_one_place(tmp_path: Path) -> None:
    n = 10_000
    stops = "stop_id,stop_name,stop_lat,stop_lon\nZ,Z,50.2,8\n"
    trips = "route_id,service_id,trip_id\n"
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    for i in range(n):
        leave, arrive = f"08:{i % 60:02}:00", f"{10 + i % 3}:{59 - i % 60:02}:{i // 200:02}"
        stops += f"n{i},n,50,8\n"
        trips += f"R,S,t{i}\n"
        times += f"t{i},{leave},{leave},n{i},0\nt{i},{arrive},{arrive},Z,1\n"
    feed = write_feed(tmp_path / "f.zip", stops=stops, trips=trips, stop_times=times)
    table, notices = read_gtfs([feed])
    assert notices == []
    began = time.perf_counter()
    found = Planner(Network.of(None, table)).plan(
        PlanRequest(
            Place(8.0, 50.0),
            Place(8.0, 50.2),
            datetime(2024, 6, 12, 8, tzinfo=UTC),
            modes=frozenset({Mode.TRANSIT}),
        )
    )
    assert time.perf_counter() - began < WITHIN_S
    minute, second = min((59 - i % 60, i // 200) for i in range(n) if i % 3 == 0)
    first = datetime(2024, 6, 12, 10, minute, second, tzinfo=UTC).timestamp()
    assert min(way.end_s for way in found.itineraries) == first


def test_a_stop_with_five_thousand_footpaths_by_shortcuts_and_backward(tmp_path: Path) -> None:
    header = "stop_id,stop_name,stop_lat,stop_lon\nA,A,50,8\nB,B,50,8.1\nZ,Z,50,8.2\n"
    stops = header + "".join(f"n{i},n,50.1,8.{i:04}\n" for i in range(5000))
    walks = "".join(f"B n{i} 2 {i}\n" for i in range(5000))
    lines = "Red A 08:00 B 08:10", "Blue n4999 10:00 Z 10:10"
    town = city(tmp_path, *lines, transfers=walks, stops=stops)
    assert answers(town, "A", "Z", "08:00", "10:10") == [("08:00", "10:10", 1)] * 4

"""Which run an update is about, however it names it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from routing.gtfs.read import read_gtfs
from routing.realtime.match import Matcher
from routing.realtime.runs import LiveChanges
from routing.transit.timetable import Timetable
from tests.realtime_feeds import instant, new_message, tell
from tests.unit.routing.feeds import FILES, times, write_feed

CALENDAR = FILES["calendar.txt"].replace("1,1,1,1,1,0,0", "1,1,1,1,1,1,1")
TRIPS = "route_id,service_id,trip_id,direction_id\nR,S,out,0\nR,S,back,1\nR,S,dim,\n"
CALLS = times(
    "out a 08:00:00 08:00:00",
    "out b 08:10:00 08:10:00",
    "back b 08:00:00 08:00:00",
    "back a 08:10:00 08:10:00",
    "dim a 09:00:00 09:00:00",
    "dim c 09:10:00 09:10:00",
)


def feed(path: Path, **more: str) -> Path:
    return write_feed(path, **{"calendar": CALENDAR, "trips": TRIPS, "stop_times": CALLS} | more)


def changes(table: Timetable, message: Any) -> LiveChanges:
    return Matcher(table).changes([(message, float(instant("07:55")))])


def changed(table: Timetable, message: Any) -> list[str]:
    return [table.trips.id[row] for row, _ in changes(table, message).runs]


@pytest.mark.parametrize(
    ("named", "trips"),
    [
        ({"start_time": "08:00:00", "direction_id": 0}, ["out"]),
        ({"start_time": "08:00:00", "direction_id": 1}, ["back"]),
        ({"start_time": "09:00:00", "direction_id": 1}, ["dim"]),
        ({"start_time": "08:00:00"}, []),
        ({"start_time": "08:01:00", "direction_id": 0}, []),
        ({"direction_id": 0}, []),
        ({"start_time": "08:00:00", "direction_id": 0, "start_date": ""}, []),
        ({"start_time": "08:00:00", "direction_id": 0, "start_date": "20250507"}, []),
        ({"start_time": "08:00:00", "direction_id": 0, "route_id": "X"}, []),
    ],
)
def test_a_trip_without_an_id_is_found_by_route_direction_and_start(
    tmp_path: Path, named: dict[str, Any], trips: list[str]
) -> None:
    message = new_message()
    told = tell(message, "", "CANCELED").trip
    told.ClearField("trip_id")
    for name, value in ({"route_id": "R"} | named).items():
        setattr(told, name, value)
    assert changed(read_gtfs([feed(tmp_path / "f.zip")])[0], message) == trips


def test_of_two_trips_that_start_at_once_the_stops_decide(tmp_path: Path) -> None:
    table, _ = read_gtfs([feed(tmp_path / "f.zip", stop_times=CALLS.replace("09:", "08:"))])
    message = new_message()
    update = tell(message, "", c="+3")
    update.trip.ClearField("trip_id")
    update.trip.route_id, update.trip.start_time = "R", "08:00:00"
    assert changed(table, message) == ["dim"]


def two_towns(folder: Path) -> Timetable:
    """Read two feeds that call their trips alike; stops of the second are x, y and z."""
    stops = FILES["stops.txt"].replace("\na,", "\nx,").replace("\nb,", "\ny,")
    calls = CALLS.replace(",a,", ",x,").replace(",b,", ",y,")
    files = {"routes": FILES["routes.txt"].replace("R,A", "Q,A"), "stops": stops}
    other = feed(folder / "g.zip", **files, stop_times=calls, trips=TRIPS.replace("R,", "Q,"))
    return read_gtfs([feed(folder / "f.zip"), other])[0]


def test_a_trip_of_an_id_that_two_feeds_use_is_told_apart(tmp_path: Path) -> None:
    table = two_towns(tmp_path)
    by_stop, by_route, neither = new_message(), new_message(), new_message()
    tell(by_stop, "out", x="+5")
    tell(by_route, "out", "CANCELED").trip.route_id = "Q"
    tell(neither, "out", "CANCELED")
    for message in (by_stop, by_route):
        ((row, _),) = changes(table, message).runs
        assert table.routes.id[int(table.trips.route[row])] == "Q"
    found = changes(table, neither)
    assert (found.runs, found.counts["ambiguous_trip"]) == ({}, 1)


@pytest.mark.parametrize(
    ("exact", "start", "departs"),
    [
        (0, "08:20:00", "08:25"),
        (0, "08:19:00", "08:24"),
        (1, "08:20:00", "08:25"),
        (1, "08:19:00", None),
        (0, "12:00:00", None),
        (0, "", None),
    ],
)
def test_a_run_of_a_headway_that_is_not_exact_may_start_at_any_time(
    tmp_path: Path, exact: int, start: str, departs: str | None
) -> None:
    headway = (
        f"trip_id,start_time,end_time,headway_secs,exact_times\nout,8:00:00,9:00:00,1200,{exact}"
    )
    table, _ = read_gtfs([feed(tmp_path / "f.zip", frequencies=headway)])
    message = new_message()
    tell(message, "out", a="+5").trip.start_time = start
    runs = changes(table, message).runs
    assert [int(run.departure_s[0]) for run in runs.values()] == (
        [] if departs is None else [instant(departs) + 2 * 3600]  # the feed counts in UTC
    )
    assert all(day == date(2024, 5, 7) for _, day in runs)

"""Departures, arrivals and trips: by the timetable, past midnight, and as foreseen."""

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from routing.explore.board import Call
from routing.explore.errors import UnknownTripError
from routing.explore.explorer import Explorer
from routing.gtfs.read import read_gtfs
from routing.network import Network
from tests.builders import DAY, ZONE, town
from tests.realtime_feeds import instant, live_planner, new_message, tell, warn
from tests.unit.routing.feeds import write_feed

LINES = """
    Red    A 08:10  D 08:25  G 08:40
    Red    A 08:30  D 08:45  G 09:00
    Blue   D 08:30  H 08:50
    Night  A 23:50  D 24:10  G 24:30
"""
"""trip0 to trip3."""


def explorer(*messages: Any, lines: str = LINES) -> Explorer:
    network = town(lines)
    return Explorer(network, live_planner(network, *messages).live if messages else None)


def board(
    of: Explorer, stop: str, at: str = "08:00", limit: int = 4, arrivals: bool = False
) -> list[str]:
    """List calls such as ``08:25 Red``, with ``+5`` minutes late or ``cancelled``."""
    found = of.board.page(of.stops.members(stop), moment(at), limit, arrivals, of.now().days)
    return [shown(call, arrivals) for call in found.calls]


def moment(at: str) -> int:
    text = at if "T" in at else f"{DAY}T{at}"
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def shown(call: Call, arrivals: bool) -> str:
    leg = call.leg
    planned = leg.planned_end_s if arrivals else leg.planned_start_s
    clock = datetime.fromtimestamp(planned or call.time_s, ZONE).strftime("%H:%M")
    late = f" {(call.time_s - planned) / 60:+.0f}" if call.real_time and planned else ""
    assert leg.trip is not None
    return f"{clock} {leg.trip.short_name}{late}{' cancelled' if call.cancelled else ''}"


def test_departures_come_in_order_of_time_and_ends_of_lines_are_not_among_them() -> None:
    assert board(explorer(), "D") == ["08:25 Red", "08:30 Blue", "08:45 Red", "00:10 Night"]
    assert board(explorer(), "G", limit=9) == []
    arrivals = board(explorer(), "G", limit=3, arrivals=True)
    assert arrivals == ["08:40 Red", "09:00 Red", "00:30 Night"]
    assert board(explorer(), "A", arrivals=True) == []


def test_a_departure_after_midnight_belongs_to_the_service_day_before() -> None:
    of = explorer()
    page = of.board.page(of.stops.members("D"), moment("2024-05-08T00:00"), 1)
    (call,) = page.calls
    assert call.time_s == moment("2024-05-08T00:10")
    assert call.leg.trip is not None
    assert call.leg.trip.service_date == "2024-05-07"
    assert call.leg.destination.stop_id == "G"


def test_pages_follow_one_another_without_gap_or_repetition() -> None:
    of = explorer()
    at: int | None = moment("2024-05-30T00:00")
    times = []
    while at is not None:
        page = of.board.page(of.stops.members("D"), at, 1)
        times += [call.time_s for call in page.calls]
        at = page.next_s
    assert len(times) == len(set(times)) == 1 + 2 * 4
    assert times == sorted(times)
    assert times[-1] == moment("2024-06-01T00:10")


def test_departures_of_one_second_are_never_parted() -> None:
    lines = "Red A 08:10 D 08:20\nBlue A 08:10 G 08:30\nGreen A 08:20 G 08:40"
    of = explorer(lines=lines)
    page = of.board.page(of.stops.members("A"), moment("08:00"), 1)
    assert len(page.calls) == 2
    assert page.next_s == moment("08:10:01")


def test_a_late_bus_is_listed_when_it_comes_and_a_cancelled_one_stays_visible() -> None:
    message = new_message()
    tell(message, "trip0", A="+30", D="+30")
    tell(message, "trip2", "CANCELED")
    of = explorer(message)
    assert board(of, "D") == [
        "08:30 Blue cancelled",
        "08:45 Red",
        "08:25 Red +30",
        "00:10 Night",
    ]
    late = of.board.page(of.stops.members("D"), moment("08:50"), 1, False, of.now().days).calls[0]
    assert (late.leg.start_s, late.leg.planned_start_s) == (instant("08:55"), instant("08:25"))


def test_a_call_that_is_left_out_is_cancelled_at_that_stop_alone() -> None:
    message = new_message()
    tell(message, "trip0", D="skip")
    of = explorer(message)
    assert board(of, "D", limit=1) == ["08:25 Red cancelled"]
    assert board(of, "A", limit=1)[0].startswith("08:10 Red")
    assert "cancelled" not in board(of, "A", limit=1)[0]


def test_departures_of_a_closed_stop_are_cancelled_and_alerts_are_told() -> None:
    message = new_message()
    warn(message, "NO_SERVICE", "Stop D is closed", stop_id="D")
    warn(message, "DETOUR", "Red is slow", route_id="Red")
    of = explorer(message)
    assert board(of, "D", limit=1) == ["08:25 Red cancelled"]
    call = of.board.page(of.stops.members("A"), moment("08:00"), 1, False, of.now().days).calls[0]
    assert [alert.header for alert in call.leg.alerts] == ["Red is slow"]


def test_a_station_shows_all_of_its_platforms() -> None:
    with tempfile.TemporaryDirectory() as folder:
        feed = write_feed(
            Path(folder) / "feed.zip",
            agency="agency_id,agency_name,agency_url,agency_timezone\nT,T,http://t.example,UTC\n",
            stops="stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code\n"
            "S,Central,49,8,1,,\nS1,Central,49,8,0,S,1\nS2,Central,49,8.001,0,S,2\n"
            "X,X,49.1,8,0,,\n",
            routes="route_id,agency_id,route_short_name,route_type\nR,T,R,3\nQ,T,Q,0\n",
            trips="route_id,service_id,trip_id\nR,W,r\nQ,W,q\n",
            stop_times="trip_id,stop_id,arrival_time,departure_time,stop_sequence\n"
            "r,S1,08:00:00,08:01:00,1\nr,X,08:20:00,08:20:00,2\n"
            "q,S2,08:05:00,08:06:00,1\nq,X,08:20:00,08:20:00,2\n",
            calendar="service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
            "start_date,end_date\nW,1,1,1,1,1,1,1,20240501,20240531\n",
        )
        of = Explorer(Network.of(None, read_gtfs([feed])[0]))
    at = int(datetime.fromisoformat("2024-05-07T07:00+00:00").timestamp())
    whole = of.board.page(of.stops.members("S"), at, 2).calls
    assert [call.leg.origin.platform for call in whole] == ["1", "2"]
    one = of.board.page(of.stops.members("S2"), at, 1).calls
    assert [call.leg.mode for call in one] == ["TRAM"]
    routes = of.timetable.routes.id
    assert [routes[row] for row in of.stops.lines(of.timetable.get_stop("S"))] == ["R", "Q"]
    near, metres = of.stops.near(8.0, 49.0, 80)
    assert [of.timetable.stops.id[row] for row in near] == ["S", "S1", "S2"]
    assert metres[-1] == pytest.approx(72.95, abs=0.1)
    assert [of.timetable.stops.id[r] for r in of.stops.within(7.9, 49.05, 8.1, 49.2)] == ["X"]


def test_a_trip_is_told_from_its_first_call_to_its_last() -> None:
    of = explorer()
    leg = of.trips.get("trip3", date.fromisoformat(DAY))
    stops = [leg.origin, *leg.intermediate_stops, leg.destination]
    assert [place.stop_id for place in stops] == ["A", "D", "G"]
    assert (leg.start_s, leg.end_s) == (instant("23:50"), moment("2024-05-08T00:30"))
    with pytest.raises(UnknownTripError, match="2024-06-01"):
        of.trips.get("trip3", date(2024, 6, 1))
    with pytest.raises(UnknownTripError):
        of.trips.get("trip9", date.fromisoformat(DAY))


def test_a_changed_trip_is_told_as_foreseen() -> None:
    message = new_message()
    tell(message, "trip0", D="+5")
    tell(message, "trip2", "CANCELED")
    of = explorer(message)
    changes = of.now().days.changes  # type: ignore[union-attr]
    late = of.trips.get("trip0", date.fromisoformat(DAY), changes=changes)
    assert (late.end_s, late.planned_end_s) == (instant("08:45"), instant("08:40"))
    assert of.trips.get("trip2", date.fromisoformat(DAY), changes=changes).cancelled

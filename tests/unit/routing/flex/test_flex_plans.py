"""Rides on demand in plans: when, where from, where to, and until when to book them.

A block of main street takes 300 s on foot and 63.8 s by car.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mobility.web.journey_view import leg_view
from routing.flex.search import MOST_OFFERS, MOST_PAIRS
from routing.journeys.pages import Page
from routing.journeys.response import to_json
from routing.model import Itinerary, PlanErrorCode, PlanResult
from routing.network import Network
from routing.planner import Planner
from routing.transit.modes import TransitMode
from tests.builders import DAY, ZONE, ask, request, show, shown
from tests.unit.routing.flex.feeds import box, flex_town

HOUR = "hour,1,60,,,,,,,Call us,,,+49 1,http://i.example,http://b.example\n"
EVENING = """
    flex 1 area:west 18:00-22:00 2 1
    flex 2 area:west 18:00-22:00 1 2
"""
BUSES = """
    out1 1 stop:D 18:30 0 0
    out1 2 stop:J 18:40 0 0
    out2 1 stop:D 22:20 0 0
    out2 2 stop:J 22:30 0 0
    back1 1 stop:J 17:45 0 0
    back1 2 stop:D 17:55 0 0
    back2 1 stop:J 19:55 0 0
    back2 2 stop:D 20:05 0 0
"""
WEST = box("west", 0, 4.5, "West")
"""An area from before A to beyond D."""


def evening(folder: Path, booked: str = "", **more: Any) -> Network:
    calls = EVENING.replace("1 2\n", f"1 2 {booked}\n").replace("2 1\n", f"2 1 {booked}\n")
    return flex_town(folder, calls + BUSES, [WEST], HOUR, **more)


def with_flex(result: PlanResult) -> list[Itinerary]:
    return [w for w in result.itineraries if any(leg.mode == "FLEX" for leg in w.legs)]


def flex(network: Network, start: str, end: str, at: str, **more: Any) -> list[str]:
    asked = {"modes": "WALK TRANSIT FLEX", "max_access_walk_s": 0} | more
    return [show(way) for way in with_flex(ask(network, start, end, at, **asked))]


def clock(unix_s: int | None) -> str:
    return "-" if unix_s is None else f"{datetime.fromtimestamp(unix_s, ZONE):%d %H:%M}"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text if "T" in text else f"{DAY}T{text}").replace(tzinfo=ZONE)


def test_within_an_area_one_is_taken_from_door_to_door(tmp_path: Path) -> None:
    town = evening(tmp_path)
    assert flex(town, "A", "D", "19:00") == ["A 19:00 FF D 19:03:12"]
    leg = with_flex(ask(town, "A", "D", "19:00"))[0].legs[0]
    assert leg.trip is not None
    assert (leg.mode, leg.trip.route_id, leg.trip.long_name) == ("FLEX", "F", "Line F")
    assert (leg.trip.headsign, leg.trip.service_date) == ("anywhere", DAY)
    assert round(leg.distance_m) == 1197
    assert (leg.estimated, leg.booking) == (False, None)


def test_rides_on_demand_are_allowed_unless_left_out(tmp_path: Path) -> None:
    town = evening(tmp_path)
    assert with_flex(ask(town, "A", "D", "19:00"))
    assert not with_flex(ask(town, "A", "D", "19:00", modes="WALK TRANSIT"))


def test_outside_of_the_area_nobody_comes(tmp_path: Path) -> None:
    town = evening(tmp_path)
    assert flex(town, "A", "E", "19:00", modes="FLEX") == []
    assert flex(town, "E", "A", "19:00", modes="FLEX") == []


def test_before_the_window_one_waits_at_home_for_it_to_open(tmp_path: Path) -> None:
    town = evening(tmp_path)
    assert flex(town, "A", "D", "17:30", modes="FLEX") == ["A 18:00 FF D 18:03:12"]
    assert flex(town, "A", "D", "16:59", modes="FLEX") == []  # opens beyond the hour looked ahead


def test_the_ride_ends_within_the_window_too(tmp_path: Path) -> None:
    town = evening(tmp_path)
    assert flex(town, "A", "D", "21:56") == ["A 21:56 FF D 21:59:12"]
    assert flex(town, "A", "D", "21:57") == []


def test_an_arrival_asked_for_is_met_as_late_as_possible(tmp_path: Path) -> None:
    town = evening(tmp_path)
    assert flex(town, "A", "D", "19:00", arrive_by=True) == ["A 18:56:48 FF D 19:00"]
    assert flex(town, "A", "D", "22:30", arrive_by=True) == ["A 21:56:48 FF D 22:00"]
    assert flex(town, "A", "D", "18:03", arrive_by=True) == []
    assert flex(town, "A", "D", "23:01", arrive_by=True) == []


def test_a_ride_on_demand_meets_the_bus(tmp_path: Path) -> None:
    town = evening(tmp_path)
    met = "A 18:26:48 FF D 18:30, D 18:30 OO J 18:40"
    assert flex(town, "A", "J", "18:00") == [met]
    assert flex(town, "A", "J", "18:40", arrive_by=True) == [met]
    way = with_flex(ask(town, "A", "J", "18:00"))[0]
    assert (way.combination, way.transfers, way.walk_s) == (("FLEX", "WALK"), 0, 0)


def test_the_last_ride_is_taken_to_a_bus_that_leaves_after_it(tmp_path: Path) -> None:
    town = evening(tmp_path)
    waited = "A 21:56:48 FF D 22:00, D 22:20 OO J 22:30"
    assert flex(town, "A", "J", "21:50") == [waited]
    assert flex(town, "A", "J", "21:57") == []


def test_off_the_bus_one_is_fetched_or_waits_for_the_window(tmp_path: Path) -> None:
    town = evening(tmp_path)
    fetched = "J 19:55 BB D 20:05, D 20:05 FF A 20:08:12"
    assert flex(town, "J", "A", "19:30") == [fetched]
    assert flex(town, "J", "A", "20:30", arrive_by=True) == [fetched]
    assert flex(town, "J", "A", "17:30") == ["J 17:45 BB D 17:55, D 18:00 FF A 18:03:12"]


@pytest.mark.parametrize("later", [True, False])
def test_earlier_and_later_pages_tell_rides_on_demand_too(tmp_path: Path, later: bool) -> None:
    at = "17:40" if later else "19:50"
    asked = request("J", "A", at, modes="WALK TRANSIT FLEX", max_access_walk_s=0)
    planner = Planner(evening(tmp_path))
    first = planner.plan(asked)
    beside = first.next_page if later else first.previous_page
    assert beside is not None
    answers = [first, planner.plan(replace(asked, page=beside))]
    told = [show(way) for answer in answers for way in with_flex(answer)]
    both = [
        "J 17:45 BB D 17:55, D 18:00 FF A 18:03:12",
        "J 19:55 BB D 20:05, D 20:05 FF A 20:08:12",
    ]
    assert told == (both if later else both[::-1])


@pytest.mark.parametrize("window_s", [1, 900, 8 * 3600])
def test_a_page_of_rides_on_demand_is_looked_for_hour_by_hour(
    tmp_path: Path, window_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    window = Planner._window

    def noting(self: Planner, *given: Any) -> Any:
        looked_at.append(given[2])
        return window(self, *given)

    monkeypatch.setattr(Planner, "_window", noting)
    asked = request(
        "J", "A", "06:00", modes="WALK FLEX TRANSIT", search_window_s=window_s, max_access_walk_s=0
    )
    page = Page(asked.time_s, False, asked.time_s)
    told = with_flex(Planner(evening(tmp_path)).plan(replace(asked, page=page)))
    assert show(told[0]) == "J 17:45 BB D 17:55, D 18:00 FF A 18:03:12"
    assert looked_at[0] == window_s
    assert all(seconds == max(window_s, 3600) for seconds in looked_at[1:-1])
    assert 1 <= len(looked_at) <= 25


BETWEEN = (
    EVENING
    + """
    easy 1 area:east {open} 2 1
    easy 2 area:east {open} 1 2
    out1 1 stop:D 18:30 0 0
    out1 2 stop:H 18:40 0 0
"""
)
EAST = box("east", 7.5, 11, "East")
"""An area from before H to beyond J."""


def between(folder: Path, opened: str) -> Network:
    return flex_town(folder, BETWEEN.format(open=opened), [WEST, EAST])


def test_one_is_driven_to_the_bus_and_fetched_from_it(tmp_path: Path) -> None:
    town = between(tmp_path, "18:00-22:00")
    whole = "A 18:26:48 FF D 18:30, D 18:30 OO H 18:40, H 18:40 EE J 18:42:08"
    assert flex(town, "A", "J", "18:00") == [whole]
    assert flex(town, "A", "J", "19:00", arrive_by=True) == [whole]
    way = with_flex(ask(town, "A", "J", "18:00", max_access_walk_s=0))[0]
    assert (way.combination, way.transfers, way.walk_s) == (("FLEX", "FLEX"), 0, 0)


def test_one_waits_for_the_second_ride_to_open_but_not_for_long(tmp_path: Path) -> None:
    waited = "A 18:26:48 FF D 18:30, D 18:30 OO H 18:40, H 19:00 EE J 19:02:08"
    (tmp_path / "a").mkdir()
    town = between(tmp_path / "a", "19:00-22:00")
    assert flex(town, "A", "J", "18:00") == [waited]
    assert flex(town, "A", "J", "19:30", arrive_by=True) == [waited]
    for name, opened in (("late", "19:11-22:00"), ("shut", "17:00-18:42")):
        (tmp_path / name).mkdir()
        town = between(tmp_path / name, opened)
        assert flex(town, "A", "J", "18:00") == []
        assert flex(town, "A", "J", "19:30", arrive_by=True) == []


def test_the_first_ride_is_the_last_of_its_window_where_one_arrives_by_a_time(
    tmp_path: Path,
) -> None:
    calls = BETWEEN.format(open="18:00-22:00").replace("18:00-22:00 2 1", "17:00-18:10 2 1", 1)
    town = flex_town(tmp_path, calls, [WEST, EAST])
    waited = "A 18:10 FF D 18:13:12, D 18:30 OO H 18:40, H 18:40 EE J 18:42:08"
    assert flex(town, "A", "J", "19:00", arrive_by=True) == [waited]
    assert flex(town, "A", "J", "18:00") == [waited]


def test_stops_of_a_group_are_walked_to(tmp_path: Path) -> None:
    calls = """
        flex 1 group:west 18:00-22:00 2 1
        flex 2 group:east 18:00-22:00 1 2
    """
    town = flex_town(tmp_path, calls, groups={"west": "B C", "east": "H I"})
    ways = flex(town, "A", "J", "18:00", max_access_walk_s=600)
    assert ways == ["A 18:00 WALK B 18:05, B 18:05 FF I 18:12:27, I 18:12:27 WALK J 18:17:27"]
    assert flex(town, "J", "A", "18:00", max_access_walk_s=600) == []  # no way back
    assert flex(town, "A", "J", "18:00", max_access_walk_s=240) == []
    late = flex(town, "A", "J", "22:00", max_access_walk_s=600, arrive_by=True)
    assert late == ["A 21:42:33 WALK B 21:47:33, B 21:47:33 FF I 21:55, I 21:55 WALK J 22:00"]


def test_from_a_stop_of_a_group_one_walks_on_to_the_bus(tmp_path: Path) -> None:
    calls = BUSES + """
        flex 1 area:west 18:00-22:00 2 1
        flex 2 group:east 18:00-22:00 1 2
        other 1 group:east 18:00-22:00 2 1
        other 2 area:west 18:00-22:00 1 2
    """  # fmt: skip
    town = flex_town(tmp_path, calls, [WEST], groups={"east": "E"})
    assert flex(town, "A", "J", "18:00") == [
        "A 18:20:44 FF E 18:25, E 18:25 WALK D 18:30, D 18:30 OO J 18:40"
    ]
    assert flex(town, "J", "A", "19:30") == [
        "J 19:55 BB D 20:05, D 20:05 WALK E 20:10, E 20:10 OO A 20:14:16"
    ]


def test_without_streets_the_drive_is_estimated(tmp_path: Path) -> None:
    town = evening(tmp_path, streets=False)
    way = with_flex(ask(town, "A", "D", "19:00", max_direct_walk_s=0))[0]
    # three blocks of 398.95 m, 1.3 times, at 8 m/s
    assert (way.duration_s, way.legs[0].estimated) == (195, True)
    assert flex(town, "A", "J", "18:00") == ["A 18:26:45 FF D 18:30, D 18:30 OO J 18:40"]


def test_the_stated_multiple_of_the_drive_is_ridden(tmp_path: Path) -> None:
    trips = (
        "route_id,service_id,trip_id,safe_duration_factor,safe_duration_offset\n"
        "F,S,flex,2,60\nO,S,out1,,\nO,S,out2,,\nB,S,back1,,\nB,S,back2,,\n"
    )
    town = evening(tmp_path, trips=trips)
    assert flex(town, "A", "D", "19:00") == ["A 19:00 FF D 19:07:23"]
    assert flex(town, "A", "J", "18:00") == ["A 18:22:37 FF D 18:30, D 18:30 OO J 18:40"]


def test_a_window_past_midnight_belongs_to_the_day_before(tmp_path: Path) -> None:
    calls = """
        flex 1 area:west 23:00-26:00 2 1
        flex 2 area:west 23:00-26:00 1 2
    """
    town = flex_town(tmp_path, calls, [WEST])
    night = ask(town, "A", "D", "2024-06-01T01:00", modes="FLEX")  # May 31 is the last day
    assert [show(way) for way in night.itineraries] == ["A 01:00 FF D 01:03:12"]
    trip = night.itineraries[0].legs[0].trip
    assert trip is not None
    assert trip.service_date == "2024-05-31"
    assert not ask(town, "A", "D", "2024-06-02T01:00", modes="FLEX").itineraries
    assert not ask(town, "A", "D", "2024-05-01T01:00", modes="FLEX").itineraries


def test_on_the_day_clocks_change_windows_keep_to_the_clock(tmp_path: Path) -> None:
    week = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
    town = evening(tmp_path, calendar=f"{week}\nS,1,1,1,1,1,1,1,20240301,20240531\n")
    direct = flex(town, "A", "D", "2024-03-31T17:30", modes="FLEX")
    assert direct == ["A 18:00 FF D 18:03:12"]


def test_a_day_without_service_has_no_rides(tmp_path: Path) -> None:
    town = evening(tmp_path, calendar_dates="service_id,date,exception_type\nS,20240507,2\n")
    assert flex(town, "A", "D", "19:00") == []
    assert flex(town, "A", "D", "2024-05-08T19:00") == ["A 19:00 FF D 19:03:12"]


@pytest.mark.parametrize(("streets", "there"), [(False, "19:03:15"), (True, "19:03:12")])
def test_a_network_of_areas_alone_needs_no_stops(tmp_path: Path, streets: bool, there: str) -> None:
    stops = "stop_id,stop_name,stop_lat,stop_lon\n"
    town = flex_town(tmp_path, EVENING, [WEST], streets=streets, stops=stops)
    assert flex(town, "A", "D", "19:00", max_direct_walk_s=0) == [f"A 19:00 FF D {there}"]


def test_a_vehicle_known_to_be_unfit_for_wheelchairs_is_not_offered(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id,wheelchair_accessible\nF,S,flex,2\nO,S,out1,\n"
    calls = EVENING + "    out1 1 stop:D 18:30 0 0\n    out1 2 stop:J 18:40 0 0\n"
    town = flex_town(tmp_path, calls, [WEST], trips=trips)
    assert flex(town, "A", "D", "19:00")
    assert not flex(town, "A", "D", "19:00", wheelchair=True)


def test_nobody_is_driven_to_a_stop_five_minutes_away(tmp_path: Path) -> None:
    town = evening(tmp_path)
    assert not flex(town, "C", "J", "18:00", max_access_walk_s=600)
    assert flex(town, "B", "J", "18:00", max_access_walk_s=600)


def test_no_bus_is_taken_within_an_area_where_being_driven_is_quicker(tmp_path: Path) -> None:
    calls = """
        bus 1 stop:B 19:05 0 0
        bus 2 stop:C 19:06 0 0
    """
    town = flex_town(tmp_path, EVENING + calls, [WEST])
    assert flex(town, "A", "D", "19:00", max_access_walk_s=600) == ["A 19:00 FF D 19:03:12"]


def test_what_a_request_rules_out_is_not_offered(tmp_path: Path) -> None:
    town = evening(tmp_path)
    allowed = {"transit_modes": frozenset({TransitMode.BUS}), "agencies": frozenset({"T"})}
    assert flex(town, "A", "D", "19:00", banned_routes=frozenset({"O"}), **allowed)
    assert not flex(town, "A", "D", "19:00", banned_routes=frozenset({"F"}))
    assert not flex(town, "A", "D", "19:00", agencies=frozenset({"X"}))
    assert not flex(town, "A", "D", "19:00", transit_modes=frozenset({TransitMode.RAIL}))


def test_walking_is_better_than_waiting_for_a_vehicle_round_the_corner(tmp_path: Path) -> None:
    calls = EVENING.replace("area:west", "group:west")
    town = flex_town(tmp_path, calls, groups={"west": "A D"})
    result = ask(town, "B", "C", "19:00", modes="WALK FLEX", max_access_walk_s=600)
    assert shown(result) == ["B 19:00 WALK C 19:05"]


def test_a_network_without_rides_on_demand_says_so_politely(tmp_path: Path) -> None:
    town = flex_town(tmp_path, BUSES)
    assert town.flex is None
    result = ask(town, "A", "D", "19:00", modes="FLEX")
    assert result.error is not None
    assert result.error.code == PlanErrorCode.NO_TRANSIT_CONNECTION


BOOKED = [
    # asked at, now, first pick-up, deadline
    ("19:00", "17:30", "19:00", "07 18:00"),
    ("19:00", "18:30", "19:30", "07 18:30"),
    ("18:00", "16:00", "18:00", "07 17:00"),
    ("21:30", "20:40", "21:40", "07 20:40"),
]


@pytest.mark.parametrize(("at", "now", "pickup", "deadline"), BOOKED)
def test_the_first_ride_that_can_still_be_booked_is_offered(
    tmp_path: Path, at: str, now: str, pickup: str, deadline: str
) -> None:
    town = evening(tmp_path, "hour")
    way = with_flex(ask(town, "A", "D", at, now=moment(now), modes="FLEX"))[0]
    info = way.legs[0].booking
    assert info is not None
    assert show(way).startswith(f"A {pickup} FF D")
    assert (clock(info.deadline_s), info.missed) == (deadline, False)
    assert (info.kind, info.message, info.phone) == ("SAME_DAY", "Call us", "+49 1")
    assert (info.info_url, info.booking_url) == ("http://i.example", "http://b.example")


def test_a_ride_too_late_to_book_is_hidden_or_marked(tmp_path: Path) -> None:
    town = evening(tmp_path, "hour")
    late = {"now": moment("21:30"), "modes": "WALK TRANSIT FLEX"}
    assert not with_flex(ask(town, "A", "D", "21:40", **late))
    way = with_flex(ask(town, "A", "D", "21:40", missed_bookings=True, **late))[0]
    info = way.legs[0].booking
    assert info is not None
    assert (show(way), info.missed, clock(info.deadline_s)) == (
        "A 21:40 FF D 21:43:12", True, "07 20:40"
    )  # fmt: skip


def test_the_ride_to_the_bus_must_still_be_bookable(tmp_path: Path) -> None:
    town = evening(tmp_path, "hour")
    asked = {"modes": "TRANSIT FLEX", "max_access_walk_s": 0}
    assert with_flex(ask(town, "A", "J", "18:00", now=moment("17:26"), **asked))
    assert not with_flex(ask(town, "A", "J", "18:00", now=moment("17:27"), **asked))
    shown_all = ask(town, "A", "J", "18:00", now=moment("17:27"), missed_bookings=True, **asked)
    info = with_flex(shown_all)[0].legs[0].booking
    assert info is not None
    assert info.missed


def test_without_a_time_of_asking_nothing_is_too_late(tmp_path: Path) -> None:
    info = with_flex(ask(evening(tmp_path, "hour"), "A", "D", "19:00"))[0].legs[0].booking
    assert info is not None
    assert (clock(info.deadline_s), info.missed) == ("07 18:00", None)


def test_ordinary_trips_tell_how_to_book_them(tmp_path: Path) -> None:
    calls = """
        bus 1 stop:A 19:00 2 0 hour
        bus 2 stop:D 19:10 0 0
        bus 3 stop:J 19:20 0 0
    """
    town = flex_town(tmp_path, calls, rules=HOUR.replace("Call us,,", "Call us,To get on,"))
    way = ask(town, "A", "D", "18:55", modes="TRANSIT", now=moment("17:00")).itineraries[0]
    info = way.legs[-1].booking
    assert info is not None
    assert (info.message, clock(info.deadline_s), info.missed) == ("To get on", "07 18:00", False)
    onward = ask(town, "D", "J", "19:05", modes="TRANSIT", now=moment("19:00")).itineraries[0]
    assert onward.legs[-1].booking is None
    late = {"modes": "TRANSIT", "now": moment("18:30")}
    assert not ask(town, "A", "D", "18:55", **late).itineraries
    marked = ask(town, "A", "D", "18:55", missed_bookings=True, **late).itineraries[0].legs[-1]
    assert marked.booking is not None
    assert marked.booking.missed


def test_what_is_to_be_arranged_for_a_stop_is_told(tmp_path: Path) -> None:
    calls = """
        bus 1 stop:A 19:00 2 0
        bus 2 stop:D 19:10 0 3
        bus 3 stop:J 19:20 0 0
    """
    town = flex_town(tmp_path, calls)
    asked = {"modes": "TRANSIT", "max_access_walk_s": 60}
    told = []
    for start, end, at in (("A", "J", "18:55"), ("A", "D", "18:55"), ("D", "J", "19:05")):
        (way,) = to_json(ask(town, start, end, at, **asked))["itineraries"]
        told += [(leg["pickupType"], leg["dropoffType"]) for leg in way["legs"]]
        assert "CALL_AGENCY" not in told[-1] or (
            "call the operator to be picked up" in leg_view(way["legs"][0])["facts"]
        )
    assert told == [
        ("CALL_AGENCY", "SCHEDULED"),
        ("CALL_AGENCY", "COORDINATE_WITH_DRIVER"),
        ("SCHEDULED", "SCHEDULED"),
    ]


def test_many_areas_on_top_of_each_other_are_searched_within_bounds(tmp_path: Path) -> None:
    areas = [box(f"a{n}", 0, 4.5) for n in range(300)]
    calls = "".join(
        f"flex{n} 1 area:a{n} 18:{n % 60:02d}-22:00 2 1\nflex{n} 2 area:a{n} 18:00-22:00 1 2\n"
        for n in range(300)
    )
    town = flex_town(tmp_path, calls + BUSES, areas)
    searched = []
    assert town.transit is not None
    searching, town.transit.range = town.transit.range, None  # type: ignore[assignment, method-assign]

    def counted(*args: Any, **more: Any) -> Any:
        searched.append(args)
        return searching(*args, **more)

    town.transit.range = counted  # type: ignore[method-assign]
    assert flex(town, "A", "J", "18:00")
    assert len(searched) <= MOST_OFFERS
    searched.clear()
    assert with_flex(ask(town, "A", "D", "18:00", max_access_walk_s=0))
    assert len(searched) <= MOST_OFFERS + MOST_PAIRS

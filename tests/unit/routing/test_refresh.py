"""Journeys planned before, at their present times, and what leaves instead of a missed ride."""

import base64
import json
import zlib
from datetime import datetime
from typing import Any

import pytest

from mobility.plan_refresh import Refresher
from routing.explore.errors import NotInNetworkError
from routing.explore.explorer import Explorer
from routing.journeys.itinerary_id import (
    InvalidItineraryIdError,
    itinerary_id,
    read_itinerary_id,
)
from routing.model import Itinerary
from routing.planner import Planner
from tests.builders import DAY, ZONE, ask, show, town
from tests.realtime_feeds import live_planner, new_message, tell, warn

LINES = """
    Red    A 08:10  D 08:25  G 08:40
    Red    A 08:30  D 08:45  G 09:00
    Blue   D 08:30  H 08:50
    Blue   D 08:50  H 09:10
"""
"""trip0 to trip3."""


def planned(end: str = "H", **more: Any) -> Itinerary:
    """Return the first way by public transport from A as the timetable has it."""
    more = {"modes": "TRANSIT", "max_access_walk_s": 60} | more
    return ask(town(LINES), "A", end, **more).itineraries[0]


def refresher(*messages: Any, lines: str = LINES) -> Refresher:
    network = town(lines)
    planner = live_planner(network, *messages)
    return Refresher(Explorer(network, planner.live), planner)


def refreshed(way: Itinerary, *messages: Any) -> dict[str, Any]:
    return refresher(*messages).refresh(itinerary_id(way))


def late(**calls: dict[str, str]) -> Any:
    message = new_message()
    for trip, changed in calls.items():
        tell(message, trip, **changed)
    return message


def test_a_journey_that_runs_as_planned_is_possible() -> None:
    way = planned()
    assert show(way) == "A 08:10 Red D 08:25, D 08:30 Blue H 08:50"
    told = refreshed(way, new_message())
    assert (told["state"], told["firstBrokenLeg"]) == ("POSSIBLE", None)
    assert [leg["state"] for leg in told["legs"]] == ["POSSIBLE", "POSSIBLE"]
    assert told["startTime"].startswith(f"{DAY}T08:10")
    assert told["endTime"].startswith(f"{DAY}T08:50")


def test_a_late_ride_that_still_connects_is_late() -> None:
    told = refreshed(planned(), late(trip0={"D": "+5"}))
    assert (told["state"], told["firstBrokenLeg"]) == ("LATE", None)
    assert [leg["state"] for leg in told["legs"]] == ["LATE", "POSSIBLE"]
    assert told["legs"][0]["endTime"].startswith(f"{DAY}T08:30")
    assert told["legs"][0]["scheduledEndTime"].startswith(f"{DAY}T08:25")
    assert [leg["realTime"] for leg in told["legs"]] == [True, False]


def test_the_first_change_that_is_missed_is_named() -> None:
    told = refreshed(planned(), late(trip0={"D": "+6"}))
    assert (told["state"], told["firstBrokenLeg"]) == ("MISSED_CONNECTION", 1)
    waits = refreshed(planned(), late(trip0={"D": "+6"}, trip2={"D": "+1"}))
    assert (waits["state"], waits["firstBrokenLeg"]) == ("LATE", None)


def test_a_cancelled_trip_and_a_skipped_stop_cancel_the_journey() -> None:
    message = new_message()
    tell(message, "trip2", "CANCELED")
    told = refreshed(planned(), message)
    assert told["state"] == "CANCELLED"
    assert [leg["state"] for leg in told["legs"]] == ["POSSIBLE", "CANCELLED"]
    skipped = refreshed(planned(), late(trip0={"D": "skip"}))
    assert skipped["legs"][0]["state"] == "CANCELLED"


def test_a_walk_moves_with_the_ride_it_leads_to_and_delays_the_one_after() -> None:
    way = ask(town(LINES), "B", "H", modes="TRANSIT", max_access_walk_s=700).itineraries[0]
    told = refreshed(way, late(trip2={"D": "+4"}, trip0={"A": "+4"}))
    first = told["legs"][0]
    assert first["mode"] == "WALK"
    assert first["state"] is None
    assert first["endTime"] == told["legs"][1]["startTime"]


def test_a_trip_the_timetable_no_longer_has_is_said_so() -> None:
    told = refresher(lines="Green A 08:10 H 08:50").refresh(itinerary_id(planned()))
    assert told["state"] == "UNKNOWN_TRIP"
    spots = {"X": (400.0, 0.0), "Y": (4000.0, 0.0)}
    other = town("Green X 08:10 Y 08:50", spots, [("X Y", {"highway": "residential"})])
    elsewhere, token = Refresher(Explorer(other), Planner(other)), itinerary_id(planned())
    with pytest.raises(NotInNetworkError, match="no longer has the stops"):
        elsewhere.alternatives(token, 0)


def test_after_a_missed_change_the_next_of_the_line_and_another_way_are_told() -> None:
    message = late(trip0={"D": "+6"})
    told = refresher(message).alternatives(itinerary_id(planned()), 1, at("08:20"))
    assert told["from"]["stopId"] == "D"
    assert told["readyTime"].startswith(f"{DAY}T08:31")
    assert [call["tripId"] for call in told["departures"]] == ["trip3"]
    assert told["departures"][0]["to"]["stopId"] == "H"
    assert told["departures"][0]["to"]["arrival"].startswith(f"{DAY}T09:10")
    rides = [leg["tripId"] for way in told["plan"]["itineraries"] for leg in way["legs"]]
    assert "trip3" in rides


def test_a_missed_first_ride_is_replaced_from_now_on() -> None:
    told = refresher(new_message()).alternatives(itinerary_id(planned()), 0, at("08:12"))
    assert [call["tripId"] for call in told["departures"]] == ["trip1"]
    with pytest.raises(NotInNetworkError, match="is no ride"):
        refresher().alternatives(itinerary_id(planned()), 7)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{DAY}T{clock}").replace(tzinfo=ZONE)


def test_an_id_is_read_back_and_a_made_up_one_refused() -> None:
    way = planned()
    kept = read_itinerary_id(itinerary_id(way))
    assert [leg.mode for leg in kept.legs] == [leg.mode for leg in way.legs]
    assert kept.start_s == way.start_s
    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" * 10_000_000)).rstrip(b"=").decode()
    wrong = [[1], [2, [0, 0], [0, 0], 0, [["WALK", 1]]], [1, [0, 0], [0, 0], 0, []],
             [1, [0, 0], [0, 0], 0, [["WALK", -1]]], [1, [0, 0], [0, 999], 0, [["WALK", 1]]],
             [1, [0, 0], [0, 0], 0, [["BUS", "t", "r", "nod", "a", "b", 0, 1, 0]]],
             [1, [0, 0], ["x", 0], 0, [["WALK", 1]]], [1, [0, 0], [0, 0], 0.5, [[1, 1]]],
             ]  # fmt: skip
    packed = [
        base64.urlsafe_b64encode(zlib.compress(json.dumps(row).encode())).rstrip(b"=").decode()
        for row in wrong
    ]
    for text in ["", "A", "é", itinerary_id(way)[:-4], bomb, *packed]:
        with pytest.raises(InvalidItineraryIdError):
            read_itinerary_id(text)


def test_alerts_do_not_change_what_is_possible() -> None:
    message = new_message()
    warn(message, "DETOUR", "A detour", route_id="Red")
    assert refreshed(planned(), message)["state"] == "POSSIBLE"

"""Journeys with places to stay at, small enough to work out by hand."""

from typing import Any

import pytest

from mobility.plan_query import PlanQuery, to_request
from routing.journeys.response import to_json
from routing.model import InvalidRequestError, Place, PlanErrorCode, PlanResult, Via
from tests.builders import ask, bikes, request, show, shown, station, town

LINES = "Red A 08:10 C 08:15\nRed A 08:30 C 08:35\nBlue C 08:40 H 08:50\nBlue C 09:00 H 09:10"
SHORT: dict[str, Any] = {"modes": "TRANSIT", "max_access_walk_s": 60, "max_direct_walk_s": 0}


def over(*vias: tuple[str, int], at: str = "08:00", **more: Any) -> PlanResult:
    via = tuple(Via(request(name, name).origin, 60 * minutes) for name, minutes in vias)
    return ask(town(LINES), "A", "H", at, via=via, **(SHORT | more))


def test_the_stay_is_told_and_the_next_part_waits_for_its_end() -> None:
    result = over(("C", 20))
    assert shown(result) == [
        "A 08:10 Red C 08:15, C 08:15 STAY C 08:40, C 08:40 Blue H 08:50",
        "A 08:30 Red C 08:35, C 08:35 STAY C 09:00, C 09:00 Blue H 09:10",
    ]
    assert [way.transfers for way in result.itineraries] == [1, 1]
    longer = over(("C", 30))
    assert shown(longer) == ["A 08:10 Red C 08:15, C 08:15 STAY C 09:00, C 09:00 Blue H 09:10"]


def test_leaving_is_as_late_as_the_connection_allows() -> None:
    assert shown(over(("C", 5), max_direct_walk_s=0))[0].startswith("A 08:30 Red C 08:35")


def test_a_stop_is_named_by_its_id_and_a_walk_may_be_a_part() -> None:
    walked = ask(town(LINES), "B", "H", via=(Via("C", 60),), modes="WALK TRANSIT")
    assert "B 08:34 WALK C 08:39, C 08:39 STAY C 08:40, C 08:40 Blue H 08:50" in shown(walked)


def test_arriving_by_a_time_over_a_place() -> None:
    result = over(("C", 5), at="09:00", arrive_by=True)
    assert shown(result) == ["A 08:30 Red C 08:35, C 08:35 STAY C 08:40, C 08:40 Blue H 08:50"]


def test_the_next_connection_is_shown_where_the_window_holds_none() -> None:
    result = over(("C", 5), at="07:00", search_window_s=600)
    assert result.error is not None
    assert result.error.code == PlanErrorCode.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW
    assert shown(result) == ["A 08:10 Red C 08:15, C 08:15 STAY C 08:40, C 08:40 Blue H 08:50"]


def test_the_own_bicycle_comes_along_over_every_place() -> None:
    result = ask(town(), "A", "F", via=(Via(request("C", "C").origin, 600),), modes="BICYCLE")
    assert [leg.mode for leg in result.itineraries[0].legs] == ["BICYCLE", "STAY", "BICYCLE"]
    assert result.itineraries[0].combination == ("DIRECT", "BICYCLE")


def test_who_stays_on_board_at_a_place_does_not_change() -> None:
    line = town("Red A 08:10 C 08:15 H 08:30")
    for more in ({}, {"at": "08:30", "arrive_by": True}):
        asked = SHORT | {"via": (Via("C", 0),)} | more
        way = ask(line, "A", "H", asked.pop("at", "08:00"), **asked).itineraries[0]
        assert show(way) == "A 08:10 Red C 08:15, C 08:15 Red H 08:30"
        assert (way.transfers, [leg.interlined for leg in way.legs]) == (0, [False, True])
    out = town("Red A 08:10 C 08:15 H 08:30\nRed A 08:40 C 08:45 H 09:00")
    way = ask(out, "A", "H", via=(Via("C", 60),), **SHORT).itineraries[0]
    assert show(way) == "A 08:10 Red C 08:15, C 08:15 STAY C 08:45, C 08:45 Red H 09:00"
    assert (way.transfers, [leg.interlined for leg in way.legs]) == (1, [False] * 3)


def test_a_shared_bicycle_is_taken_anew_in_each_part() -> None:
    network = town(LINES)
    shared = bikes(network, station("A", 3), station("D", 2), station("H", 0))
    stay = (Via(request("D", "D").origin, 600),)
    asked = {"modes": "WALK RENTAL", "via": stay, "max_direct_walk_s": 3600}
    found = ask(network, "A", "H", shared=shared, **asked)
    ways = {way.combination: way for way in found.itineraries}
    ridden = ways["DIRECT", "RENTAL:BICYCLE"]
    assert [leg.mode for leg in ridden.legs] == ["RENTAL", "STAY", "RENTAL"]
    assert [leg.rental.from_station.name for leg in ridden.legs if leg.rental] == [
        "Station A", "Station D"
    ]  # fmt: skip
    assert ridden.legs[1].duration_s == 600
    assert [leg.mode for leg in ways["DIRECT", "WALK"].legs] == ["WALK", "STAY", "WALK"]
    assert ways["DIRECT", "WALK"].duration_s == 7 * 300 + 600


def test_a_shared_bicycle_leads_to_a_bus_between_two_places() -> None:
    network = town("Blue D 08:20 H 08:30\nBlue D 08:40 H 08:50")
    shared = bikes(network, station("B", 3), station("D", 2))
    stay = (Via("B", 300),)
    asked = {"modes": "WALK TRANSIT RENTAL", "max_access_walk_s": 700, "max_direct_walk_s": 700}
    for more in ({"at": "08:00"}, {"at": "08:55", "arrive_by": True}):
        at = str(more.pop("at"))
        found = ask(network, "A", "H", at, shared=shared, via=stay, **asked, **more).itineraries
        rented = [way for way in found if way.combination == ("RENTAL:BICYCLE",) * 2]
        first, *_ = rented
        modes = [leg.mode for leg in first.legs]
        assert modes == ["WALK", "STAY", "RENTAL", "BUS"]
        assert first.legs[1].duration_s >= 300
        assert (first.transfers, first.legs[-1].end_s % 3600) == (
            0,
            1800 if at == "08:00" else 3000,
        )


def test_beyond_the_timetable_places_are_walked_to() -> None:
    late = {"at": "2024-08-01T08:00", "max_direct_walk_s": 3600}
    result = over(("C", 5), **late, modes="WALK TRANSIT")
    assert result.error is not None
    assert result.error.code == PlanErrorCode.OUTSIDE_SERVICE_PERIOD
    assert [leg.mode for leg in result.itineraries[0].legs] == ["WALK", "STAY", "WALK"]
    assert not over(("C", 5), **late).itineraries


def test_without_shared_vehicles_nothing_is_rented_over_places() -> None:
    network = town(LINES)
    asked = {"modes": "WALK TRANSIT RENTAL", "via": (Via("C", 60),)}
    found = ask(network, "A", "H", shared=bikes(network, station("A", 0)), **asked)
    assert shown(found) == shown(ask(network, "A", "H", **asked))


def test_what_is_not_looked_for_is_said() -> None:
    network = town(LINES)

    def told(modes: str, **more: Any) -> list[str]:
        answer = to_json(ask(network, "A", "H", modes=modes, **more))
        assert all(row["message"] for row in answer["notSearched"])
        return [row["code"] for row in answer["notSearched"]]

    every, via = "WALK TRANSIT CAR BICYCLE FLEX RENTAL", (Via("C"),)
    assert told(every) == []  # nothing is on demand here
    assert told(every, via=via) == ["PARKED_VEHICLE_FETCHED"]
    assert told("WALK TRANSIT RENTAL", via=via) == []
    assert told("CAR BICYCLE", via=via) == []


def test_a_place_that_cannot_be_passed_is_named() -> None:
    unknown = ask(town(LINES), "A", "H", via=(Via("nowhere"),))
    assert unknown.error is not None
    assert unknown.error.code == PlanErrorCode.LOCATION_NOT_FOUND
    assert "nowhere" in unknown.error.message
    outside = ask(town(LINES), "A", "H", via=(Via(Place(50.0, 50.0)),))
    assert outside.error is not None
    assert outside.error.code == PlanErrorCode.OUTSIDE_BOUNDS
    assert "place 1 on the way" in outside.error.message
    with pytest.raises(InvalidRequestError, match="at most 3"):
        request("A", "H", via=(Via("C"),) * 4)


def test_places_on_the_way_are_read_from_a_query() -> None:
    words = {"from": "0,0", "to": "0.1,0.1", "via": "0.05,0.01@30;stop:a:b@c@5;stop:x"}
    asked = to_request(PlanQuery.model_validate(words), town(LINES))
    assert asked.via == (Via(Place(0.05, 0.01), 1800), Via("a:b@c", 300), Via("x", 0))
    for wrong in ("stop:", "1", "0,0@721", ";", "stop:a;stop:b;stop:c;stop:d", "0,0@-1"):
        with pytest.raises(ValueError, match="up to three places"):
            PlanQuery.model_validate(words | {"via": wrong})

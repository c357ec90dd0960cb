import json
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pytest

from routing.journeys.polyline import decode
from routing.journeys.response import Clock, to_json
from tests.builders import ask, bikes, station, town


def test_an_itinerary_is_told_in_the_words_of_otp_and_motis() -> None:
    result = ask(town("Red B 08:10 C 08:12 F 08:15"), "A", "F", modes="TRANSIT")
    body = json.loads(orjson.dumps(to_json(result)))
    assert (body["network"], body["timezone"]) == ("tiny", "Europe/Berlin")
    assert body["requestError"] is None
    assert body["request"]["from"]["name"] == "A"
    assert body["request"]["time"] == "2024-05-07T08:00:00+02:00"
    way = body["itineraries"][0]
    assert way["startTime"] == "2024-05-07T08:05:00+02:00"
    assert way["endTime"] == "2024-05-07T08:15:00+02:00"
    assert (way["duration"], way["transfers"]) == (600, 0)
    assert way["walkDistance"] == pytest.approx(399, abs=0.1)
    walk, ride = way["legs"]
    assert walk["mode"] == "WALK"
    assert walk["steps"][0]["streetName"] == "Main Street"
    assert walk["tripId"] is None
    assert ride["mode"] == "BUS"
    assert (ride["tripId"], ride["routeId"], ride["routeShortName"]) == ("trip0", "Red", "Red")
    assert (ride["routeColor"], ride["routeTextColor"]) == ("FF0000", None)
    assert (ride["agencyId"], ride["agencyName"]) == ("T", "Town Transport")
    assert (ride["headsign"], ride["serviceDate"]) == ("to F", "2024-05-07")
    assert (ride["wheelchairAccessible"], ride["bikesAllowed"]) == (None, None)
    assert (ride["from"]["stopId"], ride["from"]["name"]) == ("B", "B Street")
    assert ride["from"]["departure"] == "2024-05-07T08:10:00+02:00"
    assert ride["from"]["arrival"] is None
    assert [(s["stopId"], s["arrival"][11:16]) for s in ride["intermediateStops"]] == [
        ("C", "08:12")
    ]
    assert ride["rental"] is None
    line = decode(ride["legGeometry"]["points"], ride["legGeometry"]["precision"])
    assert line.shape == (ride["legGeometry"]["length"], 2)
    assert np.abs(line[0] - [ride["from"]["lon"], ride["from"]["lat"]]).max() < 1e-6


def test_a_rental_is_told_with_its_stations_and_their_age() -> None:
    city = town()
    shared = bikes(city, station("B", 2, 1), station("I", 0, None))
    body = json.loads(orjson.dumps(to_json(ask(city, "A", "J", shared=shared))))
    rental = body["itineraries"][0]["legs"][1]["rental"]
    assert rental == {
        "systemId": "town-bikes",
        "systemName": "Town Bikes",
        "formFactor": "bicycle",
        "vehicleTypeId": "bike",
        "vehicleId": None,
        "fromStation": rental["fromStation"],
        "toStation": rental["toStation"],
        "availability": {"vehicles": 2, "docks": None},
        "returnConstraint": "any_station",
        "rangeMeters": None,
        "pricingPlanId": "basic",
        "asOf": "2024-05-07T07:59:00+02:00",
        "stale": False,
        "rentalUris": {"web": "https://bikes.example/B"},
    }
    assert rental["fromStation"]["stationId"] == "station-B"
    assert rental["toStation"]["name"] == "Station I"
    assert body["itineraries"][0]["legs"][1]["mode"] == "RENTAL"


def test_a_reason_is_told_with_code_and_message() -> None:
    body = to_json(ask(town("Red B 08:10 F 08:15"), "A", "F", "2025-01-01T08:00", modes="TRANSIT"))
    assert body["itineraries"] == []
    assert body["requestError"]["code"] == "OUTSIDE_SERVICE_PERIOD"
    assert "2024-05-01" in body["requestError"]["message"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
def test_the_clock_agrees_with_the_standard_library(zone: str) -> None:
    clock, tz = Clock(zone), ZoneInfo(zone)
    start = int(datetime(2024, 3, 30, 12, tzinfo=tz).timestamp())
    for moment in range(start, start + 10 * 86_400, 607):  # over changes to and from summer time
        expected = datetime.fromtimestamp(moment, tz).isoformat()
        assert clock.text(moment) == expected

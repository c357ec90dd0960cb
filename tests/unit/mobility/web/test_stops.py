"""Stops, boards and trips over HTTP and on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask

from mobility.app import create_app
from mobility.commands import main
from mobility.network.build import build_network
from tests.town_app import new_sqlite, town_settings
from tests.unit.mobility.network.tiny_town import SOUTH, WEST, inputs

BOARD = "/api/v1/stops/S0/departures"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[APIFlask]:
    folder = tmp_path_factory.mktemp("town")
    build_network(inputs(folder))
    app = create_app(town_settings(folder, new_sqlite(folder), network_dir=folder / "town"))
    yield app
    app.extensions["database"].engine.dispose()


def test_a_board_tells_line_time_trip_and_where_it_goes(app: APIFlask) -> None:
    board = app.test_client().get(f"{BOARD}?time=2024-09-03T08:00&limit=2").json
    assert [call["scheduledTime"] for call in board["departures"]] == [
        "2024-09-03T08:00:00+02:00",
        "2024-09-03T09:00:00+02:00",
    ]
    call = board["departures"][0]
    assert (call["routeShortName"], call["tripId"], call["serviceDate"]) == (
        "1",
        "T0",
        "2024-09-03",
    )
    assert (call["time"], call["realTime"], call["cancelled"]) == (
        call["scheduledTime"],
        False,
        False,
    )
    assert (call["stop"]["stopId"], call["destination"]["name"]) == ("S0", "Stop 2")
    assert board["nextTime"] == "2024-09-03T09:00:01+02:00"
    assert board["realTime"]["state"] == "OFF"
    assert board["network"] == app.extensions["town"].manifest().id


def test_arrivals_tell_where_they_come_from(app: APIFlask) -> None:
    url = "/api/v1/stops/S2/departures?time=2024-09-03T08:00&limit=1&arrivals=true"
    (call,) = app.test_client().get(url).json["arrivals"]
    assert (call["scheduledTime"], call["origin"]["stopId"]) == ("2024-09-03T08:20:00+02:00", "S0")


def test_a_trip_is_told_with_all_its_calls_and_its_line(app: APIFlask) -> None:
    trip = app.test_client().get("/api/v1/trips/T1?date=2024-09-03").json
    assert [call["stopId"] for call in trip["calls"]] == ["S0", "S1", "S2"]
    assert trip["calls"][1]["scheduledArrival"] == "2024-09-03T09:10:00+02:00"
    assert trip["legGeometry"]["length"] == 3
    assert trip["startTimes"] == ["09:00:00"]


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("/api/v1/stops/nowhere/departures", "unknown-stop"),
        ("/api/v1/trips/T1?date=2025-09-03", "unknown-trip"),
        ("/api/v1/trips/T1?date=2024-09-03&start=10:00:00", "unknown-trip"),
        ("/api/v1/trips/T1?network=elsewhere", "unknown-network"),
    ],
)
def test_what_is_unknown_is_a_problem(app: APIFlask, url: str, slug: str) -> None:
    answer = app.test_client().get(url)
    assert (answer.status_code, answer.json["type"]) == (404, f"/problems/{slug}")


@pytest.mark.parametrize("query", ["date=2024-06-31", "date=soon", "start=8", "colour=red"])
def test_a_trip_query_that_cannot_be_read_is_refused(app: APIFlask, query: str) -> None:
    assert app.test_client().get(f"/api/v1/trips/T1?{query}").status_code == 422


def test_stops_are_found_around_a_point_and_in_a_box(app: APIFlask) -> None:
    client = app.test_client()
    near = client.get(f"/api/v1/stops?near={WEST},{SOUTH}&radius=500").json["stops"]
    assert [(stop["stopId"], stop["lines"], stop["modes"]) for stop in near] == [
        ("S0", ["1"], ["BUS"]),
        ("S1", ["1"], ["BUS"]),
    ]
    assert near[0]["distance"] < 20
    box = "8,49,9,50"
    assert len(client.get(f"/api/v1/stops?within={box}").json["stops"]) == 3
    assert client.get("/api/v1/stops").status_code == 422


def test_the_command_line_lists_the_same(app: APIFlask, capfd: pytest.CaptureFixture[str]) -> None:
    folder: Path = app.extensions["town"].version_dir()
    words = ["departures", str(folder), "S0", "--at", "2024-09-03T08:00", "--most", "2", "--json"]
    assert main(words) == 0
    told = json.loads(capfd.readouterr().out)
    board = app.test_client().get(f"{BOARD}?time=2024-09-03T08:00&limit=2").json
    assert told["departures"] == board["departures"]
    assert main(["departures", str(folder), "nowhere"]) == 1
    assert "no stop 'nowhere'" in capfd.readouterr().err


def test_names_follow_the_language_asked_for_or_read(app: APIFlask) -> None:
    client = app.test_client()
    for url in (BOARD, "/api/v1/stops?near=8.69,49.4", "/api/v1/geocode?text=stop"):
        sign = "&" if "?" in url else "?"
        read = client.get(url, headers={"Accept-Language": "fr"})
        assert (read.status_code, "Accept-Language" in read.headers["Vary"]) == (200, True)
        assert client.get(f"{url}{sign}language=fr").status_code == 200
        assert client.get(f"{url}{sign}language=no%20such").status_code == 422

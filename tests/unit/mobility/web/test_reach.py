"""Isochrones and matrices over HTTP and on the command line."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from apiflask import APIFlask

from mobility.app import create_app
from mobility.commands import main
from mobility.network.build import build_network
from tests.town_app import new_sqlite, town_settings
from tests.unit.mobility.network.tiny_town import SOUTH, STEP, WEST, inputs

AT = "2024-09-03T07:58"
HERE, THERE = (WEST, SOUTH), (WEST + 4 * STEP, SOUTH)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[APIFlask]:
    folder = tmp_path_factory.mktemp("town")
    build_network(inputs(folder))
    app = create_app(town_settings(folder, new_sqlite(folder), network_dir=folder / "town"))
    yield app
    app.extensions["database"].engine.dispose()


def places(*points: tuple[float, float]) -> list[dict[str, float]]:
    return [{"lon": lon, "lat": lat} for lon, lat in points]


def ask(app: APIFlask, **body: Any) -> Any:
    body = {"origins": places(HERE), "destinations": places(THERE), "time": AT} | body
    return app.test_client().post("/api/v1/matrix", json=body)


def test_isochrones_of_several_departures_tell_their_percentile(app: APIFlask) -> None:
    url = (
        f"/api/v1/isochrones?from={WEST},{SOUTH}&time={AT}&limits=300,600&moments=3&percentile=100"
    )
    answer = app.test_client().get(url)
    assert answer.status_code == 200, answer.text
    assert (answer.json["percentile"], answer.json["travel"]["moments"]) == (100, 3)
    assert app.test_client().get(f"{url}&shared=true").status_code == 200
    for wrong in (
        "shared=true&mode=WALK",
        "moments=31",
        "percentile=0",
        "percentile=101",
        "step=0",
        "moments=0",
    ):
        refused = app.test_client().get(f"{url.split('&moments')[0]}&{wrong}")
        assert refused.status_code == 422, wrong


def test_isochrones_are_a_feature_collection_the_largest_first(app: APIFlask) -> None:
    url = f"/api/v1/isochrones?from={WEST},{SOUTH}&time={AT}&limits=300,600"
    found = app.test_client().get(url).json
    assert found["type"] == "FeatureCollection"
    assert [f["properties"]["limit"] for f in found["features"]] == [600, 300]
    for feature in found["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        assert shapely.contains_xy(shape, *HERE)
    assert found["network"] == app.extensions["town"].manifest().id
    assert found["travel"]["maxDuration"] == 600


def test_a_matrix_has_a_row_per_origin(app: APIFlask) -> None:
    far_off = (WEST + 1, SOUTH)
    found = ask(app, destinations=places(HERE, THERE, far_off)).json
    ((to_here, to_there, to_nowhere),) = found["durations"][0]
    assert to_here == 0
    assert 600 < to_there < 900
    assert to_nowhere is None
    assert found["transfers"] == [[None, None, None]]


def test_a_matrix_equals_the_plan(app: APIFlask) -> None:
    seconds = ask(app).json["durations"][0][0][0]
    query = {"from": f"{WEST},{SOUTH}", "to": f"{WEST + 4 * STEP},{SOUTH}", "time": AT}
    plan = app.test_client().get("/api/v1/plan", query_string=query | {"modes": "WALK"}).json
    assert seconds == plan["itineraries"][0]["duration"]


@pytest.mark.parametrize(
    "change",
    [
        {"origins": []},
        {"origins": places(*[HERE] * 101)},
        {"origins": [{"lon": 190, "lat": 0}]},
        {"moments": 500},
        {"origins": places(*[HERE] * 11), "moments": 110},
        {"percentiles": [0]},
        {"mode": "HORSE"},
        {"colour": "red"},
        {"time": "soon"},
    ],
)
def test_a_matrix_nobody_should_ask_for_is_refused(app: APIFlask, change: dict[str, Any]) -> None:
    answer = ask(app, **change)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-request")


@pytest.mark.parametrize("limits", ["", "0", "60,,70", "7201", "1,2,3,4,5,6,7,8,9,10,11,12,13"])
def test_limits_out_of_bounds_are_refused(app: APIFlask, limits: str) -> None:
    url = f"/api/v1/isochrones?from={WEST},{SOUTH}&limits={limits}"
    assert app.test_client().get(url).status_code == 422


def test_a_day_outside_of_the_timetable_is_told(app: APIFlask) -> None:
    answer = ask(app, time="2030-09-03T08:00")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/not-in-network")
    assert "2024-09-01 to 2024-09-30" in answer.json["detail"]


def test_a_far_place_has_no_area(app: APIFlask) -> None:
    answer = app.test_client().get(f"/api/v1/isochrones?from=0,0&time={AT}")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/not-in-network")


def test_the_command_line_prints_the_same_matrix(
    app: APIFlask, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = str(app.extensions["town"].version_dir())
    (tmp_path / "a.csv").write_text(f"id,lon,lat\nhome,{WEST},{SOUTH}\n")
    (tmp_path / "b.csv").write_text(f"id,lon,lat\nwork,{WEST + 4 * STEP},{SOUTH}\nfar,0,0\n")
    words = ["matrix", folder, "--origins", str(tmp_path / "a.csv"), "--at", AT]
    words += ["--destinations", str(tmp_path / "b.csv")]
    assert main(words) == 0
    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    seconds = ask(app).json["durations"][0][0][0]
    assert rows == [
        {"origin": "home", "destination": "work", "seconds": str(seconds), "transfers": ""},
        {"origin": "home", "destination": "far", "seconds": "", "transfers": ""},
    ]
    assert main([*words, "--json", "--departures", "3", "--percentiles", "25,75"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["origins"], told["percentiles"]) == (["home"], [25, 75])
    (tmp_path / "b.csv").write_text("id,lon,lat\nwork,8,x\n")
    assert main(words) == 1
    assert "row 2" in capfd.readouterr().err


def test_the_command_line_prints_the_same_areas(
    app: APIFlask, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = str(app.extensions["town"].version_dir())
    words = ["isochrone", folder, "--from", f"{WEST},{SOUTH}", "--at", AT, "--minutes", "5,10"]
    assert main(words) == 0
    told = json.loads(capfd.readouterr().out)
    url = f"/api/v1/isochrones?from={WEST},{SOUTH}&time={AT}&limits=300,600"
    assert told["features"] == app.test_client().get(url).json["features"]

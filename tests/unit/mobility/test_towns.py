"""Several networks in one process, the same question on each."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from mobility.app import create_app
from mobility.network.build import build_network
from mobility.plan_query import PlanQuery, to_request
from mobility.settings import SettingsError
from mobility.town import Town
from mobility.towns import Towns
from tests.builders import town
from tests.town_app import new_sqlite, town_settings
from tests.unit.mobility.network.tiny_town import SOUTH, STEP, WEST, inputs, write_gtfs

PLAN = {
    "from": f"{WEST},{SOUTH}",
    "to": f"{WEST + 4 * STEP},{SOUTH}",
    "time": "2024-09-03T07:30",
    "modes": "TRANSIT",
    "searchWindow": "7200",
}


def with_express(path: Path) -> Path:
    """Write the town's feed with one line more: from end to end in five minutes, at 8:10."""
    with zipfile.ZipFile(write_gtfs(path)) as archive:
        tables = {name: archive.read(name).decode() for name in archive.namelist()}
    tables["routes.txt"] += "X,A,Express,3\n"
    tables["trips.txt"] += "X,W,X0\n"
    tables["stop_times.txt"] += "X0,08:10:00,08:10:00,S0,1\nX0,08:15:00,08:15:00,S2,2\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    return path


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The town as it is, and as proposed."""
    now, then = tmp_path_factory.mktemp("now"), tmp_path_factory.mktemp("then")
    build_network(inputs(now))
    build_network(inputs(then, gtfs=(with_express(then / "express.zip"),)))
    return now / "town", then / "town"


@pytest.fixture
def app(folders: tuple[Path, Path], tmp_path: Path) -> Iterator[APIFlask]:
    now, then = folders
    networks = (f"proposal={then}", f"lost={tmp_path / 'nothing'}")
    url = new_sqlite(tmp_path)
    app = create_app(town_settings(tmp_path, url, network_dir=now, networks=networks))
    yield app
    app.extensions["database"].engine.dispose()


def lines(answer: dict[str, Any]) -> set[str]:
    legs = [leg for way in answer["itineraries"] for leg in way["legs"]]
    return {leg["routeShortName"] for leg in legs} - {None}


def test_the_same_query_on_two_networks_differs_by_the_proposed_line(app: APIFlask) -> None:
    client = app.test_client()
    now = client.get("/api/v1/plan", query_string=PLAN).json
    then = client.get("/api/v1/plan", query_string=PLAN | {"network": "proposal"}).json
    assert lines(now) == {"1"}
    assert lines(then) == {"1", "Express"}
    assert now["network"] != then["network"]
    assert then["realTime"]["state"] == "OFF"
    by_id = client.get("/api/v1/plan", query_string=PLAN | {"network": then["network"]}).json
    assert by_id["itineraries"] == then["itineraries"]
    main = client.get("/api/v1/plan", query_string=PLAN | {"network": "main"}).json
    assert main["itineraries"] == now["itineraries"]


def test_networks_are_listed_and_one_that_is_missing_says_so(app: APIFlask) -> None:
    client = app.test_client()
    rows = {row["name"]: row for row in client.get("/api/v1/networks").json["networks"]}
    assert list(rows) == ["main", "proposal", "lost"]
    assert [row["live"] for row in rows.values()] == [True, False, False]
    assert rows["main"]["id"] != rows["proposal"]["id"]
    assert rows["proposal"]["serviceDays"] == ["2024-09-01", "2024-09-30"]
    assert (rows["lost"]["state"], rows["lost"]["id"]) == ("missing", None)
    answer = client.get("/api/v1/plan", query_string=PLAN | {"network": "lost"})
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/no-network")


def test_an_unknown_network_is_a_problem_that_lists_the_names(app: APIFlask) -> None:
    answer = app.test_client().get("/api/v1/plan", query_string=PLAN | {"network": "elsewhere"})
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-network")
    assert "main, proposal, lost" in answer.json["detail"]


def test_a_network_swaps_without_touching_the_other(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    now, _ = folders
    built = build_network(inputs(tmp_path))
    towns = Towns(Town(now), [f"proposal={tmp_path / 'town'}"])
    main = towns.loaded(None)
    assert towns.loaded("proposal").manifest.id == built.id
    second = build_network(inputs(tmp_path, gtfs=(with_express(tmp_path / "express.zip"),)))
    proposal = towns.get("proposal")
    proposal._looked_at = 0.0
    assert towns.loaded("proposal").manifest.id == built.id
    assert proposal._loading is not None
    proposal._loading.join()
    assert towns.loaded("proposal").manifest.id == second.id != built.id
    assert towns.loaded(None) is main


@pytest.mark.parametrize("pair", ["proposal", "=x", "a=", "a b=x", "main=x"])
def test_a_network_setting_that_cannot_be_read_is_told(pair: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="NAME=DIRECTORY"):
        Towns(Town(tmp_path), [pair])


def test_a_town_decides_what_weighs_how_much_and_a_request_for_itself(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    place = {"network_dir": folders[0], "ranking_weights": "price:240,transfer:60"}
    app = create_app(town_settings(tmp_path, new_sqlite(tmp_path), **place))
    client = app.test_client()
    usual = client.get("/api/v1/plan", query_string=PLAN).json["ranking"]["weights"]
    assert (usual["price"], usual["transfer"], usual["co2"]) == (240, 60, 60)
    own = client.get("/api/v1/plan", query_string=PLAN | {"weights": "transfer:600"}).json
    assert own["ranking"]["weights"] == usual | {"transfer": 600}
    missed = {"id": own["itineraries"][0]["id"], "leg": 0, "time": PLAN["time"]}
    legs = own["itineraries"][0]["legs"]
    missed["leg"] = next(row for row, leg in enumerate(legs) if leg["tripId"])
    then = client.post("/api/v1/plan/alternatives", json=missed).json
    assert then["plan"]["ranking"]["weights"] == usual
    app.extensions["database"].engine.dispose()


def test_weights_that_cannot_be_read_are_told_by_the_name_of_the_setting(tmp_path: Path) -> None:
    wrong = town_settings(tmp_path, new_sqlite(tmp_path), ranking_weights="prise:240")
    with pytest.raises(SettingsError, match="ranking_weights: 'prise:240' is no NAME:NUMBER"):
        create_app(wrong)


def test_more_ways_are_drawn_where_price_emissions_or_effort_weigh_otherwise_than_usual() -> None:
    network = town()

    def drawn(weights: str) -> int:
        words = PLAN | {"weights": weights}
        return to_request(PlanQuery.model_validate(words), network).drawn_to_compare

    assert [drawn("transfer:600"), drawn("co2:60"), drawn("price:0"), drawn("price:60")] == [
        0, 0, 0, 5,
    ]  # fmt: skip

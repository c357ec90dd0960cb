import json
from pathlib import Path
from typing import Any

import pytest

from mobility.catalogue.sources import Source, save_sources
from mobility.commands import main
from routing.network import prepare
from tests.builders import MAIN_STREET, save_town, town
from tests.street_maps import lonlat


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with a bus nobody needs, and bikes to ride from B to I."""
    version = save_town(town("Red A 08:50 B 08:51"), tmp_path_factory.mktemp("town"))
    folder = version / "gbfs" / "bikes"
    folder.mkdir(parents=True)
    spots = {name: lonlat(*MAIN_STREET[name]) for name in "BI"}
    stations = [
        {"station_id": name, "name": name, "lon": lon, "lat": lat}
        for name, (lon, lat) in spots.items()
    ]
    states = [
        {"station_id": name, "num_bikes_available": 2, "num_docks_available": 2}
        | dict.fromkeys(("is_installed", "is_renting", "is_returning"), True)
        for name in spots
    ]
    for feed, data in {
        "system_information": {"system_id": "bikes", "name": "Bikes", "timezone": "Europe/Berlin"},
        "station_information": {"stations": stations},
        "station_status": {"stations": states},
    }.items():
        document = {"last_updated": 1715061600, "ttl": 0, "version": "2.3", "data": data}
        (folder / f"{feed}.json").write_text(json.dumps(document), "utf-8")
    save_sources(version, [Source("bikes", folder=folder)])
    prepare(version)
    return version


def reached(capfd: pytest.CaptureFixture[str], words: list[str]) -> dict[str, Any]:
    assert main(words) == 0
    document: dict[str, Any] = json.loads(capfd.readouterr().out)
    return document


def test_the_first_leg_may_be_on_a_shared_vehicle(
    directory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lon, lat = lonlat(*MAIN_STREET["A"])
    words = ["isochrone", str(directory), "--from", f"{lon:.7f},{lat:.7f}", "--minutes", "20"]
    words += ["--at", "2024-05-07T08:00"]
    on_foot, ridden = reached(capfd, words), reached(capfd, [*words, "--shared"])

    def farthest(document: dict[str, Any]) -> float:
        rings = document["features"][0]["geometry"]["coordinates"]
        return float(max(point[0] for polygon in rings for ring in polygon for point in ring))

    assert farthest(on_foot) < lonlat(*MAIN_STREET["F"])[0]
    assert farthest(ridden) > lonlat(*MAIN_STREET["I"])[0]


def test_shared_vehicles_are_for_public_transport_alone(
    directory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["isochrone", str(directory), "--from", "0,0", "--mode", "WALK", "--shared"]
    assert main(words) == 2
    assert "--shared" in capfd.readouterr().err

"""A generated bike fleet for a city that has none."""

import json
from pathlib import Path

import numpy as np
import pytest

from mobility.commands import main
from mobility.demo.fleet import City, generate_fleet
from tests.gbfs_rules import REQUIRED, violations
from tests.unit.mobility.demo.conftest import TODAY, Generated

NAMES = [name for name in REQUIRED if name != "geofencing_zones"]


def test_a_fleet_is_placed_on_the_streets_of_an_extract(
    town: Generated, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["demo", str(tmp_path), "--fleet", "--osm", str(town.folder / "town.osm.pbf")]
    assert main([*words, "--stations", "25", "--timezone", "Europe/Berlin"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["counts"]["stations"] == 25
    assert summary["generated"] is True
    feeds = {n: json.loads((tmp_path / f"{n}.json").read_text("utf-8")) for n in NAMES}
    assert violations(feeds | {"geofencing_zones": _no_zones(feeds)}) == []
    name = feeds["system_information"]["data"]["name"][0]["text"]
    assert "Generated" in name
    stations = feeds["station_information"]["data"]["stations"]
    names = [station["name"][0]["text"] for station in stations]
    assert len(set(names)) == 25
    assert not any(text.startswith("Station") for text in names)


def _no_zones(feeds: dict[str, dict[str, object]]) -> dict[str, object]:
    empty = {"geofencing_zones": {}, "global_rules": []}
    return feeds["vehicle_types"] | {"data": empty}


def test_more_stations_stand_where_people_live(tmp_path: Path) -> None:
    """A grid of streets, all people in its western half."""
    x, y = np.meshgrid(np.arange(40) * 0.0014, np.arange(20) * 0.0009)
    lonlat = np.column_stack([8.0 + x.ravel(), 50.0 + y.ravel()])
    people = np.array([(lon, lat, 400.0) for lon, lat in lonlat if lon < 8.027])
    streets = [f"Street {i}" for i in range(len(lonlat))]
    city = City("Grid", "Europe/Berlin", lonlat, streets, np.empty((0, 2)), people)
    generate_fleet(tmp_path, city, stations=20, today=TODAY)
    document = json.loads((tmp_path / "station_information.json").read_text("utf-8"))
    west = [s for s in document["data"]["stations"] if s["lon"] < 8.028]
    assert len(west) >= 15


def test_a_folder_without_network_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["demo", str(tmp_path / "out"), "--fleet", "--from-network", str(tmp_path)]
    assert main(words) == 1
    assert "mobility build" in capsys.readouterr().err

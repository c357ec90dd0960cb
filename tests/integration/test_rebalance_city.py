"""A real city's stations and streets: Oslo's bikes on one autumn night."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mobility.commands import main
from routing.journeys.polyline import decode
from tests.shared import shared_dir

pytestmark = pytest.mark.shared


def _feed(folder: Path) -> Path:
    """Write the stored station status and the list of stations as a GBFS 2.3 folder."""
    source = shared_dir() / "data" / "oslo"
    status = json.loads((source / "station_status_last.json").read_text(encoding="utf-8"))
    with (source / "station_information.csv").open(encoding="utf-8", newline="") as file:
        stations = [
            row
            | {"lon": float(row["lon"]), "lat": float(row["lat"]), "capacity": int(row["capacity"])}
            for row in csv.DictReader(file)
        ]
    types = [
        {"vehicle_type_id": name, "form_factor": "bicycle", "propulsion_type": kind}
        for name, kind in (("bike", "human"), ("ebike", "electric_assist"))
    ]
    files = {
        "station_status": status["data"],
        "station_information": {"stations": stations},
        "vehicle_types": {"vehicle_types": types},
        "system_information": {
            "system_id": "oslo",
            "language": "nb",
            "name": "Oslo",
            "timezone": "Europe/Oslo",
        },
    }
    folder.mkdir()
    for name, data in files.items():
        document = {key: status[key] for key in ("last_updated", "ttl", "version")} | {"data": data}
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    import contextlib
    import io

    folder = tmp_path_factory.mktemp("oslo")
    town, osm = folder / "town", shared_dir() / "data" / "oslo" / "oslo_east_filtered.osm.pbf"
    words = ["build", str(town), "--name", "Oslo", "--osm", str(osm), "--gbfs"]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main([*words, str(_feed(folder / "gbfs"))]) == 0
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["rebalance", str(town), "--json", "--trucks", "3", "--time-limit", "6"]) == 0
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def test_trucks_drive_on_streets_and_save_trips(plan: dict[str, Any]) -> None:
    assert plan["travelTimes"] == "streets"
    assert plan["generated"] is False
    assert len(plan["stations"]) > 200
    assert plan["lostTripsAfter"] < 0.8 * plan["lostTripsBefore"]


def test_a_tours_line_leads_past_each_of_its_stops(plan: dict[str, Any]) -> None:
    for tour in plan["tours"]:
        line = decode(tour["geometry"]["points"], tour["geometry"]["precision"])
        assert len(line) > 5 * len(tour["stops"])
        for stop in tour["stops"]:
            nearest = ((line - [stop["lon"], stop["lat"]]) * [0.5, 1.0]).__abs__().sum(axis=1).min()
            assert nearest < 0.006  # snapping reaches 500 m


def test_no_stop_is_reached_faster_than_a_truck_can_drive(plan: dict[str, Any]) -> None:
    for tour in plan["tours"]:
        for before, after in zip(tour["stops"], tour["stops"][1:], strict=False):
            gap = datetime.fromisoformat(after["arrival"]) - datetime.fromisoformat(
                before["departure"]
            )
            east = (after["lon"] - before["lon"]) * 55_800
            north = (after["lat"] - before["lat"]) * 111_200
            metres = (east**2 + north**2) ** 0.5
            # both ends may lie up to 500 m from their street; nobody drives above 130 km/h
            assert gap.total_seconds() > max(metres - 1000, 0) / 36


def test_stations_off_the_map_are_named_as_unreachable(plan: dict[str, Any]) -> None:
    reasons = {skip["reason"] for skip in plan["skipped"]}
    assert {"unreachable", "closed"} <= reasons

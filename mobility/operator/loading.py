"""Fills an empty database from a folder of GBFS 3.0 files."""

import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any, Final

from mobility.operator.database import SCHEMA, transaction
from mobility.operator.errors import OperatorError

STATIC: Final = ("system_information", "vehicle_types", "system_pricing_plans", "geofencing_zones")
NEEDED: Final = ("system_information", "vehicle_types", "system_pricing_plans")
Feed = dict[str, Any]


def prepare(connection: sqlite3.Connection, folder: Path) -> None:
    """Make the tables, and load the fleet unless there is one.

    Parameters
    ----------
    connection : sqlite3.Connection
        The operator's database.
    folder : Path
        GBFS 3.0 files.

    Raises
    ------
    OperatorError
        If a needed file is missing or broken, or the database holds another system.
    """
    connection.executescript(SCHEMA)
    feeds = {name: _read(folder, name) for name in STATIC}
    system = feeds["system_information"]
    with transaction(connection):
        row = connection.execute(
            "SELECT data FROM feed WHERE name = 'system_information'"
        ).fetchone()
        if row is not None:
            known = json.loads(row["data"])["system_id"]
            if system is not None and known != system["system_id"]:
                raise OperatorError(
                    f"the database holds system '{known}', {folder} is "
                    f"'{system['system_id']}'; give another file with --db"
                )
            return
        for name, data in feeds.items():
            if data is None and name in NEEDED:
                raise OperatorError(f"{folder / name}.json is missing; give a GBFS 3.0 folder")
            if data is not None:
                row_values = (name, json.dumps(data, ensure_ascii=False))
                connection.execute("INSERT INTO feed VALUES (?, ?)", row_values)
        try:
            _load_fleet(connection, folder, feeds["vehicle_types"] or {})
        except (KeyError, TypeError, sqlite3.IntegrityError) as error:
            text = f"{folder}: not a GBFS 3.0 fleet ({type(error).__name__}: {error})"
            raise OperatorError(f"{text}; check station and vehicle files") from error


def _read(folder: Path, name: str) -> Feed | None:
    """Return the data of one feed, None where there is no such file."""
    path = folder / f"{name}.json"
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text("utf-8"))
        version, data = document["version"], document["data"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(f"{path}: not a GBFS file ({error}); generate it anew") from error
    if not str(version).startswith("3."):
        raise OperatorError(f"{path}: version {version} is not 3.x; convert it to GBFS 3.0")
    if not isinstance(data, dict):
        raise OperatorError(f"{path}: data is not an object; generate it anew")
    return data


def _load_fleet(connection: sqlite3.Connection, folder: Path, types: Feed) -> None:
    known = {row["vehicle_type_id"]: row for row in types["vehicle_types"]}
    information = (_read(folder, "station_information") or {}).get("stations", [])
    status = (_read(folder, "station_status") or {}).get("stations", [])
    vehicles = (_read(folder, "vehicle_status") or {}).get("vehicles", [])
    by_id = {row["station_id"]: row for row in status}
    listed: dict[tuple[str, str], int] = {}
    for vehicle in vehicles:
        if vehicle.get("station_id"):
            place = (vehicle["station_id"], vehicle["vehicle_type_id"])
            listed[place] = listed.get(place, 0) + 1
    for station in information:
        state = by_id.get(station["station_id"], {})
        counts = {
            row["vehicle_type_id"]: row["count"] for row in state.get("vehicle_types_available", [])
        }
        _add_station(connection, station, state, sum(counts.values()))
        for type_id, count in counts.items():
            docked = count - listed.get((station["station_id"], type_id), 0)
            for _ in range(max(0, docked)):
                _add_vehicle(connection, known[type_id], {"station_id": station["station_id"]})
    for vehicle in vehicles:
        _add_vehicle(connection, known[vehicle["vehicle_type_id"]], vehicle)


def _add_station(connection: sqlite3.Connection, station: Feed, state: Feed, count: int) -> None:
    capacity = max(int(station.get("capacity", count)), count)
    flags = [int(bool(state.get(f, True))) for f in ("is_installed", "is_renting", "is_returning")]
    values = (station["station_id"], station["lat"], station["lon"], capacity, *flags)
    row = (*values, json.dumps(station, ensure_ascii=False))
    connection.execute("INSERT INTO station VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def _add_vehicle(connection: sqlite3.Connection, kind: Feed, vehicle: Feed) -> None:
    """Add one vehicle under a new random id."""
    longest = kind.get("max_range_meters")
    home = vehicle.get("home_station_id")
    if home is None and kind.get("return_constraint") == "roundtrip_station":
        home = vehicle.get("station_id")
    docked = vehicle.get("station_id") is not None
    connection.execute(
        "INSERT INTO vehicle (vehicle_id, vehicle_type_id, plan_id, state, station_id,"
        " home_station_id, lat, lon, range_m, max_range_m) VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            secrets.token_hex(8),
            kind["vehicle_type_id"],
            vehicle.get("pricing_plan_id") or kind["default_pricing_plan_id"],
            "disabled" if vehicle.get("is_disabled") else "available",
            vehicle.get("station_id"),
            home,
            None if docked else vehicle["lat"],
            None if docked else vehicle["lon"],
            vehicle.get("current_range_meters", longest),
            longest,
        ),
    )

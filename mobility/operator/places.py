"""Where a ride may end: docks, home stations, zones."""

import json
import math
import sqlite3
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry import shape

from mobility.operator.errors import RefusedError

AT_STATION_M: Final = 80.0
EARTH_M: Final = 6_371_000.0


@dataclass(frozen=True)
class Place:
    """Where a vehicle stands: at a station, or free at a position in degrees."""

    station_id: str | None
    lat: float | None = None
    lon: float | None = None


def metres(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the distance of two nearby positions in degrees, metres."""
    x = math.radians(lon_b - lon_a) * math.cos(math.radians((lat_a + lat_b) / 2))
    return EARTH_M * math.hypot(x, math.radians(lat_b - lat_a))


def free_docks(connection: sqlite3.Connection, station_id: str) -> int:
    """Return how many more vehicles fit at a station."""
    row = connection.execute(
        "SELECT capacity - (SELECT count(*) FROM vehicle WHERE station_id = s.station_id"
        " AND state != 'in_use') AS free FROM station AS s WHERE station_id = ?",
        (station_id,),
    ).fetchone()
    return int(row["free"])


def end_place(
    connection: sqlite3.Connection, vehicle: sqlite3.Row, kind: dict[str, Any], wanted: Place
) -> Place:
    """Return where a vehicle may be left, as the rider wants.

    Parameters
    ----------
    connection : sqlite3.Connection
        The operator's database.
    vehicle : sqlite3.Row
        The vehicle ridden.
    kind : dict
        Its vehicle type (GBFS).
    wanted : Place
        A station, or a position.

    Raises
    ------
    RefusedError
        409 ``no-dock``, ``wrong-station`` or ``outside-zone``; 404 ``unknown-station``.
    """
    constraint = kind.get("return_constraint", "free_floating")
    station_id = wanted.station_id
    if station_id is None and constraint != "free_floating":
        station_id = _station_near(connection, wanted)
    if station_id is None:
        if constraint in {"any_station", "roundtrip_station"}:
            raise RefusedError(409, "no-dock", "there is no station here; end at a station")
        _check_zones(connection, kind["vehicle_type_id"], wanted)
        return wanted
    station = connection.execute(
        "SELECT * FROM station WHERE station_id = ?", (station_id,)
    ).fetchone()
    if station is None:
        raise RefusedError(404, "unknown-station", f"there is no station '{station_id}'")
    if constraint == "free_floating":
        return Place(None, station["lat"], station["lon"])
    home = vehicle["home_station_id"]
    if constraint == "roundtrip_station" and station_id != home:
        raise RefusedError(409, "wrong-station", f"this vehicle goes back to station '{home}'")
    if not station["is_returning"] or not station["is_installed"]:
        raise RefusedError(409, "no-dock", f"station '{station_id}' takes nothing back now")
    if home is None and free_docks(connection, station_id) < 1:
        raise RefusedError(409, "no-dock", f"station '{station_id}' is full; take another one")
    return Place(station_id)


def _station_near(connection: sqlite3.Connection, wanted: Place) -> str | None:
    """Return the nearest station within reach of a position."""
    if wanted.lat is None or wanted.lon is None:
        return None
    best, found = AT_STATION_M, None
    for row in connection.execute("SELECT station_id, lat, lon FROM station"):
        away = metres(wanted.lat, wanted.lon, row["lat"], row["lon"])
        if away < best:
            best, found = away, row["station_id"]
    return found


def _check_zones(connection: sqlite3.Connection, type_id: str, wanted: Place) -> None:
    """Refuse an end where the geofencing zones forbid it; the earlier zone wins."""
    row = connection.execute("SELECT data FROM feed WHERE name = 'geofencing_zones'").fetchone()
    if row is None or wanted.lat is None or wanted.lon is None:
        return
    feed = json.loads(row["data"])
    here = shapely.Point(wanted.lon, wanted.lat)
    rules = [
        rule
        for zone in feed["geofencing_zones"]["features"]
        for rule in zone["properties"].get("rules", [])
        if _applies(rule, type_id) and shape(zone["geometry"]).covers(here)
    ]
    rules += [rule for rule in feed.get("global_rules", []) if _applies(rule, type_id)]
    if rules and not rules[0]["ride_end_allowed"]:
        raise RefusedError(409, "outside-zone", "the ride may not end here; leave the zone")


def _applies(rule: dict[str, Any], type_id: str) -> bool:
    return "vehicle_type_ids" not in rule or type_id in rule["vehicle_type_ids"]

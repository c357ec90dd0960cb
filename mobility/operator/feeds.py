"""The operator's GBFS 3.0 feeds, made from its database."""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Callable
from typing import Any, Final

Feed = dict[str, Any]
REPORT_S: Final = 60  # stations and vehicles report once a minute
ORDER: Final = (
    "system_information", "vehicle_types", "station_information", "station_status",
    "vehicle_status", "system_pricing_plans", "geofencing_zones",
)  # fmt: skip


def feed_names(connection: sqlite3.Connection) -> list[str]:
    """List the feeds there are, without ``gbfs`` itself."""
    stored = {row["name"] for row in connection.execute("SELECT name FROM feed")}
    return [name for name in ORDER if name in stored or name in LIVE]


def document(
    connection: sqlite3.Connection, name: str, base_url: str, now: float, ttl_s: int
) -> tuple[str, str] | None:
    """Return one feed as JSON and its entity tag; None where there is no such feed.

    Parameters
    ----------
    connection : sqlite3.Connection
        The operator's database.
    name : str
        Feed name without ``.json``.
    base_url : str
        Address of the folder the feeds are served from, with a slash at its end.
    now : float
        Seconds since 1970; becomes ``last_updated``.
    ttl_s : int
        Becomes ``ttl``.

    Returns
    -------
    tuple of str or None
        The document; a tag that changes only when its ``data`` does.
    """
    if name == "gbfs":
        names = feed_names(connection)
        data: Feed | None = {"feeds": [{"name": n, "url": f"{base_url}{n}.json"} for n in names]}
    elif name in LIVE:
        data = LIVE[name](connection, _moment(now - now % REPORT_S))
    else:
        row = connection.execute("SELECT data FROM feed WHERE name = ?", (name,)).fetchone()
        data = None if row is None else json.loads(row["data"])
    if data is None:
        return None
    head = {"last_updated": _moment(now), "ttl": ttl_s, "version": "3.0"}
    tag = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:24]
    return json.dumps(head | {"data": data}, ensure_ascii=False), tag


def _station_information(connection: sqlite3.Connection, _at: str) -> Feed:
    rows = connection.execute("SELECT information, capacity FROM station ORDER BY station_id")
    return {"stations": [json.loads(r["information"]) | {"capacity": r["capacity"]} for r in rows]}


def _station_status(connection: sqlite3.Connection, at: str) -> Feed:
    """Count what stands where: held and disabled vehicles take a dock but cannot be had."""
    standing: dict[str, dict[tuple[str, str], int]] = {}
    for row in connection.execute(
        "SELECT station_id, vehicle_type_id, state, count(*) AS n FROM vehicle"
        " WHERE station_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ):
        here = standing.setdefault(row["station_id"], {})
        here[row["vehicle_type_id"], row["state"]] = row["n"]
    stations = []
    for row in connection.execute("SELECT * FROM station ORDER BY station_id"):
        here = standing.get(row["station_id"], {})
        kinds = sorted({kind for kind, _ in here})
        available = [
            {"vehicle_type_id": kind, "count": here.get((kind, "available"), 0)} for kind in kinds
        ]
        stations.append({
            "station_id": row["station_id"],
            "num_vehicles_available": sum(n for (_, s), n in here.items() if s == "available"),
            "vehicle_types_available": available,
            "num_vehicles_disabled": sum(n for (_, s), n in here.items() if s == "disabled"),
            "num_docks_available": max(0, row["capacity"] - sum(here.values())),
            "is_installed": bool(row["is_installed"]),
            "is_renting": bool(row["is_renting"]),
            "is_returning": bool(row["is_returning"]),
            "last_reported": at,
        })  # fmt: skip
    return {"stations": stations}


def _vehicle_status(connection: sqlite3.Connection, at: str) -> Feed:
    """List single vehicles: free-floating ones and those with a home station, none in a rental.

    Docked bikes are only counted at their stations, so that no client counts them twice.
    """
    vehicles = []
    for row in connection.execute(
        "SELECT v.*, coalesce(v.lat, s.lat) AS at_lat, coalesce(v.lon, s.lon) AS at_lon"
        " FROM vehicle AS v LEFT JOIN station AS s USING (station_id) WHERE v.state != 'in_use'"
        " AND (v.station_id IS NULL OR v.home_station_id IS NOT NULL) ORDER BY v.vehicle_id"
    ):
        vehicle: Feed = {
            "vehicle_id": row["vehicle_id"], "lat": row["at_lat"], "lon": row["at_lon"],
            "is_reserved": row["state"] == "held", "is_disabled": row["state"] == "disabled",
            "vehicle_type_id": row["vehicle_type_id"], "pricing_plan_id": row["plan_id"],
            "last_reported": at,
        }  # fmt: skip
        if row["range_m"] is not None:
            vehicle["current_range_meters"] = round(row["range_m"], 0)
            if row["max_range_m"]:
                share = min(1.0, row["range_m"] / row["max_range_m"])
                vehicle["current_fuel_percent"] = round(share, 3)
        for name in ("station_id", "home_station_id"):
            if row[name] is not None:
                vehicle[name] = row[name]
        vehicles.append(vehicle)
    return {"vehicles": vehicles}


LIVE: Final[dict[str, Callable[[sqlite3.Connection, str], Feed]]] = {
    "station_information": _station_information,
    "station_status": _station_status,
    "vehicle_status": _vehicle_status,
}


def _moment(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")

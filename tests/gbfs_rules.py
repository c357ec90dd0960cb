"""Structural rules of GBFS 3.0, written down once for every test that reads feeds."""

from datetime import datetime
from typing import Any

REQUIRED = {
    "system_information": ("system_id", "languages", "name", "opening_hours", "feed_contact_email",
                           "timezone"),
    "vehicle_types": ("vehicle_types",),
    "station_information": ("stations",),
    "station_status": ("stations",),
    "vehicle_status": ("vehicles",),
    "system_pricing_plans": ("plans",),
    "geofencing_zones": ("geofencing_zones", "global_rules"),
}  # fmt: skip
FORM_FACTORS = {"bicycle", "cargo_bicycle", "car", "moped", "scooter_standing", "scooter_seated"}
PROPULSIONS = {"human", "electric_assist", "electric", "combustion"}
RETURNS = {"free_floating", "roundtrip_station", "any_station", "hybrid"}


def violations(feeds: dict[str, dict[str, Any]]) -> list[str]:
    """Return what breaks a rule, in words; ``feeds`` by name, without ``gbfs`` itself."""
    found: list[str] = []
    for name, document in feeds.items():
        found += [f"{name}: {text}" for text in _head(document)]
        data = document.get("data", {})
        missing = [key for key in REQUIRED.get(name, ()) if key not in data]
        found += [f"{name}: no {key}" for key in missing]
    if found:
        return found
    return _references(feeds) + _stations(feeds) + _vehicles(feeds) + _texts(feeds)


def _head(document: dict[str, Any]) -> list[str]:
    found = []
    if document.get("version") != "3.0":
        found.append(f"version {document.get('version')}")
    if not isinstance(document.get("ttl"), int) or document["ttl"] < 0:
        found.append("ttl is no count of seconds")
    if not _is_moment(document.get("last_updated")):
        found.append("last_updated is not RFC 3339 with offset")
    return found


def _is_moment(text: object) -> bool:
    try:
        return datetime.fromisoformat(str(text)).tzinfo is not None
    except ValueError:
        return False


def _references(feeds: dict[str, dict[str, Any]]) -> list[str]:
    plans = {p["plan_id"] for p in feeds["system_pricing_plans"]["data"]["plans"]}
    types = feeds["vehicle_types"]["data"]["vehicle_types"]
    found = []
    for kind in types:
        name = kind["vehicle_type_id"]
        if kind["form_factor"] not in FORM_FACTORS or kind["propulsion_type"] not in PROPULSIONS:
            found.append(f"type {name}: form or propulsion")
        if kind["propulsion_type"] != "human" and "max_range_meters" not in kind:
            found.append(f"type {name}: no max_range_meters")
        if kind["return_constraint"] not in RETURNS:
            found.append(f"type {name}: return constraint")
        if kind["default_pricing_plan_id"] not in plans:
            found.append(f"type {name}: unknown plan")
    for plan in feeds["system_pricing_plans"]["data"]["plans"]:
        if not isinstance(plan["price"], float) or not isinstance(plan["is_taxable"], bool):
            found.append(f"plan {plan['plan_id']}: price or is_taxable of the wrong kind")
        if len(plan["currency"]) != 3 or not plan["description"]:
            found.append(f"plan {plan['plan_id']}: currency or description")
    return found


def _stations(feeds: dict[str, dict[str, Any]]) -> list[str]:
    information = feeds["station_information"]["data"]["stations"]
    status = feeds["station_status"]["data"]["stations"]
    types = {t["vehicle_type_id"] for t in feeds["vehicle_types"]["data"]["vehicle_types"]}
    ids = [s["station_id"] for s in information]
    found = [] if len(set(ids)) == len(ids) else ["duplicate station ids"]
    if sorted(s["station_id"] for s in status) != sorted(ids):
        found.append("status and information name different stations")
    capacity = {s["station_id"]: s["capacity"] for s in information}
    for s in status:
        where = f"station {s['station_id']}"
        counts = s["vehicle_types_available"]
        if sum(c["count"] for c in counts) != s["num_vehicles_available"]:
            found.append(f"{where}: counts do not add up")
        if {c["vehicle_type_id"] for c in counts} - types:
            found.append(f"{where}: unknown type")
        if s["num_vehicles_available"] < 0 or s["num_docks_available"] < 0:
            found.append(f"{where}: negative")
        if s["num_vehicles_available"] + s["num_docks_available"] > capacity[s["station_id"]]:
            found.append(f"{where}: more than its capacity")
        if not all(type(s[k]) is bool for k in ("is_installed", "is_renting", "is_returning")):
            found.append(f"{where}: flags are not booleans")
        if not _is_moment(s["last_reported"]):
            found.append(f"{where}: last_reported")
    return found


def _vehicles(feeds: dict[str, dict[str, Any]]) -> list[str]:
    types = {t["vehicle_type_id"]: t for t in feeds["vehicle_types"]["data"]["vehicle_types"]}
    vehicles = feeds["vehicle_status"]["data"]["vehicles"]
    ids = [v["vehicle_id"] for v in vehicles]
    stations = {s["station_id"] for s in feeds["station_information"]["data"]["stations"]}
    found = [] if len(set(ids)) == len(ids) else ["duplicate vehicle ids"]
    for v in vehicles:
        where = f"vehicle {v['vehicle_id']}"
        kind = types.get(v["vehicle_type_id"])
        if kind is None:
            found.append(f"{where}: unknown type")
            continue
        if not (-90 <= v["lat"] <= 90 and -180 <= v["lon"] <= 180):
            found.append(f"{where}: position")
        if type(v["is_reserved"]) is not bool or type(v["is_disabled"]) is not bool:
            found.append(f"{where}: flags are not booleans")
        if kind["propulsion_type"] == "electric" and "current_range_meters" not in v:
            found.append(f"{where}: no current_range_meters")
        if not 0 <= v.get("current_fuel_percent", 0) <= 1:
            found.append(f"{where}: fuel")
        if v.get("station_id", next(iter(stations), None)) not in stations | {None}:
            found.append(f"{where}: unknown station")
    return found


def _texts(feeds: dict[str, dict[str, Any]]) -> list[str]:
    """Names are lists of text and language."""
    system = feeds["system_information"]["data"]
    texts = [system["name"]]
    texts += [s["name"] for s in feeds["station_information"]["data"]["stations"]]
    texts += [p["name"] for p in feeds["system_pricing_plans"]["data"]["plans"]]
    good = all(
        isinstance(text, list) and text and all(set(t) == {"text", "language"} for t in text)
        for text in texts
    )
    return [] if good else ["a name is not a list of text and language"]

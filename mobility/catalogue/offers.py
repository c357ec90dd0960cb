"""Vehicle types, prices and zones of a GBFS feed."""

import json
from collections.abc import Mapping
from typing import Any

from mobility.catalogue.documents import Document, Row, rows
from mobility.catalogue.model import PriceStep, PricingPlan, VehicleType, Zone
from mobility.catalogue.values import to_bool, to_cents, to_id, to_number, to_text
from routing.notices import NoticeList

FORM_FACTORS = {
    "bicycle",
    "cargo_bicycle",
    "car",
    "moped",
    "scooter_standing",
    "scooter_seated",
    "other",
}
RETURN_CONSTRAINTS = {"free_floating", "roundtrip_station", "any_station", "hybrid"}
_OLD_FORM_FACTORS = {"scooter": "scooter_standing"}

BICYCLE = VehicleType("bicycle", "bicycle", "human")
EBIKE = VehicleType("ebike", "bicycle", "electric_assist")


def read_types(
    document: Document | None, languages: tuple[str, ...], notices: NoticeList
) -> dict[str, VehicleType]:
    """Read the vehicle types; feeds before 2.1 have none and mean bicycles."""
    types: dict[str, VehicleType] = {}
    for row in rows(document, ("vehicle_types",), notices):
        type_id = to_id(row.get("vehicle_type_id"))
        if type_id is None:
            row.dropped("missing_id", "vehicle_type_id", "a type without id was left out")
        elif type_id in types:
            row.dropped("duplicate_id", "vehicle_type_id", f"'{type_id}' again; the first counts")
        else:
            types[type_id] = _type(row, type_id, languages)
    return types


def _type(row: Row, type_id: str, languages: tuple[str, ...]) -> VehicleType:
    form = str(row.get("form_factor") or "other")
    form = _OLD_FORM_FACTORS.get(form, form)
    if form not in FORM_FACTORS:
        row.mended("unknown_form_factor", "form_factor", f"'{form[:40]}' was read as other")
        form = "other"
    constraint = to_id(row.get("return_constraint", "return_type"))
    if constraint is not None and constraint not in RETURN_CONSTRAINTS:
        row.mended("unknown_return_constraint", "return_constraint", f"'{constraint[:40]}' ignored")
        constraint = None
    reserve = to_number(row.get("default_reserve_time"))
    range_m = to_number(row.get("max_range_meters"))
    return VehicleType(
        vehicle_type_id=type_id,
        form_factor=form,
        propulsion=to_id(row.get("propulsion_type")),
        name=to_text(row.get("name"), languages),
        return_constraint=constraint,
        max_range_m=range_m if range_m is not None and range_m >= 0 else None,
        reserve_minutes=int(reserve) if reserve is not None and 0 <= reserve <= 1440 else None,
        co2_g_per_km=to_number(row.get("g_CO2_km")),
        pricing_plan_id=to_id(row.get("default_pricing_plan_id")),
    )


def read_plans(
    document: Document | None, languages: tuple[str, ...], notices: NoticeList
) -> dict[str, PricingPlan]:
    """Read the prices; a plan without a readable one is left out, for prices are never guessed."""
    plans: dict[str, PricingPlan] = {}
    for row in rows(document, ("plans",), notices):
        plan_id = to_id(row.get("plan_id"))
        price = to_cents(row.get("price"))
        currency = to_id(row.get("currency"))
        if plan_id is None:
            row.dropped("missing_id", "plan_id", "a plan without id was left out")
            continue
        if plan_id in plans:
            row.dropped("duplicate_id", "plan_id", f"'{plan_id}' again; the first counts")
            continue
        if price is None or price < 0 or currency is None:
            row.dropped("invalid_price", "price", f"plan '{plan_id}' has no price or currency")
            continue
        steps = {key: _steps(row, key) for key in ("per_min_pricing", "per_km_pricing")}
        if None in steps.values():
            row.dropped("invalid_price", "rate", f"plan '{plan_id}' has a rate that is no number")
            continue
        plans[plan_id] = PricingPlan(
            plan_id=plan_id,
            name=to_text(row.get("name"), languages) or plan_id,
            currency=currency.upper()[:3],
            price_cents=round(price),
            per_min=steps["per_min_pricing"] or (),
            per_km=steps["per_km_pricing"] or (),
            description=to_text(row.get("description"), languages),
            surge=bool(to_bool(row.get("surge_pricing"))),
        )
    return plans


def _steps(row: Row, key: str) -> tuple[PriceStep, ...] | None:
    """Read the steps of one plan; ``None`` where one of them cannot be read."""
    found = row.get(key)
    if found is None:
        return ()
    if not isinstance(found, list):
        return None
    steps = []
    for step in found:
        if not isinstance(step, Mapping):
            return None
        start, interval = to_number(step.get("start", 0)), to_number(step.get("interval", 0))
        rate, end = to_cents(step.get("rate")), to_number(step.get("end"))
        if rate is None or start is None or start < 0 or interval is None or interval < 0:
            return None
        steps.append(PriceStep(start, rate, interval, end))
    return tuple(steps)


def read_zones(
    document: Document | None, languages: tuple[str, ...], notices: NoticeList
) -> tuple[Zone, ...]:
    """Read geofencing zones as GeoJSON with the rules of GBFS 3.0."""
    if document is None:
        return ()
    collection = document.data.get("geofencing_zones")
    features = collection.get("features") if isinstance(collection, Mapping) else None
    holder = Document(document.name, {"features": features})
    zones = []
    for row in rows(holder, ("features",), notices):
        geometry, properties = _polygons(row.get("geometry")), row.get("properties")
        if geometry is None:
            row.dropped("invalid_zone", "geometry", "a zone without polygons was left out")
            continue
        properties = properties if isinstance(properties, Mapping) else {}
        listed = properties.get("rules")
        listed = listed if isinstance(listed, list) else []
        rules = tuple(_rule(r) for r in listed if isinstance(r, Mapping))
        zones.append(Zone(to_text(properties.get("name"), languages), geometry, rules))
    return tuple(zones)


def _polygons(value: Any) -> Mapping[str, Any] | None:
    """Return a geometry as valid polygons, ``None`` where it has none."""
    import shapely

    try:
        found = shapely.make_valid(shapely.from_geojson(json.dumps(value)))
    except (shapely.errors.GEOSException, ValueError, TypeError):
        return None
    if found is None or found.is_empty or found.geom_type not in {"Polygon", "MultiPolygon"}:
        return None
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(found))
    return geometry


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Say a rule in the words of 3.0; what is not forbidden is allowed."""
    single = to_bool(rule.get("ride_allowed"))
    types = rule.get("vehicle_type_ids", rule.get("vehicle_type_id")) or []
    both = True if single is None else single
    allowed = {
        key: both if (value := to_bool(rule.get(key))) is None else value
        for key in ("ride_start_allowed", "ride_end_allowed")
    }
    through = to_bool(rule.get("ride_through_allowed"))
    return {
        "vehicle_type_ids": [str(t) for t in types] if isinstance(types, list) else [],
        **allowed,
        "ride_through_allowed": True if through is None else through,
        "maximum_speed_kph": to_number(rule.get("maximum_speed_kph")),
        "station_parking": bool(to_bool(rule.get("station_parking"))),
    }

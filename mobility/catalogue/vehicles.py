"""Vehicles of a GBFS feed that stand free or at a station."""

from collections.abc import Iterable

from mobility.catalogue.documents import Document, Row, rows
from mobility.catalogue.model import Station, Vehicle, VehicleType
from mobility.catalogue.offers import BICYCLE
from mobility.catalogue.values import to_bool, to_id, to_number, to_time, to_uris
from mobility.network.bounds import Bounds, position_fault
from routing.notices import NoticeList


def read_vehicles(
    document: Document | None,
    types: dict[str, VehicleType],
    stations: Iterable[Station],
    bounds: Bounds | None,
    notices: NoticeList,
) -> tuple[Vehicle, ...]:
    """Read ``vehicle_status``, or ``free_bike_status`` of older feeds.

    A vehicle without position stands where its station is. One whose type is unknown counts as a
    bicycle in feeds without types, and is left out in feeds that have types.
    """
    places = {station.station_id: station for station in stations}
    found: dict[str, Vehicle] = {}
    for row in rows(document, ("vehicles", "bikes"), notices):
        vehicle_id = to_id(row.get("vehicle_id", "bike_id"))
        if vehicle_id is None:
            row.dropped("missing_id", "vehicle_id", "a vehicle without id was left out")
        elif vehicle_id in found:
            row.dropped("duplicate_id", "vehicle_id", "an id came twice; the first counts")
        else:
            vehicle = _vehicle(row, vehicle_id, types, places, bounds)
            if vehicle is not None:
                found[vehicle_id] = vehicle
    return tuple(found.values())


def _vehicle(
    row: Row,
    vehicle_id: str,
    types: dict[str, VehicleType],
    places: dict[str, Station],
    bounds: Bounds | None,
) -> Vehicle | None:
    station_id = to_id(row.get("station_id"))
    lon, lat = to_number(row.get("lon")), to_number(row.get("lat"))
    if (lon is None or lat is None) and station_id in places:
        lon, lat = places[station_id].lon, places[station_id].lat
    fault = position_fault(lon, lat, bounds)
    if fault or lon is None or lat is None:
        code, words = fault or ("missing_position", "no position")
        row.dropped(code, "lon,lat", f"a vehicle is {words}; left out")
        return None
    type_id = _type_id(row, types)
    if type_id is None:
        return None
    fuel = to_number(row.get("current_fuel_percent"))
    range_m = to_number(row.get("current_range_meters"))
    return Vehicle(
        vehicle_id=vehicle_id,
        lon=lon,
        lat=lat,
        vehicle_type_id=type_id,
        is_reserved=_blocked(row, "is_reserved"),
        is_disabled=_blocked(row, "is_disabled"),
        range_m=range_m if range_m is not None and range_m >= 0 else None,
        fuel_fraction=fuel if fuel is not None and 0 <= fuel <= 1 else None,
        station_id=station_id,
        home_station_id=to_id(row.get("home_station_id", "home_station")),
        pricing_plan_id=to_id(row.get("pricing_plan_id")),
        available_until=to_time(row.get("available_until")),
        rental_uris=to_uris(row.get("rental_uris")),
    )


def _type_id(row: Row, types: dict[str, VehicleType]) -> str | None:
    type_id = to_id(row.get("vehicle_type_id"))
    if type_id in types:
        return type_id
    if type_id is None and set(types) <= {BICYCLE.vehicle_type_id}:
        types.setdefault(BICYCLE.vehicle_type_id, BICYCLE)
        return BICYCLE.vehicle_type_id
    if type_id is None and len(types) == 1:
        return next(iter(types))
    if type_id is not None and set(types) <= {BICYCLE.vehicle_type_id}:
        row.mended("unknown_vehicle_type", "vehicle_type_id", f"'{type_id}' is not described")
        types[type_id] = VehicleType(type_id, "other")
        return type_id
    row.dropped("unknown_vehicle_type", "vehicle_type_id", "of no known type; left out")
    return None


def _blocked(row: Row, key: str) -> bool:
    """Read a flag that keeps a vehicle from being rented: unreadable means it does."""
    value = row.get(key)
    if value is None:
        return False
    flag = to_bool(value)
    if flag is None:
        row.mended("invalid_flag", key, f"{str(value)[:40]!r} was read as yes")
        return True
    return flag

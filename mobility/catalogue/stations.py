"""Stations of a GBFS feed: where they are, joined with what is there now."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mobility.catalogue.documents import Document, Row, rows
from mobility.catalogue.model import Station, VehicleType
from mobility.catalogue.offers import BICYCLE, EBIKE
from mobility.catalogue.values import to_bool, to_id, to_number, to_text, to_time, to_uris
from mobility.network.bounds import Bounds, position_fault
from routing.notices import NoticeList


def read_stations(
    information: Document | None,
    status: Document | None,
    types: dict[str, VehicleType],
    bounds: Bounds | None,
    languages: tuple[str, ...],
    notices: NoticeList,
) -> tuple[Station, ...]:
    """Join places and availability by id.

    Parameters
    ----------
    information, status : Document or None
        ``station_information`` and ``station_status``.
    types : dict of str to VehicleType
        The feed's types; a bicycle is added where the feed counts vehicles without naming a type.
    bounds : Bounds, optional
        The town.

    Returns
    -------
    tuple of Station
        Ordered as published; without status a station neither rents nor takes back.
    """
    found: dict[str, Station] = {}
    left_out: set[str] = set()
    for row in rows(information, ("stations",), notices):
        station = _place(row, bounds, languages)
        if station is None:
            left_out.add(to_id(row.get("station_id")) or "")
        elif station.station_id in found:
            row.dropped("duplicate_id", "station_id", f"'{station.station_id}' again; first counts")
        else:
            found[station.station_id] = station
    seen: set[str] = set()
    for row in rows(status, ("stations",), notices):
        station_id = to_id(row.get("station_id"))
        if station_id is None:
            row.dropped("missing_id", "station_id", "a status without id was left out")
        elif station_id in seen:
            row.dropped("duplicate_id", "station_id", f"'{station_id}' again; the first counts")
        elif station_id not in found:
            if station_id not in left_out:
                row.dropped("unknown_station", "station_id", f"'{station_id}' has no place")
        else:
            seen.add(station_id)
            found[station_id] = _with_status(found[station_id], row, types)
    return tuple(found.values())


def _place(row: Row, bounds: Bounds | None, languages: tuple[str, ...]) -> Station | None:
    station_id = to_id(row.get("station_id"))
    if station_id is None:
        row.dropped("missing_id", "station_id", "a station without id was left out")
        return None
    lon, lat = to_number(row.get("lon")), to_number(row.get("lat"))
    fault = position_fault(lon, lat, bounds)
    if fault or lon is None or lat is None:
        code, words = fault or ("missing_position", "no position")
        row.dropped(code, "lon,lat", f"station '{station_id}': {words}; left out")
        return None
    area = row.get("station_area")
    return Station(
        station_id=station_id,
        name=to_text(row.get("name"), languages) or station_id,
        lon=lon,
        lat=lat,
        address=to_text(row.get("address"), languages),
        capacity=row.count("capacity"),
        is_virtual=bool(to_bool(row.get("is_virtual_station"))),
        area=area if isinstance(area, Mapping) and area.get("coordinates") else None,
        rental_uris=to_uris(row.get("rental_uris")),
    )


def _with_status(station: Station, row: Row, types: dict[str, VehicleType]) -> Station:
    installed = _flag(row, "is_installed")
    return replace(
        station,
        available=_available(row, types),
        docks_available=row.count("num_docks_available"),
        is_renting=installed and _flag(row, "is_renting"),
        is_returning=installed and _flag(row, "is_returning"),
        reported_at=to_time(row.get("last_reported")),
    )


def _flag(row: Row, key: str) -> bool:
    """Read a flag: left out means yes, unreadable means no."""
    value: Any = row.get(key)
    if value is None:
        return True
    flag = to_bool(value)
    if flag is None:
        row.mended("invalid_flag", key, f"{str(value)[:40]!r} was read as no")
        return False
    return flag


def _available(row: Row, types: dict[str, VehicleType]) -> dict[str, int]:
    """Count what can be rented now, by vehicle type."""
    listed = row.get("vehicle_types_available")
    if isinstance(listed, list) and listed:
        counts: dict[str, int] = {}
        for entry in listed:
            if isinstance(entry, Mapping):
                inner = Row(row.file, row.number, entry, row.notices)
                type_id, count = to_id(entry.get("vehicle_type_id")), inner.count("count")
                if type_id is not None and count is not None:
                    _know(type_id, types, row)
                    counts[type_id] = counts.get(type_id, 0) + count
        if counts:
            return counts
    total = row.count("num_vehicles_available", "num_bikes_available")
    if total is None:
        return {}
    electric = min(row.count("num_ebikes_available") or 0, total)
    if electric:
        types.setdefault(EBIKE.vehicle_type_id, EBIKE)
        types.setdefault(BICYCLE.vehicle_type_id, BICYCLE)
        return {BICYCLE.vehicle_type_id: total - electric, EBIKE.vehicle_type_id: electric}
    return {_only_type(types): total}


def _only_type(types: dict[str, VehicleType]) -> str:
    """Name the type meant where a feed counts vehicles without naming one."""
    if len(types) == 1:
        return next(iter(types))
    bicycles = [t for t in types.values() if t.form_factor == "bicycle"]
    if bicycles:
        return bicycles[0].vehicle_type_id
    types.setdefault(BICYCLE.vehicle_type_id, BICYCLE)
    return BICYCLE.vehicle_type_id


def _know(type_id: str, types: dict[str, VehicleType], row: Row) -> None:
    """Make room for a type that is counted but not described."""
    if type_id in types:
        return
    row.mended("unknown_vehicle_type", "vehicle_type_id", f"'{type_id}' is not described")
    form = "bicycle" if "bike" in type_id.lower() or "bicycle" in type_id.lower() else "other"
    types[type_id] = VehicleType(type_id, form)

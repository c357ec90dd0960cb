"""Stations and vehicles to share, as their feeds had them last, each with its age."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import current_app
from sqlalchemy.orm import Session

from mobility.catalogue.model import is_stale
from mobility.catalogue.store import list_systems
from mobility.catalogue.tables import StationRow, VehicleRow
from mobility.db import Base, Database
from mobility.spatial import nearest, within
from mobility.web.schemas import AreaQuery, Out, read_box, read_lon_lat
from mobility.weblib.permissions import permission

bp = APIBlueprint("sharing", __name__, url_prefix="/api/v1", tag="Sharing")
Row = TypeVar("Row", bound=Base)


class SystemOut(Out):
    """A sharing system and the age of what is known of it."""

    system_id: str
    name: str
    as_of: datetime | None
    stale: bool


class StationOut(Out):
    """A station; counts are as of its system's ``asOf``, null where unknown."""

    system_id: str
    station_id: str
    name: str
    lon: float
    lat: float
    capacity: int | None
    available: dict[str, int]
    docks_available: int | None
    is_renting: bool
    is_returning: bool
    rental_uris: dict[str, str]
    distance_m: float | None


class VehicleOut(Out):
    """A vehicle that can be taken now; its id changes after every trip."""

    system_id: str
    vehicle_id: str
    vehicle_type_id: str
    lon: float
    lat: float
    range_m: float | None
    station_id: str | None
    rental_uris: dict[str, str]
    distance_m: float | None


class StationsOut(Out):
    """Stations, the nearest first where a point was given."""

    systems: list[SystemOut]
    stations: list[StationOut]


class VehiclesOut(Out):
    """Vehicles, the nearest first where a point was given."""

    systems: list[SystemOut]
    vehicles: list[VehicleOut]


@bp.get("/stations")
@bp.input(AreaQuery, location="query", arg_name="query")
@bp.output(StationsOut)
@bp.doc(summary="Sharing stations and what is there now", responses=[422])
@permission("public")
def stations(query: AreaQuery) -> StationsOut:
    """List stations around a point or in a box."""
    with _database().read() as session:
        found = _find(session, StationRow, query)
        return StationsOut(
            systems=_systems(session),
            stations=[StationOut(**_values(row, StationOut), distance_m=m) for row, m in found],
        )


@bp.get("/vehicles")
@bp.input(AreaQuery, location="query", arg_name="query")
@bp.output(VehiclesOut)
@bp.doc(summary="Shared vehicles that can be taken now", responses=[422])
@permission("public")
def vehicles(query: AreaQuery) -> VehiclesOut:
    """List vehicles around a point or in a box; reserved and disabled ones are left out."""
    with _database().read() as session:
        found = _find(session, VehicleRow, query)
        free = [(row, m) for row, m in found if not (row.is_reserved or row.is_disabled)]
        return VehiclesOut(
            systems=_systems(session),
            vehicles=[VehicleOut(**_values(row, VehicleOut), distance_m=m) for row, m in free],
        )


def _find(session: Session, table: type[Row], query: AreaQuery) -> list[tuple[Row, float | None]]:
    if query.near is not None:
        lon, lat = read_lon_lat(query.near)
        near = nearest(session, table, lon, lat, query.limit)
        return [(item.row, round(item.distance_m, 1)) for item in near]
    rows = within(session, table, read_box(query.within or ""), query.limit)
    return [(row, None) for row in rows]


def _systems(session: Session) -> list[SystemOut]:
    now = datetime.now(UTC)
    return [
        SystemOut(
            system_id=row.system_id,
            name=row.name,
            as_of=row.as_of,
            stale=is_stale(row.as_of, row.ttl_s, now),
        )
        for row in list_systems(session)
    ]


def _values(row: Base, shape: type[Out]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields if name != "distance_m"}


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database

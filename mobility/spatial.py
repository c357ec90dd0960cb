"""Spatial questions with two bodies, one per kind of database: within a box, and nearest."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pyproj import Geod
from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from mobility.db import Base

Row = TypeVar("Row", bound=Base)
_EARTH = Geod(ellps="WGS84")
_M_PER_DEGREE = 110_574.0
"""Least length of a degree of latitude, so that windows are never too small."""
_FIRST_M, _LAST_M = 400.0, 50_000.0


@dataclass(frozen=True)
class Near(Generic[Row]):
    """A row and how far it is from where was asked."""

    row: Row
    distance_m: float


def within(
    session: Session, table: type[Row], bbox: tuple[float, float, float, float], limit: int
) -> Sequence[Row]:
    """Return rows whose point lies in a box, by the spatial index.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        An open session.
    table : type
        A table with a point column ``geom`` (EPSG:4326) and its ``lon`` and ``lat``.
    bbox : tuple of float
        West, south, east, north in degrees.
    limit : int
        Most rows to return.
    """
    return session.scalars(_in_box(session, table, bbox).limit(limit)).all()


def nearest(
    session: Session, table: type[Row], lon: float, lat: float, limit: int, where: Any = None
) -> list[Near[Row]]:
    """Return the nearest rows, exact in metres on the ellipsoid, nearest first.

    A window grows until it holds enough rows that are nearer than its edge; degrees are no
    measure of distance, so that the database's own order would be wrong.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        An open session.
    table : type
        A table with a point column ``geom`` (EPSG:4326) and its ``lon`` and ``lat``.
    lon, lat : float
        Degrees, EPSG:4326.
    limit : int
        Most rows to return; none lies further than 50 km.
    where : ColumnElement, optional
        A further condition.
    """
    radius_m = _FIRST_M
    while True:
        query = _in_box(session, table, _box_around(lon, lat, radius_m))
        if where is not None:
            query = query.where(where)
        found = _by_distance(session.scalars(query).all(), lon, lat)
        inside = [near for near in found if near.distance_m <= radius_m]
        if len(inside) >= limit or radius_m >= _LAST_M:
            return inside[:limit]
        radius_m = min(radius_m * 4, _LAST_M)


def _in_box(
    session: Session, table: type[Row], bbox: tuple[float, float, float, float]
) -> Select[Any]:
    west, south, east, north = bbox
    name = str(table.__tablename__)  # ours, never a client's
    # Both indexes hold single precision and may let a hair's breadth more through.
    exact = f"{name}.lon between :west and :east and {name}.lat between :south and :north"
    window = (
        f"{name}.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
        if session.get_bind().dialect.name == "postgresql"
        else f"{name}.rowid in (select rowid from SpatialIndex where f_table_name = '{name}'"  # noqa: S608
        " and f_geometry_column = 'geom'"
        " and search_frame = BuildMbr(:west, :south, :east, :north, 4326))"
    )
    condition = text(f"{window} and {exact}")
    return select(table).where(condition.bindparams(west=west, south=south, east=east, north=north))


def _box_around(lon: float, lat: float, radius_m: float) -> tuple[float, float, float, float]:
    d_lat = radius_m / _M_PER_DEGREE
    d_lon = min(180.0, d_lat / max(0.01, math.cos(math.radians(lat)) * 0.99))
    return lon - d_lon, lat - d_lat, lon + d_lon, lat + d_lat


def _by_distance(rows: Sequence[Any], lon: float, lat: float) -> list[Near[Any]]:
    if not rows:
        return []
    lons, lats = [row.lon for row in rows], [row.lat for row in rows]
    n = len(rows)
    _, _, metres = _EARTH.inv([lon] * n, [lat] * n, lons, lats)
    near = [Near(row, float(m)) for row, m in zip(rows, metres, strict=True)]
    return sorted(near, key=lambda item: item.distance_m)

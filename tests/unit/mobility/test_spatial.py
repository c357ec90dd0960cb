"""Nearest and within, exact in metres, the same on both kinds of database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyproj import Geod
from sqlalchemy import insert

from mobility.catalogue.tables import SystemRow, VehicleRow
from mobility.spatial import nearest, within
from tests.postgres import new_database
from tests.town_app import new_sqlite, open_store

POINTS = [(8.6 + (i * 61 % 97) / 485, 49.3 + (i * 37 % 100) / 500) for i in range(200)]


@pytest.mark.parametrize("kind", ["spatialite", pytest.param("postgis", marks=pytest.mark.postgis)])
def test_nearest_and_within_agree_with_measuring_every_point(kind: str, tmp_path: Path) -> None:
    url = new_sqlite(tmp_path) if kind == "spatialite" else new_database()
    with open_store(url) as database:
        with database.write() as session:
            now = datetime.now(UTC)
            system = {"system_id": "a", "source": "x", "name": "a", "zones": [], "ttl_s": 1}
            session.add(SystemRow(**system, checked_at=now, failures=0, generation=1))
            session.flush()
            session.execute(insert(VehicleRow), [_row(i, *p) for i, p in enumerate(POINTS)])
        with database.read() as session:
            for lon, lat in ((8.7, 49.4), (8.61, 49.31), (9.0, 49.5)):
                found = nearest(session, VehicleRow, lon, lat, 7)
                assert [int(near.row.vehicle_id) for near in found] == _by_hand(lon, lat)[:7]
            inside = within(session, VehicleRow, (8.65, 49.35, 8.75, 49.45), 1000)
            assert {int(row.vehicle_id) for row in inside} == {
                i for i, (x, y) in enumerate(POINTS) if 8.65 <= x <= 8.75 and 49.35 <= y <= 49.45
            }
            assert nearest(session, VehicleRow, 20.0, 60.0, 7) == []


def _row(i: int, lon: float, lat: float) -> dict[str, object]:
    return {
        "system_id": "a",
        "vehicle_id": str(i),
        "lon": lon,
        "lat": lat,
        "vehicle_type_id": "bike",
        "is_reserved": False,
        "is_disabled": False,
        "rental_uris": {},
        "geom": f"SRID=4326;POINT({lon} {lat})",
    }


def _by_hand(lon: float, lat: float) -> list[int]:
    earth = Geod(ellps="WGS84")
    return sorted(range(len(POINTS)), key=lambda i: earth.inv(lon, lat, *POINTS[i])[2])

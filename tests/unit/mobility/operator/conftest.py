"""A small operator: two stations, a few vehicles, a clock that stands still."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mobility.operator.app import create_app
from mobility.operator.database import connect
from mobility.operator.settings import OperatorSettings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
TOKEN = "a-token-for-the-tests"  # noqa: S105 - opens nothing but this test's operator
EUR = [{"text": "Preis", "language": "de"}]


def _type(name: str, factor: str, propulsion: str, constraint: str, plan: str) -> dict[str, Any]:
    kind = {"vehicle_type_id": name, "form_factor": factor, "propulsion_type": propulsion,
            "return_constraint": constraint, "default_pricing_plan_id": plan}  # fmt: skip
    return kind if propulsion == "human" else kind | {"max_range_meters": 40000.0}


def _plan(name: str, price: float, start: int, rate: float, every: int) -> dict[str, Any]:
    return {"plan_id": name, "name": EUR, "description": EUR, "currency": "EUR", "price": price,
            "is_taxable": False,
            "per_min_pricing": [{"start": start, "rate": rate, "interval": every}]}  # fmt: skip


def _station(name: str, lon: float, capacity: int) -> dict[str, Any]:
    return {"station_id": name, "name": [{"text": name, "language": "de"}], "lat": 49.9,
            "lon": lon, "capacity": capacity}  # fmt: skip


def _square(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 49.8], [east, 49.8], [east, 50.0], [west, 50.0], [west, 49.8]]
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


def _zone(west: float, east: float, may_end: bool) -> dict[str, Any]:
    rule = {"vehicle_type_ids": ["scooter"], "ride_start_allowed": True,
            "ride_end_allowed": may_end, "ride_through_allowed": True}  # fmt: skip
    properties = {"name": EUR, "rules": [rule]}
    return {"type": "Feature", "geometry": _square(west, east), "properties": properties}


def feeds(bikes: int = 1) -> dict[str, dict[str, Any]]:
    """Describe the fleet: ``bikes`` at the market, a car there, a scooter in the street."""
    free = {"lat": 49.9, "lon": 9.31, "is_reserved": False, "is_disabled": False}
    forbidden = _zone(9.30, 9.40, may_end=True)["properties"]["rules"][0] | {
        "ride_end_allowed": False
    }
    return {
        "system_information": {
            "system_id": "small", "languages": ["de"], "opening_hours": "24/7", "name": EUR,
            "feed_contact_email": "demo@demo.example", "timezone": "Europe/Berlin",
        },
        "vehicle_types": {"vehicle_types": [
            _type("bike", "bicycle", "human", "any_station", "bike-plan"),
            _type("car", "car", "electric", "roundtrip_station", "car-plan"),
            _type("scooter", "scooter_standing", "electric", "free_floating", "scooter-plan"),
        ]},
        "system_pricing_plans": {"plans": [
            _plan("bike-plan", 1.0, 30, 1.0, 30), _plan("car-plan", 2.0, 0, 1.8, 15),
            _plan("scooter-plan", 1.0, 0, 0.19, 1),
        ]},
        "station_information": {"stations": [
            _station("market", 9.30, bikes + 2), _station("school", 9.32, 1),
        ]},
        "station_status": {"stations": [
            {"station_id": "market", "vehicle_types_available":
                [{"vehicle_type_id": "bike", "count": bikes},
                 {"vehicle_type_id": "car", "count": 1}]},
            {"station_id": "school", "vehicle_types_available": []},
        ]},
        "vehicle_status": {"vehicles": [
            free | {"vehicle_id": "s1", "vehicle_type_id": "scooter",
                    "current_range_meters": 9000.0},
            free | {"vehicle_id": "c1", "vehicle_type_id": "car", "station_id": "market",
                    "home_station_id": "market", "current_range_meters": 30000.0},
        ]},
        "geofencing_zones": {
            "geofencing_zones": {"type": "FeatureCollection", "features": [
                _zone(9.305, 9.308, may_end=False), _zone(9.29, 9.33, may_end=True)]},
            "global_rules": [forbidden],
        },
    }  # fmt: skip


def write_feeds(folder: Path, content: dict[str, dict[str, Any]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        document = {"last_updated": "2026-03-02T06:00:00+01:00", "ttl": 60, "version": "3.0",
                    "data": data}  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")
    return folder


@dataclass
class Desk:
    """An operator under test, its clock, and short words for what clients do."""

    settings: OperatorSettings
    now: float = NOON
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, lambda: self.now)

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def post(self, path: str, body: object, key: str | None = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        answer = self.client().post(path, json=body, headers=headers)
        document = answer.get_json(force=True)
        assert isinstance(document, dict)
        return answer.status_code, document

    def reserve(self, booking_id: str, **wishes: object) -> tuple[int, dict[str, Any]]:
        until = datetime.fromtimestamp(NOON + 900, UTC).isoformat()
        body = {"id": booking_id, "station_id": None, "vehicle_id": None, "expires_at": until}
        return self.post("/bookings", body | wishes, booking_id)

    def bike(self, booking_id: str) -> tuple[int, dict[str, Any]]:
        return self.reserve(booking_id, station_id="market", vehicle_type_id="bike")

    def start(self, booking_id: str) -> tuple[int, dict[str, Any]]:
        return self.post(f"/legs/{booking_id}/events", {"event": "SET_IN_USE"})

    def finish(self, booking_id: str, **place: object) -> tuple[int, dict[str, Any]]:
        return self.post(f"/legs/{booking_id}/events", {"event": "FINISH"} | place)

    def get(self, booking_id: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        document = self.client().get(f"/bookings/{booking_id}", headers=headers).get_json()
        assert isinstance(document, dict)
        return document

    def feed(self, name: str) -> dict[str, Any]:
        document = self.client().get(f"/gbfs/{name}.json").get_json()
        assert isinstance(document, dict)
        return document

    def bikes_at(self, station_id: str) -> int:
        status = self.feed("station_status")["data"]["stations"]
        types = next(s for s in status if s["station_id"] == station_id)["vehicle_types_available"]
        return sum(t["count"] for t in types if t["vehicle_type_id"] == "bike")

    def troubles(self) -> list[str]:
        """Return what does not add up between vehicles, bookings and simulated trips."""
        with closing(connect(self.settings.database)) as db:
            live = {
                r["vehicle_key"]: r["state"]
                for r in db.execute(
                    "SELECT vehicle_key, state FROM booking WHERE state IN ('CONFIRMED', 'IN_USE')"
                )
            }
            moving = {r["vehicle_key"] for r in db.execute("SELECT * FROM simulated_trip")}
            found = []
            for row in db.execute("SELECT * FROM vehicle"):
                key, state = row["vehicle_key"], row["state"]
                held = "held" if live.get(key) == "CONFIRMED" else None
                ridden = "in_use" if live.get(key) == "IN_USE" or key in moving else None
                standing = state if state in {"available", "disabled"} else None
                if state != (held or ridden or standing):
                    found.append(f"vehicle {key} is {state}, booking {live.get(key)}")
            over = (
                "SELECT s.station_id FROM station AS s WHERE capacity < (SELECT count(*) FROM"
                " vehicle WHERE station_id = s.station_id AND home_station_id IS NULL)"
            )
            found += [f"station {r['station_id']} is overfull" for r in db.execute(over)]
            return found  # fmt: skip


def open_desk(folder: Path, bikes: int = 1) -> Desk:
    folder.mkdir(parents=True, exist_ok=True)
    token = folder / "token"
    token.write_text(TOKEN + "\n")
    gbfs = write_feeds(folder / "gbfs", feeds(bikes))
    return Desk(OperatorSettings(gbfs, folder / "operator.sqlite", token))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    assert opened.troubles() == []

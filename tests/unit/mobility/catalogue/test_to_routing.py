"""What the planner is told about shared vehicles."""

from dataclasses import replace
from datetime import timedelta

from mobility.catalogue.model import Station, Vehicle
from mobility.catalogue.to_routing import StoredVehicles, shared_vehicles, system_row
from mobility.db import Database
from tests.unit.mobility.catalogue.test_store import NOW, SNAPSHOT, STATE, database, save

__all__ = ["database"]


def test_vehicles_that_cannot_be_rented_are_left_out() -> None:
    free = Vehicle("v1", 8.69, 49.41, "b")
    vehicles = (free, replace(free, vehicle_id="v2", is_reserved=True))
    vehicles += (replace(free, vehicle_id="v3", is_disabled=True),)
    row = system_row(replace(SNAPSHOT, vehicles=vehicles), NOW)
    assert [v["vehicle_id"] for v in row["vehicles"]] == ["v1"]


def test_a_vehicle_at_a_station_counts_there_and_only_once() -> None:
    docked = Vehicle("v1", 8.69, 49.41, "b", station_id="A")
    uncounted = replace(docked, vehicle_id="v2", station_id="C")
    stations = (
        Station("A", "Counted", 8.69, 49.41, available={"b": 1}),
        Station("C", "Listed", 8.70, 49.41),
    )
    row = system_row(replace(SNAPSHOT, stations=stations, vehicles=(docked, uncounted)), NOW)
    assert row["vehicles"] == []
    assert [s["available"] for s in row["stations"]] == [{"b": 1}, {"b": 1}]


def test_age_is_passed_on() -> None:
    assert not system_row(SNAPSHOT, NOW + timedelta(minutes=4))["stale"]
    assert system_row(SNAPSHOT, NOW + timedelta(minutes=6))["stale"]


def test_the_same_object_comes_back_until_something_changes(database: Database) -> None:
    save(database, STATE)
    first = shared_vehicles(database, None, None, NOW)
    assert isinstance(first, StoredVehicles)
    assert shared_vehicles(database, None, first, NOW + timedelta(minutes=1)) is first
    grown_old = shared_vehicles(database, None, first, NOW + timedelta(hours=1))
    assert grown_old is not first
    save(database, STATE)
    assert shared_vehicles(database, None, first, NOW) is not first

"""Feeds of every version and of every kind of carelessness."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.catalogue.gbfs import feed_addresses, read_folder, read_gbfs
from mobility.catalogue.model import PriceStep, Snapshot
from mobility.network.bounds import Bounds
from tests.shared import shared_dir

NOW = datetime(2024, 9, 2, 8, 0, tzinfo=UTC)
HEIDELBERG = Bounds(8.60, 49.34, 8.85, 49.51)


def body(data: Any, **head: Any) -> bytes:
    return json.dumps({"last_updated": 1725264000, "ttl": 60, **head, "data": data}).encode()


def read(bounds: Bounds | None = None, **files: bytes) -> tuple[Snapshot, Counter[str]]:
    snapshot, notices = read_gbfs(files, name="town", now=NOW, bounds=bounds)
    return snapshot, Counter(notice.code for notice in notices)


def station(station_id: Any = "A", lon: Any = 8.69, lat: Any = 49.41, **more: Any) -> Any:
    return {"station_id": station_id, "name": "Market", "lon": lon, "lat": lat, **more}


def stations(*rows: Any) -> bytes:
    return body({"stations": list(rows)}, version="2.3")


def test_version_1_numbers_for_booleans_and_no_version_are_understood() -> None:
    status = {"station_id": "A", "num_bikes_available": 4, "num_docks_available": 2}
    status |= {"is_installed": 1, "is_renting": 1, "is_returning": 0}
    snapshot, codes = read(
        station_information=body({"stations": [station()]}),
        station_status=body({"stations": [status]}),
    )
    (found,) = snapshot.stations
    assert (found.available, found.docks_available) == ({"bicycle": 4}, 2)
    assert (found.is_renting, found.is_returning) == (True, False)
    assert snapshot.vehicle_types["bicycle"].form_factor == "bicycle"
    assert snapshot.version is None
    assert codes == {"missing_version": 2}


def test_version_3_texts_in_many_languages_and_types_are_understood() -> None:
    name = [{"text": "Markt", "language": "de"}, {"text": "Market", "language": "en"}]
    types = [{"vehicle_type_id": "e", "form_factor": "cargo_bicycle", "propulsion_type": "human"}]
    status = {"station_id": "A", "num_vehicles_available": 2}
    status["vehicle_types_available"] = [{"vehicle_type_id": "e", "count": 2}]
    snapshot, codes = read(
        system_information=body({"system_id": "s", "name": name}, version="3.0"),
        vehicle_types=body({"vehicle_types": types}, version="3.0"),
        station_information=body({"stations": [station(name=name)]}, version="3.0"),
        station_status=body(
            {"stations": [status]}, version="3.0", last_updated="2024-09-02T09:59:00+02:00"
        ),
    )
    assert (snapshot.system.name, snapshot.stations[0].name) == ("Market", "Market")
    assert snapshot.stations[0].available == {"e": 2}
    assert snapshot.as_of == datetime(2024, 9, 2, 7, 59, tzinfo=UTC)
    assert not codes


def test_duplicate_stations_count_once_and_are_noted() -> None:
    snapshot, codes = read(
        station_information=stations(station(capacity=9), station(capacity=1)),
        station_status=stations(
            {"station_id": "A", "num_bikes_available": 5},
            {"station_id": "A", "num_bikes_available": 8},
        ),
    )
    assert [s.capacity for s in snapshot.stations] == [9]
    assert snapshot.stations[0].available == {"bicycle": 5}
    assert codes == {"duplicate_id": 2}


def test_negative_counts_are_read_as_none_there() -> None:
    status = {"station_id": "A", "num_bikes_available": -3, "num_docks_available": -1}
    snapshot, codes = read(station_information=stations(station()), station_status=stations(status))
    assert (snapshot.stations[0].available, snapshot.stations[0].docks_available) == (
        {"bicycle": 0},
        0,
    )
    assert codes == {"negative_count": 2}


def test_a_count_that_is_no_number_is_unknown() -> None:
    status = {"station_id": "A", "num_bikes_available": "many", "num_docks_available": None}
    snapshot, codes = read(station_information=stations(station()), station_status=stations(status))
    assert (snapshot.stations[0].available, snapshot.stations[0].docks_available) == ({}, None)
    assert codes == {"invalid_count": 1}


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (49.41, 8.69, "swapped_position"),
        (float("nan"), 49.41, "missing_position"),
        (None, 49.41, "missing_position"),
        (0, 0, "null_position"),
        (8.69, 149.41, "impossible_position"),
        (13.4, 52.5, "outside_area"),
    ],
)
def test_a_station_in_an_impossible_place_is_left_out(lon: Any, lat: Any, code: str) -> None:
    snapshot, codes = read(
        HEIDELBERG,
        station_information=stations(station(lon=lon, lat=lat), station("B")),
        station_status=stations({"station_id": "A", "num_bikes_available": 1}),
    )
    assert [s.station_id for s in snapshot.stations] == ["B"]
    assert codes == {code: 1}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"<html><h1>502</h1></html>", "not_json"),
        (b"", "not_json"),
        (b'{"data": {"stations": [', "not_json"),
        (b'["stations"]', "no_data"),
        (b'{"ttl": 1}', "no_data"),
        (b"[" * 100_000, "not_json"),
    ],
)
def test_an_answer_that_is_no_feed_file_is_left_out(answer: bytes, code: str) -> None:
    snapshot, codes = read(station_information=stations(station()), station_status=answer)
    assert len(snapshot.stations) == 1
    assert not snapshot.stations[0].is_renting
    assert codes == {code: 1}


def test_free_vehicles_keep_their_type_and_unreadable_flags_block_them() -> None:
    types = [{"vehicle_type_id": "s", "form_factor": "scooter"}]
    bike = {"lon": 8.69, "lat": 49.41, "vehicle_type_id": "s"}
    snapshot, codes = read(
        vehicle_types=body({"vehicle_types": types}, version="2.1"),
        free_bike_status=body(
            {
                "bikes": [
                    {"bike_id": "1", **bike, "current_range_meters": 900.0, "is_disabled": 0},
                    {"bike_id": "2", **bike, "is_disabled": "perhaps"},
                    {"bike_id": "3", **bike, "vehicle_type_id": "unheard-of"},
                ]
            },
            version="2.1",
        ),
    )
    assert [(v.vehicle_id, v.is_disabled, v.range_m) for v in snapshot.vehicles] == [
        ("1", False, 900.0),
        ("2", True, None),
    ]
    assert snapshot.vehicle_types["s"].form_factor == "scooter_standing"
    assert codes == {"invalid_flag": 1, "unknown_vehicle_type": 1}


def test_prices_become_cents_and_a_plan_without_price_is_left_out() -> None:
    steps = [{"start": 30, "rate": "0.25", "interval": 1, "end": 60}]
    plan = {"plan_id": "p", "name": "Day", "currency": "eur", "price": 1.5}
    snapshot, codes = read(
        system_pricing_plans=body(
            {"plans": [{**plan, "per_min_pricing": steps}, {**plan, "plan_id": "q", "price": "?"}]},
            version="2.3",
        )
    )
    assert list(snapshot.plans) == ["p"]
    assert snapshot.plans["p"].price_cents == 150
    assert snapshot.plans["p"].currency == "EUR"
    assert snapshot.plans["p"].per_min == (PriceStep(30.0, 25.0, 1.0, 60.0),)
    assert codes == {"invalid_price": 1}


def test_a_link_that_runs_code_is_not_passed_on() -> None:
    uris = {"web": "javascript:alert(1)", "android": "bikes://open?id=1", "ios": "data:text/html,x"}
    snapshot, _ = read(station_information=stations(station(rental_uris=uris)))
    assert snapshot.stations[0].rental_uris == {"android": "bikes://open?id=1"}


def test_feeds_are_found_flat_or_under_a_language_and_never_in_files() -> None:
    feeds = [
        {"name": "free_bike_status", "url": "https://bikes.example/free.json"},
        {"name": "station_status", "url": "status.json"},
        {"name": "station_information", "url": "file:///etc/passwd"},
    ]
    expected = {
        "vehicle_status": "https://bikes.example/free.json",
        "station_status": "https://bikes.example/gbfs/status.json",
    }
    base = "https://bikes.example/gbfs/gbfs.json"
    assert feed_addresses({"feeds": feeds}, base) == expected
    assert feed_addresses({"fr": {"feeds": []}, "en": {"feeds": feeds}}, base) == expected
    assert feed_addresses({"nb": {"feeds": feeds}}, base) == expected
    assert feed_addresses({"feeds": "none"}, base) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = ("station_id", "vehicle_id", "lon", "lat", "name", "vehicle_type_id", "capacity", "price")
ROW = st.dictionaries(st.sampled_from(KEYS), JSON) | JSON


@given(rows=st.lists(ROW, max_size=3), head=JSON)
def test_no_json_whatever_stops_the_reading(rows: list[Any], head: Any) -> None:
    lists = ("stations", "vehicles", "vehicle_types", "plans", "geofencing_zones")
    text = json.dumps({"last_updated": head, "ttl": head, "data": dict.fromkeys(lists, rows)})
    files = {
        name: text.encode()
        for name in (
            "system_information",
            "vehicle_types",
            "station_information",
            "station_status",
            "vehicle_status",
            "system_pricing_plans",
            "geofencing_zones",
        )
    }
    snapshot, _ = read_gbfs(files, name="town", now=NOW)
    assert len(snapshot.stations) <= len(rows)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "n_stations", "n_vehicles", "version"),
    [
        ("baywheels_2023-07-19", 518, 0, None),
        ("otp/helsinki", 7, 0, None),
        ("otp/lillestrombysykkel", 6, 0, "2.2"),
        ("otp/duplicate-stations-v3", 3, 0, "3.0"),
        ("otp/ridecheck/almere", 0, 6, "3.0"),
        ("entur_validator/v2.1", 2, 1, "2.1"),
        ("entur_validator/v3.0", 2, 2, "3.0"),
    ],
)
def test_real_feeds_of_all_versions_are_read(
    folder: str, n_stations: int, n_vehicles: int, version: str | None
) -> None:
    files = read_folder(shared_dir() / "data/gbfs_samples" / folder)
    snapshot, _ = read_gbfs(files, name=folder, now=datetime.now(UTC))
    assert (len(snapshot.stations), len(snapshot.vehicles)) == (n_stations, n_vehicles)
    assert snapshot.version == version
    assert snapshot.system.name != folder

import json
from datetime import UTC, datetime

from mobility.catalogue.gbfs import read_gbfs
from mobility.rebalancing.stock import Stock, stock_of
from tests.unit.mobility.rebalancing.towns import feed


def stock(*stations: dict) -> Stock:
    files = {
        name: json.dumps({"last_updated": 1, "ttl": 0, "version": "3.0", "data": data}).encode()
        for name, data in feed(list(stations)).items()
    }
    snapshot, _ = read_gbfs(files, name="town", now=datetime.now(UTC))
    return stock_of(snapshot)


AT = {"lon": 8.6, "lat": 49.4}


def test_docks_are_those_that_hold_a_bike_or_nothing() -> None:
    # Twenty docks, but two hold broken bikes: 5 bikes + 13 free docks can be worked with.
    found = stock({"id": "a", "bikes": 5, "free": 13, "capacity": 20, **AT})
    assert found.inventory.stations[0].capacity == 18
    assert found.inventory.stations[0].vehicles == 5


def test_without_free_docks_the_capacity_counts() -> None:
    found = stock({"id": "a", "bikes": 5, "capacity": 20, **AT})
    assert found.inventory.stations[0].capacity == 20


def test_an_overfull_station_is_full_not_impossible() -> None:
    found = stock({"id": "a", "bikes": 25, "capacity": 20, **AT})
    assert found.inventory.stations[0].capacity == 25


def test_a_station_without_docks_or_capacity_is_left_out_and_named() -> None:
    found = stock({"id": "a", "bikes": 5, **AT}, {"id": "b", "bikes": 1, "free": 1, **AT})
    assert [s.station_id for s in found.inventory.stations] == ["b"]
    assert found.left_out == (("a", "no-docks-known"),)


def test_a_station_out_of_service_is_closed() -> None:
    found = stock({"id": "a", "bikes": 5, "free": 5, "open": False, **AT})
    assert not found.inventory.stations[0].is_open


def test_a_place_for_shared_cars_is_no_bike_station() -> None:
    found = stock({"id": "a", "bikes": 2, "free": 1, "type": "car", **AT})
    assert found.inventory.stations == ()

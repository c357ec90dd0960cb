"""The worker's loop: from a feed over HTTP into the store, through failure and restart."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from mobility.catalogue.live import keep_catalogue
from mobility.catalogue.sources import Source
from mobility.catalogue.store import get_snapshot, list_systems
from mobility.db import Database
from mobility.network.bounds import Bounds
from tests.unit.mobility.catalogue import gbfs_server as bad
from tests.unit.mobility.catalogue.gbfs_server import GbfsServer
from tests.unit.mobility.catalogue.test_store import STATE, database, save

__all__ = ["database"]

TOWN = Bounds(8.6, 49.3, 8.9, 49.6)


@contextmanager
def polling(database: Database, server: GbfsServer) -> Iterator[None]:
    stop = threading.Event()
    source = Source("town", url=f"{server.url}/gbfs.json")
    thread = threading.Thread(target=keep_catalogue, args=(database, [source], TOWN, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            pytest.fail("nothing happened for 20 s")
        time.sleep(0.02)


def error(database: Database) -> str | None:
    with database.read() as session:
        return next((s.error for s in list_systems(session)), "nothing stored")


def test_a_feed_is_stored_and_its_failure_after_a_restart_keeps_the_last_state(
    database: Database,
) -> None:
    with bad.gbfs_server() as server:
        server.set_bikes(0, 3, datetime.now(UTC))
        with polling(database, server):
            wait_for(lambda: error(database) is None)
        server.behave["station_status"] = bad.status_500
        with polling(database, server):
            wait_for(lambda: error(database) == "station_status answers 500")
    with database.read() as session:
        snapshot = get_snapshot(session, "bikes")
    assert [dict(station.available) for station in snapshot.stations] == [
        {"bicycle": 3},
        {"bicycle": 0},
    ]


def test_a_system_whose_feed_is_gone_from_the_network_is_forgotten(database: Database) -> None:
    save(database, STATE)
    stop = threading.Event()
    stop.set()
    keep_catalogue(database, [], TOWN, stop)
    assert error(database) == "nothing stored"

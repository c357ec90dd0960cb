"""What was polled is kept in a real SpatiaLite file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from mobility.catalogue.model import (
    PriceStep,
    PricingPlan,
    Snapshot,
    Station,
    System,
    Vehicle,
    VehicleType,
    Zone,
)
from mobility.catalogue.poller import FeedState
from mobility.catalogue.store import (
    SystemTakenError,
    UnknownSystemError,
    forget_missing,
    generations,
    get_snapshot,
    list_systems,
    save_state,
)
from mobility.catalogue.tables import StationRow
from mobility.db import Base, Database, open_database
from mobility.schema import prepare_spatial

NOW = datetime(2024, 9, 2, 8, 0, tzinfo=UTC)
PLAN = PricingPlan("p", "Ride", "EUR", 100, (PriceStep(30.0, 25.0, 1.0, None),), surge=True)
SQUARE = {"type": "Polygon", "coordinates": [[[8, 49], [9, 49], [9, 50], [8, 49]]]}
SNAPSHOT = Snapshot(
    system=System("bikes", "Town Bikes", operator="Works", timezone="Europe/Berlin"),
    vehicle_types={"b": VehicleType("b", "bicycle", "human", pricing_plan_id="p")},
    stations=(
        Station("A", "Market", 8.69, 49.41, capacity=10, available={"b": 3}, docks_available=7),
        Station("B", "Bridge", 8.70, 49.42, rental_uris={"web": "https://bikes.example/B"}),
    ),
    vehicles=(Vehicle("v1", 8.695, 49.415, "b", range_m=900.0),),
    plans={"p": PLAN},
    zones=(Zone("Centre", SQUARE, ({"ride_end_allowed": False},)),),
    as_of=NOW,
    ttl_s=10,
    version="3.0",
)
STATE = FeedState("feed", NOW, NOW + timedelta(seconds=10), SNAPSHOT, changed=True)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/town.sqlite")
    prepare_spatial(opened)
    with opened.engine.begin() as connection:
        ours = [t for t in Base.metadata.sorted_tables if t.name in OUR_TABLES]
        Base.metadata.create_all(connection, tables=ours)
    yield opened
    opened.engine.dispose()


OUR_TABLES = {"sharing_system", "vehicle_type", "station", "vehicle", "pricing_plan"}


def save(database: Database, state: FeedState) -> None:
    with database.write() as session:
        save_state(session, state)


def test_a_snapshot_is_found_again_as_it_was_saved(database: Database) -> None:
    save(database, STATE)
    with database.read() as session:
        assert get_snapshot(session, "bikes") == SNAPSHOT
        assert [s.system_id for s in list_systems(session)] == ["bikes"]


def test_the_next_snapshot_adds_changes_moves_and_removes(database: Database) -> None:
    save(database, STATE)
    first, _ = SNAPSHOT.stations
    moved = replace(first, lon=8.71, available={"b": 1})
    new = replace(first, station_id="C", name="Harbour")
    after = replace(SNAPSHOT, stations=(moved, new), vehicles=(), plans={}, as_of=NOW)
    save(database, replace(STATE, snapshot=after))
    with database.read() as session:
        assert get_snapshot(session, "bikes") == after
        lons = select(StationRow.station_id, func.ST_X(StationRow.geom)).order_by("station_id")
        assert [tuple(row) for row in session.execute(lons)] == [("A", 8.71), ("C", 8.69)]
        assert generations(session) == {"bikes": 2}


def test_a_failed_poll_marks_the_last_good_state_and_keeps_it(database: Database) -> None:
    save(database, STATE)
    failed = replace(STATE, failures=3, error="station_status answers 500", changed=False)
    save(database, failed)
    with database.read() as session:
        (row,) = list_systems(session)
        assert (row.failures, row.error, row.generation) == (3, "station_status answers 500", 1)
        assert row.as_of == NOW
        assert get_snapshot(session, "bikes") == SNAPSHOT


def test_a_feed_that_never_answered_stores_nothing(database: Database) -> None:
    save(database, replace(STATE, snapshot=None, failures=1, error="no answer"))
    with database.read() as session:
        assert list_systems(session) == []
        with pytest.raises(UnknownSystemError, match="no sharing system 'bikes'"):
            get_snapshot(session, "bikes")


def test_two_feeds_cannot_be_the_same_system(database: Database) -> None:
    save(database, STATE)
    with pytest.raises(SystemTakenError, match="'other' and feed 'feed'"):
        save(database, replace(STATE, source="other"))


def test_systems_of_feeds_no_longer_read_are_forgotten(database: Database) -> None:
    save(database, STATE)
    with database.write() as session:
        assert forget_missing(session, ["feed"]) == 0
        assert forget_missing(session, ["another"]) == 1
    with database.read() as session:
        assert session.scalars(select(StationRow)).all() == []


def test_stations_are_in_the_spatial_index(database: Database) -> None:
    save(database, STATE)
    window = (
        "select count(*) from SpatialIndex where f_table_name = 'station' and "
        "f_geometry_column = 'geom' and search_frame = BuildMbr(8.68, 49.40, 8.695, 49.415, 4326)"
    )
    with database.read() as session:
        assert session.scalar(text(window)) == 1


def test_what_a_feed_could_not_deliver_since_a_restart_stays_as_stored(database: Database) -> None:
    save(database, STATE)
    unknown = tuple(replace(station, available={}) for station in SNAPSHOT.stations)
    partial = replace(SNAPSHOT, system=System("feed", "feed"), stations=unknown, as_of=None)
    missing = frozenset({"station_status", "system_information"})
    save(database, replace(STATE, snapshot=partial, failures=1, error="x", missing=missing))
    with database.read() as session:
        assert get_snapshot(session, "bikes") == SNAPSHOT
        assert [(s.system_id, s.error) for s in list_systems(session)] == [("bikes", "x")]


def test_a_feed_that_cannot_be_reached_after_a_restart_is_marked(database: Database) -> None:
    save(database, STATE)
    save(database, replace(STATE, snapshot=None, failures=1, error="no answer", changed=False))
    with database.read() as session:
        assert [(s.error, s.generation) for s in list_systems(session)] == [("no answer", 1)]
        assert get_snapshot(session, "bikes") == SNAPSHOT


def test_a_feed_that_changes_its_id_replaces_its_system(database: Database) -> None:
    save(database, STATE)
    save(database, replace(STATE, snapshot=replace(SNAPSHOT, system=System("new", "New"))))
    with database.read() as session:
        assert [s.system_id for s in list_systems(session)] == ["new"]
        assert len(get_snapshot(session, "new").stations) == 2

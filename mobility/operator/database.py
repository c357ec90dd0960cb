"""The operator's SQLite file: tables, connections, transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mobility.operator.errors import OperatorError

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS feed (name TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS station (
  station_id TEXT PRIMARY KEY, lat REAL NOT NULL, lon REAL NOT NULL, capacity INTEGER NOT NULL,
  is_installed INTEGER NOT NULL, is_renting INTEGER NOT NULL, is_returning INTEGER NOT NULL,
  information TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vehicle (
  vehicle_key INTEGER PRIMARY KEY, vehicle_id TEXT NOT NULL UNIQUE, vehicle_type_id TEXT NOT NULL,
  plan_id TEXT NOT NULL, state TEXT NOT NULL
    CHECK (state IN ('available', 'held', 'in_use', 'disabled')),
  station_id TEXT REFERENCES station, home_station_id TEXT REFERENCES station,
  lat REAL, lon REAL, range_m REAL, max_range_m REAL,
  CHECK (state = 'in_use' OR station_id IS NOT NULL OR (lat IS NOT NULL AND lon IS NOT NULL)));
CREATE INDEX IF NOT EXISTS vehicle_at ON vehicle (station_id, state);
CREATE TABLE IF NOT EXISTS booking (
  id TEXT PRIMARY KEY, request TEXT NOT NULL, state TEXT NOT NULL
    CHECK (state IN ('CONFIRMED', 'IN_USE', 'FINISHED', 'EXPIRED', 'CANCELLED')),
  vehicle_key INTEGER NOT NULL REFERENCES vehicle, vehicle_id TEXT NOT NULL,
  vehicle_type_id TEXT NOT NULL, plan_id TEXT NOT NULL, created_at REAL NOT NULL,
  expires_at REAL NOT NULL, started_at REAL, ended_at REAL, amount_cents INTEGER, currency TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS one_live_booking ON booking (vehicle_key)
  WHERE state IN ('CONFIRMED', 'IN_USE');
CREATE TABLE IF NOT EXISTS simulated_trip (
  vehicle_key INTEGER PRIMARY KEY REFERENCES vehicle, ends_at REAL NOT NULL, metres REAL NOT NULL,
  station_id TEXT REFERENCES station, lat REAL, lon REAL);
CREATE TABLE IF NOT EXISTS answer (
  key TEXT NOT NULL, path TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (key, path));
"""
PATIENCE_S: Final = 15.0


def connect(path: Path) -> sqlite3.Connection:
    """Open the operator's database; the caller closes it.

    Parameters
    ----------
    path : Path
        SQLite file, made where missing; its folder must exist.

    Returns
    -------
    sqlite3.Connection
        Rows by column name; no transaction is begun unless `transaction` does.

    Raises
    ------
    OperatorError
        If the file cannot be opened.
    """
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
    except sqlite3.Error as error:
        text = f"{path} cannot be opened as a database ({error}); choose another file with --db"
        raise OperatorError(text) from error
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run one writing transaction: wholly done, or not at all.

    The write lock is taken at the beginning, so what is read inside stays true until the end.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")

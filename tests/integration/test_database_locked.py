"""A database that another process holds, or that goes away: a clear answer, then as before."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import event

from mobility.app import create_app
from tests.town_app import log_in, new_sqlite, town_settings

LEG = {
    "mode": "WALK",
    "from": {"lon": 8.691234, "lat": 49.401234, "name": "Home"},
    "to": {"lon": 8.70, "lat": 49.41, "name": "Market"},
    "startTime": "2026-10-14T08:00:00+02:00",
    "endTime": "2026-10-14T08:20:00+02:00",
}
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("begin immediate")
print("held", flush=True)
sys.stdin.readline()
connection.execute("rollback")
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[APIFlask]:
    app = create_app(town_settings(tmp_path, new_sqlite(tmp_path)))
    engine = app.extensions["database"].engine

    @event.listens_for(engine, "connect")
    def be_impatient(connection: Any, _record: Any) -> None:
        connection.execute("pragma busy_timeout=300").fetchall()  # 15 s in a town

    yield app
    engine.dispose()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let another process hold the writer's place."""
    pipe = subprocess.PIPE
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=pipe, stdout=pipe, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        yield
    finally:
        holder.communicate("\n", timeout=20)


def test_a_locked_database_refuses_writes_clearly_serves_readers_and_recovers(
    app: APIFlask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = app.test_client()
    headers = {"X-CSRF-Token": log_in(app, client, subject="s" * 43)}
    headers["Idempotency-Key"] = "one-intention"
    with locked(tmp_path / "platform.sqlite"):
        refused = client.post("/api/v1/bookings", json={"legs": [LEG]}, headers=headers)
        assert (refused.status_code, refused.json["type"]) == (
            503,
            "/problems/database-unavailable",
        )
        assert refused.headers["Retry-After"] == "5"
        for secret in ("8.691234", "Home", "one-intention", "insert", "INSERT", "BEGIN"):
            assert secret not in refused.text
            assert secret not in caplog.text
        assert client.get("/api/v1/bookings").get_json() == {"bookings": []}
        assert client.get("/health").status_code == 200
    booked = client.post("/api/v1/bookings", json={"legs": [LEG]}, headers=headers)
    assert booked.status_code == 201
    assert len(client.get("/api/v1/bookings").get_json()["bookings"]) == 1


def test_a_database_that_is_gone_is_missed_by_health_and_found_again(
    app: APIFlask, tmp_path: Path
) -> None:
    client = app.test_client()
    log_in(app, client, subject="s" * 43)
    assert client.get("/api/v1/bookings").status_code == 200
    path, away = tmp_path / "platform.sqlite", tmp_path / "away.sqlite"
    app.extensions["database"].engine.dispose()
    path.rename(away)
    path.mkdir()  # so that no empty database is made in its place
    assert client.get("/health").status_code == 503
    refused = client.get("/api/v1/bookings")
    assert (refused.status_code, refused.json["type"]) == (503, "/problems/database-unavailable")
    assert str(tmp_path) not in refused.text
    path.rmdir()
    away.rename(path)
    assert client.get("/health").status_code == 200
    assert client.get("/api/v1/bookings").get_json() == {"bookings": []}

"""The platform for tests: the real application on a fresh database; trips to book."""

import functools
import hashlib
import json
import secrets
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from werkzeug.serving import make_server

from mobility.accounts.model import SESSIONS
from mobility.booking.request import LegRequest, Point, Rental, TripRequest
from mobility.db import Database, open_database
from mobility.schema import upgrade
from mobility.settings import Settings
from tests.cooperative import open_cooperative

NOON = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
HOME = Point(8.68, 49.41, "Home Street 1")
MARKET = Point(8.70, 49.42, "Market")


@functools.cache
def _template() -> Path:
    """Migrate one SpatiaLite file, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="town-")) / "template.sqlite"
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("commit")
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
        connection.exec_driver_sql("begin")
    database.engine.dispose()
    return path


def new_sqlite(folder: Path) -> str:
    """Return the URL of a freshly migrated SpatiaLite file in ``folder``."""
    path = folder / "platform.sqlite"
    shutil.copy(_template(), path)
    return f"sqlite:///{path}"


@contextmanager
def open_store(url: str) -> Iterator[Database]:
    """Open a migrated database and close every connection at the end."""
    database = open_database(url)
    upgrade(database)
    try:
        yield database
    finally:
        database.engine.dispose()


def town_settings(folder: Path, url: str, **changes: Any) -> Settings:
    """Return settings for a platform in ``folder``."""
    values: dict[str, Any] = {
        "var_dir": folder,
        "database_url": url,
        "rate_limit": "1000000 per minute",
        "open_bookings_per_resident": 3,
    }
    return Settings(**(values | changes))


@contextmanager
def serve_cooperative(folder: Path) -> Iterator[tuple[Any, Path, Path]]:
    """Run the real narrow calls on a Unix socket; yields trustee, socket and secret file."""
    from mobility.trustee.narrow import create_narrow_app

    trustee, _clock = open_cooperative(folder)
    secret = folder / "narrow.secret"
    secret.write_text(secrets.token_urlsafe(32))
    socket_path = Path(tempfile.mkdtemp(prefix="coop-")) / "narrow.sock"
    app = create_narrow_app(trustee, secret.read_text())
    server = make_server(f"unix://{socket_path}", 0, app, threaded=True)
    if isinstance(server, socketserver.ThreadingMixIn):
        server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield trustee, socket_path, secret
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def log_in(app: Any, client: Any, **values: Any) -> str:
    """Give ``client`` a session that holds ``values``; return its CSRF token."""
    store = app.session_interface
    session_id, csrf, row = session_row(values, store._clock())
    with store._engine.begin() as connection:
        connection.execute(insert(SESSIONS).values(**row))
    client.set_cookie("platform", session_id, domain="localhost")
    return csrf


def session_row(values: dict[str, Any], now_s: float) -> tuple[str, str, dict[str, Any]]:
    """Return the cookie, the CSRF token and the row of a new session."""
    session_id, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
    row = {
        "id_hash": hashlib.sha256(session_id.encode()).hexdigest(),
        "data": json.dumps(values | {"csrf": csrf}),
        "created_s": int(now_s),
        "expires_s": int(now_s) + 3600,
    }
    return session_id, csrf, row


def bike_leg(station: str = "station", system: str = "bikes", **changes: Any) -> LegRequest:
    """Return a leg on a shared bike from a station."""
    values: dict[str, Any] = {"system_id": system, "form_factor": "bicycle", "station_id": station}
    return _leg("RENTAL", rental=Rental(**(values | changes)))


def walk_leg() -> LegRequest:
    """Return a walk."""
    return _leg("WALK")


def bus_leg(**changes: Any) -> LegRequest:
    """Return a bus ride."""
    return _leg("BUS", **changes)


def trip(*legs: LegRequest) -> TripRequest:
    """Return a trip of these legs; a single bike ride by default."""
    return TripRequest(legs or (bike_leg(),))


def _leg(mode: str, **changes: Any) -> LegRequest:
    values: dict[str, Any] = {
        "mode": mode,
        "origin": HOME,
        "destination": MARKET,
        "start": NOON,
        "end": NOON + timedelta(minutes=20),
    }
    return LegRequest(**(values | changes))

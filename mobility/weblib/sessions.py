"""Sessions kept in the database behind Flask's session; the browser holds a random id only."""

import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Engine, Table, delete, insert, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import CallbackDict

logger = logging.getLogger(__name__)
_STATELESS = ("/static/", "/assets/", "/tiles/", "/health", "/metrics")
_TOUCH_S = 3600


class StoredSession(CallbackDict[str, Any], SessionMixin):
    """A session's values, and whether they must be written back."""

    def __init__(self, values: dict[str, Any] | None = None, session_id: str | None = None) -> None:
        def changed(session: "StoredSession") -> None:
            session.modified = True

        super().__init__(values, changed)
        self.session_id = session_id
        self.expires_s = 0
        self.retired: list[str] = []
        self.modified = False
        self.new = session_id is None
        self.unavailable = False

    def rotate(self) -> None:
        """Take a new id, so that an id known before the log-in is worth nothing after it."""
        if self.session_id is not None:
            self.retired.append(self.session_id)
        self.session_id = None
        self.modified = True

    def start_over(self, values: dict[str, Any], lifetime_s: int | None = None) -> None:
        """Forget everything, take a new id and hold ``values``: what every log-in must do."""
        self.clear()
        self.rotate()
        self.update(values)
        if lifetime_s is not None:
            self["_lifetime_s"] = lifetime_s


class DatabaseSessions(SessionInterface):
    """Flask's session interface over one table.

    Parameters
    ----------
    engine : sqlalchemy.Engine or callable
        The application's database.
    table : sqlalchemy.Table
        From :func:`mobility.weblib.tables.session_table`.
    cookie : str
        Name of the cookie; give each party its own.
    lifetime_s : int
        Seconds without use after which a session ends.
    secure : bool
        Whether the cookie travels over HTTPS only.
    clock : callable
        Returns seconds since 1970.
    """

    def __init__(
        self,
        engine: Engine,
        table: Table,
        cookie: str,
        lifetime_s: int,
        secure: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._table = table
        self._cookie = f"__Host-{cookie}" if secure else cookie
        self._lifetime_s = lifetime_s
        self._secure = secure
        self._clock = clock

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        """Read the session named by the cookie; an unknown or expired one is an empty session."""
        session_id = request.cookies.get(self._cookie)
        if not session_id or request.path.startswith(_STATELESS):
            return StoredSession()
        table = self._table
        query = select(table.c.data, table.c.expires_s).where(
            table.c.id_hash == _digest(session_id)
        )
        try:
            with self._engine.connect() as connection:
                row = connection.execute(query).first()
        except OperationalError:
            logger.exception("sessions cannot be read")
            return _unavailable_session()
        if row is None or row.expires_s <= self._clock():
            return StoredSession()
        session = StoredSession(json.loads(row.data), session_id)
        session.expires_s = int(row.expires_s)
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session back when it changed or was last touched long ago."""
        assert isinstance(session, StoredSession)  # noqa: S101 (open_session made it)
        response.vary.add("Cookie")
        if session.unavailable:
            return
        try:
            self._write_back(session, response)
        except OperationalError:
            logger.exception("a session cannot be stored")
            response.status_code = 503  # a log-in or log-out that was not stored did not happen
            response.headers.pop("Location", None)

    def _write_back(self, session: StoredSession, response: Response) -> None:
        lifetime_s = int(session.get("_lifetime_s", self._lifetime_s))
        expires_s = int(self._clock()) + lifetime_s
        empty = not session
        if empty and session.session_id is not None:
            session.retired.append(session.session_id)
            session.session_id = None
        if session.retired:
            self._remove(session.retired)
        if empty:
            if session.retired:
                response.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True)
            return
        worn = expires_s - session.expires_s > min(_TOUCH_S, lifetime_s // 2)
        if not session.modified and not worn:
            return
        self._store(session, expires_s)
        response.set_cookie(
            self._cookie,
            session.session_id or "",
            max_age=lifetime_s,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )

    def remove_expired(self) -> int:
        """Delete the sessions that have ended and return how many they were."""
        ended = delete(self._table).where(self._table.c.expires_s <= int(self._clock()))
        with self._engine.begin() as connection:
            return int(connection.execute(ended).rowcount)

    def _remove(self, session_ids: list[str]) -> None:
        hashes = [_digest(i) for i in session_ids]
        with self._engine.begin() as connection:
            connection.execute(delete(self._table).where(self._table.c.id_hash.in_(hashes)))

    def _store(self, session: StoredSession, expires_s: int) -> None:
        """Update the row, or insert it where the session is new."""
        table, data = self._table, json.dumps(dict(session))
        with self._engine.begin() as connection:
            if session.session_id is not None:
                row = table.c.id_hash == _digest(session.session_id)
                # no row to change: another request logged out meanwhile, and out it stays
                connection.execute(update(table).where(row).values(data=data, expires_s=expires_s))
                return
            session.session_id = secrets.token_urlsafe(32)
            values = {"id_hash": _digest(session.session_id), "data": data}
            moments = {"created_s": int(self._clock()), "expires_s": expires_s}
            connection.execute(insert(table).values(**values, **moments))


def sessions_unavailable() -> bool:
    """Tell whether this request's session could not be read, because the database is away."""
    return bool(getattr(session, "unavailable", False))


def give_sessions_up() -> None:
    """Ask the database for nothing more in this request; for pages that tell of its absence."""
    if hasattr(session, "unavailable"):
        session.unavailable = True


def _unavailable_session() -> StoredSession:
    empty = StoredSession()
    empty.unavailable = True
    return empty


def _digest(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()

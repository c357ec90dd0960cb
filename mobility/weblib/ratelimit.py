"""Limit how often one address may ask, and lock an account after failed log-ins."""

import hashlib
import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Engine, Table, delete, insert, select, update

from mobility.problems import ProblemError
from mobility.weblib.windows import WindowStorage

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__rate_limit__"
_UNLIMITED = frozenset({"static", "assets.asset", "tiles.tiles", "health.health", "health.ready"})


def limit(rule: str) -> Callable[[View], View]:
    """Give one view a limit of its own, such as ``"10 per minute"``, besides the general one."""
    item = parse(rule)

    def declare(view: View) -> View:
        setattr(view, _MARK, item)
        return view

    return declare


def init_rate_limits(app: Flask, rule: str, storage_url: str) -> None:
    """Count every request by client address and answer 429 beyond the limit.

    Parameters
    ----------
    app : flask.Flask
        The application.
    rule : str
        General limit of one address.
    storage_url : str
        ``memory://`` counts in each process by itself, ``redis://...`` in all of them together.
    """
    in_memory = storage_url.startswith("memory:")
    storage = WindowStorage() if in_memory else storage_from_string(storage_url)
    limiter = MovingWindowRateLimiter(storage)
    general = parse(rule)

    def check() -> None:
        if request.endpoint in _UNLIMITED:
            return
        client = request.remote_addr or "unknown"
        _hit(limiter, general, client, "all")
        own = getattr(current_app.view_functions.get(request.endpoint or ""), _MARK, None)
        if own is not None and request.method == "POST":
            _hit(limiter, own, client, str(request.endpoint))

    app.before_request(check)


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, client: str, scope: str) -> None:
    if limiter.hit(item, client, scope):
        return
    wait_s = max(
        1, math.ceil(limiter.get_window_stats(item, client, scope).reset_time - time.time())
    )
    raise ProblemError(
        429,
        "too-many-requests",
        "Too many requests",
        f"Try again in {wait_s} seconds.",
        headers={"Retry-After": str(wait_s)},
    )


class Lockout:
    """Count failed log-ins per account and lock it for a while after too many.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        The application's database.
    table : sqlalchemy.Table
        From :func:`mobility.weblib.tables.lockout_table`.
    failures : int
        Failures that lock the account.
    lock_s : int
        Seconds a lock lasts; failures older than this are forgotten.
    clock : callable
        Returns seconds since 1970.
    """

    def __init__(
        self,
        engine: Engine,
        table: Table,
        failures: int,
        lock_s: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._table = table
        self._failures = failures
        self._lock_s = lock_s
        self._clock = clock

    def check(self, account: str) -> None:
        """Refuse with 429 while ``account`` is locked, whether it exists or not."""
        query = select(self._table.c.locked_until_s).where(self._row(account))
        with self._engine.connect() as connection:
            locked_until_s = connection.execute(query).scalar() or 0
        wait_s = int(locked_until_s - self._clock())
        if wait_s > 0:
            raise ProblemError(
                429,
                "locked",
                "Too many failed log-ins",
                f"The account is locked for {math.ceil(wait_s / 60)} more minutes.",
                headers={"Retry-After": str(wait_s)},
            )

    def failed(self, account: str) -> None:
        """Count one failure."""
        table, now = self._table, int(self._clock())
        writer = self._engine.execution_options(begin="IMMEDIATE")
        with writer.begin() as connection:
            old = delete(table).where(self._row(account), table.c.first_s < now - self._lock_s)
            connection.execute(old)
            more = update(table).where(self._row(account))
            connection.execute(more.values(failures=table.c.failures + 1))
            count = connection.execute(select(table.c.failures).where(self._row(account))).scalar()
            if count is None:
                values = {"failures": 1, "first_s": now, "locked_until_s": 0}
                connection.execute(insert(table).values(account_hash=_digest(account), **values))
            elif count >= self._failures:
                connection.execute(more.values(locked_until_s=now + self._lock_s))

    def succeeded(self, account: str) -> None:
        """Forget the failures after a good log-in."""
        with self._engine.begin() as connection:
            connection.execute(delete(self._table).where(self._row(account)))

    def forget_old(self) -> int:
        """Delete what counts no more and return how much it was: a digest can be guessed."""
        table, now = self._table, int(self._clock())
        old = (table.c.first_s < now - self._lock_s) & (table.c.locked_until_s <= now)
        with self._engine.begin() as connection:
            return int(connection.execute(delete(table).where(old)).rowcount)

    def _row(self, account: str) -> Any:
        return self._table.c.account_hash == _digest(account)


def _digest(account: str) -> str:
    return hashlib.sha256(account.strip().lower().encode()).hexdigest()

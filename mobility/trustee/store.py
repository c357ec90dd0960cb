"""The cooperative's database: durable writes, one writer at a time, deleted means gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mobility.trustee.errors import StoreBusyError
from mobility.weblib.forgetting import empty_log

BUSY_TIMEOUT_MS = 60_000


class Store:
    """Opens transactions on SQLite or PostgreSQL.

    On SQLite each commit is on disk before it returns (``synchronous=FULL``), deleted content is
    overwritten in the file (``secure_delete``) and, by :meth:`forget_deleted`, in its log, and a
    writing transaction takes the lock when it begins, so
    that what it read is still true when it writes.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _make_engine(url)
        self._writer = self.engine.execution_options(begin="IMMEDIATE")

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads."""
        with _clear(), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that commits at the end, and rolls back on an error."""
        with (
            _clear(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def forget_deleted(self) -> None:
        """Empty the log that still holds deleted rows; in use, it is left to tidying."""
        with _clear():
            empty_log(self.engine)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def row_lock(session: Session, shared: bool = False) -> dict[str, Any]:
    """Return the arguments that make ``session.get`` lock a row against other writers.

    On SQLite there are none: a writing transaction holds the lock of the whole file already.
    """
    if session.get_bind().dialect.name == "sqlite":
        return {}
    return {"with_for_update": {"read": shared}, "populate_existing": True}


@contextmanager
def _clear() -> Iterator[None]:
    """Say what is wrong with the database without repeating a statement or a value."""
    try:
        yield
    except OperationalError as error:
        raise StoreBusyError("the cooperative's database does not answer; try again") from error


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path.absolute()}"


def _make_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transactions, we do
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")

"""The platform's database: one engine, SpatiaLite or PostGIS, and short transactions."""

import importlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from mobility.errors import MobilityError

_SPATIALITE_NAMES = (
    "mod_spatialite",
    "mod_spatialite.so",
    "/opt/homebrew/lib/mod_spatialite.dylib",
    "/usr/local/lib/mod_spatialite.dylib",
    "mod_spatialite.dll",
)


class DatabaseError(MobilityError):
    """The database cannot be opened or lacks a part; the text says which and the remedy."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC, always with its offset in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without offset and store the rest in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no offset; use datetime.now(UTC)")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back the offset that SQLite does not store."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table of the platform."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (SQLAlchemy reads it as is)


class Database:
    """One engine and the two ways to use it: reading, and writing in one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        if hasattr(os, "register_at_fork"):  # a forked worker must not share its parent's sockets
            os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is SpatiaLite rather than PostGIS."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading; nothing is stored."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open one transaction; stored as a whole at the end, or not at all.

        On SQLite it takes the writer's place at once, so that two never wait for each other
        half-way; keep it short and never call another service inside.
        """
        engine = self.engine.execution_options(begin="IMMEDIATE")
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session


def open_database(url: str) -> Database:
    """Open the platform's database without touching it; the first query connects.

    Parameters
    ----------
    url : str
        ``sqlite:///FILE`` or ``postgresql+psycopg://...``.

    Raises
    ------
    DatabaseError
        The URL is of another kind, or this Python cannot load SQLite extensions.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(_open_sqlite(parsed))
    if parsed.get_backend_name() == "postgresql":
        return Database(create_engine(parsed, pool_size=20, max_overflow=20, pool_pre_ping=True))
    raise DatabaseError(f"database URL '{parsed.drivername}': use sqlite or postgresql+psycopg")


def _open_sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, module=sqlite_module(), pool_size=20, max_overflow=20, connect_args={"timeout": 15}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def sqlite_module() -> ModuleType:
    """Find a sqlite3 that can load extensions: Python's own, else pysqlite3 or sqlean."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3
    for name in ("pysqlite3.dbapi2", "sqlean.dbapi2"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise DatabaseError("this Python's sqlite3 cannot load extensions; install pysqlite3")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Load SpatiaLite and set what a busy web application needs."""
    connection.isolation_level = None  # transactions begin where _begin_sqlite says so
    connection.enable_load_extension(True)
    load_spatialite(connection)
    connection.enable_load_extension(False)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def load_spatialite(connection: Any) -> None:
    """Load SpatiaLite into a raw connection, trying the names it has on each system.

    Raises
    ------
    DatabaseError
        It is not installed; the text has the commands that install it.
    """
    # SQLite shows the libraries of an extension to all that is loaded later. These packages bring
    # their own PROJ and GEOS; loaded later, they would call SpatiaLite's instead and crash.
    for package in ("pyproj", "shapely", "rasterio"):
        importlib.import_module(package)
    own = os.environ.get("SPATIALITE_LIBRARY_PATH")
    for name in (own, *_SPATIALITE_NAMES) if own else _SPATIALITE_NAMES:
        try:
            connection.load_extension(name)
        except Exception:  # noqa: S112, BLE001, RUF100 (each driver has its own error class)
            continue
        return
    raise DatabaseError(
        "SpatiaLite is missing: 'apt-get install libsqlite3-mod-spatialite' or "
        "'brew install libspatialite', or name the file in SPATIALITE_LIBRARY_PATH"
    )


def spatialite_version() -> str:
    """Return the version of the SpatiaLite that databases here are opened with.

    Raises
    ------
    DatabaseError
        It cannot be loaded; the text says why.
    """
    connection = sqlite_module().connect(":memory:")
    try:
        connection.enable_load_extension(True)
        load_spatialite(connection)
        return str(connection.execute("select spatialite_version()").fetchone()[0])
    finally:
        connection.close()


def _begin_sqlite(connection: Any) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def lock(session: Session, name: str) -> None:
    """Let one transaction at a time pass for ``name``; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": name})

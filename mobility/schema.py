"""Bring the platform's database to the newest migration, and tell whether it is there."""

import importlib
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from mobility.db import Base, Database, DatabaseError, UtcDateTime

MODELS = ("mobility.accounts.model", "mobility.booking.model", "mobility.catalogue.tables")
"""Modules that declare tables; a new one is added here."""

_FIND_POSTGIS = "select 1 from pg_extension where extname = 'postgis'"


def load_models() -> None:
    """Import every module that declares tables, so that ``Base.metadata`` knows them all."""
    for name in MODELS:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate the database, making its spatial tables first where it is new.

    Raises
    ------
    DatabaseError
        The database cannot be reached or lacks its spatial part.
    """
    prepare_spatial(database)
    with database.engine.connect() as connection:
        command.upgrade(_config(connection), revision)
        connection.commit()


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back, for tests and for an upgrade that must be undone."""
    with database.engine.connect() as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def prepare_spatial(database: Database) -> None:
    """Make SpatiaLite's own tables, or PostGIS's extension, where they are missing."""
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            if not connection.scalar(text(_FIND_POSTGIS)):
                connection.execute(text("create extension postgis"))
        return
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        if cursor.execute("select CheckSpatialMetaData()").fetchone()[0] < 1:
            made = cursor.execute("select InitSpatialMetaData(1, 'WGS84')").fetchone()[0]
            if made != 1:
                raise DatabaseError("SpatiaLite cannot make its tables; is the file writable?")
    finally:
        raw.close()


def current_revision(database: Database) -> str | None:
    """Return the revision the database is at."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Return the newest revision this code knows."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def differences(database: Database) -> list[Any]:
    """List how the database differs from the models; empty when migrations and models agree."""
    load_models()
    with database.engine.connect() as connection:
        options = {"include_object": include_object, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def include_object(obj: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Leave out what is not ours: SpatiaLite's and PostGIS's own tables and indexes."""
    if kind == "table" and reflected and compared is None:
        return False
    return bool(_helpers().include_object(obj, name, kind, reflected, compared))


def render_item(kind: str, obj: Any, context: Any) -> Any:
    """Write types of ours as plain ones, so that a migration never changes with our code."""
    if isinstance(obj, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return _helpers().render_item(kind, obj, context)


def _helpers() -> Any:
    """Return GeoAlchemy2's untyped helpers for Alembic."""
    return importlib.import_module("geoalchemy2.alembic_helpers")


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config

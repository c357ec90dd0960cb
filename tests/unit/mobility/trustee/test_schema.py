"""Migrations and models agree, and a database goes up and down."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from mobility.trustee import schema
from mobility.trustee.errors import ConfigError
from mobility.trustee.models import Base
from mobility.trustee.store import Store, sqlite_url
from tests.postgres import new_database


def differences(store: Store) -> list[object]:
    with store.engine.connect() as connection:
        options = {"include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def _is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    return not (kind == "table" and name == "spatial_ref_sys")


def go_up_down_up(url: str) -> None:
    schema.migrate(url)
    store = Store(url)
    schema.check_schema(store)
    assert differences(store) == []
    store.close()
    schema.downgrade(url)
    assert set(inspect(store.engine).get_table_names()) <= {"alembic_version", "spatial_ref_sys"}
    with pytest.raises(ConfigError, match="mobility trustee migrate"):
        schema.check_schema(store)
    store.close()
    schema.migrate(url)


def test_sqlite_goes_up_down_and_up_again(tmp_path: Path) -> None:
    go_up_down_up(sqlite_url(tmp_path / "deep" / "cooperative.sqlite"))


@pytest.mark.postgis
def test_postgres_goes_up_down_and_up_again() -> None:
    go_up_down_up(new_database())


def test_sqlite_writes_are_on_disk_and_deleted_means_overwritten(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "cooperative.sqlite")
    schema.migrate(url)
    store = Store(url)
    with store.engine.connect() as connection:
        pragma = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "journal_mode", "secure_delete", "foreign_keys")
        }
    store.close()
    assert pragma == {
        "synchronous": 2,
        "journal_mode": "wal",
        "secure_delete": 1,
        "foreign_keys": 1,
    }

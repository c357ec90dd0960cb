"""The same migrations on both kinds of database, in agreement with the models."""

from pathlib import Path

import pytest
from sqlalchemy import inspect

from mobility.db import open_database
from mobility.schema import current_revision, differences, downgrade, newest_revision, upgrade
from tests.postgres import new_database


def _urls(kind: str, folder: Path) -> str:
    return f"sqlite:///{folder / 'fresh.sqlite'}" if kind == "spatialite" else new_database()


@pytest.mark.parametrize("kind", ["spatialite", pytest.param("postgis", marks=pytest.mark.postgis)])
def test_migrations_go_up_down_and_up_and_agree_with_the_models(kind: str, tmp_path: Path) -> None:
    database = open_database(_urls(kind, tmp_path))
    try:
        upgrade(database)
        assert current_revision(database) == newest_revision()
        assert differences(database) == []
        downgrade(database, "base")
        assert "booking" not in inspect(database.engine).get_table_names()
        upgrade(database)
        assert differences(database) == []
    finally:
        database.engine.dispose()


def test_a_missing_column_is_noticed(tmp_path: Path) -> None:
    database = open_database(_urls("spatialite", tmp_path))
    upgrade(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("alter table booking drop column reason")
    found = differences(database)
    database.engine.dispose()
    assert [d[0] for d in found] == ["add_column"]

"""Fifty residents want the last bike: one gets it. ``tests/bench/booking_races.py`` runs 200."""

from pathlib import Path

import pytest

from mobility.db import open_database
from mobility.schema import upgrade
from tests.postgres import new_database
from tests.race import racing_town
from tests.town_app import new_sqlite

ROUNDS, RIDERS = 2, 50


@pytest.mark.parametrize("kind", ["spatialite", pytest.param("postgis", marks=pytest.mark.postgis)])
def test_of_fifty_residents_exactly_one_gets_the_last_bike(kind: str, tmp_path: Path) -> None:
    url = new_sqlite(tmp_path) if kind == "spatialite" else new_database()
    database = open_database(url)
    upgrade(database)
    database.engine.dispose()
    with racing_town(tmp_path, url, RIDERS) as town:
        for number in range(ROUNDS):
            town.round(number)

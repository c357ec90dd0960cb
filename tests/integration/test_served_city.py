"""A real city's files, served by the same command; its timetable has long run out."""

import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from mobility.commands import main
from tests.e2e.served import ServedTown, served
from tests.shared import shared_dir

pytestmark = [pytest.mark.shared, pytest.mark.timeout(600)]


def test_a_city_with_an_expired_timetable_opens_on_its_last_day_and_says_so() -> None:
    data = shared_dir() / "data" / "heidelberg"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        city = folder / "city"
        words = ["build", str(city), "--name", "Heidelberg"]
        words += ["--osm", str(data / "heidelberg.osm.pbf")]
        words += ["--gtfs", str(data / "heidelberg_gtfs.zip")]
        assert main(words) == 0
        assert main(["demo", "--fleet", str(city)]) == 0
        with served(folder / "var", "--city", str(city)) as town:
            page = requests.get(f"{town.platform}/?lang=en", timeout=30)
            assert "The timetable covers Jun 12, 2022 to Dec 10, 2022" in page.text
            legs = legs_with_bikes(town)
            assert {"WALK", "TRAM", "RENTAL"} <= {leg["mode"] for leg in legs}
            systems = {leg["rental"]["systemName"] for leg in legs if leg["rental"]}
            assert systems
            assert all("generated" in name.lower() for name in systems)
            ends = "fromPlace=8.6757,49.4037&toPlace=8.7100,49.4124&viaPlace=8.6931,49.4098"
            asked = f"{ends}&time=2022-09-07T08:00&modes=TRANSIT&modes=CAR&lang=en"
            page = requests.get(f"{town.platform}/plan?{asked}", timeout=60)
            assert "coming back for it is not looked for" in page.text
            assert town.accounts == {}  # a real city has no demo accounts


def legs_with_bikes(town: ServedTown) -> list[dict[str, Any]]:
    """Plan until the worker has heard of the bikes, for a minute at most."""
    question = {"from": "8.6757,49.4037", "to": "8.7100,49.4124", "time": "2022-09-07T08:00"}
    deadline = time.monotonic() + 60
    while True:
        plan = requests.get(f"{town.platform}/api/v1/plan", params=question, timeout=60).json()
        legs = [leg for way in plan["itineraries"] for leg in way["legs"]]
        if any(leg["rental"] for leg in legs) or time.monotonic() > deadline:
            return legs
        time.sleep(0.5)

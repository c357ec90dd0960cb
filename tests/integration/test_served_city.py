"""A real city's files, served by the same command; its timetable has long run out."""

import tempfile
from pathlib import Path

import pytest
import requests

from mobility.commands import main
from tests.e2e.served import served
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
            question = {
                "from": "8.6757,49.4037",
                "to": "8.7100,49.4124",
                "time": "2022-09-07T08:00",
            }
            plan = requests.get(f"{town.platform}/api/v1/plan", params=question, timeout=60).json()
            modes = {leg["mode"] for i in plan["itineraries"] for leg in i["legs"]}
            assert {"WALK", "TRAM", "RENTAL"} <= modes
            systems = {
                leg["rental"]["systemName"]
                for i in plan["itineraries"]
                for leg in i["legs"]
                if leg["rental"]
            }
            assert systems
            assert all("generated" in name.lower() for name in systems)
            assert town.accounts == {}  # a real city has no demo accounts

"""The pages of a search on the demo town: what they say where there is no way to show."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzzing import FuzzedTown, open_fuzzed_town

ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
ENDS = {"from": "9.3000,49.9000", "to": "9.3300,49.9050", "modes": "TRANSIT"}


@pytest.fixture(scope="module")
def town(demo_network: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FuzzedTown]:
    with open_fuzzed_town(demo_network, tmp_path_factory.mktemp("pages")) as town:
        yield town


def page(town: FuzzedTown, path: str = "/plan", **query: str) -> str:
    client = town.app.test_client()
    answer = client.get(path, query_string=ENDS | query, headers=ENGLISH, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_why_nothing_was_found_stands_before_the_form(town: FuzzedTown) -> None:
    text = page(town, time="1999-05-04T08:00")
    said = text.index("The timetable does not cover this day. It covers ")
    assert text.index("<h1>") < said < text.index("<form")


@pytest.mark.parametrize("time", ["0001-01-01T00:00", "9999-12-31T23:59"])
@pytest.mark.parametrize("path", ["/plan", "/plan/itinerary"])
def test_years_beyond_all_timetables_are_told_in_the_form(
    town: FuzzedTown, path: str, time: str
) -> None:
    assert "Write the time like 2026-05-04T08:00." in page(town, path, time=time)

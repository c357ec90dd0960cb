"""Every request that docs/api.md shows is answered."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzzing import FuzzedTown, open_fuzzed_town

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@pytest.fixture(scope="module")
def town(demo_network: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FuzzedTown]:
    with open_fuzzed_town(demo_network, tmp_path_factory.mktemp("docs")) as town:
        yield town


def test_every_request_of_the_page_is_answered(town: FuzzedTown) -> None:
    lines = re.findall(r"^curl .*$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(lines) > 9
    client = town.app.test_client()
    table = town.app.extensions["town"].loaded().explorer.timetable
    trip = table.trips.id[0]
    service = int(table.trips.service[0])
    first, _ = table.service_days()
    while not table.services.active(first)[service]:
        first = first.fromordinal(first.toordinal() + 1)
    plan = client.get("/api/v1/plan?from=9.30,49.90&to=9.33,49.905&modes=TRANSIT").get_json()
    ridden = next(way["id"] for way in plan["itineraries"] if way["legs"][1]["tripId"])
    for line in lines:
        _, url, *rest = shlex.split(line)
        path = url.removeprefix("http://localhost:8080").replace("TRIP", trip)
        path = path.replace("DAY", first.isoformat())
        path = path.replace("CURSOR", plan["nextPageCursor"])
        path = path.replace("STOP", table.stops.id[int(table.patterns.stop[0])])
        body = json.loads(rest[-1].replace("ID", ridden)) if "-d" in rest else None
        answer = client.post(path, json=body) if body else client.get(path)
        assert answer.status_code == 200, (line, answer.text)
        told = answer.get_json()
        assert told
        assert "near=" not in line or told.get("links", told.get("stops")), line

"""Selected links over HTTP and on the command line."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask

from mobility.app import create_app
from mobility.commands import main
from mobility.network.build import build_network
from routing.network import prepare
from tests.builders import MAIN_STREET, save_town, town
from tests.street_maps import DEGREE_M
from tests.town_app import new_sqlite, town_settings
from tests.unit.mobility.network.tiny_town import SOUTH, STEP, WEST, inputs

DAY = "2024-09-03"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[APIFlask]:
    folder = tmp_path_factory.mktemp("town")
    build_network(inputs(folder))
    app = create_app(town_settings(folder, new_sqlite(folder), network_dir=folder / "town"))
    yield app
    app.extensions["database"].engine.dispose()


def test_lines_between_two_stops_are_counted_by_the_hour(app: APIFlask) -> None:
    answer = app.test_client().get(f"/api/v1/links?from=S0&to=S1&date={DAY}&trips=2").json
    (link,) = answer["links"]
    assert (link["routeShortName"], link["count"], link["foundBy"]) == ("1", 4, "STOPS")
    assert link["perHour"][8:13] == [1, 1, 1, 1, 0]
    assert [trip["departure"] for trip in link["trips"]] == [
        "2024-09-03T08:00:00+02:00",
        "2024-09-03T09:00:00+02:00",
    ]
    assert app.test_client().get(f"/api/v1/links?from=S1&to=S0&date={DAY}").json["links"] == []


def test_lines_past_a_point_say_how_they_were_found(app: APIFlask) -> None:
    at = f"{WEST + STEP:.5f},{SOUTH:.5f}"
    (link,) = app.test_client().get(f"/api/v1/links?near={at}&date={DAY}").json["links"]
    assert (link["from"]["stopId"], link["to"]["stopId"]) == ("S0", "S1")
    assert link["foundBy"] == "STRAIGHT_LINE"


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("from=S0", 422), ("from=S0&to=S1&near=8,49", 422), ("near=8,49&to=S1", 422),
     ("from=S0&to=nowhere", 404), ("near=8,49&radius=500", 422)],
)  # fmt: skip
def test_half_a_question_is_refused(app: APIFlask, query: str, status: int) -> None:
    assert app.test_client().get(f"/api/v1/links?{query}").status_code == status


def test_pairs_whose_best_journey_uses_the_stretch_are_listed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    version = save_town(town("Red B 08:10 F 08:15 J 08:20"), tmp_path)
    prepare(version)
    pairs, rows = tmp_path / "od.csv", ["id,from_lon,from_lat,to_lon,to_lat,trips"]
    for name, trips in (("AF", 7), ("AJ", 2), ("FJ", 4), ("AB", 1)):
        ends = [value / DEGREE_M for spot in name for value in MAIN_STREET[spot]]
        rows.append(",".join(map(str, [name, *ends, trips])))
    pairs.write_text("\n".join(rows) + "\n")
    words = ["selected-link", str(version), "--od", str(pairs), "--from-stop", "B"]
    words += ["--to-stop", "F", "--at", "2024-05-07T08:05"]
    assert main(words) == 0
    out, err = capfd.readouterr()
    found = [(row["id"], row["seconds"], row["line"]) for row in csv.DictReader(io.StringIO(out))]
    assert found == [("AF", "600", "Red"), ("AJ", "900", "Red")]
    assert "9 of 14 trips" in err
    pairs.write_text("id,from_lon,from_lat,to_lon,to_lat\nx,8,49,9,y\n")
    assert main(words) == 1
    assert "row 2" in capfd.readouterr().err

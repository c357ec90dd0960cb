"""An operator's pages: stock with its age against targets, and tours with a timetable."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mobility.app import create_app
from mobility.catalogue.gbfs import read_folder, read_gbfs
from mobility.catalogue.poller import FeedState
from mobility.catalogue.store import save_state
from mobility.web import operator
from tests.town_app import log_in, new_sqlite, town_settings
from tests.unit.mobility.rebalancing.towns import grid_stations, write_town

PASSWORD = "correct horse battery"  # noqa: S105
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}


@dataclass
class Depot:
    """Browsers of an operator and a crew, and the stock behind the pages."""

    app: Any
    network: Path
    operator: Any
    crew: Any
    csrf: str
    crew_csrf: str

    def stock(self, age: timedelta = timedelta(0)) -> None:
        """Store the feed's state as the poller would, with availability of that age."""
        folder = self.network / "current" / "gbfs" / "bike"
        snapshot, _ = read_gbfs(read_folder(folder), name="bike", now=datetime.now(UTC))
        snapshot = replace(snapshot, as_of=datetime.now(UTC) - age)
        now = datetime.now(UTC)
        state = FeedState("bike", now, now, snapshot, changed=True)
        with self.app.extensions["database"].write() as session:
            save_state(session, state)

    def get(self, path: str, language: str = "en") -> Any:
        return self.operator.get(path, headers=ENGLISH | {"Accept-Language": language})

    def plan(self, **changes: str) -> Any:
        form = {"trucks": "2", "capacity": "15", "shift": "3", "start_load": "0"} | changes
        data = form | {"csrf_token": self.csrf}
        return self.operator.post("/operator/tours", data=data, headers=ENGLISH)


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    monkeypatch.setattr(operator, "TIME_LIMIT_S", 2.5)
    stations = grid_stations(12)
    stations[0]["name"] = "<b>Main & Station</b>"
    stations[1]["open"] = False
    network = write_town(tmp_path / "town", stations)
    app = create_app(town_settings(tmp_path, new_sqlite(tmp_path), network_dir=network))
    clients = []
    for role in ("operator", "crew"):
        user = app.extensions["accounts"].add_user(role, PASSWORD, [role])
        client = app.test_client()
        clients.append((client, log_in(app, client, staff=user)))
    yield Depot(app, network, clients[0][0], clients[1][0], clients[0][1], clients[1][1])
    app.extensions["database"].engine.dispose()


def test_without_any_stations_the_pages_say_so(depot: Depot) -> None:
    assert "No stations with bikes are known" in depot.get("/operator/stock").text
    assert "No stations with bikes are known" in depot.get("/operator/tours").text
    assert depot.plan().status_code == 409


def test_every_station_shows_stock_target_and_band(depot: Depot) -> None:
    depot.stock()
    page = depot.get("/operator/stock").text
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', page, re.DOTALL)
    assert len(rows) == 12
    full = next(row for row in rows if "Station s2<" in row)
    cells = re.findall(r'<td class="number">([^<]*)</td>', full)
    assert cells[:2] == ["16", "16"]
    assert 4 <= int(cells[2]) <= 12
    assert "Too few docks" in full
    assert "Closed" in next(row for row in rows if "Station s1<" in row)
    assert "&lt;b&gt;Main &amp; Station" in page


def test_an_assumed_demand_is_said_to_be_one(depot: Depot) -> None:
    depot.stock()
    assert "rest on an assumption" in depot.get("/operator/stock").text


def test_a_live_feed_is_live_and_an_old_one_is_marked_with_its_age(depot: Depot) -> None:
    depot.stock()
    assert "out of date" not in depot.get("/operator/stock").text
    depot.stock(age=timedelta(hours=2))
    page = depot.get("/operator/stock").text
    assert "out of date" in page
    assert "2 hours ago" in page
    assert "vor 2 Stunden" in depot.get("/operator/stock", "de").text


def test_a_history_that_cannot_be_read_is_named(depot: Depot) -> None:
    depot.stock()
    (depot.network / "fleet").mkdir()
    (depot.network / "fleet" / "trips.csv").write_text("a,b\n", encoding="utf-8")
    answer = depot.get("/operator/stock")
    assert answer.status_code == 409
    assert "trips.csv: row 1 lacks the columns" in answer.text


def test_the_stock_map_asks_no_other_host_and_trusts_no_name(depot: Depot) -> None:
    depot.stock()
    drawn = depot.get("/operator/stock/map").text
    assert "/tiles/style.json" in drawn
    assert not re.search(r'(?:src|href)="(?:https?:)?//', drawn)
    assert "<b>Main" not in drawn


def test_tours_are_planned_shown_with_a_timetable_and_kept(depot: Depot) -> None:
    depot.stock()
    answer = depot.plan()
    assert answer.status_code == 303, answer.text
    page = depot.get(answer.location).text
    document = json.loads(depot.get(f"{answer.location}/plan.json").data)
    stops = [stop for tour in document["tours"] for stop in tour["stops"]]
    assert len(stops) >= 4
    assert page.count("Leaves the depot with") == sum(bool(t["stops"]) for t in document["tours"])
    assert document["lostTripsAfter"] < document["lostTripsBefore"]
    assert document["stockIsStale"] is False
    assert all(0 <= stop["loadAfter"] <= 15 for stop in stops)
    assert "the station is closed" in page
    drawn = depot.get(f"{answer.location}/map").text
    assert drawn.count('"type": "LineString"') == sum(bool(t["stops"]) for t in document["tours"])
    assert answer.location.rsplit("/", 1)[-1] in depot.get("/operator/tours").text


def test_the_web_process_answers_others_while_tours_are_planned(depot: Depot) -> None:
    import threading
    import time

    depot.stock()
    done = threading.Event()

    def order() -> None:
        depot.plan(trucks="1")
        done.set()

    thread = threading.Thread(target=order)
    thread.start()
    gaps, last = [], time.perf_counter()
    while not done.is_set():
        time.sleep(0.02)
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
    thread.join()
    assert len(gaps) > 20
    assert max(gaps) < 1.0  # the search alone holds the interpreter for seconds


def test_a_crew_reads_the_tours_but_does_not_order_new_ones(depot: Depot) -> None:
    depot.stock()
    assert depot.crew.get("/operator/tours", headers=ENGLISH).status_code == 200
    form = {"csrf_token": depot.crew_csrf}
    assert depot.crew.post("/operator/tours", data=form, headers=ENGLISH).status_code == 403


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"trucks": "0"}, "from 1 to 10"),
        ({"shift": "four"}, "from 1 to 12"),
        ({"capacity": "-5"}, "from 1 to 200"),
        ({"start_load": "16"}, "No more than a truck carries."),
        ({"trucks": "²"}, "from 1 to 10"),
    ],
)
def test_a_fault_in_the_form_is_named_at_its_field(
    depot: Depot, change: dict[str, str], sentence: str
) -> None:
    depot.stock()
    answer = depot.plan(**change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("name", ["20260511T053000-0000abcd", "..", "x"])
def test_a_plan_nobody_made_is_not_there(depot: Depot, name: str) -> None:
    assert depot.get(f"/operator/tours/{name}").status_code == 404


def test_the_pages_speak_german(depot: Depot) -> None:
    depot.stock()
    assert "Bestand je Station" in depot.get("/operator/stock", "de").text
    assert "Räder je Fahrzeug" in depot.get("/operator/tours", "de").text

"""A planner's heatmap: paid once by the real cooperative, shown with its noise, refused clearly."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mobility.app import create_app
from mobility.trustee.config import Trustee
from tests.cooperative import add_member, admit_many
from tests.town_app import log_in, new_sqlite, serve_cooperative, town_settings
from tests.unit.mobility.rebalancing.towns import write_town

PASSWORD = "correct horse battery"  # noqa: S105
MONTH = (dt.datetime.now(dt.UTC).replace(day=1) - dt.timedelta(days=1)).strftime("%Y-%m")
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
FORM = {"month": MONTH, "hours": "day", "mode": "all", "level": "7", "price": "250000"}


@dataclass
class Desk:
    """A planner's browser, and the cooperative behind it."""

    client: Any
    csrf: str
    trustee: Trustee
    socket: Path

    def ask(self, **changes: str) -> Any:
        data = FORM | changes | {"csrf_token": self.csrf}
        return self.client.post("/planner/heatmap", data=data, headers=ENGLISH)

    def get(self, path: str, language: str = "en") -> Any:
        headers = {"Accept": "text/html", "Accept-Language": language}
        return self.client.get(path, headers=headers)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serve_cooperative(tmp_path) as (trustee, socket, secret):
        last_month = dt.datetime.now(dt.UTC).replace(day=1) - dt.timedelta(days=3)
        trustee.clock.now = last_month  # type: ignore[attr-defined]
        member = add_member(trustee)
        admit_many(trustee, member, 3, month=MONTH)
        trustee.clock.now = dt.datetime.now(dt.UTC)  # type: ignore[attr-defined]
        network = write_town(tmp_path / "town", [])
        settings = town_settings(
            tmp_path,
            new_sqlite(tmp_path),
            network_dir=network,
            cooperative_socket=socket,
            narrow_secret_file=secret,
        )
        app = create_app(settings)
        user = app.extensions["accounts"].add_user("planner", PASSWORD, ["planner"])
        client = app.test_client()
        yield Desk(client, log_in(app, client, staff=user), trustee, socket)
        app.extensions["database"].engine.dispose()


def test_the_form_names_the_price_and_what_is_left(desk: Desk) -> None:
    page = desk.get("/planner/heatmap").text
    assert "ε 0.25" in page
    assert "ε 0 of ε 1 spent, ε 1 left." in page


def test_a_paid_map_shows_its_noise_and_what_is_left(desk: Desk) -> None:
    answer = desk.ask()
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    release = json.loads(desk.get(f"{answer.location}/release.json").data)
    assert f"± {release['error_95']}" in page
    assert "Noise scale" in page
    assert f"{release['suppressed']} of {len(release['cells'])} counts" in page
    assert "ε 0.25 of ε 1 spent, ε 0.75 left." in page
    assert release["hash"] in page
    assert '<iframe class="map-frame"' in page


def test_the_table_and_the_map_show_every_cell_that_is_shown(desk: Desk) -> None:
    answer = desk.ask(price="1000000", level="6")
    release = json.loads(desk.get(f"{answer.location}/release.json").data)
    shown = [c for c in release["cells"] if c["counts"][0] is not None]
    page = desk.get(answer.location).text
    assert all(c["cell"] in page for c in shown)
    assert page.count('<th scope="row"><code>') == len(shown)
    drawn = desk.get(f"{answer.location}/map").text
    assert drawn.count('"type": "Polygon"') == len(release["cells"])


def test_the_map_frame_asks_no_other_host_and_alone_may_use_inline_scripts(desk: Desk) -> None:
    answer = desk.ask()
    drawn = desk.get(f"{answer.location}/map")
    assert "/tiles/style.json" in drawn.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', drawn.text)
    assert "'unsafe-inline'" in drawn.headers["Content-Security-Policy"]
    page = desk.get(answer.location)
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


def test_the_same_request_costs_nothing_more_and_gives_the_same_bytes(desk: Desk) -> None:
    first, second = desk.ask(), desk.ask()
    assert first.location == second.location
    path = f"{first.location}/release.json"
    assert desk.get(path).data == desk.get(path).data
    assert "ε 0.75 left" in desk.get("/planner/heatmap").text


def test_looking_at_a_map_again_costs_nothing_even_without_the_cooperative(desk: Desk) -> None:
    answer = desk.ask()
    before = desk.get(f"{answer.location}/release.json").data
    desk.socket.unlink()
    page = desk.get(answer.location)
    assert page.status_code == 200
    assert "The cooperative does not answer just now" in page.text
    assert desk.get(f"{answer.location}/map").status_code == 200
    assert desk.get(f"{answer.location}/release.json").data == before
    assert desk.ask(mode="car").status_code == 503


def test_over_budget_is_a_clear_refusal_and_nothing_is_taken(desk: Desk) -> None:
    assert desk.ask(price="500000").status_code == 303
    assert desk.ask(price="500000", mode="bicycle").status_code == 303
    refused = desk.ask(price="50000", mode="car")
    assert refused.status_code == 409
    assert "The budget does not cover this" in refused.text
    assert "ε 0.05" in refused.text
    assert "ε 1 of ε 1 spent, ε 0 left." in refused.text
    assert desk.ask(price="500000").status_code == 303  # what was paid for stays free


def test_an_open_month_is_refused_on_the_form(desk: Desk) -> None:
    answer = desk.ask(month=dt.datetime.now(dt.UTC).strftime("%Y-%m"))
    assert answer.status_code == 409
    assert "still takes in trips" in answer.text


def test_several_parts_of_the_day_have_a_map_each(desk: Desk) -> None:
    answer = desk.ask(hours="parts", price="1000000")
    assert "band=4" in desk.get(answer.location).text
    assert desk.get(f"{answer.location}/map?band=4").status_code == 200
    assert desk.get(f"{answer.location}/map?band=5").status_code == 404


@pytest.mark.parametrize(
    "change", [{"price": "1"}, {"level": "12"}, {"mode": "horse"}, {"month": "may"}, {"hours": ""}]
)
def test_what_the_form_does_not_offer_is_refused(desk: Desk, change: dict[str, str]) -> None:
    assert desk.ask(**change).status_code == 422


@pytest.mark.parametrize("name", ["f" * 64, "../../platform", "x"])
def test_a_map_nobody_paid_for_is_not_there(desk: Desk, name: str) -> None:
    assert desk.get(f"/planner/heatmap/{name}").status_code == 404


def test_the_page_speaks_german(desk: Desk) -> None:
    page = desk.get("/planner/heatmap", "de").text
    assert "Wo beginnen Fahrten?" in page
    answer = desk.ask()
    page = desk.get(answer.location, "de").text
    assert "Stärke des Rauschens" in page
    assert '<html lang="de">' in desk.get(f"{answer.location}/map", "de").text

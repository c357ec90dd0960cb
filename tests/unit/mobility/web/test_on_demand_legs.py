"""A ride on demand on the pages and in the API: how it is booked, in whose language it is told."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from mobility.booking.from_plan import leg_from_plan
from mobility.booking.request import Fulfilment
from mobility.web.journey_view import leg_view
from mobility.web.plan import accepted_languages
from routing.journeys.response import to_json
from tests.builders import ask
from tests.unit.routing.flex.feeds import box, flex_town

CALLS = "flex 1 area:all 06:00-24:00 2 1 hour\nflex 2 area:all 06:00-24:00 1 2 hour\n"


@pytest.fixture
def app() -> Flask:
    app = Flask("pages")
    Babel(app)
    return app


def leg(folder: Path, rule: str) -> dict[str, Any]:
    town = flex_town(folder, CALLS, [box("all", 0, 11)], rule)
    found: dict[str, Any] = to_json(ask(town, "A", "J", "08:00", modes="FLEX"))
    asked: dict[str, Any] = found["itineraries"][0]["legs"][0]
    return asked


def test_the_page_says_how_and_until_when_to_book(tmp_path: Path, app: Flask) -> None:
    with app.test_request_context():
        view = leg_view(leg(tmp_path, "hour,1,60,,,,,,,Call us,,,+49 1,,\n"))
    assert (view["what"], view["route"]) == ("Bus on demand", "FF")
    assert "Call us" in view["facts"]
    assert any("07:00" in fact for fact in view["facts"])
    assert "phone +49 1" in view["facts"]


@pytest.mark.parametrize(
    ("phone", "url", "kind", "where"),
    [
        ("+49 1", "", Fulfilment.PHONE, "+49 1"),
        ("+49 1", "https://b.example", Fulfilment.OPERATOR_LINK, "https://b.example"),
    ],
)
def test_a_trip_with_it_is_booked_where_the_feed_says(
    tmp_path: Path, phone: str, url: str, kind: Fulfilment, where: str
) -> None:
    asked = leg_from_plan(leg(tmp_path, f"hour,0,,,,,,,,,,,{phone},,{url}\n"))
    assert asked.fulfilment(None) == (kind, where)


def test_the_languages_of_a_browser_are_taken_the_dearest_first(app: Flask) -> None:
    wanted = {"Accept-Language": "de-AT;q=0.5, en, fr;q=0"}
    with app.test_request_context(headers=wanted):
        assert accepted_languages() == ("en", "de-AT")
    with app.test_request_context():
        assert accepted_languages() == ()

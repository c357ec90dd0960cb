"""The form's words become the planner's question, and come back as they were said."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import Babel

from mobility.geocoder.search import Geocoder
from mobility.web.journey_form import RIDES, WALKS, SearchForm, read_form
from routing.journeys.pages import Page
from routing.model import BikeProfile, WalkProfile

NOW = datetime(2026, 5, 4, 8, tzinfo=ZoneInfo("Europe/Berlin"))
ENDS = {"from": "Here", "fromPlace": "8.69,49.41", "to": "There", "toPlace": "8.7,49.42"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def read(modes: str = "TRANSIT", **more: str) -> SearchForm:
    places: Any = None  # every place is given by its position
    finder: Geocoder = places
    return read_form(ENDS | more, modes.split(), finder, NOW)


def test_every_profile_of_the_planner_can_be_chosen() -> None:
    assert set(WALKS) == set(WalkProfile)
    assert set(RIDES) == set(BikeProfile)


def test_the_planner_is_asked_what_the_form_says() -> None:
    via = {"via": "Between", "viaPlace": "8.695,49.415", "viaStay": "30"}
    options = {"walkProfile": "slow", "bikeProfile": "safe", "wheelchair": "true"}
    wanted = read("TRANSIT BICYCLE", arriveBy="true", **via, **options).wanted
    assert wanted is not None
    assert wanted.modes == "BICYCLE,FLEX,TRANSIT,WALK"
    assert wanted.via == "8.695000,49.415000@30"
    assert (wanted.walk_profile, wanted.bike_profile) == (WalkProfile.SLOW, BikeProfile.SAFE)
    assert (wanted.wheelchair, wanted.arrive_by) == (True, True)


def test_a_search_carries_what_was_said_and_nothing_usual() -> None:
    query = parse_qs(read(walkProfile="slow", viaStay="0").encoded())
    assert query["walkProfile"] == ["slow"]
    assert not query.keys() & {"viaStay", "bikeProfile", "wheelchair", "via", "pageCursor"}


def test_a_page_is_kept_by_its_links_and_left_by_a_new_search() -> None:
    cursor = Page(1_777_900_000, False, 1_777_903_600).cursor()
    form = read(pageCursor=cursor)
    assert form.wanted is not None
    assert form.wanted.page_cursor == cursor
    assert parse_qs(form.encoded())["pageCursor"] == [cursor]
    assert not form.has_options


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"viaStay": "721"}, "viaStay"),
        ({"viaStay": "-1"}, "viaStay"),
        ({"walkProfile": "flying"}, "form"),
        ({"wheelchair": "perhaps"}, "form"),
        ({"pageCursor": "none"}, "form"),
        ({"fromPlace": "999,49.4"}, "form"),
        ({"time": "9999-12-31T23:59"}, "time"),
        ({"time": "0001-01-01T00:00"}, "time"),
        ({"time": "2026-W19"}, "time"),
    ],
)
def test_what_cannot_be_asked_is_said_in_the_form(more: dict[str, str], field: str) -> None:
    form = read(**more)
    assert field in form.errors
    assert not form.is_complete

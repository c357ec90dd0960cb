"""The page tells what a journey costs, or that this is not known."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from mobility.web.journey_view import itinerary_view
from routing.fares.model import Fare, FaresV1
from routing.fares.store import save_fares
from routing.journeys.response import to_json
from routing.network import Network
from tests.builders import ask, town


def facts(city: Network, modes: str, end: str) -> list[str]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    (way,) = to_json(ask(city, "A", end, modes=modes, max_itineraries=1))["itineraries"]
    with app.test_request_context():
        found: list[str] = itinerary_view(way)["facts"]
    return found


@pytest.mark.parametrize(("currency", "text"), [("EUR", "€4.70"), ("JPY", "¥470")])
def test_a_known_price_is_shown_in_its_currency(tmp_path: Path, currency: str, text: str) -> None:
    flat = FaresV1((Fare("flat", 470, currency, 0, 0, "", -1),))
    save_fares([flat], tmp_path)
    city = replace(town("Red A 08:05 J 08:20"), fares_folder=tmp_path)
    assert facts(city, "TRANSIT", "J")[-1] == text


def test_an_unknown_price_is_said_and_a_walk_has_none() -> None:
    assert facts(town("Red A 08:05 J 08:20"), "TRANSIT", "J")[-1] == "price not known"
    assert facts(town(), "WALK", "C") == ["800 m on foot", "0 g CO₂"]

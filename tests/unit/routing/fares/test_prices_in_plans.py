"""What a journey costs is told with the plan; what is not known is told as unknown."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from routing.fares.model import Fare, FaresV1
from routing.fares.store import save_fares
from routing.journeys.response import to_json
from routing.network import Network
from tests.builders import ask, bikes, station, town

FLAT = FaresV1((Fare("flat", 470, "BRL", 0, 0, "", -1),))


def priced(network: Network, folder: Path, *feeds: FaresV1 | None) -> Network:
    save_fares(feeds, folder)
    return replace(network, fares_folder=folder)


def plan(network: Network, start: str, end: str, **more: Any) -> list[Any]:
    body = to_json(ask(network, start, end, **more))
    return [
        (way["fare"], [leg["fareProducts"] for leg in way["legs"]]) for way in body["itineraries"]
    ]


def test_each_ride_needs_a_ticket_of_its_own_where_none_can_be_kept(tmp_path: Path) -> None:
    city = priced(town("Red A 08:05 D 08:10\nBlue D 08:15 J 08:25"), tmp_path, FLAT)
    (fare, products), *_ = plan(city, "A", "J", modes="TRANSIT")
    offer = {
        "id": "flat",
        "name": None,
        "price": {"amount": "4.70", "currency": "BRL"},
        "riderCategory": None,
        "medium": None,
        "paymentMethod": "ON_BOARD",
    }
    assert fare == {
        "price": {"amount": "9.40", "currency": "BRL"},
        "products": [offer | {"legs": [0]}, offer | {"legs": [1]}],
        "unknown": [],
    }
    assert products == [[offer], [offer]]


def test_a_feed_without_fares_leaves_the_price_unknown(tmp_path: Path) -> None:
    city = town("Red B 08:10 F 08:15")
    unknown = {"price": None, "products": [], "unknown": [1]}
    assert plan(city, "A", "F", modes="TRANSIT") == [(unknown, [[], []])]
    assert plan(priced(city, tmp_path, None), "A", "F", modes="TRANSIT") == [(unknown, [[], []])]


def test_walking_costs_nothing_and_a_shared_bike_what_is_not_known() -> None:
    city = town()
    shared = bikes(city, station("B", 2, 1), station("I", 0, None))
    (walk, _), *_ = plan(city, "A", "C", modes="WALK")
    assert walk == {"price": {"amount": "0", "currency": None}, "products": [], "unknown": []}
    (ride, _), *_ = plan(city, "A", "J", shared=shared)
    assert ride == {"price": None, "products": [], "unknown": [1]}

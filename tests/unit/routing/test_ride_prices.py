"""Rides on shared vehicles are priced by their plan; without a plan the price is unknown."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.journeys.response import to_json
from routing.sharing.pricing import RidePlan, Segment, charged
from tests.builders import ask, bikes, station, town

BASIC: dict[str, Any] = {
    "plan_id": "basic",
    "name": "Basic",
    "currency": "EUR",
    "price_cents": 100,
    "per_min": [{"start": 0, "rate_cents": 15, "interval": 1, "end": None}],
    "per_km": [],
}


@pytest.mark.parametrize(
    ("km", "expected"),
    [(9.9, "2.00"), (10, "3.00"), (10.5, "3.00"), (11, "4.00"), (24.9, "17.00"), (25, "20.50")],
)
def test_the_example_of_the_gbfs_reference_comes_out_right(km: float, expected: str) -> None:
    """Base price 2, each km from 10 to 25 costs 1, from 25 on 0.50 and 3 more every 5 km."""
    steps = [(10, 100, 1, 25), (25, 50, 1, None), (25, 300, 5, None)]
    names = ("start", "rate_cents", "interval", "end")
    per_km = [dict(zip(names, step, strict=True)) for step in steps]
    plan = RidePlan.of_row(BASIC | {"price_cents": 200, "per_min": [], "per_km": per_km})
    assert plan.price(600, km * 1000).text == expected


def test_a_rate_with_interval_0_is_charged_once_and_a_discount_never_pays_out() -> None:
    once = [{"start": 5, "rate_cents": 50, "interval": 0, "end": None}]
    assert RidePlan.of_row(BASIC | {"per_min": once}).price(3600, None).text == "1.50"
    gift = [{"start": 0, "rate_cents": -900, "interval": 0, "end": None}]
    assert RidePlan.of_row(BASIC | {"per_min": gift}).price(60, None).text == "0.00"


@given(st.integers(0, 90), st.integers(0, 40), st.integers(0, 15), st.none() | st.integers(0, 90))
def test_a_rate_is_due_at_each_whole_minute_it_names(
    minutes: int, start: int, interval: int, end: int | None
) -> None:
    segment = Segment(
        Decimal(start), Decimal(1), Decimal(interval), None if end is None else Decimal(end)
    )
    due = [
        minute
        for minute in range(minutes + 1)
        if minute >= start
        and (end is None or minute < end)
        and (minute == start or (interval and (minute - start) % interval == 0))
    ]
    assert charged([segment], Decimal(minutes)) == len(due)


def test_a_plan_tells_the_price_of_its_ride() -> None:
    city = town()
    places = station("B", 2, 1), station("I", 0, None)
    (way,) = to_json(ask(city, "A", "J", shared=bikes(city, *places, pricing_plans=[BASIC])))[
        "itineraries"
    ]
    minutes = way["legs"][1]["duration"] // 60
    amount = f"{1 + 0.15 * (minutes + 1):.2f}"
    product = {
        "id": "basic",
        "name": "Basic",
        "price": {"amount": amount, "currency": "EUR"},
        "riderCategory": None,
        "medium": None,
        "paymentMethod": None,
    }
    assert way["fare"] == {
        "price": {"amount": amount, "currency": "EUR"},
        "products": [product | {"legs": [1]}],
        "unknown": [],
    }
    assert way["legs"][1]["fareProducts"] == [product]


@pytest.mark.parametrize("plans", [[BASIC | {"plan_id": "other"}], [BASIC | {"surge": True}]])
def test_a_price_that_is_not_known_is_null(plans: list[dict[str, Any]]) -> None:
    city = town()
    places = station("B", 2, 1), station("I", 0, None)
    (way,) = to_json(ask(city, "A", "J", shared=bikes(city, *places, pricing_plans=plans)))[
        "itineraries"
    ]
    assert way["fare"] == {"price": None, "products": [], "unknown": [1]}

"""Ranking by visible weights, and the reasons given: each is true of the list shown."""

import random
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from routing.fares.model import Bought, ItineraryFare, Offer
from routing.fares.money import Money
from routing.journeys.combine import Candidate, select
from routing.journeys.ranking import costs, reasons
from routing.journeys.response import to_json
from routing.journeys.weights import InvalidWeightsError, Reason, Weights, parse_weights
from routing.model import Impact, Itinerary, Leg, Place, PlanRequest, Rental
from tests.builders import ask, bikes, request, station, town
from tests.unit.routing.test_ride_prices import BASIC

EIGHT = int(request("A", "J").time.timestamp())
NOTHING = np.zeros((2, 2))


def way(
    start: int,
    end: int,
    transfers: int = 0,
    walk: int = 0,
    price: int | None = 200,
    co2_g: float | None = 100.0,
    effort_m: float | None = 500.0,
    mode: str = "BUS",
) -> Itinerary:
    """Make an itinerary of one leg; minutes after eight, cents."""
    place = Place(0.0, 0.0)
    leg = Leg(mode, EIGHT + 60 * start, EIGHT + 60 * end, place, place, 1000.0, NOTHING)
    if price is None:
        fare = ItineraryFare(unknown=(0,))
    else:
        offer = Offer("p", None, Money(price, "EUR"))
        fare = ItineraryFare(offer.price, (Bought(offer, (0,)),)) if price else ItineraryFare()
    impact = Impact((co2_g,), (effort_m,))
    return Itinerary(("WALK", "WALK"), (leg,), transfers, 60 * walk, fare, impact)


def asked(**weights: float) -> PlanRequest:
    return request("A", "J", weights=Weights(**weights))


def test_the_parts_of_a_cost_are_told_and_add_up() -> None:
    weights = {"waiting": 0.5, "walking": 1.0, "transfer": 100, "price": 60, "co2": 90, "effort": 2}
    (cost,) = costs([way(10, 40, 2, 5)], asked(**weights))
    assert cost.parts == {
        "waiting": 300.0,
        "travel": 1800,
        "walking": 300.0,
        "transfer": 200,
        "price": 120.0,
        "co2": 9.0,
        "effort": 1.0,
    }
    assert cost.total == 2730.0


def test_what_is_unknown_weighs_as_much_as_the_most_that_is_known() -> None:
    found = costs([way(0, 10, price=None), way(0, 10, price=300), way(0, 10, price=100)],
                  asked(price=10, co2=0, effort=0))  # fmt: skip
    assert [cost.parts["price"] for cost in found] == [None, 30.0, 10.0]
    assert [cost.total for cost in found] == [630.0, 630.0, 610.0]


def test_what_weighs_nothing_need_not_be_known() -> None:
    ways = [way(0, 10, price=None, co2_g=None, effort_m=None), way(0, 10, price=100)]
    cost, _ = costs(ways, asked(co2=0, effort=0))
    assert (cost.total, cost.parts["price"]) == (600.0, 0.0)


def test_emissions_and_effort_rank_what_is_as_good_otherwise() -> None:
    ways = [way(0, 30, co2_g=900), way(0, 30), way(0, 30, effort_m=100)]
    weighed = costs(ways, asked())
    assert [cost.total for cost in weighed] == [1884.0, 1836.0, 1812.0]
    assert "LOWEST_COST" in reasons(ways, weighed)[2]


def test_each_way_says_what_it_is_best_in() -> None:
    ways = [
        way(0, 30, 1, 3, price=300),
        way(5, 40, 0, 9, price=150),
        way(20, 52, 1, 3, mode="TRAM"),
    ]
    found = reasons(ways, costs(ways, asked()))
    assert [[str(reason) for reason in of] for of in found] == [
        ["LOWEST_COST", "FASTEST", "EARLIEST_ARRIVAL", "LEAST_WALKING"],
        ["FEWEST_TRANSFERS", "CHEAPEST"],
        ["LATEST_DEPARTURE", "LEAST_WALKING", "DIFFERENT_MODE"],
    ]


def test_nothing_is_called_cheapest_while_an_unknown_price_could_be_lower() -> None:
    ways = [way(0, 30, price=100), way(0, 31, price=None)]
    assert not any(Reason.CHEAPEST in of for of in reasons(ways, costs(ways, asked())))
    ways = [way(0, 30, price=0), way(0, 31, price=None)]  # nothing is cheaper than free
    assert [Reason.CHEAPEST in of for of in reasons(ways, costs(ways, asked()))] == [True, False]


def test_a_reason_that_all_share_is_none() -> None:
    ways = [way(0, 30), way(10, 40)]
    found = reasons(ways, costs(ways, asked()))
    assert [[str(reason) for reason in of] for of in found] == [
        ["LOWEST_COST", "EARLIEST_ARRIVAL"],
        ["LATEST_DEPARTURE"],
    ]


def test_every_claim_is_true_of_the_list() -> None:
    rng = random.Random(3)  # noqa: S311 - a test, no secret
    seen = set()
    for _ in range(500):
        ways = []
        for _ in range(rng.randint(1, 5)):
            start = rng.randrange(20)
            unsure = rng.random() < 0.2
            ways.append(
                way(
                    start,
                    start + rng.randint(5, 30),
                    rng.randint(0, 2),
                    rng.randint(0, 9),
                    None if unsure else rng.choice((0, 100, 200)),
                    None if unsure else rng.choice((0.0, 50.0, 80.0)),
                    None if unsure else rng.choice((10.0, 20.0)),
                    rng.choice(("BUS", "TRAM", "WALK")),
                )
            )
        weighed = costs(ways, asked(price=100))
        for row, of in enumerate(reasons(ways, weighed)):
            assert of
            seen |= set(of)
            for reason in of:
                assert _holds(reason, row, ways, [cost.total for cost in weighed])
    assert seen == set(Reason)


def _holds(reason: Reason, row: int, ways: list[Itinerary], totals: list[float]) -> bool:
    """Check a claim by looking at every other way."""
    own, others = ways[row], ways[:row] + ways[row + 1 :]

    def amount(one: Itinerary) -> Decimal | None:
        return Decimal(0) if one.fare.is_free else one.fare.price and Decimal(one.fare.price.text)

    def certain(mine: Any, theirs: list[Any]) -> bool:
        return mine is not None and all(
            mine <= other if other is not None else mine == 0 for other in theirs
        )

    match reason:
        case Reason.LOWEST_COST:
            return totals[row] == min(totals)
        case Reason.FASTEST:
            return all(own.duration_s <= o.duration_s for o in others)
        case Reason.EARLIEST_ARRIVAL:
            return all(own.end_s <= o.end_s for o in others)
        case Reason.LATEST_DEPARTURE:
            return all(own.start_s >= o.start_s for o in others)
        case Reason.FEWEST_TRANSFERS:
            return all(own.transfers <= o.transfers for o in others)
        case Reason.LEAST_WALKING:
            return all(own.walk_s <= o.walk_s for o in others)
        case Reason.CHEAPEST:
            return certain(amount(own), [amount(o) for o in others])
        case Reason.LOWEST_CO2:
            return certain(own.impact.total_co2_g, [o.impact.total_co2_g for o in others])
        case Reason.LEAST_EFFORT:
            return certain(own.impact.total_effort_m, [o.impact.total_effort_m for o in others])
        case Reason.DIFFERENT_MODE:
            return all(own.legs[0].mode != o.legs[0].mode for o in others)
        case Reason.FURTHER_CHOICE:
            return bool(others)
        case Reason.ONLY_WAY:
            return not others
        case Reason.OTHER_TIME:
            return all(own.start_s != o.start_s and own.end_s != o.end_s for o in others)


def test_the_way_with_fewest_changes_is_shown_though_others_weigh_less() -> None:
    quick = [Candidate(("WALK", "WALK"), 60 * n, 60 * (n + 20), 1, 300) for n in range(6)]
    calm = Candidate(("WALK", "WALK"), 0, 60 * 35, 0, 300)
    easy = Candidate(("WALK", "WALK"), 0, 60 * 38, 1, 0)
    late = Candidate(("WALK", "WALK"), 0, 60 * 90, 0, 0)
    chosen = select([*quick, calm, easy, late], 3, wanted_s=0)
    assert chosen == [quick[0], calm, easy]  # what takes an hour more is not worth it


def test_another_weight_brings_another_way_first() -> None:
    city = town("Red A 08:05 F 08:10\nBlue F 08:12 J 08:20\nSlow A 08:05 J 08:40")
    wish: dict[str, Any] = {"modes": "TRANSIT", "max_access_walk_s": 60}
    usual = to_json(ask(city, "A", "J", **wish))
    assert usual["ranking"]["weights"] == Weights().as_dict()
    assert usual["ranking"]["unit"] == "seconds of travel"
    first, second = usual["itineraries"]
    assert (first["transfers"], second["transfers"]) == (1, 0)
    assert "LOWEST_COST" in first["reasons"]
    calm = to_json(ask(city, "A", "J", **wish, weights=parse_weights("transfer:3600")))
    first, second = calm["itineraries"]
    assert "LOWEST_COST" in second["reasons"]
    assert first["cost"]["parts"]["transfer"] == 3600
    assert first["cost"]["total"] == sum(first["cost"]["parts"].values())


def test_a_price_that_weighs_brings_the_cheap_way() -> None:
    city = town()
    shared = bikes(
        city,
        station("B", 2, 1),
        station("I", 0, None),
        pricing_plans=[BASIC | {"price_cents": 9900}],
    )
    wish: dict[str, Any] = {"modes": "WALK RENTAL", "max_itineraries": 1, "max_direct_walk_s": 3600}
    (ride,) = to_json(ask(city, "A", "J", shared=shared, **wish))["itineraries"]
    assert ride["streetModes"] == ["DIRECT", "RENTAL:BICYCLE"]
    wish |= {"weights": parse_weights("price:600"), "drawn_to_compare": 1}
    (walk,) = to_json(ask(city, "A", "J", shared=shared, **wish))["itineraries"]
    assert walk["streetModes"] == ["DIRECT", "WALK"]
    assert walk["cost"]["parts"]["price"] == 0


@pytest.mark.parametrize(
    "text", ["price", "price:x", "speed:1", "price:-1", "price:36001", "waiting:11", "co2:1,co2:2"]
)
def test_weights_out_of_bounds_or_unknown_are_refused(text: str) -> None:
    with pytest.raises(InvalidWeightsError):
        parse_weights(text)


def test_a_shared_bicycle_is_a_mode_of_its_own() -> None:
    rented = way(0, 20, mode="RENTAL")
    (leg,) = rented.legs
    bike = rented._replace(legs=(leg._replace(rental=Rental("s", "bicycle")),))
    scooter = rented._replace(legs=(leg._replace(rental=Rental("s", "scooter_standing")),))
    found = reasons([bike, scooter], costs([bike, scooter], asked()))
    assert found == [(Reason.DIFFERENT_MODE,), (Reason.DIFFERENT_MODE,)]

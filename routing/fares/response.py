"""Fares in the words of OpenTripPlanner and MOTIS, ready to become JSON."""

from typing import Any

from routing.fares.model import ItineraryFare, Offer
from routing.fares.money import Money

Json = dict[str, Any]
_PAYMENT = {0: "ON_BOARD", 1: "BEFORE_BOARDING"}


def fare_json(fare: ItineraryFare) -> Json:
    """Describe what an itinerary costs.

    Returns
    -------
    dict
        ``price`` is null where a part is unknown or currencies differ, and 0 without currency
        where there is nothing to pay; ``products`` are to be bought for the legs they name;
        ``unknown`` lists legs of unknown price. Legs are counted from 0.
    """
    nothing = {"amount": "0", "currency": None}
    return {
        "price": nothing if fare.is_free else fare.price and _money(fare.price),
        "products": [_offer(one.offer) | {"legs": list(one.legs)} for one in fare.bought],
        "unknown": list(fare.unknown),
    }


def products_json(fare: ItineraryFare, position: int) -> list[Json]:
    """Describe all products on offer for one leg by itself."""
    return [_offer(offer) for offer in fare.offers.get(position, ())]


def _offer(offer: Offer) -> Json:
    category, medium = offer.category, offer.medium
    return {
        "id": offer.product_id,
        "name": offer.name,
        "price": _money(offer.price),
        "riderCategory": category
        and {"id": category[0], "name": category[1], "isDefault": category[2]},
        "medium": medium and {"id": medium[0], "name": medium[1]},
        "paymentMethod": None if offer.payment_method is None else _PAYMENT[offer.payment_method],
    }


def _money(money: Money) -> Json:
    return {"amount": money.text, "currency": money.currency}

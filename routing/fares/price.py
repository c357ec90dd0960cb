"""The price of a whole itinerary, feed by feed; what is not known is said, never taken as zero."""

from collections.abc import Sequence

from routing.fares.model import Bought, FareLeg, FaresV1, ItineraryFare, Offer, Priced
from routing.fares.money import Money
from routing.fares.read import FeedFares
from routing.fares.version1 import PricerV1
from routing.fares.version2 import PricerV2
from routing.model import Leg

FREE_MODES = frozenset({"WALK", "BICYCLE", "STAY"})
"""Ways of one's own and stays, which cost nothing; what driving a car costs is not known."""


class Pricing:
    """Prices itineraries on one network; safe to share between threads.

    Parameters
    ----------
    feeds : sequence of FaresV1, FaresV2 or None
        Fares of each feed, in the order of the timetable's feeds.
    """

    def __init__(self, feeds: Sequence[FeedFares] = ()) -> None:
        self._pricers = [_pricer(fares) for fares in feeds]

    def price(self, legs: Sequence[Leg]) -> ItineraryFare:
        """Price the legs of an itinerary: the rides of each feed by the fares of that feed."""
        rides: dict[int | None, list[FareLeg]] = {}
        parts: list[Priced] = []
        for position, leg in enumerate(legs):
            if leg.trip is not None:
                rides.setdefault(leg.trip.feed, []).append(_fare_leg(position, leg))
            elif leg.mode not in FREE_MODES:
                parts.append(_street_leg(position, leg))
        parts += [self._feed(feed, ridden) for feed, ridden in rides.items()]
        bought = [ticket for part in parts for ticket in part.bought]
        offers: dict[int, tuple[Offer, ...]] = {}
        for part in parts:
            offers |= part.offers
        unknown = sorted(position for part in parts for position in part.unknown)
        bought.sort(key=lambda ticket: ticket.legs)
        return ItineraryFare(_total(bought, unknown), tuple(bought), tuple(unknown), offers)

    def _feed(self, feed: int | None, rides: Sequence[FareLeg]) -> Priced:
        pricer = self._pricers[feed] if feed is not None and feed < len(self._pricers) else None
        if pricer is None:
            return Priced(unknown=tuple(ride.position for ride in rides))
        return pricer.price(rides)


def _pricer(fares: FeedFares) -> PricerV1 | PricerV2 | None:
    if fares is None:
        return None
    return PricerV1(fares) if isinstance(fares, FaresV1) else PricerV2(fares)


def _street_leg(position: int, leg: Leg) -> Priced:
    """Estimate a ride on a shared vehicle from how long and far it is."""
    plan = leg.rental.plan if leg.rental else None
    if plan is None:
        return Priced(unknown=(position,))
    offer = Offer(plan.plan_id, plan.name, plan.price(leg.duration_s, leg.distance_m))
    return Priced((Bought(offer, (position,)),), offers={position: (offer,)})


def _total(bought: Sequence[Bought], unknown: Sequence[int]) -> Money | None:
    """Add up; ``None`` where something is unknown, in another currency, or nothing is paid."""
    currencies = {ticket.offer.price.currency for ticket in bought}
    if unknown or len(currencies) != 1:
        return None
    return Money(sum(ticket.offer.price.amount for ticket in bought), currencies.pop())


def _fare_leg(position: int, leg: Leg) -> FareLeg:
    assert leg.trip is not None  # noqa: S101 - asked by ``price``
    stops = (leg.origin, *leg.intermediate_stops, leg.destination)
    planned = leg.planned_start_s, leg.planned_end_s
    return FareLeg(
        position=position,
        route_id=leg.trip.route_id,
        agency_id=leg.trip.agency_id or "",
        stop_ids=tuple([stop.stop_id or "" for stop in stops]),
        departure_s=leg.start_s if planned[0] is None else planned[0],
        arrival_s=leg.end_s if planned[1] is None else planned[1],
        interlined=leg.interlined,
    )

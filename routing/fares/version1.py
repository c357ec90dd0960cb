"""Price rides by Fares v1: one fare covers some rides in a row, the cheapest fares cover all."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from routing.fares.model import NO_LIMIT, Bought, Fare, FareLeg, FaresV1, Offer, Priced
from routing.fares.money import Money


class _Terms(NamedTuple):
    """Rules of one fare that differ in their routes only; an empty set of routes is any."""

    origin_id: str
    destination_id: str
    contains: frozenset[str]
    routes: frozenset[str]


_Way = tuple[tuple[int, int, int], tuple[Bought, ...], tuple[int, ...]]
"""Unknown legs, amount and number of fares, by which ways are compared; the fares; the legs."""


class PricerV1:
    """Prices rides of one feed.

    Parameters
    ----------
    fares : FaresV1
        The feed's tables.
    """

    def __init__(self, fares: FaresV1) -> None:
        self._fares = fares
        self._offers = [(fare, _offer(fare)) for fare in fares.fares]
        self._by_currency: dict[str, list[tuple[Fare, Offer]]] = {}
        for fare, offer in self._offers:
            self._by_currency.setdefault(fare.currency, []).append((fare, offer))

    def price(self, legs: Sequence[FareLeg]) -> Priced:
        """Find the fewest legs without a known fare, and the cheapest fares for the others.

        Parameters
        ----------
        legs : sequence of FareLeg
            Rides of this feed in the order ridden.
        """
        ways = [self._cheapest(legs, offers) for offers in self._by_currency.values()]
        if not ways:
            return Priced(unknown=tuple(leg.position for leg in legs))
        _, bought, unknown = min(ways, key=lambda way: len(way[2]))
        offers = {
            leg.position: tuple([offer for fare, offer in self._offers if self.covers(fare, [leg])])
            for leg in legs
        }
        return Priced(bought, unknown, offers)

    def _cheapest(self, legs: Sequence[FareLeg], offers: Sequence[tuple[Fare, Offer]]) -> _Way:
        """Extend the best cover of the first ``n`` legs by one fare, for growing ``n``."""
        positions = tuple([leg.position for leg in legs])
        best: list[_Way] = [((0, 0, 0), (), ())]
        for end in range(1, len(legs) + 1):
            (missing, amount, count), bought, unknown = best[end - 1]
            ways = [((missing + 1, amount, count), bought, (*unknown, positions[end - 1]))]
            for start in reversed(range(end)):  # of equals, the first tickets last longest
                run = legs[start:end]
                (missing, amount, count), bought, unknown = best[start]
                for fare, offer in offers:
                    if self.covers(fare, run):
                        ticket = Bought(offer, positions[start:end])
                        key = (missing, amount + fare.amount, count + 1)
                        ways.append((key, (*bought, ticket), unknown))
            best.append(min(ways, key=lambda way: way[0]))
        return best[-1]

    def covers(self, fare: Fare, run: Sequence[FareLeg]) -> bool:
        """Tell whether one fare pays for rides in a row.

        A transfer must begin within the fare's duration, counted from the first departure; who
        stays in the seat makes none.
        """
        most, made = fare.transfers, len(run) - 1
        if most != NO_LIMIT and made > most and sum(not r.interlined for r in run[1:]) > most:
            return False
        if (
            fare.duration_s != NO_LIMIT
            and run[-1].departure_s - run[0].departure_s > fare.duration_s
        ):
            return False
        if fare.agency_id and any(leg.agency_id != fare.agency_id for leg in run):
            return False
        terms = self._terms.get(fare.fare_id)
        return terms is None or any(self._fits(one, run) for one in terms)

    def _fits(self, terms: _Terms, run: Sequence[FareLeg]) -> bool:
        zones = self._fares.zones
        if terms.routes and any(leg.route_id not in terms.routes for leg in run):
            return False
        if terms.origin_id and zones.get(run[0].stop_ids[0]) != terms.origin_id:
            return False
        if terms.destination_id and zones.get(run[-1].stop_ids[-1]) != terms.destination_id:
            return False
        if not terms.contains:
            return True
        return terms.contains == {zones.get(stop) for leg in run for stop in leg.stop_ids}

    @cached_property
    def _terms(self) -> dict[str, list[_Terms]]:
        """Rules of each fare: first the zones entered by route, then the routes by zones."""
        contains: dict[tuple[str, str, str, str], set[str]] = {}
        for rule in self._fares.rules:
            key = (rule.fare_id, rule.route_id, rule.origin_id, rule.destination_id)
            contains.setdefault(key, set()).update({rule.contains_id} - {""})
        routes: dict[tuple[str, str, str, frozenset[str]], set[str]] = {}
        for (fare_id, route_id, origin, destination), zones in contains.items():
            group = (fare_id, origin, destination, frozenset(zones))
            routes.setdefault(group, set()).add(route_id)
        terms: dict[str, list[_Terms]] = {}
        for (fare_id, origin, destination, inside), of in routes.items():
            any_route = frozenset[str]() if "" in of else frozenset(of)
            terms.setdefault(fare_id, []).append(_Terms(origin, destination, inside, any_route))
        return terms


def _offer(fare: Fare) -> Offer:
    price = Money(fare.amount, fare.currency)
    return Offer(fare.fare_id, None, price, payment_method=fare.payment_method)

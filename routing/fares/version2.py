"""Price rides by Fares v2: the cheapest products over legs and the transfers between them."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from routing.fares.legs2 import EffectiveLeg, LegMatcher
from routing.fares.model import (
    NO_LIMIT,
    Bought,
    FareLeg,
    FaresV2,
    LegRule,
    Offer,
    Priced,
    Product,
    TransferRule,
)
from routing.fares.money import Money

A_PLUS_AB, A_PLUS_AB_PLUS_B, AB = 0, 1, 2
"""Values of ``fare_transfer_type``: what is paid when going on from leg A to leg B."""


class _State(NamedTuple):
    """How the last leg is covered, as far as it matters for the legs to come.

    ``rule`` is ``None`` where its fare is unknown. ``pending``: its own product is not yet paid,
    for a transfer of kind ``AB`` would replace it. ``start`` is the first leg of the unbroken
    transfers, ``run`` how many in a row were between the groups ``pair``.
    """

    rule: LegRule | None
    pending: bool
    start: int
    pair: tuple[str, str]
    run: int


class _Way(NamedTuple):
    """Rides of unknown fare so far, what was paid for the others, and the products with their legs.

    Better is to know more rides, then to pay less, then to need fewer products.
    """

    unknown: tuple[int, ...] = ()
    amount: int = 0
    bought: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def key(self) -> tuple[int, int, int]:
        return len(self.unknown), self.amount, len(self.bought)


class PricerV2:
    """Prices rides of one feed.

    Parameters
    ----------
    fares : FaresV2
        The feed's tables.
    """

    def __init__(self, fares: FaresV2) -> None:
        self._fares = fares
        self._matcher = LegMatcher(fares)

    def price(self, rides: Sequence[FareLeg]) -> Priced:
        """Find the fewest legs without a known fare, and the cheapest products for the others.

        Prices are those of the default category of riders, of the cheapest medium.

        Parameters
        ----------
        rides : sequence of FareLeg
            Rides of this feed in the order ridden.
        """
        legs = self._matcher.join(rides)
        rules = [_distinct(self._matcher.rules(leg)) for leg in legs]
        ways = {money: self._cheapest(legs, rules, money) for money in self._currencies}
        if not ways:
            return Priced(unknown=tuple(ride.position for ride in rides))
        currency = min(ways, key=lambda money: len(ways[money].unknown))
        bought = tuple(
            Bought(
                self._offer(self._default[product_id, currency]),
                tuple(position for leg in covered for position in legs[leg].positions),
            )
            for product_id, covered in ways[currency].bought
        )
        return Priced(bought, ways[currency].unknown, self._offers(legs, rules))

    def _cheapest(
        self, legs: Sequence[EffectiveLeg], rules: Sequence[Sequence[LegRule]], currency: str
    ) -> _Way:
        """Extend the best ways to pay for the first legs leg by leg, one for each state."""
        if not legs:
            return _Way()
        states = dict(_fresh(_Way(), legs[0], rules[0], 0))
        for at in range(1, len(legs)):
            following: dict[_State, _Way] = {}
            for state, way in states.items():
                for new, cost in self._steps(state, way, legs, rules[at], at, currency):
                    if new not in following or cost.key < following[new].key:
                        following[new] = cost
            states = following
        ends = [self._settled(state, way, len(legs) - 1, currency) for state, way in states.items()]
        return min((way for way in ends if way is not None), key=lambda way: way.key)

    def _steps(
        self,
        state: _State,
        way: _Way,
        legs: Sequence[EffectiveLeg],
        rules: Sequence[LegRule],
        at: int,
        currency: str,
    ) -> Iterator[tuple[_State, _Way]]:
        paid = self._settled(state, way, at - 1, currency)
        if paid is not None:
            yield from _fresh(paid, legs[at], rules, at)
        if state.rule is None:
            return
        for rule in rules:
            pair = (state.rule.group_id, rule.group_id)
            run = state.run + 1 if pair == state.pair else 1
            new = _State(rule, False, state.start, pair, run)
            for transfer in self.transfers(pair, run, legs[state.start], legs[at]):
                cost = self._transferred(transfer, state, way, paid, rule, at, currency)
                if cost is not None:
                    yield new, cost

    def _settled(self, state: _State, way: _Way, at: int, currency: str) -> _Way | None:
        """Pay what is pending for leg ``at``; ``None`` where it has no known price."""
        if not state.pending or state.rule is None:
            return way
        return self._pay(way, state.rule.product_id, (at,), currency)

    def _pay(
        self, way: _Way | None, product_id: str, covered: tuple[int, ...], currency: str
    ) -> _Way | None:
        product = self._default.get((product_id, currency))
        if way is None or product is None:
            return None
        bought = (*way.bought, (product_id, covered))
        return way._replace(amount=way.amount + product.amount, bought=bought)

    def _transferred(
        self,
        transfer: TransferRule,
        state: _State,
        way: _Way,
        paid: _Way | None,
        rule: LegRule,
        at: int,
        currency: str,
    ) -> _Way | None:
        """Pay for going on to leg ``at`` after a rule; S below is what was paid up to then."""
        replaces = transfer.kind == AB and state.pending
        done: _Way | None = way if replaces else paid  # else S: the leg before is paid
        if transfer.product_id:
            done = self._pay(
                done, transfer.product_id, (at - 1, at) if replaces else (at,), currency
            )
        elif done is not None and done.bought and transfer.kind != A_PLUS_AB_PLUS_B:
            *others, (product_id, covered) = done.bought
            if at - 1 in covered:  # the ticket before goes on to cover this leg
                done = done._replace(bought=(*others, (product_id, (*covered, at))))
        if transfer.kind == A_PLUS_AB_PLUS_B:
            done = self._pay(done, rule.product_id, (at,), currency)
        return done

    def transfers(
        self, pair: tuple[str, str], run: int, start: EffectiveLeg, to: EffectiveLeg
    ) -> list[TransferRule]:
        """Return the transfer rules that fit.

        Parameters
        ----------
        pair : tuple of str
            Groups of the legs transferred between; a leg without group has no transfers.
        run : int
            Which transfer in a row between these groups it is, from 1.
        start, to : EffectiveLeg
            First leg since a product was bought anew, from which limits of time count; the leg
            transferred to.
        """
        if not all(pair):
            return []
        within = [rule for rule in self._by_groups(*pair) if _in_time(rule, start, to)]
        reach = [_reach(rule) for rule in within if _reach(rule) >= run]
        return [rule for rule in within if reach and _reach(rule) == min(reach)]

    def _by_groups(self, before: str, after: str) -> list[TransferRule]:
        rules = self._fares.transfer_rules
        exact = [r for r in rules if (r.from_group, r.to_group) == (before, after)]
        if exact:
            return exact
        listed_from = {rule.from_group for rule in rules}
        listed_to = {rule.to_group for rule in rules}
        return [
            rule
            for rule in rules
            if (rule.from_group == before if rule.from_group else before not in listed_from)
            and (rule.to_group == after if rule.to_group else after not in listed_to)
        ]

    @cached_property
    def _currencies(self) -> list[str]:
        return list(dict.fromkeys(product.currency for product in self._fares.products))

    @cached_property
    def _default(self) -> dict[tuple[str, str], Product]:
        """The cheapest price of each product and currency for the default category."""
        usual = {c.category_id for c in self._fares.categories if c.is_default} | {""}
        found: dict[tuple[str, str], Product] = {}
        for product in self._fares.products:
            key = (product.product_id, product.currency)
            if product.category_id not in usual:
                continue
            if key not in found or product.amount < found[key].amount:
                found[key] = product
        return found

    def _offers(
        self, legs: Sequence[EffectiveLeg], rules: Sequence[Sequence[LegRule]]
    ) -> dict[int, tuple[Offer, ...]]:
        offers: dict[int, tuple[Offer, ...]] = {}
        for leg, fitting in zip(legs, rules, strict=True):
            ids = {rule.product_id for rule in fitting}
            found = tuple(self._offer(p) for p in self._fares.products if p.product_id in ids)
            offers |= dict.fromkeys(leg.positions, found)
        return offers

    def _offer(self, product: Product) -> Offer:
        category = self._categories.get(product.category_id)
        medium = self._media.get(product.media_id)
        return Offer(
            product.product_id,
            product.name or None,
            Money(product.amount, product.currency),
            category,
            medium,
        )

    @cached_property
    def _categories(self) -> dict[str, tuple[str, str | None, bool]]:
        return {
            category.category_id: (category.category_id, category.name or None, category.is_default)
            for category in self._fares.categories
        }

    @cached_property
    def _media(self) -> dict[str, tuple[str, str | None]]:
        return {m.media_id: (m.media_id, m.name or None) for m in self._fares.media}


def _fresh(
    way: _Way, leg: EffectiveLeg, rules: Sequence[LegRule], at: int
) -> Iterator[tuple[_State, _Way]]:
    """Begin anew with leg ``at``: its fare is left unknown, or one of its products is to pay."""
    yield _State(None, False, at, ("", ""), 0), way._replace(unknown=way.unknown + leg.positions)
    for rule in rules:
        yield _State(rule, True, at, ("", ""), 0), way


def _distinct(rules: Sequence[LegRule]) -> list[LegRule]:
    """Keep one rule for each group and product; the rest of a rule matters no more."""
    return list({(rule.group_id, rule.product_id): rule for rule in rules}.values())


def _reach(rule: TransferRule) -> float:
    return float("inf") if rule.most == NO_LIMIT else rule.most


def _in_time(rule: TransferRule, start: EffectiveLeg, to: EffectiveLeg) -> bool:
    if rule.limit_s == NO_LIMIT:
        return True
    begin = start.departure_s if rule.limit_kind in (0, 1) else start.arrival_s
    end = to.arrival_s if rule.limit_kind in (0, 3) else to.departure_s
    return end - begin <= rule.limit_s

"""Fares by trying everything: slow, and written from the GTFS reference alone."""

import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from routing.fares.model import (
    Category,
    Fare,
    FareLeg,
    FareRule,
    FaresV1,
    FaresV2,
    JoinRule,
    LegRule,
    Product,
    Timeframe,
    TransferRule,
)

Cost = tuple[int, int]
"""Legs of unknown fare, and what the others cost together."""

STOPS = ("a", "b", "c", "d")
ROUTES = ("R", "S", "T")


def random_rides(rng: random.Random) -> list[FareLeg]:
    """Draw up to four rides; they need not meet, for fares do not ask."""
    clock, rides = 1_700_000_000 + rng.randrange(86_400), []
    for position in range(rng.randint(1, 4)):
        clock += rng.randrange(900)
        stops = tuple(rng.choice(STOPS) for _ in range(rng.randint(2, 3)))
        end = clock + rng.randrange(60, 1800)
        seated = position > 0 and rng.random() < 0.15
        ride = FareLeg(position, rng.choice(ROUTES), rng.choice("XY"), stops, clock, end, seated)
        rides.append(ride)
        clock = end
    return rides


def random_v1(rng: random.Random) -> FaresV1:
    """Draw a few fares, some with rules."""
    fares = tuple(
        Fare(
            f"f{n}",
            rng.randint(0, 9),
            "EUR",
            0,
            rng.choice((-1, 0, 1, 2)),
            rng.choice(("", "", "X")),
            rng.choice((-1, -1, 900, 3600)),
        )
        for n in range(rng.randint(1, 4))
    )
    rules = tuple(
        FareRule(
            rng.choice(fares).fare_id,
            rng.choice(("", *ROUTES)),
            rng.choice(("", "", "1", "2")),
            rng.choice(("", "", "1", "2")),
            rng.choice(("", "", "1", "2")),
        )
        for _ in range(rng.randint(0, 6))
    )
    zones = {stop: rng.choice("12") for stop in STOPS if rng.random() < 0.9}
    return FaresV1(fares, rules, zones)


def price_v1(fares: FaresV1, rides: Sequence[FareLeg]) -> Cost:
    """Try every way to cut the rides into runs and every fare for every run."""
    if not rides:
        return 0, 0
    found = []
    for size in range(1, len(rides) + 1):
        run, (unknown, amount) = rides[:size], price_v1(fares, rides[size:])
        found += [(unknown, amount + f.amount) for f in fares.fares if _covers(fares, f, run)]
        if size == 1:
            found.append((unknown + 1, amount))
    return min(found)


def _covers(fares: FaresV1, fare: Fare, run: Sequence[FareLeg]) -> bool:
    rows = [rule for rule in fares.rules if rule.fare_id == fare.fare_id]
    in_time = fare.duration_s < 0 or run[-1].departure_s <= run[0].departure_s + fare.duration_s
    vehicles = 1 + len([ride for ride in run[1:] if not ride.interlined])
    few = fare.transfers < 0 or vehicles <= fare.transfers + 1
    own = not fare.agency_id or {ride.agency_id for ride in run} == {fare.agency_id}
    if not (in_time and few and own):
        return False
    return not rows or any(_restricted(fares, rows, run, choice) for choice in rows)


def _restricted(
    fares: FaresV1, rows: list[FareRule], run: Sequence[FareLeg], like: FareRule
) -> bool:
    """Tell whether each ride has a rule that agrees with ``like`` in everything but the route."""

    def entered(rule: FareRule) -> set[str]:
        same = [row for row in rows if row[1:4] == rule[1:4]]
        return {row.contains_id for row in same} - {""}

    ends = fares.zones.get(run[0].stop_ids[0]), fares.zones.get(run[-1].stop_ids[-1])
    if like.origin_id not in ("", ends[0]) or like.destination_id not in ("", ends[1]):
        return False
    passed = {fares.zones.get(stop) for ride in run for stop in ride.stop_ids}
    if entered(like) and entered(like) != passed:
        return False
    alike = [row for row in rows if row[2:4] == like[2:4] and entered(row) == entered(like)]
    return all(any(row.route_id in ("", ride.route_id) for row in alike) for ride in run)


def random_v2(rng: random.Random) -> FaresV2:
    """Draw a few products, rules of legs and of transfers."""
    groups, networks, areas = "gggh", ("", "", "n", "m"), ("", "", "1", "2")
    products = tuple(
        Product(p, "", rng.choice(("", "", "adult", "child")), "", rng.randint(-2, 9), "EUR")
        for p in ("p", "q", "r", "p", "q")
    )
    days = frozenset(range(738_000, 741_000))
    frames = (Timeframe("peak", 0, 43_200, days), Timeframe("peak", 60_000, 70_000, days))
    by_priority = rng.random() < 0.5
    leg_rules = tuple(
        LegRule(
            rng.randint(0, 1) if by_priority else 0,
            rng.choice(("", *groups)),
            rng.choice(networks),
            rng.choice(areas),
            rng.choice(areas),
            rng.choice(("", "", "peak")),
            rng.choice(("", "", "", "peak")),
            rng.choice("ppqqrx"),
        )
        for _ in range(rng.randint(2, 8))
    )
    transfer_rules = tuple(
        TransferRule(
            before := rng.choice(("", *groups)),
            after := rng.choice(("", *groups)),
            rng.choice((-1, 1, 2)) if before == after else -1,
            rng.choice((-1, -1, 1200, 3600)),
            rng.randint(0, 3),
            rng.randint(0, 2),
            rng.choice(("", "", "p", "q")),
        )
        for _ in range(rng.randint(0, 5))
    )
    join_rules = (
        (JoinRule(rng.choice(networks), rng.choice(networks), "", ""),)
        if rng.random() < 0.3
        else ()
    )
    return FaresV2(
        products,
        leg_rules,
        by_priority,
        "UTC",
        join_rules,
        transfer_rules,
        frames,
        (Category("adult", "", True), Category("child", "", False)),
        areas={s: tuple(rng.sample("12", rng.randint(0, 2))) for s in STOPS},
        stations={"a": "A", "b": "A"},
        networks={route: rng.choice("nm") for route in ROUTES if rng.random() < 0.8},
    )


def price_v2(fares: FaresV2, rides: Sequence[FareLeg]) -> Cost:
    """Try every rule for every leg, and every transfer rule or none between legs."""
    legs = _joined(fares, rides)
    fitting = [[None, *_leg_rules(fares, leg)] for leg in legs]
    found = []
    for chosen in itertools.product(*fitting):
        for links in _all_links(fares, legs, chosen):
            cost = _cost(fares, chosen, links)
            if cost is not None:
                unknown = sum(
                    len(leg) for leg, rule in zip(legs, chosen, strict=True) if rule is None
                )
                found.append((unknown, cost))
    return min(found)


def _joined(fares: FaresV2, rides: Sequence[FareLeg]) -> list[list[FareLeg]]:
    legs = [[rides[0]]]
    for before, after in itertools.pairwise(rides):
        ends = before.stop_ids[-1], after.stop_ids[0]
        same = len({fares.stations.get(stop, stop) for stop in ends}) == 1
        networks = fares.networks.get(before.route_id), fares.networks.get(after.route_id)
        if after.interlined or (
            same
            and any(
                rule.from_network in ("", networks[0]) and rule.to_network in ("", networks[1])
                for rule in fares.join_rules
            )
        ):
            legs[-1].append(after)
        else:
            legs.append([after])
    return legs


def _leg_rules(fares: FaresV2, leg: Sequence[FareLeg]) -> list[LegRule]:
    networks = {fares.networks.get(ride.route_id, "") for ride in leg}
    ends = (leg[0].stop_ids[0], leg[0].departure_s), (leg[-1].stop_ids[-1], leg[-1].arrival_s)

    def fits(wanted: str, have: set[str], listed: set[str]) -> bool:
        if not wanted:
            return fares.by_priority or not (have & (listed - {""}))
        return wanted in have

    def now(group: str, unix_s: int) -> bool:
        clock = datetime.fromtimestamp(unix_s, UTC)
        second = clock.hour * 3600 + clock.minute * 60 + clock.second
        return not group or any(f.start_s <= second < f.end_s for f in fares.timeframes)

    matches = [
        rule
        for rule in fares.leg_rules
        if fits(rule.network_id, networks, {r.network_id for r in fares.leg_rules})
        and not (rule.network_id and len(networks) > 1)
        and fits(
            rule.from_area, set(fares.areas[ends[0][0]]), {r.from_area for r in fares.leg_rules}
        )
        and fits(rule.to_area, set(fares.areas[ends[1][0]]), {r.to_area for r in fares.leg_rules})
        and now(rule.from_timeframe, ends[0][1])
        and now(rule.to_timeframe, ends[1][1])
    ]
    return [rule for rule in matches if rule.priority == max(m.priority for m in matches)]


Links = list[TransferRule | None]


def _all_links(
    fares: FaresV2, legs: Sequence[Sequence[FareLeg]], chosen: Sequence[LegRule | None]
) -> Iterator[Links]:
    """List what may happen at each change of vehicle: a rule, or buying anew."""
    for links in itertools.product((None, *fares.transfer_rules), repeat=len(legs) - 1):
        if all(
            rule is None or _allowed(fares, legs, chosen, list(links), at)
            for at, rule in enumerate(links)
        ):
            yield list(links)


def _allowed(
    fares: FaresV2,
    legs: Sequence[Sequence[FareLeg]],
    chosen: Sequence[LegRule | None],
    links: Links,
    at: int,
) -> bool:
    """Tell whether the rule at one change is the one that has to be taken there."""
    before, after = chosen[at], chosen[at + 1]
    if before is None or after is None or not before.group_id or not after.group_id:
        return False
    pairs = [(a and a.group_id, b and b.group_id) for a, b in itertools.pairwise(chosen)]
    first = at
    while first > 0 and links[first - 1] is not None:
        first -= 1
    run = 0
    while at - run >= first and pairs[at - run] == pairs[at]:
        run += 1
    group = before.group_id, after.group_id
    rules = [r for r in fares.transfer_rules if (r.from_group, r.to_group) == group]
    if not rules:
        froms, tos = (
            {r.from_group for r in fares.transfer_rules},
            {r.to_group for r in fares.transfer_rules},
        )
        rules = [
            r
            for r in fares.transfer_rules
            if (r.from_group == group[0] or (r.from_group == "" and group[0] not in froms))
            and (r.to_group == group[1] or (r.to_group == "" and group[1] not in tos))
        ]
    start, end = legs[first], legs[at + 1]
    spans = {
        0: end[-1].arrival_s - start[0].departure_s,
        1: end[0].departure_s - start[0].departure_s,
        2: end[0].departure_s - start[-1].arrival_s,
        3: end[-1].arrival_s - start[-1].arrival_s,
    }
    rules = [
        r
        for r in rules
        if (r.limit_s < 0 or spans[r.limit_kind] <= r.limit_s) and (r.most < 0 or r.most >= run)
    ]
    counted = [r.most for r in rules if r.most > 0]
    return links[at] in [r for r in rules if r.most == (min(counted) if counted else -1)]


def _cost(fares: FaresV2, chosen: Sequence[LegRule | None], links: Links) -> int | None:
    """Add up each unbroken chain as the table of ``fare_transfer_type`` says."""
    total, at = 0, 0
    while at < len(chosen):
        end = at
        while end < len(links) and links[end] is not None:
            end += 1
        rule = chosen[at]
        known = 0 if rule is None else _amount(fares, rule.product_id)
        chain: list[int | None] = [known]
        for step in range(at, end):
            link, into = links[step], chosen[step + 1]
            assert link is not None
            assert into is not None
            if link.kind == 2 and step == at:
                chain = []
            chain.append(_amount(fares, link.product_id) if link.product_id else 0)
            if link.kind == 1:
                chain.append(_amount(fares, into.product_id))
        amounts = [amount for amount in chain if amount is not None]
        if len(amounts) < len(chain):
            return None
        total += sum(amounts)
        at = end + 1
    return total


def _amount(fares: FaresV2, product_id: str) -> int | None:
    amounts = [
        p.amount
        for p in fares.products
        if p.product_id == product_id and p.category_id in ("", "adult")
    ]
    return min(amounts, default=None)

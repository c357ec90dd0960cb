"""The cheapest way to pay is the one found by trying every way."""

import random
from collections import Counter
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.fares.model import FareLeg, FaresV1, FaresV2, Priced
from routing.fares.version1 import PricerV1
from routing.fares.version2 import PricerV2
from tests.oracle import fares as oracle

SEEDS = range(3000)


def _cost(priced: Priced) -> tuple[int, int]:
    return len(priced.unknown), sum(one.offer.price.amount for one in priced.bought)


def _sound(priced: Priced, rides: Sequence[FareLeg]) -> bool:
    """Each leg of unknown fare is in no product; a product covers legs in a row."""
    covered = {leg for one in priced.bought for leg in one.legs}
    in_a_row = all(one.legs == tuple(range(one.legs[0], one.legs[-1] + 1)) for one in priced.bought)
    return in_a_row and not covered & set(priced.unknown)


def _v1(rng: random.Random) -> tuple[FaresV1, list[FareLeg]]:
    return oracle.random_v1(rng), oracle.random_rides(rng)


def _v2(rng: random.Random) -> tuple[FaresV2, list[FareLeg]]:
    return oracle.random_v2(rng), oracle.random_rides(rng)


def test_fares_of_the_first_version_cost_what_trying_everything_finds() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        fares, rides = _v1(random.Random(seed))  # noqa: S311 - a test, no secret
        priced = PricerV1(fares).price(rides)
        assert _cost(priced) == oracle.price_v1(fares, rides), seed
        assert _sound(priced, rides), seed
        seen["unknown"] += bool(priced.unknown)
        seen["over several rides"] += any(len(one.legs) > 1 for one in priced.bought)
        seen["several fares"] += len(priced.bought) > 1
    assert min(seen[what] for what in ("unknown", "over several rides", "several fares")) > 300, (
        seen
    )


def test_fares_of_the_second_version_cost_what_trying_everything_finds() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        fares, rides = _v2(random.Random(seed))  # noqa: S311 - a test, no secret
        priced = PricerV2(fares).price(rides)
        assert _cost(priced) == oracle.price_v2(fares, rides), seed
        assert _sound(priced, rides), seed
        alone = sum(_cost(PricerV2(fares).price([ride]))[1] for ride in rides)
        seen["unknown"] += bool(priced.unknown)
        seen["known"] += not priced.unknown
        seen["cheaper by a transfer"] += not priced.unknown and _cost(priced)[1] < alone
        seen["over three legs"] += any(len(one.legs) > 2 for one in priced.bought)
    assert min(seen[what] for what in ("unknown", "known", "cheaper by a transfer")) > 100, seen
    assert seen["over three legs"] > 15, seen


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_fares_nobody_has_tried_before_agree_too(rng: random.Random) -> None:
    first, rides = _v1(rng)
    assert _cost(PricerV1(first).price(rides)) == oracle.price_v1(first, rides)
    second, rides = _v2(rng)
    assert _cost(PricerV2(second).price(rides)) == oracle.price_v2(second, rides)

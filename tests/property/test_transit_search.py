"""The search agrees with an oracle that tries everything."""

import os
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.kernels.lower_bounds import LONGEST_S
from routing.transit.day_view import DayView
from routing.transit.lower_bounds import LowerBounds, bound_below
from tests.oracle.compare import check_random, check_seed

NETWORKS = int(os.environ.get("ORACLE_NETWORKS", "600"))
WANTED = (
    "with footpaths not closed",
    "with overtaking",
    "with a clock change",
    "with a headway",
    "with a forbidden change",
    "with boarding rules",
    "with calls past midnight",
    "earliest answered",
    "ranges answered",
    "arrivals answered",
    "several Pareto journeys",
    "with trips that go on as others",
    "with in-seat transfers told or barred",
    "with rules for some routes or trips",
    "with pathways",
    "journeys in which one stays on board",
    "journeys with a walk between vehicles",
    "journeys with a vehicle of the day before",
)
ANSWERED = tuple(word for word in WANTED if word.startswith(("journeys", "several")))
EACH = 4
"""The answers about one network in so many are also compared by shortcuts."""


def test_every_answer_about_random_networks_is_the_oracles() -> None:
    seen: Counter[str] = Counter()
    seeds = range(NETWORKS)
    differences = [text for seed in seeds for text in check_seed(seed, seen, seed % EACH == 0)]
    print(dict(seen))  # noqa: T201 - shown when it fails
    assert differences == []
    assert seen["networks"] == NETWORKS
    assert all(seen[feature] >= NETWORKS / 40 for feature in WANTED), seen
    some = NETWORKS / EACH
    assert min(seen["shortcuts"], seen["shortcuts backward"]) >= some
    assert all(seen[f"{word} by shortcuts"] >= some / 40 for word in ANSWERED), seen


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.booleans())
def test_networks_nobody_has_tried_before_agree_too(rng: random.Random, shortcuts: bool) -> None:
    assert check_random(rng, Counter(), shortcuts) == []


def test_bounds_that_are_too_long_lose_journeys_and_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_long(view: DayView, n_cells: int) -> LowerBounds:
        bounds = bound_below(view, n_cells)
        late = 300 * (bounds.between_s < LONGEST_S - 300)
        return replace(bounds, between_s=(bounds.between_s + late).astype(np.uint16))

    monkeypatch.setattr("routing.transit.shortcuts.bound_below", too_long)
    assert any(check_seed(seed, Counter(), True) for seed in range(10))

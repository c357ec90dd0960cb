"""The search agrees with an oracle that tries everything."""

import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("shortcuts", "networks"),
    [(False, NETWORKS), (True, NETWORKS // 4)],
    ids=["by stops", "by shortcuts"],
)
def test_every_answer_about_random_networks_is_the_oracles(shortcuts: bool, networks: int) -> None:
    seen: Counter[str] = Counter()
    seeds = range(networks)
    differences = [text for seed in seeds for text in check_seed(seed, seen, shortcuts)]
    print(dict(seen))  # noqa: T201 - shown when it fails
    assert differences == []
    assert seen["networks"] == networks
    assert all(seen[feature] >= networks / 40 for feature in WANTED), seen
    assert min(seen["shortcuts"], seen["shortcuts backward"]) >= shortcuts * networks


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.booleans())
def test_networks_nobody_has_tried_before_agree_too(rng: random.Random, shortcuts: bool) -> None:
    assert check_random(rng, Counter(), shortcuts) == []

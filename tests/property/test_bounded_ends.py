"""Searches whose first or last part is open at certain times agree with trying everything."""

import os
import random
from collections import Counter

import pytest

from tests.oracle.bounded import check_bounded

NETWORKS = int(os.environ.get("ORACLE_NETWORKS", "2000")) // 20


@pytest.mark.parametrize("shortcuts", [False, True], ids=["by stops", "by shortcuts"])
def test_journeys_with_ends_that_open_and_close_are_the_oracles(shortcuts: bool) -> None:
    seen: Counter[str] = Counter()
    networks, differences = NETWORKS // (2 if shortcuts else 1), []
    for seed in range(networks):
        rng = random.Random(seed)  # noqa: S311 - a test, no secret
        differences += [f"seed {seed}: {text}" for text in check_bounded(rng, seen, shortcuts)]
    assert differences == []
    assert min(seen["leaving answered"], seen["arriving answered"]) >= networks / 10, seen

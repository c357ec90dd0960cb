"""The search agrees with the oracle while vehicles are late, cancelled, elsewhere or extra."""

import os
import random
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.compare import check_changed

NETWORKS = int(os.environ.get("ORACLE_NETWORKS", "150"))
WANTED = ("late", "cancel", "replace", "copy", "add", "close", "skipped stop", "no data")


def test_every_answer_about_changed_networks_is_the_oracles() -> None:
    seen: Counter[str] = Counter()
    differences = [
        f"seed {seed}: {text}"
        for seed in range(NETWORKS)
        for text in check_changed(random.Random(seed), seen)  # noqa: S311 - a test, no secret
    ]
    print(dict(seen))  # noqa: T201 - shown when it fails
    assert differences == []
    assert all(seen[f"changes: {word}"] >= NETWORKS / 10 for word in WANTED), seen
    assert seen["changes: other platform"] >= NETWORKS / 10
    assert seen["earliest answered"] >= NETWORKS / 2


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_changes_nobody_has_tried_before_agree_too(rng: random.Random) -> None:
    assert check_changed(rng, Counter()) == []

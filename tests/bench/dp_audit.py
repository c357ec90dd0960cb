"""Audit the shipped release at full size: ``python -m tests.bench.dp_audit [--runs 100000]``.

Prints the loss found for the shipped release and for noise 1.3 times too small, which the sample in
the ordinary tests is too small to tell from a right one.
"""

import argparse
import json
import sys
from dataclasses import replace

import pytest

from privacy import mechanisms
from privacy.mechanisms import DiscreteLaplace
from tests.security.test_privacy_audit import PROMISE, worst_loss


def main() -> int:
    """Run both audits; exit 0 if the right one passes and the wrong one is caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    runs = parser.parse_args().runs
    right = worst_loss(runs)
    fit = mechanisms.discrete_laplace

    def smaller(sensitivity: int, micro: int) -> DiscreteLaplace:
        fitted = fit(sensitivity, micro)
        return replace(fitted, scale=fitted.scale / 1.3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mechanisms, "discrete_laplace", smaller)
        wrong = worst_loss(runs)
    json.dump({"runs": runs, "promise": PROMISE, "shipped": right, "too_small": wrong}, sys.stdout)
    return 0 if right <= PROMISE < wrong else 1


if __name__ == "__main__":
    sys.exit(main())

"""Compare the transit search with the oracle on many random networks.

Run as ``python -m tests.bench.oracle 10000 [shortcuts|changes]``: prints what the networks had,
exits 1 if one differs. With ``changes`` vehicles are late, cancelled or extra.
"""

import random
import sys
from collections import Counter

from tests.oracle.compare import check_changed, check_seed


def check_seed_changed(seed: int, seen: Counter[str]) -> list[str]:
    """Compare the answers about one random network with real-time changes."""
    return [f"seed {seed}: {text}" for text in check_changed(random.Random(seed), seen)]  # noqa: S311


def main() -> int:
    """Check as many networks as asked for."""
    networks = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    shortcuts = "shortcuts" in sys.argv[2:]
    seen: Counter[str] = Counter()
    seeds = range(networks)
    if "changes" in sys.argv[2:]:
        differences = [text for seed in seeds for text in check_seed_changed(seed, seen)]
    else:
        differences = [text for seed in seeds for text in check_seed(seed, seen, shortcuts)]
    for feature, count in seen.most_common():
        print(f"{count:>8}  {feature}")  # noqa: T201
    print(f"{len(differences):>8}  differences", *differences[:20], sep="\n")  # noqa: T201
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main())

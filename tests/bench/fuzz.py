"""Run the generated requests at full size: ``python -m tests.bench.fuzz NETWORK [EXAMPLES SEED]``.

``NETWORK`` is what ``mobility build`` made. Prints how many requests each operation was sent and
every failure; ends with 1 where there is one.
"""

import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzzing import fuzz, open_fuzzed_town


def main() -> int:
    """Fuzz, print, and tell whether everything was as documented."""
    network = Path(sys.argv[1])
    examples, seed = (int(word) for word in (*sys.argv[2:4], "200", "1")[:2])
    logging.disable()
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_fuzzed_town(network, Path(folder)) as town,
    ):
        found = fuzz(town, examples, seed)
    said = [f"{count:6} {label}" for label, count in found.cases.items()]
    took_s = time.perf_counter() - began
    said += [f"{sum(found.cases.values()):6} requests in {took_s:.0f} s"]
    said += [f"statuses: {', '.join(map(str, sorted(found.statuses)))}", *found.failures]
    print(*said, sep="\n")  # noqa: T201
    return int(bool(found.failures))


if __name__ == "__main__":
    sys.exit(main())

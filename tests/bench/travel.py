"""Time matrices and isochrones on a real network: CPU per origin.

Run as ``python -m tests.bench.travel DIR POINTS.csv TIME``: ``DIR`` is a network directory, the
table has columns id, lon and lat, and ``TIME`` is local.
"""

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from mobility.commands.matrix import read_places
from routing.explore.isochrone import isochrones
from routing.explore.travel import Travel, Traveller
from routing.matrix import UNREACHED, Part, rows
from routing.model import Mode
from routing.network import Network

EVERY = 20
LIMITS_S = (900, 1800, 2700, 3600)


def main() -> int:
    """Measure and print."""
    network = Network.load(Path(sys.argv[1]))
    _, places = read_places(Path(sys.argv[2]))
    at = datetime.fromisoformat(sys.argv[3]).replace(tzinfo=ZoneInfo(network.timezone))
    centres = np.array(places)[::EVERY]
    print(f"{len(centres)} origins to {len(places)} destinations")  # noqa: T201
    for mode, moments in (*((mode, 1) for mode in _MODES), (Mode.TRANSIT, 60)):
        traveller = Traveller(network, Travel(at, mode=mode, moments=moments))
        began = time.process_time()
        part = Part(traveller.travel, traveller.places(places), (50,))
        ready_s = time.process_time() - began
        seconds, _ = rows(traveller, part, centres[:2])
        took_s = _cpu_s(lambda t=traveller, p=part: rows(t, p, centres)) / len(centres)
        seconds, _ = rows(traveller, part, centres)
        share = float((seconds != UNREACHED).mean())
        print(  # noqa: T201
            f"{mode:<8} {moments:>3} departures: {1000 * took_s:.1f} ms per origin,"
            f" {ready_s:.1f} s for the destinations once, {100 * share:.0f} % within 2 h"
        )
    for mode in _MODES:
        traveller = Traveller(network, Travel(at, mode=mode))
        isochrones(traveller, *centres[0].tolist(), LIMITS_S)
        took = [
            _cpu_s(lambda c=centre, t=traveller: isochrones(t, *c, LIMITS_S))
            for centre in centres[:20].tolist()
        ]
        print(  # noqa: T201
            f"{mode:<8} isochrones to {', '.join(str(s // 60) for s in LIMITS_S)} min:"
            f" {1000 * np.median(took):.0f} ms median, {1000 * max(took):.0f} ms at most"
        )
    return 0


_MODES = (Mode.TRANSIT, Mode.WALK, Mode.BICYCLE, Mode.CAR)


def _cpu_s(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


if __name__ == "__main__":
    raise SystemExit(main())

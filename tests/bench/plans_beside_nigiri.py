"""Time plans from door to door beside nigiri's searches between stops, in one run.

Machines differ, and one machine differs from hour to hour; how many of nigiri's earliest-arrival
searches a plan is worth differs less. nigiri is no dependency of the project: install its binding
into a folder of its own (``pip install --target FOLDER pynigiri==0.1.5``) and run
``python -m tests.bench.plans_beside_nigiri FOLDER DIR [words of mobility bench plan]...``,
where DIR is a network of Porto Alegre.

The two take turns in one thread. A plan is timed once, JSON included; a search of nigiri is the
best of two repeats, over those queries of the list that have a journey.
"""

import argparse
import importlib
import os
import sys
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from mobility.bench import plan
from mobility.bench.transit import cached_timetable, default_cache, read_queries
from routing.transit.day_lines import midnight_utc
from tests.bench.beside_nigiri import FOLDER, Nigiri, read_asked, their_answer, timed

CITY = "poa"
GOAL_MS, THEIR_MS = (8.0, 30.0), 1.7
"""What a plan may take, median and 95th percentile, where nigiri's median is the second."""


def nigiri_queries(module: Any) -> list[Any]:
    """Return searches that have a journey, each to be called without arguments."""
    feed = FOLDER / f"{CITY}_walk.zip"
    timetable = cached_timetable(feed, default_cache())
    asked = read_asked(CITY, read_queries(FOLDER / f"{CITY}_queries.csv", timetable))
    day = asked[0].query.day
    nigiri, midnight_s = (
        Nigiri(module, feed, day.isoformat()),
        midnight_utc(day, timetable.timezone),
    )
    queries = [nigiri.query(one, midnight_s, None) for one in asked]
    return [
        partial(nigiri.route, query)
        for query in queries
        if their_answer(nigiri.route(query), midnight_s, None)
    ]


def main() -> int:
    """Print the medians of both and their ratio."""
    if len(sys.argv) < 3 or not (Path(sys.argv[1]) / "pynigiri").is_dir():
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    sys.path.append(sys.argv[1])
    theirs = nigiri_queries(importlib.import_module("pynigiri"))
    parser = argparse.ArgumentParser()
    plan.add_arguments(parser)
    asked = plan.prepare(parser.parse_args(sys.argv[2:]))
    mine_ms, their_ms = [], []
    for request, search in zip(asked.requests, cycle(theirs), strict=False):
        mine_ms.append(asked.plan(request)[2])
        their_ms.append(timed(search)[1])
    mine, their = np.percentile(mine_ms, [50, 95]), float(np.median(their_ms))
    print(  # noqa: T201
        f"{len(mine_ms)} plans, CPU ms median / p95: {mine[0]:.2f} / {mine[1]:.2f};"
        f" nigiri's earliest arrival, median: {their:.2f};"
        f" ratio {mine[0] / their:.1f} / {mine[1] / their:.1f}"
        f" (goal {GOAL_MS[0] / THEIR_MS:.1f} / {GOAL_MS[1] / THEIR_MS:.1f});"
        f" load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

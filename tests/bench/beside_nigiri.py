"""Answer the same queries with this engine and with nigiri, and print the ratio of the times.

nigiri, the core of MOTIS, is no dependency of the project: install its binding into a folder of
its own (``pip install --target FOLDER pynigiri==0.1.5``) and run
``python -m tests.bench.beside_nigiri FOLDER [poa|vbb]...``.

The two take turns query by query in one process and one thread, so that a busy machine slows both
down alike. Times are thread CPU time, the best of two repeats of each query, over the queries that
have a journey. Times of both include the journeys' legs; ours includes listing the stops within one
footpath of either end. Exits 1 where an answer differs.
"""

import csv
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mobility.bench.transit import Bench, Query, cached_timetable, default_cache, read_queries
from routing.transit.day_lines import midnight_utc
from routing.transit.shortcuts import build_shortcuts

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "benchmarks" / "transit"
WINDOW_S = 7200
REPEATS = 2
Answer = set[tuple[int, ...]]


class Asked(NamedTuple):
    """A query, and its stop ids for those who do not share our stop numbers."""

    query: Query
    from_id: str
    to_id: str


class Nigiri:
    """nigiri with one feed loaded, under the settings that make both walk alike."""

    def __init__(self, module: Any, feed: Path, day: str) -> None:
        self._module = module
        options, loader = module.FinalizeOptions(), module.LoaderConfig()
        options.adjust_footpaths = False
        options.merge_dupes_inter_src = options.merge_dupes_intra_src = False
        options.max_footpath_length = 10
        loader.link_stop_distance = 0
        source = module.TimetableSource("feed", str(feed), loader)
        until = str(np.datetime64(day) + 2)
        self._timetable = module.load_timetable([source], day, until, options)

    def query(self, asked: Asked, midnight_s: int, window_s: int | None) -> Any:
        """Make a query; making it is not measured."""
        module, query = self._module, self._module.Query()
        start = (midnight_s + asked.query.departure_s) // 60
        query.start_time = start if window_s is None else (start, start + window_s // 60)
        query.start = [module.Offset(self._timetable.find_location(asked.from_id), 0, 0)]
        query.destination = [module.Offset(self._timetable.find_location(asked.to_id), 0, 0)]
        query.start_match_mode = query.dest_match_mode = module.LocationMatchMode.EXACT
        query.max_transfers = 7
        query.max_travel_time = 1440
        query.use_start_footpaths = True
        return query

    def route(self, query: Any) -> list[Any]:
        """Search."""
        return list(self._module.route(self._timetable, query))


def read_asked(city: str, bench_queries: Iterator[Query]) -> list[Asked]:
    """Read the list of queries once more, for the ids."""
    with (FOLDER / f"{city}_queries.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        Asked(query, row["from_stop_id"], row["to_stop_id"])
        for query, row in zip(bench_queries, rows, strict=True)
    ]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return the answer and its CPU milliseconds, the best of the repeats."""
    best, answer = float("inf"), None
    for _ in range(REPEATS):
        began = time.thread_time_ns()
        answer = work()
        best = min(best, (time.thread_time_ns() - began) / 1e6)
    return answer, best


def compare(module: Any, city: str) -> int:
    """Print a line per engine and kind of query; return how many answers differ."""
    feed = FOLDER / f"{city}_walk.zip"
    timetable = cached_timetable(feed, default_cache())
    asked = read_asked(city, read_queries(FOLDER / f"{city}_queries.csv", timetable))
    day = asked[0].query.day
    view = timetable.day_view(day)
    print(f"{city}: {build_shortcuts(view).described(day)}")  # noqa: T201
    nigiri = Nigiri(module, feed, day.isoformat())
    midnight_s = midnight_utc(day, timetable.timezone)
    wrong = 0
    for kind, window_s in (("earliest", None), ("range 2 h", WINDOW_S)):
        bench = Bench(timetable, window_s)
        bench.warm_up([one.query for one in asked[:3]])
        times = []
        for one in asked:
            query = nigiri.query(one, midnight_s, window_s)
            mine, my_ms = timed(partial(bench.journeys, view, one.query))
            theirs, their_ms = timed(partial(nigiri.route, query))
            if mine:
                times.append((my_ms, their_ms))
            wrong += my_answer(mine, window_s) != their_answer(theirs, midnight_s, window_s)
        report(city, kind, np.array(times))
    print(f"{city}: {wrong} of {2 * len(asked)} answers differ")  # noqa: T201
    return wrong


def my_answer(journeys: list[Any], window_s: int | None) -> Answer:
    """Return arrivals and transfers, of a window also departures."""
    return {(0 if window_s is None else j.departure_s, j.arrival_s, j.transfers) for j in journeys}


def their_answer(journeys: list[Any], midnight_s: int, window_s: int | None) -> Answer:
    """Return the same of nigiri's, which counts minutes and lists ways on foot alone, too."""
    found: Answer = set()
    for journey in journeys:
        leave, arrive = (60 * t - midnight_s for t in (journey.start_time, journey.dest_time))
        if len(journey.legs) > 0 and journey.transfers < 2**31:
            found.add((0 if window_s is None else leave, arrive, journey.transfers))
    return found


def report(city: str, kind: str, times: Any) -> None:
    """Print median and 95th percentile of both, and the ratios."""
    mine, theirs = (np.percentile(times[:, i], [50, 95]) for i in (0, 1))
    ratio = mine / theirs
    print(  # noqa: T201
        f"{city} {kind}, {len(times)} queries with a journey, CPU ms median / p95: "
        f"ours {mine[0]:.2f} / {mine[1]:.2f}, nigiri {theirs[0]:.2f} / {theirs[1]:.2f}, "
        f"ratio {ratio[0]:.2f} / {ratio[1]:.2f}",
        flush=True,
    )


def main() -> int:
    """Compare the cities asked for."""
    if len(sys.argv) < 2 or not (Path(sys.argv[1]) / "pynigiri").is_dir():
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    sys.path.append(sys.argv[1])
    pynigiri = importlib.import_module("pynigiri")

    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # noqa: T201
    wrong = sum(compare(pynigiri, city) for city in sys.argv[2:] or ["poa", "vbb"])
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Answer a list of stop-to-stop queries and say how long each took."""

import argparse
import csv
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from mobility.errors import MobilityError
from routing.arrays import Int32, UInt32, group_sizes
from routing.gtfs.read import read_gtfs
from routing.transit.day_view import DayView
from routing.transit.search import Ends, TransitJourney, TransitSearch
from routing.transit.shortcuts import build_shortcuts
from routing.transit.timetable import Timetable

HELP = "answer a list of timetable queries, with the time each takes"
CACHE_FORMAT = 2
_REPEATS = 2


class QueryFileError(MobilityError):
    """The list of queries cannot be used."""


@dataclass(frozen=True)
class Query:
    """One line of the list."""

    id: str
    from_stop: int
    to_stop: int
    day: date
    departure_s: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``mobility bench transit``."""
    parser.add_argument("feed", type=Path, metavar="FEED.zip", help="GTFS feed")
    parser.add_argument(
        "--queries",
        type=Path,
        required=True,
        metavar="FILE.csv",
        help="columns id, from_stop_id, to_stop_id, date, departure",
    )
    parser.add_argument(
        "--window",
        type=parse_duration,
        metavar="2h",
        help="list all good departures of so long (such as 2h, 90m); without it, the earliest",
    )
    parser.add_argument(
        "--footpaths",
        choices=["transfers-only"],
        default="transfers-only",
        help="walk along the feed's transfers.txt alone (there are no streets here)",
    )
    parser.add_argument(
        "--by-stops",
        action="store_true",
        help="search as is done until a day's shortcuts are built",
    )
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where built timetables are kept")


def run(args: argparse.Namespace) -> int:
    """Print one CSV row per journey, and the median and 95th percentile of the times."""
    timetable = cached_timetable(args.feed, args.cache or default_cache())
    queries = list(read_queries(args.queries, timetable))
    bench = Bench(timetable, args.window, not args.by_stops)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["id", "departure", "arrival", "transfers", "cpu_us"])
    times = []
    bench.warm_up(queries[:3])
    for query in queries:
        journeys, cpu_us = bench.answer(query)
        if journeys:
            times.append(cpu_us)
        for journey in journeys:
            leave_s = query.departure_s if args.window is None else journey.departure_s
            clock = (show_time(leave_s), show_time(journey.arrival_s))
            out.writerow([query.id, *clock, journey.transfers, round(cpu_us)])
    if times:
        median, p95 = np.percentile(times, [50, 95])
        print(
            f"{len(queries)} queries, {len(times)} with a journey: CPU median {median:.0f} us, "
            f"p95 {p95:.0f} us",
            file=sys.stderr,
        )
    return 0


class Bench:
    """Answers queries of one timetable, walking along its footpaths at both ends.

    Parameters
    ----------
    timetable : Timetable
        What is searched.
    window_s : int or None
        Length of the window; ``None`` asks for the earliest arrival.
    shortcuts : bool
        Build the shortcuts of a day before the first query about it.
    """

    def __init__(self, timetable: Timetable, window_s: int | None, shortcuts: bool = True) -> None:
        self._timetable = timetable
        self._search = TransitSearch(timetable)
        self._window_s = window_s
        self._shortcuts = shortcuts
        paths = timetable.footpaths
        self._source = np.repeat(
            np.arange(timetable.n_stops, dtype=np.uint32), group_sizes(paths.first)
        )
        self._by_target = np.argsort(paths.target, kind="stable")
        self._target = paths.target[self._by_target]

    def warm_up(self, queries: list[Query]) -> None:
        """Answer some queries, so that no compilation is measured."""
        for query in queries:
            self.answer(query)

    def answer(self, query: Query) -> tuple[list[TransitJourney], float]:
        """Return a query's journeys and its CPU time in microseconds, best of two."""
        view = self._timetable.day_view(query.day)
        if self._shortcuts and view.shortcuts is None:
            print(build_shortcuts(view).described(view.day), file=sys.stderr)
        best = np.inf
        journeys: list[TransitJourney] = []
        for _ in range(_REPEATS):
            start = time.thread_time_ns()
            journeys = self.journeys(view, query)
            best = min(best, (time.thread_time_ns() - start) / 1000)
        return journeys, best

    def journeys(self, view: DayView, query: Query) -> list[TransitJourney]:
        """Search once; a walk at either end is one footpath at most."""
        access, egress = self._access(query.from_stop), self._egress(query.to_stop)
        walk = access[1][access[0] == query.to_stop]
        direct_s = int(walk.min()) if len(walk) else None
        ends = access, egress, query.departure_s
        if self._window_s is None:
            return self._search.earliest(view, *ends, direct_s=direct_s)
        return self._search.range(view, *ends, self._window_s, direct_s=direct_s)

    def _access(self, stop: int) -> Ends:
        paths = self._timetable.footpaths
        rows = slice(int(paths.first[stop]), int(paths.first[stop + 1]))
        return _with_self(stop, paths.target[rows], paths.duration_s[rows])

    def _egress(self, stop: int) -> Ends:
        low, high = np.searchsorted(self._target, [stop, stop + 1])
        rows = self._by_target[low:high]
        return _with_self(stop, self._source[rows], self._timetable.footpaths.duration_s[rows])


def _with_self(stop: int, others: UInt32, seconds: Int32) -> Ends:
    return (
        np.concatenate([np.array([stop], np.uint32), others]),
        np.concatenate([np.zeros(1, np.int32), seconds]),
    )


def read_queries(path: Path, timetable: Timetable) -> Iterator[Query]:
    """Read the list; a row that cannot be asked is an error naming it."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            for row in csv.DictReader(stream):
                yield Query(
                    row["id"],
                    timetable.get_stop(row["from_stop_id"]),
                    timetable.get_stop(row["to_stop_id"]),
                    date.fromisoformat(row["date"]),
                    parse_clock(row["departure"]),
                )
    except OSError as error:
        raise QueryFileError(f"{path} cannot be read: {error.strerror}") from error
    except KeyError as error:
        raise QueryFileError(f"{path}: the list of queries has no column {error}") from error
    except ValueError as error:
        raise QueryFileError(f"{path}: {error} in the list of queries") from error


def cached_timetable(feed: Path, cache: Path) -> Timetable:
    """Open the timetable built of a feed before, or build it; the key is the file's content."""
    if not feed.is_file():
        raise QueryFileError(f"{feed} does not exist; name a GTFS zip file")
    with feed.open("rb") as stream:
        key = hashlib.file_digest(stream, "sha256").hexdigest()[:16]
    folder = cache / f"{feed.stem}-{key}-{CACHE_FORMAT}"
    if not folder.is_dir():
        timetable, notices = read_gtfs([feed])
        print(f"built {feed.name}, {len(notices)} notices", file=sys.stderr)
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=cache))
        timetable.save(unfinished)
        try:
            unfinished.rename(folder)
        except OSError:  # another process was first
            shutil.rmtree(unfinished)
    return Timetable.load(folder)


def default_cache() -> Path:
    """Return the user's cache folder for built timetables."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "mobility-commons" / "timetables"


def parse_duration(text: str) -> int:
    """Return the seconds of ``2h``, ``90m`` or ``1h30m``.

    Examples
    --------
    >>> parse_duration("1h30m")
    5400
    """
    match = re.fullmatch(r"(?:(\d{1,2})h)?(?:(\d{1,4})m(?:in)?)?", text)
    if match is None or not text:
        raise argparse.ArgumentTypeError(f"'{text}' is no duration; write 2h, 90m or 1h30m")
    return int(match[1] or 0) * 3600 + int(match[2] or 0) * 60


def parse_clock(text: str) -> int:
    """Return seconds since midnight of ``HH:MM`` or ``HH:MM:SS``."""
    clock = datetime.strptime(text, "%H:%M:%S" if text.count(":") == 2 else "%H:%M")  # noqa: DTZ007 - a clock, no instant
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def show_time(seconds: int) -> str:
    """Return ``HH:MM:SS``, which may pass 24 h.

    Examples
    --------
    >>> show_time(90_061)
    '25:01:01'
    """
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"

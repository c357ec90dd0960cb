"""Writes trips: when which line runs, and when it calls where."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mobility.demo.holidays import holidays
from mobility.demo.lines import Line

HOUR: Final = 3600
# service: days of the week (Monday first) in which it runs
SERVICES: Final = {
    "werktag": "1111100", "samstag": "0000010", "sonntag": "0000001", "nacht": "0000110",
}  # fmt: skip
# (from hour, to hour, minutes between departures) by kind of line and service
HEADWAYS: Final = {
    ("tram", "werktag"): ((4.75, 6, 20), (6, 9, 7.5), (9, 15, 10), (15, 19, 7.5), (19, 21, 15),
                          (21, 24.6, 30)),
    ("tram", "samstag"): ((5, 8, 20), (8, 19, 10), (19, 24.6, 20)),
    ("tram", "sonntag"): ((6, 9, 30), (9, 21, 15), (21, 24.6, 30)),
    ("tram", "nacht"): ((25, 28.1, 60),),
    ("bus", "werktag"): ((4.9, 6, 30), (6, 9, 10), (9, 15, 15), (15, 19, 10), (19, 24.4, 30)),
    ("bus", "samstag"): ((5.5, 8, 30), (8, 19, 15), (19, 24.4, 30)),
    ("bus", "sonntag"): ((7, 24.4, 30),),
    ("land", "werktag"): ((5, 6, 30), (6, 9, 15), (9, 15, 30), (15, 19, 15), (19, 24.1, 60)),
    ("land", "samstag"): ((6, 20, 30), (20, 24.1, 60)),
    ("land", "sonntag"): ((7, 24.1, 60),),
    ("rail", "werktag"): ((4.6, 20, 30), (20, 25.1, 60)),
    ("rail", "samstag"): ((5.6, 25.1, 60),),
    ("rail", "sonntag"): ((5.6, 25.1, 60),),
}  # fmt: skip
COUNTRY_LINES: Final = frozenset({"14", "15", "16", "17", "18"})
MPS: Final = {"tram": 7.6, "bus": 7.4, "land": 10.5, "rail": 21.0}  # between stops, halts apart
DWELL_S: Final = {"tram": 22, "bus": 18, "land": 18, "rail": 60}


@dataclass(frozen=True)
class Run:
    """One trip.

    Parameters
    ----------
    trip_id, service_id : str
        As written to the feed.
    line : int
        Index of the line.
    direction : int
        0 along its course, 1 against it.
    calls_s : tuple of (int, int)
        Arrival and departure at each stop, seconds after the service day's begin.
    """

    trip_id: str
    service_id: str
    line: int
    direction: int
    calls_s: tuple[tuple[int, int], ...]


def kind_of(line: Line) -> str:
    """Return the row of the headway table a line follows."""
    return "land" if line.number in COUNTRY_LINES else line.mode


def runs(lines: list[Line]) -> Iterator[Run]:
    """Yield every trip of every line, both directions, all services."""
    for index, line in enumerate(lines):
        kind = kind_of(line)
        for direction in (0, 1):
            offsets = _offsets(line, direction, kind)
            for service in SERVICES:
                for n, start in enumerate(_departures(index, direction, kind, service)):
                    trip_id = f"{line.number.replace(' ', '')}-{direction}-{service}-{n:03d}"
                    calls = tuple((start + a, start + d) for a, d in offsets)
                    yield Run(trip_id, service, index, direction, calls)


def _departures(index: int, direction: int, kind: str, service: str) -> Iterator[int]:
    """Yield the departures from the first stop, on whole half minutes."""
    shift = (index * 4 + direction * 3) % 10 * 60
    for first, last, minutes in HEADWAYS.get((kind, service), ()):
        step = round(minutes * 60)
        start = -(-int(first * HOUR) // step) * step
        yield from (at + shift for at in range(start, int(last * HOUR), step))


def _offsets(line: Line, direction: int, kind: str) -> list[tuple[int, int]]:
    """Return arrival and departure at each stop since the start, on whole half minutes."""
    at = line.at_m if direction == 0 else [line.at_m[-1] - m for m in reversed(line.at_m)]
    calls, clock, departed = [(0, 0)], 0.0, 0
    for a, b in pairwise(at):
        clock += (b - a) / MPS[kind] + DWELL_S[kind]
        arrival = max(departed + 30, round(clock / 30) * 30)
        departed = arrival + (60 if kind == "rail" else 0)
        clock = max(clock, arrival) + (60 if kind == "rail" else 0)
        calls.append((arrival, departed))
    calls[-1] = (calls[-1][0], calls[-1][0])
    return calls


def validity(today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last service day: nine weeks back, 400 days ahead."""
    return today - dt.timedelta(days=63), today + dt.timedelta(days=400)


def exceptions(today: dt.date) -> list[tuple[str, dt.date, int]]:
    """Return calendar exceptions (service, date, 1 added or 2 removed): holidays run as Sundays."""
    first, last = validity(today)
    found = []
    for year in range(first.year, last.year + 1):
        for date in sorted(holidays(year)):
            if not first <= date <= last or date.weekday() == 6:
                continue
            regular = "samstag" if date.weekday() == 5 else "werktag"
            found += [(regular, date, 2), ("sonntag", date, 1)]
    return found


def clock(seconds: int) -> str:
    """Write seconds after the service day's begin as HH:MM:SS, past 24 where needed."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

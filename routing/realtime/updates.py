"""An update of a known run: delays, skipped stops, changed platforms."""

from collections import Counter
from typing import Any

import numpy as np

from routing.arrays import UInt8, UInt32
from routing.realtime.known import KnownRun
from routing.realtime.runs import LiveRun
from routing.realtime.times import MOST_OFF_S, Told, foresee
from routing.transit.day_view import CAN_ALIGHT, CAN_BOARD
from routing.transit.tables import BEYOND_SEQUENCE
from routing.transit.timetable import Timetable

SKIPPED, NO_DATA = 1, 2
"""``StopTimeUpdate.ScheduleRelationship``; the others tell times."""

_NONE = 1


class _Calls:
    """What an update says of the calls of a run."""

    def __init__(self, run: KnownRun) -> None:
        self.told: dict[int, Told] = {}
        self.skipped: list[int] = []
        self.stops: UInt32 = run.stops
        self.flags: UInt8 = run.flags

    def move(self, at: int, stop: int) -> None:
        """Let the vehicle stop elsewhere, such as at another platform."""
        self.stops = self.stops.copy()
        self.stops[at] = stop

    def rule(self, at: int, pickup: int | None, drop_off: int | None) -> None:
        """Change what is allowed at a call."""
        flags = self.flags.copy()
        for bit, rule in ((CAN_BOARD, pickup), (CAN_ALIGHT, drop_off)):
            if rule is not None:
                flags[at] = flags[at] & ~np.uint8(bit) | (bit if rule != _NONE else 0)
        flags[0] &= ~np.uint8(CAN_ALIGHT)
        flags[-1] &= ~np.uint8(CAN_BOARD)
        self.flags = flags


def updated_run(
    timetable: Timetable, run: KnownRun, update: Any, counts: Counter[str]
) -> LiveRun | None:
    """Apply a TripUpdate to a run.

    Parameters
    ----------
    timetable : Timetable
        Of the run.
    run : KnownRun
        As planned.
    update : google.transit.gtfs_realtime_pb2.TripUpdate
        What is foreseen. Calls are named by ``stop_sequence``, else by ``stop_id``.
    counts : Counter
        ``unknown_stop`` and ``implausible`` are counted there, by call.

    Returns
    -------
    LiveRun or None
        ``None`` where nothing usable is said.
    """
    calls = _Calls(run)
    finder = _Finder(timetable, run)
    for news in update.stop_time_update:
        at = finder.position(news)
        if at is None:
            counts["unknown_stop"] += 1
        else:
            _read(timetable, run, news, at, calls, counts)
    delay_s = int(update.delay) if update.HasField("delay") else None
    if delay_s is not None and abs(delay_s) > MOST_OFF_S:
        delay_s = None
        counts["implausible"] += 1
    changed = calls.stops is not run.stops or calls.flags is not run.flags
    if not (calls.told or calls.skipped or changed or delay_s is not None):
        return None
    times = foresee(run.arrival_s, run.departure_s, calls.told, delay_s)
    skipped = np.zeros(len(run.stops), np.bool_)
    flags = calls.flags
    if calls.skipped:
        skipped[calls.skipped] = True
        flags = np.where(skipped, 0, flags).astype(np.uint8)
    return LiveRun(
        run.trip,
        run.day,
        run.pattern,
        calls.stops,
        flags,
        np.array(times.arrival_s, np.int64) + run.zero_s,
        np.array(times.departure_s, np.int64) + run.zero_s,
        np.array(times.known, np.bool_),
        skipped,
        planned_s=(
            np.array(run.arrival_s, np.int64) + run.zero_s,
            np.array(run.departure_s, np.int64) + run.zero_s,
        ),
    )


def _read(
    timetable: Timetable, run: KnownRun, news: Any, at: int, calls: _Calls, counts: Counter[str]
) -> None:
    kind = news.schedule_relationship
    if kind == SKIPPED:
        calls.skipped.append(at)
        return
    if kind == NO_DATA:
        calls.told[at] = Told(no_data=True)
        return
    arrival = departure = None
    far = 0
    if news.HasField("arrival"):
        arrival = _time(news.arrival, run.arrival_s[at], run.zero_s)
        if arrival is not None:
            far = abs(arrival - run.arrival_s[at])
    if news.HasField("departure"):
        departure = _time(news.departure, run.departure_s[at], run.zero_s)
        if departure is not None:
            far = max(far, abs(departure - run.departure_s[at]))
    if far > MOST_OFF_S:
        counts["implausible"] += 1
    elif arrival is not None or departure is not None:
        calls.told[at] = Told(arrival, departure)
    if news.HasField("stop_time_properties"):
        props = news.stop_time_properties
        stop = timetable.find_stop(props.assigned_stop_id, run.feed)
        if stop is not None and stop != calls.stops[at]:
            calls.move(at, stop)
        rules = [
            getattr(props, name) if props.HasField(name) else None
            for name in ("pickup_type", "drop_off_type")
        ]
        if rules != [None, None]:
            calls.rule(at, *rules)


def _time(event: Any, planned_s: int, zero_s: int) -> int | None:
    """Return a predicted time in seconds of the service day; an instant outweighs a delay."""
    instant = event.time
    if instant > 0:
        return int(instant) - zero_s
    return planned_s + int(event.delay) if event.HasField("delay") else None


class _Finder:
    """Finds the calls of a run by their number in the feed, or by their stop."""

    def __init__(self, timetable: Timetable, run: KnownRun) -> None:
        self._table, self._run = timetable, run
        self._stops: list[int] = run.stops.tolist()
        sequence = timetable.call_sequence(run.row).tolist()
        self._by_number = {number: at for at, number in enumerate(sequence)}
        self._next = 0

    def position(self, news: Any) -> int | None:
        """Return the position an update speaks of, ``None`` where there is none."""
        named = news.stop_id
        stop = self._table.find_stop(named, self._run.feed) if named else None
        at = None
        if news.HasField("stop_sequence") and news.stop_sequence < BEYOND_SEQUENCE:
            at = self._by_number.get(news.stop_sequence)
            if at is not None and named and stop != self._stops[at]:
                at = None  # the numbers are another timetable's; the stop decides
        if at is None and stop is not None:
            at = self._after(stop, self._next)
            at = self._after(stop, 0) if at is None else at
        if at is not None:
            self._next = at + 1
        return at

    def _after(self, stop: int, start: int) -> int | None:
        try:
            return self._stops.index(stop, start)
        except ValueError:
            return None

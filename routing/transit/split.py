"""Changes that depend on the route or trip, as stops split in several.

A rule of ``transfers.txt`` may hold for one route or trip only. Whatever such rules name calls, in
the day view, at a copy of the stop; between the copies, and to other stops, the most specific rule
gives the time. Searches need to know nothing of it: who comes to a stop comes to all its copies,
and answers speak of the stop itself.

Of the rules that fit two vehicles, the one counts that names (1) both trips, (2) a trip and a
route, (3) one trip, (4) both routes, (5) one route; then one that names the stops themselves rather
than their stations; then the one that asks for more time. Where none fits, the rules between the
stops hold. At a stop, at most ``MOST_COPIES`` sets of rules are told apart.
"""

import logging
from dataclasses import dataclass, field, replace

import numpy as np

from routing.arrays import Int32, Int64, UInt32, group_first, group_sizes
from routing.transit.day_view import DayView
from routing.transit.loose_runs import LooseRuns, Sequence, join, line_sequence, line_times
from routing.transit.tables import FORBIDDEN_S, IN_SEAT, NarrowRules
from routing.transit.through import THROUGH
from routing.transit.timetable import Timetable

MOST_COPIES = 100

_log = logging.getLogger(__name__)

_RANKS = {(2, 2): 5, (2, 1): 4, (1, 2): 4, (2, 0): 3, (0, 2): 3, (1, 1): 2, (1, 0): 1, (0, 1): 1}
"""How much a rule says of the two vehicles: 2 the trip, 1 the route, 0 nothing."""

Side = frozenset[int]
Copy = tuple[int, Side, Side]
"""A stop, and the rules that hold for those who come from, or change to, a vehicle there."""


def with_split_stops(timetable: Timetable, view: DayView) -> DayView:
    """Return a day in which the vehicles that rules name call at copies of their stops.

    Parameters
    ----------
    timetable : Timetable
        With the rules.
    view : DayView
        Of it, planned or foreseen, runs joined or not; returned itself where no rule says more
        than those between stops.
    """
    rules = timetable.rules
    if not (rules.kind < IN_SEAT).any():
        return view
    copies = _Copies(timetable, view.n_stops)
    fresh, touched = LooseRuns(), []
    for line in copies.lines(view):
        sequence, (arrival, departure) = line_sequence(view, line), line_times(view, line)
        runs = slice(int(view.trip_first[line]), int(view.trip_first[line + 1]))
        trip, offset = view.trip[runs], view.service_offset[runs]
        stops = copies.stops(view, sequence.stops, trip)
        if (stops == sequence.stops).all():
            continue
        touched.append(line)
        some, which = np.unique(stops, axis=0, return_inverse=True)
        for number, own in enumerate(some):
            mine = which.reshape(-1) == number
            of = fresh.open_sequence(Sequence(sequence.pattern, own, sequence.flags))
            fresh.add(of, trip[mine], offset[mine], arrival[mine], departure[mine])
    real = np.array([*range(view.n_stops), *(stop for stop, _, _ in copies.extra)], np.uint32)
    foot_first, foot_target, foot_s, change_s = copies.footpaths(view, real)
    larger = replace(view, serving_first=np.zeros(len(real) + 1, np.uint32))
    return replace(
        join(larger, np.array(touched, np.int64), fresh),
        foot_first=foot_first,
        foot_target=foot_target,
        foot_s=foot_s,
        change_s=change_s,
        real=real,
        plain=view.plain or view,
    )


def ruled_change_s(timetable: Timetable, off: tuple[int, int], on: tuple[int, int]) -> int | None:
    """Return the seconds a change between two vehicles takes by a rule that names one of them.

    Parameters
    ----------
    timetable : Timetable
        With the rules.
    off, on : tuple of int
        Row of the stop and row of the trip one leaves, and boards; a trip beyond the timetable's
        is an added one.

    Returns
    -------
    int or None
        ``FORBIDDEN_S`` where the change is not possible; ``None`` where no rule speaks of it.
    """
    rules = timetable.rules
    fits = (rules.kind < IN_SEAT) & (rules.from_stop == off[0]) & (rules.to_stop == on[0])
    for trip, routes, trips in (
        (off[1], rules.from_route, rules.from_trip),
        (on[1], rules.to_route, rules.to_trip),
    ):
        route = int(timetable.trips.route[trip]) if trip < timetable.n_trips else -1
        fits &= ((routes < 0) | (routes == route)) & ((trips < 0) | (trips == trip))
    rows = np.flatnonzero(fits).tolist()
    best = max(
        ((_rank(rules, r), int(rules.exact[r]), int(rules.seconds[r])) for r in rows), default=None
    )
    return None if best is None else best[2]


@dataclass
class _Copies:
    """Copies of stops, numbered after the stops themselves, made as vehicles are looked at."""

    timetable: Timetable
    n_stops: int
    extra: list[Copy] = field(default_factory=list)
    number: dict[Copy, int] = field(default_factory=dict)
    known: dict[tuple[int, int], int] = field(default_factory=dict)
    at_stop: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rules = self.timetable.rules
        self._rows = np.flatnonzero(rules.kind < IN_SEAT).tolist()
        self._from = _by_name(rules.from_stop, rules.from_route, rules.from_trip, self._rows)
        self._to = _by_name(rules.to_stop, rules.to_route, rules.to_trip, self._rows)
        self._named = np.zeros(self.n_stops, np.bool_)
        self._named[[key[0] for key in (*self._from, *self._to)]] = True

    def lines(self, view: DayView) -> list[int]:
        """Return the lines that call where a rule names some of them."""
        rows = np.flatnonzero(self._named[view.stop])
        line = np.searchsorted(view.stop_first, rows, side="right") - 1
        found: list[int] = np.unique(line).tolist()
        return found

    def stops(self, view: DayView, stops: UInt32, trips: UInt32) -> UInt32:
        """Return the copies at which each run of a line calls, uint32, (n_runs, length)."""
        found = np.tile(stops, (len(trips), 1))
        positions = np.flatnonzero(self._named[stops]).tolist()
        through = view.through
        for i, trip in enumerate(trips.tolist()):
            for at in positions:
                own = trip
                if trip >= THROUGH and through is not None:
                    own = through.trip_at(trip - THROUGH, at)
                found[i, at] = self._copy(int(stops[at]), own)
        return found

    def _copy(self, stop: int, trip: int) -> int:
        key = stop, trip
        if key not in self.known:
            self.known[key] = self._made(stop, trip)
        return self.known[key]

    def _made(self, stop: int, trip: int) -> int:
        table = self.timetable
        if trip >= table.n_trips:  # added: no rule speaks of it
            return stop
        route = int(table.trips.route[trip])
        out, into = (_fitting(by, stop, route, trip) for by in (self._from, self._to))
        copy = stop, out, into
        if not (out or into):
            return stop
        if copy not in self.number:
            here = self.at_stop.setdefault(stop, [])
            if len(here) == MOST_COPIES:
                _log.warning("too many rules for single trips at stop %d; some are left out", stop)
                return stop
            self.number[copy] = self.n_stops + len(self.extra)
            here.append(self.number[copy])
            self.extra.append(copy)
        return self.number[copy]

    def footpaths(self, view: DayView, real: UInt32) -> tuple[UInt32, UInt32, Int32, Int32]:
        """Return the footpaths and change times between all copies, as columns of the view."""
        everywhere = {stop: [stop, *more] for stop, more in self.at_stop.items()}
        source, target, seconds = self._spread(view, real)
        change = view.change_s[real].copy()
        n = len(real)
        ruled: dict[tuple[int, int], int] = {}
        for (a, b), rows in self._pairs().items():
            for x in everywhere.get(a, [a]):
                for y in everywhere.get(b, [b]):
                    best = self._best(rows, x, y)
                    if best is not None:
                        ruled[x, y] = best
        pairs = np.array(list(ruled), np.int64).reshape(-1, 2)
        given = np.array(list(ruled.values()), np.int64)
        same = pairs[:, 0] == pairs[:, 1]
        change[pairs[same, 0]] = given[same]
        keep = ~np.isin(source * n + target, pairs[:, 0] * n + pairs[:, 1])
        more = ~same & (given < FORBIDDEN_S)
        source = np.concatenate([source[keep], pairs[more, 0]])
        target = np.concatenate([target[keep], pairs[more, 1]])
        seconds = np.concatenate([seconds[keep], given[more]])
        order = np.lexsort((target, seconds, source))
        return (
            group_first(source[order], n),
            target[order].astype(np.uint32),
            seconds[order].astype(np.int32),
            change,
        )

    def _spread(self, view: DayView, real: UInt32) -> tuple[Int64, Int64, Int64]:
        """Return the footpaths between all copies by the rules between stops alone."""
        source = np.repeat(np.arange(view.n_stops), group_sizes(view.foot_first))
        ends = (source, view.foot_target.astype(np.int64), view.foot_s.astype(np.int64))
        # A change at a stop is a way between its copies.
        split = np.array([*self.at_stop], np.int64)
        split = split[view.change_s[split] < FORBIDDEN_S]
        changes = (split, split, view.change_s[split].astype(np.int64))
        a, b, s = (np.concatenate(two) for two in zip(ends, changes, strict=True))
        first = group_first(np.sort(real), view.n_stops)
        members = np.argsort(real, kind="stable")
        for turn in (0, 1):
            size = group_sizes(first)[(a, b)[turn]]
            row = np.repeat(np.arange(len(a)), size)
            nth = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
            copy = members[first[(a, b)[turn]][row] + nth]
            a, b, s = (copy, b[row], s[row]) if turn == 0 else (a[row], copy, s[row])
        other = a != b
        return a[other], b[other], s[other]

    def _pairs(self) -> dict[tuple[int, int], list[int]]:
        rules = self.timetable.rules
        found: dict[tuple[int, int], list[int]] = {}
        for row in self._rows:
            found.setdefault((int(rules.from_stop[row]), int(rules.to_stop[row])), []).append(row)
        return found

    def _best(self, rows: list[int], x: int, y: int) -> int | None:
        """Return the seconds by the most specific of some rules, ``None`` where none fits."""
        rules, nothing = self.timetable.rules, frozenset[int]()
        out = self.extra[x - self.n_stops][1] if x >= self.n_stops else nothing
        into = self.extra[y - self.n_stops][2] if y >= self.n_stops else nothing
        fitting = [
            (_rank(rules, row), int(rules.exact[row]), int(rules.seconds[row]))
            for row in rows
            if (row in out or not _level(rules.from_route, rules.from_trip, row))
            and (row in into or not _level(rules.to_route, rules.to_trip, row))
        ]
        return max(fitting)[2] if fitting else None


def _level(routes: Int32, trips: Int32, row: int) -> int:
    if trips[row] >= 0:
        return 2
    return int(routes[row] >= 0)


def _rank(rules: NarrowRules, row: int) -> int:
    before = _level(rules.from_route, rules.from_trip, row)
    return _RANKS[before, _level(rules.to_route, rules.to_trip, row)]


def _by_name(
    stops: Int32, routes: Int32, trips: Int32, rows: list[int]
) -> dict[tuple[int, int, int], list[int]]:
    """Return the rules by stop, route and trip (-1: any) they name on one side, if they do."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for row in rows:
        if routes[row] >= 0 or trips[row] >= 0:
            key = int(stops[row]), int(routes[row]), int(trips[row])
            found.setdefault(key, []).append(row)
    return found


def _fitting(by: dict[tuple[int, int, int], list[int]], stop: int, route: int, trip: int) -> Side:
    keys = (stop, route, -1), (stop, -1, trip), (stop, route, trip)
    return frozenset(row for key in keys for row in by.get(key, ()))

"""Runs that go on as another run of the same vehicle, joined into runs one can ride through.

A through run has the calls of one run followed by those of the next: who alights at the joint does
so at the last call of the first, who boards there at the first call of the second, and who stays
has changed nothing. Up to ``MOST_TRIPS`` runs that follow one another make a through run; a longer
chain is covered by all of its parts of that length. Its runs stand no longer on their own, as a
through run is boarded wherever they are.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from routing.arrays import Int32, Int64, UInt32, group_first, group_sizes
from routing.transit.continuations import continuations, continues, places
from routing.transit.day_view import DayView
from routing.transit.journey import Ride
from routing.transit.loose_runs import LooseRuns, Sequence, join, line_sequence, without_runs
from routing.transit.timetable import Timetable

MOST_TRIPS = 3
"""Runs in a through run: one stays on board at most twice in a row."""

THROUGH = 2**30
"""``DayView.trip`` of through run ``i`` is this plus ``i``."""


@dataclass(frozen=True)
class Through:
    """The runs that through runs of a day are made of.

    Parameters
    ----------
    first : int64, (n_through + 1,)
        Members of through run ``i`` are rows ``first[i]:first[i + 1]`` of the others.
    trip, pattern : uint32, (n_members,)
        As for runs of their own.
    begin : int64, (n_members,)
        Position of the member's first call in the through run.
    from_stop, to_stop : uint32, (n_members,)
        Stops of its first and last call.
    start_s, end_s : int32, (n_members,)
        Its first departure and last arrival, seconds of the view.
    """

    first: Int64
    trip: UInt32
    pattern: UInt32
    begin: Int64
    from_stop: UInt32
    to_stop: UInt32
    start_s: Int32
    end_s: Int32

    def trip_at(self, number: int, pos: int) -> int:
        """Return the trip that through run ``number`` is at a position."""
        low, high = self.first[number : number + 2].tolist()
        return int(self.trip[low + bisect_right(self.begin[low:high].tolist(), pos) - 1])

    def parts(self, ride: Ride) -> list[Ride]:
        """Tell a ride as rides in the trips it is made of."""
        if ride.trip_idx < THROUGH:
            return [ride]
        low, high = self.first[ride.trip_idx - THROUGH : ride.trip_idx - THROUGH + 2].tolist()
        begin = self.begin[low:high].tolist()
        board = bisect_right(begin, ride.board_pos) - 1
        alight = bisect_right(begin, ride.alight_pos) - 1
        found = []
        for nth in range(board, alight + 1):
            row, last = low + nth, nth == alight
            at_begin = nth > board
            found.append(
                ride._replace(
                    trip_idx=int(self.trip[row]),
                    pattern=int(self.pattern[row]),
                    board_pos=0 if at_begin else ride.board_pos - begin[nth],
                    alight_pos=(ride.alight_pos if last else begin[nth + 1] - 1) - begin[nth],
                    departure_s=int(self.start_s[row]) if at_begin else ride.departure_s,
                    arrival_s=ride.arrival_s if last else int(self.end_s[row]),
                    board_stop=int(self.from_stop[row]) if at_begin else ride.board_stop,
                    alight_stop=ride.alight_stop if last else int(self.to_stop[row]),
                    in_seat=at_begin,
                )
            )
        return found


def with_through_runs(timetable: Timetable, view: DayView) -> DayView:
    """Join the runs of a day that go on into one another.

    Parameters
    ----------
    timetable : Timetable
        Of the view.
    view : DayView
        Every run on its own, as planned or as foreseen. Runs that were to go on into one another
        do so while both take place, the later still leaves no earlier than the other arrives and,
        unless the feed said outright that they do, from where the other ends.
    """
    if not continues(timetable) or not view.n_runs:
        return view
    chains = _chains(_links(timetable, view))
    if not len(chains):
        return view
    member, size = chains[chains >= 0], (chains >= 0).sum(axis=1)
    first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    calls = _Calls.of(view, member)
    ends = view.stop_first[calls.line + 1].astype(np.int64) - 1
    through = Through(
        first,
        view.trip[member],
        view.pattern[calls.line],
        calls.first - np.repeat(calls.first[first[:-1]], size),
        view.stop[view.stop_first[calls.line]],
        view.stop[ends],
        calls.departure_s[calls.first],
        calls.arrival_s[calls.last],
    )
    calls.smooth(np.setdiff1d(np.arange(len(member)), first[:-1]))
    alone = np.ones(view.n_runs, np.bool_)
    alone[member] = False
    foreign = len(timetable.patterns.trip_first) - 1
    fresh = _loose(view, chains, first, calls, foreign)
    joined = join(without_runs(view, alone), np.zeros(0, np.int64), fresh)
    return replace(joined, through=through, plain=view)


def _links(timetable: Timetable, view: DayView) -> Int64:
    """Return the rows of runs that go on into one another, int64, (2, n)."""
    key = view.trip.astype(np.int64) * 256 + view.service_offset
    order = np.argsort(key)
    line = np.repeat(np.arange(len(view.pattern)), group_sizes(view.trip_first))
    place = places(timetable)
    starts = place[view.stop[view.stop_first[:-1]]][line]
    ends = place[view.stop[view.stop_first[1:].astype(np.int64) - 1]][line]
    found = [np.zeros((2, 0), np.int64)]
    for offset in np.unique(view.service_offset).tolist():
        pairs, told = continuations(timetable, view.day + timedelta(days=offset))
        wanted = pairs * 256 + offset
        at = np.searchsorted(key, wanted, sorter=order)
        row = order[np.minimum(at, len(order) - 1)]
        here = (key[row] == wanted).all(axis=0) & (told | (ends[row[0]] == starts[row[1]]))
        found.append(row[:, here])
    links = np.concatenate(found, axis=1)
    before, after = _Calls.of(view, links[0]), _Calls.of(view, links[1])
    return links[:, before.arrival_s[before.last] <= after.departure_s[after.first]]


def _chains(links: Int64) -> Int64:
    """Return runs that follow one another, int64, (n, MOST_TRIPS), -1 at the end of a short row.

    Three in a row each, and two where nothing comes before or after.
    """
    before, after = links[:, np.lexsort((links[1], links[0]))]
    low = np.searchsorted(before, after)
    count = np.searchsorted(before, after, side="right") - low
    row = np.repeat(np.arange(len(after)), count)
    third = after[np.arange(len(row)) + np.repeat(low - (np.cumsum(count) - count), count)]
    threes = np.column_stack([before[row], after[row], third])
    short = ~np.isin(before, after) & (count == 0)
    none = np.full(int(short.sum()), -1, np.int64)
    return np.concatenate([threes, np.column_stack([before[short], after[short], none])])


@dataclass
class _Calls:
    """Calls of some runs, one run after the other: the runs' lines, first and last calls."""

    line: Int64
    first: Int64
    last: Int64
    arrival_s: Int32
    departure_s: Int32

    @classmethod
    def of(cls, view: DayView, rows: Int64) -> "_Calls":
        line = np.searchsorted(view.trip_first, rows, side="right") - 1
        nth = rows - view.trip_first[line]
        n_runs, length = group_sizes(view.trip_first)[line], group_sizes(view.stop_first)[line]
        end = np.cumsum(length)
        first = end - length
        pos = np.arange(int(length.sum())) - np.repeat(first, length)
        times = view.time_first[line].astype(np.int64)
        return cls(
            line,
            first,
            end - 1,
            view.arrival_s[np.repeat(times + nth * length, length) + pos],
            view.departure_s[np.repeat(times + nth, length) + pos * np.repeat(n_runs, length)],
        )

    def smooth(self, joint: Int64) -> None:
        """Let time not run back between the members before and at each joint.

        Some feeds let a vehicle leave its last stop, or come to its first, at any time at all.
        """
        end, begin = self.last[joint - 1], self.first[joint]
        self.departure_s[end] = np.minimum(self.departure_s[end], self.departure_s[begin])
        self.arrival_s[begin] = np.maximum(self.arrival_s[begin], self.arrival_s[end])


def _loose(view: DayView, chains: Int64, first: Int64, calls: _Calls, foreign: int) -> LooseRuns:
    """Return the through runs, those over the same lines together."""
    lines = np.full(chains.shape, -1, np.int64)
    lines[chains >= 0] = calls.line
    some, which = np.unique(lines, axis=0, return_inverse=True)
    by_sequence = np.argsort(which.reshape(-1), kind="stable")
    bounds = group_first(which.reshape(-1)[by_sequence], len(some))
    fresh = LooseRuns()
    for over, low, high in zip(some, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        parts = [line_sequence(view, line) for line in over[over >= 0].tolist()]
        stops = np.concatenate([part.stops for part in parts])
        flags = np.concatenate([part.flags for part in parts])
        runs = by_sequence[low:high]
        at = calls.first[first[runs]][:, None] + np.arange(len(stops))
        fresh.add(
            fresh.open_sequence(Sequence(foreign, stops, flags)),
            (THROUGH + runs).astype(np.uint32),
            view.service_offset[chains[runs, 0]],
            calls.arrival_s[at],
            calls.departure_s[at],
        )
    return fresh

"""What leaves and arrives at stops: by the timetable, and as it is foreseen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from routing.arrays import Int64, group_sizes
from routing.journeys.rides import RideDrawer
from routing.model import Leg
from routing.realtime.days import LiveDays
from routing.realtime.runs import LiveChanges
from routing.transit.day_view import CAN_ALIGHT, CAN_BOARD, DayView
from routing.transit.journey import Ride
from routing.transit.timetable import Timetable

HORIZON_S = 86_400
"""How far ahead a board looks."""

_Key = tuple[int, int, int]
"""Trip, days of its service day from the view's, planned Unix seconds."""


@dataclass(frozen=True, slots=True)
class Call:
    """A vehicle at a stop.

    Parameters
    ----------
    time_s : int
        Unix seconds of leaving (arriving, on a board of arrivals): foreseen, or planned where
        cancelled.
    leg : Leg
        From here to the end of the trip; of arrivals from its beginning to here.
    real_time : bool
        Whether the time at this stop rests on a prediction.
    cancelled : bool
        The trip, or this call of it, does not take place.
    """

    time_s: int
    leg: Leg
    real_time: bool
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Calls in order of time, and the moment to ask for the ones after; ``None`` at the end."""

    calls: tuple[Call, ...]
    next_s: int | None


class Board:
    """Lists calls at stops; safe to share between threads."""

    def __init__(self, timetable: Timetable, drawer: RideDrawer) -> None:
        self._timetable = timetable
        self._drawer = drawer

    def page(
        self,
        stops: Sequence[int],
        from_s: int,
        limit: int,
        arrivals: bool = False,
        days: LiveDays | None = None,
    ) -> Page:
        """List the next calls where one may board (alight, on a board of arrivals).

        Parameters
        ----------
        stops : sequence of int
            Rows of ``timetable.stops``.
        from_s : int
            Unix seconds; calls of the :data:`HORIZON_S` after are looked at.
        limit : int
            How many; those of one second are never parted, so there may be a few more.
        arrivals : bool
            List arrivals instead of departures.
        days : LiveDays, optional
            Days as they are foreseen; the timetable's by default.
        """
        day = datetime.fromtimestamp(from_s, UTC).astimezone(self._timetable.timezone).date()
        planned = _Column(self._timetable.day_view(day), stops, arrivals)
        found = [(time, row, planned, False) for time, row in planned.between(from_s)]
        if days is not None:
            foreseen = _Column(days.view(day), stops, arrivals)
            found = [(time, row, foreseen, False) for time, row in foreseen.between(from_s)]
            coming = {foreseen.key(row, days.changes) for row in range(len(foreseen))}
            found += [
                (time, row, planned, True)
                for time, row in planned.between(from_s)
                if planned.key(row, None) not in coming
            ]
        found.sort(key=lambda call: (call[0], call[3], call[2].key(call[1], None)))
        last_s = found[limit - 1][0] if len(found) >= limit else from_s + HORIZON_S - 1
        changes = None if days is None else days.changes
        calls = tuple(
            self._call(column, row, gone, changes)
            for time, row, column, gone in found
            if time <= last_s
        )
        return Page(calls, last_s + 1 if self._more(last_s + 1) else None)

    def _more(self, from_s: int) -> bool:
        """Tell whether the timetable still has service days at an instant."""
        days = self._timetable.service_days()
        day = datetime.fromtimestamp(from_s, UTC).astimezone(self._timetable.timezone).date()
        return days is not None and (day - days[1]).days <= 1

    def _call(self, column: "_Column", row: int, gone: bool, changes: LiveChanges | None) -> Call:
        ride = column.ride(row)
        live = None if changes is None else changes.runs.get((ride.trip_idx, ride.service_date))
        at = ride.alight_pos if column.arrivals else ride.board_pos
        if gone and live is not None and live.pattern < 0:
            changes = live = None  # it has calls of its own, this one is not among them
        leg = self._drawer.leg(ride, column.view.epoch_s, changes)
        known = live is not None and not gone and bool(live.known[at])
        return Call(column.time(row), leg._replace(cancelled=gone), known, gone)


class _Column:
    """The calls of a day at some stops where one may board, or alight."""

    def __init__(self, view: DayView, stops: Sequence[int], arrivals: bool) -> None:
        view = view.plain or view
        self.view, self.arrivals = view, arrivals
        wanted = np.zeros(view.n_stops, np.bool_)
        wanted[list(stops)] = True
        rows = np.flatnonzero(
            wanted[view.stop] & (view.flags & (CAN_ALIGHT if arrivals else CAN_BOARD) > 0)
        )
        line = np.searchsorted(view.stop_first, rows, side="right") - 1
        pos = rows - view.stop_first[line]
        n_runs, n_calls = group_sizes(view.trip_first)[line], group_sizes(view.stop_first)[line]
        self._line: Int64 = np.repeat(line, n_runs)
        self._pos: Int64 = np.repeat(pos, n_runs)
        nth = np.arange(len(self._line)) - np.repeat(np.cumsum(n_runs) - n_runs, n_runs)
        first = view.time_first[self._line].astype(np.int64)
        if arrivals:
            time = view.arrival_s[first + nth * np.repeat(n_calls, n_runs) + self._pos]
        else:
            time = view.departure_s[first + self._pos * np.repeat(n_runs, n_runs) + nth]
        self._time: Int64 = time.astype(np.int64) + view.epoch_s
        self._run: Int64 = view.trip_first[self._line].astype(np.int64) + nth

    def __len__(self) -> int:
        return len(self._time)

    def between(self, from_s: int) -> Iterator[tuple[int, int]]:
        """List times and rows within the horizon."""
        rows = np.flatnonzero((self._time >= from_s) & (self._time < from_s + HORIZON_S))
        return zip(self._time[rows].tolist(), rows.tolist(), strict=True)

    def time(self, row: int) -> int:
        return int(self._time[row])

    def key(self, row: int, changes: LiveChanges | None) -> _Key:
        """Return the call's own name, by which it is the same planned and foreseen."""
        run = int(self._run[row])
        trip, offset, time = int(self.view.trip[run]), int(self.view.service_offset[run]), 0
        live = None if changes is None else changes.runs.get((trip, self.view.service_date(run)))
        if live is None or live.planned_s is None:
            time = self.time(row)
        else:
            time = int(live.planned_s[0 if self.arrivals else 1][int(self._pos[row])])
        return trip, offset, time

    def ride(self, row: int) -> Ride:
        """Return the ride from here to the trip's end, or from its beginning to here."""
        view, line, pos = self.view, int(self._line[row]), int(self._pos[row])
        n_calls = int(view.stop_first[line + 1] - view.stop_first[line])
        n_runs = int(view.trip_first[line + 1] - view.trip_first[line])
        board, alight = (0, pos) if self.arrivals else (pos, n_calls - 1)
        times, run = int(view.time_first[line]), int(self._run[row])
        nth = run - int(view.trip_first[line])
        stop = view.stop[int(view.stop_first[line]) :]
        return Ride(
            int(view.trip[run]),
            view.service_date(run),
            int(view.pattern[line]),
            board,
            alight,
            int(view.departure_s[times + board * n_runs + nth]),
            int(view.arrival_s[times + nth * n_calls + alight]),
            int(stop[board]),
            int(stop[alight]),
        )

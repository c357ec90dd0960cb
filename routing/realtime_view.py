"""A day as it is foreseen: the timetable's day with the lines of changed runs made anew.

Arrays of the day are never written to: whoever searches it goes on undisturbed. A line none of
whose runs changed is copied as it is; the runs of the others are sorted into lines again, so that
one that now overtakes gets a line of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Int8, Int32, Int64, UInt8, UInt32, group_first, group_sizes
from routing.day_lines import fit_trips, list_servings, running_total
from routing.day_view import DayView, TripFilter
from routing.kernels.lines import assign_lines, fill_times
from routing.realtime_closures import Closures, limited_flags
from routing.realtime_runs import LiveRun
from routing.transit_tables import NO

if TYPE_CHECKING:
    from routing.timetable import Timetable

_FARTHEST_DAYS = 100


@dataclass(frozen=True, slots=True)
class Sequence:
    """What the runs of a line have in common."""

    pattern: int
    stops: UInt32
    flags: UInt8


@dataclass
class _Runs:
    """Runs to be sorted into lines; times are those of the view."""

    sequences: list[Sequence] = field(default_factory=list)
    sequence: list[Int64] = field(default_factory=list)
    trip: list[UInt32] = field(default_factory=list)
    offset: list[Int8] = field(default_factory=list)
    arrival_s: list[Int32] = field(default_factory=list)
    departure_s: list[Int32] = field(default_factory=list)
    _known: dict[Any, int] = field(default_factory=dict)

    def open_sequence(self, key: Any, sequence: Sequence) -> int:
        """Return the number of a sequence, new or met before."""
        number = self._known.setdefault(key, len(self.sequences))
        if number == len(self.sequences):
            self.sequences.append(sequence)
        return number

    def add(
        self, sequence: int, trip: UInt32, offset: Int8, arrival_s: Int32, departure_s: Int32
    ) -> None:
        """Add runs of one sequence; times int32, (n_runs, length)."""
        self.sequence.append(np.full(len(trip), sequence, np.int64))
        self.trip.append(trip)
        self.offset.append(offset)
        self.arrival_s.append(arrival_s.ravel())
        self.departure_s.append(departure_s.ravel())


def overlaid(
    timetable: "Timetable",
    view: DayView,
    runs: Iterable[LiveRun],
    closures: Closures,
    only: TripFilter,
    added_fit: NDArray[np.bool_],
) -> DayView:
    """Return a day with changed runs in place of the timetable's.

    Parameters
    ----------
    timetable : Timetable
        Of the view.
    view : DayView
        Made for ``only``; not changed.
    runs : iterable of LiveRun
        Of any day.
    closures : Closures
        Stops that may not be used for a while.
    only : TripFilter
        What is left out.
    added_fit : bool, (n_added,)
        Which added trips ``only`` lets in.

    Returns
    -------
    DayView
        The view itself where nothing in it changes.
    """
    wanted = _wanted(timetable, view, runs, only, added_fit)
    row = _rows(view, wanted)
    wanted += _closed_runs(timetable, view, closures, only, wanted, row)
    row = _rows(view, wanted)
    if not wanted:
        return view
    line = np.searchsorted(view.trip_first, row, side="right") - 1
    touched = np.unique(line[row >= 0])
    fresh = _Runs()
    changed = list(zip(wanted, row.tolist(), line.tolist(), strict=True))
    _keep_the_rest(view, touched, changed, fresh)
    for run, at, _ in changed:
        if not run.gone and (at >= 0 or int(run.arrival_s[-1]) >= view.epoch_s):
            _add(timetable, view, run, only, closures, fresh)
    return _join(view, touched, fresh)


def _wanted(
    timetable: "Timetable",
    view: DayView,
    runs: Iterable[LiveRun],
    only: TripFilter,
    added_fit: NDArray[np.bool_],
) -> list[LiveRun]:
    """Return the changed runs that may be seen on this day."""
    day, n = view.day.toordinal(), timetable.n_trips
    fit = np.concatenate([fit_trips(timetable, only), added_fit])
    near = [r for r in runs if -_FARTHEST_DAYS <= r.day.toordinal() - day <= 1]
    return [r for r in near if fit[r.trip] and (r.trip < n or not r.gone)]


def _rows(view: DayView, runs: list[LiveRun]) -> Int64:
    """Return where in the view each changed run is, -1 where it is not."""
    found = np.full(len(runs), -1, np.int64)
    if not len(runs):
        return found
    key = view.trip.astype(np.int64) * 256 + view.service_offset
    day = view.day.toordinal()
    wanted = np.array([r.trip * 256 + r.day.toordinal() - day for r in runs], np.int64)
    order = np.argsort(wanted)
    place = np.searchsorted(wanted[order], key)
    place[place == len(wanted)] = 0
    hit = np.flatnonzero(wanted[order][place] == key)
    found[order[place[hit]]] = hit
    return found


def _keep_the_rest(
    view: DayView, touched: Int64, changed: list[tuple[LiveRun, int, int]], fresh: _Runs
) -> None:
    """Collect the unchanged runs of the lines that are made anew."""
    out: dict[int, list[int]] = {}
    for _, at, line in changed:
        if at >= 0:
            out.setdefault(line, []).append(at)
    for line in touched.tolist():
        start, end = int(view.trip_first[line]), int(view.trip_first[line + 1])
        keep = np.ones(end - start, np.bool_)
        keep[np.array(out[line]) - start] = False
        sequence = line_sequence(view, line)
        arrival, departure = line_times(view, line)
        number = fresh.open_sequence(_key(sequence), sequence)
        if keep.any():
            trip, offset = view.trip[start:end][keep], view.service_offset[start:end][keep]
            fresh.add(number, trip, offset, arrival[keep], departure[keep])


def line_sequence(view: DayView, line: int) -> Sequence:
    """Return what the runs of a line have in common."""
    rows = slice(int(view.stop_first[line]), int(view.stop_first[line + 1]))
    return Sequence(int(view.pattern[line]), view.stop[rows], view.flags[rows])


def line_times(view: DayView, line: int) -> tuple[Int32, Int32]:
    """Return arrivals and departures of a line, int32, (n_runs, length)."""
    n = int(view.trip_first[line + 1]) - int(view.trip_first[line])
    rows = slice(int(view.time_first[line]), int(view.time_first[line + 1]))
    return view.arrival_s[rows].reshape(n, -1), view.departure_s[rows].reshape(-1, n).T


def _key(sequence: Sequence) -> Any:
    return sequence.pattern, sequence.stops.tobytes(), sequence.flags.tobytes()


def _add(
    timetable: "Timetable",
    view: DayView,
    run: LiveRun,
    only: TripFilter,
    closures: Closures,
    fresh: _Runs,
) -> None:
    flags = run.flags
    if only.wheelchair:
        flags = np.where(timetable.stops.wheelchair[run.stops] == NO, 0, flags).astype(np.uint8)
    flags = limited_flags(closures, run.stops, flags, run.arrival_s, run.departure_s, only)
    pattern = len(timetable.patterns.trip_first) - 1 if run.pattern < 0 else run.pattern
    sequence = Sequence(pattern, run.stops, flags)
    offset = run.day.toordinal() - view.day.toordinal()
    fresh.add(
        fresh.open_sequence(_key(sequence), sequence),
        np.array([run.trip], np.uint32),
        np.array([offset], np.int8),
        (run.arrival_s - view.epoch_s).astype(np.int32),
        (run.departure_s - view.epoch_s).astype(np.int32),
    )


def _closed_runs(
    timetable: "Timetable",
    view: DayView,
    closures: Closures,
    only: TripFilter,
    wanted: list[LiveRun],
    row: Int64,
) -> list[LiveRun]:
    """Return the runs of the timetable that call at a stop while it is closed."""
    stops = closures.stops(only)
    if not len(stops):
        return []
    taken = set(row.tolist())
    found = []
    shut = np.zeros(timetable.n_stops, np.bool_)
    shut[stops] = True
    positions = np.flatnonzero(shut[view.stop])
    for line in np.unique(np.searchsorted(view.stop_first, positions, side="right") - 1).tolist():
        sequence, (arrival, departure) = line_sequence(view, line), line_times(view, line)
        start = int(view.trip_first[line])
        for i in range(len(arrival)):
            if start + i in taken:
                continue
            arrive_s = arrival[i].astype(np.int64) + view.epoch_s
            leave_s = departure[i].astype(np.int64) + view.epoch_s
            own = (closures, sequence.stops, sequence.flags, arrive_s, leave_s, only)
            if (limited_flags(*own) == sequence.flags).all():
                continue
            no = np.zeros(len(arrive_s), np.bool_)
            calls = (sequence.stops, sequence.flags, arrive_s, leave_s, no, no)
            trip, day = int(view.trip[start + i]), view.service_date(start + i)
            found.append(LiveRun(trip, day, sequence.pattern, *calls))
    return found


def _join(view: DayView, touched: Int64, fresh: _Runs) -> DayView:
    """Put the untouched lines and the new ones into one view."""
    new = _sorted_lines(fresh)
    kept = np.ones(len(view.pattern), np.bool_)
    kept[touched] = False

    def joined(first: UInt32, rows: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
        low = np.concatenate([[0], first[touched + 1]]).tolist()
        high = np.concatenate([first[touched], [len(rows)]]).tolist()
        parts = [rows[a:b] for a, b in zip(low, high, strict=True)]
        return np.concatenate([*parts, more])

    def firsts(first: UInt32, more: UInt32) -> UInt32:
        return running_total(np.concatenate([group_sizes(first)[kept], group_sizes(more)]))

    stop_first = firsts(view.stop_first, new["stop_first"])
    stop = joined(view.stop_first, view.stop, new["stop"])
    flags = joined(view.stop_first, view.flags, new["flags"])
    servings = list_servings(stop, flags, stop_first, view.n_stops)
    return replace(
        view,
        stop_first=stop_first,
        stop=stop,
        flags=flags,
        trip_first=firsts(view.trip_first, new["trip_first"]),
        trip=joined(view.trip_first, view.trip, new["trip"]),
        service_offset=joined(view.trip_first, view.service_offset, new["service_offset"]),
        time_first=firsts(view.time_first, new["time_first"]),
        arrival_s=joined(view.time_first, view.arrival_s, new["arrival_s"]),
        departure_s=joined(view.time_first, view.departure_s, new["departure_s"]),
        serving_first=servings[0],
        serving_line=servings[1],
        serving_pos=servings[2],
        pattern=np.concatenate([view.pattern[kept], new["pattern"]]),
    )


def _sorted_lines(fresh: _Runs) -> dict[str, NDArray[Any]]:
    """Sort runs into lines that never overtake; columns as in ``DayView``."""
    lengths = np.array([len(s.stops) for s in fresh.sequences], np.int64)
    sequence = np.concatenate([*fresh.sequence, np.zeros(0, np.int64)])
    trip = np.concatenate([*fresh.trip, np.zeros(0, np.uint32)])
    offset = np.concatenate([*fresh.offset, np.zeros(0, np.int8)])
    arrival = np.concatenate([*fresh.arrival_s, np.zeros(0, np.int32)])
    departure = np.concatenate([*fresh.departure_s, np.zeros(0, np.int32)])
    arrival.flags.writeable = departure.flags.writeable = False  # the kinds compiled for days
    length = lengths[sequence] if len(sequence) else np.zeros(0, np.int64)
    call = np.cumsum(length) - length
    order = np.lexsort((departure[call], sequence))
    sequence, length, call = sequence[order], length[order], call[order]
    line, none = np.zeros(len(order), np.int64), np.zeros(len(order), np.int32)
    scratch = np.zeros(len(order), np.int64)
    n_lines = assign_lines(sequence, call, none, length, arrival, departure, scratch, line)
    by_line = np.argsort(line, kind="stable")
    call = call[by_line]
    trip_first = group_first(line[by_line], n_lines)
    of_line = [fresh.sequences[s] for s in sequence[by_line][trip_first[:-1]].tolist()]
    line_length = np.array([len(s.stops) for s in of_line], np.int64)
    time_first = running_total(line_length * group_sizes(trip_first))
    arrival_s, departure_s = np.empty_like(arrival), np.empty_like(departure)
    fill_times(trip_first, time_first, call, none, arrival, departure, arrival_s, departure_s)
    return {
        "stop_first": running_total(line_length),
        "stop": np.concatenate([*(s.stops for s in of_line), np.zeros(0, np.uint32)]),
        "flags": np.concatenate([*(s.flags for s in of_line), np.zeros(0, np.uint8)]),
        "trip_first": trip_first,
        "trip": trip[order][by_line],
        "service_offset": offset[order][by_line],
        "time_first": time_first,
        "arrival_s": arrival_s,
        "departure_s": departure_s,
        "pattern": np.array([s.pattern for s in of_line], np.uint32),
    }

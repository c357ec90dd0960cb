"""A day as it is foreseen: the timetable's day with the lines of changed runs made anew.

Arrays of the day are never written to: whoever searches it goes on undisturbed. A line none of
whose runs changed is copied as it is; the runs of the others are sorted into lines again, so that
one that now overtakes gets a line of its own.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Int64
from routing.realtime.closures import Closures, limited_flags
from routing.realtime.runs import LiveRun
from routing.transit.day_lines import fit_trips
from routing.transit.day_view import DayView, TripFilter
from routing.transit.loose_runs import LooseRuns, Sequence, join, line_sequence, line_times
from routing.transit.tables import NO

if TYPE_CHECKING:
    from routing.transit.timetable import Timetable

_FARTHEST_DAYS = 100


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
    fresh = LooseRuns()
    changed = list(zip(wanted, row.tolist(), line.tolist(), strict=True))
    _keep_the_rest(view, touched, changed, fresh)
    for run, at, _ in changed:
        if not run.gone and (at >= 0 or int(run.arrival_s[-1]) >= view.epoch_s):
            _add(timetable, view, run, only, closures, fresh)
    return join(view, touched, fresh)


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
    view: DayView, touched: Int64, changed: list[tuple[LiveRun, int, int]], fresh: LooseRuns
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
        number = fresh.open_sequence(sequence)
        if keep.any():
            trip, offset = view.trip[start:end][keep], view.service_offset[start:end][keep]
            fresh.add(number, trip, offset, arrival[keep], departure[keep])


def _add(
    timetable: "Timetable",
    view: DayView,
    run: LiveRun,
    only: TripFilter,
    closures: Closures,
    fresh: LooseRuns,
) -> None:
    flags = run.flags
    if only.wheelchair:
        flags = np.where(timetable.stops.wheelchair[run.stops] == NO, 0, flags).astype(np.uint8)
    flags = limited_flags(closures, run.stops, flags, run.arrival_s, run.departure_s, only)
    pattern = len(timetable.patterns.trip_first) - 1 if run.pattern < 0 else run.pattern
    sequence = Sequence(pattern, run.stops, flags)
    offset = run.day.toordinal() - view.day.toordinal()
    fresh.add(
        fresh.open_sequence(sequence),
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

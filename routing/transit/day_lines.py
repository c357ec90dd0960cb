"""Collect the runs of a date, over service days and time zones, into lines."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Bool, Int8, Int32, Int64, UInt8, UInt32, group_first, group_sizes
from routing.kernels.lines import assign_lines, fill_times
from routing.transit.day_view import CAN_ALIGHT, CAN_BOARD, DayView, TripFilter
from routing.transit.tables import NO
from routing.transit.timetable import Timetable

DAY_S = 86_400
_NO_PICKUP = 1


@dataclass(frozen=True)
class _DayRuns:
    """Runs of the service days that matter: trip, days from the date, seconds to add."""

    trip: Int64
    offset: Int8
    shift_s: Int32

    def take(self, order: Int64) -> "_DayRuns":
        return _DayRuns(self.trip[order], self.offset[order], self.shift_s[order])


def midnight_utc(day: date, zone: ZoneInfo) -> int:
    """Return the UTC seconds of local midnight; where it does not exist, of the day's begin."""
    return int(datetime.combine(day, time(0), zone).astimezone(UTC).timestamp())


def service_start_utc(day: date, zone: ZoneInfo) -> int:
    """Return the UTC seconds that GTFS times of a service day count from: noon less 12 h."""
    return int(datetime.combine(day, time(12), zone).astimezone(UTC).timestamp()) - DAY_S // 2


def collect(timetable: Timetable, day: date, only: TripFilter) -> DayView:
    """Make the view of a date.

    Parameters
    ----------
    timetable : Timetable
        Of which the view keeps the footpaths.
    day : date
        Runs of the days before that have not ended at its midnight, and those of the day after,
        belong to it.
    only : TripFilter
        What to leave out.
    """
    epoch_s = midnight_utc(day, timetable.timezone)
    fit = fit_trips(timetable, only)
    parts = [
        _runs_of(timetable, day, offset, epoch_s, fit)
        for offset in range(-_days_back(timetable), 2)
    ]
    runs = _DayRuns(
        np.concatenate([part.trip for part in parts]),
        np.concatenate([part.offset for part in parts]),
        np.concatenate([part.shift_s for part in parts]),
    )
    return _make_view(timetable, day, epoch_s, runs, only)


def _days_back(timetable: Timetable) -> int:
    """Return how many service days back a run may still be under way at midnight."""
    latest = timetable.latest_s
    return latest // DAY_S + 1 if latest >= DAY_S - 7200 else 1  # zones and clock changes


def fit_trips(timetable: Timetable, only: TripFilter) -> Bool:
    """Tell which trips a filter lets in, bool, (n_trips,)."""
    trips = timetable.trips
    fit = np.ones(timetable.n_trips, np.bool_)
    if only.wheelchair:
        fit &= trips.wheelchair != NO
    if only.bikes:
        fit &= trips.bikes != NO
    return fit & fit_routes(timetable, only)[trips.route]


def fit_routes(timetable: Timetable, only: TripFilter) -> Bool:
    """Tell which routes a filter lets in, bool, (n_routes,)."""
    routes = timetable.routes
    fit = np.ones(len(routes.mode), np.bool_)
    if only.modes is not None:
        fit &= np.isin(routes.mode, np.array(sorted(only.modes), np.uint8))
    if only.agencies is not None:
        wanted = [agency in only.agencies for agency in timetable.agencies.id]
        fit &= np.array(wanted, np.bool_)[routes.agency]
    if only.banned_routes:
        fit &= np.array([route not in only.banned_routes for route in routes.id], np.bool_)
    return fit


def _runs_of(timetable: Timetable, day: date, offset: int, epoch_s: int, fit: Bool) -> _DayRuns:
    """Return the runs of one service day, with the seconds from its clock to the view's."""
    service_day = day + timedelta(days=offset)
    running = timetable.services.active(service_day)
    trip = np.flatnonzero(running[timetable.trips.service] & fit)
    shift_of_agency = np.array(
        [
            service_start_utc(service_day, ZoneInfo(zone)) - epoch_s
            for zone in timetable.agencies.timezone
        ],
        np.int32,
    )
    shift = shift_of_agency[timetable.routes.agency[timetable.trips.route[trip]]]
    if offset < 0:
        _, last_call = _call_rows(timetable, trip)
        awake = timetable.calls.arrival_s[last_call] + shift >= 0
        trip, shift = trip[awake], shift[awake]
    return _DayRuns(trip, np.full(len(trip), offset, np.int8), shift)


def _call_rows(timetable: Timetable, trip: Int64) -> tuple[Int64, Int64]:
    """Return the first and last row of some trips in ``calls``."""
    patterns = timetable.patterns
    pattern = timetable.trips.pattern[trip]
    length = group_sizes(patterns.stop_first)[pattern]
    nth = trip - patterns.trip_first[pattern].astype(np.int64)
    first = patterns.call_first[pattern] + nth * length
    return first, first + length - 1


def _make_view(
    timetable: Timetable, day: date, epoch_s: int, runs: _DayRuns, only: TripFilter
) -> DayView:
    patterns, calls = timetable.patterns, timetable.calls
    first_call, last_call = _call_rows(timetable, runs.trip)
    pattern = timetable.trips.pattern[runs.trip].astype(np.int64)
    order = np.lexsort((calls.departure_s[first_call] + runs.shift_s, pattern))
    runs, pattern = runs.take(order), pattern[order]
    first_call, length = first_call[order], (last_call - first_call + 1)[order]
    line = np.zeros(len(order), np.int64)
    n_lines = assign_lines(
        pattern,
        first_call,
        runs.shift_s,
        length,
        calls.arrival_s,
        calls.departure_s,
        np.zeros(len(order), np.int64),
        line,
    )
    order = np.argsort(line, kind="stable")
    runs, first_call = runs.take(order), first_call[order]
    trip_first = group_first(line[order], n_lines)
    line_pattern = pattern[order][trip_first[:-1]]
    line_length = group_sizes(patterns.stop_first)[line_pattern]
    stop_first = running_total(line_length)
    rows = np.repeat(
        patterns.stop_first[line_pattern].astype(np.int64) - stop_first[:-1], line_length
    ) + np.arange(int(stop_first[-1]))
    stop = patterns.stop[rows]
    flags = _flags(timetable, rows, stop_first, only)
    time_first = running_total(line_length * group_sizes(trip_first))
    arrival_s = np.empty(int(time_first[-1]), np.int32)
    departure_s = np.empty_like(arrival_s)
    fill_times(
        trip_first,
        time_first,
        first_call,
        runs.shift_s,
        calls.arrival_s,
        calls.departure_s,
        arrival_s,
        departure_s,
    )
    servings = list_servings(stop, flags, stop_first, timetable.n_stops)
    footpaths = timetable.footpaths_of(only.walk)
    return DayView(
        day=day,
        epoch_s=epoch_s,
        stop_first=stop_first,
        stop=stop,
        flags=flags,
        trip_first=trip_first,
        trip=runs.trip.astype(np.uint32),
        service_offset=runs.offset,
        time_first=time_first,
        arrival_s=arrival_s,
        departure_s=departure_s,
        serving_first=servings[0],
        serving_line=servings[1],
        serving_pos=servings[2],
        foot_first=footpaths.first,
        foot_target=footpaths.target,
        foot_s=footpaths.duration_s,
        change_s=footpaths.change_s,
        pattern=line_pattern.astype(np.uint32),
    )


def running_total(counts: Int64) -> UInt32:
    """Return where groups of these sizes begin, and the end, uint32, (n + 1,)."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)


def _flags(timetable: Timetable, rows: Int64, stop_first: UInt32, only: TripFilter) -> UInt8:
    """Return what is allowed at each position; nobody boards at the end or alights at the start."""
    patterns = timetable.patterns
    board = patterns.pickup[rows] != _NO_PICKUP
    alight = patterns.drop_off[rows] != _NO_PICKUP
    if only.wheelchair:
        open_to_all = timetable.stops.wheelchair[patterns.stop[rows]] != NO
        board, alight = board & open_to_all, alight & open_to_all
    board[stop_first[1:].astype(np.int64) - 1] = False
    alight[stop_first[:-1]] = False
    return np.asarray(board * CAN_BOARD + alight * CAN_ALIGHT, np.uint8)


def allowed(pickup: UInt8, drop_off: UInt8) -> UInt8:
    """Return what the rules at the calls of one run allow, as ``DayView.flags``, uint8, (n,)."""
    board, alight = pickup != _NO_PICKUP, drop_off != _NO_PICKUP
    board[-1] = alight[0] = False
    return np.asarray(board * CAN_BOARD + alight * CAN_ALIGHT, np.uint8)


def list_servings(
    stop: UInt32, flags: UInt8, stop_first: UInt32, n_stops: int
) -> tuple[UInt32, UInt32, UInt32]:
    """List for every stop the lines one can board there, and where on the line that is."""
    return list_places(stop, flags & CAN_BOARD, stop_first, n_stops)


def list_places(
    stop: UInt32, wanted: NDArray[Any], stop_first: UInt32, n_stops: int
) -> tuple[UInt32, UInt32, UInt32]:
    """List for every stop the lines and positions that are wanted (not 0) and lie there."""
    rows = np.flatnonzero(wanted)
    by_stop = rows[np.argsort(stop[rows], kind="stable")]
    line = np.searchsorted(stop_first, by_stop, side="right") - 1
    pos = by_stop - stop_first[line]
    return group_first(stop[by_stop], n_stops), line.astype(np.uint32), pos.astype(np.uint32)

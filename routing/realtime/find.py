"""Which run of the timetable an update speaks of."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from routing.gtfs.values import parse_time, read_date
from routing.realtime.known import KnownRun, KnownRuns
from routing.transit.tables import NO_DIRECTION
from routing.transit.timetable import Timetable

UNKNOWN, AMBIGUOUS, NOT_RUNNING = "unknown_trip", "ambiguous_trip", "not_running"
"""Why there is no run."""

_FARTHEST_DAYS = 60


class RunFinder:
    """Finds runs by the id of their trip, else by route, direction and start.

    Parameters
    ----------
    timetable : Timetable
        All feeds of it are looked through.
    known : KnownRuns
        Of the timetable.
    trips, routes : Mapping of str to sequence of int
        Rows by id; of several feeds where ids clash.
    """

    def __init__(
        self,
        timetable: Timetable,
        known: KnownRuns,
        trips: Mapping[str, Sequence[int]],
        routes: Mapping[str, Sequence[int]],
    ) -> None:
        self._table, self._known = timetable, known
        self._trips, self._routes = trips, routes

    def find(self, update: Any, told_s: float) -> KnownRun | str:
        """Return the run an update speaks of, or why there is none.

        Parameters
        ----------
        update : google.transit.gtfs_realtime_pb2.TripUpdate
            Without a date it is about the run under way at the first instant it names, else when
            it was made.
        told_s : float
            Unix seconds at which the message was made.
        """
        trip = update.trip
        row = self.trip(update)
        if isinstance(row, str):
            return row
        if trip.start_date:
            day = read_date(trip.start_date)
            if day is None or not is_near(day, told_s) or not self._known.runs_on(row, day):
                return NOT_RUNNING
            run: KnownRun | None = self._known.of(row, day)
        else:
            run = self._known.nearest(row, first_moment(update) or told_s)
        if run is None:
            return NOT_RUNNING
        start_s = parse_time(trip.start_time)
        if self._table.trips.inexact[row] and start_s >= 0:
            return run.moved(row, start_s)
        return run

    def trip(self, update: Any) -> int | str:
        """Return the trip an update names, or why there is none."""
        named = update.trip
        rows = self._trips.get(named.trip_id, ()) if named.trip_id else self._of_route(named)
        if self._are_several(rows, named):
            rows = [row for row in rows if self._fits(row, update)]
            if self._are_several(rows, named):
                return AMBIGUOUS
        if not rows:
            return UNKNOWN
        return rows[0] if len(rows) == 1 else self._started(rows, parse_time(named.start_time))

    def _of_route(self, named: Any) -> Sequence[int]:
        """Return the trips of a route that start at a time, in a direction, on a day."""
        start_s, day = parse_time(named.start_time), read_date(named.start_date)
        if start_s < 0 or day is None:
            return ()
        ways = {NO_DIRECTION, named.direction_id} if named.HasField("direction_id") else None
        return [
            row
            for route in self._routes.get(named.route_id, ())
            for row in self._known.starting(route, start_s)
            if (ways is None or int(self._table.trips.direction[row]) in ways)
            and self._known.runs_on(row, day)
        ]

    def _started(self, rows: Sequence[int], start_s: int) -> int | str:
        """Return which run of a headway starts at a time; where it is not exact, the nearest."""
        starts = [self._known.starts_s(row) for row in rows]
        off_s, row = min((abs(own - start_s), row) for own, row in zip(starts, rows, strict=True))
        is_within = min(starts) <= start_s <= max(starts)
        return row if off_s == 0 or (is_within and self._table.trips.inexact[row]) else NOT_RUNNING

    def _are_several(self, rows: Sequence[int], named: Any) -> bool:
        """Tell whether rows are different trips, not runs of one headway."""
        return len(rows if not named.trip_id else {self._feed(row) for row in rows}) > 1

    def _feed(self, row: int) -> int:
        table = self._table
        return int(table.agencies.feed[table.routes.agency[table.trips.route[row]]])

    def _fits(self, row: int, update: Any) -> bool:
        """Tell whether a trip is on the route named, and calls at one of the stops named."""
        table = self._table
        route, own = update.trip.route_id, table.routes.id[int(table.trips.route[row])]
        named = [call.stop_id for call in update.stop_time_update if call.stop_id]
        stops = set(table.pattern_stops(int(table.trips.pattern[row])).tolist())
        calls = not named or any(table.find_stop(stop, self._feed(row)) in stops for stop in named)
        return calls and route in ("", own)


def is_near(day: date, told_s: float) -> bool:
    """Tell whether a day is one that a message may speak of."""
    told = datetime.fromtimestamp(told_s, UTC).date()
    return abs((day - told).days) <= _FARTHEST_DAYS


def first_moment(update: Any) -> float | None:
    """Return the first instant an update names, Unix seconds."""
    for call in update.stop_time_update:
        for event in (call.arrival, call.departure):
            if event.time > 0:
                return float(event.time)
    return None

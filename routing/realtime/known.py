"""Runs of the timetable, as real-time updates name them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from routing.arrays import Bool, UInt8, UInt32
from routing.realtime.runs import LiveRun
from routing.transit.day_lines import DAY_S, allowed, service_start_utc
from routing.transit.timetable import Timetable


@dataclass(frozen=True, slots=True)
class KnownRun:
    """One run of the timetable.

    ``row`` is its trip's and ``trip`` the number it gets; times of its calls are seconds of the
    service day, which begins at ``zero_s`` (UTC).
    """

    row: int
    trip: int
    day: date
    zero_s: int
    feed: int
    pattern: int
    stops: UInt32
    flags: UInt8
    arrival_s: list[int]
    departure_s: list[int]

    def moved(self, trip: int, start_s: int) -> "KnownRun":
        """Return a copy that starts at another time of the day."""
        by = start_s - self.departure_s[0]
        arrival, departure = self.arrival_s, self.departure_s
        return replace(
            self,
            trip=trip,
            arrival_s=[time + by for time in arrival],
            departure_s=[time + by for time in departure],
        )

    def as_planned(self, gone: bool = False) -> LiveRun:
        """Return the run as the timetable has it."""
        arrival = np.array(self.arrival_s, np.int64) + self.zero_s
        departure = np.array(self.departure_s, np.int64) + self.zero_s
        no = np.zeros(len(arrival), np.bool_)
        times = arrival, departure
        calls = (self.stops, self.flags, arrival, departure, no, no)
        return LiveRun(self.trip, self.day, self.pattern, *calls, gone=gone, planned_s=times)


class KnownRuns:
    """Looks runs up; remembers calendars, zones and patterns met before."""

    def __init__(self, timetable: Timetable) -> None:
        self._table = timetable
        self._active: dict[date, Bool] = {}
        self._zero: dict[tuple[date, int], int] = {}
        self._pattern: dict[int, tuple[UInt32, UInt8]] = {}
        self._starts: dict[int, dict[int, list[int]]] = {}

    def starts_s(self, row: int) -> int:
        """Return the first departure of a trip, seconds of its service day."""
        return int(self._table.trip_times(row)[1][0])

    def starting(self, route: int, start_s: int) -> list[int]:
        """Return the trips of a route by their first departure."""
        if route not in self._starts:
            found = self._starts[route] = {}
            for row in np.flatnonzero(self._table.trips.route == route).tolist():
                found.setdefault(self.starts_s(row), []).append(row)
        return self._starts[route].get(start_s, [])

    def runs_on(self, row: int, day: date) -> bool:
        """Tell whether a trip runs on a service day."""
        if day not in self._active:
            self._active[day] = self._table.services.active(day)
        return bool(self._active[day][self._table.trips.service[row]])

    def local_day(self, unix_s: float) -> date:
        """Return the date of an instant where the network is."""
        return datetime.fromtimestamp(unix_s, UTC).astimezone(self._table.timezone).date()

    def of(self, row: int, day: date) -> KnownRun:
        """Return the run of a trip on a day."""
        table = self._table
        agency = int(table.routes.agency[table.trips.route[row]])
        pattern = int(table.trips.pattern[row])
        arrival, departure = table.trip_times(row)
        return KnownRun(
            row,
            row,
            day,
            self._zero_s(day, agency),
            int(table.agencies.feed[agency]),
            pattern,
            *self._calls(pattern),
            arrival.tolist(),
            departure.tolist(),
        )

    def nearest(self, row: int, unix_s: float) -> KnownRun | None:
        """Return the run of a trip that is under way at an instant, or closest to it."""
        table = self._table
        agency = int(table.routes.agency[table.trips.route[row]])
        arrival, departure = table.trip_times(row)
        start, end = int(departure[0]), int(arrival[-1])
        today = self.local_day(unix_s)
        back = end // DAY_S + 1
        days = [today + timedelta(days=offset) for offset in range(-back, 2)]
        found: list[tuple[float, date]] = []
        for day in days:
            if self.runs_on(row, day):
                after = unix_s - self._zero_s(day, agency)
                found.append((max(start - after, after - end, 0), day))
        return self.of(row, min(found)[1]) if found else None

    def _zero_s(self, day: date, agency: int) -> int:
        key = (day, agency)
        if key not in self._zero:
            zone = ZoneInfo(self._table.agencies.timezone[agency])
            self._zero[key] = service_start_utc(day, zone)
        return self._zero[key]

    def _calls(self, pattern: int) -> tuple[UInt32, UInt8]:
        """Return the stops of a pattern and what is allowed at each."""
        if pattern not in self._pattern:
            p = self._table.patterns
            rows = slice(int(p.stop_first[pattern]), int(p.stop_first[pattern + 1]))
            self._pattern[pattern] = p.stop[rows], allowed(p.pickup[rows], p.drop_off[rows])
        return self._pattern[pattern]

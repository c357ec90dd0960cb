"""Rows of ``stop_times.txt`` without a fixed time or stop → trips on demand."""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from routing.arrays import Bool, Int32, Int64, StringTable, group_first
from routing.flex.read_places import PlaceReader
from routing.flex.read_rules import RuleReader
from routing.flex.tables import NO_RULE, BookedCalls, FlexCalls, FlexTables, FlexTrips
from routing.gtfs.files import Column, FeedFiles, Rows
from routing.gtfs.tables import FeedTables
from routing.gtfs.trips import FeedTrips
from routing.gtfs.values import parse_number, parse_time
from routing.notices import NoticeList
from routing.transit.tables import BEYOND_SEQUENCE

_LOCATION = ("location_id", "location_group_id")
_WINDOW = ("start_pickup_drop_off_window", "end_pickup_drop_off_window")
_RULES = ("pickup_booking_rule_id", "drop_off_booking_rule_id")
_DURATION = (
    "safe_duration_factor",
    "safe_duration_offset",
    "mean_duration_factor",
    "mean_duration_offset",
)
FLEX_COLUMNS = (*_LOCATION, *_WINDOW, *_RULES, *_DURATION)
"""Columns of ``stop_times.txt`` that :class:`FlexReader` looks at beside the usual ones."""

_TRIP_NUMBERS = ("route", "service", "wheelchair", "bikes", "cars")
_NONE, _BY_PHONE, _BY_DRIVER = 1, 2, 3


@dataclass(frozen=True)
class _Call:
    order: int
    place: int
    start_s: int
    end_s: int
    pickup: int
    drop_off: int
    pickup_rule: int
    drop_off_rule: int
    factor: float
    offset_s: float


class FlexReader:
    """Collects what feeds say of rides on demand, one feed after the other.

    Parameters
    ----------
    notices : NoticeList
        Where faults are told.
    """

    def __init__(self, notices: NoticeList) -> None:
        self._notices = notices
        self._rules = RuleReader(notices)
        self._places = PlaceReader(notices)
        self._trips: list[dict[str, Any]] = []
        self._calls: list[list[_Call]] = []
        self._booked: list[tuple[int, int, int, int]] = []
        self._before = 0

    def begin(self, files: FeedFiles, tables: FeedTables, trips: FeedTrips) -> None:
        """Read the places and rules of a feed, whose calls :meth:`take` is then shown."""
        self._feed, self._tables, self._feed_trips = tables.feed, tables, trips
        self._rules.read(files, tables.services.rows)
        self._places.read(files, tables.feed, tables.stops.rows)
        self._found: dict[int, list[_Call]] = defaultdict(list)
        self._label = files.label("stop_times.txt")

    def take(self, rows: Rows, trip: Int32, order: Int32) -> Bool:
        """Take the rows that tell of rides on demand out of some rows of calls.

        Parameters
        ----------
        rows : Rows
            With ``FLEX_COLUMNS`` and the usual ones.
        trip, order : int32, (n_rows,)
            Row of the trip and number of the call, negative where unknown.

        Returns
        -------
        bool, (n_rows,)
            Rows that are no ordinary calls.
        """
        taken = _filled(rows, (*_LOCATION, *_WINDOW))
        known = (trip >= 0) & (order >= 0)
        for row in np.flatnonzero(taken & known).tolist():
            call = self._call(rows, row, int(order[row]), int(trip[row]))
            if call is not None:
                self._found[int(trip[row])].append(call)
        for row in np.flatnonzero(_filled(rows, _RULES) & known & ~taken).tolist():
            number = min(int(order[row]), BEYOND_SEQUENCE)
            on, off = (self._rule(rows, row, name) for name in _RULES)
            self._booked.append((self._before + int(trip[row]), number, on, off))
        return taken

    def _tell(self, rows: Rows, row: int, code: str, name: str, message: str) -> None:
        severity = "error" if message.endswith("left out") else "warning"
        self._notices.add(code, severity, rows.file, int(rows.number[row]), name, message)  # type: ignore[arg-type]

    def _call(self, rows: Rows, row: int, order: int, trip: int) -> _Call | None:
        text = {
            name: column.values[int(column.codes[row])] for name, column in rows.columns.items()
        }
        place = self._place(rows, row, text)
        if place is None:
            return None
        start_s, end_s = (parse_time(text[name]) for name in _WINDOW)
        if start_s < 0 or end_s < start_s:
            message = f"'{text[_WINDOW[0]]}' to '{text[_WINDOW[1]]}' is no window; row left out"
            self._tell(rows, row, "bad_window", _WINDOW[0], message)
            return None
        if text["arrival_time"] or text["departure_time"]:
            message = "a time beside a window; the time is not used"
            self._tell(rows, row, "time_and_window", "arrival_time", message)
        pickup = self._boarding(rows, row, "pickup_type", text, (_NONE, _BY_PHONE))
        drop_off = self._boarding(rows, row, "drop_off_type", text, (_NONE, _BY_PHONE, _BY_DRIVER))
        on, off = (self._rule(rows, row, name) for name in _RULES)
        factor, offset_s = self._duration(rows, row, text, trip)
        return _Call(order, place, start_s, end_s, pickup, drop_off, on, off, factor, offset_s)

    def _place(self, rows: Rows, row: int, text: dict[str, str]) -> int | None:
        named = [name for name in ("stop_id", *_LOCATION) if text[name]]
        if len(named) != 1:
            message = f"{' and '.join(named) or 'no place'} named; row left out"
            self._tell(rows, row, "unclear_place", "location_id", message)
            return None
        name, key = named[0], text[named[0]]
        if name == "stop_id":
            stop = self._tables.stops.rows.get(key)
            if stop is not None:
                return self._places.of_stop(stop, key, self._feed)
        found = {"location_id": self._places.areas, "location_group_id": self._places.groups}
        place = found.get(name, {}).get(key)
        if place is None:
            code = "unknown_stop" if name == "stop_id" else "unknown_location"
            self._tell(rows, row, code, name, f"'{key}': no such place in use; row left out")
        return place

    def _boarding(
        self, rows: Rows, row: int, name: str, text: dict[str, str], allowed: tuple[int, ...]
    ) -> int:
        value = text[name]
        if value in {str(kind) for kind in allowed}:
            return int(value)
        message = f"'{value}' where there is no fixed time; taken as 2, by arrangement"
        self._tell(rows, row, "bad_boarding", name, message)
        return _BY_PHONE

    def _rule(self, rows: Rows, row: int, name: str) -> int:
        column = rows[name]
        key = column.values[int(column.codes[row])]
        if not key:
            return NO_RULE
        if key not in self._rules.rows:
            message = f"no booking rule '{key}' in use; taken as blank"
            self._tell(rows, row, "unknown_booking_rule", name, message)
        return self._rules.rows.get(key, NO_RULE)

    def _duration(
        self, rows: Rows, row: int, text: dict[str, str], trip: int
    ) -> tuple[float, float]:
        """Return what the drive is multiplied by, and the seconds added: safe, else mean."""
        trips, given = self._feed_trips, []
        factor, offset_s = float(trips.safe_factor[trip]), float(trips.safe_offset_s[trip])
        if not (math.isnan(factor) and math.isnan(offset_s)):
            safe = 1.0 if math.isnan(factor) else factor, 0.0 if math.isnan(offset_s) else offset_s
            given.append(safe)
        for name, other in (_DURATION[:2], _DURATION[2:]):
            if text[name] or text[other]:
                given.append((parse_number(text[name] or "1"), parse_number(text[other] or "0")))
        for factor, offset_s in given:
            if factor > 0 and offset_s >= 0:
                return factor, offset_s
            message = f"{factor} times and {offset_s} s is no duration; not used"
            self._tell(rows, row, "bad_duration", _DURATION[0], message)
        return 1.0, 0.0

    def finish(self, fixed: Int64) -> Bool:
        """Close a feed.

        Parameters
        ----------
        fixed : int64, (n_trips,)
            Ordinary calls of each trip.

        Returns
        -------
        bool, (n_trips,)
            Trips on demand alone, for which no ordinary calls are missed.
        """
        alone = np.zeros(len(fixed), np.bool_)
        trips, ids = self._feed_trips, list(self._feed_trips.rows)
        for trip, calls in sorted(self._found.items()):
            if fixed[trip]:
                message = f"trip '{ids[trip]}': its stops are used, its areas are not"
                self._notices.add("mixed_trip", "warning", self._label, None, "trip_id", message)
                continue
            alone[trip] = True
            calls.sort(key=lambda call: call.order)
            if not _rideable(calls):
                message = f"trip '{ids[trip]}' takes nobody from one place to a later one; left out"
                self._notices.add("no_ride", "error", self._label, None, "trip_id", message)
                continue
            flags = {
                name: int(getattr(trips, name)[trip]) for name in ("wheelchair", "bikes", "cars")
            }
            self._trips.append(
                flags
                | {
                    "id": ids[trip],
                    "headsign": trips.headsign[trip],
                    "route": int(trips.route[trip]),
                    "service": int(trips.service[trip]),
                }
            )
            self._calls.append(calls)
        self._before += len(fixed)
        return alone

    def stops(self) -> Int64:
        """Return the stops that rides on demand know, int64."""
        return self._places.stops()

    def make(self, run_trip: Int64, moved: Int64 | None) -> FlexTables | None:
        """Return what all feeds say; ``None`` if they say nothing.

        Parameters
        ----------
        run_trip : int64, (n_runs,)
            Trip each row of the final table was made of.
        moved : int64, (n_stops,), optional
            New row of each stop, -1 for one no longer there.
        """
        if not self._trips and not self._booked:
            return None
        calls = [call for calls in self._calls for call in calls]
        lengths = [len(calls) for calls in self._calls]

        def trips(name: str, dtype: Any) -> Any:
            return np.array([trip[name] for trip in self._trips], dtype)

        def column(name: str, dtype: Any) -> Any:
            return np.array([getattr(call, name) for call in calls], dtype)

        return FlexTables(
            places=self._places.make(moved),
            trips=FlexTrips(
                id=StringTable.of(trip["id"] for trip in self._trips),
                headsign=StringTable.of(trip["headsign"] for trip in self._trips),
                **{name: trips(name, np.uint32) for name in _TRIP_NUMBERS[:2]},
                **{name: trips(name, np.uint8) for name in _TRIP_NUMBERS[2:]},
                call_first=np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32),
            ),
            calls=FlexCalls(
                place=column("place", np.uint32),
                start_s=column("start_s", np.int32),
                end_s=column("end_s", np.int32),
                pickup=column("pickup", np.uint8),
                drop_off=column("drop_off", np.uint8),
                pickup_rule=column("pickup_rule", np.int32),
                drop_off_rule=column("drop_off_rule", np.int32),
                factor=column("factor", np.float32),
                offset_s=column("offset_s", np.float32),
            ),
            rules=self._rules.make(),
            booked=self._make_booked(run_trip),
        )

    def _make_booked(self, run_trip: Int64) -> BookedCalls:
        """Spread the rules of trips over the runs made of them."""
        booked = np.array(self._booked, np.int64).reshape(-1, 4)
        booked = booked[np.lexsort((booked[:, 1], booked[:, 0]))]
        first = group_first(booked[:, 0], int(run_trip.max(initial=-1)) + 1).astype(np.int64)
        begin, size = first[run_trip], first[run_trip + 1] - first[run_trip]
        run = np.repeat(np.arange(len(run_trip)), size)
        before = np.repeat(np.cumsum(size) - size, size)
        rows = np.repeat(begin, size) + np.arange(len(run)) - before
        _, sequence, pickup, drop_off = booked[rows].T
        return BookedCalls(
            run.astype(np.uint32),
            sequence.astype(np.uint16),
            pickup.astype(np.int32),
            drop_off.astype(np.int32),
        )


def _filled(rows: Rows, names: tuple[str, ...]) -> Bool:
    """Tell which rows have something in one of some columns."""
    result = np.zeros(len(rows), np.bool_)
    for name in names:
        column: Column = rows[name]
        if column.values != [""]:
            result |= column.map(bool, np.bool_)
    return result


def _rideable(calls: list[_Call]) -> bool:
    """Tell whether one can get on at one call and off at a later one."""
    on = next((i for i, call in enumerate(calls) if call.pickup != _NONE), len(calls))
    return any(call.drop_off != _NONE for call in calls[on + 1 :])

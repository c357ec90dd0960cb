"""Trips and their calls, as read from one feed."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from routing.arrays import Bool, Float32, Int32, Int64, UInt8, UInt16, UInt32
from routing.gtfs.files import Column, FeedFiles, Rows
from routing.gtfs.tables import FeedTables
from routing.gtfs.values import BAD, parse_count, parse_number, parse_time
from routing.kernels.calls import BACKWARDS, OPEN_ENDED, SHORT, WHOLE, mend_calls
from routing.notices import NoticeList
from routing.transit.tables import BEYOND_SEQUENCE, NO_DIRECTION

if TYPE_CHECKING:
    from routing.flex.reader import FlexReader

_TRIP_COLUMNS = (
    "trip_id",
    "route_id",
    "service_id",
    "trip_headsign",
    "trip_short_name",
    "direction_id",
    "block_id",
    "shape_id",
    "wheelchair_accessible",
    "bikes_allowed",
    "cars_allowed",
    "safe_duration_factor",
    "safe_duration_offset",
)
_CALL_COLUMNS = (
    "trip_id",
    "stop_id",
    "stop_sequence",
    "arrival_time",
    "departure_time",
    "pickup_type",
    "drop_off_type",
    "shape_dist_traveled",
    "stop_headsign",
)
_FAULTS = {
    SHORT: ("too_few_calls", "trip_id", "fewer than two usable calls"),
    OPEN_ENDED: ("no_end_time", "arrival_time", "no time at the first or last call"),
    BACKWARDS: ("time_backwards", "arrival_time", "a time lies before the one ahead of it"),
}

_NOT_AT_STOP = "call_not_at_stop", "a station, entrance or the like, no stop; taken as one"
_MENDED = ("bad_time", _NOT_AT_STOP[0])


@dataclass
class FeedTrips:
    """Trips of one feed; indices are those of the tables of all feeds.

    ``safe_factor`` and ``safe_offset_s`` tell how long rides on demand take, NaN where not given.
    ``call_headsigns`` are trips, numbers of calls (both int64, (n,)) and the headsigns there where
    these are not the trip's.
    """

    rows: dict[str, int]
    short_name: list[str]
    headsign: list[str]
    block: list[str]
    shape: list[str]
    route: Int32
    service: Int32
    direction: UInt8
    wheelchair: UInt8
    bikes: UInt8
    cars: UInt8
    safe_factor: Float32
    safe_offset_s: Float32
    call_headsigns: list[tuple[Int64, Int64, list[str]]] = field(default_factory=list)


@dataclass
class FeedCalls:
    """Calls of one feed, sorted by trip and order; ``whole`` marks trips fit for use."""

    first: Int64
    stop: UInt32
    arrival_s: Int32
    departure_s: Int32
    pickup: UInt8
    drop_off: UInt8
    sequence: UInt16
    dist: Float32
    whole: "np.ndarray[tuple[int], np.dtype[np.bool_]]"


def read_trips(files: FeedFiles, tables: FeedTables, notices: NoticeList) -> FeedTrips:
    """Read ``trips.txt``; rows with unknown route or service are left out and told."""
    rows = files.rows("trips.txt", _TRIP_COLUMNS)
    route = rows["route_id"].map(lambda v: tables.routes.rows.get(v, -1), np.int32)
    service = rows["service_id"].map(lambda v: tables.services.rows.get(v, -1), np.int32)
    keep = np.ones(len(rows), np.bool_)
    for found, name, what in ((route, "route_id", "route"), (service, "service_id", "service")):
        names = rows[name]
        for row in np.flatnonzero((found < 0) & keep).tolist():
            message = f"no {what} '{names.values[names.codes[row]]}'; trip left out"
            notices.add(f"unknown_{what}", "error", rows.file, int(rows.number[row]), name, message)
        keep &= found >= 0
    ids = rows["trip_id"].strings()
    index: dict[str, int] = {}
    kept: list[int] = []
    for row in np.flatnonzero(keep).tolist():
        key = ids[row]
        if not key or key in index:
            code, message = ("repeated_id", f"'{key}' again") if key else ("missing_id", "blank")
            number = int(rows.number[row])
            notices.add(code, "error", rows.file, number, "trip_id", f"{message}; trip left out")
            continue
        index[key] = len(kept)
        kept.append(row)
    return _pick(rows, index, np.array(kept, np.int64), route, service)


def _pick(
    rows: Rows, index: dict[str, int], kept: Int64, route: Int32, service: Int32
) -> FeedTrips:
    def texts(name: str) -> list[str]:
        column = rows[name]
        return [column.values[code] for code in column.codes[kept].tolist()]

    def flags(name: str) -> UInt8:
        found: UInt8 = rows[name].map(lambda v: {"1": 1, "2": 2}.get(v, 0), np.uint8)[kept]
        return found

    direction = rows["direction_id"].map(lambda v: {"0": 0, "1": 1}.get(v, NO_DIRECTION), np.uint8)
    return FeedTrips(
        rows=index,
        short_name=texts("trip_short_name"),
        headsign=texts("trip_headsign"),
        block=texts("block_id"),
        shape=texts("shape_id"),
        route=route[kept],
        service=service[kept],
        direction=direction[kept],
        wheelchair=flags("wheelchair_accessible"),
        bikes=flags("bikes_allowed"),
        cars=flags("cars_allowed"),
        safe_factor=rows["safe_duration_factor"].map(parse_number, np.float32)[kept],
        safe_offset_s=rows["safe_duration_offset"].map(parse_number, np.float32)[kept],
    )


def read_calls(
    files: FeedFiles,
    tables: FeedTables,
    trips: FeedTrips,
    notices: NoticeList,
    flex: "FlexReader",
) -> FeedCalls:
    """Read ``stop_times.txt``, put it in order and mend what can be mended.

    Rows about rides on demand go to ``flex``.
    """
    from routing.flex.reader import FLEX_COLUMNS

    parts = [
        _convert(rows, tables, trips, notices, flex)
        for rows in files.chunks("stop_times.txt", (*_CALL_COLUMNS, *FLEX_COLUMNS))
    ]
    label = files.label("stop_times.txt")
    if "stop_sequence" not in files.header("stop_times.txt"):
        message = "no column stop_sequence; calls are taken in the order of the file"
        notices.add("missing_column", "warning", label, 1, "stop_sequence", message)
    columns = [np.concatenate(c) for c in zip(*parts, strict=True)] if parts else _no_calls()
    del parts
    trip, order, number = columns[0], columns[1], columns[-1]
    key = (trip.astype(np.int64) << 32) | order.astype(np.int64)
    if len(key) and np.any(key[1:] < key[:-1]):
        by_key = np.argsort(key, kind="stable")
        columns = [column[by_key] for column in columns]
        key = key[by_key]
    again = np.zeros(len(key), np.bool_)
    again[1:] = key[1:] == key[:-1]
    if again.any():
        for row in columns[-1][again]:
            message = "the trip has a call of that number already; row left out"
            notices.add("repeated_call", "error", label, int(row), "stop_sequence", message)
        columns = [column[~again] for column in columns]
    trip, order, stop, arrival, departure, pickup, drop_off, dist, number = columns
    first = np.searchsorted(trip, np.arange(len(trips.rows) + 1)).astype(np.int64)
    on_demand = flex.finish(np.diff(first))
    whole = _mend(first, stop, arrival, departure, dist, number, tables, label, notices, on_demand)
    sequence = np.minimum(order, BEYOND_SEQUENCE).astype(np.uint16)
    return FeedCalls(first, stop, arrival, departure, pickup, drop_off, sequence, dist, whole)


def _no_calls() -> "list[np.ndarray]":
    kinds = (np.int32, np.int32, np.uint32, np.int32, np.int32, np.uint8, np.uint8)
    return [np.zeros(0, k) for k in (*kinds, np.float32, np.int32)]


def _convert(
    rows: Rows, tables: FeedTables, trips: FeedTrips, notices: NoticeList, flex: "FlexReader"
) -> "tuple[np.ndarray, ...]":
    """Turn the text of some rows into numbers; rows without known trip and stop are left out."""
    trip = rows["trip_id"].map(lambda v: trips.rows.get(v, -1), np.int32)
    stop = rows["stop_id"].map(lambda v: tables.stops.rows.get(v, -1), np.int64)
    order = rows["stop_sequence"].map(parse_count, np.int32)
    if rows["stop_sequence"].values == [""]:  # there is no such column
        order = rows.number.astype(np.int32)
    arrival = rows["arrival_time"].map(parse_time, np.int32)
    departure = rows["departure_time"].map(parse_time, np.int32)
    on_demand = flex.take(rows, trip, order)
    stop[on_demand] = 0  # they need none
    for found, name, code, what in (
        (trip, "trip_id", "unknown_trip", "no such trip in use; row left out"),
        (
            stop,
            "stop_id",
            "unknown_stop",
            "no such stop in use; row left out",
        ),
        (order, "stop_sequence", "bad_number", "no whole number; row left out"),
    ):
        _tell(rows, found < 0, name, code, what, notices)
    _tell(rows, _apart(rows["stop_id"], tables) & ~on_demand, "stop_id", *_NOT_AT_STOP, notices)
    for found, name in ((arrival, "arrival_time"), (departure, "departure_time")):
        _tell(rows, found == BAD, name, "bad_time", "no time; taken as blank", notices)
    rules = [
        rows[name].map(lambda v: {"1": 1, "2": 2, "3": 3}.get(v, 0), np.uint8)
        for name in ("pickup_type", "drop_off_type")
    ]
    dist = rows["shape_dist_traveled"].map(parse_number, np.float32)
    keep = (trip >= 0) & (stop >= 0) & (order >= 0) & ~on_demand
    _take_headsigns(rows["stop_headsign"], keep, trip, order, trips)
    columns = (trip, order, stop.astype(np.uint32), arrival, departure, *rules, dist)
    number = rows.number.astype(np.int32)
    return tuple(column if keep.all() else column[keep] for column in (*columns, number))


def _apart(stop_id: Column, tables: FeedTables) -> Bool:
    """Tell which rows name a station, an entrance or the like."""
    rows, kinds = tables.stops.rows, tables.stops.columns.get("location_type", [])
    return stop_id.map(lambda key: key in rows and kinds[rows[key]] != 0, np.bool_)


def _take_headsigns(
    column: Column, keep: Bool, trip: Int32, order: Int32, trips: FeedTrips
) -> None:
    """Note the headsigns of calls that differ from the trip's."""
    if column.values == [""]:
        return
    code_of = {text: code for code, text in enumerate(column.values)}
    usual = np.array([code_of.get(text, -1) for text in trips.headsign] or [-1], np.int64)
    says = keep & column.map(bool, np.bool_) & (column.codes != usual[np.maximum(trip, 0)])
    rows = np.flatnonzero(says)
    if len(rows):
        texts = [column.values[code] for code in column.codes[rows].tolist()]
        found = trip[rows].astype(np.int64), order[rows].astype(np.int64), texts
        trips.call_headsigns.append(found)


def _tell(
    rows: Rows,
    bad: "np.ndarray",
    name: str,
    code: str,
    what: str,
    notices: NoticeList,
) -> None:
    column = rows[name]
    for row in np.flatnonzero(bad).tolist():
        value = column.values[column.codes[row]]
        number = int(rows.number[row])
        severity = "warning" if code in _MENDED else "error"
        notices.add(code, severity, rows.file, number, name, f"'{value}': {what}")  # type: ignore[arg-type]


def _mend(
    first: Int64,
    stop: UInt32,
    arrival: Int32,
    departure: Int32,
    dist: Float32,
    number: Int32,
    tables: FeedTables,
    label: str,
    notices: NoticeList,
    on_demand: Bool,
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    status = np.zeros(len(first) - 1, np.uint8)
    fault = np.zeros(len(first) - 1, np.int64)
    scratch = np.zeros(int(np.diff(first).max(initial=0)) + 1)
    lon, lat = tables.stops.array("lon", np.float64), tables.stops.array("lat", np.float64)
    filled = mend_calls(first, stop, lon, lat, dist, arrival, departure, scratch, status, fault)
    if filled:
        message = f"{filled} blank times were interpolated"
        notices.add("interpolated_times", "info", label, None, "arrival_time", message)
    for trip in np.flatnonzero((status != WHOLE) & ~on_demand).tolist():
        code, name, what = _FAULTS[int(status[trip])]
        row = int(number[fault[trip]]) if first[trip] < first[trip + 1] else None
        notices.add(code, "error", label, row, name, f"{what}; trip left out")
    return np.asarray(status == WHOLE)

"""Trips into runs: headways expanded, sorted by pattern and time."""

from dataclasses import dataclass

import numpy as np

from routing.arrays import Bool, Int32, Int64, UInt8, UInt16, UInt32, group_first
from routing.gtfs.files import FeedFiles
from routing.gtfs.trips import FeedTrips
from routing.gtfs.values import parse_count, parse_time
from routing.kernels.calls import hash_sequences, write_calls
from routing.notices import NoticeList
from routing.transit.tables import Calls, Patterns

_MOST_RUNS_PER_ROW = 5_000


@dataclass(frozen=True)
class Headway:
    """A row of ``frequencies.txt``: the trip starts every so often."""

    trip: int
    start_s: int
    end_s: int
    every_s: int
    inexact: int


@dataclass(frozen=True)
class RawCalls:
    """Calls of all trips read: trip ``t`` has rows ``first[t]:first[t + 1]``."""

    first: Int64
    stop: UInt32
    arrival_s: Int32
    departure_s: Int32
    pickup: UInt8
    drop_off: UInt8
    sequence: UInt16


@dataclass(frozen=True)
class Runs:
    """Runs in their final order, and the trip each was made of."""

    trip: Int64
    pattern: UInt32
    inexact: UInt8


def read_headways(files: FeedFiles, trips: FeedTrips, notices: NoticeList) -> list[Headway]:
    """Read ``frequencies.txt``; both kinds become runs, marked by ``exact_times``."""
    names = ("trip_id", "start_time", "end_time", "headway_secs", "exact_times")
    rows = files.rows("frequencies.txt", names)
    columns = [rows[name].strings() for name in names]
    found: list[Headway] = []
    for number, key, start, end, every, exact in zip(rows.number, *columns, strict=True):
        trip = trips.rows.get(key)
        begin, finish, step = parse_time(start), parse_time(end), parse_count(every)
        if trip is None:
            message = f"no such trip '{key}' in use; row left out"
            notices.add("unknown_trip", "error", rows.file, int(number), "trip_id", message)
        elif begin < 0 or step <= 0 or not 0 < finish - begin <= step * _MOST_RUNS_PER_ROW:
            message = f"'{start}' to '{end}' every '{every}' s is no headway; row left out"
            notices.add("bad_headway", "error", rows.file, int(number), "headway_secs", message)
        else:
            found.append(Headway(trip, begin, finish, step, int(exact != "1")))
    return found


def order_runs(
    calls: RawCalls, keep: Bool, headways: list[Headway]
) -> tuple[Runs, Patterns, Calls]:
    """Group trips by stop sequence and boarding rules, and write their calls in that order.

    Parameters
    ----------
    calls : RawCalls
        Of all feeds.
    keep : bool, (n_trips,)
        Trips fit for use and inside the area.
    headways : list of Headway
        Their trips run by headway alone.
    """
    trip, shift, inexact = _expand(calls, keep, headways)
    pattern_of, example = _patterns(calls, np.unique(trip), len(keep))
    begin = calls.departure_s[calls.first[trip]] + shift
    order = np.lexsort((begin, pattern_of[trip]))
    trip, shift, inexact = trip[order], shift[order], inexact[order]
    pattern = pattern_of[trip].astype(np.uint32)
    length = np.diff(calls.first)[example] if len(example) else np.zeros(0, np.int64)
    rows = _call_rows(calls.first, example)
    trip_first = group_first(pattern, len(example))
    stop_first = np.concatenate([[0], np.cumsum(length)]).astype(np.uint32)
    call_first = np.concatenate([[0], np.cumsum(length * np.diff(trip_first.astype(np.int64)))])
    patterns = Patterns(
        stop_first,
        calls.stop[rows],
        calls.pickup[rows],
        calls.drop_off[rows],
        trip_first,
        call_first.astype(np.int64),
    )
    n_calls = int(call_first[-1])
    sequence = calls.sequence[_call_rows(calls.first, trip)]
    out = Calls(np.empty(n_calls, np.int32), np.empty(n_calls, np.int32), sequence)
    write_calls(
        calls.first, calls.arrival_s, calls.departure_s, trip, shift, out.arrival_s, out.departure_s
    )
    return Runs(trip, pattern, inexact), patterns, out


def _expand(calls: RawCalls, keep: Bool, headways: list[Headway]) -> tuple[Int64, Int32, UInt8]:
    timed = keep.copy()
    trips, shifts, inexact = [], [], []
    for row in headways:
        timed[row.trip] = False
    for row in headways:
        if keep[row.trip]:
            own = int(calls.departure_s[calls.first[row.trip]])
            starts = np.arange(row.start_s, row.end_s, row.every_s, dtype=np.int32) - own
            trips.append(np.full(len(starts), row.trip, np.int64))
            shifts.append(starts)
            inexact.append(np.full(len(starts), row.inexact, np.uint8))
    alone = np.flatnonzero(timed).astype(np.int64)
    return (
        np.concatenate([alone, *trips]),
        np.concatenate([np.zeros(len(alone), np.int32), *shifts]).astype(np.int32),
        np.concatenate([np.zeros(len(alone), np.uint8), *inexact]),
    )


def _patterns(calls: RawCalls, used: Int64, n_trips: int) -> tuple[Int64, Int64]:
    """Return the pattern of each used trip, and one trip of each pattern."""
    hashes = np.zeros((n_trips, 2), np.uint64)
    with np.errstate(over="ignore"):  # hashes wrap round; said by uncompiled kernels only
        hash_sequences(calls.first, calls.stop, calls.pickup, calls.drop_off, hashes)
    _, example, inverse = np.unique(hashes[used], axis=0, return_index=True, return_inverse=True)
    by_appearance = np.argsort(example, kind="stable")
    rank = np.empty(len(example), np.int64)
    rank[by_appearance] = np.arange(len(example))
    pattern_of = np.full(n_trips, -1, np.int64)
    pattern_of[used] = rank[inverse.reshape(-1)]
    return pattern_of, used[example[by_appearance]]


def _call_rows(first: Int64, trips: Int64) -> Int64:
    """Return the rows of the calls of some trips, one trip after the other."""
    length = (first[1:] - first[:-1])[trips]
    start = np.cumsum(length) - length
    return np.repeat(first[trips] - start, length) + np.arange(int(length.sum()))

"""The arrays a thread searches with, made once and used again."""

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Int32
from routing.kernels.raptor_arrays import (
    HEAD_FIELDS,
    INF,
    NOWHERE,
    RIDE_FIELDS,
    Starts,
    Work,
)
from routing.kernels.starts import pack_starts, unpack_starts
from routing.kernels.trip_arrays import TripWork
from routing.transit.day_view import DayView

MOST_TRANSFERS = 14
FIRST_QUEUE = 1 << 16


@dataclass
class Room:
    """Scratch of one thread for timetables of one size, and space for answers."""

    work: Work
    starts: Starts
    head: Int32
    rides: Int32


_thread = threading.local()


def room_for(view: DayView) -> Room:
    """Return this thread's arrays, made anew when a larger view comes."""
    room: Room | None = getattr(_thread, "room", None)
    n_lines = len(view.trip_first) - 1
    if room is None or not (
        room.work.arrival.shape[1] == view.n_stops and len(room.work.queue) >= n_lines
    ):
        room = Room(_make_work(view.n_stops, n_lines), make_starts(1024), *make_answer(64))
        _thread.room = room
    return room


@dataclass
class TripRoom:
    """Scratch of one thread for searches along shortcuts."""

    work: TripWork


def trip_room_for(view: DayView) -> TripRoom:
    """Return this thread's arrays for shortcuts, made anew when another size of view comes."""
    room: TripRoom | None = getattr(_thread, "trip_room", None)
    shape = view.n_runs, view.n_stops, len(view.trip_first) - 1
    if room is None or shape != (
        room.work.reached.shape[1],
        len(room.work.egress_s),
        len(room.work.last_exit),
    ):
        room = TripRoom(_make_trip_work(*shape))
        _thread.trip_room = room
    return room


def longer_queue(work: TripWork) -> TripWork:
    """Return the scratch with twice the room for parts of runs."""
    return work._replace(**_make_queue(2 * len(work.queue_run)))


def make_starts(size: int) -> Starts:
    """Make space for first boardings."""
    return Starts(
        np.zeros(size, np.int32),
        np.zeros(size, np.uint32),
        np.zeros(size, np.uint32),
        np.zeros(size, np.uint32),
        np.zeros(size, np.int32),
    )


def make_answer(size: int) -> tuple[Int32, Int32]:
    """Make space for journeys."""
    return (
        np.zeros((size, HEAD_FIELDS), np.int32),
        np.zeros((size, MOST_TRANSFERS + 1, RIDE_FIELDS), np.int32),
    )


def sort_starts(starts: Starts, count: int) -> None:
    """Sort the first ones in place by leaving, latest first, then by line, position and run."""
    if not count:
        return
    key, bits = np.empty(count, np.int64), np.empty(6, np.int64)
    if pack_starts(starts, count, key, bits):
        key.sort()
        unpack_starts(key, bits, starts)
        return
    leave, line, pos, run, _ = first = [column[:count] for column in starts]
    order = np.lexsort((run, pos, line, -leave))
    for column in first:
        column[:] = column[order]


def _make_work(n_stops: int, n_lines: int) -> Work:
    rows = MOST_TRANSFERS + 2

    def grid(dtype: type) -> Int32:
        return np.zeros((rows, n_stops), dtype)

    return Work(
        arrival=grid(np.int32),
        ready=grid(np.int32),
        from_line=grid(np.uint32),
        from_run=grid(np.uint32),
        from_board=grid(np.uint32),
        from_alight=grid(np.uint32),
        ready_from=grid(np.uint32),
        ridden=np.zeros(n_stops, np.uint32),
        is_ridden=np.zeros(n_stops, np.uint8),
        marked=np.zeros(n_stops, np.uint32),
        is_marked=np.zeros(n_stops, np.uint8),
        n_marked=np.zeros(1, np.int32),
        queue=np.zeros(n_lines, np.uint32),
        first_pos=np.full(n_lines, NOWHERE, np.uint32),
        egress_s=np.full(n_stops, INF, np.int32),
        target_s=np.zeros(rows, np.int32),
        target_stop=np.zeros(rows, np.int32),
        is_better=np.zeros(rows, np.int32),
    )


def _make_queue(size: int) -> dict[str, NDArray[Any]]:
    return {
        "queue_run": np.zeros(size, np.uint32),
        "queue_begin": np.zeros(size, np.uint16),
        "queue_end": np.zeros(size, np.uint16),
        "queue_from": np.zeros(size, np.int32),
        "queue_left": np.zeros(size, np.uint16),
    }


def _make_trip_work(n_runs: int, n_stops: int, n_lines: int) -> TripWork:
    rows = MOST_TRANSFERS + 2
    return TripWork(
        reached=np.zeros((rows, n_runs), np.uint16),
        egress_s=np.full(n_stops, INF, np.int32),
        last_exit=np.zeros(n_lines, np.uint16),
        target_s=np.zeros(rows, np.int32),
        target_part=np.zeros(rows, np.int32),
        target_pos=np.zeros(rows, np.int32),
        is_better=np.zeros(rows, np.int32),
        **_make_queue(FIRST_QUEUE),
    )

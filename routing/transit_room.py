"""The arrays a thread searches with, made once and used again."""

import threading
from dataclasses import dataclass

import numpy as np

from routing.arrays import Int32
from routing.day_view import DayView
from routing.kernels.raptor_arrays import (
    HEAD_FIELDS,
    INF,
    NOWHERE,
    RIDE_FIELDS,
    Starts,
    Work,
)

MOST_TRANSFERS = 14


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


def sort_starts(starts: Starts, count: int) -> Starts:
    """Sort by leaving, latest first, then by line, position and run."""
    leave, line, pos, run, access = (column[:count] for column in starts)
    order = np.lexsort((run, pos, line, -leave))
    return Starts(leave[order], line[order], pos[order], run[order], access[order])


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

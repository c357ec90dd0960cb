"""The arrays searches work in, made once and lent from search to search."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

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
from routing.kernels.trip_arrays import NO_PART, TripWork
from routing.transit.day_view import DayView
from routing.transit.walking import MOST_STEPS

MOST_TRANSFERS = 14
FIRST_QUEUE = 1 << 16
KEPT = 4
"""Arrays of one kind kept for the next search; more than that are made and forgotten."""

Lent = TypeVar("Lent")


class Pool(Generic[Lent]):
    """Things one search at a time may use, each as large as was ever needed of it.

    A thread holds one while it searches only, so that there are as many as searches run at once.
    """

    def __init__(self) -> None:
        self._free: list[Lent] = []
        self._lock = threading.Lock()

    @contextmanager
    def lend(self, fits: Callable[[Lent], bool], make: Callable[[], Lent]) -> Iterator[Lent]:
        """Lend one that fits, or a new one."""
        with self._lock:
            at = next((i for i, free in enumerate(self._free) if fits(free)), None)
            lent = None if at is None else self._free.pop(at)
        if lent is None:
            lent = make()
        yield lent
        with self._lock:  # after an error it is not whole any more, and is not kept
            self._free = [lent, *self._free][:KEPT]


@dataclass
class Room:
    """Space for a search's starts, the soonest arrivals of each, and answers."""

    starts: Starts
    soonest_s: Int32
    head: Int32
    rides: Int32

    def widen(self, n_starts: int) -> None:
        """Make space for so many starts."""
        self.starts, self.soonest_s = make_starts(n_starts), make_soonest(n_starts)


rooms: Pool[Room] = Pool()
works: Pool[Work] = Pool()
trip_works: Pool[list[TripWork]] = Pool()


def lend_room() -> AbstractContextManager[Room]:
    """Lend space for starts and answers."""
    return rooms.lend(lambda _: True, _make_room)


def _make_room() -> Room:
    return Room(make_starts(1024), make_soonest(1024), *make_answer(64))


def lend_work(view: DayView, max_rounds: int, n_steps: int) -> AbstractContextManager[Work]:
    """Lend scratch for a search by stops."""
    n_lines = len(view.trip_first) - 1

    def fits(work: Work) -> bool:
        rows, steps, n_stops = work.arrival.shape
        wide = rows >= max_rounds + 2 and steps == n_steps and n_stops == view.n_stops
        return wide and len(work.first_pos) >= n_lines

    return works.lend(fits, lambda: _make_work(max_rounds + 2, n_steps, view.n_stops, n_lines))


def lend_trip_work(
    view: DayView, max_rounds: int, n_steps: int
) -> AbstractContextManager[list[TripWork]]:
    """Lend scratch for a search along shortcuts, in a list: a longer one may take its place."""

    def fits(held: list[TripWork]) -> bool:
        rows, runs, steps = held[0].reached.shape
        wide = rows >= max_rounds + 2 and steps == n_steps and runs >= view.n_runs
        return wide and len(held[0].egress_s) == view.n_stops

    def make() -> list[TripWork]:
        return [_make_trip_work(max_rounds + 2, n_steps, view.n_runs, view.n_stops)]

    return trip_works.lend(fits, make)


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
        np.zeros(size, np.uint8),
    )


def make_soonest(size: int) -> Int32:
    """Make space for the soonest arrival of each group of starts and number of rides."""
    return np.zeros((size, MOST_TRANSFERS + 2), np.int32)


def make_answer(size: int) -> tuple[Int32, Int32]:
    """Make space for journeys."""
    return (
        np.zeros((size, HEAD_FIELDS), np.int32),
        np.zeros((size, MOST_TRANSFERS + 1, RIDE_FIELDS), np.int32),
    )


def sort_starts(starts: Starts, count: int) -> None:
    """Sort the first ones in place: latest leaving first, then steps, line, position and run."""
    if not count:
        return
    key, bits = np.empty(count, np.int64), np.empty(7, np.int64)
    if pack_starts(starts, count, key, bits):
        key.sort()
        unpack_starts(key, bits, starts)
        return
    leave, line, pos, run, _, steps = columns = [column[:count] for column in starts]
    order = np.lexsort((run, pos, line, steps, -leave))
    for column in columns:
        column[:] = column[order]


def _make_work(rows: int, n_steps: int, n_stops: int, n_lines: int) -> Work:
    def labels(dtype: type) -> NDArray[Any]:
        return np.zeros((rows, n_steps, n_stops), dtype)

    return Work(
        arrival=labels(np.int32),
        ready=labels(np.int32),
        from_line=labels(np.uint32),
        from_run=labels(np.uint32),
        from_board=labels(np.uint16),
        from_alight=labels(np.uint16),
        ready_from=labels(np.uint32),
        ready_steps=labels(np.uint8),
        ridden=np.zeros(n_stops, np.uint32),
        is_ridden=np.zeros(n_stops, np.uint8),
        marked=np.zeros((2, n_steps, n_stops), np.uint32),
        is_marked=np.zeros((2, n_steps, n_stops), np.uint8),
        n_marked=np.zeros((2, n_steps), np.int32),
        queue=np.zeros((MOST_STEPS + 1) * n_lines, np.uint32),
        first_pos=np.full(n_lines, NOWHERE, np.uint32),
        egress_s=np.full(n_stops, INF, np.int32),
        egress_steps=np.zeros(n_stops, np.uint8),
        fewest_steps=np.zeros(1, np.int64),
        limit_s=np.zeros(rows, np.int32),
        target_s=np.zeros((rows, n_steps), np.int32),
        target_stop=np.zeros((rows, n_steps), np.int32),
        target_steps=np.zeros((rows, n_steps), np.int32),
        is_better=np.zeros((rows, n_steps), np.int32),
    )


def _make_queue(size: int) -> dict[str, NDArray[Any]]:
    return {
        "queue_run": np.zeros(size, np.uint32),
        "queue_begin": np.zeros(size, np.uint16),
        "queue_end": np.zeros(size, np.uint16),
        "queue_from": np.zeros(size, np.int32),
        "queue_left": np.zeros(size, np.uint16),
        "queue_next": np.zeros(size, np.int32),
    }


def _make_trip_work(rows: int, n_steps: int, n_runs: int, n_stops: int) -> TripWork:
    return TripWork(
        reached=np.zeros((rows, n_runs, n_steps), np.uint16),
        first_part=np.full((2, n_steps), NO_PART, np.int32),
        last_part=np.full((2, n_steps), NO_PART, np.int32),
        egress_s=np.full(n_stops, INF, np.int32),
        egress_steps=np.zeros(n_stops, np.uint8),
        fewest_steps=np.zeros(1, np.int64),
        limit_s=np.zeros(rows, np.int32),
        target_s=np.zeros((rows, n_steps), np.int32),
        target_part=np.zeros((rows, n_steps), np.int32),
        target_pos=np.zeros((rows, n_steps), np.int32),
        is_better=np.zeros((rows, n_steps), np.int32),
        **_make_queue(FIRST_QUEUE),
    )

"""The arrays searches work in, made once and lent from search to search."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

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
from routing.pool import Pool
from routing.transit.day_view import DayView
from routing.transit.walking import MOST_STEPS

MOST_TRANSFERS = 14
FIRST_QUEUE = 1 << 16
MOST_SHAPES = 64
IDLE_S = 1.0
"""Scratch of a kind of search is given back when none was made for this long."""

Arrays = TypeVar("Arrays")


class Column(NamedTuple):
    """An array of a search; what it holds at first has to hold whenever a search begins."""

    dtype: type
    shape: tuple[int, ...]
    value: int = 0


class Scratch(Generic[Arrays]):
    """Arrays of one kind of search, each as long as was ever needed of it.

    Parameters
    ----------
    kind : callable
        Takes the arrays by name.
    columns : callable
        Returns what they have to be like for a search of some sizes.
    """

    def __init__(
        self, kind: Callable[..., Arrays], columns: Callable[..., dict[str, Column]]
    ) -> None:
        self._kind, self._columns = kind, columns
        self._whole: dict[str, NDArray[Any]] = {}
        self._cut: dict[tuple[int, ...], Arrays] = {}
        self._used_s = 0.0

    def cut(self, *sizes: int) -> Arrays:
        """Return the arrays in the shapes that a search of these sizes takes."""
        self._used_s = time.monotonic()
        found = self._cut.get(sizes)
        if found is None:
            arrays = {name: self._take(name, own) for name, own in self._columns(*sizes).items()}
            if len(self._cut) == MOST_SHAPES:
                self._cut.clear()
            found = self._cut[sizes] = self._kind(**arrays)
        return found

    def _take(self, name: str, column: Column) -> NDArray[Any]:
        size = math.prod(column.shape)
        whole = self._whole.get(name)
        if whole is None or len(whole) < size:
            whole = self._whole[name] = np.zeros(size, column.dtype)  # takes no memory until used
            if column.value:
                whole.fill(column.value)
            self._cut.clear()
        return whole[:size].reshape(column.shape)

    def forget_if_idle(self) -> None:
        """Let go of the arrays if no search has taken any for a while; who has some keeps them."""
        if self._whole and time.monotonic() - self._used_s > IDLE_S:
            self._whole.clear()
            self._cut.clear()


def _first_queue() -> int:
    return FIRST_QUEUE


@dataclass
class Room:
    """Space for one search: its starts, the soonest arrivals of each, answers and scratch.

    ``queue`` is how many parts of runs there is room for in a search along shortcuts.
    """

    starts: Starts
    soonest_s: Int32
    head: Int32
    rides: Int32
    queue: int = field(default_factory=_first_queue)
    by_stops: Scratch[Work] = field(default_factory=lambda: Scratch(Work, _work_columns))
    along_trips: Scratch[TripWork] = field(
        default_factory=lambda: Scratch(TripWork, _trip_work_columns)
    )

    def widen(self, n_starts: int) -> None:
        """Make space for so many starts."""
        self.starts, self.soonest_s = make_starts(n_starts), make_soonest(n_starts)

    def work(self, view: DayView, max_rounds: int, n_steps: int) -> Work:
        """Return scratch for a search by stops."""
        n_lines = len(view.trip_first) - 1
        return self.by_stops.cut(max_rounds + 2, n_steps, view.n_stops, n_lines)

    def trip_work(self, view: DayView, max_rounds: int, n_steps: int) -> TripWork:
        """Return scratch for a search along shortcuts."""
        sizes = max_rounds + 2, n_steps, view.n_runs, view.n_stops, self.queue
        return self.along_trips.cut(*sizes)


def _make_room() -> Room:
    return Room(make_starts(1024), make_soonest(1024), *make_answer(64))


rooms: Pool[Room] = Pool(_make_room)


@contextmanager
def lend_room() -> Iterator[Room]:
    """Lend space for a search, as soon as there is some."""
    with rooms.lend() as room:
        yield room
    for idle in rooms.free:
        idle.by_stops.forget_if_idle()
        idle.along_trips.forget_if_idle()


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


def _work_columns(rows: int, n_steps: int, n_stops: int, n_lines: int) -> dict[str, Column]:
    labels, targets = (rows, n_steps, n_stops), (rows, n_steps)
    return {
        "arrival": Column(np.int32, labels),
        "ready": Column(np.int32, labels),
        "from_line": Column(np.uint32, labels),
        "from_run": Column(np.uint32, labels),
        "from_board": Column(np.uint16, labels),
        "from_alight": Column(np.uint16, labels),
        "ready_from": Column(np.uint32, labels),
        "ready_steps": Column(np.uint8, labels),
        "ridden": Column(np.uint32, (n_stops,)),
        "is_ridden": Column(np.uint8, (n_stops,)),
        "marked": Column(np.uint32, (2, n_steps, n_stops)),
        "is_marked": Column(np.uint8, (2, n_steps, n_stops)),
        "n_marked": Column(np.int32, (2, n_steps)),
        "queue": Column(np.uint32, ((MOST_STEPS + 1) * n_lines,)),
        "first_pos": Column(np.uint32, (n_lines,), NOWHERE),
        "limit_s": Column(np.int32, (rows,)),
        "target_stop": Column(np.int32, targets),
        "target_steps": Column(np.int32, targets),
        **_exit_columns(rows, n_steps, n_stops),
    }


def _trip_work_columns(
    rows: int, n_steps: int, n_runs: int, n_stops: int, queue: int
) -> dict[str, Column]:
    targets = (rows, n_steps)
    return {
        "reached": Column(np.uint16, (rows, n_runs, n_steps)),
        "queue_run": Column(np.uint32, (queue,)),
        "queue_begin": Column(np.uint16, (queue,)),
        "queue_end": Column(np.uint16, (queue,)),
        "queue_from": Column(np.int32, (queue,)),
        "queue_left": Column(np.uint16, (queue,)),
        "queue_next": Column(np.int32, (queue,)),
        "first_part": Column(np.int32, (2, n_steps), NO_PART),
        "last_part": Column(np.int32, (2, n_steps), NO_PART),
        "limit_s": Column(np.int32, (rows,)),
        "target_part": Column(np.int32, targets),
        "target_pos": Column(np.int32, targets),
        **_exit_columns(rows, n_steps, n_stops),
    }


def _exit_columns(rows: int, n_steps: int, n_stops: int) -> dict[str, Column]:
    return {
        "egress_s": Column(np.int32, (n_stops,), INF),
        "egress_steps": Column(np.uint8, (n_stops,)),
        "fewest_steps": Column(np.int64, (1,)),
        "target_s": Column(np.int32, (rows, n_steps)),
        "is_better": Column(np.int32, (rows, n_steps)),
    }

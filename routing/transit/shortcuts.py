"""Changes between the runs of a day that are worth remembering, found before anyone asks."""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property

import numpy as np

from routing.arrays import Bool, Int64, UInt8, UInt16, UInt32, freeze, group_sizes
from routing.background import is_put_off
from routing.errors import RoutingError
from routing.kernels.raptor_arrays import INF
from routing.kernels.shortcuts import reduce_transfers
from routing.kernels.trip_arrays import NEVER, Hops, Reduction
from routing.transit.day_lines import running_total
from routing.transit.day_view import DayView, Speedup
from routing.transit.lower_bounds import MOST_CELLS, bound_below

CALLS_AT_ONCE = 20_000
HOPS_PER_CALL = 12

_log = logging.getLogger(__name__)
_lock, _asked_lock = threading.Lock(), threading.Lock()


class TooManyRunsError(RoutingError):
    """The runs and positions of a day do not fit into the numbers kept of a shortcut."""


@dataclass(frozen=True)
class Shortcuts:
    """Transfers from run to run that suffice for every Pareto-optimal journey of a day.

    Rows of runs and calls are those of the day view. They hold for its times only: a view with
    other times (a delay, a cancelled trip) needs its own.

    Parameters
    ----------
    run_line : uint32, (n_runs,)
        Line of each run.
    run_event : uint32, (n_runs,)
        Row of its first call in ``DayView.arrival_s``.
    hop_first : uint32, (n_calls + 1,)
        Hops of call ``c`` are rows ``hop_first[c]:hop_first[c + 1]`` of the next two.
    hop : uint32, (n_hops,)
        Run changed to, ``hop >> pos_bits``, and position on its line where it is boarded, the
        bits below. In one number, as searches wait for memory most of the time.
    hop_steps : uint8, (n_hops,)
        Steps of walking each takes.
    more_first, more, more_steps
        The same of hops that are of use to those alone who mind walking.
    pos_bits : int
        Bits of the position.
    cell, pos_cell, between_s
        Those of ``LowerBounds``.
    cpu_s, wall_s : float
        Seconds it took to find them: of the processor, over all threads, and of the clock.
    """

    run_line: UInt32
    run_event: UInt32
    hop_first: UInt32
    hop: UInt32
    hop_steps: UInt8
    more_first: UInt32
    more: UInt32
    more_steps: UInt8
    pos_bits: int
    cell: UInt16
    pos_cell: UInt16
    between_s: UInt16
    cpu_s: float
    wall_s: float

    def __post_init__(self) -> None:
        """Make every array read-only: one kind of array means one compilation."""
        freeze(self)

    @property
    def n_bytes(self) -> int:
        """Memory the arrays take."""
        values = [getattr(self, field.name) for field in fields(self)]
        return sum(value.nbytes for value in values if isinstance(value, np.ndarray))

    def described(self, day: date) -> str:
        """Return a line that tells size, time and memory."""
        return (
            f"shortcuts of {day}: {len(self.hop) + len(self.more)} in {self.cpu_s:.1f} s CPU "
            f"({self.wall_s:.1f} s by the clock), {self.n_bytes / 2**20:.0f} MiB"
        )

    @cached_property
    def hops(self) -> Hops:
        """The arrays as the kernels take them."""
        return Hops(*(getattr(self, name) for name in Hops._fields))


def build_shortcuts(view: DayView, threads: int = 1) -> Shortcuts:
    """Find the transfers of a day that a search has to know.

    Searches find them in ``view.shortcuts`` as soon as they are there; until then they go by
    stops. Two callers wait for one another and the second gets what the first has built. For
    searches that arrive by a time, give ``view.mirror``.

    Parameters
    ----------
    view : DayView
        The day.
    threads : int
        How many to use; the work lets other Python threads run meanwhile.

    Raises
    ------
    TooManyRunsError
        More than 32 bits can tell apart.
    """
    with _lock:
        if view.shortcuts is None:
            blocks = _blocks(view)
            made = view.speedup.shared("shortcuts", lambda: _build(view, blocks, threads))
            view.speedup.shortcuts = made
    done = view.shortcuts
    assert done is not None  # noqa: S101 - just built
    return done


def with_few_shortcuts(view: DayView) -> DayView:
    """Return a day with the shortcuts of its first lines alone, in next to no time.

    A search on it shows whether such searches work; it may miss journeys.

    Raises
    ------
    TooManyRunsError
        As :func:`build_shortcuts` does.
    """
    return replace(view, speedup=Speedup(_build(view, _blocks(view)[:1], n_cells=1)))


def build_in_background(view: DayView) -> threading.Thread | None:
    """Start to find the shortcuts of a day, unless someone has; queries go on meanwhile.

    Days are built one after the other. See :mod:`routing.background`.

    Returns
    -------
    threading.Thread or None
        What builds them, if it was started here.
    """
    with _asked_lock:
        if is_put_off() or view.speedup.asked_by == os.getpid():
            return None
        view.speedup.asked_by = os.getpid()
    thread = threading.Thread(target=_tell, args=(view,), name="shortcuts", daemon=True)
    thread.start()
    return thread


def _tell(view: DayView) -> None:
    try:
        _log.info("%s", build_shortcuts(view).described(view.day))
    except TooManyRunsError as error:
        _log.warning("%s", error)


def _forget_locks() -> None:
    """Give a forked process locks of its own: the thread that holds one stayed behind."""
    global _lock, _asked_lock
    _lock, _asked_lock = threading.Lock(), threading.Lock()


os.register_at_fork(after_in_child=_forget_locks)


def _build(
    view: DayView, blocks: list[tuple[int, int]], threads: int = 1, n_cells: int = MOST_CELLS
) -> Shortcuts:
    began = time.perf_counter()
    n_runs, length = group_sizes(view.trip_first), group_sizes(view.stop_first)
    line = np.repeat(np.arange(len(n_runs), dtype=np.uint32), n_runs)
    nth = np.arange(view.n_runs) - view.trip_first[line].astype(np.int64)
    run_event = view.time_first[line] + nth * length[line]
    counts = np.zeros((2, len(view.arrival_s)), np.uint32)
    longest = int(length.max(initial=1))
    pos_bits = longest.bit_length()
    if view.n_runs << pos_bits >= 2**32 or longest >= NEVER:
        raise TooManyRunsError(
            f"{view.n_runs} runs on lines of up to {longest} calls are too many for shortcuts; "
            "searches of that day go by stops"
        )

    def reduce(block: tuple[int, int]) -> tuple[UInt32, UInt8, float]:
        return _reduce(view, block, pos_bits, counts)

    if threads == 1:
        parts = list(map(reduce, blocks))
    else:
        with ThreadPoolExecutor(threads, "shortcuts") as pool:
            parts = list(pool.map(reduce, blocks))
    hop, steps = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    lasting = _of_those_who_walk(counts)
    bounded = time.thread_time()
    bounds = bound_below(view, n_cells)
    bounded = time.thread_time() - bounded
    return Shortcuts(
        line,
        run_event.astype(np.uint32),
        running_total(counts[1].astype(np.int64)),
        hop[~lasting],
        steps[~lasting],
        running_total((counts[0] - counts[1]).astype(np.int64)),
        hop[lasting],
        steps[lasting],
        pos_bits,
        bounds.cell,
        bounds.pos_cell,
        bounds.between_s,
        cpu_s=sum(part[2] for part in parts) + bounded,
        wall_s=time.perf_counter() - began,
    )


def _of_those_who_walk(counts: UInt32) -> Bool:
    """Tell which hops are beyond the plain ones of their call, of both counts of all calls."""
    first = np.cumsum(counts[0], dtype=np.int64) - counts[0]
    nth = np.arange(int(counts[0].sum(dtype=np.int64))) - np.repeat(first, counts[0])
    return np.asarray(nth >= np.repeat(counts[1], counts[0]))


def _blocks(view: DayView) -> list[tuple[int, int]]:
    """Cut the lines into blocks of about as many calls."""
    n_lines = len(view.time_first) - 1
    marks = np.arange(CALLS_AT_ONCE, int(view.time_first[-1]), CALLS_AT_ONCE)
    cuts = np.unique(np.append(np.searchsorted(view.time_first[:-1], marks), n_lines)).tolist()
    return list(zip([0, *cuts[:-1]], cuts, strict=True))


def _reduce(
    view: DayView, block: tuple[int, int], pos_bits: int, counts: UInt32
) -> tuple[UInt32, UInt8, float]:
    """Reduce the transfers of some lines; return the hops, their steps, and CPU seconds."""
    began = time.thread_time()
    first, until = block
    calls = int(view.time_first[until]) - int(view.time_first[first])
    room = HOPS_PER_CALL * calls + 1
    parts, steps = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint8)]
    while first < until:
        hop, hop_steps = np.empty(room, np.uint32), np.empty(room, np.uint8)
        work = _make_work(view, room)
        first, found = reduce_transfers(
            view.lines, work, first, until, pos_bits, counts[0], counts[1], hop, hop_steps
        )
        parts.append(hop[:found].copy())
        steps.append(hop_steps[:found].copy())
        room *= 2
    return np.concatenate(parts), np.concatenate(steps), time.thread_time() - began


def _make_work(view: DayView, room: int) -> Reduction:
    n_lines = len(view.trip_first) - 1
    n_steps = 1 + int(view.foot_steps.max(initial=0))
    longest = int(group_sizes(view.stop_first).max(initial=0))
    call_hop: Int64 = np.zeros((longest + 1, 3), np.int64)
    return Reduction(
        best_s=np.full((n_steps, view.n_stops), INF, np.int32),
        touched=np.zeros(view.n_stops, np.uint32),
        owner=np.zeros((n_steps, view.n_stops), np.int64),
        owns=np.zeros(room, np.int32),
        leads=np.zeros(room, np.int32),
        seen_run=np.zeros((n_steps, n_lines), np.uint32),
        seen_pos=np.zeros((n_steps, n_lines), np.uint32),
        seen_of=np.full((n_steps, n_lines), -1, np.int64),
        call_hop=call_hop,
        run=np.zeros(room, np.uint32),
        pos=np.zeros(room, np.uint16),
        steps=np.zeros(room, np.uint8),
    )

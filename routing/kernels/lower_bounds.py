"""Least seconds between groups of stops, whatever the time of day."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from routing.arrays import Float32, UInt16, UInt32
from routing.kernels.dijkstra import spread
from routing.kernels.raptor_arrays import Lines

LONGEST_S = 65_535
"""Longest time told apart."""


@njit(cache=True, nogil=True)
def quickest_rides(lines: Lines, source: UInt32, target: UInt32, seconds: Float32) -> int:
    """Write down the quickest ride from each call of each line to the next one.

    Parameters
    ----------
    lines : Lines
        The day.
    source, target : uint32, (n_positions,)
        Filled: stops.
    seconds : float32, (n_positions,)
        Filled: from departure to arrival.

    Returns
    -------
    int
        How many there are.
    """
    count = 0
    for line in range(lines.stop_first.size - 1):
        base, first = np.int64(lines.stop_first[line]), np.int64(lines.time_first[line])
        length = np.int64(lines.stop_first[line + 1]) - base
        n_runs = np.int64(lines.trip_first[line + 1]) - np.int64(lines.trip_first[line])
        for pos in range(length - 1):
            least = 2**30
            for run in range(n_runs):
                arrival_s = np.int64(lines.arrival_s[first + run * length + pos + 1])
                departure_s = np.int64(lines.departure_s[first + pos * n_runs + run])
                least = min(least, int(arrival_s - departure_s))
            source[count], target[count] = lines.stop[base + pos], lines.stop[base + pos + 1]
            seconds[count] = np.float32(max(least, 0))
            count += 1
    return count


@njit(cache=True, nogil=True)
def gather_cells(
    arc_first: UInt32, begin: UInt32, seconds: Float32, middle: UInt32, cell: UInt16
) -> None:
    """Put every stop into the cell whose middle it reaches first.

    Parameters
    ----------
    arc_first, begin, seconds
        As in :func:`least_between`.
    middle : uint32, (n_cells,)
        A stop in each cell.
    cell : uint16, (n_stops,)
        Filled for the stops that reach one; the others keep what they have.
    """
    work = _make_work(arc_first.size - 1, begin.size)
    for i in range(_spread_back(arc_first, begin, seconds, middle, np.inf, work)):
        cell[work.node[i]] = work.seed[i]


@njit(cache=True, nogil=True)
def least_between(
    arc_first: UInt32,
    begin: UInt32,
    seconds: Float32,
    cell: UInt16,
    cell_first: UInt32,
    member: UInt32,
    between_s: UInt16,
) -> None:
    """Fill a table of the least seconds from any stop of a cell to any stop of another.

    Parameters
    ----------
    arc_first : uint32, (n_stops + 1,)
        Arcs that lead to each stop.
    begin, seconds : uint32 and float32, (n_arcs,)
        Where each starts and how long it takes.
    cell : uint16, (n_stops,)
        Cell of each stop.
    cell_first : uint32, (n_cells + 1,); member : uint32, (n_stops,)
        Stops of each cell.
    between_s : uint16, (n_cells, n_cells)
        Filled: row the cell gone to, column the one come from; ``LONGEST_S`` stands for all times
        that are no shorter.
    """
    work = _make_work(cell.size, begin.size)
    for to in range(between_s.shape[0]):
        seeds = member[cell_first[to] : cell_first[to + 1]]
        count = _spread_back(arc_first, begin, seconds, seeds, np.float64(LONGEST_S), work)
        between_s[to] = LONGEST_S if count >= 0 else 0  # out of room; nothing is sooner than 0
        for i in range(count):
            of = cell[work.node[i]]
            between_s[to, of] = min(between_s[to, of], np.uint16(work.reached_s[i]))


class _Work(NamedTuple):
    slot: Any
    node: Any
    reached_s: Any
    parent: Any
    arc: Any
    seed: Any
    waiting: Any
    follower: Any


@njit(cache=True, nogil=True)
def _make_work(n_stops: int, n_arcs: int) -> _Work:
    return _Work(
        np.zeros(n_stops, np.uint32),
        np.zeros(n_stops, np.uint32),
        np.zeros(n_stops, np.float32),
        np.zeros(n_stops, np.int32),
        np.zeros(n_stops, np.uint32),
        np.zeros(n_stops, np.int32),
        np.zeros(2 * (n_stops + n_arcs), np.uint32),
        np.zeros(2 * (n_stops + n_arcs), np.uint32),
    )


@njit(cache=True, nogil=True)
def _spread_back(
    arc_first: UInt32, begin: UInt32, seconds: Float32, seeds: UInt32, limit_s: float, work: _Work
) -> int:
    """Find how soon each stop gets to one of the seeds; return how many do, -1 out of room."""
    forwards: Any = np.bool_(False)
    nowhere, no_s = begin[:0], np.zeros(0, np.float32)
    start_s = np.zeros(seeds.size, np.float32)
    return spread(  # arguments are of the types a search on streets has, to be compiled once
        arc_first,
        nowhere,
        begin,
        seconds,
        forwards,
        seeds,
        start_s,
        nowhere,
        no_s,
        limit_s,
        work.slot,
        work.node,
        work.reached_s,
        work.parent,
        work.arc,
        work.seed,
        work.waiting,
        work.follower,
    )

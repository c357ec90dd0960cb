"""Which changes from run to run are worth remembering.

From the last call of a run to its first, every change is tried; it is kept if it reaches some
stop by vehicle earlier than staying on, or than changes kept so far, which need no more rides.
Who boarded the run before that call can do all of these, so nothing is lost.

Witt's labels count arrivals on foot as well. Here a vehicle's arrival is the only one: from it
footpaths that are not transitively closed, or the way to the destination, may lead on.

References
----------
Witt (2015), Trip-Based Public Transit Routing, sec. 3.
"""

from typing import Any

import numpy as np
from numba import njit

from routing.kernels.raptor_arrays import CAN_ALIGHT, INF, Lines
from routing.kernels.trip_arrays import Reduction


@njit(cache=True, nogil=True)
def reduce_transfers(
    lines: Lines,
    work: Reduction,
    first_line: int,
    until_line: int,
    pos_bits: int,
    hop_count: Any,
    hop: Any,
) -> tuple[int, int]:
    """Collect the changes from the runs of some lines.

    Parameters
    ----------
    lines : Lines
        The day.
    work : Reduction
        Scratch.
    first_line, until_line : int
        Lines looked at, the last one excluded.
    pos_bits : int
        How far to shift the run.
    hop_count : uint32, (n_calls,)
        Filled for each call of these lines, runs one after the other.
    hop : uint32, (room,)
        Filled, call by call; see ``Shortcuts``.

    Returns
    -------
    line, hops : int
        The line at which the room, or that of the scratch, was found too small (``until_line``
        if it was not), and the hops of the lines before it.
    """
    done = 0
    for line in range(first_line, until_line):
        first = np.int64(lines.trip_first[line])
        n_runs = np.int64(lines.trip_first[line + 1]) - first
        length = np.int64(lines.stop_first[line + 1]) - np.int64(lines.stop_first[line])
        written = done
        for run in range(n_runs):
            found = _reduce_run(lines, work, line, run, length)
            if found < 0 or written + found > hop.size:
                return line, done
            event = np.int64(lines.time_first[line]) + run * length
            for pos in range(length):
                begin, end = work.call_hop[pos, 0], work.call_hop[pos, 1]
                hop_count[event + pos] = end - begin
                for i in range(begin, end):
                    hop[written] = np.int64(work.run[i]) << pos_bits | np.int64(work.pos[i])
                    written += 1
        done = written
    return until_line, done


@njit(cache=True, nogil=True)
def _reduce_run(lines: Lines, work: Reduction, line: int, run: int, length: Any) -> Any:
    """Collect the hops of one run; return their number, -1 where the room is too small."""
    base = np.int64(lines.stop_first[line])
    event = np.int64(lines.time_first[line]) + run * length
    run_id = np.int64(lines.trip_first[line]) + run
    n_touched = n_hops = np.int64(0)
    for pos in range(length - 1, -1, -1):
        work.call_hop[pos, 0] = n_hops
        if n_hops >= 0 and lines.flags[base + pos] & CAN_ALIGHT:
            stop = lines.stop[base + pos]
            now = np.int64(lines.arrival_s[event + pos])
            begin, here = n_hops, np.int64(length - pos) << 32
            if now < work.best_s[stop]:
                n_touched = _touch(work, stop, now, n_touched)
                work.owner[stop] = 0
            work.seen_of[line] = run_id
            work.seen_run[line] = run
            work.seen_pos[line] = pos
            first = np.int64(lines.foot_first[stop])
            for f in range(first - 1, np.int64(lines.foot_first[stop + 1])):
                to, ready = stop, now + lines.change_s[stop]
                if f >= first:
                    to, ready = lines.foot_target[f], now + lines.foot_s[f]
                if ready < INF and n_hops >= 0:
                    n_hops, n_touched = _board(
                        lines, work, run_id, to, ready, here, n_hops, n_touched
                    )
            if n_hops > begin:
                n_hops = _drop_outdone(work, begin, n_hops)
        work.call_hop[pos, 1] = n_hops
    for i in range(n_touched):
        work.best_s[work.touched[i]] = INF
    return n_hops


@njit(cache=True, nogil=True)
def _touch(work: Reduction, stop: Any, now: Any, n_touched: Any) -> Any:
    """Note an earlier arrival."""
    if work.best_s[stop] == INF:
        work.touched[n_touched] = stop
        n_touched += 1
    work.best_s[stop] = now
    return n_touched


@njit(cache=True, nogil=True)
def _board(
    lines: Lines,
    work: Reduction,
    run_id: Any,
    stop: Any,
    ready: Any,
    here: Any,
    n_hops: Any,
    n_touched: Any,
) -> tuple[Any, Any]:
    """Try the first run of each line at a stop one is ready at; return both counts."""
    for s in range(lines.serving_first[stop], lines.serving_first[stop + 1]):
        line, pos = np.int64(lines.serving_line[s]), np.int64(lines.serving_pos[s])
        first = np.int64(lines.trip_first[line])
        n_runs = np.int64(lines.trip_first[line + 1]) - first
        times = np.int64(lines.time_first[line])
        column = times + pos * n_runs
        if lines.departure_s[column + n_runs - 1] < ready:
            continue
        if work.seen_of[line] == run_id and pos >= work.seen_pos[line]:
            before = np.int64(work.seen_run[line]) - 1
            if before < 0 or lines.departure_s[column + before] < ready:
                continue  # the line was caught no later, nor further on
        low, high = np.int64(0), n_runs
        while low < high:
            middle = (low + high) >> 1
            if lines.departure_s[column + middle] < ready:
                low = middle + 1
            else:
                high = middle
        work.seen_of[line] = run_id
        work.seen_run[line] = low
        work.seen_pos[line] = pos
        base = np.int64(lines.stop_first[line])
        length = np.int64(lines.stop_first[line + 1]) - base
        event = times + low * length
        if n_hops == work.run.size:
            return -1, n_touched
        useful = False
        work.owns[n_hops] = 0
        for k in range(pos + 1, length):
            there = lines.stop[base + k]
            if lines.arrival_s[event + k] < work.best_s[there] and (
                lines.flags[base + k] & CAN_ALIGHT
            ):
                owner = work.owner[there]
                if work.best_s[there] != INF and owner >= here:
                    work.owns[owner - here] -= 1
                n_touched = _touch(work, there, lines.arrival_s[event + k], n_touched)
                work.owner[there] = here + n_hops
                work.owns[n_hops] += 1
                useful = True
        if useful:
            work.run[n_hops] = first + low
            work.pos[n_hops] = pos
            n_hops += 1
    return n_hops, n_touched


@njit(cache=True, nogil=True)
def _drop_outdone(work: Reduction, begin: Any, n_hops: Any) -> Any:
    """Drop the hops of a call that others of it outdo at every stop; return how many are left."""
    kept = begin
    for hop in range(begin, n_hops):
        if work.owns[hop] > 0:
            work.run[kept], work.pos[kept] = work.run[hop], work.pos[hop]
            kept += 1
    return kept

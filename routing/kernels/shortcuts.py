"""Which changes from run to run are worth remembering.

From the last call of a run to its first, every change is tried; it is kept if it reaches some
stop by vehicle earlier than staying on, or than changes kept so far, which need no more rides.
Who boarded the run before that call can do all of these, so nothing is lost.

Witt's labels count arrivals on foot as well. Here a vehicle's arrival is the only one: from it
footpaths that are not transitively closed, or the way to the destination, may lead on.

Arrivals are kept apart by the steps walked since leaving the run, and a change is outdone by those
alone that take no more of them. The changes of a call that count where nobody minds walking, as
in Witt's paper, come first.

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
    plain_count: Any,
    hop: Any,
    hop_steps: Any,
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
    hop_count, plain_count : uint32, (n_calls,)
        Filled for each call of these lines, runs one after the other: its hops, and those of them
        that count without regard to walking.
    hop : uint32, (room,); hop_steps : uint8, (room,)
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
                begin, end = work.call_hop[pos, 0], work.call_hop[pos, 2]
                hop_count[event + pos] = end - begin
                plain_count[event + pos] = work.call_hop[pos, 1] - begin
                for i in range(begin, end):
                    hop[written] = np.int64(work.run[i]) << pos_bits | np.int64(work.pos[i])
                    hop_steps[written] = work.steps[i]
                    written += 1
        done = written
    return until_line, done


@njit(cache=True, nogil=True)
def _reduce_run(lines: Lines, work: Reduction, line: int, run: int, length: Any) -> Any:
    """Collect the hops of one run; return their number, -1 where the room is too small."""
    base = np.int64(lines.stop_first[line])
    event = np.int64(lines.time_first[line]) + run * length
    run_id = np.int64(lines.trip_first[line]) + run
    n_steps = work.best_s.shape[0]
    n_touched = n_hops = np.int64(0)
    for pos in range(length - 1, -1, -1):
        work.call_hop[pos, 0] = work.call_hop[pos, 1] = n_hops
        if n_hops >= 0 and lines.flags[base + pos] & CAN_ALIGHT:
            stop = lines.stop[base + pos]
            now = np.int64(lines.arrival_s[event + pos])
            begin, here = n_hops, np.int64(length - pos) << 32
            if now < work.best_s[0, stop]:
                n_touched = _touch(work, stop, now, n_touched)
            work.seen_of[0, line] = run_id
            work.seen_run[0, line] = run
            work.seen_pos[0, line] = pos
            first = np.int64(lines.foot_first[stop])
            for f in range(first - 1, np.int64(lines.foot_first[stop + 1])):
                to, ready, steps = stop, now + lines.change_s[stop], 0
                if f >= first:
                    to, ready = lines.foot_target[f], now + lines.foot_s[f]
                    steps = min(np.int64(lines.foot_steps[f]), n_steps - 1)
                if ready < INF and n_hops >= 0:
                    n_hops, n_touched = _board(
                        lines, work, run_id, to, ready, steps, here, n_hops, n_touched
                    )
            if n_hops > begin:
                work.call_hop[pos, 1], n_hops = _drop_outdone(work, begin, n_hops)
        work.call_hop[pos, 2] = n_hops
    for i in range(n_touched):
        for steps in range(n_steps):
            work.best_s[steps, work.touched[i]] = INF
    return n_hops


@njit(cache=True, nogil=True)
def _touch(work: Reduction, stop: Any, now: Any, n_touched: Any) -> Any:
    """Note an arrival at a stop, by staying on, that outdoes all others."""
    n_steps = work.best_s.shape[0]
    if work.best_s[n_steps - 1, stop] == INF:
        work.touched[n_touched] = stop
        n_touched += 1
    for more in range(n_steps):
        if work.best_s[more, stop] <= now:
            break
        work.best_s[more, stop] = now
        work.owner[more, stop] = 0
    return n_touched


@njit(cache=True, nogil=True)
def _board(
    lines: Lines,
    work: Reduction,
    run_id: Any,
    stop: Any,
    ready: Any,
    steps: Any,
    here: Any,
    n_hops: Any,
    n_touched: Any,
) -> tuple[Any, Any]:
    """Try the first run of each line at a stop one is ready at; return both counts."""
    n_steps = work.best_s.shape[0]
    for s in range(lines.serving_first[stop], lines.serving_first[stop + 1]):
        line, pos = np.int64(lines.serving_line[s]), np.int64(lines.serving_pos[s])
        first = np.int64(lines.trip_first[line])
        n_runs = np.int64(lines.trip_first[line + 1]) - first
        times = np.int64(lines.time_first[line])
        column = times + pos * n_runs
        if lines.departure_s[column + n_runs - 1] < ready:
            continue
        caught = False  # the line: no later, nor further on, nor after more walking
        for less in range(steps + 1):
            if work.seen_of[less, line] == run_id and pos >= work.seen_pos[less, line]:
                before = np.int64(work.seen_run[less, line]) - 1
                if before < 0 or lines.departure_s[column + before] < ready:
                    caught = True
        if caught:
            continue
        low, high = np.int64(0), n_runs
        while low < high:
            middle = (low + high) >> 1
            if lines.departure_s[column + middle] < ready:
                low = middle + 1
            else:
                high = middle
        work.seen_of[steps, line] = run_id
        work.seen_run[steps, line] = low
        work.seen_pos[steps, line] = pos
        base = np.int64(lines.stop_first[line])
        length = np.int64(lines.stop_first[line + 1]) - base
        event = times + low * length
        if n_hops == work.run.size:
            return -1, n_touched
        work.owns[n_hops] = work.leads[n_hops] = 0
        for k in range(pos + 1, length):
            there = lines.stop[base + k]
            at = lines.arrival_s[event + k]
            if at >= work.best_s[steps, there] or not lines.flags[base + k] & CAN_ALIGHT:
                continue
            if work.best_s[n_steps - 1, there] == INF:
                work.touched[n_touched] = there
                n_touched += 1
            for more in range(steps, n_steps):
                if work.best_s[more, there] <= at:
                    break
                owner = work.owner[more, there]
                leading = more == n_steps - 1
                if work.best_s[more, there] != INF and owner >= here:
                    work.owns[owner - here] -= 1
                    work.leads[owner - here] -= leading
                work.best_s[more, there] = at
                work.owner[more, there] = here + n_hops
                work.owns[n_hops] += 1
                work.leads[n_hops] += leading
        if work.owns[n_hops] > 0:
            work.run[n_hops] = first + low
            work.pos[n_hops] = pos
            work.steps[n_hops] = steps
            n_hops += 1
    return n_hops, n_touched


@njit(cache=True, nogil=True)
def _drop_outdone(work: Reduction, begin: Any, n_hops: Any) -> tuple[Any, Any]:
    """Drop the hops of a call that others of it outdo at every stop.

    Returns the end of those that lead somewhere without regard to walking, which are put first,
    and the end of all.
    """
    middle = kept = begin
    for hop in range(begin, n_hops):
        if work.owns[hop] == 0:
            continue
        run, pos, steps = work.run[hop], work.pos[hop], work.steps[hop]
        at = kept
        if work.leads[hop] > 0:
            work.run[kept], work.pos[kept] = work.run[middle], work.pos[middle]
            work.steps[kept] = work.steps[middle]
            at = middle
            middle += 1
        work.run[at], work.pos[at], work.steps[at] = run, pos, steps
        kept += 1
    return middle, kept

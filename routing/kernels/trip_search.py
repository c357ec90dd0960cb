"""Trip-based search: from run to run along shortcuts, without looking at stops in between.

It answers what ``raptor.search`` answers, from the same starts. A *part* is a stretch of a run one
may sit in and that nobody has looked at yet; looking at it means trying the destination and the
shortcuts at each of its calls. What was reached stays known from group to group of starts, so
that an earlier departure is followed only where it gains something.

References
----------
Witt (2015), Trip-Based Public Transit Routing, sec. 2 and 4.
"""

from typing import Any

import numpy as np
from numba import njit

from routing.kernels.raptor import walk_s
from routing.kernels.raptor_arrays import CAN_ALIGHT, INF, Lines, Starts
from routing.kernels.trip_arrays import NEVER, Hops, TripWork


@njit(cache=True, nogil=True)
def search_trips(
    lines: Lines,
    hops: Hops,
    starts: Starts,
    n_starts: int,
    egress_stop: Any,
    egress_s: Any,
    max_rounds: int,
    max_duration_s: int,
    direct_s: int,
    until_s: int,
    work: TripWork,
    head: Any,
    rides: Any,
) -> int:
    """Find the Pareto-optimal journeys of some starts.

    Parameters
    ----------
    lines : Lines
        The day.
    hops : Hops
        Its shortcuts.
    starts, n_starts, egress_stop, egress_s, max_rounds, max_duration_s, direct_s, until_s
        As in ``raptor.search``; starts need to be sorted by ``leave_s`` only.
    work : TripWork
        Scratch.
    head, rides : int32
        Filled as by ``raptor.search``.

    Returns
    -------
    int
        Journeys found; where that is more than ``head`` holds, the rest was not written. -1 where
        the queue of ``work`` is too short.
    """
    several = n_starts > 0 and starts.leave_s[0] != starts.leave_s[n_starts - 1]
    work.reached[: max_rounds + 1 if several else 1] = NEVER
    work.target_s[:] = INF
    _mark_exits(hops, egress_stop, egress_s, work)
    found = begin = 0
    while begin < n_starts and found >= 0:
        end = begin + 1
        while end < n_starts and starts.leave_s[end] == starts.leave_s[begin]:
            end += 1
        leave_s = starts.leave_s[begin]
        for k in range(max_rounds + 1):
            work.target_s[k] = min(work.target_s[k], leave_s + direct_s)
        latest = leave_s + max_duration_s
        if not _run_rounds(lines, hops, starts, begin, end, max_rounds, latest, several, work):
            found = -1
            break
        for k in range(1, max_rounds + 1):
            if work.is_better[k] and leave_s <= until_s:
                if found < head.shape[0]:
                    _trace(lines, hops, work, k, head[found], rides[found])
                found += 1
        begin = end
    _clear_exits(hops, egress_stop, work)
    return found


@njit(cache=True, nogil=True)
def _mark_exits(hops: Hops, egress_stop: Any, egress_s: Any, work: TripWork) -> None:
    """Note for each line how far it is of use to look out for the destination."""
    for i in range(egress_stop.size):
        stop = egress_stop[i]
        work.egress_s[stop] = min(work.egress_s[stop], egress_s[i])
        for c in range(hops.exit_first[stop], hops.exit_first[stop + 1]):
            line, pos = hops.exit_line[c], hops.exit_pos[c]
            work.last_exit[line] = max(work.last_exit[line], pos)


@njit(cache=True, nogil=True)
def _clear_exits(hops: Hops, egress_stop: Any, work: TripWork) -> None:
    for i in range(egress_stop.size):
        stop = egress_stop[i]
        work.egress_s[stop] = INF
        for c in range(hops.exit_first[stop], hops.exit_first[stop + 1]):
            work.last_exit[hops.exit_line[c]] = 0


@njit(cache=True, nogil=True)
def _run_rounds(
    lines: Lines,
    hops: Hops,
    starts: Starts,
    begin: int,
    end: int,
    max_rounds: int,
    latest: int,
    several: bool,
    work: TripWork,
) -> bool:
    """Ride, change, ride again; ``is_better`` tells what was gained. False if out of room."""
    work.is_better[:] = 0
    n_rows = max_rounds + 1 if several else 1
    row = 1 if several else 0
    n_queue = 0
    for s in range(begin, end):
        run = np.int64(lines.trip_first[starts.line[s]]) + np.int64(starts.run[s])
        pos = np.int64(starts.pos[s])
        if pos < work.reached[row, run]:
            if n_queue == work.queue_run.size:
                return False
            work.queue_run[n_queue] = run
            work.queue_begin[n_queue] = pos
            work.queue_end[n_queue] = work.reached[row, run]
            work.queue_from[n_queue] = starts.access_s[s]
            last = np.int64(lines.trip_first[starts.line[s] + 1])
            _reach(work.reached, row, n_rows, run, last, pos)
            n_queue += 1
    low = 0
    for k in range(1, max_rounds + 1):
        high = n_queue
        if low == high:
            break
        _look_out(lines, hops, work, low, high, k, max_rounds, latest)
        if k == max_rounds:
            break
        row = k + 1 if several else 0
        bound = min(work.target_s[k + 1], latest + 1)
        n_queue = _change(lines, hops, work, low, high, row, n_rows, bound)
        if n_queue < 0:
            return False
        low = high
    return True


@njit(cache=True, nogil=True)
def _reach(reached: Any, row: int, n_rows: int, run: Any, last: Any, pos: Any) -> None:
    """Note that a run, and so each after it on its line, is reached with as many rides or more."""
    for higher in range(row, n_rows):
        if reached[higher, run] <= pos:
            break
        for later in range(run, last):
            if reached[higher, later] <= pos:
                break
            reached[higher, later] = pos


@njit(cache=True, nogil=True)
def _look_out(
    lines: Lines,
    hops: Hops,
    work: TripWork,
    low: int,
    high: int,
    k: int,
    max_rounds: int,
    latest: int,
) -> None:
    """Try to reach the destination from each new part of this round."""
    bound = np.int64(min(work.target_s[k], latest + 1))
    for part in range(low, high):
        run = work.queue_run[part]
        line = hops.run_line[run]
        length = np.int64(lines.stop_first[line + 1]) - np.int64(lines.stop_first[line])
        work.queue_end[part] = min(np.int64(work.queue_end[part]), length - 1)
        until = min(np.int64(work.last_exit[line]), np.int64(work.queue_end[part]))
        event = np.int64(hops.run_event[run])
        base = np.int64(lines.stop_first[line])
        for pos in range(np.int64(work.queue_begin[part]) + 1, until + 1):
            t = np.int64(lines.arrival_s[event + pos])
            if t >= bound:
                break
            t += work.egress_s[lines.stop[base + pos]]
            if t < bound and lines.flags[base + pos] & CAN_ALIGHT:
                bound = t
                work.target_part[k] = part
                work.target_pos[k] = pos
                work.is_better[k] = 1
    if work.is_better[k]:
        for higher in range(k, max_rounds + 1):
            work.target_s[higher] = min(work.target_s[higher], bound)


@njit(cache=True, nogil=True)
def _change(
    lines: Lines,
    hops: Hops,
    work: TripWork,
    low: int,
    high: int,
    row: int,
    n_rows: int,
    bound: int,
) -> int:
    """Take the shortcuts of some parts; return the length of the queue, -1 if that is too long."""
    reached, arrival_s = work.reached, lines.arrival_s
    hop_first, pos_bits = hops.hop_first, hops.pos_bits
    mask = (1 << pos_bits) - 1
    queue_run, queue_begin, queue_end = work.queue_run, work.queue_begin, work.queue_end
    known = reached[row]
    n_queue = high
    for part in range(low, high):
        run, end = queue_run[part], np.int64(queue_end[part])
        event = np.int64(hops.run_event[run])
        for pos in range(np.int64(queue_begin[part]) + 1, end + 1):
            if arrival_s[event + pos] >= bound:
                break
            first, until = np.int64(hop_first[event + pos]), np.int64(hop_first[event + pos + 1])
            for hop in range(first, until):
                packed = np.int64(hops.hop[hop])
                to, at = packed >> pos_bits, packed & mask
                if at < known[to]:
                    if n_queue == queue_run.size:
                        return -1
                    queue_run[n_queue] = to
                    queue_begin[n_queue] = at
                    queue_end[n_queue] = known[to]
                    work.queue_from[n_queue] = part
                    work.queue_left[n_queue] = pos
                    n_queue += 1
                    last = np.int64(lines.trip_first[hops.run_line[to] + 1])
                    _reach(reached, row, n_rows, to, last, at)
    return n_queue


@njit(cache=True, nogil=True)
def _trace(lines: Lines, hops: Hops, work: TripWork, rounds: int, head: Any, rides: Any) -> None:
    """Write down the journey that reached the destination with so many rides."""
    head[1] = work.target_s[rounds]
    head[2] = rounds
    part = np.int64(work.target_part[rounds])
    alight = np.int64(work.target_pos[rounds])
    for k in range(rounds, 0, -1):
        run, board = np.int64(work.queue_run[part]), np.int64(work.queue_begin[part])
        line = np.int64(hops.run_line[run])
        base = np.int64(lines.stop_first[line])
        first = np.int64(lines.trip_first[line])
        n_runs = np.int64(lines.trip_first[line + 1]) - first
        ride = rides[k - 1]
        ride[0] = lines.trip[run]
        ride[1] = lines.service_offset[run]
        ride[2] = lines.pattern[line]
        ride[3] = board
        ride[4] = alight
        column = np.int64(lines.time_first[line]) + board * n_runs
        ride[5] = lines.departure_s[column + run - first]
        ride[6] = lines.arrival_s[np.int64(hops.run_event[run]) + alight]
        ride[7] = lines.stop[base + board]
        ride[8] = lines.stop[base + alight]
        ride[9] = -1
        ride[10] = np.int64(lines.stop_first[line + 1]) - base
        if k == 1:
            head[3] = work.queue_from[part]
            head[0] = ride[5] - head[3]
            return
        alight = np.int64(work.queue_left[part])
        part = np.int64(work.queue_from[part])
        before = hops.run_line[work.queue_run[part]]
        stop = lines.stop[np.int64(lines.stop_first[before]) + alight]
        if stop != lines.stop[base + board]:
            ride[9] = walk_s(lines, stop, lines.stop[base + board])

"""RAPTOR and its range form: rounds of rides over lines that never overtake.

One compiled search serves both. A query is a list of *starts*, the runs boarded first, grouped
by the time one leaves the origin, latest first. A single departure is one group; a range has
one group per departure worth considering, and labels survive from group to group, so that an
earlier departure is followed only where it arrives earlier (self-pruning).

Two labels per stop and round: arrival by a vehicle, and readiness to board after a change or a
walk. One label would let a stop reached on foot hide its own later vehicle, from which footpaths
that are not transitively closed may lead on.

References
----------
Delling, Pajor & Werneck (2012), Round-Based Public Transit Routing, sec. 3 and 4.2.
"""

from typing import Any

import numpy as np
from numba import njit

from routing.kernels.raptor_arrays import (
    CAN_ALIGHT,
    CAN_BOARD,
    INF,
    NOWHERE,
    Lines,
    Starts,
    Work,
)


@njit(cache=True, nogil=True)
def find_starts(
    lines: Lines,
    access_stop: Any,
    access_s: Any,
    from_s: int,
    until_s: int,
    every: bool,
    out: Starts,
) -> int:
    """List the runs worth boarding first.

    Parameters
    ----------
    lines : Lines
        The day.
    access_stop : uint32, (n,); access_s : int32, (n,)
        Stops reached from the origin, seconds to each.
    from_s, until_s : int
        Departures from the origin looked at, both included.
    every : bool
        All departures in that time, and the first one after it, for which one leaves at
        ``until_s + 1``; or (False) the first of each line and access stop, for which one leaves
        at ``from_s``.
    out : Starts
        Filled, unsorted, as far as it is long.

    Returns
    -------
    int
        Starts found, which may be more than ``out`` holds.
    """
    found = 0
    for a in range(access_stop.size):
        stop = access_stop[a]
        walk = access_s[a]
        for s in range(lines.serving_first[stop], lines.serving_first[stop + 1]):
            line, pos = lines.serving_line[s], lines.serving_pos[s]
            n_runs = np.int64(lines.trip_first[line + 1]) - np.int64(lines.trip_first[line])
            column = np.int64(lines.time_first[line]) + np.int64(pos) * n_runs
            low, high = np.int64(0), n_runs
            while low < high:
                middle = (low + high) >> 1
                if lines.departure_s[column + middle] < from_s + walk:
                    low = middle + 1
                else:
                    high = middle
            for run in range(low, n_runs):
                departure = lines.departure_s[column + run]
                after = departure - walk > until_s
                if after and not every:
                    break
                if run > low and lines.departure_s[column + run - 1] == departure:
                    continue  # the run before leaves with it and arrives no later
                if found < out.leave_s.size:
                    leave = departure - walk if every else from_s
                    out.leave_s[found] = until_s + 1 if after else leave
                    out.line[found] = line
                    out.pos[found] = pos
                    out.run[found] = run
                    out.access_s[found] = walk
                found += 1
                if after or not every:
                    break
    return found


@njit(cache=True, nogil=True)
def search(
    lines: Lines,
    starts: Starts,
    n_starts: int,
    egress_stop: Any,
    egress_s: Any,
    max_rounds: int,
    max_duration_s: int,
    direct_s: int,
    until_s: int,
    work: Work,
    head: Any,
    rides: Any,
) -> int:
    """Find the Pareto-optimal journeys of some starts.

    Parameters
    ----------
    lines : Lines
        The day.
    starts : Starts
        First boardings, sorted; the first ``n_starts`` count.
    egress_stop : uint32, (n,); egress_s : int32, (n,)
        Stops from which the destination is reached, seconds from each.
    max_rounds : int
        Most rides, less than the rows of ``work.arrival``.
    max_duration_s : int
        From leaving to arriving.
    direct_s : int
        Seconds of going there without a vehicle, ``INF`` for none; journeys that arrive no
        earlier are dominated by it.
    until_s : int
        Journeys that leave later are not told, but what they dominate is left out.
    work : Work
        Scratch.
    head : int32, (room, 4)
        Filled per journey: departure, arrival, rides, seconds of the access.
    rides : int32, (room, rounds, 11)
        Filled per journey and ride: trip, days of its service day from the view's, pattern,
        position boarded, position left, departure, arrival, stop boarded, stop left, seconds
        walked to it (-1: changed at the stop), calls of the pattern.

    Returns
    -------
    int
        Journeys found; where that is more than ``room``, the rest was not written.
    """
    several = n_starts > 0 and starts.leave_s[0] != starts.leave_s[n_starts - 1]
    for row in range(max_rounds + 1 if several else 1):
        work.arrival[row, :] = INF
        work.ready[row, :] = INF
    work.target_s[:] = INF
    for i in range(egress_stop.size):
        work.egress_s[egress_stop[i]] = min(work.egress_s[egress_stop[i]], egress_s[i])
    found = 0
    begin = 0
    while begin < n_starts:
        end = begin + 1
        while end < n_starts and starts.leave_s[end] == starts.leave_s[begin]:
            end += 1
        leave_s = starts.leave_s[begin]
        latest = leave_s + max_duration_s
        for k in range(max_rounds + 1):
            work.target_s[k] = min(work.target_s[k], leave_s + direct_s)
        _run_rounds(lines, starts, begin, end, max_rounds, latest, several, work)
        for k in range(1, max_rounds + 1):
            if work.is_better[k] and leave_s <= until_s:
                if found < head.shape[0]:
                    _trace(lines, work, k, head[found], rides[found])
                found += 1
        begin = end
    for i in range(egress_stop.size):
        work.egress_s[egress_stop[i]] = INF
    return found


@njit(cache=True, nogil=True)
def _run_rounds(
    lines: Lines,
    starts: Starts,
    begin: int,
    end: int,
    max_rounds: int,
    latest: int,
    several: bool,
    work: Work,
) -> None:
    """Ride, change, ride again, until nothing improves; ``is_better`` tells what was gained."""
    work.is_better[:] = 0
    n_queue = 0
    for s in range(begin, end):
        if s == begin or starts.line[s] != starts.line[s - 1]:
            work.queue[n_queue] = s
            n_queue += 1
    k = 1
    while True:
        n_ridden = _ride(lines, starts, end, work, k, max_rounds, several, n_queue, latest)
        n_marked = _change(lines, work, k, max_rounds, several, n_ridden, latest)
        if n_marked == 0:
            return
        n_queue = _queue_lines(lines, work, n_marked)
        k += 1


@njit(cache=True, nogil=True)
def _queue_lines(lines: Lines, work: Work, n_marked: int) -> int:
    """List the lines one can board at marked stops, each with the first such position."""
    n_queue = 0
    for m in range(n_marked):
        stop = work.marked[m]
        for s in range(lines.serving_first[stop], lines.serving_first[stop + 1]):
            line, pos = lines.serving_line[s], lines.serving_pos[s]
            if work.first_pos[line] == NOWHERE:
                work.queue[n_queue] = line
                n_queue += 1
                work.first_pos[line] = pos
            elif pos < work.first_pos[line]:
                work.first_pos[line] = pos
    return n_queue


@njit(cache=True, nogil=True)
def _ride(
    lines: Lines,
    starts: Starts,
    end: int,
    work: Work,
    k: int,
    max_rounds: int,
    several: bool,
    n_queue: int,
    latest: int,
) -> int:
    """Scan the queued lines once; return how many stops have an earlier vehicle arrival.

    In the first round the queue holds rows of ``starts``, later it holds lines.
    """
    row = k if several else 0
    ready = work.ready[row - 1 if several else 0]
    arrival = work.arrival[row]
    from_line, from_run = work.from_line[k], work.from_run[k]
    from_board, from_alight = work.from_board[k], work.from_alight[k]
    n_ridden = 0
    bound = min(work.target_s[k], latest + 1)
    for q in range(n_queue):
        start = np.int64(work.queue[q])
        line = np.int64(starts.line[start]) if k == 1 else start
        pos = np.int64(starts.pos[start]) if k == 1 else np.int64(work.first_pos[line])
        work.first_pos[line] = NOWHERE
        base = np.int64(lines.stop_first[line])
        length = np.int64(lines.stop_first[line + 1]) - base
        n_runs = np.int64(lines.trip_first[line + 1]) - np.int64(lines.trip_first[line])
        times = np.int64(lines.time_first[line])
        run = n_runs
        board = access = np.int64(0)
        while pos < length:
            stop = lines.stop[base + pos]
            flags = lines.flags[base + pos]
            if run < n_runs:
                t = lines.arrival_s[times + run * length + pos]
                if t >= bound:
                    run = n_runs  # it only gets later
                elif flags & CAN_ALIGHT and t < arrival[stop]:
                    arrival[stop] = t
                    if several:
                        for higher in range(row + 1, max_rounds + 1):
                            if work.arrival[higher, stop] <= t:
                                break
                            work.arrival[higher, stop] = t
                    from_line[stop], from_run[stop] = line, run
                    from_board[stop], from_alight[stop] = board, pos
                    if k == 1:
                        work.ready_from[0, stop] = access
                    if not work.is_ridden[stop]:
                        work.is_ridden[stop] = 1
                        work.ridden[n_ridden] = stop
                        n_ridden += 1
                    if work.egress_s[stop] != INF and t + work.egress_s[stop] < bound:
                        bound = t + work.egress_s[stop]
                        work.target_stop[k] = stop
                        work.is_better[k] = 1
                        for higher in range(k, max_rounds + 1):
                            work.target_s[higher] = min(work.target_s[higher], bound)
            if k == 1:
                while start < end and starts.line[start] == line and starts.pos[start] == pos:
                    if starts.run[start] < run:
                        run, board = np.int64(starts.run[start]), pos
                        access = np.int64(starts.access_s[start])
                    start += 1
            elif flags & CAN_BOARD and work.is_marked[stop]:
                column = times + pos * n_runs
                low, high = np.int64(0), run
                if run == n_runs or lines.departure_s[column + run - 1] >= ready[stop]:
                    while low < high:
                        middle = (low + high) >> 1
                        if lines.departure_s[column + middle] < ready[stop]:
                            low = middle + 1
                        else:
                            high = middle
                    if low < run:
                        run, board = low, pos
            pos += 1
    return n_ridden


@njit(cache=True, nogil=True)
def _change(
    lines: Lines,
    work: Work,
    k: int,
    max_rounds: int,
    several: bool,
    n_ridden: int,
    latest: int,
) -> int:
    """Change at, or walk once from, every stop just reached; return how many are newly ready."""
    for m in range(work.n_marked[0]):
        work.is_marked[work.marked[m]] = 0
    row = k if several else 0
    ready = work.ready[row]
    ready_from = work.ready_from[k]
    bound = min(work.target_s[k], latest + 1)
    n_marked = 0
    for i in range(n_ridden):
        stop = work.ridden[i]
        work.is_ridden[stop] = 0
        if k == max_rounds:
            continue
        at = work.arrival[row, stop]
        first = np.int64(lines.foot_first[stop])
        for f in range(first - 1, np.int64(lines.foot_first[stop + 1])):
            if f < first:
                to, t = stop, at + lines.change_s[stop]
            else:
                to, t = lines.foot_target[f], at + lines.foot_s[f]
                if t >= bound:
                    break  # the others are longer
            if t < bound and t < ready[to]:
                ready[to] = t
                if several:
                    for higher in range(row + 1, max_rounds + 1):
                        if work.ready[higher, to] <= t:
                            break
                        work.ready[higher, to] = t
                ready_from[to] = stop
                if not work.is_marked[to]:
                    work.is_marked[to] = 1
                    work.marked[n_marked] = to
                    n_marked += 1
    work.n_marked[0] = n_marked
    return n_marked


@njit(cache=True, nogil=True)
def _trace(lines: Lines, work: Work, rounds: int, head: Any, rides: Any) -> None:
    """Write down the journey that reached the destination with so many rides."""
    stop = np.int64(work.target_stop[rounds])
    head[1] = work.target_s[rounds]
    head[2] = rounds
    for k in range(rounds, 0, -1):
        line, run = np.int64(work.from_line[k, stop]), np.int64(work.from_run[k, stop])
        board, alight = np.int64(work.from_board[k, stop]), np.int64(work.from_alight[k, stop])
        n_runs = np.int64(lines.trip_first[line + 1]) - np.int64(lines.trip_first[line])
        length = np.int64(lines.stop_first[line + 1]) - np.int64(lines.stop_first[line])
        times = np.int64(lines.time_first[line])
        boarded_at = np.int64(lines.stop[lines.stop_first[line] + board])
        ride = rides[k - 1]
        ride[0] = lines.trip[lines.trip_first[line] + run]
        ride[1] = lines.service_offset[lines.trip_first[line] + run]
        ride[2] = lines.pattern[line]
        ride[3] = board
        ride[4] = alight
        ride[5] = lines.departure_s[times + board * n_runs + run]
        ride[6] = lines.arrival_s[times + run * length + alight]
        ride[7] = boarded_at
        ride[8] = stop
        ride[9] = -1
        ride[10] = length
        if k == 1:
            head[3] = work.ready_from[0, stop]
            head[0] = ride[5] - head[3]
        else:
            stop = np.int64(work.ready_from[k - 1, boarded_at])
            if stop != boarded_at:
                ride[9] = walk_s(lines, stop, boarded_at)


@njit(cache=True, nogil=True)
def walk_s(lines: Lines, stop: Any, to: Any) -> Any:
    """Return the seconds of the footpath between two stops."""
    for f in range(lines.foot_first[stop], lines.foot_first[stop + 1]):
        if lines.foot_target[f] == to:
            return np.int64(lines.foot_s[f])
    return np.int64(-1)

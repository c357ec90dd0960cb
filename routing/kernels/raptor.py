"""RAPTOR and its range form: rounds of rides over lines that never overtake.

One compiled search serves both. A query is a list of *starts*, the runs boarded first, grouped
by the time one leaves the origin, latest first. A single departure is one group; a range has
one group per departure worth considering, and labels survive from group to group, so that an
earlier departure is followed only where it arrives earlier (self-pruning). Where walking is a
criterion, labels are kept apart by the steps walked so far (see ``routing.transit.walking``), and
one with few steps outdoes those with more that are no earlier.

Two labels per stop and round: arrival by a vehicle, and readiness to board after a change or a
walk. One label would let a stop reached on foot hide its own later vehicle, from which footpaths
that are not transitively closed may lead on.

References
----------
Delling, Pajor & Werneck (2012), Round-Based Public Transit Routing, sec. 3 and 4.2.
"""

from typing import Any

import numpy as np

from routing.kernels.compiled import fill, search_part
from routing.kernels.raptor_arrays import (
    CAN_ALIGHT,
    CAN_BOARD,
    INF,
    NOWHERE,
    Lines,
    Starts,
    Work,
    latest_of_use,
    note_exits,
    outdo,
    set_limits,
)


@search_part
def search(
    lines: Lines,
    starts: Starts,
    n_starts: int,
    egress_stop: Any,
    egress_s: Any,
    egress_steps: Any,
    n_steps: Any,
    max_rounds: int,
    max_duration_s: int,
    direct_s: int,
    until_s: int,
    soonest_s: Any,
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
    egress_stop : uint32, (n,); egress_s : int32, (n,); egress_steps : uint8, (n,)
        Stops from which the destination is reached, seconds from each, and steps of walking.
    n_steps : int
        Steps of walking told apart: 0 to ``n_steps - 1`` and more. With 1 walking is no criterion.
    max_rounds : int
        Most rides, less than the rows of ``work.arrival``.
    max_duration_s : int
        From leaving to arriving.
    direct_s : int
        Seconds of going there without a vehicle, ``NO_WAY`` for none; journeys that arrive no
        earlier are dominated by it.
    until_s : int
        Journeys that leave later are not told, but what they dominate is left out.
    soonest_s : int32, (n_starts, rounds + 1)
        A row for each group of starts: arrivals with so many rides at most. Filled where walking
        is no criterion; where it is, what was filled of the same starts is wanted.
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
    rows = 1
    if n_steps > 1 or (n_starts > 0 and starts.leave_s[0] != starts.leave_s[n_starts - 1]):
        rows = max_rounds + 1
    size = rows * n_steps * work.arrival.shape[2]
    fill(work.arrival, size, INF)
    fill(work.ready, size, INF)
    work.target_s[:] = INF
    exits = work.egress_s, work.egress_steps, work.fewest_steps
    note_exits(egress_stop, egress_s, egress_steps, n_steps, *exits)
    found = group = 0
    begin: Any = np.int64(0)  # a plain 0 would have what takes it compiled once more
    while begin < n_starts:
        end = begin + 1
        while end < n_starts and starts.leave_s[end] == starts.leave_s[begin]:
            end += 1
        leave_s = starts.leave_s[begin]
        latest = leave_s + min(max_duration_s, direct_s - 1)
        set_limits(work.limit_s, soonest_s[group, : max_rounds + 1], n_steps, latest)
        _run_rounds(lines, starts, begin, end, n_steps, max_rounds, rows, work)
        if n_steps == 1:
            for k in range(max_rounds + 1):
                soonest_s[group, k] = work.target_s[k, 0]
        for k in range(1, max_rounds + 1):
            for w in range(n_steps):
                if work.is_better[k, w] and leave_s <= until_s:
                    if found < head.shape[0]:
                        _trace(lines, work, k, w, head[found], rides[found])
                    found += 1
        begin = end
        group += 1
    for i in range(egress_stop.size):
        work.egress_s[egress_stop[i]] = INF
    return found


@search_part
def _run_rounds(
    lines: Lines,
    starts: Starts,
    begin: int,
    end: int,
    n_steps: Any,
    max_rounds: int,
    rows: int,
    work: Work,
) -> None:
    """Ride, change, ride again, until nothing improves; ``is_better`` tells what was gained.

    Within a round, those who have walked less go first: whom they outdo need not be looked at.
    """
    work.is_better[:] = 0
    k: Any = np.int64(1)
    n_marked = 0
    s = begin
    for w in range(n_steps):
        n_queue, first = 0, s
        while s < end and min(np.int64(starts.steps[s]), n_steps - 1) == w:
            # Without steps those walked farther to follow, and may board the same line before.
            is_next = s > first and starts.steps[s] == starts.steps[s - 1]
            if not is_next or starts.line[s] != starts.line[s - 1]:
                work.queue[n_queue] = s
                n_queue += 1
            s += 1
        if n_queue > 0:
            n_ridden = _ride(lines, starts, s, work, k, w, n_steps, rows, n_queue)
            n_marked += _change(lines, work, k, w, n_steps, max_rounds, rows, n_ridden)
    while n_marked > 0:
        k += 1
        n_marked = 0
        for w in range(n_steps):
            n_queue = _queue_lines(lines, work, k & 1, w)
            if n_queue > 0:
                n_ridden = _ride(lines, starts, end, work, k, w, n_steps, rows, n_queue)
                n_marked += _change(lines, work, k, w, n_steps, max_rounds, rows, n_ridden)
            _unmark(work, k & 1, w)


@search_part
def _queue_lines(lines: Lines, work: Work, now: int, w: int) -> int:
    """List the lines one can board at marked stops, each with the first such position."""
    n_queue = 0
    for m in range(work.n_marked[now, w]):
        stop = work.marked[now, w, m]
        if work.is_marked[now, w, stop] != 1:
            continue
        for s in range(lines.serving_first[stop], lines.serving_first[stop + 1]):
            line, pos = lines.serving_line[s], lines.serving_pos[s]
            if work.first_pos[line] == NOWHERE:
                work.queue[n_queue] = line
                n_queue += 1
                work.first_pos[line] = pos
            elif pos < work.first_pos[line]:
                work.first_pos[line] = pos
    return n_queue


@search_part
def _unmark(work: Work, now: int, w: int) -> None:
    for m in range(work.n_marked[now, w]):
        work.is_marked[now, w, work.marked[now, w, m]] = 0
    work.n_marked[now, w] = 0


@search_part
def _ride(
    lines: Lines,
    starts: Starts,
    end: int,
    work: Work,
    k: int,
    w: Any,
    n_steps: Any,
    rows: int,
    n_queue: int,
) -> int:
    """Scan the queued lines once; return how many stops have an earlier vehicle arrival.

    In the first round the queue holds rows of ``starts``, later it holds lines.
    """
    row = min(k, rows - 1)
    ready = work.ready[max(row - 1, 0), w]
    arrival = work.arrival[row, w]
    is_marked = work.is_marked[k & 1, w]
    from_line, from_run = work.from_line[k, w], work.from_run[k, w]
    from_board, from_alight = work.from_board[k, w], work.from_alight[k, w]
    alone = rows == 1 and n_steps == 1
    n_ridden = 0
    bound = latest_of_use(work.target_s, k, w, work.fewest_steps[0], work.limit_s)
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
                t = np.int64(lines.arrival_s[times + run * length + pos])
                if t >= bound:
                    run = n_runs  # it only gets later
                elif flags & CAN_ALIGHT and t < arrival[stop]:
                    arrival[stop] = t
                    if not alone:
                        _lower(work.arrival, row, rows, w, n_steps, stop, t)
                    from_line[stop], from_run[stop] = line, run
                    from_board[stop], from_alight[stop] = board, pos
                    if k == 1:
                        work.ready_from[0, w, stop] = access
                    if not work.is_ridden[stop]:
                        work.is_ridden[stop] = 1
                        work.ridden[n_ridden] = stop
                        n_ridden += 1
                    if work.egress_s[stop] != INF:
                        _reach_target(work, k, w, n_steps, stop, t)
                        bound = latest_of_use(
                            work.target_s, k, w, work.fewest_steps[0], work.limit_s
                        )
            if k == 1:
                while start < end and starts.line[start] == line and starts.pos[start] == pos:
                    if starts.run[start] < run:
                        run, board = np.int64(starts.run[start]), pos
                        access = np.int64(starts.access_s[start])
                    start += 1
            elif flags & CAN_BOARD and is_marked[stop] == 1:
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


@search_part
def _lower(labels: Any, row: int, rows: int, w: Any, n_steps: Any, stop: Any, t: Any) -> None:
    """Let a time hold with more rides and more walking too."""
    for higher in range(row, rows):
        if higher > row and labels[higher, w, stop] <= t:
            break
        for more in range(w, n_steps):
            if labels[higher, more, stop] <= t and (higher > row or more > w):
                break
            labels[higher, more, stop] = t


@search_part
def _reach_target(work: Work, k: int, w: Any, n_steps: Any, stop: Any, t: Any) -> None:
    """Try the way from a stop to the destination."""
    t += work.egress_s[stop]
    there = min(w + np.int64(work.egress_steps[stop]), n_steps - 1)
    if t >= work.target_s[k, there] or t >= work.limit_s[k]:
        return
    outdo(work.target_s, work.is_better, k, there, n_steps, t)
    work.target_stop[k, there] = stop
    work.target_steps[k, there] = w


@search_part
def _change(
    lines: Lines,
    work: Work,
    k: int,
    w: Any,
    n_steps: Any,
    max_rounds: int,
    rows: int,
    n_ridden: int,
) -> int:
    """Change at, or walk once from, every stop just reached; return how often one is ready."""
    row = min(k, rows - 1)
    then = (k + 1) & 1
    gained = 0
    for i in range(n_ridden):
        stop = work.ridden[i]
        work.is_ridden[stop] = 0
        if k == max_rounds:
            continue
        at = work.arrival[row, w, stop]
        bound = latest_of_use(work.target_s, k + 1, w, work.fewest_steps[0], work.limit_s)
        first = np.int64(lines.foot_first[stop])
        for f in range(first - 1, np.int64(lines.foot_first[stop + 1])):
            there = w
            if f < first:
                to, t = stop, at + lines.change_s[stop]
            else:
                to, t = lines.foot_target[f], at + lines.foot_s[f]
                if t >= bound:
                    break  # the others are longer
                there = min(w + np.int64(lines.foot_steps[f]), n_steps - 1)
            if t >= work.ready[row, there, to] or t >= bound:
                continue
            if there > w and t >= latest_of_use(
                work.target_s, k + 1, there, work.fewest_steps[0], work.limit_s
            ):
                continue
            _lower(work.ready, row, rows, there, n_steps, to, t)
            work.ready_from[k, there, to] = stop
            work.ready_steps[k, there, to] = w
            for more in range(there + 1, n_steps):
                if work.is_marked[then, more, to] == 1 and work.ready[row, more, to] == t:
                    work.is_marked[then, more, to] = 2
            if work.is_marked[then, there, to] == 0:
                work.marked[then, there, work.n_marked[then, there]] = to
                work.n_marked[then, there] += 1
            work.is_marked[then, there, to] = 1
            gained += 1
    return gained


@search_part
def _trace(lines: Lines, work: Work, rounds: int, steps: int, head: Any, rides: Any) -> None:
    """Write down the journey that reached the destination with so many rides and steps."""
    stop = np.int64(work.target_stop[rounds, steps])
    w = np.int64(work.target_steps[rounds, steps])
    head[1] = work.target_s[rounds, steps]
    head[2] = rounds
    for k in range(rounds, 0, -1):
        line, run = np.int64(work.from_line[k, w, stop]), np.int64(work.from_run[k, w, stop])
        board, alight = (
            np.int64(work.from_board[k, w, stop]),
            np.int64(work.from_alight[k, w, stop]),
        )
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
            head[3] = work.ready_from[0, w, stop]
            head[0] = ride[5] - head[3]
        else:
            stop = np.int64(work.ready_from[k - 1, w, boarded_at])
            w = np.int64(work.ready_steps[k - 1, w, boarded_at])
            if stop != boarded_at:
                ride[9] = walk_s(lines, stop, boarded_at)


@search_part
def walk_s(lines: Lines, stop: Any, to: Any) -> Any:
    """Return the seconds of the footpath between two stops."""
    for f in range(lines.foot_first[stop], lines.foot_first[stop + 1]):
        if lines.foot_target[f] == to:
            return np.int64(lines.foot_s[f])
    return np.int64(-1)

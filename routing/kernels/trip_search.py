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

from routing.kernels.compiled import fill, inlined_part, search_part
from routing.kernels.raptor import walk_s
from routing.kernels.raptor_arrays import (
    CAN_ALIGHT,
    INF,
    Lines,
    Starts,
    latest_of_use,
    note_exits,
    outdo,
    set_limits,
)
from routing.kernels.trip_arrays import NEVER, NO_PART, AtBest, Hops, TripWork

ROUNDS_NOTED, RUNS_NOTED = 5, 4
"""For how many rides, and runs of a line where walking counts, what reaches one is noted."""


@search_part
def search_trips(
    lines: Lines,
    hops: Hops,
    best: AtBest,
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
    best : AtBest
        How soon the destination is reached, see :func:`reach_at_best`.
    starts, n_starts, egress_stop, egress_s, egress_steps, n_steps
        As in ``raptor.search``; starts need to be sorted by ``leave_s`` only.
    max_rounds, max_duration_s, direct_s, until_s, soonest_s
        As in ``raptor.search``.
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
    rows = max_rounds + 1 if several else 1
    fill(work.reached, rows * work.reached.shape[1] * n_steps, NEVER)
    work.target_s[:] = INF
    exits = work.egress_s, work.egress_steps, work.fewest_steps
    note_exits(egress_stop, egress_s, egress_steps, n_steps, *exits)
    found = group = 0
    begin: Any = np.int64(0)
    while begin < n_starts and found >= 0:
        end = begin + 1
        while end < n_starts and starts.leave_s[end] == starts.leave_s[begin]:
            end += 1
        leave_s = starts.leave_s[begin]
        latest = leave_s + min(max_duration_s, direct_s - 1)
        set_limits(work.limit_s, soonest_s[group, : max_rounds + 1], n_steps, latest)
        n_queue = _board(lines, hops, best, starts, begin, end, n_steps, rows, work)
        if n_queue > 0:
            n_queue = _ride_on(lines, hops, best, work, n_queue, n_steps, max_rounds, rows)
            for k in range(1, max_rounds + 1):
                for w in range(n_steps):
                    if work.is_better[k, w] and leave_s <= until_s:
                        if found < head.shape[0]:
                            _trace(lines, hops, work, k, w, head[found], rides[found])
                        found += 1
        if n_queue < 0:
            found = -1
        if n_steps == 1:
            for k in range(max_rounds + 1):
                soonest_s[group, k] = work.target_s[k, 0]
        begin = end
        group += 1
    work.egress_s[egress_stop] = INF
    return found


@search_part
def reach_at_best(hops: Hops, egress_stop: Any, egress_s: Any, best: AtBest) -> None:
    """Note how soon at best the destination is reached from the stops of each cell.

    Parameters
    ----------
    hops : Hops
        Shortcuts of the day.
    egress_stop : uint32, (n,); egress_s : int32, (n,)
        Stops from which the destination is reached, and seconds from each.
    best : AtBest
        Filled.
    """
    best.exit_s[:] = INF
    for i in range(egress_stop.size):
        cell = hops.cell[egress_stop[i]]
        best.exit_s[cell] = min(best.exit_s[cell], egress_s[i])
    best.least_s[:] = INF
    for to in range(hops.between_s.shape[0]):
        rest = best.exit_s[to]
        if rest < INF:
            row = hops.between_s[to]
            for cell in range(row.size):
                best.least_s[cell] = min(best.least_s[cell], np.int32(row[cell]) + rest)


@inlined_part
def _board(
    lines: Lines,
    hops: Hops,
    best: AtBest,
    starts: Starts,
    begin: int,
    end: int,
    n_steps: Any,
    rows: int,
    work: TripWork,
) -> int:
    """List the runs of use to whoever leaves now; return how many, -1 if out of room."""
    work.first_part[:] = NO_PART
    k: Any = np.int64(1)
    row = min(k, rows - 1)
    n_queue = 0
    for s in range(begin, end):
        line, pos = starts.line[s], np.int64(starts.pos[s])
        run = np.int64(lines.trip_first[line]) + np.int64(starts.run[s])
        w = min(np.int64(starts.steps[s]), n_steps - 1)
        if pos >= work.reached[row, run, w]:
            continue
        bound = latest_of_use(work.target_s, k, w, work.fewest_steps[0], work.limit_s)
        t = np.int64(lines.arrival_s[np.int64(hops.run_event[run]) + pos + 1])
        if t + best.least_s[hops.pos_cell[np.int64(lines.stop_first[line]) + pos + 1]] >= bound:
            work.reached[row, run, w] = pos  # of no use later either: bounds only fall
            continue
        if n_queue == work.queue_run.size:
            return -1
        work.queue_run[n_queue] = run
        work.queue_begin[n_queue] = pos
        work.queue_end[n_queue] = work.reached[row, run, w]
        work.queue_from[n_queue] = starts.access_s[s]
        work.queue_next[n_queue] = NO_PART
        if work.first_part[1, w] == NO_PART:
            work.first_part[1, w] = n_queue
        else:
            work.queue_next[work.last_part[1, w]] = n_queue
        work.last_part[1, w] = n_queue
        last = np.int64(lines.trip_first[line + 1])
        _reach(work.reached, row, rows, w, n_steps, run, last, pos)
        n_queue += 1
    return n_queue


@inlined_part
def _ride_on(
    lines: Lines,
    hops: Hops,
    best: AtBest,
    work: TripWork,
    n_queue: int,
    n_steps: Any,
    max_rounds: int,
    rows: int,
) -> int:
    """Ride, change, ride again; ``is_better`` tells what was gained.

    Returns the length of the queue, -1 if it is out of room.
    """
    work.is_better[:] = 0
    low = 0
    for k in range(1, max_rounds + 1):
        if low == n_queue:
            break
        low = n_queue
        # Handing over all arrays takes longer than to see that there is nothing to do.
        for w in range(n_steps):
            if work.first_part[k & 1, w] != NO_PART:
                _look_out(lines, hops, best, work, k, w, n_steps)
        if k == max_rounds:
            break
        for w in range(n_steps):
            if work.first_part[k & 1, w] == NO_PART:
                continue
            plain = hops.hop_first, hops.hop, hops.hop_steps
            n_queue = _change(lines, hops, best, *plain, work, n_queue, k, w, n_steps, rows)
            if n_steps > 1 and n_queue >= 0:
                more = hops.more_first, hops.more, hops.more_steps
                n_queue = _change(lines, hops, best, *more, work, n_queue, k, w, n_steps, rows)
            if n_queue < 0:
                return -1
            work.first_part[k & 1, w] = NO_PART
    return n_queue


@search_part
def _reach(
    reached: Any, row: int, rows: int, w: Any, n_steps: int, run: Any, last: Any, pos: Any
) -> None:
    """Note that a run is reached: so is each after it on its line, and with more rides or steps.

    All of this spares looking at what is of no use. So little is lost by noting the next few
    only; but where walking does not count, nothing bounds how late a run may be looked at.
    """
    until = min(last, run + RUNS_NOTED) if n_steps > 1 else last
    for higher in range(row, min(rows, row + ROUNDS_NOTED)):
        if reached[higher, run, w] <= pos:
            break
        for later in range(run, until):
            if reached[higher, later, w] <= pos:
                break
            for more in range(w, n_steps):
                if reached[higher, later, more] <= pos:
                    break
                reached[higher, later, more] = pos


@inlined_part
def _look_out(
    lines: Lines,
    hops: Hops,
    best: AtBest,
    work: TripWork,
    k: int,
    w: Any,
    n_steps: Any,
) -> None:
    """Try to reach the destination from each new part of this round."""
    bound = latest_of_use(work.target_s, k, w, work.fewest_steps[0], work.limit_s)
    part = np.int64(work.first_part[k & 1, w])
    while part != NO_PART:
        run = work.queue_run[part]
        line = hops.run_line[run]
        length = np.int64(lines.stop_first[line + 1]) - np.int64(lines.stop_first[line])
        work.queue_end[part] = min(np.int64(work.queue_end[part]), length - 1)
        event = np.int64(hops.run_event[run])
        base = np.int64(lines.stop_first[line])
        for pos in range(np.int64(work.queue_begin[part]) + 1, np.int64(work.queue_end[part]) + 1):
            t = np.int64(lines.arrival_s[event + pos])
            cell = hops.pos_cell[base + pos]
            if t + best.least_s[cell] >= bound:
                work.queue_end[part] = pos - 1
                break
            if t + best.exit_s[cell] >= bound:
                continue
            stop = lines.stop[base + pos]
            t += work.egress_s[stop]
            if t < bound and lines.flags[base + pos] & CAN_ALIGHT:
                there = min(w + np.int64(work.egress_steps[stop]), n_steps - 1)
                if t < work.target_s[k, there]:
                    outdo(work.target_s, work.is_better, k, there, n_steps, t)
                    work.target_part[k, there] = part
                    work.target_pos[k, there] = pos
                    bound = latest_of_use(work.target_s, k, w, work.fewest_steps[0], work.limit_s)
        part = np.int64(work.queue_next[part])


@inlined_part
def _change(
    lines: Lines,
    hops: Hops,
    best: AtBest,
    first: Any,
    hop_to: Any,
    hop_steps: Any,
    work: TripWork,
    n_queue: int,
    k: int,
    w: Any,
    n_steps: Any,
    rows: int,
) -> int:
    """Take the shortcuts of some parts; return the length of the queue, -1 if that is too long."""
    row = min(k + 1, rows - 1)
    bound = latest_of_use(work.target_s, k + 1, w, work.fewest_steps[0], work.limit_s)
    reached, arrival_s = work.reached[row], lines.arrival_s
    least_s, pos_cell = best.least_s, hops.pos_cell
    pos_bits = hops.pos_bits
    queue_run, queue_begin, queue_end = work.queue_run, work.queue_begin, work.queue_end
    queue_from, queue_left, queue_next = work.queue_from, work.queue_left, work.queue_next
    first_part, last_part = work.first_part[(k + 1) & 1], work.last_part[(k + 1) & 1]
    mask = (1 << pos_bits) - 1
    part = np.int64(work.first_part[k & 1, w])
    while part != NO_PART:
        run, end = work.queue_run[part], np.int64(work.queue_end[part])
        event = np.int64(hops.run_event[run])
        base = np.int64(lines.stop_first[hops.run_line[run]])
        for pos in range(np.int64(work.queue_begin[part]) + 1, end + 1):
            if arrival_s[event + pos] + least_s[pos_cell[base + pos]] >= bound:
                break
            for hop in range(np.int64(first[event + pos]), np.int64(first[event + pos + 1])):
                packed = np.int64(hop_to[hop])
                to, at, there = packed >> pos_bits, packed & mask, w
                if n_steps > 1:
                    there = min(w + np.int64(hop_steps[hop]), n_steps - 1)
                if at < reached[to, there]:
                    then = np.int64(lines.stop_first[hops.run_line[to]]) + at + 1
                    t = np.int64(arrival_s[np.int64(hops.run_event[to]) + at + 1])
                    if t + least_s[pos_cell[then]] >= bound:
                        reached[to, there] = at  # of no use later either: bounds only fall
                        continue
                    if n_queue == queue_run.size:
                        return -1
                    queue_run[n_queue] = to
                    queue_begin[n_queue] = at
                    queue_end[n_queue] = reached[to, there]
                    queue_from[n_queue] = part
                    queue_left[n_queue] = pos
                    queue_next[n_queue] = NO_PART
                    if first_part[there] == NO_PART:
                        first_part[there] = n_queue
                    else:
                        queue_next[last_part[there]] = n_queue
                    last_part[there] = n_queue
                    last = np.int64(lines.trip_first[hops.run_line[to] + 1])
                    _reach(work.reached, row, rows, there, n_steps, to, last, at)
                    n_queue += 1
        part = np.int64(work.queue_next[part])
    return n_queue


@search_part
def _trace(
    lines: Lines, hops: Hops, work: TripWork, rounds: int, steps: int, head: Any, rides: Any
) -> None:
    """Write down the journey that reached the destination with so many rides and steps."""
    head[1] = work.target_s[rounds, steps]
    head[2] = rounds
    part = np.int64(work.target_part[rounds, steps])
    alight = np.int64(work.target_pos[rounds, steps])
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
        stop = np.int64(lines.stop[np.int64(lines.stop_first[before]) + alight])
        boarded_at = np.int64(lines.stop[base + board])
        if stop != boarded_at:
            ride[9] = walk_s(lines, stop, boarded_at)

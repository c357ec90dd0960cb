"""First boardings: found, and as one number each, which sorts ten times as fast as six columns."""

from typing import Any

import numpy as np
from numba import njit

from routing.arrays import Int32, Int64, UInt8, UInt16, UInt32
from routing.kernels.raptor_arrays import CAN_BOARD, INF, Lines, Starts

MOST_BITS = 63


@njit(cache=True, nogil=True)
def keep_near(
    stop: UInt32, seconds: Int32, steps: UInt8, cell: UInt16, least_s: Int32, direct_s: int
) -> tuple[UInt32, Int32, UInt8]:
    """Return the access stops from which one may get to the destination within ``direct_s``.

    Parameters
    ----------
    stop, seconds, steps : uint32, int32 and uint8, (n,)
        As :func:`find_starts` takes them.
    cell : uint16, (n_stops,)
        Cell of each stop.
    least_s : int32, (n_cells,)
        Seconds from each to the destination, at best.
    """
    kept = 0
    to, to_s, to_steps = np.empty_like(stop), np.empty_like(seconds), np.empty_like(steps)
    for a in range(stop.size):
        if seconds[a] + least_s[cell[stop[a]]] < direct_s:
            to[kept], to_s[kept], to_steps[kept] = stop[a], seconds[a], steps[a]
            kept += 1
    return to[:kept], to_s[:kept], to_steps[:kept]


@njit(cache=True, nogil=True)
def find_starts(
    lines: Lines,
    access_stop: Any,
    access_s: Any,
    access_steps: Any,
    from_s: int,
    until_s: int,
    every: bool,
    drop: bool,
    out: Starts,
) -> int:
    """List the runs worth boarding first.

    Parameters
    ----------
    lines : Lines
        The day.
    access_stop : uint32, (n,); access_s : int32, (n,); access_steps : uint8, (n,)
        Stops reached from the origin, seconds to each, and steps of walking to count for it.
    from_s, until_s : int
        Departures from the origin looked at, both included.
    every : bool
        All departures in that time, and the first one after it, for which one leaves at
        ``until_s + 1``; or (False) the first of each line and access stop, for which one leaves
        at ``from_s``.
    drop : bool
        Leave out a start where another, no earlier and with no more steps, has one sitting by then
        in the same run or in one before it on its line.
    out : Starts
        Filled, unsorted, as far as it is long.

    Returns
    -------
    int
        Starts found, which may be more than ``out`` holds.
    """
    at_stop, further, near, most_runs = _lines_near(lines, access_stop)
    most_steps = np.int64(access_steps.max()) if access_steps.size else np.int64(0)
    seated_s = np.empty((most_runs, most_steps + 1), np.int32)  # latest leaving to sit in each run
    found = 0
    for line in near:
        n_runs = np.int64(lines.trip_first[line + 1]) - np.int64(lines.trip_first[line])
        base = np.int64(lines.stop_first[line])
        first: Any = n_runs
        seated_s[:n_runs] = -INF
        for pos in range(np.int64(lines.stop_first[line + 1]) - base):
            a = at_stop[lines.stop[base + pos]]
            if not lines.flags[base + pos] & CAN_BOARD:
                continue
            column = np.int64(lines.time_first[line]) + pos * n_runs
            while a >= 0:
                walk, steps = access_s[a], np.int64(access_steps[a])
                low, high = np.int64(0), n_runs
                while low < high:
                    middle = (low + high) >> 1
                    if lines.departure_s[column + middle] < from_s + walk:
                        low = middle + 1
                    else:
                        high = middle
                seated: Any = np.int64(-INF)
                for run in range(first, low):
                    seated = max(seated, np.int64(seated_s[run, steps]))
                for run in range(low, n_runs):
                    departure = lines.departure_s[column + run]
                    after = departure - walk > until_s
                    if after and not every:
                        break
                    if run > low and lines.departure_s[column + run - 1] == departure:
                        continue  # the run before leaves with it and arrives no later
                    leave = departure - walk if every else from_s
                    leave = until_s + 1 if after else leave
                    seated = max(seated, np.int64(seated_s[run, steps]))
                    if leave > seated or not drop:
                        first = min(first, run)
                        for more in range(steps, most_steps + 1):
                            seated_s[run, more] = max(seated_s[run, more], leave)
                        if found < out.leave_s.size:
                            out.leave_s[found] = leave
                            out.line[found] = line
                            out.pos[found] = pos
                            out.run[found] = run
                            out.access_s[found] = walk
                            out.steps[found] = steps
                        found += 1
                    if after or not every:
                        break
                a = further[a]
    return found


@njit(cache=True, nogil=True)
def _lines_near(lines: Lines, access_stop: Any) -> tuple[Int32, Int32, UInt32, Any]:
    """List the lines one can board at some stops.

    Returns
    -------
    at_stop, further : int32, (n_stops,) and (n,)
        Row of each stop among those given, and the next row of the same stop; -1 for none.
    near : uint32, (n_near,)
        Lines.
    most_runs : int
        Of one of them.
    """
    at_stop = np.full(lines.serving_first.size - 1, -1, np.int32)
    further = np.empty(access_stop.size, np.int32)
    n_lines = lines.trip_first.size - 1
    is_near, near = np.zeros(n_lines, np.uint8), np.empty(n_lines, np.uint32)
    n_near, most_runs = 0, np.int64(0)
    for a in range(access_stop.size):
        stop = access_stop[a]
        further[a], at_stop[stop] = at_stop[stop], a
        for s in range(lines.serving_first[stop], lines.serving_first[stop + 1]):
            line = lines.serving_line[s]
            if not is_near[line]:
                is_near[line] = 1
                near[n_near] = line
                n_near += 1
                n_runs = np.int64(lines.trip_first[line + 1]) - np.int64(lines.trip_first[line])
                most_runs = max(most_runs, n_runs)
    return at_stop, further, near[:n_near], most_runs


@njit(cache=True, nogil=True)
def pack_starts(starts: Starts, count: int, key: Int64, bits: Int64) -> bool:
    """Write the first ``count`` starts as numbers in whose order they are searched.

    Parameters
    ----------
    starts : Starts
        As found.
    count : int
        How many of them, at least one.
    key : int64, (count,)
        Filled; from the highest bits down: seconds left before the latest, steps, line, position,
        run, seconds from the origin.
    bits : int64, (7,)
        Filled: bits of each of these, and the latest time of leaving.

    Returns
    -------
    bool
        False, and no number is written, where they would be too large.
    """
    latest = starts.leave_s[:count].max()
    most = np.zeros(6, np.int64)
    for i in range(count):
        most[0] = max(most[0], np.int64(latest) - starts.leave_s[i])
        most[1] = max(most[1], np.int64(starts.steps[i]))
        most[2] = max(most[2], np.int64(starts.line[i]))
        most[3] = max(most[3], np.int64(starts.pos[i]))
        most[4] = max(most[4], np.int64(starts.run[i]))
        most[5] = max(most[5], np.int64(starts.access_s[i]))
    bits[6] = latest
    for column in range(6):
        bits[column] = 0
        while most[column] >> bits[column]:
            bits[column] += 1
    if bits[:6].sum() > MOST_BITS:
        return False
    for i in range(count):
        number = np.int64(latest) - starts.leave_s[i]
        number = number << bits[1] | np.int64(starts.steps[i])
        number = number << bits[2] | np.int64(starts.line[i])
        number = number << bits[3] | np.int64(starts.pos[i])
        number = number << bits[4] | np.int64(starts.run[i])
        key[i] = number << bits[5] | np.int64(starts.access_s[i])
    return True


@njit(cache=True, nogil=True)
def unpack_starts(key: Int64, bits: Int64, starts: Starts) -> None:
    """Write numbers made by :func:`pack_starts` back as starts."""
    for i in range(key.size):
        number = key[i]
        starts.access_s[i] = number & ((1 << bits[5]) - 1)
        number >>= bits[5]
        starts.run[i] = number & ((1 << bits[4]) - 1)
        number >>= bits[4]
        starts.pos[i] = number & ((1 << bits[3]) - 1)
        number >>= bits[3]
        starts.line[i] = number & ((1 << bits[2]) - 1)
        number >>= bits[2]
        starts.steps[i] = number & ((1 << bits[1]) - 1)
        starts.leave_s[i] = bits[6] - (number >> bits[1])

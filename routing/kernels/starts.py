"""First boardings: found, and as one number each, which sorts ten times as fast as six columns."""

from typing import Any

import numpy as np
from numba import njit

from routing.arrays import Int32, Int64, UInt8, UInt16, UInt32
from routing.kernels.raptor_arrays import Lines, Starts

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
                    out.steps[found] = access_steps[a]
                found += 1
                if after or not every:
                    break
    return found


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

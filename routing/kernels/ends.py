"""Which stops are reached from a door, and by what; columns of a few thousand stops in one go."""

import numpy as np
from numba import njit

from routing.arrays import Bool, Float32, Int32, Int64, UInt8, UInt32

NEVER = 1
"""Of ``pickup_type`` and ``drop_off_type``."""


@njit(cache=True, nogil=True)
def read_columns(
    stop: Int64,
    seconds: Int64,
    walk_s: Int64,
    n_stops: int,
    longest_s: int,
    step_s: int,
    most_steps: int,
) -> tuple[bool, bool, UInt32, Int32, UInt8]:
    """Return the columns of one end of a journey in the types of searches, and whether they may be.

    Parameters
    ----------
    stop, seconds, walk_s : int64, (n,)
        Stops, seconds to each, and those of them on foot.
    n_stops, longest_s : int
        Stops there are, and the most seconds.
    step_s, most_steps : int
        See :mod:`routing.transit.walking`.

    Returns
    -------
    known, short : bool
        Whether all stops exist, and no seconds are negative or too many.
    stop, seconds, steps : uint32, int32 and uint8, (n,)
        The last being steps of walking.
    """
    size = stop.size
    known, short = True, True
    to, to_s, steps = np.empty(size, np.uint32), np.empty(size, np.int32), np.empty(size, np.uint8)
    for i in range(size):
        known &= 0 <= stop[i] < n_stops
        short &= 0 <= seconds[i] <= longest_s
        to[i], to_s[i] = stop[i], seconds[i]
        steps[i] = min((walk_s[i] + step_s // 2) // step_s, most_steps)
    return known, short, to, to_s, steps


@njit(cache=True, nogil=True)
def stops_within(
    seconds: Float32, walk_s: Float32, usable: Bool, limit_s: float, spared_s: float
) -> tuple[Int32, Int32, Int32]:
    """Return the stops that are reached within a limit.

    Parameters
    ----------
    seconds, walk_s : float32, (n_stops,)
        To each stop, infinite where there is no way; those of them on foot.
    usable : bool, (n_stops,)
        Which stops are wanted.
    limit_s : float
        The longest way, seconds.
    spared_s : float
        Seconds are rounded up unless they are so little more than a whole number.

    Returns
    -------
    stop, seconds, walk_s : int32, (n,)
        Stops in ascending order, whole seconds.
    """
    limit, spared, zero = np.float32(limit_s), np.float32(spared_s), np.float32(0)
    size = seconds.size
    stop, whole, on_foot = (
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
    )
    n = 0
    for i in range(size):
        if usable[i] and seconds[i] <= limit and seconds[i] < np.inf:
            stop[n] = i
            whole[n] = max(np.ceil(seconds[i] - spared), zero)
            on_foot[n] = max(np.ceil(walk_s[i] - spared), zero)
            n += 1
    return stop[:n], whole[:n], on_foot[:n]


@njit(cache=True, nogil=True)
def take_sooner(
    seconds: Float32,
    walk_s: Float32,
    usable: Bool,
    limit_s: float,
    number: int,
    best_s: Float32,
    best_walk_s: Float32,
    owner: Int32,
) -> None:
    """Let stops be reached in another way where that is sooner.

    Parameters
    ----------
    seconds, walk_s, usable, limit_s
        As :func:`stops_within` takes them.
    number : int
        Of this way.
    best_s, best_walk_s, owner : (n_stops,)
        Seconds to each stop, those of them on foot, and by which way. Modified in place.
    """
    limit = np.float32(limit_s)
    for i in range(seconds.size):
        if seconds[i] < best_s[i] and usable[i] and seconds[i] <= limit:
            best_s[i], best_walk_s[i], owner[i] = seconds[i], walk_s[i], number


@njit(cache=True, nogil=True)
def is_any_walked(
    end_stop: Int32,
    end_s: Int32,
    limit_s: int,
    stop: UInt32,
    kind: UInt8,
    time_s: Int32,
    zero_s: int,
    is_past: bool,
    first: int,
    row: int,
    begin: int,
    end: int,
) -> bool:
    """Tell whether any of the calls of a trip is in reach of a door, and in time.

    Parameters
    ----------
    end_stop, end_s : int32, (n,)
        Stops in reach in ascending order, and seconds to each.
    limit_s : int
        Longest walk.
    stop, kind : uint32 and uint8, (n_positions,)
        Of patterns: the stops, and ``pickup_type`` or ``drop_off_type`` there.
    time_s : int32, (n_calls,)
        When trips call.
    zero_s, is_past : int, bool
        One may walk for ``zero_s`` and the time of a call, or for ``zero_s`` less it if past.
    first, row : int
        Where positions and calls of the trip begin in these columns.
    begin, end : int
        Which of its calls, the last one excluded.
    """
    for pos in range(begin, end):
        if kind[first + pos] == NEVER:
            continue
        called_s = np.int64(time_s[row + pos])
        within_s = min(zero_s - called_s if is_past else zero_s + called_s, limit_s)
        at = np.searchsorted(end_stop, stop[first + pos])
        if at < end_stop.size and end_stop[at] == stop[first + pos] and end_s[at] <= within_s:
            return True
    return False

"""Which stops are reached from a door, and by what; columns of a few thousand stops in one go."""

import numpy as np
from numba import njit

from routing.arrays import Bool, Float32, Int32


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

"""Walks onward from places reached at known times."""

from numba import njit

from routing.arrays import Float32, Int32, UInt32


@njit(cache=True, nogil=True)
def walk_on(
    first: UInt32,
    stop: Int32,
    walk_s: Float32,
    place_s: Float32,
    limit_s: float,
    stop_s: Float32,
    stop_walk_s: Float32,
    stop_place: Int32,
) -> None:
    """Find from which place each stop is reached soonest.

    Parameters
    ----------
    first : uint32, (n_places + 1,)
        Walks from place ``p`` are rows ``first[p]:first[p + 1]``.
    stop, walk_s : int32 and float32, (n_walks,)
        Where each leads, and its seconds.
    place_s : float32, (n_places,)
        When one is at each place; infinite for never.
    limit_s : float
        Stops reached later are left out.
    stop_s, stop_walk_s, stop_place : (n_stops,)
        When each stop is reached, infinite to begin with; the walk to it, and from which place.
        Filled where reached.
    """
    for place in range(place_s.size):
        if not place_s[place] <= limit_s:
            continue
        for row in range(first[place], first[place + 1]):
            reached, to = place_s[place] + walk_s[row], stop[row]
            if reached <= limit_s and reached < stop_s[to]:
                stop_s[to], stop_walk_s[to], stop_place[to] = reached, walk_s[row], place

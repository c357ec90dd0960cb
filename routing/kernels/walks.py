"""Rides between places that are known, and walks onward from where one is at known times."""

import numpy as np
from numba import njit

from routing.arrays import Bool, Float32, Int32, UInt32


@njit(cache=True, nogil=True)
def ride_between(
    near: Int32,
    near_s: Float32,
    ride_s: Float32,
    limit_s: float,
    may_end: Bool,
    end_s: Float32,
    other_s: float,
    walk_s: Float32,
) -> tuple[Float32, Int32]:
    """Find from which of some places each place is reached soonest, and before walking there.

    Parameters
    ----------
    near : int32, (n,)
        Places one may ride from, at least one.
    near_s, ride_s : float32, (n,) and (n, n_places)
        When one sits on a vehicle at each, and the seconds of the ride to every place.
    limit_s : float
        Places reached later are left out.
    may_end : bool, (n_places,)
        Where the ride may end.
    end_s, other_s : float32, (n_places,) and float
        Seconds from the end of a ride on: those of the place, and those of all.
    walk_s : float32, (n_places,)
        Seconds of walking to each place.

    Returns
    -------
    seconds : float32, (n_places,)
        When one is done with the ride to each; infinite where there is none.
    place : int32, (n_places,)
        From where.
    """
    limit, other = np.float32(limit_s), np.float32(other_s)
    seconds, place = np.empty_like(walk_s), np.empty(walk_s.size, np.int32)
    for far in range(walk_s.size):
        best = 0
        reached = near_s[0] + ride_s[0, far]
        for i in range(1, near.size):
            if near_s[i] + ride_s[i, far] < reached:
                best, reached = i, near_s[i] + ride_s[i, far]
        place[far] = near[best]
        done = reached + end_s[far] + other
        # Back at the same station, or later than on foot: pointless either way.
        useful = may_end[far] and reached <= limit and done < walk_s[far]
        seconds[far] = done if useful else np.float32(np.inf)
    return seconds, place


@njit(cache=True, nogil=True)
def walk_on(
    first: UInt32,
    stop: Int32,
    walk_s: Float32,
    place_s: Float32,
    before_s: Float32,
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
    place_s, before_s : float32, (n_places,)
        When one is at each place, infinite for never; and how much of that one walked.
    limit_s : float
        Stops reached later are left out.
    stop_s, stop_walk_s, stop_place : (n_stops,)
        When each stop is reached, infinite to begin with; how much of that one walks, and from
        which place. Filled where reached.
    """
    for place in range(place_s.size):
        if not place_s[place] <= limit_s:
            continue
        for row in range(first[place], first[place + 1]):
            reached, to = place_s[place] + walk_s[row], stop[row]
            if reached <= limit_s and reached < stop_s[to]:
                stop_s[to], stop_place[to] = reached, place
                stop_walk_s[to] = before_s[place] + walk_s[row]

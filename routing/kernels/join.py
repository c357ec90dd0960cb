"""Join arrivals at stops with the ways from stops to places."""

from typing import Any

from numba import njit

from routing.kernels.raptor_arrays import INF


@njit(cache=True, nogil=True)
def join_places(
    arrival_s: Any,
    leave_s: Any,
    first: Any,
    stop: Any,
    seconds: Any,
    direct_s: Any,
    max_duration_s: int,
    travel_s: Any,
    transfers: Any,
) -> None:
    """Find how long it takes to many places, by vehicle or without.

    Parameters
    ----------
    arrival_s : int32, (n_moments, rounds, n_stops)
        Arrivals by vehicle with at most ``k + 1`` rides, ``INF`` where not reached.
    leave_s : int32, (n_moments,)
        When one leaves.
    first, stop, seconds : uint32, (n + 1,); uint32 and int32, (n_rows,)
        Stops from which place ``j`` is reached, and how long that takes, are rows
        ``first[j]:first[j + 1]``.
    direct_s : int32, (n,)
        Seconds without a vehicle, ``INF`` where too far.
    max_duration_s : int
        Longer ways count as none.
    travel_s : int32, (n_moments, n)
        Filled: seconds from leaving to being there, ``INF`` where there is no way.
    transfers : int16, (n,)
        Filled: fewest changes of a quickest way at the first moment, -1 without a vehicle.
    """
    last = arrival_s.shape[1] - 1
    for i in range(leave_s.size):
        for j in range(direct_s.size):
            rows = range(first[j], first[j + 1])
            at = _earliest(arrival_s[i, last], stop, seconds, rows)
            took = at - leave_s[i] if at < INF else INF
            by_vehicle = took < direct_s[j] and took <= max_duration_s
            if not by_vehicle:
                took = direct_s[j] if direct_s[j] <= max_duration_s else INF
            travel_s[i, j] = took
            if i == 0:
                transfers[j] = -1
                for k in range(last + 1):
                    if by_vehicle and _earliest(arrival_s[0, k], stop, seconds, rows) == at:
                        transfers[j] = k
                        break


@njit(cache=True, nogil=True)
def _earliest(arrival_s: Any, stop: Any, seconds: Any, rows: Any) -> Any:
    """Return the first arrival over some stops and the ways from them, ``INF`` if none."""
    best = INF
    for row in rows:
        by_vehicle = arrival_s[stop[row]]
        if by_vehicle < INF and by_vehicle + seconds[row] < best:
            best = by_vehicle + seconds[row]
    return best

"""Compiled loops that mend the calls of trips and sort trips into patterns."""

import numpy as np
from numba import njit

from routing.arrays import Float32, Float64, Int32, Int64, UInt8, UInt32

WHOLE, SHORT, OPEN_ENDED, BACKWARDS = 0, 1, 2, 3
"""What :func:`mend_calls` finds of a trip."""

_METRES_PER_DEGREE = 111_195.0


@njit(cache=True, nogil=True)
def mend_calls(
    first: Int64,
    stop: UInt32,
    stop_lon: Float64,
    stop_lat: Float64,
    dist: Float32,
    arrival_s: Int32,
    departure_s: Int32,
    along: Float64,
    status: UInt8,
    fault: Int64,
) -> int:
    """Fill blank times between known ones and judge each trip.

    Parameters
    ----------
    first : int64, (n_trips + 1,)
        Calls of trip ``t`` are rows ``first[t]:first[t + 1]``, in order.
    stop : uint32, (n_calls,)
        Stop of each call.
    stop_lon, stop_lat : float64, (n_stops,)
        EPSG:4326.
    dist : float32, (n_calls,)
        ``shape_dist_traveled``, NaN where blank.
    arrival_s, departure_s : int32, (n_calls,)
        Seconds; negative where blank. Modified in place.
    along : float64, (longest trip,)
        Scratch.
    status : uint8, (n_trips,)
        Filled: ``WHOLE``, fewer than two calls (``SHORT``), no time at the first or last call
        (``OPEN_ENDED``), or a time before the one ahead of it (``BACKWARDS``).
    fault : int64, (n_trips,)
        Filled: the call to blame.

    Returns
    -------
    int
        Calls whose times were interpolated.
    """
    filled = 0
    for trip in range(first.size - 1):
        start, end = first[trip], first[trip + 1]
        status[trip] = 0
        fault[trip] = start
        if end - start < 2:
            status[trip] = 1
            continue
        blanks = 0
        for i in range(start, end):
            if arrival_s[i] < 0:
                arrival_s[i] = departure_s[i]
            if departure_s[i] < 0:
                departure_s[i] = arrival_s[i]
            if arrival_s[i] < 0:
                blanks += 1
        if arrival_s[start] < 0 or arrival_s[end - 1] < 0:
            status[trip] = 2
            if arrival_s[start] >= 0:
                fault[trip] = end - 1
            continue
        if blanks > 0:
            known = start
            for i in range(start + 1, end):
                if arrival_s[i] < 0:
                    continue
                if i > known + 1:
                    _spread(known, i, stop, stop_lon, stop_lat, dist, arrival_s, departure_s, along)
                    filled += i - known - 1
                known = i
        for i in range(start, end):
            early = arrival_s[i] < departure_s[i - 1] if i > start else False
            if early or departure_s[i] < arrival_s[i]:
                status[trip] = 3
                fault[trip] = i
                break
    return filled


@njit(cache=True, nogil=True)
def _spread(
    a: int,
    b: int,
    stop: UInt32,
    stop_lon: Float64,
    stop_lat: Float64,
    dist: Float32,
    arrival_s: Int32,
    departure_s: Int32,
    along: Float64,
) -> None:
    """Interpolate the calls between ``a`` and ``b`` by way, or by order where there is none."""
    stated = True
    for i in range(a, b + 1):
        if not dist[i] >= 0 or (i > a and dist[i] < dist[i - 1]):
            stated = False
    if stated and not dist[b] > dist[a]:
        stated = False
    along[0] = 0.0
    for i in range(a + 1, b + 1):
        if stated:
            along[i - a] = dist[i] - dist[a]
        else:
            p, q = stop[i - 1], stop[i]
            dy = stop_lat[q] - stop_lat[p]
            dx = (stop_lon[q] - stop_lon[p]) * np.cos(np.radians(stop_lat[p]))
            along[i - a] = along[i - a - 1] + np.sqrt(dx * dx + dy * dy) * _METRES_PER_DEGREE
    if not along[b - a] > 0:
        for i in range(1, b - a + 1):
            along[i] = i
    duration = arrival_s[b] - departure_s[a]
    for i in range(a + 1, b):
        second = departure_s[a] + np.int64(np.floor(duration * along[i - a] / along[b - a] + 0.5))
        arrival_s[i] = second
        departure_s[i] = second


@njit(cache=True, nogil=True)
def hash_sequences(
    first: Int64, stop: UInt32, pickup: UInt8, drop_off: UInt8, hashes: "np.ndarray"
) -> None:
    """Give trips with the same stops and boarding rules the same 128 bits.

    Parameters
    ----------
    first : int64, (n_trips + 1,)
        Calls of each trip.
    stop : uint32, (n_calls,); pickup, drop_off : uint8, (n_calls,)
        What is compared.
    hashes : uint64, (n_trips, 2)
        Filled. Two different sequences share it with a chance below 1e-26 in 10 M trips.
    """
    for trip in range(first.size - 1):
        a = np.uint64(1469598103934665603)
        b = np.uint64(9650029242287828579)
        for i in range(first[trip], first[trip + 1]):
            word = np.uint64(stop[i]) | np.uint64(pickup[i]) << np.uint64(32)
            word |= np.uint64(drop_off[i]) << np.uint64(36) | np.uint64(1) << np.uint64(40)
            a = (a ^ word) * np.uint64(11400714819323198485)
            a ^= a >> np.uint64(29)
            b = (b + word) * np.uint64(13787848793156543929)
            b ^= b >> np.uint64(32)
        hashes[trip, 0] = a
        hashes[trip, 1] = b


@njit(cache=True, nogil=True)
def write_calls(
    first: Int64,
    arrival_s: Int32,
    departure_s: Int32,
    run_trip: Int64,
    run_shift_s: Int32,
    out_arrival_s: Int32,
    out_departure_s: Int32,
) -> None:
    """Copy the calls of each run, moved in time, one run after the other.

    Parameters
    ----------
    first : int64, (n_trips + 1,); arrival_s, departure_s : int32, (n_calls,)
        Calls of the trips read.
    run_trip : int64, (n_runs,); run_shift_s : int32, (n_runs,)
        Trip to copy and seconds to add.
    out_arrival_s, out_departure_s : int32, (n_run_calls,)
        Filled.
    """
    at = 0
    for run in range(run_trip.size):
        trip, shift = run_trip[run], run_shift_s[run]
        for i in range(first[trip], first[trip + 1]):
            out_arrival_s[at] = arrival_s[i] + shift
            out_departure_s[at] = departure_s[i] + shift
            at += 1

"""Compiled search for the places where a shape passes the stops of a pattern."""

from typing import Any

import numpy as np
from numba import njit

from routing.arrays import Float32, Float64, Int32

BACKWARD = 4.0
"""Weight of going back along a segment, against the square of a distance from a stop."""


@njit(cache=True, nogil=True)
def pass_stops(
    point_x: Float64,
    point_y: Float64,
    stop_x: Float64,
    stop_y: Float64,
    cost: Float64,
    back: Int32,
    at: Float32,
) -> None:
    """Find a place on the shape for each stop, in order, with the least squared distances.

    Parameters
    ----------
    point_x, point_y : float64, (n_points,)
        The shape in any planar unit, at least two points.
    stop_x, stop_y : float64, (n_calls,)
        The stops, same unit.
    cost : float64, (2, n_points)
        Scratch.
    back : int32, (n_calls, n_points)
        Scratch: segment of the stop before.
    at : float32, (n_calls,)
        Filled, never decreasing: number of the point before, plus the fraction to the next.
    """
    n_segments = point_x.size - 1
    n_calls = stop_x.size
    for i in range(n_segments):
        cost[0, i] = 0.0
    for j in range(n_calls):
        old, new = j % 2, (j + 1) % 2
        least, where = np.inf, 0  # best of the segments before this one
        for i in range(n_segments):
            f = _fraction(point_x, point_y, i, stop_x[j], stop_y[j])
            vx, vy = point_x[i + 1] - point_x[i], point_y[i + 1] - point_y[i]
            same = cost[old, i]
            if j > 0:
                back_by = _fraction(point_x, point_y, i, stop_x[j - 1], stop_y[j - 1]) - f
                if back_by > 0:  # a vehicle does not turn round inside a segment
                    same += BACKWARD * back_by * back_by * (vx * vx + vy * vy)
            before, back[j, i] = (same, i) if same <= least else (least, where)
            dx, dy = point_x[i] + f * vx - stop_x[j], point_y[i] + f * vy - stop_y[j]
            cost[new, i] = before + dx * dx + dy * dy
            if cost[old, i] < least:
                least, where = cost[old, i], i
    last, segment = n_calls % 2, 0
    for i in range(n_segments):
        if cost[last, i] < cost[last, segment]:
            segment = i
    for j in range(n_calls - 1, -1, -1):
        at[j] = segment
        segment = back[j, segment]
    for j in range(n_calls):
        i = int(at[j])
        place = np.float32(i + _fraction(point_x, point_y, i, stop_x[j], stop_y[j]))
        at[j] = max(place, at[j - 1]) if j > 0 else place


@njit(cache=True, nogil=True)
def _fraction(point_x: Float64, point_y: Float64, i: int, x: float, y: float) -> Any:
    """Return how far along segment ``i`` lies nearest to a place, 0 to 1."""
    dx, dy = point_x[i + 1] - point_x[i], point_y[i + 1] - point_y[i]
    square = dx * dx + dy * dy
    if square == 0.0:
        return 0.0
    f = ((x - point_x[i]) * dx + (y - point_y[i]) * dy) / square
    return min(max(f, 0.0), 1.0)

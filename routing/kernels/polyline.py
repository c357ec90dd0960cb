"""Compiled work on lines: their length, their text, and parts of them."""

import math

import numpy as np
from numba import njit

from routing.arrays import Float32, Float64, UInt8

GROUPS = 7
"""Characters a number takes at most: 35 bits hold any difference of longitudes at precision 6."""


@njit(cache=True, nogil=True)
def write_polyline(lonlat: Float64, factor: float, out: UInt8) -> int:
    """Write differences of rounded coordinates in five-bit groups of printable characters.

    Parameters
    ----------
    lonlat : float64, (n, 2)
        Degrees.
    factor : float
        Units in one degree.
    out : uint8, (2 * n * GROUPS,)
        Filled from its start.

    Returns
    -------
    int
        Characters written.
    """
    size = 0
    before = np.zeros(2, np.int64)
    for i in range(lonlat.shape[0]):
        for axis in (1, 0):  # latitude first
            value = np.int64(np.rint(lonlat[i, axis] * factor))
            delta = value - before[axis]
            before[axis] = value
            rest = (delta << 1) ^ (delta >> 63)
            while rest >= 32:
                out[size] = (rest & 31) + 95
                rest >>= 5
                size += 1
            out[size] = rest + 63
            size += 1
    return size


@njit(cache=True, nogil=True)
def length_m(lonlat: Float64, earth_m: float) -> float:
    """Return the length of a line in degrees, float64, (n, 2), on a globe of radius ``earth_m``."""
    total = 0.0
    for i in range(1, lonlat.shape[0]):
        south, north = math.radians(lonlat[i - 1, 1]), math.radians(lonlat[i, 1])
        across = math.radians(lonlat[i, 0] - lonlat[i - 1, 0]) * math.cos((south + north) / 2)
        total += math.hypot(across, north - south)
    return earth_m * total


@njit(cache=True, nogil=True)
def cut_line(lon: Float32, lat: Float32, first: int, start: float, end: float) -> Float64:
    """Return a part of a line as float64, (n, 2).

    Parameters
    ----------
    lon, lat : float32, (n_points,)
        Points of many lines.
    first : int
        The first of this one.
    start, end : float
        Where the part begins and ends, in points from there; between two, the share of the way.
        A part that would end before it begins is a point.
    """
    end = max(start, end)
    low, high = int(start) + 1, math.ceil(end)
    inside = max(high - low, 0)
    line = np.empty((inside + 2, 2))
    for i in range(inside):
        line[i + 1, 0], line[i + 1, 1] = lon[first + low + i], lat[first + low + i]
    for row, at in ((0, start), (inside + 1, end)):
        point = first + int(at)
        share = at - int(at)
        x, y = np.float64(lon[point]), np.float64(lat[point])
        if share > 0.0:
            x += share * (lon[point + 1] - x)
            y += share * (lat[point + 1] - y)
        line[row, 0], line[row, 1] = x, y
    return line

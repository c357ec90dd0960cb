"""Compiled work on lines: their length, and their text."""

import math

import numpy as np
from numba import njit

from routing.arrays import Float64, UInt8

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

"""Lengths of lines on the globe, good to a few parts in a thousand over a town."""

import math

import numpy as np

from routing.arrays import Float64

EARTH_M = 6_371_009.0
DEGREE_M = EARTH_M * np.pi / 180
"""Metres of a degree of latitude."""

DETOUR = 1.3
"""Straight lines times this stand in for walks where there are no streets."""


def distance_m(
    lon: float | Float64,
    lat: float | Float64,
    to_lon: float | Float64,
    to_lat: float | Float64,
) -> Float64:
    """Return great-circle metres from a point, or from each of n, to points; float64, (n,)."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    half = (
        np.sin((to_phi - phi) / 2) ** 2
        + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    )
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(half)), np.float64)


def crow_m(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return what :func:`distance_m` does for two points, in a tenth of the time."""
    phi, to_phi = math.radians(lat), math.radians(to_lat)
    across = math.cos(phi) * math.cos(to_phi) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(math.sin((to_phi - phi) / 2) ** 2 + across))


def line_steps_m(lonlat: Float64) -> Float64:
    """Return the metres of each stretch of a line, float64, (n - 1,)."""
    rad = np.radians(lonlat)
    across = np.diff(rad[:, 0]) * np.cos((rad[1:, 1] + rad[:-1, 1]) / 2)
    return np.asarray(EARTH_M * np.hypot(across, np.diff(rad[:, 1])), np.float64)

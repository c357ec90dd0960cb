"""Walks between stops where no streets are known: straight lines, made longer."""

import numpy as np
from scipy.spatial import cKDTree

from routing.arrays import Int32, Int64
from routing.geometry import DEGREE_M, distance_m
from routing.transit.footpaths import with_footpaths
from routing.transit.timetable import Timetable

LIMIT_S = 600.0
"""Longest walk between two stops, seconds."""


def with_straight_footpaths(
    timetable: Timetable, mps: float, detour: float, limit_s: float = LIMIT_S
) -> Timetable:
    """Return a timetable whose riders walk between stops close by, as the crow flies.

    Parameters
    ----------
    timetable : Timetable
        Left as it is. What its feed states of walks stays.
    mps : float
        Walking speed, m/s.
    detour : float
        How much longer ways are than straight lines.
    limit_s : float
        Longest walk, seconds.
    """
    return with_footpaths(timetable, *_walks(timetable, mps / detour, limit_s))


def _walks(timetable: Timetable, mps: float, limit_s: float) -> tuple[Int64, Int64, Int32]:
    """Return from, to and seconds, both ways, between stops that some trip calls at."""
    stop = np.flatnonzero(timetable.served())
    lon, lat = timetable.stops.lon[stop], timetable.stops.lat[stop]
    # The plane makes no distance longer; what is near on it is measured on the globe.
    narrow = np.cos(np.radians(np.abs(lat).max(initial=0.0)))
    plane = np.column_stack((lon * narrow, lat)) * DEGREE_M
    pairs = cKDTree(plane).query_pairs(1.01 * limit_s * mps, output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    seconds = np.ceil(distance_m(lon[a], lat[a], lon[b], lat[b]) / mps).astype(np.int32)
    near = seconds <= limit_s
    a, b, seconds = stop[a[near]], stop[b[near]], seconds[near]
    return np.concatenate((a, b)), np.concatenate((b, a)), np.tile(seconds, 2)

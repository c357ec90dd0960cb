"""Driving times of a truck between a depot and stations, from the network's streets."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from routing.streets.graph import StreetGraph, StreetMode
from routing.streets.search import StreetSearch
from routing.streets.snap import SnapTable, snap_many

Float64 = NDArray[np.float64]
LonLat = tuple[float, float]

STREETS = "streets"
STRAIGHT_LINE = "straight-line"
DETOUR = 1.35
SPEED_MPS = 7.0
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Drives:
    """Driving seconds between places, and the way between two of them.

    Parameters
    ----------
    seconds : float64, (n, n)
        From row to column; ``inf`` where there is no way by car within the limit.
    source : str
        ``streets``, or ``straight-line`` for a network without streets: an estimate, to be said.
    lonlat : tuple of LonLat
        The places, EPSG:4326 degrees.
    """

    seconds: Float64
    source: str
    lonlat: tuple[LonLat, ...]
    search: StreetSearch | None = None
    snaps: SnapTable | None = None

    def way(self, start: int, end: int) -> Float64:
        """Return the line driven between two places as float64, (n, 2), lon and lat in degrees."""
        straight = np.array([self.lonlat[start], self.lonlat[end]])
        if self.search is None or self.snaps is None:
            return straight
        begin, goal = self.snaps[start], self.snaps[end]
        if begin is None or goal is None:
            return straight
        limit_s = float(self.seconds[start, end]) + 1.0
        path = self.search.path(self.search.reach([(begin, 0.0)], limit_s, until=goal), goal)
        return straight if path is None else path.lonlat


def drive_times(version: Path, lonlat: tuple[LonLat, ...], limit_s: float) -> Drives:
    """Compute driving seconds between places.

    Parameters
    ----------
    version : pathlib.Path
        A version of a network directory.
    lonlat : tuple of LonLat
        Depot first, then stations; EPSG:4326 degrees.
    limit_s : float
        Longest drive that matters, such as a shift.

    Returns
    -------
    Drives
        By free-flow car times of the streets; without streets, straight lines times 1.35 at
        25 km/h. Traffic is not known to either.
    """
    if not (version / "streets").is_dir():
        return Drives(_straight_seconds(lonlat), STRAIGHT_LINE, lonlat)
    graph = StreetGraph.load(version / "streets")
    lon, lat = (np.array(column, dtype=np.float64) for column in zip(*lonlat, strict=True))
    snaps = snap_many(graph, StreetMode.CAR, lon, lat)
    search = StreetSearch(graph, StreetMode.CAR)
    seconds = np.full((len(lonlat), len(lonlat)), np.inf)
    for row in range(len(lonlat)):
        snap = snaps[row]
        if snap is not None:
            reach = search.reach([(snap, 0.0)], limit_s)
            seconds[row] = search.many(reach, snaps)
    np.fill_diagonal(seconds, 0.0)
    return Drives(seconds, STREETS, lonlat, search, snaps)


def _straight_seconds(lonlat: tuple[LonLat, ...]) -> Float64:
    """Estimate driving seconds between places by straight lines, float64, (n, n)."""
    degrees = np.array(lonlat, dtype=np.float64)
    shrink = np.cos(np.radians(degrees[:, 1].mean()))
    metres = degrees * np.array([shrink, 1.0]) * _METRES_PER_DEGREE
    distance = np.linalg.norm(metres[:, None] - metres[None, :], axis=2)
    result: Float64 = distance * DETOUR / SPEED_MPS
    return result

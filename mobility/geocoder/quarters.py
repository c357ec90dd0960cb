"""Name the quarter a point lies in: its district, else the nearest place."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.geocoder.cluster import METRES_PER_DEGREE
from mobility.geocoder.model import Entry

_SMALL = {"suburb", "quarter", "neighbourhood", "village", "hamlet", "borough"}
_LARGE = {"town", "city"}
_NEAR_M, _FAR_M = 2_500.0, 15_000.0


class Quarters:
    """Answers in which quarter points lie.

    Parameters
    ----------
    places : sequence of Entry
        Points with names; their ``detail`` says what they are.
    districts : sequence of tuple
        Name and shapely polygon.
    landmarks : sequence of sequence of Entry
        Points that tell namesakes of one quarter apart: stops, or else what there is.
    """

    def __init__(
        self,
        places: Sequence[Entry],
        districts: Sequence[tuple[str, object]] = (),
        landmarks: Sequence[Sequence[Entry]] = (),
    ) -> None:
        self._districts = districts
        self._landmarks = landmarks
        self._levels = [
            ([p for p in places if p.detail in kinds], reach)
            for kinds, reach in ((_SMALL, _NEAR_M), (_LARGE, _FAR_M))
        ]

    def names(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[str]:
        """Name the quarter of each point, empty where none is known.

        Parameters
        ----------
        lon, lat : float64, (n,)
            Degrees, EPSG:4326.
        """
        found = [""] * len(lon)
        if len(lon):
            self._by_district(lon, lat, found)
            for places, reach in self._levels:
                _by_nearest(places, reach, lon, lat, found)
        return found

    def landmarks(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[str]:
        """Name the landmark nearest to each point, empty where none is near."""
        found = [""] * len(lon)
        for points in self._landmarks if len(lon) else ():
            _by_nearest(points, _NEAR_M, lon, lat, found)
        return found

    def _by_district(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], found: list[str]
    ) -> None:
        if not self._districts:
            return
        import shapely

        polygons: list[Any] = [polygon for _, polygon in self._districts]
        tree = shapely.STRtree(polygons)
        points, inside = tree.query(shapely.points(lon, lat), predicate="intersects")
        for point, district in zip(points.tolist(), inside.tolist(), strict=True):
            found[point] = found[point] or self._districts[district][0]


def _by_nearest(
    places: Sequence[Entry],
    reach_m: float,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    found: list[str],
) -> None:
    if not places:
        return
    from scipy.spatial import cKDTree

    scale = np.array([math.cos(math.radians(float(np.mean(lat)))), 1.0]) * METRES_PER_DEGREE
    tree = cKDTree(np.array([(p.lon, p.lat) for p in places]) * scale)
    open_points = [i for i, name in enumerate(found) if not name]
    if not open_points:
        return
    asked = np.column_stack([lon, lat])[open_points] * scale
    _, nearest = tree.query(asked, distance_upper_bound=reach_m)
    for point, place in zip(open_points, nearest.tolist(), strict=True):
        if place < len(places):
            found[point] = places[place].name

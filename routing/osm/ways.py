"""Collect ways into flat arrays while a file streams by."""

from array import array
from collections.abc import Sequence

import numpy as np

from routing.arrays import Float64, Int64, StringTable
from routing.osm.model import Ways
from routing.osm.tags import StreetTags
from routing.streets.graph import DEGREE, RoadClass, freeze

EARTH_M = 6_371_009.0
"""Mean radius OSMnx uses too, so that lengths agree."""


def segment_lengths(lon: Float64, lat: Float64) -> Float64:
    """Return the great-circle metres between consecutive points.

    Parameters
    ----------
    lon, lat : float64, (n,)
        Degrees, EPSG:4326.

    Returns
    -------
    float64, (n - 1,)
        Haversine, accurate for points close together.
    """
    x, y = np.radians(lon), np.radians(lat)
    half = (
        np.sin(np.diff(y) / 2) ** 2 + np.cos(y[1:]) * np.cos(y[:-1]) * np.sin(np.diff(x) / 2) ** 2
    )
    metres: Float64 = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return metres


class WayCollector:
    """Grows the columns of :class:`Ways`."""

    def __init__(self) -> None:
        self._ids, self._names = array("q"), array("L")
        self._first, self._nodes = array("L", [0]), array("q")
        self._coordinates = bytearray()
        self._classes, self._access, self._surfaces = array("B"), array("B"), array("B")
        self._flags, self._speeds = array("H"), array("B")
        self._name_of = {"": 0}

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def nodes(self) -> Int64:
        """OSM ids of the nodes of all ways so far, int64, (n_points,)."""
        return np.array(self._nodes, np.int64)

    def add(
        self, way_id: int, street: StreetTags, name: str, nodes: Sequence[int], lonlat: Float64
    ) -> None:
        """Add a way.

        Parameters
        ----------
        way_id : int
            OSM id.
        street : StreetTags
            What its tags say.
        name : str
            Street name, may be empty.
        nodes : sequence of int
            OSM node ids, at least two.
        lonlat : float64, (n, 2)
            Their positions, degrees.
        """
        self._ids.append(way_id)
        self._nodes.extend(nodes)
        self._first.append(len(self._nodes))
        self._coordinates += np.round(lonlat * DEGREE).astype(np.int32).tobytes()
        self._classes.append(street.road_class)
        self._access.append(street.access)
        self._surfaces.append(street.surface)
        self._flags.append(street.flags)
        self._speeds.append(_speed_of(street, lonlat))
        self._names.append(self._name_of.setdefault(name, len(self._name_of)))

    def finish(self) -> tuple[Ways, StringTable]:
        """Return the ways and the street names they refer to."""
        lonlat = np.frombuffer(self._coordinates, np.int32).reshape(-1, 2)
        ways = Ways(
            np.array(self._ids, np.int64),
            np.array(self._first, np.uint32),
            np.array(self._nodes, np.int64),
            lonlat[:, 0].copy(),
            lonlat[:, 1].copy(),
            np.array(self._classes, np.uint8),
            np.array(self._access, np.uint8),
            np.array(self._surfaces, np.uint8),
            np.array(self._flags, np.uint16),
            np.array(self._speeds, np.uint8),
            np.array(self._names, np.uint32),
        )
        return freeze(ways), StringTable.of(self._name_of)


def _speed_of(street: StreetTags, lonlat: Float64) -> int:
    """Return the signed speed, or that of a ferry whose crossing time is known, km/h."""
    if street.road_class is not RoadClass.FERRY or street.duration_s == 0:
        return street.maxspeed_kmh
    metres = segment_lengths(lonlat[:, 0], lonlat[:, 1]).sum()
    return int(min(max(metres / street.duration_s * 3.6, 1.0), 255.0) + 0.5)

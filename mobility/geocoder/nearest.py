"""Find the street or address nearest to a point."""

import math
import sqlite3

import numpy as np
from numpy.typing import NDArray

from mobility.geocoder.cluster import METRES_PER_DEGREE
from mobility.geocoder.model import Hit

_WINDOWS_M = (50.0, 250.0, 1000.0)
_ADDRESS_M = 40.0
"""An address this near is named rather than the street."""


def nearest_hit(connection: sqlite3.Connection, lon: float, lat: float) -> Hit | None:
    """Return the nearest address within 40 m, else the nearest named street within 1 km."""
    cosine = max(0.05, math.cos(math.radians(lat)))
    scale = np.array([METRES_PER_DEGREE * cosine, METRES_PER_DEGREE])
    for window in _WINDOWS_M:
        dlat, dlon = window / METRES_PER_DEGREE, window / METRES_PER_DEGREE / cosine
        rows = connection.execute(
            "select s.kind, s.name, s.label, s.ref, s.lonlat from box b join segment s using (id) "
            "where b.east >= ? and b.west <= ? and b.north >= ? and b.south <= ?",
            (lon - dlon, lon + dlon, lat - dlat, lat + dlat),
        )
        best: tuple[float, Hit] | None = None
        for kind, name, label, ref, blob in rows:
            line = np.frombuffer(blob, dtype="<f8").reshape(-1, 2)
            distance, point = _nearest_point(line, np.array([lon, lat]), scale)
            limit = min(window, _ADDRESS_M) if kind == "address" else window
            rank = distance - (_ADDRESS_M if kind == "address" else 0.0)
            if distance <= limit and (best is None or rank < best[0]):
                best = rank, Hit(name, label, float(point[0]), float(point[1]), kind, ref)
        if best is not None:
            return best[1]
    return None


def _nearest_point(
    line: NDArray[np.float64], point: NDArray[np.float64], scale: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return the distance in metres to a line, and the nearest point on it in degrees."""
    if len(line) == 1:
        return float(np.hypot(*((line[0] - point) * scale))), line[0]
    start, end = (line[:-1] - point) * scale, (line[1:] - point) * scale
    along = end - start
    length2 = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(-(start * along).sum(axis=1) / length2, 0.0, 1.0)
    nearest = start + share[:, None] * along
    distance = np.hypot(nearest[:, 0], nearest[:, 1])
    best = int(np.argmin(distance))
    return float(distance[best]), point + nearest[best] / scale

"""The area a network covers: four numbers or polygons."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mobility.errors import MobilityError
from mobility.network.bounds import Bounds

_POLYGONS = {"Polygon", "MultiPolygon"}


class InvalidAreaError(MobilityError, ValueError):
    """An area that is neither W,S,E,N nor a GeoJSON file of polygons."""


@dataclass(frozen=True)
class Area:
    """A box, or polygons within one."""

    bounds: Bounds
    polygon: shapely.Geometry | None = None

    def contains(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which positions lie inside.

        Parameters
        ----------
        lon, lat : float64, (n,)
            Degrees, EPSG:4326; NaN lies outside.

        Returns
        -------
        bool, (n,)
        """
        box = self.bounds
        inside = (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
        if self.polygon is not None:
            inside[inside] = shapely.contains_xy(self.polygon, lon[inside], lat[inside])
        return np.asarray(inside)


def parse_area(text: str) -> Area:
    """Read ``W,S,E,N`` in degrees or the path of a GeoJSON file.

    Raises
    ------
    InvalidAreaError
        It is neither, or encloses nothing.
    """
    parts = text.split(",")
    if len(parts) == 4:
        try:
            west, south, east, north = (float(part) for part in parts)
        except ValueError as error:
            raise InvalidAreaError(f"--area {text}: give four numbers W,S,E,N") from error
        return Area(Bounds(west, south, east, north))
    polygon = shapely.union_all([p for p, _ in read_polygons(Path(text))])
    shapely.prepare(polygon)
    return Area(Bounds(*polygon.bounds), polygon)


def read_polygons(path: Path) -> list[tuple[shapely.Geometry, dict[str, Any]]]:
    """Read the polygons of a GeoJSON file with their properties.

    Raises
    ------
    InvalidAreaError
        No such file, no GeoJSON, or no polygon in it.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidAreaError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise InvalidAreaError(f"{path}: is no GeoJSON ({error})") from error
    kind = value.get("type") if isinstance(value, dict) else None
    features = value.get("features") if kind == "FeatureCollection" else [value]
    found: list[tuple[shapely.Geometry, dict[str, Any]]] = []
    for feature in features if isinstance(features, list) else []:
        is_feature = isinstance(feature, dict) and feature.get("type") == "Feature"
        geometry = feature.get("geometry") if is_feature else feature
        if not isinstance(geometry, dict) or geometry.get("type") not in _POLYGONS:
            continue
        try:
            shape = shapely.make_valid(shapely.from_geojson(json.dumps(geometry)))
        except shapely.errors.GEOSException as error:
            raise InvalidAreaError(f"{path}: holds a broken geometry ({error})") from error
        if shape.geom_type in _POLYGONS and not shape.is_empty:
            found.append((shape, (feature.get("properties") or {}) if is_feature else {}))
    if not found:
        raise InvalidAreaError(f"{path}: holds no polygon")
    Bounds(*shapely.total_bounds([shape for shape, _ in found]))
    return found

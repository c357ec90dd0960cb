"""Streets and shapes of an OSM extract → features of the base map."""

from collections.abc import Iterator

import numpy as np
import shapely

from maps.tiles import MapFeature
from routing.osm.model import NamedPlace, OsmExtract, TileShape, Ways
from routing.streets.graph import DEGREE, EdgeFlag, RoadClass

_CLASS = {road: road.name.lower() for road in RoadClass}
_HIDDEN = {RoadClass.CORRIDOR, RoadClass.ELEVATOR, RoadClass.BARRIER}
_AS_PATH = {RoadClass.PLATFORM: "footway", RoadClass.BRIDLEWAY: "path"}
_AREAS = {"water": "water", "green": "green"}
_BUILT = {"residential", "commercial", "industrial", "retail", "construction"}
_MAP_PLACES = {"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "borough"}


def extract_features(extract: OsmExtract) -> Iterator[MapFeature]:
    """Yield what the base map shows of an OSM file, one by one."""
    yield from _roads(extract)
    for shape in extract.shapes:
        yield from _shape(shape)
    for place in extract.places:
        feature = _place(place)
        if feature is not None:
            yield feature


def _roads(extract: OsmExtract) -> Iterator[MapFeature]:
    ways: Ways = extract.ways
    lonlat = np.column_stack((ways.lon_e7, ways.lat_e7)) / DEGREE
    for way in np.flatnonzero(ways.way_id >= 0).tolist():
        road = RoadClass(int(ways.road_class[way]))
        if road not in _HIDDEN:
            line = lonlat[int(ways.first[way]) : int(ways.first[way + 1])]
            yield _road(road, int(ways.flags[way]), line, extract.names[int(ways.name[way])])


def _road(road: RoadClass, flags: int, line: np.ndarray, name: str) -> MapFeature:
    more = {
        key: True
        for key, flag in (("bridge", EdgeFlag.BRIDGE), ("tunnel", EdgeFlag.TUNNEL))
        if flags & flag
    }
    return MapFeature("roads", _AS_PATH.get(road, _CLASS[road]), (line,), name, more)


def _shape(shape: TileShape) -> Iterator[MapFeature]:
    geometry = shapely.from_wkb(shape.wkb)
    name = shape.name or ""
    if shape.layer == "rail":
        yield MapFeature("rails", shape.kind, (_points(geometry),), name)
    elif shape.layer == "waterway":
        yield MapFeature("waterways", shape.kind, (_points(geometry),), name)
    else:
        layer = "buildings" if shape.layer == "building" else "areas"
        built = "built" if shape.kind in _BUILT else "landuse"
        kind = shape.kind if layer == "buildings" else _AREAS.get(shape.layer, built)
        for polygon in shapely.get_parts(geometry):
            rings = (polygon.exterior, *polygon.interiors)
            yield MapFeature(layer, kind, tuple(_points(ring) for ring in rings), name)


def _points(geometry: shapely.Geometry) -> np.ndarray:
    return np.asarray(shapely.get_coordinates(geometry))


def _place(place: NamedPlace) -> MapFeature | None:
    if place.key != "place" or place.value not in _MAP_PLACES:
        return None
    return MapFeature("places", place.value, (np.array([[place.lon, place.lat]]),), place.name)

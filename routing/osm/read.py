"""Read an OSM file once, as a stream, and keep what streets, geocoder and map need."""

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory, use_nodes

from routing.arrays import Bool, Float64
from routing.errors import RoutingError
from routing.osm.features import AREA_KEYS, address_of, area_layer, line_layer, place_of
from routing.osm.model import (
    Address,
    BBox,
    CarPark,
    NamedPlace,
    OsmExtract,
    Passage,
    Restriction,
    TileShape,
)
from routing.osm.parking import read_car_park
from routing.osm.passages import read_passage
from routing.osm.squares import Square, crossings
from routing.osm.tags import StreetTags, read_street
from routing.osm.turns import read_restriction
from routing.osm.ways import WayCollector

KEYS = (
    "highway", "route", "railway", "public_transport", "barrier", "kerb", "restriction",
    "restriction:bicycle", "restriction:motorcar", "restriction:motor_vehicle",
    "addr:housenumber", "place", "tourism", "shop", "man_made",
    "historic", "office", *AREA_KEYS,
)  # fmt: skip
"""Only objects with one of these keys reach Python."""

_HEADER = 9
"""Bytes before the coordinates of a WKB line: byte order, type, count."""


class OsmError(RoutingError):
    """An OSM file that cannot be used."""


def read_osm(
    path: Path, bbox: BBox | None = None, area: shapely.Geometry | None = None
) -> OsmExtract:
    """Read streets, names, addresses, places and map shapes from an OSM file.

    Parameters
    ----------
    path : Path
        ``.osm.pbf`` (or ``.osm``, ``.osm.gz``, ``.osm.bz2``).
    bbox : (west, south, east, north), optional
        Degrees, EPSG:4326. Streets are cut where they leave it, one point beyond; addresses,
        places and shapes count as inside when their middle is.
    area : shapely geometry, optional
        Polygon in degrees to clip by instead, or as well.

    Raises
    ------
    OsmError
        The file is missing, truncated or no OSM file, or holds no street (in the area).
    """
    if not path.is_file():
        raise OsmError(f"{path} does not exist: give an OSM extract (.osm.pbf)")
    reader = _Reader(_Clip(bbox, area))
    try:
        for thing in _stream(path):
            reader.take(thing)
    except RuntimeError as error:
        raise OsmError(
            f"{path.name} is no readable OSM file ({error}): it may be truncated or of another"
            " kind; download it again as .osm.pbf"
        ) from error
    if len(reader.ways) == 0:
        where = "" if bbox is None and area is None else " inside the area"
        raise OsmError(
            f"{path.name} holds no street (way with a highway tag){where}: use an extract with"
            " highways that covers the town"
        )
    return reader.finish(path.name)


def _stream(path: Path) -> Iterator[Any]:
    processor = (
        osmium.FileProcessor(path)
        .with_locations()
        .with_areas(KeyFilter("highway", *AREA_KEYS))
        .with_filter(KeyFilter(*KEYS))
    )
    yield from processor


class _Clip:
    """Tells what lies inside the area asked for."""

    def __init__(self, bbox: BBox | None, area: shapely.Geometry | None) -> None:
        self.whole = bbox is None and area is None
        self.bbox = bbox or (-math.inf, -math.inf, math.inf, math.inf)
        self.area = area
        if area is not None:
            shapely.prepare(area)

    def inside(self, lon: Float64, lat: Float64) -> Bool:
        """Tell for each point whether it lies inside."""
        west, south, east, north = self.bbox
        within: Bool = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        if self.area is not None and within.any():
            within[within] = shapely.contains_xy(self.area, lon[within], lat[within])
        return within

    def has(self, lon: float, lat: float) -> bool:
        """Tell whether one point lies inside."""
        return self.whole or bool(self.inside(np.array([lon]), np.array([lat]))[0])

    def runs(self, lonlat: Float64) -> list[slice]:
        """Return the parts of a line that lie inside, each one point longer at its ends."""
        if self.whole:
            return [slice(0, len(lonlat))]
        inside = self.inside(lonlat[:, 0], lonlat[:, 1])
        touched = inside[1:] | inside[:-1]  # per segment
        edges = np.flatnonzero(np.diff(np.concatenate(([False], touched, [False])).astype(np.int8)))
        return [slice(int(a), int(b) + 1) for a, b in edges.reshape(-1, 2)]


class _Reader:
    """Sorts objects into their collections as they come by."""

    def __init__(self, clip: _Clip) -> None:
        self.clip = clip
        self.ways = WayCollector()
        self.passages: dict[int, Passage] = {}
        self.restrictions: list[Restriction] = []
        self.addresses: list[Address] = []
        self.places: list[NamedPlace] = []
        self.shapes: list[TileShape] = []
        self.car_parks: list[CarPark] = []
        self.squares: list[Square] = []
        self.skipped: Counter[str] = Counter()
        self._wkb = WKBFactory()

    def take(self, thing: Any) -> None:
        """Look at one OSM object."""
        if thing.is_node():
            self._node(thing)
        elif thing.is_way():
            self._way(thing)
        elif thing.is_area():
            self._area(thing)
        else:
            found, reason = read_restriction(thing)
            self.restrictions += found
            if reason:
                self.skipped[reason] += 1

    def finish(self, source: str) -> OsmExtract:
        """Return what was collected."""
        for square, nodes, lonlat in crossings(self.squares, self.ways.nodes):
            self._street(square.osm_id, square.street, square.name, nodes, lonlat)
        ways, names = self.ways.finish()
        return OsmExtract(
            source,
            ways,
            names,
            self.passages,
            tuple(self.restrictions),
            tuple(self.addresses),
            tuple(self.places),
            tuple(self.shapes),
            dict(self.skipped),
            tuple(self.car_parks),
        )

    def _node(self, node: Any) -> None:
        tags = dict(node.tags)
        passage = read_passage(tags)
        if passage is not None:
            self.passages[node.id] = passage
        if "name" in tags or "addr:housenumber" in tags or _is_car_park(tags):
            location = node.location
            if location.valid() and self.clip.has(location.lon, location.lat):
                self._named("node", node.id, tags, location.lon, location.lat)
                self._parked_at(f"node/{node.id}", tags, location.lon, location.lat)

    def _named(self, osm_type: str, osm_id: int, tags: dict[str, str], x: float, y: float) -> None:
        address = address_of(tags, x, y)
        if address is not None:
            self.addresses.append(address)
        place = place_of(osm_type, osm_id, tags, x, y)
        if place is not None:
            self.places.append(place)

    def _parked_at(self, osm_id: str, tags: dict[str, str], x: float, y: float) -> None:
        park = read_car_park(osm_id, tags, x, y)
        if park is not None:
            self.car_parks.append(park)

    def _way(self, way: Any) -> None:
        tags = dict(way.tags)
        street = read_street(tags)
        line = line_layer(tags)
        if street is None and line is None:
            return
        parts = self._parts(way)
        if street is not None:
            name = tags.get("name") or tags.get("ref") or ""
            for nodes, lonlat in parts:
                self._street(way.id, street, name, nodes, lonlat)
        if line is not None:
            for _, lonlat in parts:
                for run in self.clip.runs(lonlat):
                    wkb = shapely.LineString(lonlat[run]).wkb
                    self.shapes.append(TileShape(*line, tags.get("name"), wkb))

    def _street(
        self, way_id: int, street: StreetTags, name: str, nodes: list[int], lonlat: Float64
    ) -> None:
        for run in self.clip.runs(lonlat):
            self.ways.add(way_id, street, name, nodes[run], lonlat[run])

    def _parts(self, way: Any) -> list[tuple[list[int], Float64]]:
        """Return node ids and positions; several parts where nodes are missing in the file."""
        nodes = [node.ref for node in way.nodes]
        if len(nodes) < 2:
            self.skipped["way_too_short"] += 1
            return []
        try:
            wkb = bytes.fromhex(self._wkb.create_linestring(way, use_nodes=use_nodes.ALL))
            return [(nodes, np.frombuffer(wkb, np.float64, offset=_HEADER).reshape(-1, 2))]
        except (RuntimeError, osmium.InvalidLocationError):
            self.skipped["way_with_missing_nodes"] += 1
        parts: list[tuple[list[int], Float64]] = []
        known: list[tuple[int, float, float]] = []
        for node in [*way.nodes, None]:
            if node is not None and node.location.valid():
                known.append((node.ref, node.location.lon, node.location.lat))
                continue
            if len(known) > 1:
                rows = np.array([row[1:] for row in known])
                parts.append(([row[0] for row in known], rows))
            known = []
        return parts

    def _area(self, area: Any) -> None:
        tags = dict(area.tags)
        if "highway" in tags and (tags.get("area") == "yes" or not area.from_way()):
            self._square(area, tags)
        layer = area_layer(tags)
        named = "name" in tags or "addr:housenumber" in tags
        if layer is None and not named and not _is_car_park(tags):
            return
        try:
            wkb = bytes.fromhex(self._wkb.create_multipolygon(area))
        except (RuntimeError, osmium.InvalidLocationError):
            self.skipped["area_without_shape"] += 1
            return
        west, south, east, north = shapely.from_wkb(wkb).bounds
        x, y = (west + east) / 2, (south + north) / 2
        if not self.clip.has(x, y):
            return
        if layer is not None:
            self.shapes.append(TileShape(*layer, tags.get("name"), wkb))
        self._named("area", area.orig_id(), tags, x, y)
        kind = "way" if area.from_way() else "relation"
        self._parked_at(f"{kind}/{area.orig_id()}", tags, x, y)

    def _square(self, area: Any, tags: dict[str, str]) -> None:
        """Take a square, and its rims if it is a multipolygon; those of ways come by as ways."""
        street = read_street(tags)
        if street is None:
            return
        osm_id, name = -area.orig_id(), tags.get("name", "")
        rims, places = [], []
        for outer in area.outer_rings():
            for ring in (outer, *area.inner_rings(outer)):
                rims.append([node.ref for node in ring])
                places.append(np.array([(node.lon, node.lat) for node in ring]))
                if not area.from_way():
                    self._street(osm_id, street, name, rims[-1], places[-1])
        if not rims:  # it does not close
            return
        shape = shapely.from_wkb(bytes.fromhex(self._wkb.create_multipolygon(area)))
        nodes = np.concatenate([np.array(rim, np.int64) for rim in rims])
        self.squares.append(Square(osm_id, street, name, nodes, np.concatenate(places), shape))


def _is_car_park(tags: dict[str, str]) -> bool:
    return tags.get("amenity") == "parking"

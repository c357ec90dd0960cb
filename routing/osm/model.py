"""What one reading of an OSM file yields, for streets, geocoder and map tiles alike."""

from dataclasses import dataclass, field

from routing.arrays import Int32, Int64, StringTable, UInt8, UInt16, UInt32
from routing.streets.graph import RoadClass

BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees, EPSG:4326."""


@dataclass(frozen=True)
class Ways:
    """Streets as OSM has them, before they are split at junctions.

    Parameters
    ----------
    way_id : int64, (n,)
        OSM id; a way that leaves the area and returns is listed several times. Negative for lines
        over squares, which no map shows.
    first : uint32, (n + 1,)
        Points of way ``i`` are ``first[i]:first[i + 1]``, at least two.
    node_id : int64, (n_points,)
        OSM id of each point.
    lon_e7, lat_e7 : int32, (n_points,)
        Ten-millionths of a degree, EPSG:4326.
    road_class, access, surface, flags, maxspeed_kmh, name
        As in :class:`routing.streets.graph.Edges`; of a ferry, ``maxspeed_kmh`` is its own speed.
    """

    way_id: Int64
    first: UInt32
    node_id: Int64
    lon_e7: Int32
    lat_e7: Int32
    road_class: UInt8
    access: UInt8
    surface: UInt8
    flags: UInt16
    maxspeed_kmh: UInt8
    name: UInt32


@dataclass(frozen=True, slots=True)
class Passage:
    """A node one passes with care, or not at all: a barrier or a lift.

    Parameters
    ----------
    stopped : int
        Bit ``mode`` for each mode that cannot pass.
    flags : int
        :class:`routing.streets.graph.EdgeFlag` bits.
    road_class : RoadClass
        ``BARRIER`` or ``ELEVATOR``.
    """

    stopped: int
    flags: int = 0
    road_class: RoadClass = RoadClass.BARRIER


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn that is forbidden, or the only one allowed, at a node or over other ways.

    Parameters
    ----------
    from_way, to_way : int
        OSM ids.
    via_node : int
        OSM id of the node between them; 0 where ways lie between them.
    only : bool
        The turn is the only one allowed; otherwise it is forbidden.
    modes : int
        Bit ``mode`` for each of :class:`routing.streets.graph.StreetMode` it binds.
    via_ways : tuple of int
        OSM ids of the ways between them, in no order.
    """

    from_way: int
    via_node: int
    to_way: int
    only: bool
    modes: int
    via_ways: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """A house number."""

    lon: float
    lat: float
    street: str
    housenumber: str
    postcode: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """Something people look for by name: a town, a suburb, a museum, a station.

    Parameters
    ----------
    osm_type : str
        ``node`` or ``area`` (a closed way or multipolygon; then the middle of its box).
    osm_id : int
        Of a multipolygon, the relation's id.
    key, value : str
        The tag that makes it one, such as ``place``, ``suburb`` or ``amenity``, ``library``.
    name : str
        As on the sign.
    other_names : tuple of str
        ``alt_name``, ``official_name``, ``short_name``, ``name:*`` that differ.
    population : int or None
        Where OSM tells it.
    """

    osm_type: str
    osm_id: int
    key: str
    value: str
    name: str
    lon: float
    lat: float
    other_names: tuple[str, ...] = ()
    population: int | None = None


@dataclass(frozen=True, slots=True)
class CarPark:
    """A place to leave a car that anyone may use; what is ``None`` is not known.

    Parameters
    ----------
    osm_id : str
        Such as ``way/4711``.
    lon, lat : float
        Degrees, EPSG:4326; of an area the middle of its box.
    capacity : int, optional
        Cars.
    fee : bool, optional
        Whether parking costs something.
    park_ride : bool, optional
        Whether it is meant for going on by public transport.
    """

    osm_id: str
    lon: float
    lat: float
    name: str | None = None
    capacity: int | None = None
    fee: bool | None = None
    park_ride: bool | None = None


@dataclass(frozen=True, slots=True)
class TileShape:
    """A line or area for the map; roads are not here but in :class:`Ways`.

    Parameters
    ----------
    layer : str
        ``water``, ``green``, ``landuse``, ``building``, ``waterway`` or ``rail``.
    kind : str
        OSM value, such as ``forest`` or ``tram``.
    name : str or None
        Its name.
    wkb : bytes
        LineString or MultiPolygon, degrees, EPSG:4326.
    """

    layer: str
    kind: str
    name: str | None
    wkb: bytes


@dataclass(frozen=True)
class OsmExtract:
    """Everything taken from one OSM file in one reading.

    Parameters
    ----------
    source : str
        Name of the file or query, for messages.
    ways : Ways
        Streets.
    names : StringTable
        Street names; number 0 is the empty name.
    passages : dict of int to Passage
        Barriers and lifts by OSM node id.
    restrictions : tuple of Restriction
        Turn restrictions.
    addresses, places, shapes : tuple
        For the geocoder and the map.
    car_parks : tuple of CarPark
        For park and ride.
    skipped : dict of str to int
        What could not be used, by reason.
    """

    source: str
    ways: Ways
    names: StringTable
    passages: dict[int, Passage] = field(default_factory=dict)
    restrictions: tuple[Restriction, ...] = ()
    addresses: tuple[Address, ...] = ()
    places: tuple[NamedPlace, ...] = ()
    shapes: tuple[TileShape, ...] = ()
    skipped: dict[str, int] = field(default_factory=dict)
    car_parks: tuple[CarPark, ...] = ()

    @property
    def bbox(self) -> BBox:
        """West, south, east, north of the streets, degrees."""
        lon, lat = self.ways.lon_e7, self.ways.lat_e7
        west, south, east, north = (
            float(v) / 1e7 for v in (lon.min(), lat.min(), lon.max(), lat.max())
        )
        return west, south, east, north

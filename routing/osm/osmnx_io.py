"""OSMnx graphs in and out: towns fetched by name, saved graphs, and graphs for analysis.

OSMnx is heavy and imported only when one of these functions is called.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from routing.osm.model import OsmExtract
from routing.osm.osmnx_ways import GraphWays, pieces_of
from routing.osm.read import OsmError
from routing.osm.tags import CLASSES
from routing.streets.build import build_streets
from routing.streets.graph import EdgeFlag, RoadClass, StreetGraph, StreetMode

if TYPE_CHECKING:
    import networkx as nx

USEFUL_TAGS = (
    "access", "area", "bicycle", "bicycle_road", "bridge", "conveying", "cycleway",
    "cycleway:both", "cycleway:left", "cycleway:right", "duration", "foot", "highway", "junction",
    "maxspeed", "motor_vehicle", "motorcar", "motorroad", "name", "oneway", "oneway:bicycle",
    "oneway:foot", "ramp", "ref", "route", "sidewalk", "surface", "tunnel", "vehicle", "wheelchair",
)  # fmt: skip
"""Tags OSMnx is asked to keep, those our access and speed rules read."""

_ACCESS_TAGS = {
    StreetMode.WALK: "foot",
    StreetMode.BIKE: "bicycle",
    StreetMode.CAR: "motor_vehicle",
}
_HIGHWAY = {
    **{road_class: value for value, (road_class, _) in CLASSES.items() if value != "road"},
    RoadClass.BARRIER: "service",
    RoadClass.FERRY: "service",
}


def from_osmnx(graph: "nx.MultiDiGraph[Any]") -> StreetGraph:
    """Build a street graph of an OSMnx graph, simplified or not.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Nodes with ``x``, ``y`` in degrees (crs EPSG:4326) and, where known, edges with
        ``osmid``, ``highway``, ``oneway``, ``geometry`` and further OSM tags.

    Raises
    ------
    OsmError
        The graph is projected, lacks coordinates or has no edge anybody may use.
    """
    return build_streets(extract_from_osmnx(graph))


def from_graphml(path: Path) -> StreetGraph:
    """Build a street graph of a file written by ``osmnx.save_graphml``."""
    return build_streets(extract_from_graphml(path))


def from_place(query: str) -> StreetGraph:
    """Build the street graph of a place by its name, over Nominatim and Overpass."""
    return build_streets(extract_from_place(query))


def extract_from_graphml(path: Path) -> OsmExtract:
    """Read the streets of a file written by ``osmnx.save_graphml``.

    Raises
    ------
    OsmError
        The file is missing, is no such file, or holds no usable street.
    """
    import osmnx as ox

    if not path.is_file():
        raise OsmError(f"{path} does not exist: give a file written by osmnx.save_graphml")
    try:
        graph = ox.load_graphml(path)
    except Exception as error:  # the XML parser and OSMnx raise many kinds
        raise OsmError(
            f"{path.name} is no OSMnx graph ({error}): write it with osmnx.save_graphml"
        ) from error
    return extract_from_osmnx(graph, path.name)


def extract_from_place(query: str) -> OsmExtract:
    """Fetch the streets of a place by its name, over Nominatim and Overpass.

    Parameters
    ----------
    query : str
        Such as ``"Heidelberg, Germany"``. Servers are those of ``osmnx.settings``.

    Raises
    ------
    OsmError
        The place is unknown, a server does not answer, or there are no streets.
    """
    import osmnx as ox
    import requests

    try:
        with _tags_kept():
            graph = ox.graph_from_place(
                query, network_type="all", simplify=False, retain_all=True, truncate_by_edge=True
            )
    except requests.RequestException as error:
        raise OsmError(
            f"the streets of '{query}' could not be fetched ({error}): try again, or give a file"
            " with --osm"
        ) from error
    except (ox._errors.InsufficientResponseError, TypeError, ValueError) as error:
        raise OsmError(
            f"no streets were found for '{query}' ({error}): name a town and its country, as"
            " OpenStreetMap knows them"
        ) from error
    return extract_from_osmnx(graph, query)


@contextmanager
def _tags_kept() -> Iterator[None]:
    import osmnx as ox

    before = ox.settings.useful_tags_way
    ox.settings.useful_tags_way = sorted({*before, *USEFUL_TAGS})
    try:
        yield
    finally:
        ox.settings.useful_tags_way = before


def extract_from_osmnx(graph: "nx.MultiDiGraph[Any]", source: str = "graph") -> OsmExtract:
    """Return the ways of an OSMnx graph, joined again where OSMnx cut them at every node."""
    crs = str(graph.graph.get("crs", "epsg:4326")).lower()
    if crs not in ("epsg:4326", "wgs84"):
        raise OsmError(f"{source} is projected to {crs}: give a graph in epsg:4326")
    try:
        places = {node: (float(at["x"]), float(at["y"])) for node, at in graph.nodes(data=True)}
    except KeyError as error:
        raise OsmError(f"a node of {source} has no {error}: give a graph made by OSMnx") from error
    ways = GraphWays(places)
    for piece in pieces_of(graph):
        ways.add(piece)
    if len(ways.collector) == 0:
        raise OsmError(f"{source} holds no street anybody may use: use a graph with highways")
    table, names = ways.collector.finish()
    return OsmExtract(source, table, names, skipped={"closed": ways.closed} if ways.closed else {})


def to_osmnx(graph: StreetGraph, mode: StreetMode) -> "nx.MultiDiGraph[Any]":
    """Return the graph of one mode as OSMnx makes them, for analysis and drawing.

    Where turns are restricted, a junction occurs several times: its copies have negative ids and
    an attribute ``copy_of``, and ``ox.shortest_path`` heeds the restrictions.

    Parameters
    ----------
    graph : StreetGraph
        The streets.
    mode : StreetMode
        Whose arcs.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes with ``x``, ``y`` (degrees, EPSG:4326); edges with ``osmid``, ``length`` (m),
        ``travel_time`` (s), ``highway``, ``oneway``, ``reversed``, ``name``, ``geometry`` where
        not straight, and ``foot``, ``bicycle``, ``motor_vehicle``.
    """
    import networkx as nx
    import osmnx as ox

    side = graph.modes[mode]
    result: nx.MultiDiGraph[Any] = nx.MultiDiGraph(
        crs="epsg:4326", simplified=True, created_with=f"OSMnx {ox.__version__}"
    )
    ids = _node_ids(graph, mode)
    for node in sorted({*side.tail.tolist(), *side.head.tolist()}):
        base = int(side.base[node])
        x, y = graph.node_lonlat(base)
        extra = {"copy_of": ids[base]} if node >= graph.n_nodes else {}
        result.add_node(ids[node], x=float(x), y=float(y), **extra)
    arcs = (column.tolist() for column in (side.tail, side.head, side.way, side.seconds))
    for tail, head, way, seconds in zip(*arcs, strict=True):
        data = _edge_data(graph, way >> 1, bool(way & 1))
        result.add_edge(ids[tail], ids[head], travel_time=seconds, **data)
    counts = ox.stats.count_streets_per_node(result)
    nx.set_node_attributes(result, counts, "street_count")
    return result


def _node_ids(graph: StreetGraph, mode: StreetMode) -> list[int]:
    """Return an id for each node of a mode's graph: OSM's own, negative ones for copies."""
    own: list[int] = graph.nodes.osm_id.tolist()
    copies = graph.modes[mode].n_nodes - graph.n_nodes
    lowest = min(0, *own) if own else 0
    return own + [lowest - 1 - i for i in range(copies)]


def _edge_data(graph: StreetGraph, edge: int, backward: bool) -> dict[str, Any]:
    edges = graph.edges
    highway = _HIGHWAY[RoadClass(int(edges.road_class[edge]))]
    if edges.flags[edge] & EdgeFlag.LINK:
        highway += "_link"
    data: dict[str, Any] = {
        "osmid": int(edges.way_id[edge]),
        "highway": highway,
        "length": float(edges.length_m[edge]),
        **_direction_tags(int(edges.access[edge]), backward),
    }
    name = graph.edge_name(edge)
    if name is not None:
        data["name"] = name
    if edges.maxspeed_kmh[edge]:
        data["maxspeed"] = str(int(edges.maxspeed_kmh[edge]))
    if edges.last[edge] - edges.first[edge] > 1:
        line = graph.edge_lonlat(edge)
        data["geometry"] = shapely.LineString(line[::-1] if backward else line)
    return data


def _direction_tags(access: int, backward: bool) -> dict[str, Any]:
    """Say who may go which way in OSM's words, ``oneway`` being the rule for vehicles."""
    walk, bike, car = (access >> 2 * mode & 3 for mode in StreetMode)
    vehicles = car or bike or 3
    flip = vehicles == 2  # OSMnx turns such streets round
    data: dict[str, Any] = {"oneway": vehicles != 3, "reversed": backward != flip}
    for mode, tag in _ACCESS_TAGS.items():
        data[tag] = "yes" if access >> 2 * mode & 3 else "no"
    for tag, bits, usual in (("oneway:foot", walk, 3), ("oneway:bicycle", bike, vehicles)):
        if bits not in (0, usual):
            data[tag] = "no" if bits == 3 else "yes" if (bits == 1) != flip else "-1"
    return data

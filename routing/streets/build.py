"""Turn the ways of an OSM file into edges between junctions and a graph per mode."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Bool, Float32, Float64, Int64, UInt32, group_first
from routing.osm.model import OsmExtract, Passage, Ways
from routing.osm.tags import BOTH
from routing.osm.ways import EARTH_M, segment_lengths
from routing.streets.graph import (
    DEGREE,
    Edges,
    Grid,
    Nodes,
    Points,
    RoadClass,
    StreetGraph,
    StreetMode,
    freeze,
)
from routing.streets.modes import build_mode, make_profiles

CELL_M = 100.0
"""Side of a grid cell."""
MAX_CELLS = 4_000_000


def build_streets(extract: OsmExtract) -> StreetGraph:
    """Build the street graph of an extract.

    Ways are split where they meet, at their ends, at lifts and at barriers that stop somebody.
    These become short edges of their own between copies of their node.

    Parameters
    ----------
    extract : OsmExtract
        What :func:`routing.osm.read.read_osm` or :mod:`routing.osm.osmnx_io` read.
    """
    ways = extract.ways
    along = _along(ways)
    nodes, edges = _split(extract, along)
    nodes, edges = _by_place(*_part_at_passages(nodes, edges, extract.passages))
    nodes, edges = freeze(nodes), freeze(edges)
    points = freeze(Points(ways.lon_e7, ways.lat_e7))
    along_m = along.astype(np.float32)
    along_m.flags.writeable = False
    walk, bike, car = (build_mode(nodes, edges, extract.restrictions, m) for m in StreetMode)
    return StreetGraph(
        nodes,
        edges,
        points,
        along_m,
        (walk, bike, car),
        build_grid(edges, points),
        extract.names,
        make_profiles(edges, (walk, bike, car)),
    )


def _along(ways: Ways) -> Float64:
    """Return the metres from the start of its way for each point."""
    if len(ways.lon_e7) == 0:
        return np.zeros(0)
    steps = np.zeros(len(ways.lon_e7))
    steps[1:] = segment_lengths(ways.lon_e7 / DEGREE, ways.lat_e7 / DEGREE)
    start = ways.first[:-1].astype(np.int64)
    steps[start] = 0.0
    total = np.cumsum(steps)
    return total - np.repeat(total[start], _sizes(ways))


def _sizes(ways: Ways) -> Int64:
    return ways.first[1:].astype(np.int64) - ways.first[:-1]


def _split(extract: OsmExtract, along: Float64) -> tuple[Nodes, Edges]:
    ways = extract.ways
    sizes = _sizes(ways)
    ids, node_of = np.unique(ways.node_id, return_inverse=True)
    kept: Bool = np.bincount(node_of, minlength=len(ids)) > 1
    kept[node_of[ways.first[:-1]]] = True
    kept[node_of[ways.first[1:].astype(np.int64) - 1]] = True
    forced = [*extract.passages, *(r.via_node for r in extract.restrictions if r.via_node)]
    kept[np.isin(ids, np.array(forced, np.int64))] = True
    cuts = np.flatnonzero(kept[node_of])
    way = np.repeat(np.arange(len(sizes)), sizes)[cuts]
    pair = np.flatnonzero(way[1:] == way[:-1])
    first, last, way = cuts[pair], cuts[pair + 1], way[pair]
    number = np.cumsum(kept) - 1
    tail, head = number[node_of[first]], number[node_of[last]]
    length = along[last] - along[first]
    real = (tail != head) | (length > 0)  # a node listed twice in a row makes no edge
    first, last, way, length = first[real], last[real], way[real], length[real]
    where = np.zeros(len(ids), np.int64)
    where[node_of] = np.arange(len(node_of))
    nodes = Nodes(ids[kept], ways.lon_e7[where[kept]], ways.lat_e7[where[kept]])
    flat: Float32 = np.zeros(len(way), np.float32)
    edges = Edges(
        tail[real].astype(np.uint32),
        head[real].astype(np.uint32),
        length.astype(np.float32),
        ways.way_id[way],
        ways.road_class[way],
        ways.surface[way],
        ways.flags[way],
        ways.access[way],
        ways.maxspeed_kmh[way],
        flat,
        flat,
        ways.name[way],
        first.astype(np.uint32),
        last.astype(np.uint32),
    )
    return nodes, edges


@dataclass(frozen=True)
class _Ends:
    """Ends of edges at passages, grouped by node: the end's edge, whether it is the head."""

    edge: Int64
    is_head: Bool
    node: Int64
    copy: Int64
    """Number of the copy the end moves to; the first end at a barrier stays, with -1."""


def _ends_at(edges: Edges, wanted: Bool, lift: Bool) -> _Ends:
    n = len(edges.tail)
    at = np.concatenate((edges.tail, edges.head)).astype(np.int64)
    ends = np.flatnonzero(wanted[at])
    ends = ends[np.argsort(at[ends], kind="stable")]
    node = at[ends]
    moved = np.zeros(len(ends), bool)
    moved[1:] = node[1:] == node[:-1]
    moved |= lift[node]
    return _Ends(ends % n, ends >= n, node, np.where(moved, np.cumsum(moved) - 1, -1))


def _part_at_passages(
    nodes: Nodes, edges: Edges, passages: Mapping[int, Passage]
) -> tuple[Nodes, Edges]:
    """Give each edge at a barrier or lift its own copy of the node, linked by a passage."""
    at = np.flatnonzero(np.isin(nodes.osm_id, np.array(sorted(passages), np.int64)))
    stopped, kind = np.zeros(len(nodes.osm_id), np.uint8), np.zeros(len(nodes.osm_id), np.uint8)
    flags = np.zeros(len(nodes.osm_id), np.uint16)
    for node in at:
        found = passages[int(nodes.osm_id[node])]
        stopped[node], kind[node], flags[node] = found.stopped, found.road_class, found.flags
    ends = _ends_at(edges, kind > 0, kind == RoadClass.ELEVATOR)
    moved = np.flatnonzero(ends.copy >= 0)
    if len(moved) == 0:
        return nodes, edges
    origin, copy = ends.node[moved], len(nodes.osm_id) + ends.copy[moved]
    tail, head = edges.tail.copy(), edges.head.copy()
    for column, side in ((tail, ~ends.is_head[moved]), (head, ends.is_head[moved])):
        column[ends.edge[moved][side]] = copy[side]
    point = np.where(ends.is_head, edges.last[ends.edge], edges.first[ends.edge])[moved]
    access = np.zeros(len(moved), np.uint8)
    beyond = edges.access[ends.edge[moved]]
    for mode in StreetMode:
        passes = (stopped[origin] >> mode & 1 == 0) & (beyond & BOTH[mode] != 0)
        access |= np.where(passes, BOTH[mode], 0).astype(np.uint8)
    passage: dict[str, NDArray[Any]] = {
        "tail": origin,
        "head": copy,
        "access": access,
        "road_class": kind[origin],
        "flags": flags[origin],
        "first": point,
        "last": point,
    }
    columns = {}
    for name, column in {**vars(edges), "tail": tail, "head": head}.items():
        extra = passage.get(name, np.zeros(len(moved)))
        columns[name] = np.concatenate((column, extra.astype(column.dtype)))
    new_ids = -1 - np.arange(len(moved), dtype=np.int64)
    return (
        Nodes(
            np.concatenate((nodes.osm_id, new_ids)),
            np.concatenate((nodes.lon_e7, nodes.lon_e7[origin])),
            np.concatenate((nodes.lat_e7, nodes.lat_e7[origin])),
        ),
        replace(edges, **columns),
    )


def _by_place(nodes: Nodes, edges: Edges) -> tuple[Nodes, Edges]:
    """Order nodes so that those near each other are near in memory, as searches meet them.

    They are sorted along a Z-order curve.

    References
    ----------
    Morton (1966), A computer oriented geodetic data base and a new technique in file sequencing.
    """
    place = np.zeros(len(nodes.osm_id), np.int64)
    for shift, degrees in enumerate((nodes.lon_e7, nodes.lat_e7)):
        offset = degrees.astype(np.int64) - degrees.min(initial=2**31 - 1)
        cell = offset * (2**16 - 1) // max(int(offset.max(initial=0)), 1)
        for bit in range(16):
            place |= (cell >> bit & 1) << 2 * bit + shift
    order = np.argsort(place, kind="stable")
    number = np.empty(len(order), np.uint32)
    number[order] = np.arange(len(order), dtype=np.uint32)
    return (
        Nodes(nodes.osm_id[order], nodes.lon_e7[order], nodes.lat_e7[order]),
        replace(edges, tail=number[edges.tail], head=number[edges.head]),
    )


def build_grid(edges: Edges, points: Points) -> Grid:
    """Sort all segments of geometry into square cells of about 100 m.

    Parameters
    ----------
    edges, points : Edges, Points
        The streets; a segment is listed in every cell its box touches.
    """
    sizes = (edges.last - edges.first).astype(np.int64)
    edge = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    point: UInt32 = (step + edges.first[edge]).astype(np.uint32)
    if len(edge) == 0:
        none: UInt32 = np.zeros(0, np.uint32)
        return freeze(Grid(np.array([0, 0, 1, 1, 0.0]), np.zeros(1, np.uint32), none, none))
    lon, lat = points.lon_e7, points.lat_e7
    west, south, east, north = (v / DEGREE for v in (lon.min(), lat.min(), lon.max(), lat.max()))
    height = np.degrees(CELL_M / EARTH_M)
    width = height / max(np.cos(np.radians((south + north) / 2)), 0.01)
    grow = max(np.sqrt((east - west) / width * (north - south) / height / MAX_CELLS), 1.0)
    width, height = width * grow, height * grow
    columns, rows = int((east - west) / width) + 1, int((north - south) / height) + 1
    column = ((lon / DEGREE - west) / width).astype(np.int32)
    row = ((lat / DEGREE - south) / height).astype(np.int32)
    low_c = np.minimum(column[point], column[point + 1])
    low_r = np.minimum(row[point], row[point + 1])
    across = np.maximum(column[point], column[point + 1]) - low_c + 1
    count = across * (np.maximum(row[point], row[point + 1]) - low_r + 1)
    entry = np.repeat(np.arange(len(edge), dtype=np.uint32), count)
    step = np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count)
    cell = (low_r[entry] + step // across[entry]) * columns + low_c[entry] + step % across[entry]
    order = np.argsort(cell, kind="stable")
    entry = entry[order]
    return freeze(
        Grid(
            np.array([west, south, width, height, columns], np.float64),
            group_first(cell[order], columns * rows),
            edge[entry],
            point[entry],
        )
    )

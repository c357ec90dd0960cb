"""Small street maps for tests, drawn in metres near the equator, where a degree is a degree."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import osmium
from osmium.osm import mutable

from routing.osm.model import OsmExtract, Restriction
from routing.osm.passages import read_passage
from routing.osm.tags import read_street
from routing.osm.ways import WayCollector
from routing.streets.build import build_streets
from routing.streets.graph import Profile, StreetGraph, StreetMode
from routing.streets.paths import StreetPath
from routing.streets.search import StreetSearch
from routing.streets.snap import Snap, Snapper

DEGREE_M = 6_371_009.0 * math.pi / 180
Spots = Mapping[str, tuple[float, float]]
Way = tuple[str, dict[str, str]]


def lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    """Return the place so many metres east and north of 0, 0."""
    return x_m / DEGREE_M, y_m / DEGREE_M


def node_id(name: str) -> int:
    """Return the OSM id of a spot: A is 1, B is 2."""
    return ord(name) - 64


def draw(
    spots: Spots,
    ways: Sequence[Way],
    nodes: Mapping[str, dict[str, str]] | None = None,
    turns: Sequence[Restriction] = (),
) -> StreetGraph:
    """Build a street graph of ways such as ``("A B C", {"highway": "footway"})``.

    Ways are numbered from 1; spots are single letters.
    """
    collector = WayCollector()
    for number, (course, tags) in enumerate(ways, 1):
        street = read_street(tags)
        if street is not None:
            names = course.split()
            points = np.array([lonlat(*spots[name]) for name in names])
            ids = [node_id(name) for name in names]
            collector.add(number, street, tags.get("name", ""), ids, points)
    table, names_of = collector.finish()
    read = {node_id(name): read_passage(tags) for name, tags in (nodes or {}).items()}
    passages = {number: passage for number, passage in read.items() if passage is not None}
    return build_streets(OsmExtract("a map", table, names_of, passages, tuple(turns)))


def write_osm(
    path: Path,
    spots: Spots,
    ways: Sequence[Way],
    tagged: Mapping[str, dict[str, str]] | None = None,
    relations: Sequence[tuple[list[tuple[str, int, str]], dict[str, str]]] = (),
) -> Path:
    """Write the same kind of map as an OSM file."""
    with osmium.SimpleWriter(path) as writer:
        for name in sorted(spots):
            writer.add_node(
                mutable.Node(
                    id=node_id(name),
                    location=lonlat(*spots[name]),
                    tags=(tagged or {}).get(name, {}),
                )
            )
        for number, (course, tags) in enumerate(ways, 1):
            nodes = [node_id(name) for name in course.split()]
            writer.add_way(mutable.Way(id=number, nodes=nodes, tags=tags))
        for number, (members, tags) in enumerate(relations, 1):
            writer.add_relation(mutable.Relation(id=number, members=members, tags=tags))
    return path


def snap(graph: StreetGraph, way: StreetMode | Profile, x_m: float, y_m: float) -> Snap:
    """Link a place given in metres."""
    found = Snapper(graph, way).snap(*lonlat(x_m, y_m))
    assert found is not None
    return found


def way_between(
    graph: StreetGraph,
    way: StreetMode | Profile,
    start: tuple[float, float],
    end: tuple[float, float],
    limit_s: float = 1e5,
) -> StreetPath | None:
    """Find the fastest way between two places given in metres."""
    search = StreetSearch(graph, way)
    here, there = snap(graph, way, *start), snap(graph, way, *end)
    return search.path(search.reach([(here, 0.0)], limit_s), there)


def show(path: StreetPath | None, spots: Spots) -> str:
    """Write a way as the spots it passes, such as ``A B C``; other points are dots."""
    if path is None:
        return "none"
    names = {tuple(np.round(lonlat(*spot), 7)): name for name, spot in spots.items()}
    return " ".join(names.get((x, y), ".") for x, y in np.round(path.lonlat, 7).tolist())

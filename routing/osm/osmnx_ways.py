"""Find the ways again in an OSMnx graph, which has one edge per direction and piece."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from routing.arrays import Float64
from routing.osm.tags import read_street
from routing.osm.ways import WayCollector

if TYPE_CHECKING:
    import networkx as nx

_POINT_IDS = -(1 << 40)
"""Ids from here downwards are points of a line that are no nodes of the graph."""
_NODE_IDS = -(1 << 50)
"""Ids from here downwards are nodes whose own id is no number."""


@dataclass
class Piece:
    """A stretch between nodes, in the direction it was drawn, with OSMnx's attributes."""

    course: list[Any]
    data: dict[str, Any]
    both: bool = False
    """The graph has the other direction too."""


class GraphWays:
    """Turns pieces of an OSMnx graph into ways.

    Parameters
    ----------
    places : dict
        Longitude and latitude of each node, degrees.
    """

    def __init__(self, places: dict[Any, tuple[float, float]]) -> None:
        self.collector = WayCollector()
        self.closed = 0
        self._places = places
        self._numbers: dict[Any, int] = {}
        self._points = 0

    def add(self, piece: Piece) -> None:
        """Add one piece; what nobody may use is counted in ``closed``."""
        street = read_street(tags_of(piece))
        if street is None:
            self.closed += 1
            return
        points: Float64 = np.array([self._places[node] for node in piece.course])
        nodes = [self._number(node) for node in piece.course]
        line = piece.data.get("geometry")
        if line is not None:
            inner = shapely.get_coordinates(line)[1:-1]
            points = np.vstack((points[:1], inner, points[-1:]))
            start = _POINT_IDS - self._points
            nodes = [nodes[0], *range(start, start - len(inner), -1), nodes[-1]]
            self._points += len(inner)
        osmid = _single(piece.data.get("osmid"))
        name = _single(piece.data.get("name")) or _single(piece.data.get("ref")) or ""
        way_id = osmid if isinstance(osmid, int) else 0
        self.collector.add(way_id, street, str(name), nodes, points)

    def _number(self, node: Any) -> int:
        if isinstance(node, int):
            return node
        return self._numbers.setdefault(node, _NODE_IDS - len(self._numbers))


def pieces_of(graph: "nx.MultiDiGraph[Any]") -> Iterator[Piece]:
    """Yield each street of a graph once, joined where OSMnx cut a way at every node."""
    pieces: dict[tuple[Any, ...], Piece] = {}
    edges = graph.edges(keys=True, data=True)
    for u, v, key, data in sorted(edges, key=lambda edge: _single(edge[3].get("reversed")) is True):
        mark = (_ids(data), round(float(data.get("length", 0.0)), 3))
        twin = pieces.get((v, u, *mark))
        if twin is not None and not twin.both and u != v:
            twin.both = True
            continue
        where = (u, v, *mark)
        pieces[(*where, key) if where in pieces else where] = Piece([u, v], data)
    chains: dict[Any, list[Piece]] = defaultdict(list)
    for piece in pieces.values():
        whole = "geometry" in piece.data or "osmid" not in piece.data
        chains[id(piece) if whole else (_ids(piece.data), piece.both)].append(piece)
    for chain in chains.values():
        yield from _join(chain)


def _join(chain: list[Piece]) -> Iterator[Piece]:
    """Join pieces of one way end to end."""
    onward = {piece.course[0]: piece for piece in chain}
    if len(onward) < len(chain):  # it forks: leave the pieces as they are
        yield from chain
        return
    inner = {piece.course[-1] for piece in chain}
    for start in sorted(onward, key=inner.__contains__):
        piece = onward.pop(start, None)
        if piece is None:
            continue
        while piece.course[-1] in onward:
            piece.course.append(onward.pop(piece.course[-1]).course[-1])
        yield piece


def _ids(data: dict[str, Any]) -> tuple[Any, ...]:
    osmid = data.get("osmid")
    return tuple(sorted(osmid)) if isinstance(osmid, list) else (osmid,)


def _single(value: Any) -> Any:
    """Return the first of several values OSMnx put together."""
    return value[0] if isinstance(value, list) and value else value


def tags_of(piece: Piece) -> dict[str, str]:
    """Return OSM tags from the attributes of an OSMnx edge.

    Where no ``oneway`` is given and the graph has one direction alone, nobody goes the other way.
    """
    tags = {}
    for key, value in piece.data.items():
        one = _single(value)
        if isinstance(one, str):
            tags[key] = one
        elif key == "oneway" and isinstance(one, bool):
            tags[key] = "yes" if one else "no"
    tags.setdefault("highway", "unclassified")
    if "oneway" not in tags and not piece.both:
        tags |= {"oneway": "yes", "oneway:foot": "yes"}
    return tags

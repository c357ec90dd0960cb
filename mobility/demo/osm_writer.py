"""Writes the town as an OpenStreetMap extract (.osm.pbf)."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
from osmium.osm import mutable

from mobility.demo.buildings import Houses
from mobility.demo.landscape import Feature
from mobility.demo.network import Edge, Streets
from mobility.demo.places import Spot
from mobility.demo.plane import HALF_HEIGHT_M, HALF_WIDTH_M, FloatArray, to_lonlat
from mobility.demo.tags import MAIN, drivable

STAMP: Final = "2026-01-01T00:00:00Z"
POSTCODE: Final = "00000"  # no real place has it
GENERATOR: Final = "generated demo town, fictional"


class OsmTown:
    """Collects nodes, ways and relations, then writes them in the order PBF wants.

    Parameters
    ----------
    town : str
        Name used in addresses.
    """

    def __init__(self, town: str) -> None:
        self._town = town
        self._nodes: list[tuple[FloatArray, dict[str, str]]] = []
        self._ways: list[tuple[list[int], dict[str, str]]] = []
        self._relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = []

    def add_streets(self, streets: Streets, signals: set[int]) -> dict[int, int]:
        """Add the network; ways run along a street while its tags stay the same.

        Parameters
        ----------
        streets : Streets
            Tagged network.
        signals : set of int
            Street nodes with traffic lights.

        Returns
        -------
        dict of int to int
            Way id of each edge.
        """
        ids = [
            self._node(xy, {"highway": "traffic_signals"} if i in signals else {})
            for i, xy in enumerate(streets.xy)
        ]
        way_of: dict[int, int] = {}
        previous: Edge | None = None
        for i, edge in enumerate(streets.edges):
            refs = [ids[edge.u], *self._shape(edge), ids[edge.v]]
            tags = {k: v for k, v in edge.tags.items() if k != "barrier"}
            goes_on = previous is not None and previous.v == edge.u and previous.tags == edge.tags
            goes_on = goes_on and previous is not None and previous.street == edge.street
            if (
                goes_on
                and edge.u not in signals
                and "bridge" not in tags
                and "junction" not in tags
            ):
                self._ways[-1][0].extend(refs[1:])
            else:
                self._ways.append((refs, tags))
            way_of[i] = len(self._ways)
            previous = edge
        return way_of

    def add_restriction(self, source: int, via: int, target: int, kind: str) -> None:
        """Forbid a turn from one way over a street node into another way."""
        members = [("w", source, "from"), ("n", via + 1, "via"), ("w", target, "to")]
        self._relations.append((members, {"type": "restriction", "restriction": kind}))

    def add_houses(self, houses: Houses) -> None:
        """Add buildings; one in six has its address on an entrance node instead."""
        for i, corners in enumerate(houses.corners):
            address = {
                "addr:street": houses.street[i],
                "addr:housenumber": houses.number[i],
                "addr:postcode": POSTCODE,
                "addr:city": self._town,
            }
            entrance = i % 6 == 0
            front = (corners[0] + corners[1]) / 2
            refs = [self._node(corner, {}) for corner in corners]
            if entrance:
                refs.insert(1, self._node(front, address | {"entrance": "main"}))
            value = "industrial" if houses.kind[i] == "works" else "yes"
            tags = {"building": value} | ({} if entrance else address)
            self._ways.append(([*refs, refs[0]], tags))

    def add_features(self, features: list[Feature]) -> None:
        """Add lines and closed areas."""
        for feature in features:
            closed = bool(np.allclose(feature.xy[0], feature.xy[-1]))
            refs = [self._node(xy, {}) for xy in (feature.xy[:-1] if closed else feature.xy)]
            self._ways.append(([*refs, refs[0]] if closed else refs, feature.tags))

    def add_spots(self, spots: list[Spot]) -> None:
        """Add named places as nodes."""
        for spot in spots:
            self._node(spot.xy, {"name": spot.name} | spot.tags)

    def write(self, path: Path) -> None:
        """Write the extract, replacing what was there."""
        header = osmium.io.Header()
        header.set("generator", GENERATOR)
        w, s = to_lonlat(np.array([-HALF_WIDTH_M, -HALF_HEIGHT_M]))
        e, n = to_lonlat(np.array([HALF_WIDTH_M, HALF_HEIGHT_M]))
        header.add_box(osmium.osm.Box(float(w), float(s), float(e), float(n)))
        path.unlink(missing_ok=True)
        lonlat = to_lonlat(np.array([xy for xy, _ in self._nodes]))
        common: Any = {"version": 1, "timestamp": STAMP, "changeset": 1, "uid": 1, "user": "demo"}
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for i, ((_, tags), place) in enumerate(zip(self._nodes, lonlat, strict=True)):
                at = (float(place[0]), float(place[1]))
                writer.add_node(mutable.Node(id=i + 1, location=at, tags=tags, **common))
            for i, (refs, tags) in enumerate(self._ways):
                writer.add_way(mutable.Way(id=i + 1, nodes=refs, tags=tags, **common))
            for i, (members, tags) in enumerate(self._relations):
                relation = mutable.Relation(id=i + 1, members=members, tags=tags, **common)
                writer.add_relation(relation)

    def _node(self, xy: FloatArray, tags: dict[str, str]) -> int:
        self._nodes.append((xy, tags))
        return len(self._nodes)

    def _shape(self, edge: Edge) -> list[int]:
        """Add the nodes between an edge's ends; the middle one carries its barrier."""
        inner = edge.xy[1:-1]
        barrier = {"barrier": edge.tags["barrier"]} if "barrier" in edge.tags else {}
        if barrier and not len(inner):
            inner = edge.xy.mean(axis=0)[None, :]
        half = len(inner) // 2
        return [self._node(xy, barrier if i == half else {}) for i, xy in enumerate(inner)]


def signals(streets: Streets) -> set[int]:
    """Choose the nodes with traffic lights: where main streets cross."""
    count: dict[int, int] = {}
    rings = set()
    for edge in streets.edges:
        for node in (edge.u, edge.v):
            if edge.highway in MAIN:
                count[node] = count.get(node, 0) + 1
            if edge.tags.get("junction") == "roundabout":
                rings.add(node)
    return {
        node for node, n in count.items()
        if n >= 4 and node not in rings and float(np.hypot(*streets.xy[node])) < 2600
    }  # fmt: skip


def forbidden_turns(streets: Streets, lights: set[int], count: int) -> list[tuple[int, int, int]]:
    """Choose left turns to forbid at lights: (edge from, node, edge to).

    Only turns from a main into a minor street are taken, so that another way remains.
    """
    found = []
    for node in sorted(lights):
        at = [(i, e) for i, e in enumerate(streets.edges) if node in (e.u, e.v) and drivable(e)]
        for i, source in at:
            for j, target in at:
                both = source.tags.get("oneway") or target.tags.get("oneway")
                minor = target.highway in {"residential", "tertiary"} and not both
                if source.street != target.street and minor and _left(source, node, target):
                    found.append((i, node, j))
    return found[:: max(1, len(found) // count)][:count]


def _left(source: Edge, node: int, target: Edge) -> bool:
    """Tell whether going from ``source`` over ``node`` into ``target`` is a left turn."""
    into = source.xy[-1] - source.xy[-2] if source.v == node else source.xy[0] - source.xy[1]
    out = target.xy[1] - target.xy[0] if target.u == node else target.xy[-2] - target.xy[-1]
    turn = np.arctan2(into[0] * out[1] - into[1] * out[0], float(into @ out))
    return bool(0.8 < turn < 2.4)

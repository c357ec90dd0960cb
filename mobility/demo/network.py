"""Joins the drawn streets into a connected network of nodes and edges."""

from dataclasses import dataclass, field
from typing import Final

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry import LineString

from mobility.demo.layout import Road
from mobility.demo.plane import FloatArray

REACH_M: Final = 85.0
NEAR_M: Final = 48.0
MERGE_M: Final = 13.0
STUB_M: Final = 40.0
SHAPE_TOLERANCE_M: Final = 0.75


@dataclass
class Edge:
    """A piece of street between two nodes.

    Parameters
    ----------
    u, v : int
        Nodes at the ends of ``xy``, in its order.
    street : int
        Index of the street it belongs to.
    xy : float64, (n, 2)
        Course in metres, both nodes included.
    tags : dict of str
        OpenStreetMap tags.
    """

    u: int
    v: int
    street: int
    xy: FloatArray
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def length_m(self) -> float:
        """Length in metres."""
        return float(np.hypot(*np.diff(self.xy, axis=0).T).sum())

    @property
    def highway(self) -> str:
        """The class of the street."""
        return self.tags["highway"]


@dataclass
class Streets:
    """The town's street network.

    Parameters
    ----------
    xy : float64, (n_nodes, 2)
        Positions of the nodes in metres.
    edges : list of Edge
        In the order of the streets' courses.
    """

    xy: FloatArray
    edges: list[Edge]

    def graph(self, usable: NDArray[np.bool_] | None = None) -> nx.MultiGraph:
        """Return the network as an undirected multigraph whose keys are edge indices."""
        graph = nx.MultiGraph()
        for i, edge in enumerate(self.edges):
            if usable is None or usable[i]:
                graph.add_edge(edge.u, edge.v, key=i, length_m=edge.length_m)
        return graph


def join(roads: list[Road]) -> Streets:
    """Lengthen open ends to the next street, cut all where they meet, drop stubs and islands.

    Parameters
    ----------
    roads : list of Road
        Streets as drawn; all that cross do meet.

    Returns
    -------
    Streets
        One connected network; tags hold ``highway`` and, where it has one, ``name``.
    """
    lines = _lengthen([_simple(road.xy) for road in roads])
    at, owner, where = _crossings(lines)
    label, xy = _merge(where)
    edges: list[Edge] = []
    for i, (road, line) in enumerate(zip(roads, lines, strict=True)):
        mine = np.flatnonzero(owner == i)
        order = mine[np.argsort(at[mine], kind="stable")]
        edges += _cut(i, road, line, at[order], label[order], xy)
    return _compact(xy, _prune(_distinct(edges)))


def _simple(xy: FloatArray) -> LineString:
    return LineString(shapely.get_coordinates(LineString(xy).simplify(SHAPE_TOLERANCE_M)))


def _lengthen(lines: list[LineString]) -> list[LineString]:
    """Lead every open end on to the street ahead, or sideways to the nearest one."""
    tree = shapely.STRtree(lines)
    found = []
    for i, line in enumerate(lines):
        xy = np.array(line.coords)
        if np.hypot(*(xy[0] - xy[-1])) > 1:
            xy = _reach(xy, i, lines, tree)
            xy = _reach(xy[::-1], i, lines, tree)[::-1]
        found.append(LineString(xy))
    return found


def _reach(xy: FloatArray, i: int, lines: list[LineString], tree: shapely.STRtree) -> FloatArray:
    """Lengthen a line at its end, where a street is in reach."""
    end, ahead = xy[-1], xy[-1] - xy[-2]
    ahead = ahead / max(float(np.hypot(*ahead)), 1e-6)
    ray = LineString([end - 4 * ahead, end + REACH_M * ahead])
    best, target = np.inf, None
    for j in tree.query(ray, predicate="intersects"):
        if j == i:
            continue
        hit = shapely.get_coordinates(shapely.intersection(ray, lines[j]))
        away = np.hypot(*(hit - end).T)
        if away.size and away.min() < best:
            best, target = float(away.min()), hit[away.argmin()]
    if target is None:
        point = shapely.Point(end)
        others = [j for j in tree.query(point.buffer(NEAR_M)) if j != i]
        gaps = [lines[j].distance(point) for j in others]
        if not gaps or min(gaps) > NEAR_M:
            return xy
        other = lines[others[int(np.argmin(gaps))]]
        target = np.array(other.interpolate(other.project(point)).coords[0])
    if best < 4:
        return xy
    step = target - end
    return np.vstack([xy, target + step / max(float(np.hypot(*step)), 1e-6) * 1.5])


def _crossings(lines: list[LineString]) -> tuple[FloatArray, NDArray[np.int64], FloatArray]:
    """Find where lines meet: distance along, line and position of each meeting, ends included."""
    geometry = np.array(lines, dtype=object)
    tree = shapely.STRtree(geometry)
    first, second = tree.query(geometry, predicate="intersects")
    keep = first < second
    first, second = first[keep], second[keep]
    meeting = shapely.intersection(geometry[first], geometry[second])
    points, source = shapely.get_coordinates(meeting, return_index=True)
    owner = np.concatenate([first[source], second[source]])
    where = np.vstack([points, points])
    count = len(lines)
    starts = np.array([line.coords[0] for line in lines])
    ends = np.array([line.coords[-1] for line in lines])
    at = shapely.line_locate_point(geometry[owner], shapely.points(where))
    return (
        np.concatenate([at, np.zeros(count), shapely.length(geometry)]),
        np.concatenate([owner, np.arange(count), np.arange(count)]).astype(np.int64),
        np.vstack([where, starts, ends]),
    )


def _merge(where: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Make one node of all meetings that lie close together."""
    pairs = cKDTree(where).query_pairs(MERGE_M, output_type="ndarray")
    size = len(where)
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    count, label = connected_components(links, directed=False)
    weight = np.bincount(label, minlength=count)
    xy = np.column_stack([np.bincount(label, where[:, k], count) / weight for k in (0, 1)])
    return label.astype(np.int64), xy


def _cut(
    street: int,
    road: Road,
    line: LineString,
    at: FloatArray,
    label: NDArray[np.int64],
    xy: FloatArray,
) -> list[Edge]:
    """Cut one street at its nodes."""
    tags = {"highway": road.highway} | ({"name": road.name} if road.name else {})
    coords = np.array(line.coords)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(coords, axis=0).T))])
    found = []
    for a, b, u, v in zip(at, at[1:], label, label[1:], strict=False):
        if u == v:
            continue
        inner = coords[(along > a + 9) & (along < b - 9)]
        found.append(Edge(int(u), int(v), street, np.vstack([xy[u], inner, xy[v]]), dict(tags)))
    return found


def _distinct(edges: list[Edge]) -> list[Edge]:
    """Drop an edge that runs beside another between the same nodes."""
    kept: dict[tuple[int, int], list[float]] = {}
    found = []
    for edge in edges:
        pair = (min(edge.u, edge.v), max(edge.u, edge.v))
        if any(abs(length - edge.length_m) < 25 for length in kept.get(pair, [])):
            continue
        kept.setdefault(pair, []).append(edge.length_m)
        found.append(edge)
    return found


def _prune(edges: list[Edge]) -> list[Edge]:
    """Drop short dead ends, then all but the largest connected part."""
    for _ in range(3):
        degree: dict[int, int] = {}
        for edge in edges:
            degree[edge.u] = degree.get(edge.u, 0) + 1
            degree[edge.v] = degree.get(edge.v, 0) + 1
        edges = [e for e in edges if min(degree[e.u], degree[e.v]) > 1 or e.length_m > STUB_M]
    graph = nx.Graph((edge.u, edge.v) for edge in edges)
    largest = max(nx.connected_components(graph), key=len)
    return [edge for edge in edges if edge.u in largest]


def _compact(xy: FloatArray, edges: list[Edge]) -> Streets:
    """Give the nodes that are left new numbers from zero."""
    used = sorted({node for edge in edges for node in (edge.u, edge.v)})
    number = {node: i for i, node in enumerate(used)}
    for edge in edges:
        edge.u, edge.v = number[edge.u], number[edge.v]
    return Streets(xy[used], edges)

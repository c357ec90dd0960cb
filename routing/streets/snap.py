"""Link places to streets: the nearest edge that may be used, never one on an island."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from routing.arrays import Float32, Float64, Int64, UInt32, load_table, save_table
from routing.kernels.nearest import lie_on_edges, link_places, nearest_edges
from routing.streets.graph import DEGREE, Profile, StreetGraph, StreetMode, freeze

NO_EDGE = 0xFFFFFFFF
NO_ARC = 0xFFFFFFFF
AT_NODE_M = 0.05
"""A place this close to an end of its edge, along it, counts as being at the junction."""


@dataclass(frozen=True, slots=True)
class Links:
    """How places and nodes are joined by arcs; place ``i`` owns rows ``first[i]:first[i + 1]``.

    Parameters
    ----------
    first : uint32, (n_places + 1,)
        Rows of each place.
    node : uint32, (n,)
        Node of the mode's graph at the other end.
    arc : uint32, (n,)
        Arc on which the place lies; ``NO_ARC`` where it lies at the node itself.
    share : float32, (n,)
        Share 0..1 of that arc between the place and the node.
    """

    first: UInt32
    node: UInt32
    arc: UInt32
    share: Float32


@dataclass(frozen=True, slots=True)
class SnapTable:
    """Many places linked to the streets of one mode.

    Parameters
    ----------
    lon, lat : float64, (n,)
        Where the place meets its edge, degrees; NaN where no usable edge is near.
    distance_m : float32, (n,)
        From the place to there, metres; infinite where no usable edge is near.
    edge : uint32, (n,)
        The edge, ``NO_EDGE`` where none.
    fraction : float32, (n,)
        Share of the edge's length before that point, in the drawn direction.
    leaving, entering : Links
        Ways from the place to nodes, and from nodes to the place, respecting one-way streets.
    mode : StreetMode
        Whose graph it is for.
    n_nodes : int
        Size of that graph; a table of another graph is refused by searches.
    """

    lon: Float64
    lat: Float64
    distance_m: Float32
    edge: UInt32
    fraction: Float32
    leaving: Links
    entering: Links
    mode: StreetMode
    n_nodes: int

    def __len__(self) -> int:
        return len(self.edge)

    def __getitem__(self, i: int) -> "Snap | None":
        """Return one place, ``None`` where it has no usable edge nearby."""
        return None if self.edge[i] == NO_EDGE else Snap(self, i)

    def off_s(self, mps: float) -> Float32:
        """Return float32 seconds on foot between the places and their streets, given m/s."""
        return (np.asarray(self.distance_m) / np.float32(mps)).astype(np.float32)

    def save(self, folder: Path, prefix: str) -> None:
        """Write the table as ``.npy`` files whose names begin with ``prefix``."""
        graph = np.array([self.mode, self.n_nodes], np.int64)
        columns = (self.lon, self.lat, self.distance_m, self.edge, self.fraction, graph)
        save_table(_Columns(*columns), folder, prefix)
        save_table(self.leaving, folder, f"{prefix}.leaving")
        save_table(self.entering, folder, f"{prefix}.entering")

    @classmethod
    def load(cls, folder: Path, prefix: str) -> "SnapTable":
        """Open a table written by :meth:`save`, memory-mapped."""
        base = load_table(_Columns, folder, prefix)
        return cls(
            base.lon,
            base.lat,
            base.distance_m,
            base.edge,
            base.fraction,
            load_table(Links, folder, f"{prefix}.leaving"),
            load_table(Links, folder, f"{prefix}.entering"),
            StreetMode(int(base.graph[0])),
            int(base.graph[1]),
        )

    @classmethod
    def of(cls, snaps: Sequence["Snap"]) -> "SnapTable":
        """Put single places into one table."""
        tables = [snap.alone() for snap in snaps]
        if len(tables) == 1:
            return tables[0]

        def column(name: str) -> Any:
            return np.concatenate([getattr(table, name) for table in tables])

        def links(name: str) -> Links:
            parts = [getattr(table, name) for table in tables]
            first = np.zeros(len(parts) + 1, np.uint32)
            np.cumsum([len(part.node) for part in parts], out=first[1:])
            joined = (np.concatenate([getattr(p, c) for p in parts]) for c in _LINK_COLUMNS)
            return freeze(Links(first, *joined))

        return cls(
            column("lon"),
            column("lat"),
            column("distance_m"),
            column("edge"),
            column("fraction"),
            links("leaving"),
            links("entering"),
            tables[0].mode,
            tables[0].n_nodes,
        )


_LINK_COLUMNS = ("node", "arc", "share")


@dataclass(frozen=True)
class _Columns:
    lon: Float64
    lat: Float64
    distance_m: Float32
    edge: UInt32
    fraction: Float32
    graph: Int64


class Snap(NamedTuple):
    """One place linked to the streets of one mode: a row of a table."""

    table: SnapTable
    row: int

    @property
    def edge(self) -> int:
        """Position in the graph's edge table."""
        return int(self.table.edge[self.row])

    @property
    def fraction(self) -> float:
        """Share of the edge's length before the place, in the drawn direction."""
        return float(self.table.fraction[self.row])

    @property
    def distance_m(self) -> float:
        """Metres from the place asked for to the street."""
        return float(self.table.distance_m[self.row])

    @property
    def lon(self) -> float:
        """Longitude on the street, degrees."""
        return float(self.table.lon[self.row])

    @property
    def lat(self) -> float:
        """Latitude on the street, degrees."""
        return float(self.table.lat[self.row])

    def alone(self) -> SnapTable:
        """Return a table of this place alone."""
        table, row = self.table, slice(self.row, self.row + 1)
        if len(table) == 1:
            return table
        return SnapTable(
            table.lon[row],
            table.lat[row],
            table.distance_m[row],
            table.edge[row],
            table.fraction[row],
            _one(table.leaving, self.row),
            _one(table.entering, self.row),
            table.mode,
            table.n_nodes,
        )


def _one(links: Links, i: int) -> Links:
    row = slice(int(links.first[i]), int(links.first[i + 1]))
    first = np.array([0, row.stop - row.start], np.uint32)
    first.flags.writeable = False  # as the other columns are already
    return Links(first, links.node[row], links.arc[row], links.share[row])


class Snapper:
    """Links single places to the streets of one mode, or to those a profile can pass."""

    def __init__(self, graph: StreetGraph, way: StreetMode | Profile) -> None:
        self.graph = graph
        self.way = way

    def snap(self, lon: float, lat: float, radius_m: float = 500.0) -> Snap | None:
        """Link a place to the nearest usable edge.

        Parameters
        ----------
        lon, lat : float
            Degrees, EPSG:4326.
        radius_m : float
            Farthest edge accepted, metres.

        Returns
        -------
        Snap or None
            ``None`` where no usable edge is within the radius.
        """
        return snap_many(self.graph, self.way, np.array([lon]), np.array([lat]), radius_m)[0]


def snap_many(
    graph: StreetGraph,
    way: StreetMode | Profile,
    lon: Float64,
    lat: Float64,
    radius_m: float = 500.0,
) -> SnapTable:
    """Link many places to the streets of one mode, or to those a profile can pass.

    Parameters
    ----------
    graph : StreetGraph
        The streets.
    way : StreetMode or Profile
        Which edges are usable.
    lon, lat : float64, (n,)
        Degrees, EPSG:4326; a place that is not finite is linked to nothing.
    radius_m : float
        Farthest edge accepted, metres.
    """
    lon, lat = np.array([lon, lat], np.float64)  # never read-only: the kernel takes one kind
    n = len(lon)
    edge, point, share = np.empty(n, np.uint32), np.empty(n, np.uint32), np.empty(n)
    distance, fraction = np.empty(n, np.float32), np.empty(n, np.float32)
    on_lon, on_lat = np.empty(n), np.empty(n)
    grid, edges, points = graph.grid, graph.edges, graph.points
    nearest_edges(
        lon, lat, float(radius_m), grid.frame, grid.first, grid.edge, grid.point,
        points.lon_e7, points.lat_e7, graph.profile(way).usable, edge, point, share, distance,
    )  # fmt: skip
    lie_on_edges(
        edge, point, share, edges.first, edges.last, points.lon_e7, points.lat_e7, graph.along_m,
        DEGREE, fraction, on_lon, on_lat,
    )  # fmt: skip
    mode = Profile.of(way).mode
    side = graph.modes[mode]
    both = link_places(
        edge, fraction, AT_NODE_M, edges.tail, edges.head, edges.length_m,
        side.edge_first, side.edge_arc, side.tail, side.head, side.way,
        side.base[graph.n_nodes :], graph.n_nodes,
    )  # fmt: skip
    for column in (*both[0], *both[1]):
        column.flags.writeable = False  # as of those read from files
    places = on_lon, on_lat, distance, edge, fraction
    return SnapTable(*places, Links(*both[0]), Links(*both[1]), mode, side.n_nodes)

"""The streets of a town: one table of edges, and a graph of arcs per way of moving."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag, StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from routing.arrays import (
    Float32,
    Float64,
    Int32,
    Int64,
    StringTable,
    Table,
    UInt8,
    UInt16,
    UInt32,
    load_table,
    open_array,
    save_array,
    save_table,
)
from routing.errors import RoutingError

FORMAT = 1
KEPT_NAMES = 8192
"""Street names kept in memory."""
DEGREE = 1e7
"""Coordinates are kept as OSM has them: whole ten-millionths of a degree, EPSG:4326."""


class StreetFileError(RoutingError):
    """A saved street graph is missing or of another version."""


class StreetMode(IntEnum):
    """Ways to move on streets; the value is the position in ``StreetGraph.modes``."""

    WALK = 0
    BIKE = 1
    CAR = 2


class Profile(StrEnum):
    """Ways to move with other needs than the mode's own: other times over the same arcs."""

    WALK = "walk"
    WALK_SLOW = "walk_slow"
    WALK_STEP_FREE = "walk_step_free"
    BIKE = "bike"
    BIKE_SAFE = "bike_safe"
    BIKE_FAST = "bike_fast"
    BIKE_CARGO = "bike_cargo"
    CAR = "car"

    @cached_property
    def mode(self) -> StreetMode:
        """The mode whose arcs it uses."""
        return StreetMode[self.partition("_")[0].upper()]

    @cached_property
    def linked_as(self) -> "Profile":
        """The profile whose links of places serve it too: one that can pass the same streets."""
        narrow = (Profile.WALK_STEP_FREE, Profile.BIKE_CARGO)
        return self if self in narrow else Profile.of(self.mode)

    @classmethod
    def of(cls, way: "StreetMode | Profile") -> "Profile":
        """Return the profile itself, or the plain one of a mode."""
        return way if isinstance(way, Profile) else PLAIN[way]


PLAIN = tuple(Profile(mode.name.lower()) for mode in StreetMode)
"""Profiles that are the modes themselves."""


class RoadClass(IntEnum):
    """What kind of way an edge is, after OSM's ``highway``."""

    MOTORWAY = 0
    TRUNK = 1
    PRIMARY = 2
    SECONDARY = 3
    TERTIARY = 4
    UNCLASSIFIED = 5
    RESIDENTIAL = 6
    LIVING_STREET = 7
    SERVICE = 8
    TRACK = 9
    CYCLEWAY = 10
    PATH = 11
    FOOTWAY = 12
    PEDESTRIAN = 13
    STEPS = 14
    PLATFORM = 15
    CORRIDOR = 16
    ELEVATOR = 17
    BRIDLEWAY = 18
    FERRY = 19
    BARRIER = 20
    """The passage of a gate or bollard: an edge without length."""


class Surface(IntEnum):
    """How an edge rolls."""

    UNKNOWN = 0
    SMOOTH = 1
    PAVERS = 2
    COBBLES = 3
    COMPACTED = 4
    LOOSE = 5


class EdgeFlag(IntFlag):
    """Further properties of an edge."""

    LINK = 1
    ROUNDABOUT = 2
    BRIDGE = 4
    TUNNEL = 8
    DESTINATION = 16
    """Cars may come here only to stay."""
    PUSH = 32
    """Bicycles are pushed."""
    RAMP = 64
    ESCALATOR = 128
    WHEELCHAIR_YES = 256
    WHEELCHAIR_NO = 512
    CYCLE_TRACK = 1024
    """A street with its own lane or track for bicycles."""
    NARROW = 2048
    """Too narrow for a cargo bike."""
    UP = 4096
    """Steps that lead up in the drawn direction."""
    DOWN = 8192


@dataclass(frozen=True)
class Edges:
    """Stretches of street between junctions, each listed once whatever its directions.

    Parameters
    ----------
    tail, head : uint32, (n,)
        Nodes at the start and the end of the stretch, in the direction OSM drew it.
    length_m : float32, (n,)
        Length along the geometry, metres, great-circle with a radius of 6,371,009 m.
    way_id : int64, (n,)
        OSM way it is part of; 0 for the passage of a barrier or a lift, negative on a square.
    road_class, surface : uint8, (n,)
        :class:`RoadClass`, :class:`Surface`.
    flags : uint16, (n,)
        :class:`EdgeFlag` bits.
    access : uint8, (n,)
        Bit ``2 * mode`` allows along, bit ``2 * mode + 1`` against the drawn direction.
    maxspeed_kmh : uint8, (n,)
        Signed speed limit; for a ferry its speed; 0 where unknown.
    climb_m, descent_m : float32, (n,)
        Metres up and down when going along; 0 where no elevation was given.
    name : uint32, (n,)
        Position in ``StreetGraph.names``; 0 is the empty name.
    first, last : uint32, (n,)
        The geometry is points ``first .. last``, both included.
    """

    tail: UInt32
    head: UInt32
    length_m: Float32
    way_id: Int64
    road_class: UInt8
    surface: UInt8
    flags: UInt16
    access: UInt8
    maxspeed_kmh: UInt8
    climb_m: Float32
    descent_m: Float32
    name: UInt32
    first: UInt32
    last: UInt32


@dataclass(frozen=True)
class Nodes:
    """Junctions and ends of ways.

    Parameters
    ----------
    osm_id : int64, (n,)
        OSM node id; negative for the copies a barrier or lift makes of its node.
    lon_e7, lat_e7 : int32, (n,)
        Position in ten-millionths of a degree, EPSG:4326.
    """

    osm_id: Int64
    lon_e7: Int32
    lat_e7: Int32


@dataclass(frozen=True)
class Points:
    """Points of all geometries, in ten-millionths of a degree, EPSG:4326."""

    lon_e7: Int32
    lat_e7: Int32


@dataclass(frozen=True)
class ModeGraph:
    """Where one way of moving may go: arcs sorted by tail, and the same sorted by head.

    Nodes ``0 .. n_nodes - 1`` are those of the street graph; higher ones are copies of a junction
    seen by those who come from an arc with a turn restriction, ``base`` tells of which.

    Parameters
    ----------
    first : uint32, (n + 1,)
        Arcs leaving node ``v`` are ``first[v]:first[v + 1]``.
    tail, head : uint32, (n_arcs,)
        From, to.
    way : uint32, (n_arcs,)
        ``2 * edge``, plus 1 where the arc goes against the drawn direction.
    seconds : float32, (n_arcs,)
        Travel time.
    back_first, back_arc : uint32, (n + 1,), (n_arcs,)
        Arcs entering node ``v`` are ``back_arc[back_first[v]:back_first[v + 1]]``.
    edge_first, edge_arc : uint32, (n_edges + 1,), (n_arcs,)
        Arcs of edge ``e`` are ``edge_arc[edge_first[e]:edge_first[e + 1]]``.
    base : uint32, (n,)
        Node of the street graph.
    main : uint8, (n,)
        1 in the largest part in which every node reaches every other.
    usable : uint8, (n_edges,)
        1 where a place may be linked to the edge: within the main part, no motorway or ferry.
    """

    first: UInt32
    tail: UInt32
    head: UInt32
    way: UInt32
    seconds: Float32
    back_first: UInt32
    back_arc: UInt32
    edge_first: UInt32
    edge_arc: UInt32
    base: UInt32
    main: UInt8
    usable: UInt8

    @property
    def n_nodes(self) -> int:
        """Number of nodes, copies included."""
        return len(self.first) - 1


@dataclass(frozen=True)
class ProfileArcs:
    """A profile's times over the arcs of its mode.

    Parameters
    ----------
    seconds : float32, (n_arcs,)
        Travel time; infinite where the profile cannot pass.
    cost : float32, (n_arcs,)
        What a way is chosen by, in seconds of an agreeable street; empty where time alone counts.
    usable : uint8, (n_edges,)
        As in :class:`ModeGraph`, for the main part of what the profile can pass.
    """

    seconds: Float32
    cost: Float32
    usable: UInt8


@dataclass(frozen=True)
class Grid:
    """Which segments of geometry pass through each cell of a grid.

    Parameters
    ----------
    frame : float64, (5,)
        West, south (degrees), cell width and height (degrees), number of columns.
    first : uint32, (n_cells + 1,)
        Segments of cell ``c`` (row-major from the south-west) are ``first[c]:first[c + 1]``.
    edge, point : uint32, (n_entries,)
        The edge, and the segment's first point.
    """

    frame: Float64
    first: UInt32
    edge: UInt32
    point: UInt32


@dataclass(frozen=True)
class StreetGraph:
    """Streets with a graph for walking, cycling and driving; arrays are read-only."""

    nodes: Nodes
    edges: Edges
    points: Points
    along_m: Float32
    """float32, (n_points,): metres from the start of the OSM way, for places on an edge."""
    modes: tuple[ModeGraph, ModeGraph, ModeGraph]
    grid: Grid
    names: StringTable
    profiles: Mapping[Profile, ProfileArcs] = field(default_factory=dict, repr=False)
    """Profiles other than the plain ones."""

    def profile(self, way: "StreetMode | Profile") -> ProfileArcs:
        """Return the times of a profile, or of a mode.

        Raises
        ------
        StreetFileError
            The streets were saved without it.
        """
        profile = Profile.of(way)
        if profile in PLAIN:
            side = self.modes[profile.mode]
            return ProfileArcs(side.seconds, _NO_COST, side.usable)
        if profile not in self.profiles:
            raise StreetFileError(
                f"these streets were saved without the profile {profile}: build the network again"
            )
        return self.profiles[profile]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.nodes.osm_id)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.edges.tail)

    @cached_property
    def bbox(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        lon, lat = self.points.lon_e7, self.points.lat_e7
        west, south, east, north = (
            float(v) / DEGREE for v in (lon.min(), lat.min(), lon.max(), lat.max())
        )
        return west, south, east, north

    @cached_property
    def has_heights(self) -> bool:
        """Whether the climbs of edges are known; streets without any have no heights."""
        return bool(self.edges.climb_m.any() or self.edges.descent_m.any())

    @cached_property
    def street_name(self) -> Callable[[int], str | None]:
        """Return a name by its number, ``None`` for the empty one; kept for the next who asks."""
        return lru_cache(KEPT_NAMES)(lambda number: self.names[number] or None)

    def edge_name(self, edge: int) -> str | None:
        """Return the street's name, ``None`` where it has none."""
        return self.street_name(int(self.edges.name[edge]))

    def node_lonlat(self, node: int) -> tuple[float, float]:
        """Return a node's position in degrees."""
        nodes = self.nodes
        return float(nodes.lon_e7[node]) / DEGREE, float(nodes.lat_e7[node]) / DEGREE

    def edge_lonlat(self, edge: int, start: float = 0.0, end: float = 1.0) -> Float64:
        """Return the points of an edge between two shares of its length.

        Parameters
        ----------
        edge : int
            Position in the edge table.
        start, end : float
            Shares 0..1 along the drawn direction; ``start > end`` goes against it.

        Returns
        -------
        float64, (n, 2)
            Longitude and latitude, degrees; at least two points.
        """
        i, j = int(self.edges.first[edge]), int(self.edges.last[edge])
        lonlat = np.column_stack(
            (self.points.lon_e7[i : j + 1] / DEGREE, self.points.lat_e7[i : j + 1] / DEGREE)
        )
        if i == j:  # a barrier's passage
            return np.repeat(lonlat, 2, axis=0)
        low, high = min(start, end), max(start, end)
        along = self.along_m[i : j + 1].astype(np.float64) - float(self.along_m[i])
        cut = np.array([low, high]) * along[-1]
        inner = lonlat[(along > cut[0]) & (along < cut[1])]
        ends = np.column_stack(
            (np.interp(cut, along, lonlat[:, 0]), np.interp(cut, along, lonlat[:, 1]))
        )
        line = np.vstack((ends[:1], inner, ends[1:]))
        return line if start <= end else line[::-1]

    def save(self, folder: Path) -> None:
        """Write the graph as one ``.npy`` file per column and ``meta.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        for prefix, table in self._tables():
            save_table(table, folder, prefix)
        save_array(folder / "along_m.npy", self.along_m)
        save_array(folder / "names.text.npy", self.names.blob)
        save_array(folder / "names.first.npy", self.names.first)
        counts = {"nodes": self.n_nodes, "edges": self.n_edges, "points": len(self.along_m)}
        meta = {"format": FORMAT, "counts": counts, "bbox": self.bbox}
        (folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n", "utf-8")

    def _tables(self) -> list[tuple[str, Any]]:
        return [
            ("nodes", self.nodes),
            ("edges", self.edges),
            ("points", self.points),
            ("grid", self.grid),
            *((mode.name.lower(), self.modes[mode]) for mode in StreetMode),
            *((f"profile-{profile}", arcs) for profile, arcs in self.profiles.items()),
        ]

    @classmethod
    def load(cls, folder: Path) -> "StreetGraph":
        """Open a graph written by :meth:`save`, memory-mapped.

        Raises
        ------
        StreetFileError
            There is none in the folder, or it was written by another version.
        """
        try:
            meta = json.loads((folder / "meta.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StreetFileError(f"{folder} holds no streets: build the network again") from error
        if meta.get("format") != FORMAT:
            raise StreetFileError(
                f"{folder} has streets of format {meta.get('format')}, this version reads"
                f" {FORMAT}: build the network again"
            )
        walk, bike, car = (load_table(ModeGraph, folder, mode.name.lower()) for mode in StreetMode)
        return cls(
            nodes=load_table(Nodes, folder, "nodes"),
            edges=load_table(Edges, folder, "edges"),
            points=load_table(Points, folder, "points"),
            along_m=open_array(folder / "along_m.npy"),
            modes=(walk, bike, car),
            grid=load_table(Grid, folder, "grid"),
            names=StringTable(
                open_array(folder / "names.text.npy"), open_array(folder / "names.first.npy")
            ),
            profiles={
                profile: load_table(ProfileArcs, folder, f"profile-{profile}")
                for profile in Profile
                if (folder / f"profile-{profile}.seconds.npy").is_file()
            },
        )


_NO_COST: Float32 = np.zeros(0, np.float32)


def freeze(table: Table) -> Table:
    """Make all arrays of a dataclass contiguous and read-only; kernels take no others."""
    names = table.__dataclass_fields__  # type: ignore[attr-defined]
    columns = [np.ascontiguousarray(getattr(table, name)) for name in names]
    for column in columns:
        column.flags.writeable = False
    return type(table)(*columns)

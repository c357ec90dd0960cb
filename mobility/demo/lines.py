"""Draws the lines of public transport along the streets, and sets their stops."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import networkx as nx
import numpy as np
from scipy.spatial import cKDTree
from shapely.geometry import LineString, Point

from mobility.demo.network import Streets
from mobility.demo.plane import HALF_WIDTH_M, FloatArray
from mobility.demo.streetplan import TownPlan
from mobility.demo.tags import drivable_graph

COST: Final = {"primary": 0.8, "secondary": 0.8, "tertiary": 0.85, "unclassified": 1.0,
               "residential": 1.5, "living_street": 4.0}  # fmt: skip
SPACING_M: Final = 365.0
KERB_M: Final = 7.0
HUB_X: Final = 110.0

# number, mode, colour, from over to: quarters by index, villages as "v0".., "hbf", "north", "south"
LINES: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("1", "tram", "D62828", ("q12", "q4", "q1", "hbf", "north", "east", "q2", "q5", "q13")),
    ("2", "tram", "1D6FB8", ("q7", "q3", "hbf", "north", "west", "south", "square", "q6", "q11")),
    ("3", "tram", "2A9D4B", ("q8", "hbf", "north", "east", "south", "square", "q10")),
    ("11", "bus", "7B2CBF", ("q4", "q7", "q3", "q8", "q5", "q10")),
    ("12", "bus", "E07A1F", ("q9", "q4", "q1", "hbf", "q3", "q8")),
    ("13", "bus", "00838F", ("q9", "q6", "q11", "q10")),
    ("14", "bus", "8D5524", ("v1", "q7", "hbf", "north", "east", "south", "square", "v5")),
    ("15", "bus", "B5179E", ("v2", "q3", "hbf", "north", "west", "south", "square", "v7")),
    ("16", "bus", "5F7A1A", ("v3", "q8", "hbf", "north", "east", "south", "square", "q11", "v6")),
    ("17", "bus", "3D405B", ("v0", "q4", "q1", "hbf", "north", "east", "q5", "v4")),
    ("18", "bus", "9A6A00", ("v0", "v1", "v2", "v3", "v4")),
)


@dataclass
class Station:
    """A stop as people call it, with a platform for each direction.

    Parameters
    ----------
    name : str
        Unique name.
    xy : float64, (2,)
        Middle, metres.
    heading : float
        Direction of the street, radians.
    platforms : int
        Kerbs: 2, or 4 where lines cross; rail tracks not included.
    village : bool
        Whether it lies outside the town.
    tracks : list of float64, (2,)
        Positions of the railway tracks served, metres.
    """

    name: str
    xy: FloatArray
    heading: float
    platforms: int = 2
    village: bool = False
    tracks: list[FloatArray] = field(default_factory=list)

    def platform(self, heading: float) -> int:
        """Return the number of the kerb on the right of a vehicle with this heading."""
        share = 2 * np.pi / self.platforms
        return round((heading - self.heading) / share) % self.platforms

    def kerb(self, platform: int) -> FloatArray:
        """Return where a kerb lies, metres."""
        heading = self.heading + platform * 2 * np.pi / self.platforms
        right = np.array([np.sin(heading), -np.cos(heading)])
        back = -9.0 * np.array([np.cos(heading), np.sin(heading)])
        place: FloatArray = self.xy + KERB_M * right + (back if self.platforms > 2 else 0)
        return place


@dataclass(frozen=True)
class Line:
    """A line of public transport.

    Parameters
    ----------
    number, mode, colour : str
        What riders call it; tram, bus or rail; RRGGBB.
    xy : float64, (n, 2)
        Course in metres.
    stations : list of int
        Stations served in order.
    at_m : list of float
        Where along the course each lies.
    platforms : list of (int, int)
        Kerb or track used in the direction of the course, and against it.
    """

    number: str
    mode: str
    colour: str
    xy: FloatArray
    stations: list[int]
    at_m: list[float]
    platforms: list[tuple[int, int]]


class LinePlanner:
    """Routes lines over the streets of one town.

    Parameters
    ----------
    plan : TownPlan
        The town, roundabouts included, streets not tagged yet.
    """

    def __init__(self, plan: TownPlan) -> None:
        self._plan = plan
        self._graph = _weighted(plan.streets)
        self._nodes: list[int] = sorted(self._graph)
        self._tree = cKDTree(plan.streets.xy[self._nodes])
        self.stations: list[Station] = []
        self.line_edges: set[int] = set()
        self.tram_edges: set[int] = set()
        self._names: set[str] = set()
        self._streets_at = _street_names(plan.streets)

    def draw(self) -> list[Line]:
        """Return the twelve lines; stations and used edges are kept on the planner."""
        self._seed_stations()
        lines = [self._rail()]
        for number, mode, colour, over in LINES:
            xy = self._course([self._place(word) for word in over], mode == "tram")
            lines.append(self._line(number, mode, colour, xy))
        return [*lines[1:], lines[0]]

    def _place(self, word: str) -> FloatArray:
        fixed = {"north": (60, 315), "south": (60, -275), "west": (-240, 20), "east": (360, 20),
                 "square": (95, -800)}  # fmt: skip
        if word in fixed:
            return np.array(fixed[word], dtype=float)
        if word == "hbf":
            return np.array([HUB_X, float(self._plan.terrain.rail_y(np.array(HUB_X))) - 52])
        part = (self._plan.villages if word[0] == "v" else self._plan.quarters)[int(word[1:])]
        return np.array([part.x_m, part.y_m])

    def _node(self, xy: FloatArray) -> int:
        return self._nodes[int(self._tree.query(xy)[1])]

    def _course(self, places: list[FloatArray], tram: bool) -> FloatArray:
        """Go along streets from place to place, without going back on itself."""
        nodes: list[int] = []
        for a, b in pairwise(places):
            nodes += nx.shortest_path(self._graph, self._node(a), self._node(b), weight="cost")[
                bool(nodes) :
            ]
        i = 1
        while i < len(nodes) - 1:
            if nodes[i - 1] == nodes[i + 1]:
                del nodes[i : i + 2]
                i = max(1, i - 1)
            else:
                i += 1
        pieces = []
        for u, v in pairwise(nodes):
            key, data = min(self._graph[u][v].items(), key=lambda item: item[1]["cost"])
            data["cost"] *= 0.9
            self.line_edges.add(key)
            if tram:
                self.tram_edges.add(key)
            edge = self._plan.streets.edges[key]
            pieces.append(edge.xy[:-1] if edge.u == u else edge.xy[:0:-1])
        return np.vstack([*pieces, self._plan.streets.xy[nodes[-1]][None]])

    def _seed_stations(self) -> None:
        """Set the stops that must be: the main station, the old town, every village."""
        hubs = {"hbf": "Hauptbahnhof", "north": "Marktplatz", "south": "Alte Brücke"}
        for word, name in (hubs | {"square": "Südplatz"}).items():
            xy = self._plan.streets.xy[self._node(self._place(word))]
            self._add(name, xy, 0.15, platforms=4)
        for i, village in enumerate(self._plan.villages):
            xy = self._plan.streets.xy[self._node(self._place(f"v{i}"))]
            self._add(f"{village.name}, Dorfplatz", xy, 0.0, platforms=4, village=True)

    def _add(
        self, name: str, xy: FloatArray, heading: float, platforms: int = 2, village: bool = False
    ) -> int:
        self._names.add(name)
        self.stations.append(Station(name, xy, heading, platforms, village))
        return len(self.stations) - 1

    def _line(self, number: str, mode: str, colour: str, xy: FloatArray) -> Line:
        course = LineString(xy)
        served: list[tuple[float, int]] = []
        for i, station in enumerate(self.stations):
            if station.platforms and course.distance(Point(station.xy)) < 11:
                served.append((course.project(Point(station.xy)), i))
        wanted = sorted([at for at, _ in served] + [0.0, course.length])
        for a, b in pairwise(wanted):
            for at in _between(a, b):
                if self._wanted_here(course, at, served):
                    served.append((at, self._new(course, at)))
        for end in (0.0, course.length):
            if min((abs(at - end) for at, _ in served), default=np.inf) > 180:
                served.append((end, self._new(course, end)))
        served.sort()
        stations, at_m = [i for _, i in served], [at for at, _ in served]
        headings = [_heading(course, at) for at in at_m]
        platforms = [
            (self.stations[i].platform(h), self.stations[i].platform(h + np.pi))
            for i, h in zip(stations, headings, strict=True)
        ]
        return Line(number, mode, colour, xy, stations, at_m, platforms)

    def _wanted_here(self, course: LineString, at: float, served: list[tuple[float, int]]) -> bool:
        """Want stops where people live, and not two of them side by side."""
        xy = np.array(course.interpolate(at).coords[0])
        field = self._plan.field
        lived_in = bool(field.grid.sample(field.allowed, xy[None])[0]) or np.hypot(*xy) < 1900
        return lived_in and all(abs(at - other) > 190 for other, _ in served)

    def _new(self, course: LineString, at: float) -> int:
        xy = np.array(course.interpolate(at).coords[0])
        quarter = self._plan.quarters[
            int(self._plan.field.grid.sample(self._plan.field.quarter, xy[None])[0])
        ]
        village = quarter.kind == "village" and float(np.hypot(*xy)) > 2900
        return self._add(self._call(xy, quarter.name if village else ""), xy,
                         _heading(course, at), village=village)  # fmt: skip

    def _call(self, xy: FloatArray, village: str) -> str:
        """Name a stop after a street that crosses there; in villages after the village too."""
        prefix = f"{village}, " if village else ""
        near = self._tree.query(xy, k=12)[1]
        for i in near:
            for name in self._streets_at.get(self._nodes[int(i)], []):
                if prefix + name not in self._names and not name.endswith("er Straße"):
                    return prefix + name
        number = 2
        while f"{prefix}Siedlung {number}" in self._names:
            number += 1
        return f"{prefix}Siedlung {number}"

    def _rail(self) -> Line:
        """Draw the regional railway: main station, two villages, and the region's edges."""
        terrain = self._plan.terrain
        xy = terrain.rail()
        course = LineString(xy)
        served: list[tuple[float, int]] = []
        villages = [self._plan.villages[0], self._plan.villages[4]]
        names = self._plan.names
        ends = (("West", -HALF_WIDTH_M + 250), ("Ost", HALF_WIDTH_M - 250))
        for name, x in ((names.village() + " Bahnhof", ends[0][1]),
                        (f"{villages[0].name}, Bahnhof", villages[0].x_m),
                        ("Hauptbahnhof", HUB_X - 25),
                        (f"{villages[1].name}, Bahnhof", villages[1].x_m),
                        (names.village() + " Bahnhof", ends[1][1])):  # fmt: skip
            place = np.array([x, float(terrain.rail_y(np.array(x)))])
            if name == "Hauptbahnhof":
                i = 0
            else:
                i = self._add(name, place + np.array([0, -14]), 0.0, platforms=0, village=True)
            self.stations[i].tracks = [place + np.array([0, -6]), place + np.array([0, 6])]
            served.append((course.project(Point(place)), i))
        served.sort()
        stations = [i for _, i in served]
        return Line("RB 45", "rail", "555555", xy, stations, [at for at, _ in served],
                    [(0, 1)] * len(stations))  # fmt: skip


def _weighted(streets: Streets) -> nx.MultiGraph:
    """Return what buses may use, with a cost that favours main streets."""
    graph = drivable_graph(streets)
    for _, _, key, data in graph.edges(keys=True, data=True):
        edge = streets.edges[key]
        data["cost"] = data["length_m"] * COST.get(edge.highway, 3.0)
    return graph


def _street_names(streets: Streets) -> dict[int, list[str]]:
    """List the names of the streets at each node, minor ones first."""
    names: dict[int, list[str]] = {}
    for edge in sorted(streets.edges, key=lambda e: e.highway in {"primary", "secondary"}):
        name = edge.tags.get("name")
        for node in (edge.u, edge.v):
            if name and name not in names.setdefault(node, []):
                names[node].append(name)
    return names


def _between(a: float, b: float) -> list[float]:
    """Return evenly spaced positions strictly between two others."""
    count = round((b - a) / SPACING_M)
    return list(np.linspace(a, b, count + 1)[1:-1]) if count > 1 else []


def _heading(course: LineString, at: float) -> float:
    a = np.array(course.interpolate(max(0.0, at - 15)).coords[0])
    b = np.array(course.interpolate(min(course.length, at + 15)).coords[0])
    return float(np.arctan2(b[1] - a[1], b[0] - a[0]))

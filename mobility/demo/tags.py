"""Gives every street its rules: speeds, one-ways, steps, pedestrian zones, bridges, barriers."""

from collections.abc import Callable
from typing import Final

import networkx as nx
import numpy as np

from mobility.demo.network import Edge, Streets
from mobility.demo.streetplan import TownPlan

MOTOR: Final = frozenset(
    {"primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service"}
)
MAIN: Final = frozenset({"primary", "secondary", "tertiary"})
PEDESTRIAN_M: Final = 190.0
STEEP: Final = 0.115


def drivable(edge: Edge) -> bool:
    """Tell whether a car may pass the whole edge."""
    return edge.highway in MOTOR and "barrier" not in edge.tags


def rideable(edge: Edge) -> bool:
    """Tell whether a bike may pass the whole edge."""
    return edge.highway not in {"steps", "footway"} or "bicycle" in edge.tags


def drivable_graph(streets: Streets) -> nx.MultiGraph:
    """Return what cars may use, without regard to direction; keys are edge indices."""
    return streets.graph(np.array([drivable(edge) for edge in streets.edges]))


def tag_streets(rng: np.random.Generator, plan: TownPlan, line_edges: set[int]) -> None:
    """Complete the tags of all edges in place.

    The network stays strongly connected for cars, bikes and people on foot: what would cut a
    street off is taken back.

    Parameters
    ----------
    rng : numpy.random.Generator
        Which streets become one-way, get a bollard or good cycle tracks.
    plan : TownPlan
        The town; its streets are changed.
    line_edges : set of int
        Edges that buses and trams use: they stay open in both directions.
    """
    kinds = edge_kinds(plan)
    for i, edge in enumerate(plan.streets.edges):
        _old_town(plan, edge, kinds[i], i in line_edges)
        _crossing(plan, edge)
    _steps(plan, line_edges)
    _bollards(rng, plan, line_edges)
    for i, edge in enumerate(plan.streets.edges):
        _speed(plan, edge)
        _comfort(rng, edge, kinds[i])
    _one_ways(rng, plan, kinds, line_edges)


def edge_kinds(plan: TownPlan) -> list[str]:
    """Return the kind of quarter each edge lies in, "country" outside."""
    middle = np.array([(e.xy[0] + e.xy[-1]) / 2 for e in plan.streets.edges])
    quarter = plan.field.grid.sample(plan.field.quarter, middle)
    x, y = middle.T
    part = [plan.quarters[int(q)] for q in quarter]
    away = [np.hypot(x[i] - q.x_m, y[i] - q.y_m) / q.radius_m for i, q in enumerate(part)]
    inside = plan.field.grid.sample(plan.field.allowed, middle)
    return [q.kind if away[i] < 1.15 or inside[i] else "country" for i, q in enumerate(part)]


def _old_town(plan: TownPlan, edge: Edge, kind: str, used: bool) -> None:
    """Close the heart of the old town to cars and calm the rest of it."""
    if kind != "old" or edge.highway not in {"residential", "tertiary"}:
        return
    old = plan.quarters[0]
    middle = edge.xy.mean(axis=0)
    away = float(np.hypot(middle[0] - old.x_m, middle[1] - old.y_m))
    edge.tags["surface"] = "sett"
    if away < PEDESTRIAN_M and not used:
        edge.tags |= {"highway": "pedestrian", "bicycle": "yes"}
    elif edge.highway == "residential":
        edge.tags["highway"] = "living_street"


def _crossing(plan: TownPlan, edge: Edge) -> None:
    """Make what crosses river or railway a bridge or an underpass."""
    x, y = edge.xy[[0, -1]].T
    over_river = plan.terrain.river_distance(x, y)
    over_rail = plan.terrain.rail_distance(x, y)
    if over_river[0] * over_river[1] < 0:
        edge.tags |= {"bridge": "yes", "layer": "1"}
    elif over_rail[0] * over_rail[1] < 0:
        low = plan.streets.xy[edge.u][0] < 0
        edge.tags |= {"tunnel": "yes", "layer": "-1"} if low else {"bridge": "yes", "layer": "1"}


def _steps(plan: TownPlan, line_edges: set[int]) -> None:
    """Turn the steepest short streets into stairs where cars have another way."""
    steep = []
    for i, edge in enumerate(plan.streets.edges):
        x, y = edge.xy[[0, -1]].T
        rise = float(abs(np.diff(plan.terrain.elevation(x, y))[0]))
        grade = rise / max(edge.length_m, 1.0)
        short = 25 < edge.length_m < 190
        if short and edge.highway in {"residential", "footway"} and i not in line_edges:
            steep.append((grade, i, rise))
    steep.sort(reverse=True)
    graph = drivable_graph(plan.streets)
    for grade, i, rise in steep[:70]:
        edge = plan.streets.edges[i]
        if grade < STEEP:
            continue
        if edge.highway == "footway" or _close(graph, i, edge):
            edge.tags |= {"highway": "steps", "step_count": str(round(rise / 0.16))}


def _bollards(rng: np.random.Generator, plan: TownPlan, line_edges: set[int]) -> None:
    """Block a few residential streets to through traffic."""
    edges = plan.streets.edges
    choice = [
        i for i, e in enumerate(edges)
        if e.highway == "residential" and e.length_m > 70 and i not in line_edges
    ]  # fmt: skip
    graph = drivable_graph(plan.streets)
    for i in rng.permutation(choice)[:30]:
        if _close(graph, int(i), edges[i]):
            edges[i].tags["barrier"] = "bollard"
    for edge in edges:
        if edge.highway == "track" and rng.random() < 0.15:
            edge.tags["barrier"] = "gate"


def _close(graph: nx.MultiGraph, i: int, edge: Edge) -> bool:
    """Take an edge from the graph of what cars use, unless it is their only way."""
    if not graph.has_edge(edge.u, edge.v, i):
        return False
    length = graph.edges[edge.u, edge.v, i]["length_m"]
    graph.remove_edge(edge.u, edge.v, i)
    if nx.has_path(graph, edge.u, edge.v):
        return True
    graph.add_edge(edge.u, edge.v, key=i, length_m=length)
    return False


def _speed(plan: TownPlan, edge: Edge) -> None:
    """Set the speed limit: 30 in quarters, 50 on main streets, 70 and 100 outside."""
    inside = bool(plan.field.grid.sample(plan.field.allowed, edge.xy[len(edge.xy) // 2][None])[0])
    x, y = edge.xy.mean(axis=0)
    inside = inside or float(np.hypot(x, y)) < 2100
    if edge.highway in MAIN | {"unclassified"}:
        outside = "100" if edge.highway == "primary" else "70"
        edge.tags["maxspeed"] = "50" if inside else outside
    elif edge.highway == "residential":
        edge.tags["maxspeed"] = "30"
    elif edge.highway == "living_street":
        edge.tags["maxspeed"] = "7"


def _comfort(rng: np.random.Generator, edge: Edge, kind: str) -> None:
    """Say what the street is like to walk and ride on."""
    if edge.highway in MAIN and kind != "country":
        edge.tags |= {"sidewalk": "both", "lit": "yes", "surface": "asphalt"}
        edge.tags["cycleway:both"] = ("track", "lane", "no")[int(rng.integers(3))]
    elif edge.highway == "residential":
        edge.tags.setdefault("surface", "asphalt")
        edge.tags |= {"sidewalk": "both", "lit": "yes"}
    elif edge.highway == "track":
        edge.tags |= {"tracktype": f"grade{int(rng.integers(1, 4))}", "surface": "gravel"}
    elif edge.highway == "cycleway":
        edge.tags |= {"foot": "designated", "bicycle": "designated", "segregated": "no"}
        edge.tags["surface"] = "asphalt"


def _one_ways(
    rng: np.random.Generator, plan: TownPlan, kinds: list[str], line_edges: set[int]
) -> None:
    """Make whole streets one-way, then take back what cuts the network into parts."""
    edges = plan.streets.edges
    streets = sorted({e.street for e in edges if e.highway in {"residential", "living_street"}})
    chosen = {s for s in streets if rng.random() < 0.4}
    for i, edge in enumerate(edges):
        minor = edge.highway in {"residential", "living_street"} and drivable(edge)
        if minor and edge.street in chosen and kinds[i] in {"old", "dense"} and i not in line_edges:
            edge.tags["oneway"] = "yes"
            if edge.street % 4:
                edge.tags["oneway:bicycle"] = "no"
    while _reopen(edges, _apart(edges, drivable)):
        pass
    for node in _apart(edges, drivable):  # reached over footways only: no street for cars
        for edge in edges:
            if drivable(edge) and node in (edge.u, edge.v):
                edge.tags |= {"highway": "pedestrian", "bicycle": "yes"}
    for _ in range(5):
        apart = _apart(edges, rideable)
        for edge in edges:
            if edge.highway in {"footway", "steps"} and (edge.u in apart or edge.v in apart):
                edge.tags |= {"highway": "footway", "bicycle": "yes"}  # a ramp instead of stairs
                edge.tags.pop("step_count", None)
    apart = _apart(edges, rideable)
    for edge in edges:  # between stairs on both sides: nothing for bikes
        if edge.highway == "footway" and edge.u in apart and edge.v in apart:
            edge.tags.pop("bicycle", None)


def _reopen(edges: list[Edge], apart: set[int]) -> bool:
    """Open one-way streets at cut-off nodes in both directions; tell whether there were any."""
    found = False
    for edge in edges:
        ring = edge.tags.get("junction") == "roundabout"
        if "oneway" in edge.tags and not ring and (edge.u in apart or edge.v in apart):
            del edge.tags["oneway"]
            edge.tags.pop("oneway:bicycle", None)
            found = True
    return found


def _apart(edges: list[Edge], usable: Callable[[Edge], bool]) -> set[int]:
    """Return the nodes from or to which nobody gets on usable edges, seen from the largest part.

    One-way streets count as such for bikes too: where those may go both ways, it only helps.
    """
    graph = nx.DiGraph()
    for edge in edges:
        if usable(edge):
            graph.add_edge(edge.u, edge.v)
            if edge.tags.get("oneway") != "yes":
                graph.add_edge(edge.v, edge.u)
    apart: set[int] = set(graph) - max(nx.strongly_connected_components(graph), key=len)
    return apart

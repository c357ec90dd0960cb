"""Replaces crossings of main roads by roundabouts."""

import numpy as np

from mobility.demo.network import Edge, Streets
from mobility.demo.tags import MAIN

RADIUS_M = 17.0


def add_roundabouts(streets: Streets, count: int) -> Streets:
    """Turn the outermost crossings of main roads into roundabouts.

    Parameters
    ----------
    streets : Streets
        The network; its edges at those crossings are shortened.
    count : int
        How many at most.

    Returns
    -------
    Streets
        The network with the rings added at the end.
    """
    at: dict[int, list[Edge]] = {}
    for edge in streets.edges:
        at.setdefault(edge.u, []).append(edge)
        at.setdefault(edge.v, []).append(edge)
    crossings = []
    for node, edges in at.items():
        main = [edge for edge in edges if edge.highway in MAIN]
        away = float(np.hypot(*streets.xy[node]))
        fits = 3 <= len(edges) <= 5 and min(e.length_m for e in edges) > 3 * RADIUS_M
        loops = any(edge.u == edge.v for edge in edges)
        if len({e.street for e in main}) > 1 and fits and not loops and 1500 < away < 6000:
            crossings.append((away, node))
    xy = [streets.xy]
    total = len(streets.xy)
    street = max(edge.street for edge in streets.edges) + 1
    for k, (_, node) in enumerate(sorted(crossings)[:count]):
        ring = _ring(streets.xy[node], node, at[node], total, street + k)
        streets.edges.extend(ring)
        added = np.array([edge.xy[0] for edge in ring])
        xy.append(added)
        total += len(added)
    return _without_unused(Streets(np.vstack(xy), streets.edges))


def _ring(middle: np.ndarray, node: int, edges: list[Edge], first: int, street: int) -> list[Edge]:
    """Cut the edges at the ring and return its arcs, counter-clockwise."""
    towards = []
    for edge in edges:
        near = edge.xy[1] if edge.u == node else edge.xy[-2]
        towards.append((float(np.arctan2(*(near - middle)[::-1])), edge))
    towards.sort(key=lambda item: item[0])
    arms = [middle + RADIUS_M * np.array([np.cos(a), np.sin(a)]) for a, _ in towards]
    arcs = []
    for k, (angle, edge) in enumerate(towards):
        _cut(edge, node, first + k, arms[k], middle)
        following = towards[(k + 1) % len(towards)][0]
        span = (following - angle) % (2 * np.pi) or 2 * np.pi
        turns = angle + np.linspace(0, span, max(3, int(span / 0.5) + 2))
        xy = middle + RADIUS_M * np.column_stack([np.cos(turns), np.sin(turns)])
        after = (k + 1) % len(towards)
        xy[0], xy[-1] = arms[k], arms[after]
        tags = {"highway": _highest(edges), "junction": "roundabout", "oneway": "yes"}
        arcs.append(Edge(first + k, first + after, street, xy, tags))
    return arcs


def _cut(edge: Edge, node: int, ring_node: int, arm: np.ndarray, middle: np.ndarray) -> None:
    """Let an edge end at the ring instead of at its middle."""
    outside = edge.xy[np.hypot(*(edge.xy - middle).T) > RADIUS_M + 4]
    if edge.u == node:
        edge.u, edge.xy = ring_node, np.vstack([arm, outside])
    else:
        edge.v, edge.xy = ring_node, np.vstack([outside, arm])


def _highest(edges: list[Edge]) -> str:
    order = ("primary", "secondary", "tertiary")
    return min((e.highway for e in edges if e.highway in order), key=order.index)


def _without_unused(streets: Streets) -> Streets:
    used = sorted({n for edge in streets.edges for n in (edge.u, edge.v)})
    number = {node: i for i, node in enumerate(used)}
    for edge in streets.edges:
        edge.u, edge.v = number[edge.u], number[edge.v]
    return Streets(streets.xy[used], streets.edges)

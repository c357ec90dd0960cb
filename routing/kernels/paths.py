"""From the labels of a street search to the line on the ground."""

from typing import Any

import numpy as np
from numba import njit

from routing.arrays import Bool, Float32, Float64, Int32, UInt32
from routing.kernels.dijkstra import NO_ARC


@njit(cache=True, nogil=True)
def lay_path(
    parent: Int32,
    arc: UInt32,
    label: int,
    reverse: bool,
    begin: tuple[int, float],
    end: tuple[int, float],
    way: UInt32,
    edge_m: Float32,
    climb_m: Float32,
    descent_m: Float32,
    edge_first: UInt32,
    edge_last: UInt32,
    lon_e7: Int32,
    lat_e7: Int32,
    along_m: Float32,
    degree: float,
) -> tuple[UInt32, Bool, UInt32, Float32, Float64, float, float]:
    """Follow parents from a label and lay the way out in the direction of travel.

    Parameters
    ----------
    parent, arc : int32 and uint32, (n_labels,)
        Of a search, see :func:`routing.kernels.dijkstra.spread`.
    label : int
        Where the trace begins; -1 for a way that stays on one arc.
    reverse : bool
        The search went backwards: its trace is in the direction of travel already.
    begin, end : tuple of (int, float)
        The arc on which the way begins, and the share of it passed before; the arc on which it
        ends, and the share of it passed. ``NO_ARC`` where it does so at a node. A way that stays
        on one arc has it as ``begin``, and ``NO_ARC`` with the share as ``end``.
    way : uint32, (n_arcs,)
        Of the mode's graph.
    edge_m, climb_m, descent_m, edge_first, edge_last : (n_edges,)
        Length, metres up and down in the drawn direction, and points of the edges.
    lon_e7, lat_e7, along_m : (n_points,)
        Points of the geometries, and metres from the start of the OSM way.
    degree : float
        Units of the points in one degree.

    Returns
    -------
    edges, backward : uint32 and bool, (n,)
        Each edge passed, and whether against the drawn direction.
    begins : uint32, (n,)
        Row of the line at which each edge begins.
    passed_m : float32, (n,)
        Metres of each.
    lonlat : float64, (n_points, 2)
        The line; no point comes twice in a row.
    length_m, up_m : float
        Metres of the whole way, and those up, in proportion where an edge is passed in part.
    """
    middle = 0
    at = label
    while at >= 0 and parent[at] >= 0:
        middle += 1
        at = parent[at]
    skip = 1 if begin[0] != NO_ARC else 0
    n = skip + middle + (1 if end[0] != NO_ARC else 0)
    arcs = np.empty(n, np.uint32)
    if skip:
        arcs[0] = begin[0]
    at = label
    for i in range(middle):
        arcs[skip + i if reverse else skip + middle - 1 - i] = arc[at]
        at = parent[at]
    if end[0] != NO_ARC:
        arcs[n - 1] = end[0]
    most = 0
    for i in range(n):
        edge = way[arcs[i]] >> 1
        most += int(edge_last[edge]) - int(edge_first[edge]) + 2
    edges, backwards = np.empty(n, np.uint32), np.empty(n, np.bool_)
    begins, passed_m = np.empty(n, np.uint32), np.empty(n, np.float32)
    line = np.empty((most, 2))
    size: Any = np.int64(0)
    length_m, up_m = 0.0, 0.0
    for i in range(n):
        edge, backward = way[arcs[i]] >> 1, (way[arcs[i]] & 1) != 0
        edges[i], backwards[i] = edge, backward
        low, high = begin[1] if i == 0 else 0.0, end[1] if i == n - 1 else 1.0
        passed_m[i] = edge_m[edge] * np.float32(high - low)
        length_m += passed_m[i]
        climbed_m = descent_m[edge] if backward else climb_m[edge]
        up_m += climbed_m * (passed_m[i] / max(edge_m[edge], np.float32(1e-6)))
        begins[i] = max(size - 1, 0)
        first, last = int(edge_first[edge]), int(edge_last[edge])
        lon, lat = _cut(first, last, 1 - low if backward else low, lon_e7, lat_e7, along_m)
        size = _add(line, size, lon / degree, lat / degree)
        whole = np.float64(along_m[last]) - along_m[first]
        for k in range(1, last - first):
            p = last - k if backward else first + k
            before = abs(np.float64(along_m[p]) - along_m[last if backward else first])
            if (low <= 0 or before > low * whole) and (high >= 1 or before < high * whole):
                size = _add(line, size, lon_e7[p] / degree, lat_e7[p] / degree)
        lon, lat = _cut(first, last, 1 - high if backward else high, lon_e7, lat_e7, along_m)
        size = _add(line, size, lon / degree, lat / degree)
    return edges, backwards, begins, passed_m, line[:size], length_m, up_m


@njit(cache=True, nogil=True)
def _cut(
    first: int, last: int, share: float, lon_e7: Int32, lat_e7: Int32, along_m: Float32
) -> tuple[float, float]:
    """Return the point of an edge at a share of its length in the drawn direction."""
    if share <= 0:
        return float(lon_e7[first]), float(lat_e7[first])
    p = last
    at = along_m[first] + share * (np.float64(along_m[last]) - along_m[first])
    while p > first and along_m[p] > at:
        p -= 1
    lon, lat = float(lon_e7[p]), float(lat_e7[p])
    if p < last:
        part = (at - along_m[p]) / (np.float64(along_m[p + 1]) - along_m[p])
        lon += part * (lon_e7[p + 1] - lon)
        lat += part * (lat_e7[p + 1] - lat)
    return lon, lat


@njit(cache=True, nogil=True)
def _add(line: Float64, size: int, lon: float, lat: float) -> int:
    """Append a point unless the line already ends there."""
    if size and line[size - 1, 0] == lon and line[size - 1, 1] == lat:
        return size
    line[size, 0], line[size, 1] = lon, lat
    return size + 1


@njit(cache=True, nogil=True)
def mark_ways(parent: Int32, wanted: Bool) -> None:
    """Mark all labels on the ways to those that are marked.

    Parameters
    ----------
    parent : int32, (n_labels,)
        Of a search, see :func:`routing.kernels.dijkstra.spread`.
    wanted : bool, (n_labels,)
        Modified in place.
    """
    for label in range(parent.size):
        at = parent[label] if wanted[label] else np.int32(-1)
        while at >= 0 and not wanted[at]:
            wanted[at] = True
            at = parent[at]

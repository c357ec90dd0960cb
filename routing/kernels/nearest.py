"""Find the nearest segment of street to a place, and the arcs that join it to junctions."""

import math
from typing import Any

import numpy as np
from numba import njit

from routing.arrays import Float32, Float64, Int32, UInt8, UInt32

METRES_PER_DEGREE = 6_371_009.0 * math.pi / 180.0
NONE = 0xFFFFFFFF


@njit(cache=True, nogil=True)
def nearest_edges(
    lon: Float64,
    lat: Float64,
    radius_m: float,
    frame: Float64,
    cell_first: UInt32,
    cell_edge: UInt32,
    cell_point: UInt32,
    lon_e7: Int32,
    lat_e7: Int32,
    usable: UInt8,
    edge: UInt32,
    point: UInt32,
    share: Float64,
    distance_m: Float32,
) -> None:
    """Find the nearest usable segment of each place by growing rings of grid cells.

    Parameters
    ----------
    lon, lat : float64, (n,)
        Places, degrees.
    radius_m : float
        Farthest segment accepted, metres.
    frame, cell_first, cell_edge, cell_point
        The grid, see :class:`routing.streets.graph.Grid`.
    lon_e7, lat_e7 : int32, (n_points,)
        Geometry, ten-millionths of a degree.
    usable : uint8, (n_edges,)
        1 where an edge may be taken.
    edge, point, share, distance_m : (n,)
        Filled with the edge, its segment's first point, the share of the segment before the
        nearest spot, metres to it; ties go to the lower edge. Where none is found, edge
        ``0xFFFFFFFF`` at an infinite distance.
    """
    columns = int(frame[4])
    rows = (cell_first.size - 1) // columns if columns > 0 else 0
    ky = METRES_PER_DEGREE
    for i in range(lon.size):
        edge[i], point[i], share[i], distance_m[i] = NONE, 0, 0.0, np.inf
        x, y = lon[i], lat[i]
        if not (math.isfinite(x) and math.isfinite(y)) or rows == 0:
            continue
        kx = ky * math.cos(math.radians(y))
        step = min(frame[2] * kx, frame[3] * ky)
        cx = math.floor((x - frame[0]) / frame[2])
        cy = math.floor((y - frame[1]) / frame[3])
        if abs(cx) > 1e9 or abs(cy) > 1e9 or step <= 0.0:
            continue
        beyond = radius_m / (frame[3] * ky) + 1  # rows; at a pole the rings would have no end
        if cy < -beyond or cy > rows + beyond:
            continue
        best = radius_m
        rings = int(radius_m / step) + 2
        for ring in range(rings):
            if (ring - 1) * step > best:  # nothing nearer can lie in this ring
                break
            for row in range(max(cy - ring, 0), min(cy + ring, rows - 1) + 1):
                inner = abs(row - cy) != ring
                column = cx - ring
                while column <= cx + ring:
                    if 0 <= column < columns:
                        cell = row * columns + column
                        for k in range(cell_first[cell], cell_first[cell + 1]):
                            e = cell_edge[k]
                            if usable[e] == 0:
                                continue
                            p = cell_point[k]
                            ax = (lon_e7[p] * 1e-7 - x) * kx
                            ay = (lat_e7[p] * 1e-7 - y) * ky
                            dx = (lon_e7[p + 1] * 1e-7 - x) * kx - ax
                            dy = (lat_e7[p + 1] * 1e-7 - y) * ky - ay
                            square = dx * dx + dy * dy
                            t = -(ax * dx + ay * dy) / square if square > 0.0 else 0.0
                            t = min(max(t, 0.0), 1.0)
                            d = math.hypot(ax + t * dx, ay + t * dy)
                            if d < best or (d == best and e < edge[i]):
                                best = d
                                edge[i] = e
                                point[i] = p
                                share[i] = t
                                distance_m[i] = d
                    column += 2 * ring if inner and ring > 0 else 1


@njit(cache=True, nogil=True)
def lie_on_edges(
    edge: UInt32,
    point: UInt32,
    share: Float64,
    edge_first: UInt32,
    edge_last: UInt32,
    lon_e7: Int32,
    lat_e7: Int32,
    along_m: Float32,
    degree: float,
    fraction: Float32,
    lon: Float64,
    lat: Float64,
) -> None:
    """Tell where on its edge each place lies.

    Parameters
    ----------
    edge, point, share : (n,)
        As :func:`nearest_edges` filled them.
    edge_first, edge_last : uint32, (n_edges,)
        First and last point of each edge.
    lon_e7, lat_e7, along_m : (n_points,)
        Points of the geometries, and metres from the start of the OSM way.
    degree : float
        Units of the points in one degree.
    fraction, lon, lat : (n,)
        Filled with the share of its length before the place, and degrees; 0 and NaN where there
        is no edge.
    """
    for i in range(edge.size):
        fraction[i], lon[i], lat[i] = 0.0, np.nan, np.nan
        if edge[i] == NONE:
            continue
        p, t = np.int64(point[i]), share[i]
        start = np.float64(along_m[edge_first[edge[i]]])
        length = along_m[edge_last[edge[i]]] - start
        before = along_m[p] * (1 - t) + along_m[p + 1] * t - start
        fraction[i] = min(max(before / max(length, 1e-9), 0.0), 1.0)
        lon[i] = (lon_e7[p] * (1 - t) + lon_e7[p + 1] * t) / degree
        lat[i] = (lat_e7[p] * (1 - t) + lat_e7[p + 1] * t) / degree


LinkColumns = tuple[UInt32, UInt32, UInt32, Float32]


@njit(cache=True, nogil=True)
def link_places(
    edge: UInt32,
    fraction: Float32,
    end_m: float,
    edge_tail: UInt32,
    edge_head: UInt32,
    edge_m: Float32,
    edge_first: UInt32,
    edge_arc: UInt32,
    tail: UInt32,
    head: UInt32,
    way: UInt32,
    copy_base: UInt32,
    n_nodes: int,
) -> tuple[LinkColumns, LinkColumns]:
    """Join places on edges with the ends of the arcs that run over them.

    Parameters
    ----------
    edge, fraction : uint32 and float32, (n,)
        Where each place lies; edge ``0xFFFFFFFF`` where it is linked to nothing.
    end_m : float
        A place this close to an end of the edge is at the junction, and at all its copies.
    edge_tail, edge_head, edge_m : (n_edges,)
        Columns of the edge table.
    edge_first, edge_arc, tail, head, way
        Columns of :class:`routing.streets.graph.ModeGraph`.
    copy_base : uint32, (n_copies,)
        Ascending: node of the street graph that node ``n_nodes + i`` copies.

    Returns
    -------
    leaving, entering : (first, node, arc, share)
        Columns of :class:`routing.streets.snap.Links`.
    """
    n = edge.size
    none: Any = np.uint32(NONE)
    no_rows: Any = np.uint32(0)
    leaving, entering = _no_rows(n, no_rows), _no_rows(n, no_rows)
    for fill in (False, True):  # count the rows, then fill them
        if fill:
            leaving = _no_rows(n, leaving[0][n])
            entering = _no_rows(n, entering[0][n])
        out_n: Any = np.int64(0)
        in_n: Any = np.int64(0)
        for i in range(n):
            e = edge[i]
            if e != NONE:
                before = fraction[i] * edge_m[e]
                if before < end_m or edge_m[e] - before < end_m:
                    node = edge_tail[e] if before < end_m else edge_head[e]
                    if fill:
                        _link(leaving, out_n, node, none, 0.0)
                        _link(entering, in_n, node, none, 0.0)
                    out_n += 1
                    in_n += 1
                    k = np.searchsorted(copy_base, node)
                    while k < copy_base.size and copy_base[k] == node:
                        if fill:
                            copy: Any = np.uint32(n_nodes + k)
                            _link(entering, in_n, copy, none, 0.0)
                        in_n += 1
                        k += 1
                else:
                    for k in range(edge_first[e], edge_first[e + 1]):
                        a = edge_arc[k]
                        done = 1.0 - fraction[i] if way[a] & 1 else fraction[i]
                        if fill:
                            _link(leaving, out_n, head[a], a, 1.0 - done)
                            _link(entering, in_n, tail[a], a, done)
                        out_n += 1
                        in_n += 1
            leaving[0][i + 1], entering[0][i + 1] = out_n, in_n
    return leaving, entering


@njit(cache=True, nogil=True)
def _no_rows(places: int, rows: int) -> LinkColumns:
    """Make room for the links of places."""
    return (
        np.zeros(places + 1, np.uint32),
        np.zeros(rows, np.uint32),
        np.zeros(rows, np.uint32),
        np.zeros(rows, np.float32),
    )


@njit(cache=True, nogil=True)
def _link(links: LinkColumns, row: int, node: int, arc: int, share: float) -> None:
    links[1][row], links[2][row], links[3][row] = node, arc, share

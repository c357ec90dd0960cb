"""Heights from a GeoTIFF, for edges that go up and down."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from routing.arrays import Float32, Float64, Int64
from routing.errors import RoutingError
from routing.streets.graph import DEGREE, EdgeFlag, Profile, StreetGraph, StreetMode, freeze
from routing.streets.modes import arc_seconds, make_profiles

STEP_M = 50.0
"""Heights are read at the ends of an edge and about this far apart between them."""
LOWEST_M, HIGHEST_M = -500.0, 9_000.0
"""Heights beyond are gaps that the file does not declare."""
STEEPEST = 0.35
"""Steeper is taken as a fault of the height model, such as a wall beside the street."""


class ElevationError(RoutingError):
    """A file of heights that cannot be used."""


def with_elevation(graph: StreetGraph, path: Path) -> StreetGraph:
    """Return the graph with climbs and descents, and travel times that heed them.

    Bridges and tunnels rise evenly from end to end, and so do stretches between heights known on
    one edge. Where the file knows no height, the streets stay level.

    Parameters
    ----------
    graph : StreetGraph
        Left as it is; the answer shares its other arrays.
    path : Path
        GeoTIFF of heights in metres, in any CRS.

    Raises
    ------
    ElevationError
        The file is missing, is no raster, or covers none of the streets.
    """
    edge, lon, lat, length = _samples(graph)
    height = read_heights(path, lon, lat)
    if not np.isfinite(height).any():
        raise ElevationError(f"{path.name} covers none of the streets: give heights of the town")
    height = _bridge_gaps(height, edge)
    same = edge[1:] == edge[:-1]
    rise = np.diff(height)[same]
    steepest = STEEPEST * length[1:][same]
    rise = np.clip(np.nan_to_num(rise), -steepest, steepest)
    of = edge[1:][same]
    climb: Float32 = np.bincount(of, np.maximum(rise, 0), graph.n_edges).astype(np.float32)
    descent: Float32 = np.bincount(of, np.maximum(-rise, 0), graph.n_edges).astype(np.float32)
    edges = freeze(replace(graph.edges, climb_m=climb, descent_m=descent))
    walk, bike, car = (
        freeze(replace(side, seconds=arc_seconds(edges, side.way, Profile.of(StreetMode(mode)))))
        for mode, side in enumerate(graph.modes)
    )
    modes = (walk, bike, car)
    return replace(graph, edges=edges, modes=modes, profiles=make_profiles(edges, modes))


def _samples(graph: StreetGraph) -> tuple[Int64, Float64, Float64, Float64]:
    """Return spots along each edge, by edge: the edge, the place, metres since the spot before."""
    edges = graph.edges
    level = (edges.flags & (EdgeFlag.BRIDGE | EdgeFlag.TUNNEL)) != 0
    parts = np.where(level, 1, np.maximum(np.rint(edges.length_m / STEP_M), 1)).astype(np.int64)
    edge = np.repeat(np.arange(graph.n_edges), parts + 1)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(parts + 1) - parts - 1, parts + 1)
    share = step / parts[edge]
    # the points of all edges on one long line, edges a metre apart
    first, last = edges.first.astype(np.int64), edges.last.astype(np.int64)
    size = last - first + 1
    point = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + np.repeat(first, size)
    offset = np.concatenate(([0.0], np.cumsum(edges.length_m.astype(np.float64) + 1.0)))
    start = offset[:-1] - graph.along_m[first]
    along = graph.along_m[point] + np.repeat(start, size)
    spot = offset[:-1][edge] + share * edges.length_m[edge]
    lon = np.interp(spot, along, graph.points.lon_e7[point] / DEGREE)
    lat = np.interp(spot, along, graph.points.lat_e7[point] / DEGREE)
    return edge, lon, lat, edges.length_m[edge] / parts[edge]


def _bridge_gaps(height: Float64, edge: Int64) -> Float64:
    """Fill unknown heights evenly between known ones of the same edge."""
    at = np.arange(len(height))
    known = np.isfinite(height)
    before = np.maximum.accumulate(np.where(known, at, 0))
    after = np.minimum.accumulate(np.where(known, at, len(at) - 1)[::-1])[::-1]
    inside = (edge[before] == edge) & (edge[after] == edge)
    return np.where(inside, np.interp(at, at[known], height[known]), height)


def read_heights(path: Path, lon: Float64, lat: Float64) -> Float64:
    """Return heights at places, interpolated between the four nearest cells.

    Parameters
    ----------
    path : Path
        GeoTIFF of heights in metres.
    lon, lat : float64, (n,)
        Degrees, EPSG:4326.

    Returns
    -------
    float64, (n,)
        Metres; NaN outside the file and where it has no data.
    """
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.warp import transform

    if not path.is_file():
        raise ElevationError(f"{path} does not exist: give a GeoTIFF of heights")
    try:
        with rasterio.open(path) as raster:
            x, y = transform("EPSG:4326", raster.crs, lon, lat)
            frame = raster.transform
            cells = raster.read(1, masked=True).astype(np.float64).filled(np.nan)
            cells[(cells < LOWEST_M) | (cells > HIGHEST_M)] = np.nan
    except (RasterioError, AttributeError) as error:
        raise ElevationError(
            f"{path.name} is no GeoTIFF of heights with a known projection ({error})"
        ) from error
    east, south = np.array(x) - frame.c, np.array(y) - frame.f
    area = frame.a * frame.e - frame.b * frame.d
    column = (frame.e * east - frame.b * south) / area
    row = (frame.a * south - frame.d * east) / area
    return _between_cells(cells, column - 0.5, row - 0.5)


def _between_cells(cells: Float64, column: Float64, row: Float64) -> Float64:
    """Interpolate between cell centres; up to half a cell outside counts as the border."""
    height, width = cells.shape
    inside = (column >= -0.5) & (column <= width - 0.5) & (row >= -0.5) & (row <= height - 0.5)
    column, row = np.clip(column, 0, width - 1), np.clip(row, 0, height - 1)
    left = np.minimum(column.astype(np.int64), max(width - 2, 0))
    top = np.minimum(row.astype(np.int64), max(height - 2, 0))
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    u, v = column - left, row - top
    upper = cells[top, left] * (1 - u) + cells[top, right] * u
    lower = cells[bottom, left] * (1 - u) + cells[bottom, right] * u
    return np.where(inside, upper * (1 - v) + lower * v, np.nan)

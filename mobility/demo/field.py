"""The direction field that streets follow, and where streets may be at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes
from shapely import contains_xy
from shapely.geometry import Polygon
from shapely.ops import unary_union

from mobility.demo.layout import Park, Quarter
from mobility.demo.plane import FloatArray, Grid, Noise
from mobility.demo.terrain import EMBANKMENT_M, RAIL_CLEARANCE_M, Terrain

STEEPEST = 0.24


@dataclass(frozen=True)
class StreetField:
    """What a street meets at each place of the region.

    Parameters
    ----------
    grid : Grid
        The cells of the arrays below, each (rows, columns).
    angle : float64
        Direction of the quarter's streets, radians.
    along_m, across_m : float64
        Distance between streets in that direction, and across it, metres.
    allowed : bool
        Whether minor streets may be built there.
    town : bool
        Whether it belongs to the town proper, not to a village.
    quarter : int64
        Index of the quarter the cell belongs to.
    """

    grid: Grid
    angle: FloatArray
    along_m: FloatArray
    across_m: FloatArray
    allowed: NDArray[np.bool_]
    town: NDArray[np.bool_]
    quarter: NDArray[np.int64]


def street_field(
    rng: np.random.Generator, terrain: Terrain, quarters: list[Quarter], parks: list[Park]
) -> StreetField:
    """Mix the quarters' directions with those of river, contours and chance.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the irregularity.
    terrain : Terrain
        River, railway, slopes.
    quarters, parks : list
        What is built on, and what is kept free.

    Returns
    -------
    StreetField
        On cells of 20 m.
    """
    grid = Grid(20.0)
    x, y = grid.x_m, grid.y_m
    edge = Noise(rng, 420.0)(x, y)
    nearness = np.array([_nearness(q, x, y, edge) for q in quarters])
    quarter = nearness.argmax(axis=0)
    built = np.exp(-2 * (1 - np.minimum(nearness, 1)) ** 2).sum(axis=0) > 0.115
    angle = _angles(rng, terrain, quarters, grid, nearness, quarter)
    built = binary_fill_holes(built)
    along = np.array([q.spacing_m[0] for q in quarters])[quarter]
    across = np.array([q.spacing_m[1] for q in quarters])[quarter]
    river = np.abs(terrain.river_distance(x, y))
    rail = np.abs(terrain.rail_distance(x, y))
    slope = _resample(terrain.slope, terrain.grid, grid)
    allowed = built & (river > EMBANKMENT_M - 6) & (rail > RAIL_CLEARANCE_M)
    allowed &= slope < STEEPEST
    green = unary_union([Polygon(park.xy).buffer(0) for park in parks])
    allowed &= ~contains_xy(green, x, y)
    village = np.array([q.kind == "village" for q in quarters])[quarter]
    return StreetField(grid, angle, along * 1.0, across * 1.0, allowed, ~village, quarter)


def _nearness(quarter: Quarter, x: FloatArray, y: FloatArray, edge: FloatArray) -> FloatArray:
    """Return 1 in a quarter's middle, 0 at its uneven edge, negative beyond."""
    distance = np.hypot(x - quarter.x_m, y - quarter.y_m)
    nearness: FloatArray = 1 + 0.13 * edge - distance / quarter.radius_m
    return nearness


def _angles(
    rng: np.random.Generator,
    terrain: Terrain,
    quarters: list[Quarter],
    grid: Grid,
    nearness: FloatArray,
    quarter: NDArray[np.int64],
) -> FloatArray:
    """Add directions as vectors of the doubled angle, so that opposite ones agree."""
    x, y = grid.x_m, grid.y_m
    uphill = _resample(terrain.uphill, terrain.grid, grid)
    slope = _resample(terrain.slope, terrain.grid, grid)
    cos, sin = np.zeros(x.shape), np.zeros(x.shape)
    for q, near in zip(quarters, nearness, strict=True):
        weight = np.exp(-3.0 * (1 - np.clip(near, -2, 1)) ** 2)
        theta = uphill + np.pi / 2 if q.angle is None else np.full(x.shape, q.angle)
        cos += weight * np.cos(2 * theta)
        sin += weight * np.sin(2 * theta)
    bank = np.arctan(np.gradient(terrain.river_y(x[0]), grid.cell_m))[None, :]
    weight = 1.6 * np.exp(-((terrain.river_distance(x, y) / 190) ** 2))
    cos += weight * np.cos(2 * bank)
    sin += weight * np.sin(2 * bank)
    weight = np.clip(slope - 0.07, 0, 0.1) * 14
    cos += weight * np.cos(2 * uphill + np.pi)
    sin += weight * np.sin(2 * uphill + np.pi)
    wildness = {"old": 0.42, "dense": 0.07, "works": 0.05, "suburb": 0.16, "estate": 0.3}
    amount = np.array([wildness.get(q.kind, 0.35) for q in quarters])[quarter]
    noise = np.where(amount > 0.4, Noise(rng, 210.0)(x, y), Noise(rng, 900.0)(x, y))
    angle: FloatArray = 0.5 * np.arctan2(sin, cos) + amount * noise
    return angle


def _resample(values: FloatArray, source: Grid, target: Grid) -> FloatArray:
    """Look up a coarse field at the cells of a finer grid."""
    xy = np.column_stack([target.x_m.ravel(), target.y_m.ravel()])
    return source.sample(values, xy).reshape(target.x_m.shape).astype(np.float64)

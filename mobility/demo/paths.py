"""Tracks through fields and woods, and the cycle route along the river."""

import numpy as np

from mobility.demo.field import StreetField
from mobility.demo.layout import Road
from mobility.demo.plane import HALF_HEIGHT_M, HALF_WIDTH_M, FloatArray, Noise
from mobility.demo.terrain import Terrain

TRACKS = 70
STEP_M = 45.0
COUNTRY = frozenset({"primary", "secondary", "tertiary", "unclassified"})


def river_route(terrain: Terrain, river_name: str) -> list[Road]:
    """Draw the cycle route along the north bank, outside the town's embankment."""
    found: list[Road] = []
    for first, last in ((-HALF_WIDTH_M, -2200.0), (2400.0, HALF_WIDTH_M)):
        x = np.arange(first, last + 1, 40.0)
        y = terrain.river_y(x)
        slope = np.gradient(y, x)
        shift = 63.0 * np.sqrt(1 + slope**2)
        xy = np.column_stack([x, y + shift])
        found.append(Road(f"{river_name}radweg", "cycleway", xy))
    return found


def tracks(
    rng: np.random.Generator, terrain: Terrain, field: StreetField, main: list[Road]
) -> list[Road]:
    """Lead tracks from the country roads into fields and woods.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they begin and how they wind.
    terrain : Terrain
        River and railway, which they do not cross.
    field : StreetField
        The built-up parts, where they end.
    main : list of Road
        Roads they start from.

    Returns
    -------
    list of Road
        Class ``track``, without names.
    """
    bend = Noise(rng, 1500.0)
    country = [road for road in main if road.highway in COUNTRY and len(road.xy) > 40]
    found: list[Road] = []
    while len(found) < TRACKS:
        road = country[int(rng.integers(len(country)))]
        i = int(rng.integers(5, len(road.xy) - 5))
        along = road.xy[i + 1] - road.xy[i]
        heading = float(np.arctan2(along[1], along[0]) + rng.choice([-1, 1]) * np.pi / 2)
        if not _open(terrain, field, road.xy[i]):
            continue
        xy = _wander(rng, terrain, field, road.xy[i], heading, bend)
        if len(xy) > 6:
            found.append(Road("", "track", xy))
    return found


def _wander(
    rng: np.random.Generator,
    terrain: Terrain,
    field: StreetField,
    start: FloatArray,
    heading: float,
    bend: Noise,
) -> FloatArray:
    points = [start]
    for _ in range(int(rng.integers(14, 42))):
        x, y = points[-1]
        turned = heading + 0.9 * float(bend(np.array(x), np.array(y)))
        nxt = np.array([x + STEP_M * np.cos(turned), y + STEP_M * np.sin(turned)])
        if not _open(terrain, field, nxt):
            break
        points.append(nxt)
    return np.array(points)


def _open(terrain: Terrain, field: StreetField, xy: FloatArray) -> bool:
    """Tell whether a place is open country."""
    x, y = np.array(xy[0]), np.array(xy[1])
    if abs(x) > HALF_WIDTH_M - 100 or abs(y) > HALF_HEIGHT_M - 100:
        return False
    if abs(terrain.river_distance(x, y)) < 130 or abs(terrain.rail_distance(x, y)) < 90:
        return False
    return not bool(field.grid.sample(field.allowed, xy[None, :])[0])

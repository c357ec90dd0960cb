"""Areas of the map: water, woods, built-up land, parks, and the lines of river and rail."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from rasterio.transform import Affine
from shapely.geometry import shape

from mobility.demo.layout import Park
from mobility.demo.plane import HALF_HEIGHT_M, HALF_WIDTH_M, FloatArray, Grid, Noise
from mobility.demo.streetplan import TownPlan
from mobility.demo.terrain import RIVER_HALF_WIDTH_M, Terrain

PARK_TAGS = {
    "park": {"leisure": "park"},
    "castle": {"leisure": "park"},
    "cemetery": {"landuse": "cemetery"},
    "pitch": {"leisure": "sports_centre"},
    "lake": {"natural": "water", "water": "lake"},
}


@dataclass(frozen=True)
class Feature:
    """A line or closed area of the map.

    Parameters
    ----------
    xy : float64, (n, 2)
        Course in metres; closed where first and last are equal.
    tags : dict of str
        OpenStreetMap tags.
    """

    xy: FloatArray
    tags: dict[str, str]


def landscape(rng: np.random.Generator, plan: TownPlan) -> list[Feature]:
    """Draw everything that is neither street nor house."""
    river = plan.terrain.river()
    return [
        *_woods(rng, plan),
        *_built_up(plan),
        *_meadows(plan.terrain),
        *(_park(park) for park in plan.parks),
        Feature(_band(river), {"natural": "water", "water": "river", "name": plan.names.river}),
        Feature(river, {"waterway": "river", "name": plan.names.river}),
        *_rails(plan),
    ]


def _park(park: Park) -> Feature:
    return Feature(park.xy, PARK_TAGS[park.kind] | {"name": park.name})


def _band(river: FloatArray) -> FloatArray:
    """Return the outline of the river's water."""
    area = shapely.LineString(river).buffer(RIVER_HALF_WIDTH_M, cap_style="flat")
    return shapely.get_coordinates(shapely.simplify(shapely.boundary(area), 0.8))


def _rails(plan: TownPlan) -> list[Feature]:
    """Draw the main line with two tracks, and sidings at the station."""
    tags = {"railway": "rail", "electrified": "contact_line", "gauge": "1435", "usage": "main"}
    rail = plan.terrain.rail()
    siding = rail[np.abs(rail[:, 0]) < 520]
    found = [Feature(rail + np.array([0, d]), tags) for d in (-2.2, 2.2)]
    yard = {"railway": "rail", "service": "siding", "gauge": "1435"}
    return [*found, *(Feature(siding + np.array([0, d]), yard) for d in (-9.0, 9.0))]


def _woods(rng: np.random.Generator, plan: TownPlan) -> list[Feature]:
    """Cover the hills with woods, with clearings."""
    grid = Grid(80.0)
    x, y = grid.x_m, grid.y_m
    wanted = Noise(rng, 2400.0)(x, y) + plan.terrain.elevation(x, y) / 85.0
    settled = np.min([np.hypot(x - q.x_m, y - q.y_m) / q.radius_m for q in plan.quarters], axis=0)
    clear = np.abs(plan.terrain.river_distance(x, y)) > 700
    return _areas(grid, (wanted > 3.35) & (settled > 1.55) & clear, {"natural": "wood"}, 120.0)


def _built_up(plan: TownPlan) -> list[Feature]:
    """Outline the built-up land by use."""
    grid = plan.field.grid
    works = np.array([q.kind == "works" for q in plan.quarters])[plan.field.quarter]
    land = plan.field.allowed
    return [
        *_areas(grid, land & ~works, {"landuse": "residential"}, 30.0),
        *_areas(grid, land & works, {"landuse": "industrial"}, 30.0),
    ]


def _meadows(terrain: Terrain) -> list[Feature]:
    """Draw the flood meadows along the river outside the town."""
    found = []
    for first, last in ((-7900, -6200), (-4600, -2500), (2700, 4700), (6100, 7900)):
        x = np.arange(first, last + 1, 60.0)
        for near, far in ((70, 210), (-70, -190)):
            swell = 1 + 0.3 * np.sin(x / 230)
            inner = np.column_stack([x, terrain.river_y(x) + near])
            outer = np.column_stack([x, terrain.river_y(x) + far * swell])
            outline = np.vstack([inner, outer[::-1], inner[:1]])
            found.append(Feature(outline, {"landuse": "meadow"}))
    return found


def _areas(
    grid: Grid, mask: NDArray[np.bool_], tags: dict[str, str], smooth_m: float
) -> list[Feature]:
    """Turn cells into smooth outlines; holes and specks are dropped."""
    step = grid.cell_m
    transform = Affine(step, 0, -HALF_WIDTH_M, 0, step, -HALF_HEIGHT_M)
    found = []
    for geometry, value in shapes(mask.astype(np.uint8), mask=mask, transform=transform):
        area = shape(geometry)
        if not value or area.area < 30_000:
            continue
        inner = (
            shapely.Polygon(shapely.get_exterior_ring(area)).buffer(smooth_m).buffer(-2 * smooth_m)
        )
        outline = inner.buffer(smooth_m).simplify(smooth_m / 6)
        for part in shapely.get_parts(outline):
            if part.area > 20_000:
                found.append(Feature(shapely.get_coordinates(part.boundary), tags))
    return found


def tramways(plan: TownPlan, tram_edges: set[int]) -> list[Feature]:
    """Draw the tram's rails in the streets it uses."""
    edges = plan.streets.edges
    return [Feature(edges[i].xy, {"railway": "tram", "gauge": "1000"}) for i in sorted(tram_edges)]

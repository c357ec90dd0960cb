"""Sets houses along the streets and numbers them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon

from mobility.demo.network import Edge
from mobility.demo.plane import FloatArray
from mobility.demo.streetplan import TownPlan
from mobility.demo.tags import edge_kinds
from mobility.demo.terrain import RIVER_HALF_WIDTH_M

# lot width, house depth, distance of the front from the middle of the street, all in metres
LOTS: Final = {
    "old": (11.0, 11.0, 5.0), "dense": (17.0, 13.0, 9.0), "suburb": (22.0, 11.0, 11.5),
    "estate": (21.0, 10.0, 11.0), "village": (24.0, 12.0, 10.5), "works": (58.0, 34.0, 15.0),
}  # fmt: skip
BUILT: Final = frozenset({"residential", "living_street", "pedestrian", "tertiary", "secondary"})


@dataclass(frozen=True)
class Houses:
    """Houses with their addresses, row by row.

    Parameters
    ----------
    xy : float64, (n, 2)
        Middle of each house, metres.
    corners : float64, (n, 4, 2)
        Its outline, metres, counter-clockwise.
    street : list of str
        Street of the address.
    number : list of str
        House number.
    kind : list of str
        Kind of quarter it stands in.
    """

    xy: FloatArray
    corners: FloatArray
    street: list[str]
    number: list[str]
    kind: list[str]


@dataclass
class _Lots:
    """What is wanted, before it is checked for room."""

    xy: list[FloatArray]
    along: list[FloatArray]
    size: list[tuple[float, float]]
    street: list[str]
    number: list[str]
    kind: list[str]


def build_houses(rng: np.random.Generator, plan: TownPlan) -> Houses:
    """Place a house on every lot that has room for it.

    Parameters
    ----------
    rng : numpy.random.Generator
        Sizes, and lots left empty.
    plan : TownPlan
        The town with tagged streets.

    Returns
    -------
    Houses
        Numbers are odd on the left of a street's course and even on its right.
    """
    lots = _Lots([], [], [], [], [], [])
    counters: dict[str, list[int]] = {}
    for edge, kind in zip(plan.streets.edges, edge_kinds(plan), strict=True):
        named = "name" in edge.tags and edge.highway in BUILT and "bridge" not in edge.tags
        if named and kind in LOTS:
            _line_up(rng, edge, kind, counters.setdefault(edge.tags["name"], [1, 2]), lots)
    xy, along, size = np.array(lots.xy), np.array(lots.along), np.array(lots.size)
    corners = _rectangles(xy, along, size)
    kept = np.flatnonzero(_free(plan, xy, corners))
    return Houses(
        xy[kept],
        corners[kept],
        [lots.street[i] for i in kept],
        [lots.number[i] for i in kept],
        [lots.kind[i] for i in kept],
    )


def _line_up(
    rng: np.random.Generator, edge: Edge, kind: str, counter: list[int], lots: _Lots
) -> None:
    """Offer lots on both sides of one edge."""
    width, depth, front = LOTS[kind]
    front += 3.0 if edge.highway in {"tertiary", "secondary"} else 0.0
    line = LineString(edge.xy)
    positions = np.arange(8 + width / 2, line.length - 6 - width / 2, width)
    for at in positions:
        here, ahead = (np.array(line.interpolate(at + d).coords[0]) for d in (-1.5, 1.5))
        along = (ahead - here) / max(float(np.hypot(*(ahead - here))), 1e-9)
        for side, normal in enumerate(((-along[1], along[0]), (along[1], -along[0]))):
            if rng.random() < 0.07:
                continue
            deep = depth * rng.uniform(0.85, 1.2)
            lots.xy.append((here + ahead) / 2 + np.array(normal) * (front + deep / 2))
            lots.along.append(along)
            share = rng.uniform(0.93, 1.0) if kind in {"old", "dense"} else rng.uniform(0.55, 0.75)
            lots.size.append((width * share, deep))
            lots.street.append(edge.tags["name"])
            lots.number.append(str(counter[side]))
            lots.kind.append(kind)
            counter[side] += 2


def _rectangles(xy: FloatArray, along: FloatArray, size: FloatArray) -> FloatArray:
    """Return corners (n, 4, 2) of rectangles from middle, direction and size."""
    across = np.column_stack([-along[:, 1], along[:, 0]])
    half_w, half_d = along * size[:, :1] / 2, across * size[:, 1:] / 2
    return np.stack(
        [xy - half_w - half_d, xy + half_w - half_d, xy + half_w + half_d, xy - half_w + half_d],
        axis=1,
    )


def _free(plan: TownPlan, xy: FloatArray, corners: FloatArray) -> NDArray[np.bool_]:
    """Tell which houses touch no street, water, rail, park or earlier house."""
    houses = np.array([Polygon(outline) for outline in corners], dtype=object)
    lines = np.array([LineString(edge.xy) for edge in plan.streets.edges], dtype=object)
    free: NDArray[np.bool_] = np.ones(len(houses), dtype=np.bool_)
    touching, _ = shapely.STRtree(lines).query(houses, predicate="dwithin", distance=3.2)
    free[touching] = False
    river = np.abs(plan.terrain.river_distance(xy[:, 0], xy[:, 1]))
    rail = np.abs(plan.terrain.rail_distance(xy[:, 0], xy[:, 1]))
    free[(river < RIVER_HALF_WIDTH_M + 12) | (rail < 16)] = False
    green = np.array([Polygon(park.xy).buffer(0) for park in plan.parks], dtype=object)
    inside, _ = shapely.STRtree(green).query(houses, predicate="intersects")
    free[inside] = False
    left = np.flatnonzero(free)
    smaller = xy[left, None] + (corners[left] - xy[left, None]) * 0.94
    shrunk = np.array([Polygon(outline) for outline in smaller], dtype=object)
    first, second = shapely.STRtree(shrunk).query(shrunk, predicate="intersects")
    clash: dict[int, list[int]] = {}
    for a, b in zip(first, second, strict=True):
        if b < a:
            clash.setdefault(int(a), []).append(int(b))
    for a in sorted(clash):
        if any(free[left[b]] for b in clash[a]):
            free[left[a]] = False
    return free

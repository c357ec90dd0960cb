"""Areas where a field on a lattice is not negative: marching squares, with holes, always valid."""

from collections import defaultdict
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from routing.arrays import Float64, Int64

_NEAREST = 0.05
"""Share of a lattice step that a border keeps from every point, so that no two of its corners
fall together."""

# Sides of a square: 0 south, 1 east, 2 north, 3 west. Bits of a case: south-west 1, south-east 2,
# north-east 4, north-west 8. Segments run with the inside on their left.
_SEGMENTS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((0, 3),), 2: ((1, 0),), 3: ((1, 3),), 4: ((2, 1),), 5: ((0, 3), (2, 1)), 6: ((2, 0),),
    7: ((2, 3),), 8: ((3, 2),), 9: ((0, 2),), 10: ((1, 0), (3, 2)), 11: ((1, 2),), 12: ((3, 1),),
    13: ((0, 1),), 14: ((3, 0),),
}  # fmt: skip


def not_negative(field: NDArray[np.floating[Any]]) -> shapely.MultiPolygon:
    """Return the area where a field is at least 0, linear between its points.

    Parameters
    ----------
    field : float, (n_rows, n_columns)
        Value at row ``y`` and column ``x``; what lies beyond the lattice is outside.

    Returns
    -------
    shapely.MultiPolygon
        In lattice steps: the point of row ``y`` and column ``x`` is at (x, y).

    References
    ----------
    Lorensen & Cline (1987), Marching Cubes, in two dimensions.
    """
    value = np.pad(np.asarray(field, np.float64), 1, constant_values=-1.0)
    inside = value >= 0
    case = inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]
    starts, ends = [], []
    for number, segments in _SEGMENTS.items():
        rows, columns = np.nonzero(case == number)
        for start, end in segments:
            starts.append(_corner(rows, columns, start, value.shape[1]))
            ends.append(_corner(rows, columns, end, value.shape[1]))
    return _areas(np.concatenate(starts), np.concatenate(ends), value)


def _corner(rows: Int64, columns: Int64, side: int, width: int) -> Int64:
    """Return the number of the lattice edge that a side is: even along x, odd along y."""
    row = rows + (side == 2)
    column = columns + (side == 1)
    return 2 * (row * width + column) + side % 2


def _places(corner: Int64, value: Float64) -> Float64:
    """Return where the border crosses lattice edges, float64 (n, 2), the padding taken off."""
    point, upright = np.divmod(corner, 2)
    row, column = np.divmod(point, value.shape[1])
    here, there = value[row, column], value[row + upright, column + 1 - upright]
    share = np.clip(here / (here - there), _NEAREST, 1 - _NEAREST)
    return np.column_stack((column + share * (1 - upright), row + share * upright)) - 1.0


def _areas(start: Int64, end: Int64, value: Float64) -> shapely.MultiPolygon:
    """Join segments to rings, and holes to what is around them."""
    following: dict[int, int] = dict(zip(start.tolist(), end.tolist(), strict=True))
    shells: list[Float64] = []
    holes: list[Float64] = []
    while following:
        first, at = following.popitem()
        ring = [first]
        while at != first:
            ring.append(at)
            at = following.pop(at)
        lonlat = _places(np.array(ring, np.int64), value)
        is_shell = shapely.is_ccw(shapely.linearrings(lonlat))
        (shells if is_shell else holes).append(lonlat)
    areas = [shapely.Polygon(shell) for shell in shells]
    of_shell: dict[int, list[Float64]] = defaultdict(list)
    tree, size = shapely.STRtree(areas), shapely.area(areas)
    for hole in holes:
        around = tree.query(shapely.Point(hole[0]), predicate="within")
        of_shell[int(around[np.argmin(size[around])])].append(hole)
    return shapely.MultiPolygon(
        [(shell, of_shell.get(number, [])) for number, shell in enumerate(shells)]
    )

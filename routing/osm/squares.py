"""Squares are crossed: straight lines between the streets that end on their rims."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from routing.arrays import Float64, Int64
from routing.osm.tags import StreetTags

MOST_GATES = 40
"""Of squares where more streets end, the rims alone are walked."""


@dataclass(frozen=True, slots=True)
class Square:
    """An area one may walk on.

    Parameters
    ----------
    osm_id : int
        Of the way or relation, negative: its lines are no ways of OSM.
    street : StreetTags
        What its tags say.
    name : str
        May be empty.
    nodes : int64, (n,)
        OSM ids of the nodes of its rims.
    lonlat : float64, (n, 2)
        Their places, degrees.
    shape : shapely.Geometry
        The area, degrees.
    """

    osm_id: int
    street: StreetTags
    name: str
    nodes: Int64
    lonlat: Float64
    shape: shapely.Geometry


def crossings(
    squares: Sequence[Square], nodes: Int64
) -> Iterator[tuple[Square, list[int], Float64]]:
    """Yield each straight way over a square that stays inside it.

    Parameters
    ----------
    squares : sequence of Square
        Their rims are among the ways.
    nodes : int64, (n,)
        OSM ids of the nodes of all ways, one after the other.

    Yields
    ------
    tuple of Square, list of int, float64 (2, 2)
        The square, the nodes at both ends and their places.
    """
    rims = np.concatenate([np.zeros(0, np.int64), *(square.nodes for square in squares)])
    ids, times = np.unique(nodes[np.isin(nodes, rims)], return_counts=True)
    for square in squares:
        own, first, count = np.unique(square.nodes, return_index=True, return_counts=True)
        used = times[np.searchsorted(ids, own).clip(max=len(ids) - 1)] if len(ids) else count
        gates = first[used > count]
        if not 2 <= len(gates) <= MOST_GATES:
            continue
        a, b = (gates[side] for side in np.triu_indices(len(gates), 1))
        lines = shapely.linestrings(np.stack((square.lonlat[a], square.lonlat[b]), axis=1))
        shapely.prepare(square.shape)
        rim = shapely.boundary(square.shape)
        crosses = shapely.covers(square.shape, lines) & ~shapely.covers(rim, lines)
        for i in np.flatnonzero(crosses).tolist():
            ends = [a[i], b[i]]
            yield square, square.nodes[ends].tolist(), square.lonlat[ends]

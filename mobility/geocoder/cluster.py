"""Keep namesakes apart: pieces of one name that lie far from each other are different streets."""

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mobility.geocoder.model import StreetPiece

GAP_M = 300.0
"""A street continues across a gap of this length, such as a square or a missing piece."""

METRES_PER_DEGREE = 111_320.0


def group_streets(pieces: Sequence[StreetPiece], gap_m: float = GAP_M) -> list[list[int]]:
    """Group pieces into streets: same name, and no larger gap between them.

    Parameters
    ----------
    pieces : sequence of StreetPiece
        In any order.
    gap_m : float
        Largest gap within one street, metres.

    Returns
    -------
    list of list of int
        Positions in ``pieces``, ordered by the first piece of each street.
    """
    by_name: dict[str, list[int]] = defaultdict(list)
    for i, piece in enumerate(pieces):
        by_name[piece.name].append(i)
    groups: list[list[int]] = []
    for members in by_name.values():
        boxes = np.array([_box(pieces[i].lonlat) for i in members])
        labels = _components(boxes, gap_m)
        parts: dict[int, list[int]] = defaultdict(list)
        for member, label in zip(members, labels.tolist(), strict=True):
            parts[label].append(member)
        groups.extend(parts.values())
    return sorted(groups, key=lambda group: group[0])


def _box(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([lonlat.min(axis=0), lonlat.max(axis=0)])


def _components(boxes: NDArray[np.float64], gap_m: float) -> NDArray[np.int64]:
    """Label boxes, (n, 4), so that boxes nearer than the gap share a label."""
    n = len(boxes)
    dlat = gap_m / METRES_PER_DEGREE
    dlon = dlat / max(0.05, math.cos(math.radians(float(boxes[0, 1]))))
    labels = np.full(n, -1, dtype=np.int64)
    for seed in range(n):
        if labels[seed] >= 0:
            continue
        labels[seed] = seed
        queue = [seed]
        while queue:
            w, s, e, north = boxes[queue.pop()]
            near = (
                (labels < 0)
                & (boxes[:, 0] <= e + dlon)
                & (boxes[:, 2] >= w - dlon)
                & (boxes[:, 1] <= north + dlat)
                & (boxes[:, 3] >= s - dlat)
            )
            found = np.flatnonzero(near)
            labels[found] = seed
            queue.extend(found.tolist())
    return labels


def middle(lines: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """Return a point on one of the lines near the centre of them all, degrees."""
    points = np.concatenate(
        [line if len(line) > 2 else np.vstack([line, line.mean(axis=0)]) for line in lines]
    )
    centre = points.mean(axis=0)
    scale = np.array([math.cos(math.radians(float(centre[1]))), 1.0])
    best = int(np.argmin((((points - centre) * scale) ** 2).sum(axis=1)))
    return float(points[best, 0]), float(points[best, 1])

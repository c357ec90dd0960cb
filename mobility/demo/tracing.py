"""Traces evenly spaced streets through the direction field.

After Chen, Esch, Wonka, Müller & Zhang (2008), Interactive Procedural Street Modeling: streets are
stream lines of two perpendicular families, started a street's distance beside those already drawn.
"""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mobility.demo.field import StreetField
from mobility.demo.plane import FloatArray, Grid

STEP_M: Final = 14.0
SECTORS: Final = 8
ENOUGH: Final = 0.74  # a street ends where another comes nearer than this share of the spacing


class Occupied:
    """Remembers near which places a street of which direction already runs.

    Parameters
    ----------
    grid : Grid
        Cells of the memory.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._taken = np.zeros((SECTORS, grid.rows, grid.columns), dtype=bool)
        self._discs: dict[int, NDArray[np.bool_]] = {}

    def taken(self, cell: tuple[int, int], angle: float) -> bool:
        """Tell whether a street like one of this direction is too near."""
        return bool(self._taken[_sector(angle), cell[0], cell[1]])

    def add(self, xy: FloatArray, radius_m: FloatArray) -> None:
        """Keep others of like direction away from a line (n, 2) by ``radius_m`` (n,)."""
        along = np.gradient(xy, axis=0)
        angles = np.arctan2(along[:, 1], along[:, 0])
        for (x, y), angle, radius in zip(xy, angles, radius_m, strict=True):
            cell = self._grid.cell(x, y)
            if cell is not None:
                self._stamp(cell, _sector(angle), max(1, int(radius / self._grid.cell_m)))

    def _stamp(self, cell: tuple[int, int], sector: int, size: int) -> None:
        disc = self._discs.get(size)
        if disc is None:
            span = np.arange(-size, size + 1)
            disc = span[:, None] ** 2 + span[None, :] ** 2 <= size * size
            self._discs[size] = disc
        row, column = cell
        top, left = max(0, row - size), max(0, column - size)
        bottom = min(self._grid.rows, row + size + 1)
        right = min(self._grid.columns, column + size + 1)
        above, before = row - size, column - size
        part = disc[top - above : bottom - above, left - before : right - before]
        for near in (sector - 1, sector, sector + 1):
            self._taken[near % SECTORS, top:bottom, left:right] |= part


def _sector(angle: float) -> int:
    return int((angle % np.pi) / np.pi * SECTORS) % SECTORS


class Tracer:
    """Draws streets until no room is left.

    Parameters
    ----------
    field : StreetField
        Directions, spacings and where building is allowed.
    allowed : bool, (rows, columns)
        Where this tracer may draw.
    scale : float
        Factor on the spacings: above 1 for streets of a higher order.
    """

    def __init__(self, field: StreetField, allowed: NDArray[np.bool_], scale: float) -> None:
        self._field, self._allowed, self._scale = field, allowed, scale
        self._memory = Grid(10.0)
        self._occupied = Occupied(self._memory)

    def avoid(self, xy: FloatArray) -> None:
        """Keep away from a road (n, 2) drawn before."""
        self._occupied.add(xy, self._radius(xy))

    def draw(self, rng: np.random.Generator, seeds: FloatArray, least_m: float) -> list[FloatArray]:
        """Trace streets from seeds, then from beside each new street.

        Parameters
        ----------
        rng : numpy.random.Generator
            Chooses which family begins.
        seeds : float64, (n, 2)
            Where to try first, metres.
        least_m : float
            Shorter streets are dropped.

        Returns
        -------
        list of float64, (n, 2)
            The streets' courses.
        """
        queue = deque((float(x), float(y), int(rng.integers(2))) for x, y in seeds)
        found = []
        while queue:
            x, y, family = queue.popleft()
            line = self._trace(x, y, family)
            if (len(line) - 1) * STEP_M < least_m:
                continue
            self.avoid(line)
            found.append(line)
            queue.extend(self._beside(line, family))
        return found

    def _beside(self, line: FloatArray, family: int) -> list[tuple[float, float, int]]:
        """Offer places a spacing to the left and right, and on the line for the other family."""
        along = np.gradient(line, axis=0)
        normal = np.column_stack([-along[:, 1], along[:, 0]])
        normal /= np.hypot(normal[:, 0], normal[:, 1])[:, None]
        away = self._spacing(line, family)[:, None]
        offers = []
        for i in range(0, len(line), 4):
            for side in (1.02, -1.02):
                p = line[i] + side * away[i] * normal[i]
                offers.append((float(p[0]), float(p[1]), family))
            offers.append((float(line[i, 0]), float(line[i, 1]), 1 - family))
        return offers

    def _trace(self, x: float, y: float, family: int) -> FloatArray:
        forward = self._walk(x, y, family, 1.0)
        if not forward:
            return np.empty((0, 2))
        backward = self._walk(x, y, family, -1.0)
        return np.array([*backward[:0:-1], *forward])

    def _walk(self, x: float, y: float, family: int, sense: float) -> list[tuple[float, float]]:
        """Follow the field until something is in the way; no points where the start is bad."""
        grid, angles = self._field.grid, self._field.angle
        points: list[tuple[float, float]] = []
        heading: float | None = None
        for _ in range(260):
            cell = grid.cell(x, y)
            if cell is None or not self._allowed[cell]:
                break
            angle = float(angles[cell]) + family * np.pi / 2
            place = self._memory.cell(x, y)
            if place is None or self._occupied.taken(place, angle):
                break
            points.append((x, y))
            if heading is None:
                heading = angle if sense > 0 else angle + np.pi
            elif np.cos(angle - heading) < 0:
                angle += np.pi
            if len(points) > 1:
                heading = angle
            x, y = x + STEP_M * np.cos(heading), y + STEP_M * np.sin(heading)
        return points

    def _spacing(self, xy: FloatArray, family: int) -> FloatArray:
        source = self._field.along_m if family == 0 else self._field.across_m
        return self._field.grid.sample(source, xy).astype(np.float64) * self._scale

    def _radius(self, xy: FloatArray) -> FloatArray:
        """Choose the spacing of the family the line's direction belongs to."""
        along = np.gradient(xy, axis=0)
        heading = np.arctan2(along[:, 1], along[:, 0])
        field = self._field.grid.sample(self._field.angle, xy).astype(np.float64)
        first = np.abs(np.cos(heading - field)) > np.sqrt(0.5)
        spacing = np.where(first, self._spacing(xy, 0), self._spacing(xy, 1))
        radius: FloatArray = ENOUGH * spacing
        return radius

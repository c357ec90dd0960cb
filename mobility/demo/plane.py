"""A flat plane in metres around the fictional market square, and smooth noise upon it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# The square lies in what is forest in reality: no real town can be mistaken for this one.
ORIGIN_LON: Final = 9.30
ORIGIN_LAT: Final = 49.90
METRES_PER_LAT: Final = 111_229.0  # WGS84 at 49.9 degrees north
METRES_PER_LON: Final = 71_840.0
HALF_WIDTH_M: Final = 8_000.0
HALF_HEIGHT_M: Final = 6_000.0


def to_lonlat(xy: FloatArray) -> FloatArray:
    """Turn plane coordinates into longitude and latitude.

    Parameters
    ----------
    xy : float64, (..., 2)
        Metres east and north of the market square.

    Returns
    -------
    float64, (..., 2)
        Degrees lon, lat (EPSG:4326), rounded to 1e-7 as in OpenStreetMap.
    """
    scale = np.array([METRES_PER_LON, METRES_PER_LAT])
    lonlat: FloatArray = np.round(xy / scale + (ORIGIN_LON, ORIGIN_LAT), 7)
    return lonlat


def to_plane(lonlat: FloatArray) -> FloatArray:
    """Turn longitude and latitude (EPSG:4326, degrees) into metres on the plane.

    Parameters
    ----------
    lonlat : float64, (..., 2)
        Degrees lon, lat.

    Returns
    -------
    float64, (..., 2)
        Metres east and north of the market square.
    """
    scale = np.array([METRES_PER_LON, METRES_PER_LAT])
    xy: FloatArray = (lonlat - (ORIGIN_LON, ORIGIN_LAT)) * scale
    return xy


class Noise:
    """Smooth noise of about unit amplitude: a sum of random plane waves.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of directions and phases.
    length_m : float
        Typical wave length in metres.
    waves : int
        Number of waves added.
    """

    def __init__(self, rng: np.random.Generator, length_m: float, waves: int = 12) -> None:
        angle = rng.uniform(0, 2 * np.pi, waves)
        number = 2 * np.pi / (length_m * rng.uniform(0.6, 1.6, waves))
        self._kx, self._ky = number * np.cos(angle), number * np.sin(angle)
        self._phase = rng.uniform(0, 2 * np.pi, waves)

    def __call__(self, x_m: FloatArray, y_m: FloatArray) -> FloatArray:
        """Evaluate at positions of any one shape; metres in, unitless out."""
        total = np.zeros(np.broadcast(x_m, y_m).shape)
        for kx, ky, phase in zip(self._kx, self._ky, self._phase, strict=True):
            total += np.sin(kx * x_m + ky * y_m + phase)
        scaled: FloatArray = total * np.sqrt(2.0 / self._phase.size)
        return scaled


class Grid:
    """Square cells over the whole region, for fields that are looked up often.

    Parameters
    ----------
    cell_m : float
        Side of one cell in metres.
    """

    def __init__(self, cell_m: float) -> None:
        self.cell_m = cell_m
        self.columns = int(2 * HALF_WIDTH_M / cell_m)
        self.rows = int(2 * HALF_HEIGHT_M / cell_m)
        x = -HALF_WIDTH_M + (np.arange(self.columns) + 0.5) * cell_m
        y = -HALF_HEIGHT_M + (np.arange(self.rows) + 0.5) * cell_m
        self.x_m, self.y_m = np.meshgrid(x, y)

    def cell(self, x_m: float, y_m: float) -> tuple[int, int] | None:
        """Return row and column of a position in metres, or None outside the region."""
        column = int((x_m + HALF_WIDTH_M) // self.cell_m)
        row = int((y_m + HALF_HEIGHT_M) // self.cell_m)
        if 0 <= row < self.rows and 0 <= column < self.columns:
            return row, column
        return None

    def sample(self, values: NDArray[np.generic], xy: FloatArray) -> NDArray[np.generic]:
        """Look up ``values`` (rows, columns) at positions ``xy`` (n, 2), clamped to the region."""
        column = ((xy[:, 0] + HALF_WIDTH_M) // self.cell_m).astype(np.int64)
        row = ((xy[:, 1] + HALF_HEIGHT_M) // self.cell_m).astype(np.int64)
        return values[np.clip(row, 0, self.rows - 1), np.clip(column, 0, self.columns - 1)]

"""The ground the town stands on: a river in its valley, a railway beside it, hills around."""

import numpy as np

from mobility.demo.plane import HALF_WIDTH_M, FloatArray, Grid, Noise

RIVER_HALF_WIDTH_M = 42.0
EMBANKMENT_M = 66.0  # from the middle of the river to the road along it
RAIL_CLEARANCE_M = 24.0
VALLEY_FLOOR_M = 148.0


class Terrain:
    """River, railway and heights of one town.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the shapes.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._phase = rng.uniform(-0.6, 0.6, 3)
        self._rolling = Noise(rng, 2600.0)
        self._fine = Noise(rng, 700.0)
        self._castle = np.array([-620.0 + rng.uniform(-60, 60), 30.0])
        self.grid = Grid(25.0)
        self.height_m = self.elevation(self.grid.x_m, self.grid.y_m)
        dy, dx = np.gradient(self.height_m, self.grid.cell_m)
        self.slope = np.hypot(dx, dy)
        self.uphill = np.arctan2(dy, dx)

    @property
    def castle(self) -> FloatArray:
        """Plane coordinates (2,) of the castle hill's top, metres."""
        return self._castle

    def river_y(self, x_m: FloatArray) -> FloatArray:
        """Return the y of the river's middle at each x, metres."""
        a, b, c = self._phase
        swing = 330 * (np.sin(x_m / 1500 + a) - np.sin(a))
        ripple = 120 * (np.sin(x_m / 640 + b) - np.sin(b)) * np.minimum(1, np.abs(x_m) / 2500)
        bend = 55 * (np.sin(x_m / 420 + c) - np.sin(c))
        y: FloatArray = -430 + swing + ripple + bend
        return y

    def rail_y(self, x_m: FloatArray) -> FloatArray:
        """Return the y of the railway at each x, metres: it follows the valley, smoothly."""
        a = self._phase[0]
        y: FloatArray = 640 + 300 * (np.sin(x_m / 1500 + a) - np.sin(a)) * 0.8
        return y

    def river(self) -> FloatArray:
        """Return the river's middle line from west to east, (n, 2) metres."""
        x = np.arange(-HALF_WIDTH_M, HALF_WIDTH_M + 1, 40.0)
        return np.column_stack([x, self.river_y(x)])

    def rail(self) -> FloatArray:
        """Return the railway's line from west to east, (n, 2) metres."""
        x = np.arange(-HALF_WIDTH_M, HALF_WIDTH_M + 1, 80.0)
        return np.column_stack([x, self.rail_y(x)])

    def river_distance(self, x_m: FloatArray, y_m: FloatArray) -> FloatArray:
        """Return about how far positions are from the river's middle, metres, signed north."""
        slope = (self.river_y(x_m + 5) - self.river_y(x_m - 5)) / 10
        distance: FloatArray = (y_m - self.river_y(x_m)) / np.sqrt(1 + slope**2)
        return distance

    def rail_distance(self, x_m: FloatArray, y_m: FloatArray) -> FloatArray:
        """Return about how far positions are from the railway, metres, signed north."""
        slope = (self.rail_y(x_m + 5) - self.rail_y(x_m - 5)) / 10
        distance: FloatArray = (y_m - self.rail_y(x_m)) / np.sqrt(1 + slope**2)
        return distance

    def elevation(self, x_m: FloatArray, y_m: FloatArray) -> FloatArray:
        """Return the height above sea level at positions of any one shape, metres."""
        away = self.river_distance(x_m, y_m)
        north, south = np.maximum(away, 0), np.maximum(-away, 0)
        rise = 190 * _smooth((north - 1500) / 2600) + 130 * _smooth((south - 1700) / 3200)
        rolling = 26 * self._rolling(x_m, y_m) * _smooth(np.abs(away) / 2500)
        fine = 2.5 * self._fine(x_m, y_m) * _smooth(np.abs(away) / 600)
        castle = 52 * np.exp(
            -((x_m - self._castle[0]) ** 2 + (y_m - self._castle[1]) ** 2) / (2 * 130.0**2)
        )
        terrace = 7 * _smooth(np.abs(away) / 700)
        height: FloatArray = VALLEY_FLOOR_M + terrace + rise + rolling + fine + castle
        return height


def _smooth(t: FloatArray) -> FloatArray:
    """Go smoothly from 0 at t = 0 to 1 at t = 1."""
    u = np.clip(t, 0, 1)
    eased: FloatArray = u * u * (3 - 2 * u)
    return eased

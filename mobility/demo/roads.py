"""The main roads, drawn by hand as it were: ring, radials, bridges, embankments, country roads."""

import numpy as np

from mobility.demo.layout import (
    BRIDGES_X,
    FOOTBRIDGE_X,
    Park,
    Quarter,
    Road,
    spline,
)
from mobility.demo.names import Names
from mobility.demo.plane import HALF_HEIGHT_M, HALF_WIDTH_M, FloatArray
from mobility.demo.terrain import EMBANKMENT_M, Terrain

Point = tuple[float, float]


class MainRoads:
    """Draws the main roads of one town.

    Parameters
    ----------
    terrain : Terrain
        River and railway.
    names : Names
        Street names.
    villages : list of Quarter
        In the order of `layout.VILLAGES`: W, NW, N, NE, E, SE, S, SW.
    """

    def __init__(self, terrain: Terrain, names: Names, villages: list[Quarter]) -> None:
        self._terrain = terrain
        self._names = names
        self._villages = villages

    def draw(self) -> list[Road]:
        """Return all main roads, the most important first."""
        return [
            *self._radials(),
            *self._rings(),
            *self._bridges(),
            *self._embankments(),
            *self._country(),
        ]

    def _river(self, x: float, d: float) -> Point:
        return x, float(self._terrain.river_y(np.array(x))) + d

    def _rail(self, x: float, d: float) -> Point:
        return x, float(self._terrain.rail_y(np.array(x))) + d

    def _middle(self, i: int) -> Point:
        return self._villages[i].x_m, self._villages[i].y_m

    def _to(self, i: int) -> str:
        return self._villages[i].name + "er Straße"

    def _radials(self) -> list[Road]:
        v = self._middle
        west = [self._river(x, 270) for x in (-2000.0, -2900.0, -3900.0)]
        east = [self._river(x, 290) for x in (2200.0, 3100.0, 4200.0)]
        over_west, over_east = self._river(-1180, 330), self._river(1360, 330)
        south_west, south_east = self._river(-1180, -330), self._river(1360, -330)
        square = (95.0, -800.0)
        nw, ne = self._rail(-790, -90), self._rail(950, -90)
        nw2, ne2 = self._rail(-900, 140), self._rail(1060, 130)
        lists: list[tuple[str, str, list[Point]]] = [
            (self._to(2), "primary", [(60, 320), self._rail(110, -70), self._rail(125, 90),
             (150, 1150), (290, 2050), (520, 3100), v(2), (640, 5200), (700, HALF_HEIGHT_M)]),
            (self._to(1), "secondary", [(-185, 240), nw, nw2, (-1400, 1300), (-2250, 1950),
             (-3200, 2700), v(1), (-5400, 4600), (-6300, HALF_HEIGHT_M)]),
            (self._to(3), "secondary", [(290, 250), ne, ne2, (1420, 1190), (2200, 1900),
             (3300, 2500), v(3), (5600, 4400), (6400, HALF_HEIGHT_M)]),
            (self._to(0), "primary", [(-180, -190), (-640, -215), over_west, *west, v(0),
             self._river(-6700, 420), self._river(-HALF_WIDTH_M, 380)]),
            (self._to(4), "primary", [(355, 20), (850, 30), over_east, *east, v(4),
             self._river(6700, 420), self._river(HALF_WIDTH_M, 380)]),
            (self._to(6), "primary", [(60, -285), self._river(60, 100), self._river(60, -110),
             square, (60, -1400), (40, -2100), (180, -3300), v(6), (300, -5400),
             (420, -HALF_HEIGHT_M)]),
            (self._to(7), "secondary", [square, (-520, -900), south_west, (-1900, -1560),
             (-2900, -2400), v(7), (-5300, -4600), (-6000, -HALF_HEIGHT_M)]),
            (self._to(5), "secondary", [square, (700, -860), south_east, (2150, -1450),
             (3200, -2300), v(5), (5700, -4500), (6500, -HALF_HEIGHT_M)]),
        ]  # fmt: skip
        return [Road(name, highway, spline(points)) for name, highway, points in lists]

    def _rings(self) -> list[Road]:
        t = np.linspace(0, 2 * np.pi, 49)
        wobble = 1 + 0.05 * np.sin(3 * t + 1) + 0.03 * np.sin(5 * t)
        ring = np.column_stack([60 + 300 * wobble * np.cos(t), 20 + 292 * wobble * np.sin(t)])
        ring[-1] = ring[0]
        north: list[Point] = [
            self._river(-2150, 262), self._rail(-2130, -60), self._rail(-2110, 90), (-2060, 1400),
            (-1750, 2000), (-900, 2420), (330, 2250), (1300, 2120), (2020, 1830), (2290, 1350),
            self._rail(2200, 90), self._rail(2230, -70), self._river(2300, 296),
        ]  # fmt: skip
        south: list[Point] = [(-1900, -1540), (-1100, -1780), (30, -1790), (1000, -1820),
                              (2120, -1430)]  # fmt: skip
        return [
            Road("Wallring", "secondary", ring),
            Road("Nordring", "secondary", spline(north)),
            Road("Südring", "tertiary", spline(south)),
        ]

    def _bridges(self) -> list[Road]:
        found = []
        named = ("Westbrücke", "", "Ostbrücke", "Untere Brücke", "Obere Brücke")
        for x, name in zip(BRIDGES_X, named, strict=True):
            if not name:
                continue  # the old bridge is part of the road south
            reach = 345 if abs(x) < 2000 else 460
            ends = [self._river(x, reach), self._river(x, 60), self._river(x, -60),
                    self._river(x, -345)]  # fmt: skip
            highway = "secondary" if abs(x) < 2000 else "tertiary"
            found.append(Road(name, highway, np.array(ends)))
        foot = [self._river(FOOTBRIDGE_X, 90), self._river(FOOTBRIDGE_X, -90)]
        return [*found, Road("Kettensteg", "cycleway", np.array(foot))]

    def _embankments(self) -> list[Road]:
        x = np.arange(-2250.0, 2451.0, 30.0)
        river = np.column_stack([x, self._terrain.river_y(x)])
        rail = np.column_stack([x, self._terrain.rail_y(x)])
        inner = (x > -1950) & (x < 2080)
        return [
            Road("Nordufer", "residential", _offset(river, EMBANKMENT_M)),
            Road("Südufer", "residential", _offset(river, -EMBANKMENT_M)),
            Road("Bahnhofstraße", "tertiary", _offset(rail[inner], -52)),
            Road("Güterstraße", "residential", _offset(rail[inner], 50)),
        ]

    def _country(self) -> list[Road]:
        v = self._middle
        low, high = self._river(-5250, -345), self._river(5300, -345)
        lists: list[tuple[str, list[Point]]] = [
            ("tertiary", [v(1), (-2900, 3700), (-1300, 3900), v(2)]),
            ("tertiary", [v(2), (1700, 3900), (3000, 3500), v(3)]),
            ("tertiary", [v(3), (5000, 2200), (5300, 1500), v(4)]),
            ("tertiary", [v(1), (-5000, 2300), (-5350, 1500), v(0)]),
            ("tertiary", [low, (-5050, -1500), (-4500, -2500), v(7)]),
            ("tertiary", [high, (5200, -1500), (4800, -2400), v(5)]),
            ("unclassified", [v(7), (-2500, -3900), (-1000, -4300), v(6)]),
            ("unclassified", [v(6), (1700, -4300), (3000, -3700), v(5)]),
        ]
        return [
            Road(self._names.street("village"), highway, spline(points))
            for highway, points in lists
        ]


def park_paths(rng: np.random.Generator, parks: list[Park]) -> list[Road]:
    """Draw the paths around and through the parks."""
    found = []
    for park in parks:
        middle = park.xy[:-1].mean(axis=0)
        around = middle + (park.xy - middle) * (1.06 if park.kind in {"lake", "pitch"} else 0.97)
        found.append(Road("", "footway" if park.kind != "lake" else "path", around))
        if park.kind in {"lake", "pitch"}:
            continue
        for _ in range(2 if park.kind == "park" else 3):
            i, j = rng.choice(40, 2, replace=False)
            bend = middle + rng.uniform(-25, 25, 2)
            points = [tuple(p) for p in (park.xy[i], bend, park.xy[j])]
            found.append(Road("", "footway", spline(points, 22.0)))
    return found


def _offset(xy: FloatArray, distance_m: float) -> FloatArray:
    """Shift a line to its left by a distance in metres."""
    along = np.gradient(xy, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    shifted: FloatArray = xy + distance_m * np.column_stack([-along[:, 1], along[:, 0]])
    return shifted

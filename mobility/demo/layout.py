"""Where things lie: quarters and villages, parks, and the main roads between them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mobility.demo.names import Names
from mobility.demo.plane import FloatArray
from mobility.demo.terrain import Terrain

# name, x, y, radius_m, angle in degrees (None: along the contours), spacings, kind, people
QUARTERS: Final = (
    ("Altstadt", 60, 40, 330, 12, (62, 58), "old", 3900),
    ("Westend", -400, 350, 300, -12, (80, 112), "dense", 2100),
    ("Innenstadt Ost", 640, -60, 300, 22, (78, 110), "dense", 2200),
    ("Nordstadt", 200, 1220, 640, 8, (88, 132), "dense", 9000),
    ("Weststadt", -1420, 420, 620, -24, (84, 128), "dense", 7600),
    ("Oststadt", 1280, 330, 640, 31, (86, 124), "dense", 8000),
    ("Südstadt", 120, -1180, 680, -10, (88, 126), "dense", 8800),
    ("Bergviertel", -1000, 1850, 640, None, (105, 150), "suburb", 3300),
    ("Klinikviertel", 1560, 1560, 600, 52, (100, 150), "suburb", 3500),
    ("Hafenviertel", -1480, -1080, 600, -38, (150, 210), "works", 1300),
    ("Finkensiedlung", 1640, -1260, 640, 20, (82, 140), "estate", 4600),
    ("Sonnenhang", -150, -2180, 560, None, (92, 140), "estate", 2900),
    ("Auwiesen", -2450, 900, 420, 62, (90, 130), "suburb", 1900),
    ("Gewerbepark Ost", 2600, 700, 560, 14, (150, 220), "works", 500),
)
VILLAGES: Final = (  # x, y (from the river where close to it), radius_m, people
    (-5400, 470, 400, 1500), (-4300, 3500, 340, 900), (500, 4300, 380, 1200),
    (4300, 3300, 340, 800), (5500, 480, 410, 1600), (4400, -3300, 350, 900),
    (350, -4700, 360, 1000), (-4100, -3400, 360, 800),
)  # fmt: skip
BESIDE_RIVER: Final = (0, 4)
BRIDGES_X: Final = (-1180.0, 60.0, 1360.0, -5250.0, 5300.0)
FOOTBRIDGE_X: Final = 640.0


@dataclass(frozen=True)
class Quarter:
    """A part of the town, or a village, with one character.

    Parameters
    ----------
    name, kind : str
        What it is called; old, dense, suburb, estate, works or village.
    x_m, y_m, radius_m : float
        Middle and size on the plane, metres.
    angle : float or None
        Direction of its streets in radians; None follows the contours.
    spacing_m : tuple of float
        Distance between parallel streets, along and across that direction.
    people : int
        Inhabitants.
    """

    name: str
    kind: str
    x_m: float
    y_m: float
    radius_m: float
    angle: float | None
    spacing_m: tuple[float, float]
    people: int


@dataclass(frozen=True)
class Road:
    """A line of the street plan before it meets the others.

    Parameters
    ----------
    name, highway : str
        Street name (may be empty) and OpenStreetMap class.
    xy : float64, (n, 2)
        Course in metres.
    """

    name: str
    highway: str
    xy: FloatArray


@dataclass(frozen=True)
class Park:
    """A green area that streets go around.

    Parameters
    ----------
    name, kind : str
        What it is called; park, cemetery, castle, pitch or lake.
    xy : float64, (n, 2)
        Closed outline in metres.
    """

    name: str
    kind: str
    xy: FloatArray


def quarters(rng: np.random.Generator, names: Names, terrain: Terrain) -> list[Quarter]:
    """Place the town's quarters and the villages around it."""
    found = []
    for name, x, y, radius, degrees, spacing, kind, people in QUARTERS:
        turn = rng.uniform(-8, 8)
        angle = None if degrees is None else float(np.radians(degrees + turn))
        shift = rng.uniform(-50, 50, 2) if kind != "old" else np.zeros(2)
        place = (float(x + shift[0]), float(y + shift[1]))
        found.append(Quarter(name, kind, *place, float(radius), angle, spacing, people))
    for i, (x, y, radius, people) in enumerate(VILLAGES):
        px, py = np.array([x, y], dtype=float) + rng.uniform(-220, 220, 2)
        if i in BESIDE_RIVER:
            py = float(terrain.river_y(np.array(px))) + y
        angle = float(rng.uniform(0, np.pi))
        place = (float(px), float(py))
        found.append(
            Quarter(names.village(), "village", *place, radius, angle, (84.0, 120.0), people)
        )
    return found


def spline(points: list[tuple[float, float]], step_m: float = 35.0) -> FloatArray:
    """Draw a smooth curve through points: a centripetal-free Catmull-Rom spline.

    Parameters
    ----------
    points : list of (x, y)
        At least two positions in metres.
    step_m : float
        Distance of the drawn points.

    Returns
    -------
    float64, (n, 2)
        Points of the curve in metres, both ends included.
    """
    p = np.array(points, dtype=float)
    padded = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(2, int(np.hypot(*(c - b)) / step_m))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
                   + (3 * b - a - 3 * c + d) * t**3)
        )  # fmt: skip
    return np.vstack([*pieces, p[-1:]])


def blob(
    rng: np.random.Generator, x_m: float, y_m: float, rx_m: float, ry_m: float, wobble: float
) -> FloatArray:
    """Draw a rounded outline, an ellipse with an uneven edge; (n, 2) metres, closed."""
    t = np.linspace(0, 2 * np.pi, 41)
    radius = np.ones_like(t)
    for k in (2, 3, 5):
        radius += wobble / k * np.sin(k * t + rng.uniform(0, 2 * np.pi))
    xy = np.column_stack([x_m + rx_m * radius * np.cos(t), y_m + ry_m * radius * np.sin(t)])
    xy[-1] = xy[0]
    return xy


def parks(rng: np.random.Generator, names: Names, terrain: Terrain) -> list[Park]:
    """Place the castle hill, the parks, the cemetery, the sports ground and the lake."""

    def by_river(x: float, d: float) -> tuple[float, float]:
        return x, float(terrain.river_y(np.array(x))) + d

    castle = (float(terrain.castle[0]), float(terrain.castle[1]))
    return [
        Park("Schlossberg", "castle", blob(rng, *castle, 190, 175, 0.08)),
        Park("Stadtpark", "park", blob(rng, *by_river(800, -230), 300, 125, 0.12)),
        Park("Volkspark", "park", blob(rng, 860, 1560, 180, 240, 0.15)),
        Park("Rosengarten", "park", blob(rng, 610, 250, 95, 80, 0.1)),
        Park("Hauptfriedhof", "cemetery", blob(rng, -560, 1330, 150, 120, 0.08)),
        Park("Südpark", "park", blob(rng, -560, -1600, 140, 170, 0.15)),
        Park("Sportpark " + names.river, "pitch", blob(rng, *by_river(2450, -480), 190, 130, 0.05)),
        Park("Baggersee", "lake", blob(rng, *by_river(3300, -620), 330, 190, 0.2)),
        Park("Westpark", "park", blob(rng, *by_river(-1950, -330), 190, 120, 0.15)),
    ]

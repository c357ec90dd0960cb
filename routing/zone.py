"""Guess the time zone of a place that no feed names: that of the nearest principal city."""

import importlib.resources
import math
import re
import zoneinfo
from pathlib import Path

_TABLE = "zone.tab"
_POSITION = re.compile(r"^([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?$")


def nearest_zone(lon: float, lat: float) -> str:
    """Return the IANA zone whose principal city is nearest; ``UTC`` without a table.

    Near a border the neighbour's city may be nearer, so a feed's or person's word goes first.

    Parameters
    ----------
    lon, lat : float
        Degrees, EPSG:4326.
    """
    best = (math.inf, "UTC")
    for line in _table().splitlines():
        parts = line.split("\t")
        match = None if line.startswith("#") or len(parts) < 3 else _POSITION.match(parts[1])
        if match:
            city_lat, city_lon = _degrees(match.groups()[:4]), _degrees(match.groups()[4:])
            best = min(best, (_distance(lon, lat, city_lon, city_lat), parts[2]))
    return best[1]


def _table() -> str:
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / _TABLE
        if path.is_file():
            return path.read_text(encoding="utf-8")
    try:
        source = importlib.resources.files("tzdata") / "zoneinfo" / _TABLE
        return source.read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError):
        return ""


def _degrees(parts: tuple[str | None, ...]) -> float:
    sign, degrees, minutes, seconds = parts
    size = int(degrees or 0) + int(minutes or 0) / 60 + int(seconds or 0) / 3600
    return -size if sign == "-" else size


def _distance(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return the haversine of the angle between two places: it orders as distance does."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_lat, half_lon = (phi_b - phi_a) / 2, math.radians(lon_b - lon_a) / 2
    return math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2

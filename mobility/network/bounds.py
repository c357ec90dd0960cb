"""Tell a position in the town from one that is outside, swapped or no position at all."""

import math
from dataclasses import dataclass

from mobility.errors import MobilityError


class InvalidBoundsError(MobilityError, ValueError):
    """Four numbers that enclose nothing."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in degrees, EPSG:4326.

    Raises
    ------
    InvalidBoundsError
        A corner is no position, or west is not west of east.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        corners = (self.west, self.south, self.east, self.north)
        if not all(math.isfinite(c) for c in corners):
            raise InvalidBoundsError(f"{corners} is no box: give finite W,S,E,N")
        if not (-180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90):
            raise InvalidBoundsError(
                f"{corners} is no box: give W,S,E,N in degrees, W below E and S below N"
            )

    def contains(self, lon: float, lat: float) -> bool:
        """Tell whether a position lies inside or on the edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def grown(self, margin_m: float) -> "Bounds":
        """Return the box with a margin in metres on each side."""
        dlat = margin_m / 111_320
        dlon = dlat / max(0.05, math.cos(math.radians((self.south + self.north) / 2)))
        return Bounds(
            max(-180.0, self.west - dlon),
            max(-90.0, self.south - dlat),
            min(180.0, self.east + dlon),
            min(90.0, self.north + dlat),
        )


def position_fault(
    lon: float | None, lat: float | None, bounds: Bounds | None
) -> tuple[str, str] | None:
    """Say what is wrong with a position.

    Parameters
    ----------
    lon, lat : float or None
        Degrees; ``None`` where the value could not be read.
    bounds : Bounds, optional
        The town; without it any place on Earth will do.

    Returns
    -------
    tuple of str or None
        Notice code and words, ``None`` where all is well.
    """
    if lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
        return "missing_position", "no finite longitude and latitude"
    swapped_fits = bounds is not None and bounds.contains(lat, lon)
    if abs(lon) > 180 or abs(lat) > 90:
        hint = "; the two are swapped" if swapped_fits else ""
        return "impossible_position", f"not a place on Earth{hint}"
    if lon == 0 and lat == 0:
        return "null_position", "longitude and latitude are both 0"
    if bounds is not None and not bounds.contains(lon, lat):
        if swapped_fits:
            return "swapped_position", "longitude and latitude are swapped"
        return "outside_area", "outside the town"
    return None

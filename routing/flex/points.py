"""Points where vehicles on demand are met, linked to the streets for cars."""

from dataclasses import dataclass

from routing.arrays import Float64
from routing.streets.graph import StreetGraph, StreetMode
from routing.streets.snap import SnapTable, snap_many


@dataclass(frozen=True)
class Points:
    """Where one may be met: a door, or some stops.

    Parameters
    ----------
    lon, lat : float64, (n,)
        Degrees, EPSG:4326.
    links : SnapTable, optional
        The same linked to the streets for cars; ``None`` without streets.
    """

    lon: Float64
    lat: Float64
    links: SnapTable | None

    @classmethod
    def of(cls, streets: StreetGraph | None, lon: Float64, lat: Float64) -> "Points":
        """Link points to the streets, if there are any."""
        links = None if streets is None else snap_many(streets, StreetMode.CAR, lon, lat)
        return cls(lon, lat, links)

"""Street legs before they have a time: their line, their length, the streets they follow."""

from typing import NamedTuple

import numpy as np

from routing.flex.model import OnDemand
from routing.journeys.steps import make_steps
from routing.model import LonLat, Place, Rental, Step
from routing.network import WALK_MPS
from routing.streets.graph import StreetGraph
from routing.streets.paths import StreetPath

DRAWN_OFF_M = 1.0
"""Shorter ways between a place and its street are not drawn."""


class StreetLeg(NamedTuple):
    """A walk, ride or drive over streets.

    Parameters
    ----------
    mode : str
        WALK, BICYCLE, CAR, RENTAL or FLEX.
    seconds : float
        Taking a shared vehicle and giving it back included.
    lonlat : float64, (n, 2)
        From ``origin`` to ``destination``.
    climb_m : float, optional
        Metres up, added up; ``None`` where no heights are known.
    """

    mode: str
    seconds: float
    length_m: float
    lonlat: LonLat
    origin: Place
    destination: Place
    steps: tuple[Step, ...] = ()
    rental: Rental | None = None
    estimated: bool = False
    climb_m: float | None = None
    on_demand: OnDemand | None = None

    def as_rental(self, rental: Rental, handling_s: float) -> "StreetLeg":
        """Return this ride as one on a shared vehicle, with the time to take and return it."""
        return self._replace(mode="RENTAL", rental=rental).taking_longer(handling_s)

    def taking_longer(self, extra_s: float) -> "StreetLeg":
        """Return this leg with the time to park or unlock a vehicle added."""
        return self._replace(seconds=self.seconds + extra_s)


def draw_leg(
    graph: StreetGraph,
    mode: str,
    path: StreetPath,
    origin: tuple[Place, float],
    destination: tuple[Place, float],
) -> StreetLeg:
    """Draw a path from one place to another.

    Parameters
    ----------
    origin, destination : tuple of (Place, float)
        The places, and the metres between each and the path's end, which are walked.
    """
    (start, start_off_m), (end, end_off_m) = origin, destination
    off_m = start_off_m + end_off_m
    lonlat, n = path.lonlat, len(path.lonlat)
    before, after = int(start_off_m > DRAWN_OFF_M), int(end_off_m > DRAWN_OFF_M)
    if before or after:
        lonlat = np.empty((before + n + after, 2))
        lonlat[0] = start.lon, start.lat
        lonlat[-1] = end.lon, end.lat
        lonlat[before : before + n] = path.lonlat
    return StreetLeg(
        mode=mode,
        seconds=path.duration_s + off_m / WALK_MPS,
        length_m=path.length_m + off_m,
        lonlat=lonlat,
        origin=start,
        destination=end,
        steps=make_steps(graph, path),
        climb_m=path.climb_m,
    )


def straight_leg(
    mode: str, origin: Place, destination: Place, detour: float, seconds: float
) -> StreetLeg:
    """Draw a straight line where no streets are known; its length is made ``detour`` longer."""
    lonlat = np.array([[origin.lon, origin.lat], [destination.lon, destination.lat]])
    metres = origin.metres_to(destination) * detour
    return StreetLeg(mode, seconds, metres, lonlat, origin, destination, estimated=True)

"""How long vehicles on demand drive between a door's side and stops or another door."""

from typing import Protocol

import numpy as np

from routing.arrays import Float32, Int32
from routing.flex.points import Points
from routing.geometry import distance_m
from routing.journeys.access import DETOUR, Side
from routing.journeys.drawing import StreetLeg, draw_leg, straight_leg
from routing.model import Mode, Place
from routing.streets.graph import StreetMode
from routing.streets.paces import off_street_mps
from routing.streets.snap import SnapTable

LONGEST_DRIVE_S = 3600
"""Drives are searched this far, before a feed's factor makes rides of them."""

STRAIGHT_MPS = 8.0
"""Speed along a straight line times ``DETOUR`` where there are no streets."""


class Drive(Protocol):
    """Rides between some points near a door and others; all walks are at the near points."""

    def seconds(self, far: Points) -> tuple[Float32, Int32]:
        """Return float32 seconds, walks included, and the near point of each; infinite, -1."""

    def leg(self, far: Points, row: int, near: Place, place: Place) -> StreetLeg | None:
        """Draw the ride between a near place and one of the far points, as it is travelled."""


def make_drive(side: Side, near: Points, walk_s: Int32, factor: float) -> Drive:
    """Return the rides between a door's side and elsewhere.

    Parameters
    ----------
    near : Points
        Where vehicles are met at this side.
    walk_s : int32, (n_near,)
        Seconds on foot between the door and each.
    factor : float
        What a ride takes as a multiple of a drive.
    """
    if near.links is None:
        return _StraightDrive(side.reverse, near, walk_s, factor)
    return _StreetDrive(side, near.links, walk_s, factor)


class _StreetDrive:
    def __init__(self, side: Side, near: SnapTable, walk_s: Int32, factor: float) -> None:
        self._side, self._near, self._factor = side, near, factor
        self._search = side.network.search(StreetMode.CAR)
        # Walks are no drives: the factor taken out of them here comes back with the rest.
        self._mps = off_street_mps(side.walking)
        before = (walk_s + near.off_s(self._mps)) / np.float32(factor)
        limit = LONGEST_DRIVE_S + float(walk_s.max(initial=0)) / factor
        self._reach = self._search.reach_from(near, before, limit, side.reverse)

    def seconds(self, far: Points) -> tuple[Float32, Int32]:
        assert far.links is not None  # noqa: S101 - there are streets
        seconds, source = self._search.many_with_source(self._reach, far.links)
        return seconds * np.float32(self._factor) + far.links.off_s(self._mps), source

    def leg(self, far: Points, row: int, near: Place, place: Place) -> StreetLeg | None:
        snap = None if far.links is None else far.links[row]
        path = None if snap is None else self._search.path(self._reach, snap)
        if snap is None or path is None:
            return None
        ends = [(near, float(self._near.distance_m[path.source])), (place, snap.distance_m)]
        if self._side.reverse:
            ends.reverse()
        return draw_leg(self._search.graph, Mode.FLEX, path, *ends)


class _StraightDrive:
    def __init__(self, reverse: bool, near: Points, walk_s: Int32, factor: float) -> None:
        self._reverse, self._near = reverse, near
        self._walk_s, self._factor = walk_s, factor

    def seconds(self, far: Points) -> tuple[Float32, Int32]:
        ways = [
            walk_s + self._factor * distance_m(x, y, far.lon, far.lat) * DETOUR / STRAIGHT_MPS
            for x, y, walk_s in zip(self._near.lon, self._near.lat, self._walk_s, strict=True)
        ]
        seconds = np.array(ways, np.float32).reshape(len(ways), len(far.lon))
        if not len(seconds):
            return np.full(len(far.lon), np.inf, np.float32), np.full(len(far.lon), -1, np.int32)
        source = seconds.argmin(axis=0).astype(np.int32)
        return seconds.min(axis=0), source

    def leg(self, far: Points, row: int, near: Place, place: Place) -> StreetLeg | None:
        ends = (place, near) if self._reverse else (near, place)
        return straight_leg(Mode.FLEX, *ends, DETOUR, 0.0)

"""Park and ride: one's own car, left on the street near a stop."""

import numpy as np

from routing.journeys.access import DETOUR, Side, StreetEnd, make_end, served_within
from routing.journeys.drawing import DRAWN_OFF_M, StreetLeg, straight_leg
from routing.model import Mode, Place
from routing.streets.graph import StreetMode
from routing.streets.paces import off_street_mps

CAR_PARK = "CAR_PARK"
"""Word for the combination of street modes that begins with one's own car."""

PARK_S = 120
"""Seconds to find a place, park and lock the car."""

FARTHEST_PARKING_M = 200.0
"""Stops farther than this from a street open to cars are not driven to."""


def park_end(side: Side) -> StreetEnd:
    """Find the stops to which one can drive: the car stays where the street passes them.

    Whether there is room to park is not known, so the walk from there is marked as estimated.
    """
    network, mode = side.network, StreetMode.CAR
    search, links = network.search(mode), network.stop_links(mode)
    reach = search.reach(side.seed(mode), side.request.max_access_ride_s)
    walk_s = links.off_s(off_street_mps(side.walking) / DETOUR)
    near = np.asarray(links.distance_m) <= FARTHEST_PARKING_M
    drive_s = search.many(reach, links)
    near &= drive_s <= side.request.max_access_ride_s
    seconds = np.where(near, drive_s + np.float32(PARK_S) + walk_s, np.float32(np.inf))

    def draw(stop: int) -> list[StreetLeg]:
        snap = links[stop]
        path = None if snap is None else search.path(reach, snap)
        if snap is None or path is None:
            return []
        goal = network.stop_place(stop)
        here = goal if snap.distance_m < DRAWN_OFF_M else Place(snap.lon, snap.lat)
        drive = side.draw(Mode.CAR, path, mode, here, 0.0).taking_longer(PARK_S)
        return [drive, straight_leg(Mode.WALK, here, goal, DETOUR, float(walk_s[stop]))]

    seconds, walk_s, drawn = side.to_stops(seconds, draw, walk_s)
    seconds = served_within(side, seconds, np.inf)
    return make_end(CAR_PARK, seconds, walk_s, drawn)

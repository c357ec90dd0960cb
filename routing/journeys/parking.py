"""Park and ride: one's own car, left in a car park, or on the street near a stop."""

import numpy as np

from routing.arrays import Bool, Float32, Float64
from routing.geometry import distance_m
from routing.journeys.access import DETOUR, Draw, Side, StreetEnd, make_end
from routing.journeys.drawing import DRAWN_OFF_M, StreetLeg, draw_leg, straight_leg
from routing.model import Mode, Place
from routing.streets.car_parks import CarParks
from routing.streets.graph import Profile, StreetMode
from routing.streets.paces import off_street_mps
from routing.streets.snap import SnapTable

CAR_PARK = "CAR_PARK"
"""Word for the combination of street modes that begins with one's own car."""

PARK_S = 120
"""Seconds to find a place, park and lock the car."""

FARTHEST_PARKING_M = 200.0
"""Stops and car parks farther than this from a street open to cars are not driven to."""

SPARED = 1 / 3
"""Of the straight line to the destination so much must be left where the car is parked; over places
on the way, of that to the next place and of all of them together."""

Found = tuple[Float32, Float32, Draw]
"""Seconds to each stop, those of them on foot, and how to draw the way."""


def park_end(side: Side, around_m: tuple[float, float] = (0.0, 0.0)) -> StreetEnd:
    """Find the stops to which one can drive and walk.

    Where car parks are known, the car stays in one of them, and one walks from there as one walks
    to any stop. Else it stays where the street passes the stop: whether there is room to park is
    not known then, so that the walk from there is marked as estimated.

    Parameters
    ----------
    side : Side
        The door from which one drives.
    around_m : tuple of float
        Metres that a journey over places has before this door, and after the destination.
    """
    network = side.network
    parks, links = network.car_parks, network.car_park_links(StreetMode.CAR)
    if parks is None or links is None:
        seconds, walk_s, draw = _on_the_street(side, around_m)
    else:
        seconds, walk_s, draw = _in_car_parks(side, parks, links, around_m)
    seconds, walk_s, drawn = side.to_stops(seconds, draw, walk_s)
    return make_end(CAR_PARK, seconds, walk_s, side.served, np.inf, drawn)


def _in_car_parks(
    side: Side, parks: CarParks, links: SnapTable, around_m: tuple[float, float]
) -> Found:
    network, request, walking = side.network, side.request, side.walking
    drive, walk = network.search(StreetMode.CAR), network.search(walking)
    on_foot = network.car_park_links(walking)
    assert on_foot is not None  # noqa: S101 - those for cars are there
    reach = drive.reach(side.seed(StreetMode.CAR), request.max_access_ride_s)
    drive_s = drive.many(reach, links) + links.off_s(off_street_mps(Profile.CAR))
    near = (drive_s <= request.max_access_ride_s) & (links.distance_m <= FARTHEST_PARKING_M)
    near &= _spares_driving(side, around_m, parks.lon, parks.lat)
    parked_s = np.where(near, drive_s + np.float32(PARK_S), np.float32(np.inf))
    stops, stop_off_s = network.stop_links(walking), network.stop_off_s(walking)
    off_s = on_foot.off_s(off_street_mps(walking))
    seconds = np.full(len(stops), np.inf, np.float32)
    walk_s, park = np.zeros_like(seconds), np.full(len(stops), -1, np.int32)
    # First the car park one arrives from earliest; where that is too far, the nearest on foot.
    for before_s in (parked_s, np.where(near, np.float32(0), np.float32(np.inf))):
        limit_s = float(before_s[near].max(initial=0)) + request.max_access_walk_s
        onward = walk.reach_from(on_foot, before_s + off_s, limit_s)
        total_s, row = walk.many_with_source(onward, stops)
        walked_s = total_s + stop_off_s - np.where(row >= 0, before_s[row], 0)
        fits = (walked_s <= request.max_access_walk_s) & (park < 0)
        seconds[fits] = (parked_s[row] + walked_s)[fits]
        walk_s[fits], park[fits] = walked_s[fits], row[fits]

    def draw(stop: int) -> list[StreetLeg]:
        row, goal = int(park[stop]), stops[stop]
        snap, begin = links[row], on_foot[row]
        if snap is None or begin is None or goal is None:
            return []
        ridden = drive.path(reach, snap)
        walked = walk.path(walk.reach([(begin, 0.0)], request.max_access_walk_s, False, goal), goal)
        if ridden is None or walked is None:
            return []
        place = parks.place(row)
        car = side.draw(Mode.CAR, ridden, StreetMode.CAR, place, snap.distance_m)
        ends = (place, begin.distance_m), (network.stop_place(stop), goal.distance_m)
        foot = draw_leg(walk.graph, Mode.WALK, walked, *ends)
        return [car.taking_longer(PARK_S), foot]

    return seconds, walk_s, draw


def _on_the_street(side: Side, around_m: tuple[float, float]) -> Found:
    network, mode = side.network, StreetMode.CAR
    search, links = network.search(mode), network.stop_links(mode)
    reach = search.reach(side.seed(mode), side.request.max_access_ride_s)
    walk_s = links.off_s(off_street_mps(side.walking) / DETOUR)
    drive_s = search.many(reach, links)
    near = np.asarray(links.distance_m) <= FARTHEST_PARKING_M
    near &= drive_s <= side.request.max_access_ride_s
    near &= _spares_driving(side, around_m, links.lon, links.lat)
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

    return seconds, walk_s, draw


def _spares_driving(side: Side, around_m: tuple[float, float], lon: Float64, lat: Float64) -> Bool:
    """Tell where a car can be left without having driven nearly all the way; bool, (n,)."""
    goal, start = side.request.destination, side.place
    before_m, after_m = around_m
    here_m = goal.metres_to(start)
    # Whoever drives away from the destination spares no more than from where the part begins.
    left_m = np.minimum(here_m, distance_m(goal.lon, goal.lat, np.asarray(lon), np.asarray(lat)))
    found: Bool = left_m >= SPARED * here_m
    found &= left_m + after_m >= SPARED * (before_m + here_m + after_m)
    return found

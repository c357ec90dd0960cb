"""How long it takes to pass an edge on foot, by bicycle and by car, and how agreeable it is."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from routing.arrays import Bool, Float32, Float64, Int64
from routing.streets.graph import EdgeFlag, Edges, Profile, RoadClass, Surface
from routing.streets.paces import (
    CYCLISTS,
    LANE_DISLIKE,
    PUSH_CLIMB_S,
    PUSH_MPS,
    PUSH_ON_STEPS_MPS,
    ROUGH_DISLIKE,
    STEEP_FROM_M,
    STEEPEST_ROLLED,
    STREET_DISLIKE,
    WALKERS,
    BikePace,
    WalkPace,
)

ELEVATOR_S = 45.0
"""Waiting for a lift and riding in it."""
FERRY_MPS = 10 / 3.6
"""Where OSM tells neither a crossing time nor a speed."""
FERRY_WAIT_S = 300.0
"""Waiting for a ferry, as OSM tells no departures: what Valhalla's ``ferry_cost`` is."""

BIKE_FASTEST_SHARE = 0.7
"""Downhill saves at the most the rest of the level time."""

_BIKE_CLASS = {
    RoadClass.CYCLEWAY: 4.7,
    RoadClass.LIVING_STREET: 3.6,
    RoadClass.SERVICE: 4.0,
    RoadClass.TRACK: 4.2,
    RoadClass.PATH: 3.8,
    RoadClass.FOOTWAY: 3.3,
    RoadClass.PEDESTRIAN: 2.8,
    RoadClass.BRIDLEWAY: 3.0,
    RoadClass.STEPS: PUSH_ON_STEPS_MPS,
    RoadClass.PLATFORM: 1.2,
    RoadClass.CORRIDOR: 1.2,
    RoadClass.ELEVATOR: 1.2,
}
BIKE_MPS = 4.4
_BIKE_SURFACE = {
    Surface.PAVERS: 0.93,
    Surface.COBBLES: 0.75,
    Surface.COMPACTED: 0.88,
    Surface.LOOSE: 0.65,
}
_CAR_CLASS = {
    RoadClass.MOTORWAY: (110, 0.92),
    RoadClass.TRUNK: (80, 0.85),
    RoadClass.PRIMARY: (50, 0.72),
    RoadClass.SECONDARY: (50, 0.70),
    RoadClass.TERTIARY: (50, 0.68),
    RoadClass.UNCLASSIFIED: (50, 0.68),
    RoadClass.RESIDENTIAL: (30, 0.75),
    RoadClass.LIVING_STREET: (10, 0.9),
    RoadClass.SERVICE: (20, 0.75),
    RoadClass.TRACK: (20, 0.75),
}
"""Speed limit in km/h where none is signed, and the share of it that is driven on average."""
_CAR_SURFACE = {Surface.COBBLES: 30.0, Surface.COMPACTED: 40.0, Surface.LOOSE: 20.0}
LINK_KMH = 45.0
DESTINATION_KMH = 12.0
"""Streets for residents only are driven at this pace, so that no way through pays."""


def edge_seconds(edges: Edges, profile: Profile, against: bool) -> Float32:
    """Return the time to pass each edge, whether the mode is allowed or not.

    Parameters
    ----------
    edges : Edges
        The edges.
    profile : Profile
        Who moves, and how.
    against : bool
        Against the drawn direction, which swaps up and down.

    Returns
    -------
    float32, (n_edges,)
        Seconds; 0 for the passage of a barrier; infinite where the profile cannot pass.
    """
    up, down = (edges.descent_m, edges.climb_m) if against else (edges.climb_m, edges.descent_m)
    length = edges.length_m.astype(np.float64)
    closed = np.zeros(len(length), bool)
    if profile in WALKERS:
        walker = WALKERS[profile]
        seconds = length / _walk_speed(edges, walker) + walker.climb_s * up
        closed = _closed_to_wheels(edges) if walker.rolls else closed
    elif profile in CYCLISTS:
        cyclist = CYCLISTS[profile]
        push = (edges.flags & EdgeFlag.PUSH) != 0
        walked = np.where(edges.road_class == RoadClass.STEPS, PUSH_ON_STEPS_MPS, PUSH_MPS)
        level = length / np.where(push, walked, _bike_speed(edges, cyclist))
        ridden = np.maximum(
            level + cyclist.climb_s * up - cyclist.descent_s * down, BIKE_FASTEST_SHARE * level
        )
        seconds = np.where(push, level + PUSH_CLIMB_S * up, ridden)
        closed = _closed_to_wide(edges) if cyclist.wide else closed
    else:
        seconds = length / _car_speed(edges)
    ferry = edges.road_class == RoadClass.FERRY
    sailing = np.where(edges.maxspeed_kmh > 0, edges.maxspeed_kmh / 3.6, FERRY_MPS)
    seconds = np.where(ferry, length / sailing + FERRY_WAIT_S / 2 * _landings(edges), seconds)
    lift = edges.road_class == RoadClass.ELEVATOR
    # a lift that is a node has a passage to each of its exits: two make one ride
    seconds += np.where(lift, np.where(edges.way_id == 0, ELEVATOR_S / 2, ELEVATOR_S), 0.0)
    return np.where(closed, np.inf, seconds).astype(np.float32)


def edge_dislike(edges: Edges) -> Float64:
    """Return how much longer each edge seems to who prefers quiet streets, float64, (n_edges,)."""
    factor: Float64 = _table(STREET_DISLIKE, 1.0)[edges.road_class]
    lane = (edges.flags & EdgeFlag.CYCLE_TRACK) != 0
    factor = np.where(lane, np.minimum(factor, LANE_DISLIKE), factor)
    return factor * _table(ROUGH_DISLIKE, 1.0)[edges.surface]


def _landings(edges: Edges) -> Int64:
    """Count the ends of each edge at which something other than a ferry goes on."""
    land = edges.road_class != RoadClass.FERRY
    on_land = np.zeros(max(edges.tail.max(initial=0), edges.head.max(initial=0)) + 1, np.int64)
    on_land[edges.tail[land]] = on_land[edges.head[land]] = 1
    return on_land[edges.tail] + on_land[edges.head]


def _table(values: Mapping[Any, float], default: float) -> Float64:
    table = np.full(256, default)
    for key, value in values.items():
        table[int(key)] = value
    return table


def _walk_speed(edges: Edges, pace: WalkPace) -> Float64:
    steps = (edges.road_class == RoadClass.STEPS) & ((edges.flags & EdgeFlag.ESCALATOR) == 0)
    share = _table(pace.surface, 1.0)[edges.surface]
    return np.where(steps, pace.steps_mps, pace.mps * share)


def _closed_to_wheels(edges: Edges) -> Bool:
    """Tell where steps, an escalator, a sign, a raised kerb or the gradient stops wheels."""
    steps = edges.road_class == RoadClass.STEPS
    steps &= (edges.flags & EdgeFlag.WHEELCHAIR_YES) == 0
    stopped = (edges.flags & (EdgeFlag.WHEELCHAIR_NO | EdgeFlag.ESCALATOR)) != 0
    rise = np.maximum(edges.climb_m, edges.descent_m)
    steep = (rise > STEEPEST_ROLLED * edges.length_m) & (edges.length_m >= STEEP_FROM_M)
    return np.asarray(steps | stopped | steep)


def _closed_to_wide(edges: Edges) -> Bool:
    """Tell where steps or a narrow barrier stops a cargo bike."""
    narrow = (edges.flags & EdgeFlag.NARROW) != 0
    return np.asarray(narrow | (edges.road_class == RoadClass.STEPS))


def _bike_speed(edges: Edges, pace: BikePace) -> Float64:
    speed: Float64 = pace.speed * _table(_BIKE_CLASS, BIKE_MPS)[edges.road_class]
    lane = (edges.flags & EdgeFlag.CYCLE_TRACK) != 0
    on_lane = pace.speed * _BIKE_CLASS[RoadClass.CYCLEWAY]
    speed = np.where(lane, np.maximum(speed, on_lane), speed)
    return speed * _table(_BIKE_SURFACE, 1.0)[edges.surface]


def _car_speed(edges: Edges) -> Float64:
    limit: Float64 = _table({k: v[0] for k, v in _CAR_CLASS.items()}, 10.0)[edges.road_class]
    share = _table({k: v[1] for k, v in _CAR_CLASS.items()}, 1.0)[edges.road_class]
    link = (edges.flags & EdgeFlag.LINK) != 0
    limit = np.where(link, np.minimum(limit, LINK_KMH), limit)
    limit = np.where(edges.maxspeed_kmh > 0, edges.maxspeed_kmh, limit)
    speed = np.minimum(limit * share, _table(_CAR_SURFACE, 1e3)[edges.surface])
    only_residents = (edges.flags & EdgeFlag.DESTINATION) != 0
    speed = np.where(only_residents, np.minimum(speed, DESTINATION_KMH), speed)
    return np.maximum(speed, 4.0) / 3.6

"""How long it takes to pass an edge on foot, by bicycle and by car."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from routing.arrays import Float32, Float64
from routing.streets.graph import EdgeFlag, Edges, RoadClass, StreetMode, Surface

WALK_MPS = 1.33
PUSH_MPS = 1.2
STEPS_MPS = 0.65
ELEVATOR_S = 45.0
FERRY_MPS = 10 / 3.6
"""Where OSM tells neither a crossing time nor a speed."""

WALK_CLIMB_S = 6.0
"""Further seconds per metre up on foot: an hour for 600 m (Naismith)."""
BIKE_CLIMB_S = 3.5
BIKE_DESCENT_S = 1.0
PUSH_CLIMB_S = 8.0
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
    RoadClass.STEPS: 0.4,
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


def edge_seconds(edges: Edges, mode: StreetMode, against: bool) -> Float32:
    """Return the time to pass each edge, whether allowed or not.

    Parameters
    ----------
    edges : Edges
        The edges.
    mode : StreetMode
        How one moves.
    against : bool
        Against the drawn direction, which swaps up and down.

    Returns
    -------
    float32, (n_edges,)
        Seconds; 0 for the passage of a barrier.
    """
    up, down = (edges.descent_m, edges.climb_m) if against else (edges.climb_m, edges.descent_m)
    length = edges.length_m.astype(np.float64)
    if mode is StreetMode.WALK:
        seconds = length / _walk_speed(edges) + WALK_CLIMB_S * up
    elif mode is StreetMode.BIKE:
        push = (edges.flags & EdgeFlag.PUSH) != 0
        level = length / np.where(push, PUSH_MPS, _bike_speed(edges))
        ridden = np.maximum(
            level + BIKE_CLIMB_S * up - BIKE_DESCENT_S * down, BIKE_FASTEST_SHARE * level
        )
        seconds = np.where(push, level + PUSH_CLIMB_S * up, ridden)
    else:
        seconds = length / _car_speed(edges)
    ferry = edges.road_class == RoadClass.FERRY
    sailing = np.where(edges.maxspeed_kmh > 0, edges.maxspeed_kmh / 3.6, FERRY_MPS)
    seconds = np.where(ferry, length / sailing, seconds)
    seconds += np.where(edges.road_class == RoadClass.ELEVATOR, ELEVATOR_S, 0.0)
    return seconds.astype(np.float32)


def _table(values: Mapping[Any, float], default: float) -> Float64:
    table = np.full(256, default)
    for key, value in values.items():
        table[int(key)] = value
    return table


def _walk_speed(edges: Edges) -> Float64:
    steps = (edges.road_class == RoadClass.STEPS) & ((edges.flags & EdgeFlag.ESCALATOR) == 0)
    return np.where(steps, STEPS_MPS, WALK_MPS)


def _bike_speed(edges: Edges) -> Float64:
    speed: Float64 = _table(_BIKE_CLASS, BIKE_MPS)[edges.road_class]
    lane = (edges.flags & EdgeFlag.CYCLE_TRACK) != 0
    speed = np.where(lane, np.maximum(speed, _BIKE_CLASS[RoadClass.CYCLEWAY]), speed)
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

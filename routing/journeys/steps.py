"""Turn by turn: what one would tell somebody who walks, rides or drives a way."""

import math

import numpy as np

from routing.arrays import UInt8
from routing.kernels.steps import find_steps
from routing.model import Step
from routing.streets.graph import EdgeFlag, RoadClass, StreetGraph, StreetMode
from routing.streets.paths import StreetPath

LOOK_M = 8.0
"""How far before and after a junction directions are looked at, metres."""
TINY_M = 5.0
"""Shorter steps are told as part of the next, unless they are stairs, a lift or a ferry."""
LANDING_M = 10.0
"""Shorter ways between two flights of stairs are told as part of the stairs."""
TURNS = (math.radians(17), math.radians(40), math.radians(115), math.radians(155))
"""Up to which angle one goes straight on, turns slightly, turns, and turns hard."""

_SIDES = [f"{word}{side}" for side in ("RIGHT", "LEFT") for word in ("SLIGHTLY_", "", "HARD_")]
DIRECTIONS = (
    "DEPART", "CONTINUE", *_SIDES[:3], "UTURN_RIGHT", *_SIDES[3:], "UTURN_LEFT",
    "ELEVATOR", "CIRCLE_COUNTERCLOCKWISE", "CIRCLE_CLOCKWISE",
)  # fmt: skip
"""Words of OpenTripPlanner, by the codes of :mod:`routing.kernels.steps`."""
_COMPASS = ("NORTH", "NORTHEAST", "EAST", "SOUTHEAST", "SOUTH", "SOUTHWEST", "WEST", "NORTHWEST")
_STAIRS = (None, "UP", "DOWN")
_IN_STATIONS = (None, None, None)

KINDS = (
    "passage", "street", "service", "track", "cycleway", "path", "footway", "bridleway", "stairs",
    "escalator", "elevator", "ferry",
)  # fmt: skip
"""What a step leads over; a passage through a barrier is never told."""
_WORDS = {
    RoadClass.BARRIER: "passage",
    RoadClass.SERVICE: "service",
    RoadClass.TRACK: "track",
    RoadClass.CYCLEWAY: "cycleway",
    RoadClass.PATH: "path",
    RoadClass.FOOTWAY: "footway",
    RoadClass.PLATFORM: "footway",
    RoadClass.CORRIDOR: "footway",
    RoadClass.STEPS: "stairs",
    RoadClass.ELEVATOR: "elevator",
    RoadClass.BRIDLEWAY: "bridleway",
    RoadClass.FERRY: "ferry",
}
"""Classes that are told as another kind than a street."""
_KIND_OF: UInt8 = np.array([KINDS.index(_WORDS.get(c, "street")) for c in RoadClass], np.uint8)
_SPECIAL = (
    KINDS.index("passage"),
    KINDS.index("stairs"),
    KINDS.index("escalator"),
    KINDS.index("elevator"),
)
_MARKS = {
    mode: (
        int(EdgeFlag.PUSH) if mode is StreetMode.BIKE else 0,
        0 if mode is StreetMode.WALK else int(EdgeFlag.ROUNDABOUT),
        int(EdgeFlag.ESCALATOR),
        int(EdgeFlag.UP),
        int(EdgeFlag.DOWN),
    )
    for mode in StreetMode
}
"""Flags that matter to who moves so."""


def make_steps(graph: StreetGraph, path: StreetPath) -> tuple[Step, ...]:
    """Describe a way as steps, in the words of OpenTripPlanner.

    A step begins where name or kind of the street changes, where a bicycle is pushed or mounted,
    at a roundabout (which is told to its exit), and at a turn of 40 degrees or more where one
    might have gone another way; bends of one street are not told, nor are flights and landings of
    one staircase.

    Parameters
    ----------
    graph : StreetGraph
        The streets.
    path : StreetPath
        The way on them.
    """
    n = len(path.edges)
    if not n:
        return ()
    edges, side = graph.edges, graph.modes[path.mode]
    what, where = np.empty((n, 7), np.int32), np.empty((n, 3), np.float64)
    count = find_steps(
        (path.edges, path.backward, path.begins, path.edge_m, path.lonlat),
        (edges.name, edges.road_class, edges.flags, edges.tail, edges.head),
        side.first, side.way, _KIND_OF, _SPECIAL, _MARKS[path.mode],
        TURNS, LOOK_M, TINY_M, LANDING_M, what, where,
    )  # fmt: skip
    name_of, as_step = graph.street_name, Step._make
    return tuple(
        [
            as_step(
                (
                    name_of(name),
                    metres,
                    lon,
                    lat,
                    KINDS[kind],
                    DIRECTIONS[turn],
                    None if eighth < 0 else _COMPASS[eighth],
                    around or None,
                    _STAIRS[stairs],
                    push == 1,
                    *_IN_STATIONS,
                )
            )
            for (name, kind, turn, eighth, around, stairs, push), (metres, lon, lat) in zip(
                what[:count].tolist(), where[:count].tolist(), strict=True
            )
        ]
    )

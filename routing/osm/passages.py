"""What OSM tags say about a node in the way: a barrier, a kerb or a lift."""

import math

from routing.osm.model import Passage
from routing.osm.tags import CARGO_WIDTH_M, Tags, may_pass, read_metres
from routing.streets.graph import EdgeFlag, RoadClass, StreetMode

NOT_CYCLED_ON = frozenset({"stile", "turnstile", "full-height_turnstile", "kissing_gate"})
OPEN_TO_CARS = frozenset(
    [
        "gate",
        "lift_gate",
        "swing_gate",
        "sliding_gate",
        "sliding_beam",
        "toll_booth",
        "border_control",
        "cattle_grid",
        "entrance",
        "height_restrictor",
        "kerb",
        "sally_port",
        "no",
        "hampshire_gate",
        "wall",
        "fence",
        "hedge",
        "retaining_wall",
        "city_wall",
        "guard_rail",
        "handrail",
        "ditch",
    ]
)
"""Barrier nodes that stop no car by themselves; walls on a way's node are taken as mistakes."""

NOT_ROLLED_OVER = NOT_CYCLED_ON | {"log", "step", "debris"}
NARROW = NOT_CYCLED_ON | {"cycle_barrier", "motorcycle_barrier", "chicane"}


def read_passage(tags: Tags) -> Passage | None:
    """Return what a node does to those who pass, ``None`` where it does nothing.

    Parameters
    ----------
    tags : mapping of str to str
        The node's OSM tags.
    """
    lift = tags.get("highway") == "elevator"
    if not (lift or "barrier" in tags or "kerb" in tags):
        return None
    kind = "no" if lift else tags.get("barrier", "no")
    stopped, flags = _stopped(tags, kind), _flags(tags, kind)
    if not (lift or stopped or flags):
        return None
    return Passage(stopped, flags, RoadClass.ELEVATOR if lift else RoadClass.BARRIER)


def _stopped(tags: Tags, kind: str) -> int:
    passing = {
        StreetMode.WALK: True,
        StreetMode.BIKE: kind not in NOT_CYCLED_ON,
        StreetMode.CAR: kind in OPEN_TO_CARS,
    }
    locked = tags.get("locked") == "yes"
    stopped = 0
    for mode in StreetMode:
        if not may_pass(tags, mode, passing[mode] and not locked):
            stopped |= 1 << mode
    if tags.get("bicycle") == "dismount":
        stopped &= ~(1 << StreetMode.BIKE)
    return stopped


def _flags(tags: Tags, kind: str) -> int:
    flags = 0
    wheelchair = tags.get("wheelchair")
    high = kind in NOT_ROLLED_OVER or tags.get("kerb") == "raised"
    if wheelchair == "no" or (high and wheelchair not in ("yes", "designated")):
        flags |= EdgeFlag.WHEELCHAIR_NO
    width = read_metres(tags.get("maxwidth:physical", tags.get("maxwidth", "")))
    if (kind in NARROW) if width == math.inf else width < CARGO_WIDTH_M:
        flags |= EdgeFlag.NARROW
    return int(flags)

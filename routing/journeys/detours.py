"""Rides that lead back to where one could have walked in the first place.

A search of one part of the day finds them where the simple way leaves beyond that part.
"""

from collections.abc import Callable, Sequence

from routing.journeys.access import StreetEnd
from routing.journeys.combine import PLAIN, Candidate
from routing.transit.journey import Ride, Walk


def without_detours(ways: Sequence[Candidate]) -> list[Candidate]:
    """Drop ways that leaving later, or getting off earlier, does without some of the rides.

    Only public transport walked to and from is looked at, and some of it always stays.
    """
    plain = [way for way in ways if way.combination == PLAIN]
    detours = {id(way) for way in plain if _is_detour(way)}
    if len(detours) == len(plain):
        return list(ways)
    return [way for way in ways if id(way) not in detours]


def _is_detour(way: Candidate) -> bool:
    journey, there, back = way.way[:3]
    legs, leaves_s, ends_s = journey.legs, journey.departure_s, journey.arrival_s
    return _is_walked(
        there,
        journey.access_s,
        legs[1:],
        lambda ride: (ride.board_stop, ride.departure_s - leaves_s),
    ) or _is_walked(
        back,
        journey.egress_s,
        legs[-2::-1],
        lambda ride: (ride.alight_stop, ends_s - ride.arrival_s),
    )


def _is_walked(
    end: StreetEnd,
    walked_s: int,
    legs: Sequence[Ride | Walk],
    call: Callable[[Ride], tuple[int, int]],
) -> bool:
    """Tell whether one may walk between the door and a ride, in no more time nor more on foot.

    ``call`` tells the stop of a ride, and the seconds from there to the door by the rides between.
    """
    for leg in legs:
        if isinstance(leg, Walk):
            walked_s += leg.seconds
            continue
        stop, within_s = call(leg)
        on_foot_s = end.find_seconds_to(stop)
        if on_foot_s is not None and on_foot_s <= min(walked_s, within_s):
            return True
    return False

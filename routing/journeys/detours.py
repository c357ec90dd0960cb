"""Rides that lead to a vehicle one could have walked to in the first place.

A search of one part of the day finds them where the simple way leaves beyond that part.
"""

from collections.abc import Callable, Sequence

import numpy as np

from routing.arrays import Int32, UInt32
from routing.journeys.access import StreetEnd
from routing.journeys.combine import PLAIN, Candidate
from routing.transit.journey import Ride, Walk
from routing.transit.timetable import Timetable

NEVER = 1
"""Of ``pickup_type`` and ``drop_off_type``."""

Calls = tuple[UInt32, Int32]
"""Stops, and the seconds between the door and each of them by the rides of a journey."""


def without_detours(ways: Sequence[Candidate], timetable: Timetable) -> list[Candidate]:
    """Drop ways that leaving later, or getting off earlier, does without some of the rides.

    Only public transport walked to and from is looked at, and some of it always stays.
    """
    plain = [way for way in ways if way.combination == PLAIN]
    detours = {id(way) for way in plain if _is_detour(way, timetable)}
    if len(detours) == len(plain):
        return list(ways)
    return [way for way in ways if id(way) not in detours]


def _is_detour(way: Candidate, timetable: Timetable) -> bool:
    journey, there, back, _, changes = way.way
    legs, p = journey.legs, timetable.patterns
    changed = changes.runs if changes else {}

    def before(ride: Ride) -> Calls:
        """Tell where and when one might board, up to where one alights."""
        if (ride.trip_idx, ride.service_date) in changed:
            here, on = np.array([ride.board_stop], np.uint32), np.array([ride.departure_s])
            return here, on - journey.departure_s
        first = int(p.stop_first[ride.pattern])
        rows = np.flatnonzero(p.pickup[first : first + ride.alight_pos] != NEVER)
        departure = timetable.trip_times(ride.trip_idx)[1]
        left_s = departure[rows] - departure[ride.board_pos] + ride.departure_s
        return p.stop[first + rows], left_s - journey.departure_s

    def after(ride: Ride) -> Calls:
        """Tell where and when one might alight, from behind where one boards."""
        if (ride.trip_idx, ride.service_date) in changed:
            here, off = np.array([ride.alight_stop], np.uint32), np.array([ride.arrival_s])
            return here, journey.arrival_s - off
        first, last = p.stop_first[ride.pattern : ride.pattern + 2].tolist()
        rows = np.flatnonzero(p.drop_off[first:last] != NEVER)
        rows = rows[rows > ride.board_pos]
        arrival = timetable.trip_times(ride.trip_idx)[0]
        reached_s = arrival[rows] - arrival[ride.alight_pos] + ride.arrival_s
        return p.stop[first + rows], journey.arrival_s - reached_s

    return _is_walked(there, journey.access_s, legs[1:], before) or _is_walked(
        back, journey.egress_s, legs[-2::-1], after
    )


def _is_walked(
    end: StreetEnd,
    walked_s: int,
    legs: Sequence[Ride | Walk],
    calls: Callable[[Ride], Calls],
) -> bool:
    """Tell whether one may walk between the door and a ride, in no more time nor more on foot."""
    for leg in legs:
        if isinstance(leg, Walk):
            walked_s += leg.seconds
            continue
        stops, within_s = calls(leg)
        row = np.minimum(np.searchsorted(end.stop, stops), len(end.stop) - 1)
        walkable = (end.stop[row] == stops) & (end.seconds[row] <= np.minimum(within_s, walked_s))
        if walkable.any():
            return True
    return False

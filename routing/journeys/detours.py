"""Rides that lead to a vehicle one could have walked to in the first place.

A search of one part of the day finds them where the simple way leaves beyond that part.
"""

from collections.abc import Callable, Sequence

import numpy as np

from routing.journeys.access import StreetEnd
from routing.journeys.combine import PLAIN, Candidate
from routing.kernels.ends import is_any_walked
from routing.transit.journey import Ride, Walk
from routing.transit.timetable import Timetable


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
    legs, p, calls = journey.legs, timetable.patterns, timetable.calls
    changed = changes.runs if changes else {}

    def boarded(end: StreetEnd, ride: Ride, limit_s: int) -> bool:
        """Tell whether one may walk to where one might board, up to where one alights."""
        if (ride.trip_idx, ride.service_date) in changed:
            until_s = ride.departure_s - journey.departure_s
            return _is_within(end, ride.board_stop, min(limit_s, until_s))
        first, row = int(p.stop_first[ride.pattern]), timetable.call_rows(ride.trip_idx).start
        zero_s = ride.departure_s - int(calls.departure_s[row + ride.board_pos])
        span = first, row, 0, ride.alight_pos
        times = p.pickup, calls.departure_s, zero_s - journey.departure_s, False
        return is_any_walked(end.stop, end.seconds, limit_s, p.stop, *times, *span)

    def left(end: StreetEnd, ride: Ride, limit_s: int) -> bool:
        """Tell whether one may walk from where one might alight, from behind where one boards."""
        if (ride.trip_idx, ride.service_date) in changed:
            until_s = journey.arrival_s - ride.arrival_s
            return _is_within(end, ride.alight_stop, min(limit_s, until_s))
        first, last = p.stop_first[ride.pattern : ride.pattern + 2].tolist()
        row = timetable.call_rows(ride.trip_idx).start
        zero_s = ride.arrival_s - int(calls.arrival_s[row + ride.alight_pos])
        span = first, row, ride.board_pos + 1, last - first
        times = p.drop_off, calls.arrival_s, journey.arrival_s - zero_s, True
        return is_any_walked(end.stop, end.seconds, limit_s, p.stop, *times, *span)

    return _is_walked(there, journey.access_s, legs[1:], boarded) or _is_walked(
        back, journey.egress_s, legs[-2::-1], left
    )


def _is_walked(
    end: StreetEnd,
    walked_s: int,
    legs: Sequence[Ride | Walk],
    is_met: Callable[[StreetEnd, Ride, int], bool],
) -> bool:
    """Tell whether one may walk between the door and a ride, in no more time nor more on foot."""
    for leg in legs:
        if isinstance(leg, Walk):
            walked_s += leg.seconds
        elif is_met(end, leg, walked_s):
            return True
    return False


def _is_within(end: StreetEnd, stop: int, limit_s: int) -> bool:
    row = int(np.searchsorted(end.stop, stop))
    return row < len(end.stop) and bool(end.stop[row] == stop and end.seconds[row] <= limit_s)

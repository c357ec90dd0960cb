"""The kernel's numbers as journeys."""

from datetime import timedelta

from routing.transit.day_view import DayView
from routing.transit.journey import Ride, TransitJourney, Walk

Raw = tuple[list[int], list[list[int]]]
"""A row of ``head`` and the rows of its ``rides``, as the kernel describes them."""


def make_journey(view: DayView, raw: Raw) -> TransitJourney:
    """Name the numbers of a journey found going forward in time."""
    (departure_s, arrival_s, n_rides, access_s), rides = raw
    legs: list[Ride | Walk] = []
    walk_s, stop = 0, -1
    for trip, offset, pattern, board, alight, leave_s, arrive_s, on, off, walked_s, _ in rides:
        if view.real is not None:
            on, off = int(view.real[on]), int(view.real[off])
        if walked_s >= 0 and on != stop:
            legs.append(Walk(stop, on, walked_s))
            walk_s += walked_s
        day = view.day + timedelta(offset) if offset else view.day
        ride = Ride(trip, day, pattern, board, alight, leave_s, arrive_s, on, off)
        legs += [ride] if view.through is None else view.through.parts(ride)
        stop = off
    first_stop = rides[0][7] if view.real is None else int(view.real[rides[0][7]])
    return TransitJourney(
        departure_s,
        arrival_s,
        n_rides - 1,
        walk_s,
        first_stop,
        stop,
        access_s,
        arrival_s - rides[-1][6],
        tuple(legs),
    )


def turn(raw: Raw) -> Raw:
    """Turn a journey found in the mirror of a day."""
    (departure_s, arrival_s, n_rides, _), rides = raw
    forward = []
    for i in range(n_rides - 1, -1, -1):
        trip, offset, pattern, board, alight, leave_s, arrive_s, on, off, _, length = rides[i]
        walked_s = rides[i + 1][9] if i + 1 < n_rides else -1
        last = length - 1
        places = [last - alight, last - board, -arrive_s, -leave_s, off, on]
        forward.append([trip, offset, pattern, *places, walked_s, length])
    leave_s = -arrival_s
    return [leave_s, -departure_s, n_rides, forward[0][5] - leave_s], forward

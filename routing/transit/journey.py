"""The answer of a timetable search: rides and the walks between them."""

from datetime import date
from typing import NamedTuple

from routing.transit.walking import MOST_STEPS, step_count


class Ride(NamedTuple):
    """Sitting in one vehicle from one stop to a later one.

    Parameters
    ----------
    trip_idx : int
        Row of ``timetable.trips``.
    service_date : date
        Service day of the trip, which may be the day before the view's.
    pattern : int
        Row of ``timetable.patterns``.
    board_pos, alight_pos : int
        Positions in the pattern; ``board_pos < alight_pos``.
    departure_s, arrival_s : int
        Seconds since local midnight of the view's date (elapsed, so right across DST).
    board_stop, alight_stop : int
        Rows of ``timetable.stops``.
    in_seat : bool
        Riders are on board already: the vehicle comes from the ride before.
    """

    trip_idx: int
    service_date: date
    pattern: int
    board_pos: int
    alight_pos: int
    departure_s: int
    arrival_s: int
    board_stop: int
    alight_stop: int
    in_seat: bool = False


class Walk(NamedTuple):
    """A footpath between two different stops, taken as soon as the vehicle arrives."""

    from_stop: int
    to_stop: int
    seconds: int


class TransitJourney(NamedTuple):
    """One Pareto-optimal way from an access stop to an egress stop.

    Parameters
    ----------
    departure_s : int
        Leaving the origin: departure of the first ride less ``access_s``.
    arrival_s : int
        Reaching the destination: arrival of the last ride plus ``egress_s``.
    transfers : int
        Vehicles boarded, less one.
    walk_s : int
        Seconds on footpaths between vehicles; access and egress are not in it.
    access_stop, egress_stop : int
        Where the first ride is boarded and the last one left.
    access_s, egress_s : int
        Seconds from the origin and to the destination, as given in the sets.
    legs : tuple of Ride or Walk
        In order; begins and ends with a ride, never two walks in a row.
    """

    departure_s: int
    arrival_s: int
    transfers: int
    walk_s: int
    access_stop: int
    egress_stop: int
    access_s: int
    egress_s: int
    legs: tuple[Ride | Walk, ...]

    def steps_with(self, before_s: int, after_s: int) -> int:
        """Return the steps of walking, those to the first and from the last stop included."""
        walks = [leg.seconds for leg in self.legs if isinstance(leg, Walk)]
        return min(sum(map(step_count, (before_s, *walks, after_s))), MOST_STEPS)

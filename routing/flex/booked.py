"""Rides on ordinary trips that must be booked."""

from zoneinfo import ZoneInfo

import numpy as np

from routing.flex.booking import Bookings
from routing.flex.model import BookingInfo
from routing.flex.tables import NO_RULE
from routing.transit.journey import Ride
from routing.transit.timetable import Timetable


def booked_ride(timetable: Timetable, ride: Ride, pickup_s: int) -> BookingInfo | None:
    """Describe how a ride is booked, ``None`` where it need not be.

    Parameters
    ----------
    timetable : Timetable
        The ride's.
    ride : Ride
        From a search.
    pickup_s : int
        Unix seconds of getting on.
    """
    flex, trip = timetable.flex, ride.trip_idx
    if flex is None or trip >= timetable.n_trips:
        return None
    begin, end = np.searchsorted(flex.booked.trip, [trip, trip + 1])
    if begin == end:
        return None
    known = flex.booked.sequence[begin:end].tolist()
    sequence = timetable.call_sequence(trip)

    def rule(column: "np.ndarray", position: int) -> int:
        number = int(sequence[position])
        return int(column[begin + known.index(number)]) if number in known else NO_RULE

    on = rule(flex.booked.pickup_rule, ride.board_pos)
    off = rule(flex.booked.drop_off_rule, ride.alight_pos)
    agency = int(timetable.routes.agency[int(timetable.trips.route[trip])])
    zone = ZoneInfo(timetable.agencies.timezone[agency])
    bookings = Bookings(flex.rules, timetable.services)
    return bookings.info(on, off, pickup_s, ride.service_date, zone)

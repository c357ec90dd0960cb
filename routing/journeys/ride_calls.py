"""The calls of a ride: planned, and foreseen."""

from typing import NamedTuple

from routing.arrays import Int32, Int64
from routing.realtime.runs import LiveRun
from routing.transit.journey import Ride
from routing.transit.timetable import Timetable

Times = list[int | None]

HOW = ("SCHEDULED", "NONE", "CALL_AGENCY", "COORDINATE_WITH_DRIVER")
"""What ``pickup_type`` and ``drop_off_type`` 0 to 3 ask of riders, in OpenTripPlanner's words."""


class Calls(NamedTuple):
    """Calls of a ride, from where one boards to where one alights.

    Times are Unix seconds. There is no arrival where one boards and no departure where one
    alights; planned ones are ``None`` where nothing was planned. ``on_course`` says that the
    vehicle follows the shape of its trip.
    """

    stop: list[int]
    arrival_s: Times
    departure_s: Times
    planned_arrival_s: Times
    planned_departure_s: Times
    known: list[bool]
    skipped: list[bool]
    on_course: bool = True


def planned_calls(timetable: Timetable, ride: Ride, zero_s: int) -> Calls:
    """Return the calls as the timetable has them.

    Parameters
    ----------
    timetable : Timetable
        Of the ride.
    ride : Ride
        A ride in a trip of the timetable that runs as planned.
    zero_s : int
        Unix seconds of the time 0 of its times.
    """
    part = slice(ride.board_pos, ride.alight_pos + 1)
    arrival, departure = timetable.trip_times(ride.trip_idx)
    shift = zero_s + ride.departure_s - int(departure[ride.board_pos])
    times = _times(arrival[part], departure[part], shift)
    stops: list[int] = timetable.pattern_stops(ride.pattern)[part].tolist()
    no = [False] * len(stops)
    return Calls(stops, *times, *times, no, no)


def live_calls(run: LiveRun, ride: Ride) -> Calls:
    """Return the calls as they are foreseen."""
    part = slice(ride.board_pos, ride.alight_pos + 1)
    stops: list[int] = run.stops[part].tolist()
    planned: tuple[Times, Times] = [None] * len(stops), [None] * len(stops)
    if run.planned_s is not None:
        planned = _times(run.planned_s[0][part], run.planned_s[1][part])
    return Calls(
        stops,
        *_times(run.arrival_s[part], run.departure_s[part]),
        *planned,
        run.known[part].tolist(),
        run.skipped[part].tolist(),
        run.pattern >= 0,
    )


def arranged(timetable: Timetable, ride: Ride, pattern: int) -> tuple[str | None, str | None]:
    """Tell what is to be arranged for getting on and off; ``None`` where it is not known.

    Parameters
    ----------
    timetable : Timetable
        Of the ride.
    ride : Ride
        A ride.
    pattern : int
        Whose positions its calls are; -1 where they are of its own.
    """
    p = timetable.patterns
    if pattern < 0:
        return None, None
    first = int(p.stop_first[pattern])
    on, off = p.pickup[first + ride.board_pos], p.drop_off[first + ride.alight_pos]
    return HOW[on], HOW[off]


def _times(arrival: Int32 | Int64, departure: Int32 | Int64, shift: int = 0) -> tuple[Times, Times]:
    """Return the times of a ride, without an arrival at its begin and a departure at its end."""
    arrival_s: Times = [time + shift for time in arrival.tolist()]
    departure_s: Times = [time + shift for time in departure.tolist()]
    arrival_s[0] = departure_s[-1] = None
    return arrival_s, departure_s

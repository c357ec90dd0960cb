"""The calls of the vehicle of a ride: planned, and foreseen."""

from dataclasses import dataclass

from routing.realtime.runs import LiveRun
from routing.transit.journey import Ride
from routing.transit.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of a run by position; times are Unix seconds, planned ones ``None`` if there are none.

    ``on_course`` says that the vehicle follows the shape of its trip.
    """

    stop: list[int]
    arrival_s: list[int]
    departure_s: list[int]
    planned_arrival_s: list[int] | list[None]
    planned_departure_s: list[int] | list[None]
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
    arrival, departure = timetable.trip_times(ride.trip_idx)
    shift = zero_s + ride.departure_s - int(departure[ride.board_pos])
    arrival_s = [time + shift for time in arrival.tolist()]
    departure_s = [time + shift for time in departure.tolist()]
    no = [False] * len(arrival_s)
    stops = timetable.pattern_stops(ride.pattern).tolist()
    return Calls(stops, arrival_s, departure_s, arrival_s, departure_s, no, no)


def live_calls(run: LiveRun) -> Calls:
    """Return the calls as they are foreseen."""
    nothing: list[None] = [None] * len(run.stops)
    planned = (nothing, nothing) if run.planned_s is None else run.planned_s
    return Calls(
        run.stops.tolist(),
        run.arrival_s.tolist(),
        run.departure_s.tolist(),
        planned[0] if isinstance(planned[0], list) else planned[0].tolist(),
        planned[1] if isinstance(planned[1], list) else planned[1].tolist(),
        run.known.tolist(),
        run.skipped.tolist(),
        run.pattern >= 0,
    )

"""What to do where a ride of a journey was missed: the next of its line, or another way."""

from dataclasses import dataclass

from routing.explore.board import Call
from routing.explore.errors import NotInNetworkError
from routing.explore.explorer import Explorer
from routing.explore.refresh import FreshJourney, calls_of
from routing.journeys.itinerary_id import KeptRide
from routing.model import Place
from routing.realtime.days import LiveDays

MOST_DEPARTURES = 5
AHEAD_S = 12 * 3600
"""Later vehicles are no answer to someone who stands at the stop."""
_PAGE, _MOST_PAGES = 100, 5


@dataclass(frozen=True, slots=True)
class NextRide:
    """A later vehicle of the same line that calls at both stops."""

    call: Call
    arrival: Place


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Where and when one stands, and the next vehicles of the line one wanted."""

    place: Place
    ready_s: int
    rides: tuple[NextRide, ...]


def alternatives(
    explorer: Explorer,
    journey: FreshJourney,
    number: int,
    now_s: int,
    days: LiveDays | None = None,
) -> Alternatives:
    """Find what leaves instead of a ride.

    Parameters
    ----------
    explorer : Explorer
        Of the network.
    journey : FreshJourney
        The journey as it is foreseen.
    number : int
        The leg that was missed.
    now_s : int
        Unix seconds; nothing that leaves before is told.
    days : LiveDays, optional
        Days as they are foreseen.

    Raises
    ------
    NotInNetworkError
        The leg is no ride, or its stops are not in the timetable.
    """
    ride = journey.legs[number].ride if number < len(journey.legs) else None
    if ride is None:
        raise NotInNetworkError(f"leg {number} is no ride on a trip: name one that is")
    row, goal = (explorer.timetable.find_stop(stop) for stop in (ride.board_id, ride.alight_id))
    if row is None or goal is None:
        raise NotInNetworkError("the timetable no longer has the stops of this ride: plan anew")
    before = [leg.end_s for leg in journey.legs[:number]]
    under_way = any(leg.ride is not None for leg in journey.legs[:number])
    ready_s = max(now_s, before[-1]) if under_way else now_s
    rides: list[NextRide] = []
    from_s: int | None = ready_s
    for _ in range(_MOST_PAGES):
        if from_s is None or len(rides) >= MOST_DEPARTURES:
            break
        page = explorer.board.page([row], from_s, _PAGE, days=days)
        near = (call for call in page.calls if call.time_s < ready_s + AHEAD_S)
        rides += [found for call in near if (found := _same_line(call, ride)) is not None]
        done = page.next_s is None or page.next_s >= ready_s + AHEAD_S
        from_s = None if done else page.next_s
    place = explorer.network.stop_place(row)
    return Alternatives(place, ready_s, tuple(rides[:MOST_DEPARTURES]))


def _same_line(call: Call, ride: KeptRide) -> NextRide | None:
    trip = call.leg.trip
    if call.cancelled or trip is None or trip.route_id != ride.route_id:
        return None
    if (trip.trip_id, trip.service_date) == (ride.trip_id, ride.day.isoformat()):
        return None
    stops = calls_of(call.leg)[1:]
    goal = next((c for c in stops if c.stop_id == ride.alight_id and not c.cancelled), None)
    return None if goal is None else NextRide(call, goal)

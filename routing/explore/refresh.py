"""Journeys planned before, as things stand now: late, cancelled, or a change that is missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from routing.explore.errors import UnknownTripError
from routing.explore.explorer import Explorer
from routing.journeys.itinerary_id import KeptItinerary, KeptRide, KeptWay
from routing.model import Leg, Place
from routing.realtime.runs import LiveChanges


class JourneyState(StrEnum):
    """What became of a journey, or of a ride in it; the worst that is known."""

    POSSIBLE = "POSSIBLE"
    LATE = "LATE"
    MISSED_CONNECTION = "MISSED_CONNECTION"
    CANCELLED = "CANCELLED"
    UNKNOWN_TRIP = "UNKNOWN_TRIP"


_WORST_LAST = list(JourneyState)


@dataclass(frozen=True, slots=True)
class FreshLeg:
    """A leg at its present times.

    Parameters
    ----------
    mode : str
        As planned.
    start_s, end_s : int
        Unix seconds, foreseen; as planned where nothing is known.
    ride : KeptRide, optional
        The ride, ``None`` on the street.
    board, alight : Place, optional
        Its calls as foreseen; ``None`` where the timetable does not know the trip.
    state : JourneyState, optional
        Of a ride; ``None`` on the street, of which nothing is foreseen.
    real_time : bool
        Whether the times rest on a prediction.
    """

    mode: str
    start_s: int
    end_s: int
    ride: KeptRide | None = None
    board: Place | None = None
    alight: Place | None = None
    state: JourneyState | None = None
    real_time: bool = False


@dataclass(frozen=True, slots=True)
class FreshJourney:
    """A journey at its present times; ``broken`` is the first leg that cannot be reached."""

    state: JourneyState
    legs: tuple[FreshLeg, ...]
    broken: int | None


def refresh(
    explorer: Explorer, kept: KeptItinerary, changes: LiveChanges | None = None
) -> FreshJourney:
    """Put a journey at its present times.

    Parameters
    ----------
    explorer : Explorer
        Of the network to look trips up in.
    kept : KeptItinerary
        From an itinerary's id.
    changes : LiveChanges, optional
        What is foreseen.
    """
    legs: list[FreshLeg] = []
    broken: int | None = None
    clock, ridden_to = kept.start_s, None
    for number, part in enumerate(kept.legs):
        if isinstance(part, KeptWay):
            legs.append(FreshLeg(part.mode, clock, clock + part.seconds))
            # A stay is as long as the next departure leaves it.
            clock += 0 if part.mode == "STAY" else part.seconds
            continue
        leg = _ride(explorer, part, changes)
        if ridden_to is None:  # one leaves home as late as the first ride allows
            by_s = leg.start_s - clock
            legs = [_moved(before, by_s) for before in legs]
        elif leg.board is not None and not part.interlined:
            wait_s = _change_s(explorer, part) if ridden_to == part.board_id else 0
            if clock + wait_s > leg.start_s:
                broken = number if broken is None else broken
                leg = _judged(leg, JourneyState.MISSED_CONNECTION)
        legs.append(leg)
        clock, ridden_to = leg.end_s, part.alight_id
    states = [leg.state for leg in legs if leg.state is not None]
    worst = max(states, key=_WORST_LAST.index, default=JourneyState.POSSIBLE)
    return FreshJourney(worst, tuple(legs), broken)


def _ride(explorer: Explorer, ride: KeptRide, changes: LiveChanges | None) -> FreshLeg:
    """Find a ride's calls in its trip as it is foreseen."""
    unknown = FreshLeg(ride.mode, ride.start_s, ride.end_s, ride, state=JourneyState.UNKNOWN_TRIP)
    try:
        trip = _trip(explorer, ride, changes)
    except UnknownTripError:
        return unknown
    calls = calls_of(trip)
    found = _between(calls, ride)
    if found is None:
        return unknown
    board, alight = found
    start_s, end_s = board.departure_s, alight.arrival_s
    if start_s is None or end_s is None:
        return unknown
    state = JourneyState.LATE if end_s > ride.end_s or start_s > ride.start_s else None
    if trip.cancelled or board.cancelled or alight.cancelled:
        state = JourneyState.CANCELLED
    state = state or JourneyState.POSSIBLE
    return FreshLeg(ride.mode, start_s, end_s, ride, board, alight, state, trip.real_time)


def _trip(explorer: Explorer, ride: KeptRide, changes: LiveChanges | None) -> Leg:
    """Return the run of a ride's trip; of a headway's runs the one that leaves at its time."""
    trip = explorer.trips.get(ride.trip_id, ride.day, None, changes)
    starts = explorer.trips.starts(ride.trip_id, ride.day)
    found = _between(calls_of(trip), ride) if len(starts) > 1 else None
    if found is None or found[0].planned_departure_s is None:
        return trip
    start_s = starts[0] + ride.start_s - found[0].planned_departure_s
    return explorer.trips.get(ride.trip_id, ride.day, start_s, changes)


def calls_of(trip: Leg) -> list[Place]:
    """Return all calls of a ride, its ends included."""
    return [trip.origin, *trip.intermediate_stops, trip.destination]


def _between(calls: Sequence[Place], ride: KeptRide) -> tuple[Place, Place] | None:
    """Return where a ride begins and ends; where a trip calls twice, the call nearest in time."""
    best: tuple[int, Place, Place] | None = None
    for at, board in enumerate(calls):
        if board.stop_id != ride.board_id or board.departure_s is None:
            continue
        planned = board.planned_departure_s
        off_s = abs((board.departure_s if planned is None else planned) - ride.start_s)
        alight = next((c for c in calls[at + 1 :] if c.stop_id == ride.alight_id), None)
        if alight is not None and (best is None or off_s < best[0]):
            best = off_s, board, alight
    return None if best is None else best[1:]


def _change_s(explorer: Explorer, ride: KeptRide) -> int:
    row = explorer.timetable.find_stop(ride.board_id)
    return 0 if row is None else int(explorer.timetable.footpaths.change_s[row])


def _moved(leg: FreshLeg, by_s: int) -> FreshLeg:
    return FreshLeg(leg.mode, leg.start_s + by_s, leg.end_s + by_s)


def _judged(leg: FreshLeg, state: JourneyState) -> FreshLeg:
    """Return a ride in a state, unless a worse one is known."""
    own = leg.state or state
    worst = max(own, state, key=_WORST_LAST.index)
    return FreshLeg(
        leg.mode, leg.start_s, leg.end_s, leg.ride, leg.board, leg.alight, worst, leg.real_time
    )

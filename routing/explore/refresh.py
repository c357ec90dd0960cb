"""Journeys planned before, as things stand now: late, cancelled, or a change that is missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from routing.explore.change import ready_s
from routing.explore.errors import UnknownTripError
from routing.explore.explorer import Explorer
from routing.journeys.itinerary import STAY
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
    clock = kept.start_s
    came: FreshLeg | None = None
    ways: list[KeptWay] = []
    for number, part in enumerate(kept.legs):
        if isinstance(part, KeptWay):
            legs.append(FreshLeg(part.mode, clock, clock + part.seconds))
            # A stay is as long as the next departure leaves it.
            clock += 0 if part.mode == STAY else part.seconds
            ways.append(part)
            continue
        leg = _ride(explorer, part, changes)
        if came is None:  # one leaves home as late as the first ride allows
            by_s = leg.start_s - clock
            legs = [_moved(before, by_s) for before in legs]
        elif leg.board is not None:
            there_s = ready_s(explorer, came, ways, leg)
            if there_s is None or there_s > leg.start_s:
                broken = number if broken is None else broken
                leg = _judged(leg, JourneyState.MISSED_CONNECTION)
        legs.append(leg)
        clock, came, ways = leg.end_s, leg, []
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
    found = _between(explorer, calls, ride)
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
    found = _between(explorer, calls_of(trip), ride) if len(starts) > 1 else None
    if found is None or found[0].planned_departure_s is None:
        return trip
    start_s = starts[0] + ride.start_s - found[0].planned_departure_s
    return explorer.trips.get(ride.trip_id, ride.day, start_s, changes)


def calls_of(trip: Leg) -> list[Place]:
    """Return all calls of a ride, its ends included."""
    return [trip.origin, *trip.intermediate_stops, trip.destination]


def _between(
    explorer: Explorer, calls: Sequence[Place], ride: KeptRide
) -> tuple[Place, Place] | None:
    """Return where a ride begins and ends; where a trip calls twice, the call nearest in time."""
    at_board, at_alight = (_platforms(explorer, stop) for stop in (ride.board_id, ride.alight_id))
    best: tuple[tuple[bool, int], Place, Place] | None = None
    for at, board in enumerate(calls):
        if board.stop_id not in at_board or board.departure_s is None:
            continue
        planned = board.planned_departure_s
        off_s = abs((board.departure_s if planned is None else planned) - ride.start_s)
        far = [call for call in calls[at + 1 :] if call.stop_id in at_alight]
        far.sort(key=lambda call: call.stop_id != ride.alight_id)
        key = board.stop_id != ride.board_id, off_s
        if far and (best is None or key < best[0]):
            best = key, board, far[0]
    return None if best is None else best[1:]


def _platforms(explorer: Explorer, stop_id: str) -> set[str | None]:
    """Return the stops a vehicle may use instead of one: those of its station."""
    stops, row = explorer.timetable.stops, explorer.timetable.find_stop(stop_id)
    if row is None or stops.parent[row] < 0:
        return {stop_id}
    return {stops.id[other] for other in np.flatnonzero(stops.parent == stops.parent[row]).tolist()}


def _moved(leg: FreshLeg, by_s: int) -> FreshLeg:
    return FreshLeg(leg.mode, leg.start_s + by_s, leg.end_s + by_s)


def _judged(leg: FreshLeg, state: JourneyState) -> FreshLeg:
    """Return a ride in a state, unless a worse one is known."""
    own = leg.state or state
    worst = max(own, state, key=_WORST_LAST.index)
    return FreshLeg(
        leg.mode, leg.start_s, leg.end_s, leg.ride, leg.board, leg.alight, worst, leg.real_time
    )

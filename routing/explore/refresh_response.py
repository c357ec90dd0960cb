"""Refreshed journeys and alternatives in the words of the planner's answer."""

from routing.explore.alternatives import Alternatives
from routing.explore.board import Page
from routing.explore.explorer import Explorer
from routing.explore.refresh import FreshJourney, FreshLeg
from routing.explore.response import page_json
from routing.journeys.response import Clock, Json, place_json


def journey_json(journey: FreshJourney, clock: Clock) -> Json:
    """Describe a journey as it is foreseen."""
    broken = journey.broken
    return {
        "state": str(journey.state),
        "startTime": clock.text(journey.legs[0].start_s),
        "endTime": clock.text(journey.legs[-1].end_s),
        "firstBrokenLeg": broken,
        "legs": [_leg(leg, clock) for leg in journey.legs],
    }


def _leg(leg: FreshLeg, clock: Clock) -> Json:
    ride, board, alight = leg.ride, leg.board, leg.alight
    return {
        "mode": leg.mode,
        "state": None if leg.state is None else str(leg.state),
        "startTime": clock.text(leg.start_s),
        "endTime": clock.text(leg.end_s),
        "scheduledStartTime": None if ride is None else clock.text(ride.start_s),
        "scheduledEndTime": None if ride is None else clock.text(ride.end_s),
        "realTime": leg.real_time,
        "tripId": ride and ride.trip_id,
        "routeId": ride and ride.route_id,
        "serviceDate": ride and ride.day.isoformat(),
        "from": None if board is None else place_json(board, clock),
        "to": None if alight is None else place_json(alight, clock),
    }


def alternatives_json(explorer: Explorer, found: Alternatives) -> Json:
    """Describe the next vehicles of a line, and where and from when they are taken."""
    clock = Clock(explorer.network.timezone)
    page = Page(tuple(ride.call for ride in found.rides), None)
    told = page_json(explorer, page, arrivals=False)["departures"]
    for call, ride in zip(told, found.rides, strict=True):
        call["to"] = place_json(ride.arrival, clock)
    return {
        "from": place_json(found.place, clock),
        "readyTime": clock.text(found.ready_s),
        "departures": told,
    }

"""The ways between two places of a journey, by what one has at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.flex.search import FlexPlanning, flex_planning
from routing.journeys.access import Side, StreetEnd, at_stop, bike_end, quickest_of, walk_end
from routing.journeys.direct import (
    DirectWay,
    direct_rentals,
    direct_ride,
    direct_walk,
    ride_limit_s,
)
from routing.journeys.parking import CAR_PARK, park_end
from routing.journeys.rides import RideDrawer
from routing.journeys.transfer_walks import TransferWalks
from routing.journeys.via_states import ALWAYS_S
from routing.model import Mode, PlanRequest
from routing.sharing.fleet import Fleet
from routing.sharing.rental import RentalSearch, rental_ends

LEFT = {Mode.BICYCLE: (str(Mode.BICYCLE), str(Mode.WALK)), Mode.CAR: (CAR_PARK, str(Mode.WALK))}
"""One's own vehicles, and the combination of a journey on which they are left at a stop."""


@dataclass(frozen=True)
class Part:
    """What leads from one place to the next: ways of their own, ends of public transport, or both.

    ``stay_s`` is how long one stays after it, in the order of the search.
    """

    directs: tuple[DirectWay, ...]
    ends: tuple[StreetEnd, StreetEnd] | None
    request: PlanRequest
    stay_s: int
    flex: FlexPlanning | None


def make_part(
    chain: Mode,
    sides: tuple[Side, Side],
    stay_s: int,
    vehicles: Sequence[Fleet],
    drawers: tuple[TransferWalks | None, RideDrawer | None],
) -> Part:
    """Find the ways between two places.

    Parameters
    ----------
    chain : Mode
        What one has at hand: feet, and with them shared vehicles or rides on demand; or one's own
        bicycle or car, which stays with one.
    sides : tuple of Side
        Where the part begins and ends.
    stay_s : int
        Seconds one stays after it.
    vehicles : sequence of Fleet
        Kinds of shared vehicles.
    drawers : tuple of TransferWalks and RideDrawer
        For rides on demand.
    """
    here, there = sides
    request, network = here.request, here.network
    rides = Mode.TRANSIT in request.modes and network.timetable is not None
    ends: tuple[list[StreetEnd], list[StreetEnd]] = ([], [])
    if chain in (Mode.BICYCLE, Mode.CAR):
        directs = [direct_ride(here, there, chain)]
        if rides and chain == Mode.BICYCLE:
            ends = [bike_end(here)], [bike_end(there)]
    else:
        directs = [direct_walk(here, there, request.max_direct_walk_s)]
        if rides:
            ends = [at_stop(here, walk_end(here))], [at_stop(there, walk_end(there))]
    if chain == Mode.RENTAL:
        limit_s = ride_limit_s(request)
        outward = [RentalSearch(here, fleet, limit_s) for fleet in vehicles]
        homeward = [RentalSearch(there, fleet, request.max_access_ride_s) for fleet in vehicles]
        directs += direct_rentals(outward, homeward)
        if rides:
            ends[0].extend(rental_ends(outward, network))
            ends[1].extend(rental_ends(homeward, network))
    return Part(
        tuple(way for way in directs if way is not None),
        # Each stop is reached by what is quickest: nothing else is compared within a chain.
        (quickest_of(ends[0], chain), quickest_of(ends[1], chain)) if ends[0] else None,
        request,
        stay_s,
        flex_planning(here, there, *drawers) if chain == Mode.FLEX else None,
    )


def leaving_part(
    own: Part, walked: Part, sides: tuple[Side, Side], around_m: tuple[float, float]
) -> Part:
    """Return the part with public transport to which one's own vehicle leads, to be left there.

    Nobody goes to a stop with it who would be at the place itself as soon.

    Parameters
    ----------
    own, walked : Part
        The part with the vehicle, and on foot.
    sides : tuple of Side
        Where it begins and ends.
    around_m : tuple of float
        Metres before and after it.
    """
    ends = None
    if walked.ends is not None:
        away = own.ends[0] if own.ends else park_end(sides[0], around_m)
        near = away.seconds < min((way.whole_s for way in own.directs), default=ALWAYS_S)
        away = replace(
            away, stop=away.stop[near], seconds=away.seconds[near], walk_s=away.walk_s[near]
        )
        ends = away, walked.ends[1]
    return replace(walked, directs=(), ends=ends)

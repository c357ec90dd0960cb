"""From chosen ways to itineraries: legs with places, times, lines and trips."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from routing.journeys.access import StreetEnd
from routing.journeys.combine import Candidate
from routing.journeys.direct import DirectWay
from routing.journeys.drawing import StreetLeg
from routing.journeys.rides import RideDrawer
from routing.journeys.transfer_walks import TransferWalks
from routing.journeys.via_ways import ViaWay
from routing.model import Itinerary, Leg, Place
from routing.network import Network
from routing.realtime.runs import LiveChanges
from routing.streets.graph import Profile
from routing.transit.day_view import DayView
from routing.transit.journey import Ride, TransitJourney

SHORTEST_WALK_M = 1.0
"""Walks beside a ride that are shorter are no leg of their own."""

STAY = "STAY"
"""Mode of a leg that leads nowhere: time spent at a place on the way."""

TransitWay = tuple[TransitJourney, StreetEnd, StreetEnd, DayView, LiveChanges | None]
"""What a candidate with public transport carries: journey, access, egress, day, changes of it."""


class ItineraryMaker:
    """Makes itineraries on one network; safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.rides = RideDrawer(network, network.timetable) if network.timetable else None
        self.walks = TransferWalks(network) if network.timetable else None

    def make(self, chosen: Candidate, walking: Profile = Profile.WALK) -> Itinerary | None:
        """Make an itinerary of a candidate, ``None`` if one of its ways cannot be drawn.

        Parameters
        ----------
        chosen : Candidate
            What was found.
        walking : Profile
            How one walks between vehicles.
        """
        legs = self._legs(chosen, walking)
        if not legs:
            return None
        return Itinerary(
            chosen.combination,
            tuple(legs),
            chosen.transfers,
            chosen.walk_s,
            walk_steps=chosen.steps,
        )

    def _legs(self, chosen: Candidate, walking: Profile) -> list[Leg]:
        if isinstance(chosen.way, DirectWay):
            drawn = chosen.way.draw()
            return timed(_worth_it(drawn) or drawn, chosen.start_s, chosen.end_s)
        if isinstance(chosen.way, ViaWay):
            return self._via_legs(chosen.way, walking)
        return self._transit_legs(walking, *chosen.way)

    def _via_legs(self, way: ViaWay, walking: Profile) -> list[Leg]:
        """Return the legs of all parts, with the time spent at each place between them."""
        legs: list[Leg] = []
        for number, part in enumerate(way.parts):
            drawn = self._legs(part, walking)
            if not drawn:
                return []
            if number and way.seated[number - 1]:
                drawn[0] = drawn[0]._replace(interlined=True)
            elif number and part.start_s > way.parts[number - 1].end_s:
                legs.append(stay(way.vias[number - 1], way.parts[number - 1].end_s, part.start_s))
            legs += drawn
        return legs

    def _transit_legs(
        self,
        walking: Profile,
        journey: TransitJourney,
        access: StreetEnd,
        egress: StreetEnd,
        view: DayView,
        changes: LiveChanges | None,
    ) -> list[Leg]:
        assert self.rides is not None and self.walks is not None  # noqa: S101, PT018 - a journey
        before, after = access.draw(journey.access_stop), egress.draw(journey.egress_stop)
        if not before or not after:
            return []
        zero = view.epoch_s
        first = zero + journey.departure_s
        legs = timed(_worth_it(before), first, first + access.seconds_to(journey.access_stop))
        clock = first + journey.access_s
        for part in journey.legs:
            if isinstance(part, Ride):
                legs.append(self.rides.leg(part, zero, changes))
                clock = legs[-1].end_s
            else:
                walk = self.walks.between(part.from_stop, part.to_stop, walking, view.closed)
                legs += timed([walk], clock, clock + part.seconds)
                clock += part.seconds
        last = zero + journey.arrival_s
        legs += timed(_worth_it(after), last - egress.seconds_to(journey.egress_stop), last)
        return legs


def stay(place: Place, start_s: int, end_s: int) -> Leg:
    """Tell of the time spent at a place, Unix seconds, as a leg."""
    point = np.array([[place.lon, place.lat]] * 2)
    return Leg(STAY, start_s, end_s, place, place, 0.0, point)


def _worth_it(legs: Sequence[StreetLeg]) -> list[StreetLeg]:
    return [leg for leg in legs if leg.length_m >= SHORTEST_WALK_M or leg.rental or leg.on_demand]


def timed(legs: Sequence[StreetLeg], start_s: int, end_s: int) -> list[Leg]:
    """Spread street legs over a time span, in proportion to what each takes.

    Parameters
    ----------
    legs : sequence of StreetLeg
        One after the other without waiting.
    start_s, end_s : int
        Unix seconds at which the first begins and the last ends.
    """
    if not legs:
        return []
    taken = list(accumulate(leg.seconds for leg in legs))
    whole, span = taken[-1], end_s - start_s
    ends = [round(start_s + (part / whole if whole > 0 else 1) * span) for part in taken]
    return list(map(_timed, legs, [start_s, *ends], ends))


def _timed(leg: StreetLeg, start_s: int, end_s: int) -> Leg:
    booked = leg.on_demand
    return Leg(
        str(leg.mode),
        start_s,
        end_s,
        leg.origin,
        leg.destination,
        leg.length_m,
        leg.lonlat,
        booked.trip if booked else None,
        leg.rental,
        steps=leg.steps,
        estimated=leg.estimated,
        climb_m=leg.climb_m,
        booking=booked.booking(start_s) if booked else None,
    )

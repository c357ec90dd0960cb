"""Ways with a ride on demand: from door to door, or to or from public transport."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from routing.flex.areas import FlexService
from routing.flex.ends import FlexSide, OpenEnd
from routing.flex.model import BookingInfo, OnDemand
from routing.flex.offers import Offer, find_offers
from routing.journeys.access import Side, StreetEnd, whole_s
from routing.journeys.combine import Candidate
from routing.journeys.direct import DirectWay
from routing.journeys.drawing import StreetLeg
from routing.journeys.rides import RideDrawer, known_flag
from routing.journeys.transfer_walks import TransferWalks
from routing.journeys.transit import LONGEST_OPEN_S, TransitPlanning
from routing.lazy import lazy_property
from routing.model import Mode, PlanRequest
from routing.transit.modes import TransitMode
from routing.transit.tables import NO

MOST_OFFERS = 8
"""Rides on demand looked at on each side of public transport, those that open first."""

MOST_PAIRS = 6
"""Of them, pairs of a ride to public transport and one from it, those that open first."""

WINDOW_S = 3600
"""Looked ahead where a request names no window: a ride on demand has no next departure."""


@dataclass(frozen=True)
class OpenWay:
    """A ride from door to door, and the first and last moment of leaving for it, Unix seconds."""

    way: DirectWay
    first_s: int
    last_s: int


class FlexPlanning:
    """Finds the rides on demand of one request.

    Parameters
    ----------
    service : FlexService
        What is on offer.
    origin, destination : Side
        The doors.
    walks : TransferWalks
        Draws walks between stops.
    rides : RideDrawer
        Tells what routes are called.
    """

    def __init__(
        self,
        service: FlexService,
        origin: Side,
        destination: Side,
        walks: TransferWalks,
        rides: RideDrawer,
    ) -> None:
        self._service, self._rides = service, rides
        self._request: PlanRequest = origin.request
        self._origin = FlexSide(origin, service, walks, self._told)
        self._destination = FlexSide(destination, service, walks, self._told)
        moment = self._request.time_s
        window_s = self._request.search_window_s or WINDOW_S
        back = self._request.arrive_by
        self._asked_s = (moment - window_s, moment) if back else (moment, moment + window_s)

    def _offers(self, first: bool, last: bool, asked_s: tuple[int, int]) -> Iterator[Offer]:
        """List the rides that begin at the origin, end at the destination, or both."""
        request, (low, high) = self._request, asked_s
        longest = LONGEST_OPEN_S
        now = None if request.missed_bookings or request.now is None else request.now.timestamp()
        return find_offers(
            self._service,
            self._origin.places if first else None,
            self._destination.places if last else None,
            (low - longest, high) if request.arrive_by else (low, high + longest),
            None if now is None else int(now),
            self._fits,
        )

    def _fits(self, trip: int) -> bool:
        """Tell whether a request allows a trip on demand; what is unknown is allowed."""
        request, table = self._request, self._service.timetable
        route = int(self._service.tables.trips.route[trip])
        agency = table.agencies.id[int(table.routes.agency[route])]
        unfit = request.wheelchair and self._service.tables.trips.wheelchair[trip] == NO
        kinds, agencies = request.transit_modes, request.agencies
        return not (
            unfit
            or (kinds is not None and TransitMode(int(table.routes.mode[route])) not in kinds)
            or (agencies is not None and agency not in agencies)
            or table.routes.id[route] in request.banned_routes
        )

    @property
    def is_near(self) -> bool:
        """Whether a ride on demand may begin at the origin or end at the destination."""
        return bool(self._origin.places or self._destination.places)

    @lazy_property
    def directs(self) -> list[Candidate]:
        """The rides from door to door, the best in time of each offer."""
        return self._placed(self._asked_s)

    def _placed(self, asked_s: tuple[int, int]) -> list[Candidate]:
        low, high = asked_s
        found = []
        for ride in self.open_ways(asked_s):
            taken_s = ride.way.whole_s
            if self._request.arrive_by:
                start = min(ride.last_s, high - taken_s)
                fits = start >= ride.first_s and start + taken_s > low
            else:
                start = max(ride.first_s, low)
                fits = start <= ride.last_s and start < high
            if fits:
                found.append(ride.way.leaving(start))
        return found

    def open_ways(self, asked_s: tuple[int, int]) -> list[OpenWay]:
        """List the rides from door to door, those that open first, with when they are to be had.

        Parameters
        ----------
        asked_s : tuple of int
            When one wants to leave (arrive with ``arrive_by``), Unix seconds.
        """
        if not (self._origin.places and self._destination.places):
            return []
        found = (self._way(offer) for offer in self._offers(True, True, asked_s))
        return sorted((way for way in found if way is not None), key=lambda way: way.first_s)

    def _way(self, offer: Offer) -> OpenWay | None:
        calls = self._service.tables.calls
        here, there = int(calls.place[offer.board]), int(calls.place[offer.alight])
        start, goal = self._origin.meeting(here), self._destination.meeting(there)
        drive = self._origin.drive(here, offer.factor)
        to_goal, met = drive.seconds(goal.points)
        total = to_goal + goal.walk_s
        best = int(total.argmin())
        if not np.isfinite(total[best]):
            return None
        near, walk_back_s = int(met[best]), int(goal.walk_s[best])
        walk_s = int(start.walk_s[near])
        ride_s = int(whole_s(to_goal[best : best + 1] + np.float32(offer.offset_s))[0]) - walk_s
        first, last = (int(bound[0]) for bound in offer.pickups(np.array([ride_s])))
        if first > last:
            return None

        def draw() -> list[StreetLeg]:
            goal_place = self._destination.met_at(goal, best)
            ride = drive.leg(goal.points, best, self._origin.met_at(start, near), goal_place)
            ridden = self._origin.ridden(ride, ride_s, offer)
            walks = self._origin.walk(start, near), self._destination.walk(goal, best)
            return self._origin.outward(walks[0], ridden, walks[1])

        on_foot_s = walk_s + walk_back_s
        way = DirectWay(Mode.FLEX, float(on_foot_s + ride_s), float(on_foot_s), draw)
        return OpenWay(way, first - walk_s, last - walk_s)

    def with_transit(
        self,
        transit: TransitPlanning,
        access: StreetEnd,
        egress: StreetEnd,
        asked_s: tuple[int, int] | None = None,
        most: int = MOST_OFFERS,
    ) -> list[Candidate]:
        """Find journeys with a ride on demand before or after public transport, or both.

        Those that take no less time than being driven all the way are left out.

        Parameters
        ----------
        access, egress : StreetEnd
            The stops in walking distance of the origin and of the destination.
        asked_s : tuple of int, optional
            When to leave (arrive), Unix seconds; by default as the request asks.
        most : int
            Rides on demand looked at on each side.
        """
        asked_s = asked_s or self._asked_s
        first, last = (self._opened(s, asked_s, most) for s in (self._origin, self._destination))
        both = [(a, b) for a in range(len(first)) for b in range(len(last))]
        pairs: list[tuple[OpenEnd | None, OpenEnd | None]] = [(one, None) for one in first]
        pairs += [(None, one) for one in last]
        pairs += [(first[a], last[b]) for a, b in sorted(both, key=sum)[:MOST_PAIRS]]
        found: list[Candidate] = []
        for there, back in pairs:
            ends = there.end if there else access, back.end if back else egress
            times = there.times if there else None, back.times if back else None
            if len(ends[0].stop) and len(ends[1].stop):
                found += transit.find_open(ends, times, asked_s)
        driven = self.directs if asked_s == self._asked_s else self._placed(asked_s)
        driven_s = min((way.duration_s for way in driven), default=None)
        return [way for way in found if driven_s is None or way.duration_s < driven_s]

    def _opened(self, side: FlexSide, asked_s: tuple[int, int], most: int) -> list[OpenEnd]:
        """List the rides between a door and stops, those that open first."""
        if not side.places:
            return []
        begins = side is self._origin
        offers = sorted(self._offers(begins, not begins, asked_s), key=lambda o: o.pickup_s)
        ends = (side.end(offer) for offer in offers[:most])
        return [end for end in ends if end is not None]

    def _told(self, offer: Offer) -> OnDemand:
        """Tell who carries one, and how to book it."""
        tables = self._service.tables
        trips = tables.trips
        trip = self._rides.route_trip(int(trips.route[offer.trip]))._replace(
            trip_id=trips.id[offer.trip],
            headsign=trips.headsign[offer.trip] or None,
            service_date=offer.day.isoformat(),
            wheelchair=known_flag(int(trips.wheelchair[offer.trip])),
            bikes=known_flag(int(trips.bikes[offer.trip])),
            cars=known_flag(int(trips.cars[offer.trip])),
        )
        on = int(tables.calls.pickup_rule[offer.board])
        off = int(tables.calls.drop_off_rule[offer.alight])

        def booking(pickup_s: int) -> BookingInfo | None:
            return self._service.bookings.info(on, off, pickup_s, offer.day, offer.zone)

        return OnDemand(trip, booking)


def flex_planning(
    origin: Side, destination: Side, walks: TransferWalks | None, rides: RideDrawer | None
) -> FlexPlanning | None:
    """Return what finds rides on demand between two doors, ``None`` where none are to be found.

    Parameters are those of :class:`FlexPlanning`.
    """
    service = origin.network.flex if Mode.FLEX in origin.request.modes else None
    if service is None or walks is None or rides is None:
        return None
    return FlexPlanning(service, origin, destination, walks, rides)

"""Plans from door to door: street ways, timetable searches, the best of them, drawn."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from routing.flex.booking import in_time_to_book
from routing.flex.search import flex_planning
from routing.journeys.access import (
    LONGEST_WALK_S,
    Side,
    StreetEnd,
    bike_end,
    closed_for,
    least_walk_s,
    quickest_of,
    walk_end,
)
from routing.journeys.combine import (
    Candidate,
    pareto,
    select,
    without_absurd,
)
from routing.journeys.detours import without_detours
from routing.journeys.direct import (
    DirectWay,
    alone_s,
    direct_rentals,
    direct_ride,
    direct_walk,
    longest_walk,
    rentals_s,
    ride_limit_s,
)
from routing.journeys.impact import GRAMS_PER_KM, impact_of
from routing.journeys.itinerary import ItineraryMaker
from routing.journeys.pages import PAGE_S, Page
from routing.journeys.paging import Axis, first_neighbours, key_of, neighbours
from routing.journeys.parking import park_end
from routing.journeys.ranking import costs, reasons
from routing.journeys.transit import TransitPlanning
from routing.journeys.translated import in_language
from routing.journeys.unsearched import not_searched
from routing.journeys.via import ViaPlanning
from routing.lazy import lazy_property
from routing.model import (
    LONGEST_WINDOW_S,
    Itinerary,
    Mode,
    Place,
    PlanError,
    PlanErrorCode,
    PlanRequest,
    PlanResult,
)
from routing.network import Network
from routing.realtime.days import LiveDays
from routing.realtime.live import LiveNow, LiveSource
from routing.realtime.model import RealTime
from routing.sharing.fleet import fleets
from routing.sharing.rental import RentalSearch, rental_ends
from routing.sharing.vehicles import SharedVehicles

Code = PlanErrorCode

WALKING_IS_BETTER = PlanError(
    Code.WALKING_BETTER_THAN_TRANSIT, "walking all the way is as quick as any public transport"
)

_LOOK_FURTHER_S = 24 * 3600
"""How far a page is looked for beyond windows without a journey."""


class Planner:
    """Answers requests on one network; safe to share between threads.

    Parameters
    ----------
    network : Network
        Streets, timetable or both.
    live : LiveSource, optional
        What is known beside the network's timetable.
    grams_per_km : Mapping of str to float
        Emissions per person by mode.
    """

    def __init__(
        self,
        network: Network,
        live: LiveSource | None = None,
        grams_per_km: Mapping[str, float] = GRAMS_PER_KM,
    ) -> None:
        self.network = network
        self.live = live
        self._grams_per_km = grams_per_km
        self._maker = ItineraryMaker(network)

    def plan(self, request: PlanRequest, shared: SharedVehicles | None = None) -> PlanResult:
        """Find the best ways from door to door.

        Parameters
        ----------
        request : PlanRequest
            What is wanted.
        shared : SharedVehicles, optional
            Shared vehicles now, linked to this network's streets.

        Returns
        -------
        PlanResult
            Itineraries that none of their combination of street modes beats in departure,
            arrival, transfers and walking; or a typed reason why there are none.
        """
        # Taken once: the whole plan rests on one state of the world.
        live = LiveNow(RealTime()) if self.live is None else self.live.now()
        result = replace(
            self._plan(request, shared, live.days),
            real_time=live.status,
            not_searched=not_searched(request, self.network.flex is not None, shared is not None),
            grams_per_km=self._grams_per_km,
        )
        return in_language(result, self.network, request.languages)

    def _plan(
        self, request: PlanRequest, shared: SharedVehicles | None, days: LiveDays | None
    ) -> PlanResult:
        places = self._places(request)
        if isinstance(places, PlanError):
            return self._result(request, (), places)
        if request.via:
            ways, error = self._over(places, request, shared, days)
            return self._result(request, self._drawn(ways, request)[1], error)
        if request.page is not None:
            return self._page(request, request.page, shared, days)
        trip = _Planning(self.network, request, shared, days, self._maker)
        if not trip.can_be_left():
            message = "no street that can be walked on lies within 500 m of the origin"
            if not trip.origin_found():
                return self._result(request, (), PlanError(Code.LOCATION_NOT_FOUND, message))
            message = message.replace("origin", "destination")
            return self._result(request, (), PlanError(Code.LOCATION_NOT_FOUND, message))
        ways, error = trip.ways()
        chosen, drawn = self._drawn(ways, request)
        result = self._result(request, drawn, error)
        if trip.covered_s is None:
            return result
        told = {id(way) for way in chosen}
        left = [way for way in ways if not way.is_direct and id(way) not in told]
        shown = [way for way in chosen if not way.is_direct]
        axis, asked_s = Axis(request.arrive_by), request.time_s
        before, after = first_neighbours(axis, asked_s, trip.covered_s, shown, left)
        return replace(result, previous_page=before, next_page=after)

    def _page(
        self, request: PlanRequest, page: Page, shared: SharedVehicles | None, days: LiveDays | None
    ) -> PlanResult:
        """Tell the journeys of one window, or of the next within a day that has some."""
        window_s, left_s = request.search_window_s or PAGE_S, _LOOK_FURTHER_S
        # Of rides on demand the first few of a window are looked at: more of them in a longer one.
        growth = 1 if Mode.FLEX in request.modes and self.network.flex is not None else 2
        result = first = self._window(request, page, window_s, shared, days)
        while not result.itineraries:
            beyond = result.previous_page if page.earlier else result.next_page
            left_s -= window_s
            if beyond is None or left_s <= 0:
                break
            page = beyond
            window_s = min(max(growth * window_s, PAGE_S), LONGEST_WINDOW_S, left_s)
            result = self._window(request, page, window_s, shared, days)
        if page.earlier:
            return replace(result, next_page=first.next_page)
        return replace(result, previous_page=first.previous_page)

    def _window(
        self,
        request: PlanRequest,
        page: Page,
        window_s: int,
        shared: SharedVehicles | None,
        days: LiveDays | None,
    ) -> PlanResult:
        """Tell the journeys by public transport of one window, in the order of time."""
        axis = Axis(request.arrive_by)
        first_s, last_s = page.span(window_s)
        moment = datetime.fromtimestamp(last_s if request.arrive_by else first_s, UTC)
        part = replace(request, time=moment, search_window_s=window_s)
        trip = _Planning(self.network, part, shared, days, self._maker)
        ways, error = trip.page(page.asked_s) if trip.can_be_left() else ([], None)
        found = [way for way in ways if first_s <= axis.at(way) < last_s]
        left = axis.in_order((w for w in found if key_of(w) not in page.told), page.earlier)
        drawn: list[Itinerary] = []
        while left and len(drawn) < request.max_itineraries:
            made = self._made(left.pop(0), request)
            if made is not None:
                drawn.append(self._assessed(made))
        before: Page | None
        after: Page | None
        before, after = neighbours(page, axis, window_s, found, left)
        if error is not None and error.code is not Code.WALKING_BETTER_THAN_TRANSIT:
            before, after = (None, after) if page.earlier else (before, None)  # one can go back
        elif not drawn and error is None:
            code = Code.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW
            error = PlanError(code, "no connection within a day")
        result = self._result(request, _explained(drawn, request), error)
        return replace(result, previous_page=before, next_page=after)

    def _over(
        self,
        places: list[Place],
        request: PlanRequest,
        shared: SharedVehicles | None,
        days: LiveDays | None,
    ) -> tuple[list[Candidate], PlanError | None]:
        """Find ways that pass places."""
        closed, drawers = None, (self._maker.walks, self._maker.rides)
        if Mode.TRANSIT in request.modes and self.network.timetable is not None:
            closed = TransitPlanning(self.network, request, days).outside_service_period()
        if closed is not None:
            without = request.modes - {Mode.TRANSIT}
            if not without:
                return [], closed
            request = replace(request, modes=without)
        planning = ViaPlanning(self.network, request, places, days, shared, *drawers)
        lost = planning.unlinked()
        if lost is not None:
            word = _word(lost, len(places))
            message = f"no street that can be walked on lies within 500 m of the {word}"
            return [], PlanError(Code.LOCATION_NOT_FOUND, message)
        ways, error = planning.find()
        return without_absurd(pareto(ways)), closed or error

    def _places(self, request: PlanRequest) -> list[Place] | PlanError:
        """Return all places in order, or why one of them cannot be planned from."""
        table, places = self.network.timetable, [request.origin]
        for via in request.via:
            if isinstance(via.place, Place):
                places.append(via.place)
                continue
            row = None if table is None else table.find_stop(via.place)
            if row is None:
                return PlanError(Code.LOCATION_NOT_FOUND, f"no stop '{via.place}': check the id")
            places.append(self.network.stop_place(row))
        places.append(request.destination)
        for number, place in enumerate(places):
            if not self.network.contains(place.lon, place.lat):
                west, south, east, north = self.network.bbox
                return PlanError(
                    Code.OUTSIDE_BOUNDS,
                    f"the {_word(number, len(places))} lies outside"
                    f" {west:.3f},{south:.3f},{east:.3f},{north:.3f},"
                    " which this network covers",
                )
        return places

    def _drawn(
        self, ways: list[Candidate], request: PlanRequest
    ) -> tuple[list[Candidate], tuple[Itinerary, ...]]:
        """Draw the best ways; a few more where what is known of drawn ones alone weighs too."""
        most, wanted = request.max_itineraries, request.time_s
        wish = wanted, request.arrive_by, request.weights
        pool = most + request.drawn_to_compare
        found: dict[int, tuple[Candidate, Itinerary]] = {}
        rest = list(ways)
        while rest and len(found) < pool:
            # A way may turn out not to work when drawn; the next best takes its place.
            chosen = select(rest, pool - len(found), *wish)
            drawn = [(way, self._made(way, request)) for way in chosen]
            found |= {id(way): (way, self._assessed(it)) for way, it in drawn if it is not None}
            gone = {id(way) for way in chosen}
            rest = [way for way in rest if id(way) not in gone]
        if len(found) > most:
            weighed = costs([itinerary for _, itinerary in found.values()], request)
            known = {key: cost.total for key, cost in zip(found, weighed, strict=True)}
            best = select([way for way, _ in found.values()], most, *wish, known)
            found = {id(way): found[id(way)] for way in best}
        chosen = [way for way, _ in found.values()]
        return chosen, _explained([itinerary for _, itinerary in found.values()], request)

    def _made(self, way: Candidate, request: PlanRequest) -> Itinerary | None:
        """Draw a way, ``None`` if it does not work or cannot be booked any more."""
        made = self._maker.make(way, request.walking)
        return None if made is None else in_time_to_book(made, request)

    def _assessed(self, itinerary: Itinerary) -> Itinerary:
        """Add what an itinerary costs, emits and asks of the body."""
        fare = self.network.pricing.price(itinerary.legs)
        return itinerary._replace(fare=fare, impact=impact_of(itinerary, self._grams_per_km))

    def _result(
        self,
        request: PlanRequest,
        itineraries: tuple[Itinerary, ...],
        error: PlanError | None,
    ) -> PlanResult:
        if not itineraries and error is None:
            error = PlanError(
                Code.NO_TRANSIT_CONNECTION,
                "no way was found with these modes and limits: allow more of them",
            )
        network = self.network
        return PlanResult(network.id, network.timezone, request, itineraries, error)


def _explained(found: list[Itinerary], request: PlanRequest) -> tuple[Itinerary, ...]:
    """Put itineraries in order, and say of each what it weighs and what it is best in."""
    if request.arrive_by:
        found.sort(key=lambda i: (-i.start_s, i.end_s, i.transfers))
    else:
        found.sort(key=lambda i: (i.end_s, -i.start_s, i.transfers))
    weighed = costs(found, request)
    return tuple(
        itinerary._replace(cost=cost, reasons=why)
        for itinerary, cost, why in zip(found, weighed, reasons(found, weighed), strict=True)
    )


def _word(number: int, count: int) -> str:
    """Name one of the places of a request."""
    if number == 0:
        return "origin"
    return "destination" if number == count - 1 else f"place {number} on the way"


class _Planning:
    """One request under way."""

    def __init__(
        self,
        network: Network,
        request: PlanRequest,
        shared: SharedVehicles | None,
        days: LiveDays | None,
        maker: ItineraryMaker,
    ) -> None:
        self.network = network
        self.request = request
        self.days = days
        served = network.served if days is None else days.served(network.served)
        closed = closed_for(request, days)
        self.origin = Side(network, request, False, served, closed)
        self.destination = Side(network, request, True, served, closed)
        rentals = Mode.RENTAL in request.modes and network.streets is not None
        usable = fleets(shared, request) if rentals else []
        limit = ride_limit_s(request)
        self.outward = [RentalSearch(self.origin, fleet, limit) for fleet in usable]
        self.homeward = [
            RentalSearch(self.destination, fleet, request.max_access_ride_s) for fleet in usable
        ]
        self.flex = flex_planning(self.origin, self.destination, maker.walks, maker.rides)
        self.covered_s: int | None = None
        """How far beyond the time asked for all of public transport is known, if at all."""

    def origin_found(self) -> bool:
        walking = self.request.walking
        return not self.origin.on_streets or self.origin.snap(walking) is not None

    def can_be_left(self) -> bool:
        reached = self.destination.snap(self.request.walking) is not None
        return self.origin_found() and (reached or not self.origin.on_streets)

    def ways(self) -> tuple[list[Candidate], PlanError | None]:
        """Find the ways worth offering, and why there is no public transport among them."""
        request = self.request
        directs = [way.candidate(request) for way in self._directs]
        directs += self.flex.directs if self.flex else []
        error: PlanError | None = None
        rides: list[Candidate] = []
        if Mode.TRANSIT in request.modes:
            rides, error = self._transit()
        kept = self._sensible(pareto([*directs, *rides]))
        if error is None and rides and all(way.is_direct for way in kept):
            error = WALKING_IS_BETTER
        nothing_now = not kept or (error is not None and not directs)
        if nothing_now and Mode.WALK in request.modes:
            walk = longest_walk(self.origin, self.destination)
            kept += [] if walk is None else [walk.candidate(request)]
        return kept, error

    @lazy_property
    def _directs(self) -> list[DirectWay]:
        request, origin, destination = self.request, self.origin, self.destination
        found: list[DirectWay | None] = []
        if self._walk is not None and Mode.WALK in request.modes:
            found.append(self._walk)
        if origin.on_streets:
            found += [
                direct_ride(origin, destination, mode)
                for mode in (Mode.BICYCLE, Mode.CAR)
                if mode in request.modes
            ]
            found += list(direct_rentals(self.outward, self.homeward))
        return [way for way in found if way is not None]

    @lazy_property
    def _walk(self) -> DirectWay | None:
        """The walk all the way, if it is short enough to be offered."""
        return direct_walk(self.origin, self.destination, self.request.max_direct_walk_s)

    def _sensible(self, ways: list[Candidate]) -> list[Candidate]:
        """Drop absurd ways, measured by those without public transport, asked for or not.

        The walk among them is sought as far as the slowest way takes.
        """
        walk, directs = self._walk, self._directs
        slowest_s = max(
            [*rentals_s(directs).values(), *(way.duration_s for way in ways)], default=0
        )
        limit_s = min(slowest_s, LONGEST_WALK_S)
        looked_s = self.request.max_direct_walk_s
        least_s = least_walk_s(self.origin, self.destination.place)
        if walk is None and limit_s > max(looked_s, least_s):
            walk = direct_walk(self.origin, self.destination, limit_s)
        beside = directs if walk is None else [walk, *directs]
        kept = without_absurd(ways, [way.candidate(self.request) for way in beside])
        table = self.network.timetable
        return kept if table is None else without_detours(kept, table)

    def _transit(self) -> tuple[list[Candidate], PlanError | None]:
        network = self.network
        if network.timetable is None:
            return [], PlanError(Code.NO_STOPS_IN_RANGE, "this network has no timetable")
        planning = TransitPlanning(network, self.request, self.days, alone_s(self._directs))
        closed = planning.outside_service_period()
        if closed is not None:
            return [], closed
        pairs = self._combinations()
        found, error = planning.find(pairs)
        on_demand = self.flex.with_transit(planning, *pairs[0]) if self.flex else []
        if on_demand or error is None or error.code != Code.NO_STOPS_IN_RANGE:
            self.covered_s = planning.covered_s
        return [*found, *on_demand], None if on_demand else error

    def page(self, asked_s: int) -> tuple[list[Candidate], PlanError | None]:
        """Find all ways by public transport in the window, part of an answer asked for before."""
        network = self.network
        if network.timetable is None or Mode.TRANSIT not in self.request.modes:
            return [], PlanError(Code.NO_TRANSIT_CONNECTION, "nothing here has a timetable")
        planning = TransitPlanning(network, self.request, self.days, alone_s(self._directs))
        closed = planning.outside_service_period()
        if closed is not None:
            return [], closed
        pairs = self._combinations()
        on_demand = self.flex.with_transit(planning, *pairs[0]) if self.flex else []
        found = pareto([*planning.page(pairs, asked_s), *on_demand])
        kept = self._sensible(found)
        return kept, WALKING_IS_BETTER if found and not kept else None

    def _combinations(self) -> list[tuple[StreetEnd, StreetEnd]]:
        """Pair the ways to a first stop with the ways from a last one."""
        walk_there, walk_back = walk_end(self.origin), walk_end(self.destination)
        rented_there = list(rental_ends(self.outward, self.network))
        rented_back = list(rental_ends(self.homeward, self.network))
        pairs = [(walk_there, walk_back)]
        pairs += [(end, walk_back) for end in rented_there]
        pairs += [(walk_there, end) for end in rented_back]
        if rented_there and rented_back:
            # All families in one search: one per pair of families would be too many.
            both = (quickest_of(ends, Mode.RENTAL) for ends in (rented_there, rented_back))
            pairs.append((next(both), next(both)))
        if self.network.streets is None:
            return pairs
        if Mode.BICYCLE in self.request.modes:
            there = bike_end(self.origin)
            pairs += [(there, walk_back), (there, bike_end(self.destination))]
        if Mode.CAR in self.request.modes:
            pairs.append((park_end(self.origin), walk_back))
        return pairs

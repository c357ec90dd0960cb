"""Journeys over places at which one stays a while.

Each part is searched over every moment at which it may begin, and its whole Pareto set joined to
those before: whoever reaches a place earlier, with fewer changes and less walking, can go on just
as well, so that parts of best journeys are best themselves. Arriving by a time is the same search
with time reversed: from the destination, and in seconds before the epoch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from routing.flex.search import FlexPlanning
from routing.geometry import line_steps_m
from routing.journeys.access import Side, closed_for
from routing.journeys.combine import Candidate
from routing.journeys.direct import DirectWay
from routing.journeys.rides import RideDrawer
from routing.journeys.transfer_walks import TransferWalks
from routing.journeys.transit import TransitPlanning
from routing.journeys.via_parts import LEFT, Part, leaving_part, make_part
from routing.journeys.via_states import (
    OpenPiece,
    Partial,
    add_ride,
    best_of,
    go_on,
    one_vehicle,
    ride_on,
)
from routing.journeys.via_ways import ViaWay, combination_of, without_long_rides
from routing.lazy import lazy_property
from routing.model import Mode, Place, PlanError, PlanErrorCode, PlanRequest
from routing.network import Network
from routing.realtime.days import LiveDays
from routing.sharing.fleet import fleets
from routing.sharing.vehicles import SharedVehicles

LONGEST_SPAN_S = 86_400
"""Beginnings of one part that are looked at, from the first."""

FLEX_SPAN_S, FEW_OFFERS = 4 * 3600, 3
"""Of these, those looked at with a ride on demand; and such rides at each end of a part."""


class ViaPlanning:
    """Finds the journeys of one request with places to stay at.

    Parameters
    ----------
    network : Network
        Where to plan.
    request : PlanRequest
        One with ``via``.
    places : sequence of Place
        All of them, origin and destination included; those given as stops have their ``stop_id``.
    days : LiveDays, optional
        Days as they are foreseen; else those of the timetable.
    shared : SharedVehicles, optional
        Shared vehicles now.
    walks, rides : TransferWalks and RideDrawer, optional
        Draw journeys with rides on demand, which are left out without.
    """

    def __init__(
        self,
        network: Network,
        request: PlanRequest,
        places: Sequence[Place],
        days: LiveDays | None = None,
        shared: SharedVehicles | None = None,
        walks: TransferWalks | None = None,
        rides: RideDrawer | None = None,
    ) -> None:
        self._network = network
        self._request = request
        self._places = places
        self._days = days
        self._drawers = walks, rides
        self._fleets = fleets(shared, request) if Mode.RENTAL in request.modes else []
        served = network.served if days is None else days.served(network.served)
        closed = closed_for(request, days)
        self._sides = []
        for here, there in pairwise(places):
            part = replace(request, origin=here, destination=there, via=())
            self._sides.append(
                (
                    Side(network, part, False, served, closed),
                    Side(network, part, True, served, closed),
                )
            )
        stays = [*(via.stay_s for via in request.via), 0]
        if request.arrive_by:
            self._sides.reverse()
            stays = [*stays[-2::-1], 0]
        self._stays = stays
        moment = request.time_s
        self._asked_s = -moment if request.arrive_by else moment

    def unlinked(self) -> int | None:
        """Return the first place with no street near, ``None`` where all are linked."""
        if self._network.streets is None:
            return None
        in_order = self._sides[::-1] if self._request.arrive_by else self._sides
        sides = [in_order[0][0], *(there for _, there in in_order)]
        snaps = (side.snap(self._request.walking) for side in sides)
        return next((number for number, snap in enumerate(snaps) if snap is None), None)

    def find(self) -> tuple[list[Candidate], PlanError | None]:
        """Find Pareto-optimal journeys that leave (arrive) in the window, else the next ones."""
        window_s = self._request.search_window_s
        found = self._journeys(window_s)
        if Mode.TRANSIT not in self._request.modes or any(not way.is_direct for way in found):
            return found, None
        late = self._journeys(0)
        if any(not way.is_direct for way in late):
            return late, PlanError(
                PlanErrorCode.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW,
                f"no connection over these places in {window_s // 60} min",
            )
        return found, PlanError(
            PlanErrorCode.NO_TRANSIT_CONNECTION, "no connection was found over these places"
        )

    @lazy_property
    def _parts(self) -> dict[Mode, list[Part]]:
        """The parts in the order of the search, by what one has at hand in all of them."""
        modes = self._request.modes
        chains: list[Mode] = [Mode.WALK] if modes & {Mode.WALK, Mode.TRANSIT} else []
        if self._network.streets is not None:
            chains += [mode for mode in (Mode.BICYCLE, Mode.CAR) if mode in modes]
            chains += [Mode.RENTAL] if self._fleets else []
        chains += [Mode.FLEX] if Mode.FLEX in modes and self._network.flex else []
        return {
            chain: [
                make_part(chain, pair, stay_s, self._fleets, self._drawers)
                for pair, stay_s in zip(self._sides, self._stays, strict=True)
            ]
            for chain in chains
        }

    @lazy_property
    def _leaving(self) -> dict[Mode, list[Part]]:
        """The same of parts at the first stop of which one's own vehicle is left."""
        parts = self._parts
        apart_m = line_steps_m(np.array([(place.lon, place.lat) for place in self._places]))
        around_m = [(apart_m[:n].sum(), apart_m[n + 1 :].sum()) for n in range(len(apart_m))]
        if self._request.arrive_by:
            around_m.reverse()
        return {
            own: list(map(leaving_part, parts[own], parts[Mode.WALK], self._sides, around_m))
            for own in LEFT
            if own in parts and Mode.WALK in parts
        }

    def _journeys(self, window_s: int) -> list[Candidate]:
        """Find the journeys with the same at hand all the way, and those that leave a vehicle."""
        reached = {chain: self._reached(parts, window_s) for chain, parts in self._parts.items()}
        whole = [(chain, states[-1]) for chain, states in reached.items()]
        whole += [(own, self._left(own, reached, window_s)) for own in self._leaving]
        return without_long_rides(
            way for chain, states in whole for way in self._placed(chain, states, window_s)
        )

    def _reached(self, parts: Sequence[Part], window_s: int) -> list[list[Partial]]:
        """Return the journeys before each part, and after the last."""
        found = [[Partial()]]
        for number, part in enumerate(parts):
            found.append(self._extended(found[-1], part, window_s, self._passes(number)))
        return found

    def _passes(self, number: int) -> bool:
        """Tell whether a part, in the order of the search, begins where one does not stay."""
        return number == 0 or self._stays[number - 1] == 0

    def _left(
        self, own: Mode, reached: Mapping[Mode, Sequence[list[Partial]]], window_s: int
    ) -> list[Partial]:
        """Find the journeys on which one's own vehicle is left at a stop of whichever part."""
        before, after = (Mode.WALK, own) if self._request.arrive_by else (own, Mode.WALK)
        states: list[Partial] = []
        for number, (leaving, part) in enumerate(
            zip(self._leaving[own], self._parts[after], strict=True)
        ):
            passing = self._passes(number)
            left = self._extended(reached[before][number], leaving, window_s, passing)
            states = best_of([*left, *self._extended(states, part, window_s, passing)])
        return states

    def _placed(self, chain: Mode, states: Sequence[Partial], window_s: int) -> list[Candidate]:
        """Place whole journeys in time."""
        # Those that leave too late were there to beat others.
        asked_s, last_s = self._asked_s, self._asked_s + (window_s or LONGEST_SPAN_S)
        return [
            self._candidate(state, start_s, chain)
            for state in states
            if (start_s := state.leaves_s(asked_s)) is not None and start_s < last_s
        ]

    def _extended(
        self, states: Sequence[Partial], part: Part, window_s: int, passing: bool
    ) -> list[Partial]:
        """Lead journeys over one more part; ``passing`` says that one did not stay before it."""
        if not states:
            return []
        ways = [OpenPiece(way) for way in part.directs]
        first_s, last_s = self._begins(states, window_s)
        if part.flex is not None:
            ways += self._open(part, part.flex, first_s, last_s)
        found: list[Partial | None] = [
            go_on(state, way, part.stay_s) for way in ways for state in states
        ]
        rides = self._rides(part, first_s, last_s)
        if rides:
            found += self._ridden(states, part, rides, passing)
        most = self._request.max_transfers
        return best_of(state for state in found if state is not None and state.transfers <= most)

    def _begins(self, states: Sequence[Partial], window_s: int) -> tuple[int, int]:
        """Return the first and the last moment at which a part may begin."""
        asked = self._asked_s
        loose_s = [s.first_s(asked) for s in states if s.start_s is None]
        begins = [s.ready_s for s in states if s.start_s is not None]
        ends = begins + [moment + window_s for moment in loose_s]
        first_s = min(begins + loose_s)
        return first_s, min(max(ends), first_s + LONGEST_SPAN_S)

    def _open(self, part: Part, flex: FlexPlanning, first_s: int, last_s: int) -> list[OpenPiece]:
        """Return the rides on demand all the way, as the search sees time."""
        if not part.request.arrive_by:
            found = flex.open_ways((first_s, last_s))[:FEW_OFFERS]
            return [OpenPiece(ride.way, ride.first_s, ride.last_s) for ride in found]
        found = flex.open_ways((-last_s, -first_s))[:FEW_OFFERS]
        return [
            OpenPiece(ride.way, -ride.last_s - ride.way.whole_s, -ride.first_s - ride.way.whole_s)
            for ride in found
        ]

    def _ridden(
        self, states: Sequence[Partial], part: Part, rides: list[Candidate], passing: bool
    ) -> Iterable[Partial | None]:
        """Join each journey so far to the rides it may go on with."""
        asked, stay_s = self._asked_s, part.stay_s
        loose = [s for s in states if s.start_s is None]
        fixed = sorted((s for s in states if s.start_s is not None), key=lambda s: -s.ready_s)
        rides.sort(key=lambda ride: -ride.start_s)
        for state in loose:
            for ride in rides:
                yield ride_on(state, ride, asked, stay_s, False)
        open_to: list[Candidate] = []
        row = 0
        for state in fixed:
            while row < len(rides) and rides[row].start_s >= state.ready_s:
                add_ride(open_to, rides[row])
                row += 1
            for ride in open_to:
                seated = passing and self._one_vehicle(state.pieces[-1], ride)
                yield ride_on(state, ride, asked, stay_s, seated)

    def _one_vehicle(self, before: object, after: object) -> bool:
        """Tell whether one may stay on board from one part to the next of the search."""
        if self._request.arrive_by:
            before, after = after, before
        return one_vehicle(before, after)

    def _rides(self, part: Part, first_s: int, last_s: int) -> list[Candidate]:
        """Return rides that begin from ``first_s`` on, and the best that begin from ``last_s``."""
        if part.ends is None:
            return []
        backwards = part.request.arrive_by
        earliest = datetime.fromtimestamp(-last_s if backwards else first_s, UTC)
        planning = TransitPlanning(self._network, replace(part.request, time=earliest), self._days)
        first_s, last_s = (-last_s, -first_s) if backwards else (first_s, last_s)
        found: list[Candidate] = []
        if all(len(end.stop) for end in part.ends):
            found += planning.between(part.ends, first_s, last_s)
        if part.flex is not None and part.flex.is_near:
            near_s = max(first_s, last_s - FLEX_SPAN_S), last_s
            if not backwards:
                near_s = first_s, min(last_s, first_s + FLEX_SPAN_S)
            found += part.flex.with_transit(planning, *part.ends, near_s, FEW_OFFERS)
        if not backwards:
            return found
        return [ride._replace(start_s=-ride.end_s, end_s=-ride.start_s) for ride in found]

    def _candidate(self, state: Partial, start_s: int, chain: Mode) -> Candidate:
        """Place the pieces of a journey in time."""
        placed: list[Candidate] = []
        clock = start_s
        for piece, stay_s in zip(state.pieces, self._stays, strict=True):
            placed.append(piece.leaving(clock) if isinstance(piece, DirectWay) else piece)
            clock = placed[-1].end_s + stay_s
        end_s = placed[-1].end_s
        if self._request.arrive_by:
            start_s, end_s = -end_s, -start_s
            placed = [p._replace(start_s=-p.end_s, end_s=-p.start_s) for p in reversed(placed)]
        seated = tuple(
            via.stay_s == 0 and one_vehicle(*two)
            for via, two in zip(self._request.via, pairwise(placed), strict=True)
        )
        way = ViaWay(tuple(placed), tuple(self._places[1:-1]), seated)
        return Candidate(
            combination_of(placed, chain),
            start_s,
            end_s,
            state.transfers,
            state.walk_s,
            way,
            ride_s=sum(piece.ride_s for piece in placed),
        )

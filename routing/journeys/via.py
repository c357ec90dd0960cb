"""Journeys over places at which one stays a while.

Each part is searched over every moment at which it may begin, and its whole Pareto set joined to
those before: whoever reaches a place earlier, with fewer changes and less walking, can go on just
as well, so that parts of best journeys are best themselves. Arriving by a time is the same search
with time reversed: from the destination, and in seconds before the epoch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

from routing.journeys.access import Side, StreetEnd, at_stop, bike_end, closed_for, walk_end
from routing.journeys.combine import CARRIED, DIRECT, PLAIN, Candidate
from routing.journeys.direct import DirectWay, direct_ride, direct_walk
from routing.journeys.transit import TransitPlanning
from routing.model import Mode, Place, PlanError, PlanErrorCode, PlanRequest
from routing.network import Network
from routing.realtime.days import LiveDays

LONGEST_SPAN_S = 86_400
"""Beginnings of one part that are looked at, from the first."""

Chain = Literal[Mode.WALK, Mode.BICYCLE, Mode.CAR]
"""What one has at hand at every place of a journey: feet, one's own bicycle, one's own car."""


@dataclass(frozen=True)
class ViaWay:
    """Parts of a journey, each with its times, and the places between them."""

    parts: tuple[Candidate, ...]
    vias: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class _Partial:
    """A journey to where the next part begins, in the order and the time of the search.

    While it has no vehicle of public transport in it, leaving may be put off: then ``start_s`` is
    ``None`` and ``ready_s`` counts from leaving.
    """

    start_s: int | None
    ready_s: int
    transfers: int
    walk_s: int
    pieces: tuple["DirectWay | Candidate", ...]


@dataclass(frozen=True)
class _Part:
    direct: DirectWay | None
    ends: tuple[StreetEnd, StreetEnd] | None
    request: PlanRequest
    stay_s: int
    """After it, in the order of the search."""


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
    """

    def __init__(
        self,
        network: Network,
        request: PlanRequest,
        places: Sequence[Place],
        days: LiveDays | None = None,
    ) -> None:
        self._network = network
        self._request = request
        self._places = places
        self._days = days
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
        moment = int(request.time.timestamp())
        self._asked_s = -moment if request.arrive_by else moment

    def unlinked(self) -> int | None:
        """Return the first place with no street near, ``None`` where all are linked."""
        if self._network.streets is None:
            return None
        sides = [self._sides[0][0], *(there for _, there in self._sides)]
        snaps = (side.snap(self._request.walking) for side in sides)
        return next((number for number, snap in enumerate(snaps) if snap is None), None)

    def find(self) -> tuple[list[Candidate], PlanError | None]:
        """Find Pareto-optimal journeys that leave (arrive) in the window, else the next ones."""
        modes = self._request.modes
        chains: list[Chain] = [Mode.WALK] if modes & {Mode.WALK, Mode.TRANSIT} else []
        if self._network.streets is not None:
            chains += [mode for mode in (Mode.BICYCLE, Mode.CAR) if mode in modes]
        parts = {chain: self._parts(chain) for chain in chains}
        window_s = self._request.search_window_s
        found = [way for chain in chains for way in self._solved(chain, parts[chain], window_s)]
        if Mode.TRANSIT not in modes or any(not way.is_direct for way in found):
            return found, None
        late = [way for chain in chains for way in self._solved(chain, parts[chain], 0)]
        if any(not way.is_direct for way in late):
            return late, PlanError(
                PlanErrorCode.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW,
                f"no connection over these places in {window_s // 60} min",
            )
        return found, PlanError(
            PlanErrorCode.NO_TRANSIT_CONNECTION, "no connection was found over these places"
        )

    def _parts(self, chain: Chain) -> list[_Part]:
        """Return the parts of a chain in the order of the search."""
        stays = [via.stay_s for via in self._request.via]
        if self._request.arrive_by:
            return [
                self._part(chain, *sides, stay)
                for sides, stay in zip(self._sides[::-1], [*stays[::-1], 0], strict=True)
            ]
        return [
            self._part(chain, *sides, stay)
            for sides, stay in zip(self._sides, [*stays, 0], strict=True)
        ]

    def _part(self, chain: Chain, here: Side, there: Side, stay_s: int) -> _Part:
        request = here.request
        direct = None
        if chain == Mode.WALK:
            direct = direct_walk(here, there, request.max_direct_walk_s)
        else:
            direct = direct_ride(here, there, chain)
        ends = None
        rides = Mode.TRANSIT in request.modes and self._network.timetable is not None
        if rides and chain == Mode.WALK:
            ends = at_stop(here, walk_end(here)), at_stop(there, walk_end(there))
        elif rides and chain == Mode.BICYCLE:
            ends = bike_end(here), bike_end(there)
        if ends is not None and not (len(ends[0].stop) and len(ends[1].stop)):
            ends = None
        return _Part(direct, ends, request, stay_s)

    def _solved(self, chain: Chain, parts: Sequence[_Part], window_s: int) -> list[Candidate]:
        states = [_Partial(None, 0, 0, 0, ())]
        for part in parts:
            states = self._extended(states, part, window_s)
        # Those that leave too late were there to beat others.
        last_s = self._asked_s + (window_s or LONGEST_SPAN_S)
        in_time = (s for s in states if s.start_s is None or s.start_s < last_s)
        return [self._candidate(state, chain, parts) for state in in_time]

    def _extended(self, states: Sequence[_Partial], part: _Part, window_s: int) -> list[_Partial]:
        found = []
        if part.direct is not None:
            way = part.direct.leaving(0)
            for state in states:
                ready_s = state.ready_s + way.end_s + part.stay_s
                pieces, walk_s = (*state.pieces, part.direct), state.walk_s + way.walk_s
                found.append(replace(state, ready_s=ready_s, walk_s=walk_s, pieces=pieces))
        if part.ends is not None and states:
            found += self._ridden(states, part, window_s)
        most = self._request.max_transfers
        return _best(state for state in found if state.transfers <= most)

    def _ridden(self, states: Sequence[_Partial], part: _Part, window_s: int) -> Iterable[_Partial]:
        """Join each journey so far to the rides it may go on with."""
        assert part.ends is not None  # noqa: S101 - asked by the caller
        asked, loose = self._asked_s, [s for s in states if s.start_s is None]
        fixed = sorted((s for s in states if s.start_s is not None), key=lambda s: -s.ready_s)
        begins = [s.ready_s for s in fixed] + [asked + s.ready_s for s in loose]
        ends = [s.ready_s for s in fixed] + [asked + s.ready_s + window_s for s in loose]
        rides = self._rides(part, min(begins), min(max(ends), min(begins) + LONGEST_SPAN_S))
        rides.sort(key=lambda ride: -ride.start_s)
        for state in loose:
            first = asked + state.ready_s
            for ride in rides:
                if ride.start_s >= first:
                    yield self._with(state, ride, part.stay_s, ride.start_s - state.ready_s)
        open_to: list[Candidate] = []
        row = 0
        for state in fixed:
            while row < len(rides) and rides[row].start_s >= state.ready_s:
                _add(open_to, rides[row])
                row += 1
            for ride in open_to:
                yield self._with(state, ride, part.stay_s, state.start_s or 0)

    def _with(self, state: _Partial, ride: Candidate, stay_s: int, start_s: int) -> _Partial:
        return _Partial(
            start_s,
            ride.end_s + stay_s,
            state.transfers + ride.transfers,
            state.walk_s + ride.walk_s,
            (*state.pieces, ride),
        )

    def _rides(self, part: _Part, first_s: int, last_s: int) -> list[Candidate]:
        """Return rides that begin from ``first_s`` on, and the best that begin from ``last_s``."""
        assert part.ends is not None  # noqa: S101 - asked by the caller
        backwards = part.request.arrive_by
        earliest = datetime.fromtimestamp(-last_s if backwards else first_s, UTC)
        planning = TransitPlanning(self._network, replace(part.request, time=earliest), self._days)
        if not backwards:
            return planning.between(part.ends, first_s, last_s)
        found = planning.between(part.ends, -last_s, -first_s)
        return [replace(ride, start_s=-ride.end_s, end_s=-ride.start_s) for ride in found]

    def _candidate(self, state: _Partial, chain: Chain, parts: Sequence[_Part]) -> Candidate:
        """Place the pieces of a journey in time."""
        start_s = self._asked_s if state.start_s is None else state.start_s
        placed: list[Candidate] = []
        clock = start_s
        for piece, part in zip(state.pieces, parts, strict=True):
            placed.append(piece.leaving(clock) if isinstance(piece, DirectWay) else piece)
            clock = placed[-1].end_s + part.stay_s
        end_s = placed[-1].end_s
        if self._request.arrive_by:
            start_s, end_s = -end_s, -start_s
            placed = [replace(p, start_s=-p.end_s, end_s=-p.start_s) for p in reversed(placed)]
        combination = CARRIED if chain == Mode.BICYCLE else PLAIN
        if all(piece.is_direct for piece in placed):
            combination = (DIRECT, chain)
        way = ViaWay(tuple(placed), tuple(self._places[1:-1]))
        return Candidate(combination, start_s, end_s, state.transfers, state.walk_s, way)


def _add(rides: list[Candidate], ride: Candidate) -> None:
    """Add a ride to those one may still take, unless one that leaves no earlier is as good."""
    if not any(_as_good(other, ride) for other in rides):
        rides[:] = [other for other in rides if not _as_good(ride, other)]
        rides.append(ride)


def _as_good(a: Candidate, b: Candidate) -> bool:
    return a.end_s <= b.end_s and a.transfers <= b.transfers and a.walk_s <= b.walk_s


def _best(states: Iterable[_Partial]) -> list[_Partial]:
    """Keep the journeys that no other one of those beats; of equal ones the first."""
    kept: list[_Partial] = []
    # Best first: whatever beats a journey comes before it.
    for state in sorted(states, key=_rank):
        if not any(_beats(other, state) for other in kept):
            kept.append(state)
    return kept


def _rank(state: _Partial) -> tuple[int, int, int, int]:
    return -(state.start_s or 0), state.ready_s, state.transfers, state.walk_s


def _beats(a: _Partial, b: _Partial) -> bool:
    if (a.start_s is None) != (b.start_s is None):
        return False
    return (
        (a.start_s or 0) >= (b.start_s or 0)
        and a.ready_s <= b.ready_s
        and a.transfers <= b.transfers
        and a.walk_s <= b.walk_s
    )

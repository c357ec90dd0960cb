"""Journeys over places as far as they are found, and what makes one better than another.

Times are those of the search: Unix seconds, or with time reversed seconds before the epoch.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from routing.journeys.combine import Candidate
from routing.journeys.direct import DirectWay
from routing.transit.journey import Ride

ALWAYS_S = 2**40
"""Later than any moment; its negative is earlier."""


@dataclass(frozen=True, slots=True)
class Partial:
    """A journey to where the next part begins, in the order and the time of the search.

    While it has nothing in it that runs at a certain time, leaving may be put off, as far as
    ``low_s`` and ``high_s`` allow: then ``start_s`` is ``None`` and ``ready_s`` counts from
    leaving. ``boarded`` counts vehicles of public transport.
    """

    start_s: int | None = None
    ready_s: int = 0
    boarded: int = 0
    walk_s: int = 0
    pieces: tuple[DirectWay | Candidate, ...] = ()
    low_s: int = -ALWAYS_S
    high_s: int = ALWAYS_S

    @property
    def transfers(self) -> int:
        """Changes between vehicles, those around a stay included."""
        return max(self.boarded - 1, 0)

    def leaves_s(self, asked_s: int) -> int | None:
        """Return when one leaves, as soon as possible from a moment on; ``None`` if never."""
        if self.start_s is not None:
            return self.start_s if self.start_s >= asked_s else None
        start_s = max(asked_s, self.low_s)
        return start_s if start_s <= self.high_s else None

    def first_s(self, asked_s: int) -> int:
        """Return when the next part can begin, leaving not before a moment."""
        return self.ready_s if self.start_s is not None else max(asked_s, self.low_s) + self.ready_s


@dataclass(frozen=True)
class OpenPiece:
    """A way without public transport, and the first and last moment of beginning it."""

    way: DirectWay
    first_s: int = -ALWAYS_S
    last_s: int = ALWAYS_S


def go_on(state: Partial, piece: OpenPiece, stay_s: int) -> Partial | None:
    """Add a way to a journey, waiting for it to open; ``None`` where it has closed."""
    way = piece.way
    taken = way.leaving(0)
    longer = replace(state, walk_s=state.walk_s + taken.walk_s)
    if state.start_s is not None:
        at = max(state.ready_s, piece.first_s)
        if at > piece.last_s:
            return None
        pieces = (*state.pieces, way.leaving(at))
        return replace(longer, ready_s=at + taken.end_s + stay_s, pieces=pieces)
    low = max(state.low_s, piece.first_s - state.ready_s)
    high = min(state.high_s, piece.last_s - state.ready_s)
    if low <= high:
        ready_s = state.ready_s + taken.end_s + stay_s
        pieces = (*state.pieces, way)
        return replace(longer, ready_s=ready_s, low_s=low, high_s=high, pieces=pieces)
    if state.low_s + state.ready_s > piece.last_s:
        return None
    # All leave before it opens: the last of them waits least.
    at, pieces = piece.first_s, (*state.pieces, way.leaving(piece.first_s))
    return replace(longer, start_s=state.high_s, ready_s=at + taken.end_s + stay_s, pieces=pieces)


def ride_on(
    state: Partial, ride: Candidate, asked_s: int, stay_s: int, seated: bool
) -> Partial | None:
    """Add a ride that leaves when the journey can go on or later; ``None`` if that is too early.

    Parameters
    ----------
    seated : bool
        It goes on in the vehicle one sits in, so that one does not change.
    """
    start_s = state.start_s
    if start_s is None:
        start_s = min(ride.start_s - state.ready_s, state.high_s)
        if start_s < max(asked_s, state.low_s):
            return None
    return Partial(
        start_s,
        ride.end_s + stay_s,
        state.boarded + ride.transfers + (0 if seated else 1),
        state.walk_s + ride.walk_s,
        (*state.pieces, ride),
    )


def one_vehicle(before: object, after: object) -> bool:
    """Tell whether one may stay on board between two parts: the same vehicle, at the same call."""
    if not all(isinstance(part, Candidate) and not part.is_direct for part in (before, after)):
        return False
    came, goes = before.way[0], after.way[0]  # type: ignore[attr-defined]
    if came.egress_s or goes.access_s:
        return False
    a, b = came.legs[-1], goes.legs[0]
    return (
        isinstance(a, Ride)
        and isinstance(b, Ride)
        and (a.trip_idx, a.service_date, a.alight_pos) == (b.trip_idx, b.service_date, b.board_pos)
    )


def add_ride(rides: list[Candidate], ride: Candidate) -> None:
    """Add a ride to those one may still take, unless one that leaves no earlier is as good."""
    if not any(_as_good(other, ride) for other in rides):
        rides[:] = [other for other in rides if not _as_good(ride, other)]
        rides.append(ride)


def _as_good(a: Candidate, b: Candidate) -> bool:
    return a.end_s <= b.end_s and a.transfers <= b.transfers and a.walk_s <= b.walk_s


def best_of(states: Iterable[Partial]) -> list[Partial]:
    """Keep the journeys that no other one of those beats; of equal ones the first."""
    kept: list[Partial] = []
    loose: list[Partial] = []
    stairs: dict[int, Stair] = defaultdict(list)
    # Best first: whatever beats a journey comes before it, and leaves no earlier.
    for state in sorted(states, key=_rank):
        if state.start_s is None:
            if any(_beats(other, state) for other in loose):
                continue
            loose.append(state)
        else:
            step = state.ready_s, state.walk_s
            if any(_is_above(stair, *step) for n, stair in stairs.items() if n <= state.boarded):
                continue
            _lay(stairs[state.boarded], *step)
        kept.append(state)
    return kept


def _rank(state: Partial) -> tuple[int, ...]:
    opened = state.low_s - state.high_s
    return -(state.start_s or 0), state.ready_s, state.boarded, state.walk_s, opened


def _beats(a: Partial, b: Partial) -> bool:
    """Tell whether a journey not yet placed in time is at least as good as another such."""
    return (
        a.ready_s <= b.ready_s
        and a.boarded <= b.boarded
        and a.walk_s <= b.walk_s
        and a.low_s <= b.low_s
        and a.high_s >= b.high_s
    )


Stair = list[tuple[int, int]]
"""Moments of being ready, ascending, each with less walking than the one before."""


def _is_above(stair: Stair, ready_s: int, walk_s: int) -> bool:
    row = bisect_right(stair, (ready_s, walk_s))
    return row > 0 and stair[row - 1][1] <= walk_s


def _lay(stair: Stair, ready_s: int, walk_s: int) -> None:
    """Add a step that is not above the stair."""
    row = end = bisect_right(stair, (ready_s, walk_s))
    while end < len(stair) and stair[end][1] >= walk_s:
        end += 1
    stair[row:end] = [(ready_s, walk_s)]

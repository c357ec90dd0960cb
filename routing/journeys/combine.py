"""Choose among the ways found: drop what is no better than another, keep a few that differ.

Ways are compared within one combination of street modes only, so a bike never hides the bus.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from routing.journeys.weights import DEFAULT, Weights
from routing.transit.walking import STEP_S, step_count

if TYPE_CHECKING:
    from routing.model import Itinerary

WORTH_WALKING_LESS_S = 600
"""Public transport no faster than walking is worth it for saving this much walking."""

WORTH_OF_WALKING = 1.5
"""A minute not walked is worth so many on the way; beyond that one would rather walk all of it."""

WORTH_CHANGING_S = 60
"""A further change is worth it for so much time: less does not show in times told in minutes."""

WORTH_BOARDING_S, WORTH_RIDING_LESS_S = 120, 300
"""Public transport and a vehicle together are worth it for so much time, or riding it less far."""

WORTH_PAYING_TWICE_S = 300
"""The same for time where the vehicle is a shared one, so that a ticket and a rental are paid;
beside it, one may walk a step more."""

WORTH_SHOWING_S = 1800
"""A way best in one respect is shown unless it weighs so much more than the best of all."""

KEPT_COMBINATIONS = 1024
"""Combinations whose kinds of rides are kept in memory."""

DIRECT = "DIRECT"
_TO_BE_HAD = {"RENTAL", "FLEX", "CAR_PARK"}
"""Kinds of rides one would rather do without where walking is as good."""
_RIDDEN = {"RENTAL", "BICYCLE"}
"""Kinds of rides one would rather end at the destination than at a stop."""

PLAIN = ("WALK", "WALK")
"""Public transport, walked to and from."""
CARRIED = ("BICYCLE", "BICYCLE")
"""One's own bicycle ridden to and from public transport, and taken along in it."""


class Candidate(NamedTuple):
    """A way from door to door, before its legs and lines are made.

    Parameters
    ----------
    combination : tuple of str
        Street modes at the two ends; ``(DIRECT, mode)`` for a way without public transport.
    start_s, end_s : int
        Unix seconds.
    transfers : int
        Changes between vehicles of public transport.
    walk_s : int
        Seconds on foot.
    way : object
        What the legs are made from.
    walk_steps : int, optional
        Walking as it is compared, see :mod:`routing.transit.walking`; that of one walk of
        ``walk_s`` where not given.
    ride_s : int
        Seconds on a vehicle one rides or drives oneself.
    """

    combination: tuple[str, str]
    start_s: int
    end_s: int
    transfers: int
    walk_s: int
    way: Any = None
    walk_steps: int | None = None
    ride_s: int = 0

    @property
    def is_direct(self) -> bool:
        """Whether no public transport is used."""
        return self.combination[0] == DIRECT

    @property
    def duration_s(self) -> int:
        """Seconds from door to door."""
        return self.end_s - self.start_s

    @property
    def steps(self) -> int:
        """Walking as it is compared with that of other ways."""
        return step_count(self.walk_s) if self.walk_steps is None else self.walk_steps


_CLEARLY: tuple[tuple[int, Callable[[Candidate], int]], ...] = (
    (1, lambda way: way.transfers),
    (300, lambda way: way.walk_s),
    (300, lambda way: way.duration_s),
)
"""What one may care about, and from what difference on."""


Badness = tuple[int, int, int, int]


def badness(way: Candidate) -> Badness:
    """Return what ways are compared in, less being better: leaving, arriving, changes, walking."""
    return -way.start_s, way.end_s, way.transfers, way.steps


def is_covered(way: Badness, others: Iterable[Badness]) -> bool:
    """Tell whether some other is at least as good in every respect."""
    left, arrived, changes, walked = way
    for other in others:  # asked a thousand times a plan
        if other[0] <= left and other[1] <= arrived and other[2] <= changes and other[3] <= walked:
            return True
    return False


def pareto(ways: Iterable[Candidate]) -> list[Candidate]:
    """Keep the ways that no other of their combination dominates; of equal ones the first.

    Parameters
    ----------
    ways : iterable of Candidate
        In any order.

    Returns
    -------
    list of Candidate
        In the order given.
    """
    alike: dict[tuple[str, str], dict[Badness, Candidate]] = {}
    for way in ways:
        alike.setdefault(way.combination, {}).setdefault(badness(way), way)
    found: list[Candidate] = []
    for rivals in alike.values():
        kept: set[Badness] = set()
        for own in sorted(rivals):  # what covers another comes before it
            if not is_covered(own, kept):
                kept.add(own)
        found += [way for own, way in rivals.items() if own in kept]
    return found


def without_absurd(ways: Sequence[Candidate], beside: Sequence[Candidate] = ()) -> list[Candidate]:
    """Drop rides that walking, or leaving the shared vehicle out, makes pointless.

    A vehicle on the way to a stop must be worth it beside walking there, one at either end beside
    one alone, and a bicycle taken along beside leaving it at the stop; public transport that is no
    faster than walking all the way must at least save much of the walking, and with a vehicle some
    time or riding. A way that beats another in steps of walking alone must spare half a step, and
    a change that or a minute.

    Parameters
    ----------
    ways : sequence of Candidate
        All ways found.
    beside : sequence of Candidate
        Ways without public transport to compare with that are not among them.
    """
    directs = [way for way in (*ways, *beside) if way.is_direct]
    on_foot = [way for way in directs if way.combination[1] == "WALK"]
    rides = {way.combination[1]: way for way in directs if _kinds(way) & _RIDDEN}
    alike: dict[tuple[str, str], list[Candidate]] = {}
    for way in ways:
        alike.setdefault(way.combination, []).append(way)
    simpler = {combination: _simpler(combination, alike) for combination in alike}
    return [
        way
        for way in ways
        if not _is_needless(way, on_foot, rides, simpler[way.combination], alike[way.combination])
    ]


def _simpler(
    combination: tuple[str, str], ways: Mapping[tuple[str, str], Sequence[Candidate]]
) -> list[Candidate]:
    """Return the ways by public transport that take a vehicle less."""
    if combination[0] == DIRECT or combination == PLAIN:
        return []
    there, back = combination
    with_less = {PLAIN, ("WALK", back), (there, "WALK")} - {combination}
    if "WALK" not in combination:  # whichever vehicle it is, one may be enough
        with_less |= {other for other in ways if "WALK" in other}
    return [way for less in with_less for way in ways.get(less, ())]


def _is_needless(
    way: Candidate,
    on_foot: Sequence[Candidate],
    rides: Mapping[str, Candidate],
    simpler: Sequence[Candidate],
    alike: Sequence[Candidate],
) -> bool:
    """Tell whether some other way makes one pointless."""
    for walk in on_foot:
        if walking_is_better(walk, way):
            return True
    if way.is_direct:
        return False
    for mode, ride in rides.items():
        is_better = riding_is_better if mode in way.combination else _renting_is_better
        if is_better(ride, way):
            return True
    return _is_as_good(simpler, way) or _gains_nothing(way, alike)


def _is_as_good(others: Sequence[Candidate], way: Candidate) -> bool:
    """Tell whether ``way`` gains too little on one of others for the vehicle it takes besides."""
    # Here and below most ways meet most others: what seldom holds is asked first.
    start_s, end_s, rented = way.start_s, way.end_s, "RENTAL" in _kinds(way)
    worth_s = WORTH_PAYING_TWICE_S if rented else WORTH_BOARDING_S
    for other in others:
        if other.transfers <= way.transfers and start_s - other.start_s < worth_s:
            gained_s = max(start_s - other.start_s, 0) + max(other.end_s - end_s, 0)
            if gained_s < worth_s and other.steps <= way.steps + rented:
                return True
    return False


def _gains_nothing(way: Candidate, others: Sequence[Candidate]) -> bool:
    """Tell whether one of others changes no more often, and ``way`` gains nothing worth it."""
    start_s, end_s, transfers = way.start_s, way.end_s, way.transfers
    for other in others:
        fewer = transfers - other.transfers
        worth_s = WORTH_CHANGING_S if fewer else 1
        if fewer >= 0 and start_s - other.start_s < worth_s and other.end_s - end_s < worth_s:
            longer_s = STEP_S if fewer else way.duration_s - other.duration_s
            less_walk_s, less_ride_s = other.walk_s - way.walk_s, other.ride_s - way.ride_s
            if less_ride_s < worth_s and less_walk_s < min(longer_s, STEP_S // 2):
                return True
    return False


def walking_is_better(walk: Candidate, way: Candidate) -> bool:
    """Tell whether ``way`` is no faster than the direct ``walk``, nor spares much of it."""
    if way is walk or way.duration_s < walk.duration_s:
        return False
    if way.is_direct:
        return bool(_kinds(way) & _TO_BE_HAD)
    longer_s = way.duration_s - walk.duration_s
    return walk.walk_s - way.walk_s < max(WORTH_WALKING_LESS_S, longer_s / WORTH_OF_WALKING)


def riding_is_better(ride: Candidate, way: Candidate) -> bool:
    """Tell whether ``way`` gains little over a ``ride`` all the way on the same vehicle."""
    worth_s = WORTH_PAYING_TWICE_S if "RENTAL" in _kinds(way) else WORTH_BOARDING_S
    if ride.duration_s - way.duration_s >= worth_s:
        return False
    return ride.ride_s - way.ride_s < WORTH_RIDING_LESS_S


def _renting_is_better(ride: Candidate, way: Candidate) -> bool:
    """Tell whether ``way`` gains too little for a ticket over a ``ride`` on another vehicle."""
    if "RENTAL" not in _kinds(way) & _kinds(ride):
        return False
    gained_s = ride.duration_s - way.duration_s
    return gained_s < WORTH_PAYING_TWICE_S and ride.steps <= way.steps + 1


def _sort(way: Candidate) -> tuple[str, str]:
    """Name what makes a way differ from others for someone who looks at the list."""
    rented = [mode for mode in way.combination if mode.startswith("RENTAL")]
    return ("WITH", rented[0]) if rented and not way.is_direct else way.combination


def _kinds(way: Candidate) -> frozenset[str]:
    return _kinds_of(way.combination)


@lru_cache(KEPT_COMBINATIONS)
def _kinds_of(combination: tuple[str, str]) -> frozenset[str]:
    return frozenset(mode.partition(":")[0] for mode in combination)


def time_parts(
    way: "Candidate | Itinerary", wanted_s: int, arrive_by: bool, weights: Weights
) -> dict[str, float]:
    """Return what of a way weighs how much, as far as its times and transfers tell.

    Parameters
    ----------
    way : Candidate or Itinerary
        What is weighed.
    wanted_s : int
        Unix seconds of the departure (arrival with ``arrive_by``) asked for.

    Returns
    -------
    dict
        Seconds of travel, by the names of :class:`Weights`, and ``travel`` itself.
    """
    waiting = wanted_s - way.end_s if arrive_by else way.start_s - wanted_s
    return {
        "waiting": weights.waiting * max(waiting, 0),
        "travel": way.end_s - way.start_s,
        "walking": weights.walking * way.walk_s,
        "transfer": weights.transfer * way.transfers,
    }


def cost(way: Candidate, wanted_s: int, arrive_by: bool, weights: Weights = DEFAULT) -> float:
    """Return what a way weighs for someone who asked for ``wanted_s``, in seconds of travel."""
    return sum(time_parts(way, wanted_s, arrive_by, weights).values())


def select(
    ways: Sequence[Candidate],
    most: int,
    wanted_s: int,
    arrive_by: bool = False,
    weights: Weights = DEFAULT,
    known: Mapping[int, float] | None = None,
) -> list[Candidate]:
    """Keep a few ways that differ.

    The best of each sort comes first. Plain public transport is a sort that is never left out;
    public transport with a shared vehicle at either end is one sort per family of vehicles. Then
    come, of plain public transport that does not weigh much more than its best, the ways that are
    clearly best in changes, walking and duration; then the next best of all.

    Parameters
    ----------
    ways : sequence of Candidate
        Pareto-optimal ones.
    most : int
        How many to keep.
    wanted_s : int
        Unix seconds of the departure (arrival with ``arrive_by``) asked for.
    weights : Weights
        By which ways are ranked.
    known : Mapping of int to float, optional
        What ways weigh, by ``id`` of the candidate, where more is known than times tell.

    Returns
    -------
    list of Candidate
        Earliest arrival first; with ``arrive_by`` latest departure first.
    """
    weighed = known or {id(way): cost(way, wanted_s, arrive_by, weights) for way in ways}
    ranked = sorted(ways, key=lambda way: weighed[id(way)])
    firsts: dict[tuple[str, str], Candidate] = {}
    for way in ranked:
        firsts.setdefault(_sort(way), way)
    chosen = sorted(firsts.values(), key=lambda way: way.combination != PLAIN)[:most]
    plain = [way for way in ranked if way.combination == PLAIN]
    bearable = [w for w in plain if weighed[id(w)] <= weighed[id(plain[0])] + WORTH_SHOWING_S]
    for worth, value in _CLEARLY:
        shown = [value(way) for way in chosen if way.combination == PLAIN]
        best = min(bearable, key=value, default=None)
        if best is not None and shown and value(best) + worth <= min(shown):
            chosen.append(best)
    taken = {id(way) for way in chosen}
    chosen += [way for way in ranked if id(way) not in taken]
    del chosen[most:]
    if arrive_by:
        return sorted(chosen, key=lambda way: (-way.start_s, way.end_s, way.transfers))
    return sorted(chosen, key=lambda way: (way.end_s, -way.start_s, way.transfers))

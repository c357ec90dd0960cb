"""Ways from door to door without public transport."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from routing.journeys.access import DETOUR, LONGEST_WALK_S, ROUNDED_OFF_S, Side, straight_s
from routing.journeys.combine import DIRECT, Candidate
from routing.journeys.drawing import StreetLeg, straight_leg
from routing.model import Mode, PlanRequest
from routing.sharing.rental import GIVE_BACK_S, RentalSearch
from routing.sharing.vehicles import FREE
from routing.streets.graph import Profile
from routing.streets.meeting import find_meeting
from routing.streets.paths import StreetPath

RIDE_MPS = 3.5
"""A ride is searched as far as this speed on the straight line, and a little, would take."""
RIDE_EXTRA_S = 600

LONGER_THAN_RIDING_S = 900
"""How much more time one may spend to ride one's bicycle less far."""


@dataclass(frozen=True)
class DirectWay:
    """A way without public transport, drawn when it is wanted.

    Parameters
    ----------
    mode : str
        WALK, BICYCLE, CAR or ``RENTAL:`` and a family of vehicles.
    seconds, walk_s : float
        From door to door; those of them on foot.
    draw : callable
        Returns the legs, or none if the way turns out not to work.
    """

    mode: str
    seconds: float
    walk_s: float
    draw: Callable[[], list[StreetLeg]] = field(repr=False)

    @property
    def whole_s(self) -> int:
        """Whole seconds from door to door."""
        return max(math.ceil(self.seconds - ROUNDED_OFF_S), 0)

    def candidate(self, request: PlanRequest) -> Candidate:
        """Place the way in time: leaving at the time asked for, or arriving at it."""
        moment = request.time_s
        return self.leaving(moment - self.whole_s if request.arrive_by else moment)

    def leaving(self, start_s: int) -> Candidate:
        """Place the way in time, beginning at a Unix second."""
        walk_s, ride_s = math.ceil(self.walk_s), math.ceil(self.seconds - self.walk_s)
        end_s = start_s + self.whole_s
        return Candidate((DIRECT, self.mode), start_s, end_s, 0, walk_s, self, ride_s=ride_s)


def alone_s(ways: Iterable[DirectWay]) -> dict[str, int]:
    """Return how long public transport together with a vehicle may take, by the vehicle's mode.

    Less than riding a shared one all the way, and not much more than that with one's own bicycle.
    """
    found = list(ways)
    own = [way for way in found if way.mode == Mode.BICYCLE]
    return rentals_s(found) | {way.mode: way.whole_s + LONGER_THAN_RIDING_S for way in own}


def rentals_s(ways: Iterable[DirectWay]) -> dict[str, int]:
    """Return the seconds of each shared ride all the way; ``RENTAL`` for the quickest of all."""
    found = {way.mode: way.whole_s for way in ways if way.mode.startswith(Mode.RENTAL)}
    return found | {Mode.RENTAL: min(found.values())} if found else {}


def direct_walk(origin: Side, destination: Side, limit_s: float) -> DirectWay | None:
    """Find the walk from door to door, ``None`` if it takes longer than ``limit_s``."""
    if not origin.on_streets:
        return _straight_walk(origin, destination, limit_s)
    return _on_streets(origin, destination, Mode.WALK, origin.walking, limit_s)


def longest_walk(origin: Side, destination: Side) -> DirectWay | None:
    """Find the walk that is offered where nothing else is found."""
    return direct_walk(origin, destination, LONGEST_WALK_S)


def _straight_walk(origin: Side, destination: Side, limit_s: float) -> DirectWay | None:
    to = destination.place
    seconds = float(straight_s(origin, np.array([to.lon]), np.array([to.lat]))[0])
    if seconds > limit_s:
        return None
    return DirectWay(
        Mode.WALK,
        seconds,
        seconds,
        lambda: [straight_leg(Mode.WALK, origin.place, to, DETOUR, seconds)],
    )


def direct_ride(origin: Side, destination: Side, mode: Mode) -> DirectWay | None:
    """Find the way on one's own bicycle or by one's own car."""
    way = origin.request.cycling if mode is Mode.BICYCLE else Profile.CAR
    return _on_streets(origin, destination, mode, way, origin.request.max_direct_ride_s)


def _on_streets(
    origin: Side, destination: Side, mode: Mode, way: Profile, limit_s: float
) -> DirectWay | None:
    door, goal = origin.snap(way), destination.snap(way)
    if door is None or goal is None:
        return None
    search, met, reach = origin.network.search(way), None, None
    find: Callable[[], StreetPath | None]
    if mode is Mode.WALK and limit_s <= origin.walk.limit_s:
        reach = origin.walk
    elif mode is not Mode.CAR and not search.prefers:  # stops are looked for from both anyway
        there, back = (s.walk if mode is Mode.WALK else s.ride for s in (origin, destination))
        met = find_meeting(search, door, there, goal, back)
        if met is not None and not math.isfinite(met.seconds):
            if limit_s <= there.limit_s + back.limit_s:
                return None
            met = None
    if met is not None:
        seconds, find = met.seconds, partial(met.path, search)
    else:
        reach = reach or search.reach(origin.seed(way), limit_s, until=goal)
        seconds = search.seconds_to(reach, goal) + destination.off_s(way)
        find = partial(search.path, reach, goal)
    if not seconds <= limit_s:
        return None

    def draw() -> list[StreetLeg]:
        path = find()
        if path is None:
            return []
        return [origin.draw(mode, path, way, destination.place, goal.distance_m)]

    return DirectWay(mode, seconds, seconds if mode is Mode.WALK else 0.0, draw)


def ride_limit_s(request: PlanRequest) -> float:
    """Return how long shared rides are searched for, by how far apart the doors lie."""
    apart_m = request.origin.metres_to(request.destination)
    whole_way = min(request.max_direct_ride_s, apart_m / RIDE_MPS + RIDE_EXTRA_S)
    return max(whole_way, float(request.max_access_ride_s))


def direct_rentals(
    from_origin: list[RentalSearch], to_destination: list[RentalSearch]
) -> Iterator[DirectWay]:
    """Find the quickest way on a shared vehicle alone, one per family of vehicles.

    Parameters
    ----------
    from_origin, to_destination : list of RentalSearch
        For the same fleets in the same order.
    """
    best: dict[str, DirectWay] = {}
    for outward, homeward in zip(from_origin, to_destination, strict=True):
        way = _direct_rental(outward, homeward)
        if way is None:
            continue
        rival = best.get(way.mode)
        if rival is None or way.seconds < rival.seconds:
            best[way.mode] = way
    yield from best.values()


def _direct_rental(outward: RentalSearch, homeward: RentalSearch) -> DirectWay | None:
    if outward.fleet.kind.ends_at == FREE:
        return _ridden_to_the_door(outward, homeward.side)
    seconds, place = outward.best_return(homeward.door_walk)
    if not np.isfinite(seconds):
        return None
    links = homeward.fleet.walk_links

    def draw() -> list[StreetLeg]:
        legs = outward.legs_to_place(place)
        walk = homeward.side.walk_leg(links, place, outward.fleet.place(place))
        return [*legs, walk] if legs and walk else []

    walk_s = outward.walk_before(place) + float(homeward.door_walk[place])
    return DirectWay(outward.fleet.family, seconds, walk_s, draw)


def _ridden_to_the_door(outward: RentalSearch, destination: Side) -> DirectWay | None:
    if outward.reach is None:
        return None
    place = destination.place
    goal = destination.snap(outward.fleet.riding)
    if goal is None or not outward.fleet.may_end(place.lon, place.lat):
        return None
    times, near = outward.ride.many_with_source(outward.reach, goal.alone())
    seconds = float(times[0]) + destination.off_s(outward.fleet.riding) + GIVE_BACK_S
    if not np.isfinite(seconds):
        return None
    walk_s = float(outward.door_walk[near[0]])
    return DirectWay(outward.fleet.family, seconds, walk_s, lambda: outward.ride_legs(goal, place))

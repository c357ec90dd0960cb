"""Ways with a shared vehicle: walk to it, ride, leave it, walk on.

The time at which each vehicle is taken, or left, seeds the next search, so that a few bounded
searches serve all vehicles of a system. Between stations what was found out before is enough.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from routing.arrays import Float32, Int32
from routing.journeys.access import Draw, Side, StreetEnd, make_end
from routing.journeys.drawing import StreetLeg, draw_leg
from routing.kernels.ends import take_sooner
from routing.kernels.walks import ride_between, walk_on
from routing.lazy import lazy_property
from routing.model import Mode, Place
from routing.network import Network
from routing.sharing.fleet import Fleet, describe
from routing.sharing.vehicles import FREE, STATION
from routing.sharing.zones import END
from routing.streets.graph import StreetMode
from routing.streets.meeting import path_of
from routing.streets.paces import off_street_mps
from routing.streets.paths import StreetPath
from routing.streets.search import Reach
from routing.streets.snap import Snap

PICK_UP_S, GIVE_BACK_S = 60, 60
"""Seconds to unlock a shared vehicle, and to park and lock it."""

LONGEST_WALK_S = 600
"""Longest walk to a vehicle, or from where it is left, seconds."""

LONGEST_CAR_ACCESS_S = 600
"""Longest drive to or from a stop; beyond, a shared car goes the whole way."""

FARTHEST_FROM_STOP_M = 200.0
"""A vehicle that may be left anywhere is not ridden to stops farther than this from its streets."""

_INF = np.float32(np.inf)


class RentalSearch:
    """Rides on one kind of vehicle, from a door (or, in reverse, to it).

    "Near" is the end of the ride at the door's side: where vehicles are taken, in reverse where
    they are left; "far" is the other end.

    Parameters
    ----------
    side : Side
        The door.
    fleet : Fleet
        What to ride.
    """

    def __init__(self, side: Side, fleet: Fleet, ride_limit_s: float) -> None:
        self.side = side
        self.fleet = fleet
        self.network: Network = side.network
        self.ride = self.network.search(fleet.riding)
        self._limit_s = LONGEST_WALK_S + PICK_UP_S + GIVE_BACK_S + ride_limit_s
        side.walk_as_far(self.access_limit_s)

    @lazy_property
    def access_limit_s(self) -> float:
        """Longest way to or from a stop, walks included, seconds."""
        ride = self.side.request.max_access_ride_s
        if self.fleet.kind.street_mode == StreetMode.CAR:
            ride = min(ride, LONGEST_CAR_ACCESS_S)
        return float(2 * LONGEST_WALK_S + ride)

    @property
    def _near_s(self) -> int:
        return GIVE_BACK_S if self.side.reverse else PICK_UP_S

    @property
    def _far_s(self) -> int:
        return PICK_UP_S if self.side.reverse else GIVE_BACK_S

    @lazy_property
    def door_walk(self) -> Float32:
        """Seconds on foot between door and places, float32, (n_places,)."""
        return self.side.walk_seconds(self.fleet.walk_links, self.fleet.walk_off_s)

    @lazy_property
    def seeds(self) -> Float32:
        """Seconds between the door and sitting on a vehicle, float32, (n_places,)."""
        near = self.fleet.kind.give_back if self.side.reverse else self.fleet.kind.pick_up
        usable = near & (self.door_walk <= LONGEST_WALK_S)
        seconds = self.door_walk + self.fleet.ride_off_s + np.float32(self._near_s)
        return np.where(usable, seconds, _INF)

    @lazy_property
    def ends_at_door(self) -> bool:
        """Whether the ride itself ends at the door: in reverse, with free-floating vehicles."""
        place = self.side.place
        free = self.side.reverse and self.fleet.kind.ends_at == FREE
        return free and self.fleet.may_end(place.lon, place.lat)

    @lazy_property
    def reach(self) -> Reach | None:
        """Where the vehicles get within the limit; ``None`` where there is none to ride."""
        if self.ends_at_door:
            seed = self.side.seed(self.fleet.riding, self._near_s)
            return self.ride.reach(seed, self._limit_s, True) if seed else None
        if not np.isfinite(self.seeds).any():
            return None
        return self.ride.reach_from(
            self.fleet.ride_links, self.seeds, self._limit_s, self.side.reverse
        )

    @property
    def _stands(self) -> bool:
        """Whether rides are between stations only, so that their times are known."""
        return self.fleet.system.stands_still and self.fleet.kind.ends_at == STATION

    @lazy_property
    def _far(self) -> tuple[Float32, Int32]:
        """Seconds between the door and having left (not yet taken) a vehicle; the near place."""
        far = self.fleet.kind.pick_up if self.side.reverse else self.fleet.kind.give_back
        after = far, self.fleet.ride_off_s, float(self._far_s), self.door_walk
        near = np.flatnonzero(np.isfinite(self.seeds)).astype(np.int32)
        if self._stands and len(near):
            ride_s = self._rides_from(near)
            return ride_between(near, self.seeds[near], ride_s, self._limit_s, *after)
        if self._stands or self.reach is None:
            size = len(self.fleet.system.rows)
            return np.full(size, _INF), np.full(size, -1, np.int32)
        seconds, place = self.ride.many_with_source(self.reach, self.fleet.ride_links)
        seconds = seconds + self.fleet.ride_off_s + np.float32(self._far_s)
        # Back at the same station, or later than on foot: pointless either way.
        return np.where(far & (seconds < self.door_walk), seconds, _INF), place

    @property
    def far_s(self) -> Float32:
        """Seconds between the door and having left (not yet taken) a vehicle, (n_places,)."""
        return self._far[0]

    def _rides_from(self, near: Int32) -> Float32:
        """Return the seconds on the streets from some places to all, (len(near), n_places)."""
        limit_s = self._limit_s - float(self.seeds[near].min())
        known = self.fleet.system.links.standing
        way = self.ride, self.fleet.riding
        known.find_rides(*way, self.side.network.store)
        rows = [known.rides(*way, i, limit_s, self.side.reverse) for i in near.tolist()]
        return np.concatenate(rows).reshape(len(rows), -1)

    @lazy_property
    def _onward(self) -> Reach | None:
        """Walks beyond the far end of the ride."""
        seconds = self._far[0] + self.fleet.walk_off_s
        if not (seconds <= self.access_limit_s).any():
            return None
        search = self.network.search(self.side.walking)
        return search.reach_from(
            self.fleet.walk_links, seconds, self.access_limit_s, self.side.reverse
        )

    @lazy_property
    def stops(self) -> tuple[Float32, Float32]:
        """Seconds between the door and each stop, and those on foot; float32, (n_stops,)."""
        if self._rides_to_stops:
            return self._stops_ridden_to()
        return self._walked_to[:2]

    @lazy_property
    def _walked_to(self) -> tuple[Float32, Float32, Int32]:
        """Seconds between the door and each stop, those on foot, and the far place."""
        walk, walking = self.network.search(self.side.walking), self.side.walking
        stops = self.network.stop_links(walking), self.network.stop_off_s(walking)
        seconds = np.full(len(stops[0]), _INF)
        walk_s, far = np.zeros(len(seconds), np.float32), np.full(len(seconds), -1, np.int32)
        far_s, near = self._far
        if self._stands:
            known = self.fleet.system.links.standing
            walks = known.walks(walk, walking, stops, LONGEST_WALK_S, self.side.reverse)
            rows, before_s = (walks.first, walks.stop, walks.seconds), self.door_walk[near]
            walk_on(*rows, far_s, before_s, self.access_limit_s, seconds, walk_s, far)
        elif self._onward is not None:
            seconds, far = walk.many_with_source(self._onward, stops[0])
            seconds = seconds + stops[1]
            there = np.flatnonzero(far >= 0)
            walk_s[there] = seconds[there] - far_s[far[there]]
            seconds[walk_s > LONGEST_WALK_S] = _INF
            if not self.ends_at_door:
                walk_s[there] += self.door_walk[near[far[there]]]
        return seconds, walk_s, far

    @property
    def _rides_to_stops(self) -> bool:
        return not self.side.reverse and self.fleet.kind.ends_at == FREE

    def _stops_ridden_to(self) -> tuple[Float32, Float32]:
        system, links = self.fleet.system, self.network.stop_links(self.fleet.riding)
        if self.reach is None:
            return np.full(len(links), _INF), np.zeros(len(links), np.float32)
        seconds, near = self.ride.many_with_source(self.reach, links)
        off_m = np.asarray(links.distance_m)
        walked_s = off_m / np.float32(off_street_mps(self.side.walking))
        off_s = np.where(off_m <= FARTHEST_FROM_STOP_M, walked_s, _INF)
        seconds = seconds + off_s + np.float32(GIVE_BACK_S)
        if system.zones.areas:
            fits = system.zones.allowed(END, self.fleet.kind.type_ids, links.lon, links.lat)
            seconds = np.where(fits, seconds, _INF)
        walk_s = np.zeros(len(seconds), np.float32)
        walk_s[near >= 0] = self.door_walk[near[near >= 0]]
        return seconds, walk_s

    def draw(self, stop: int) -> list[StreetLeg]:
        """Draw the way between the door and a stop, in the direction of travel."""
        place = self.network.stop_place(stop)
        if self._rides_to_stops:
            snap = self.network.stop_links(self.fleet.riding)[stop]
            return [] if snap is None else self.ride_legs(snap, place)
        snap = self.network.stop_links(self.side.walking)[stop]
        far = int(self._walked_to[2][stop])
        path = None if snap is None or far < 0 else self._onward_path(far, snap)
        if snap is None or path is None:
            return []
        ends = [
            (self.fleet.place(far), float(self.fleet.walk_links.distance_m[far])),
            (place, snap.distance_m),
        ]
        onward = draw_leg(self.ride.graph, Mode.WALK, path, *self._ordered(ends))
        return self._chained(self.legs_to_place(far), [onward])

    def _onward_path(self, far: int, snap: Snap) -> StreetPath | None:
        walk, start = self.network.search(self.side.walking), self.fleet.walk_links[far]
        if not self._stands:
            return None if self._onward is None else walk.path(self._onward, snap)
        seeds = [] if start is None else [(start, 0.0)]
        return walk.path(walk.reach(seeds, LONGEST_WALK_S, self.side.reverse, snap), snap)

    def _ride_known(self, near: int, far: int, snap: Snap) -> StreetPath | None:
        taken, left = (far, near) if self.side.reverse else (near, far)
        known = self.fleet.system.links.standing.path(self.ride, self.fleet.riding, taken, left)
        start = self.fleet.ride_links[near]
        if known is not None or start is None:
            return known
        seconds = self._far[0][far] - self._far_s - self.fleet.ride_off_s[far] - self.seeds[near]
        begin, end = (snap, start) if self.side.reverse else (start, snap)
        return path_of(self.ride, begin, end, float(seconds))

    def legs_to_place(self, far: int) -> list[StreetLeg]:
        """Draw the walk and the ride between the door and the far place of a ride."""
        snap = self.fleet.ride_links[far]
        return [] if snap is None else self.ride_legs(snap, self.fleet.place(far), far)

    def ride_legs(self, snap: Snap, place: Place, far: int | None = None) -> list[StreetLeg]:
        """Draw the walk and the ride between the door and any place on the ridden streets."""
        near: int | None = None
        if self._stands and far is not None:
            near = int(self._far[1][far])
            path = self._ride_known(near, far, snap)
        else:
            path = None if self.reach is None else self.ride.path(self.reach, snap)
            near = None if path is None or self.ends_at_door else path.source
        if path is None:
            return []
        if near is None:
            door = self.side.snap(self.fleet.riding)
            here = (self.side.place, door.distance_m if door else 0.0)
        else:
            here = (self.fleet.place(near), float(self.fleet.ride_links.distance_m[near]))
        ends = self._ordered([here, (place, snap.distance_m)])
        taken, left = (far, near) if self.side.reverse else (near, far)
        rental = describe(self.fleet, taken, left)
        if rental.range_m is not None and path.length_m > rental.range_m:
            return []
        ride = draw_leg(self.ride.graph, Mode.RENTAL, path, *ends)
        ride = ride.as_rental(rental, PICK_UP_S + GIVE_BACK_S)
        if near is None:
            return [ride]
        walk = self.side.walk_leg(self.fleet.walk_links, near, self.fleet.place(near))
        return [] if walk is None else self._chained([walk], [ride])

    def _ordered(self, ends: list[tuple[Place, float]]) -> list[tuple[Place, float]]:
        return ends[::-1] if self.side.reverse else ends

    def _chained(self, near: list[StreetLeg], far: list[StreetLeg]) -> list[StreetLeg]:
        if not near or not far:
            return []
        return far + near if self.side.reverse else near + far

    def walk_before(self, far: int) -> float:
        """Return the seconds on foot between the door and the vehicle ridden to a far place."""
        return 0.0 if self.ends_at_door else float(self.door_walk[self._far[1][far]])

    def best_return(self, walk_s: Float32) -> tuple[float, int]:
        """Find where to leave the vehicle when walking on takes ``walk_s`` from each place.

        Returns
        -------
        seconds, place
            From the door to the end of the walk; infinite and -1 where there is no way.
        """
        total = np.where(walk_s <= LONGEST_WALK_S, self._far[0] + walk_s, _INF)
        best = int(np.argmin(total)) if len(total) else -1
        return (float(total[best]), best) if best >= 0 else (float("inf"), -1)


def rental_ends(searches: Iterable[RentalSearch], network: Network) -> Iterator[StreetEnd]:
    """Join searches of one family of vehicles into the stops they reach sooner than walking.

    Parameters
    ----------
    searches : iterable of RentalSearch
        Of one side.
    """
    families: dict[str, list[RentalSearch]] = {}
    for search in searches:
        families.setdefault(search.fleet.family, []).append(search)
    for family, members in families.items():
        side = members[0].side
        stops = network.stop_links(side.walking), network.stop_off_s(side.walking)
        walking, *_ = side.to_stops(side.walk_seconds(*stops), _nothing)
        best, walk_s = walking.copy(), np.zeros(len(walking), np.float32)
        owner = np.full(len(walking), -1, np.int32)
        draws: list[Draw] = []
        for number, member in enumerate(members):
            seconds, on_foot_s = member.stops
            seconds, on_foot_s, drawn = side.to_stops(seconds, member.draw, on_foot_s)
            draws.append(drawn)
            way = seconds, on_foot_s, side.served, member.access_limit_s
            take_sooner(*way, number, best, walk_s, owner)
        end = make_end(family, best, walk_s, owner >= 0, np.inf, _drawer(draws, owner))
        if len(end.stop):
            yield end


def _drawer(draws: list[Draw], owner: Int32) -> Draw:
    return lambda stop: draws[int(owner[stop])](stop)


def _nothing(stop: int) -> list[StreetLeg]:
    return []

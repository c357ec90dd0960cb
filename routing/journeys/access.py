"""Ways between a door and stops: on foot or on one's own bicycle, over streets or straight."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from routing.arrays import Bool, Float32, Float64, Int32
from routing.geometry import DEGREE_M, distance_m
from routing.geometry import DETOUR as DETOUR
from routing.journeys.drawing import StreetLeg, draw_leg, straight_leg
from routing.journeys.station_legs import by_entrances
from routing.kernels.ends import stops_within
from routing.lazy import lazy_property
from routing.model import Mode, Place, PlanRequest
from routing.network import Network
from routing.realtime.days import LiveDays
from routing.streets.graph import Profile, StreetMode
from routing.streets.paces import WALKERS, off_street_mps
from routing.streets.paths import StreetPath
from routing.streets.search import Reach
from routing.streets.snap import Snap, Snapper, SnapTable
from routing.transit.day_view import OPEN, Closed
from routing.transit.timetable import Timetable

SNAP_RADIUS_M = 500.0

LONGEST_WALK_S = 7200
"""A direct walk this long is offered where nothing else is found."""

ROUNDED_OFF_S = 0.05

Draw = Callable[[int], list[StreetLeg]]


@dataclass(frozen=True, eq=False)
class StreetEnd:
    """One end of a journey: stops in range, and how to draw the way to each.

    Parameters
    ----------
    mode : str
        ``WALK``, ``BICYCLE``, ``FLEX``, or ``RENTAL:`` and a family of vehicles.
    stop, seconds, walk_s : int32, (n,)
        Stops in ascending order; seconds between door and stop; those of them on foot.
    draw : callable
        Given a stop, returns the legs in the direction of travel.
    words : tuple of str, optional
        The mode of each stop, where they differ.
    """

    mode: str
    stop: Int32
    seconds: Int32
    walk_s: Int32
    draw: Draw = field(repr=False)
    words: tuple[str, ...] | None = field(default=None, repr=False)

    def walk_to(self, stops: Sequence[int]) -> list[int]:
        """Return the seconds on foot between the door and stops of this end."""
        seconds: list[int] = self.walk_s[self.stop.searchsorted(stops)].tolist()
        return seconds

    def mode_to(self, stop: int) -> str:
        """Return the mode of the way between the door and a stop of this end."""
        return self.mode if self.words is None else self.words[self.stop.searchsorted(stop)]

    def seconds_to(self, stop: int) -> int:
        """Return the seconds between the door and a stop of this end, without waiting."""
        return int(self.seconds[self.stop.searchsorted(stop)])


def quickest_of(ends: Sequence[StreetEnd], mode: str) -> StreetEnd:
    """Join ends of one side: each stop is reached by the quickest of them."""
    if len(ends) == 1:
        return ends[0]
    stop = np.concatenate([end.stop for end in ends])
    seconds = np.concatenate([end.seconds for end in ends])
    walk_s = np.concatenate([end.walk_s for end in ends])
    owner = np.repeat(np.arange(len(ends)), [len(end.stop) for end in ends])
    order = np.lexsort((owner, walk_s, seconds, stop))
    first = order[np.flatnonzero(np.diff(stop[order], prepend=-1))]
    draws = {int(stop[row]): ends[owner[row]].draw for row in first}
    words = tuple(ends[row].mode for row in owner[first])
    chosen = stop[first], seconds[first], walk_s[first]
    return StreetEnd(mode, *chosen, lambda stop: draws[stop](stop), words)


def make_end(
    mode: str, seconds: Float32, walk_s: Float32, usable: Bool, limit_s: float, draw: Draw
) -> StreetEnd:
    """Make an end of the seconds per stop, and those of them on foot.

    Parameters
    ----------
    seconds, walk_s : float32, (n_stops,)
        Infinite seconds where there is no way.
    usable : bool, (n_stops,)
        Which stops to go to.
    limit_s : float
        The longest way.
    """
    found = stops_within(seconds, walk_s, usable, float(limit_s), ROUNDED_OFF_S)
    return StreetEnd(mode, *found, cache(draw))


def whole_s(seconds: Float32) -> Int32:
    """Round seconds up, but for the last few centimetres of a way."""
    whole: Int32 = np.ceil(seconds - ROUNDED_OFF_S).clip(0).astype(np.int32)
    return whole


class Side:
    """A door: the origin, or in reverse the destination; searches from it are made once.

    Parameters
    ----------
    network : Network
        Where to plan.
    request : PlanRequest
        For its limits.
    reverse : bool
        Ways lead to this door instead of from it.
    served : bool, (n_stops,), optional
        Stops worth going to; those of the timetable by default.
    closed : Closed
        What cannot be passed in stations.
    """

    def __init__(
        self,
        network: Network,
        request: PlanRequest,
        reverse: bool,
        served: Bool | None = None,
        closed: Closed = OPEN,
    ) -> None:
        self.network = network
        self.served = network.served if served is None else served
        self.request = request
        self.reverse = reverse
        self.place = request.destination if reverse else request.origin
        self.walking = request.walking
        self.stations = network.stations(self.walking, closed)
        self._snaps: dict[Profile, Snap | None] = {}
        self._walk_s: dict[int, tuple[SnapTable, Float32]] = {}
        self._farthest_s = float(max(request.max_access_walk_s, request.max_direct_walk_s))

    def walk_as_far(self, seconds: float) -> None:
        """Look for walks at least so long, to compare other ways with."""
        if seconds > self._farthest_s:
            self._farthest_s = seconds
            vars(self).pop("walk", None)
            self._walk_s.clear()

    @property
    def on_streets(self) -> bool:
        """Whether the network has streets to walk on."""
        return self.network.streets is not None

    def snap(self, way: StreetMode | Profile) -> Snap | None:
        """Return the door's link to the streets one can pass, ``None`` where none is near."""
        profile = Profile.of(way).linked_as
        if profile not in self._snaps:
            snapper = Snapper(self.network.streets, profile) if self.network.streets else None
            self._snaps[profile] = (
                snapper.snap(self.place.lon, self.place.lat, SNAP_RADIUS_M) if snapper else None
            )
        return self._snaps[profile]

    def off_s(self, way: StreetMode | Profile) -> float:
        """Return the seconds on foot between the door and its street; infinite if none is near."""
        snap = self.snap(way)
        return math.inf if snap is None else snap.distance_m / off_street_mps(Profile.of(way))

    def seed(self, way: StreetMode | Profile, extra_s: float = 0.0) -> list[tuple[Snap, float]]:
        """Return the door as the source of a street search, the way to the street included."""
        snap = self.snap(way)
        return [] if snap is None else [(snap, self.off_s(way) + extra_s)]

    @lazy_property
    def walk(self) -> Reach:
        """Everything within the longest walk asked for, or to compare with."""
        search = self.network.search(self.walking)
        return search.reach(self.seed(self.walking), self._farthest_s, self.reverse)

    @lazy_property
    def ride(self) -> Reach:
        """Everything within the longest ride to a stop on one's own bicycle."""
        cycling = self.request.cycling
        search = self.network.search(cycling)
        return search.reach(self.seed(cycling), self.request.max_access_ride_s, self.reverse)

    def walk_seconds(self, places: SnapTable, off_s: Float32 | None = None) -> Float32:
        """Return float32 seconds on foot between the door and places, infinite if too far."""
        if id(places) not in self._walk_s:
            off = places.off_s(off_street_mps(self.walking)) if off_s is None else off_s
            seconds = self.network.search(self.walking).many(self.walk, places) + off
            self._walk_s[id(places)] = places, seconds
        return self._walk_s[id(places)][1]

    def walk_leg(self, places: SnapTable, row: int, place: Place) -> StreetLeg | None:
        """Draw the walk between the door and one of some places, ``None`` if out of range."""
        snap = places[row]
        path = None if snap is None else self.network.search(self.walking).path(self.walk, snap)
        if snap is None or path is None:
            return None
        return self.draw(Mode.WALK, path, self.walking, place, snap.distance_m)

    def to_stops(
        self, seconds: Float32, draw: Draw, on_foot_s: Float32 | None = None
    ) -> tuple[Float32, Float32, Draw]:
        """Lead ways to stops through their stations, where these have pathways.

        Returns the seconds, those of them on foot (before, none unless given), and how to draw
        the ways.
        """
        if on_foot_s is None:
            on_foot_s = np.zeros_like(seconds)
        if self.stations is None:
            return seconds, on_foot_s, draw
        return by_entrances(self.network, self.stations, seconds, on_foot_s, draw, self.reverse)

    def draw(
        self,
        word: str,
        path: StreetPath,
        way: StreetMode | Profile,
        other: Place,
        other_off_m: float,
    ) -> StreetLeg:
        """Draw a way between the door and another place in the direction of travel."""
        snap = self.snap(way)
        own_off_m = snap.distance_m if snap else 0.0
        ends = [(self.place, own_off_m), (other, other_off_m)]
        if self.reverse:
            ends.reverse()
        assert self.network.streets is not None  # noqa: S101 - there is a path on them
        return draw_leg(self.network.streets, word, path, *ends)


def closed_for(request: PlanRequest, days: LiveDays | None) -> Closed:
    """Return what cannot be passed in stations at the time asked for."""
    if days is None:
        return OPEN
    return days.closed_at(request.time_s, request.wheelchair)


def walk_end(side: Side) -> StreetEnd:
    """Find the stops within walking distance of a door."""
    network = side.network
    timetable = _timetable(network)
    limit = side.request.max_access_walk_s
    if not side.on_streets:
        return _straight_end(side, timetable, limit)
    links = network.stop_links(side.walking)
    seconds = side.walk_seconds(links, network.stop_off_s(side.walking))

    def draw(stop: int) -> list[StreetLeg]:
        leg = side.walk_leg(links, stop, network.stop_place(stop))
        return [] if leg is None else [leg]

    seconds, _, drawn = side.to_stops(seconds, draw)
    return make_end(Mode.WALK, seconds, seconds, side.served, limit, drawn)


def at_stop(side: Side, end: StreetEnd) -> StreetEnd:
    """Let a door that is a stop lie at that stop, or at the platforms of that station."""
    timetable, place = _timetable(side.network), side.place
    row = None if place.stop_id is None else timetable.find_stop(place.stop_id)
    if row is None:
        return end
    rows = np.flatnonzero((timetable.stops.parent == row) & side.served)
    if side.served[row]:
        rows = np.append(rows, row)
    lon, lat = np.asarray(timetable.stops.lon)[rows], np.asarray(timetable.stops.lat)[rows]
    seconds = whole_s(straight_s(side, lon, lat).astype(np.float32))

    def draw(stop: int) -> list[StreetLeg]:
        ends = [place, side.network.stop_place(stop)]
        if side.reverse:
            ends.reverse()
        return [straight_leg(Mode.WALK, ends[0], ends[1], DETOUR, float(seconds[rows == stop][0]))]

    here = StreetEnd(Mode.WALK, rows.astype(np.int32), seconds, seconds, draw)
    return quickest_of([here, end], Mode.WALK)


def bike_end(side: Side) -> StreetEnd:
    """Find the stops within reach of one's own bicycle, which is parked there."""
    network, cycling = side.network, side.request.cycling
    search, reach = network.search(cycling), side.ride
    links = network.stop_links(cycling)
    seconds = search.many(reach, links) + network.stop_off_s(cycling)

    def draw(stop: int) -> list[StreetLeg]:
        snap = links[stop]
        path = None if snap is None else search.path(reach, snap)
        if snap is None or path is None:
            return []
        place = network.stop_place(stop)
        return [side.draw(Mode.BICYCLE, path, cycling, place, snap.distance_m)]

    seconds, on_foot_s, drawn = side.to_stops(seconds, draw)
    limit_s = side.request.max_access_ride_s
    return make_end(Mode.BICYCLE, seconds, on_foot_s, side.served, limit_s, drawn)


def _timetable(network: Network) -> Timetable:
    assert network.timetable is not None  # noqa: S101 - ends are asked for with a timetable only
    return network.timetable


def straight_s(side: Side, lon: Float64, lat: Float64) -> Float64:
    """Return the estimated seconds on foot from a door to points, float64, (n,)."""
    metres = distance_m(side.place.lon, side.place.lat, lon, lat) * DETOUR
    return metres / off_street_mps(side.walking)


def least_walk_s(side: Side, place: Place) -> float:
    """Return the seconds on foot from a door to a place if nothing were in between."""
    return side.place.metres_to(place) / WALKERS[side.walking].mps


def _straight_end(side: Side, timetable: Timetable, limit_s: float) -> StreetEnd:
    network = side.network
    lon, lat = np.asarray(timetable.stops.lon), np.asarray(timetable.stops.lat)
    farthest = 1.01 * limit_s * off_street_mps(side.walking) / DETOUR / DEGREE_M
    near = np.flatnonzero(np.abs(lat - side.place.lat) <= farthest)
    seconds = np.full(len(lon), np.inf, np.float32)
    seconds[near] = straight_s(side, lon[near], lat[near])

    def draw(stop: int) -> list[StreetLeg]:
        ends = [side.place, network.stop_place(stop)]
        if side.reverse:
            ends.reverse()
        return [straight_leg(Mode.WALK, ends[0], ends[1], DETOUR, float(seconds[stop]))]

    reached, _, drawn = side.to_stops(seconds, draw)
    return make_end(Mode.WALK, reached, reached, side.served, limit_s, drawn)

"""A door's side of rides on demand: where one is met, and which stops one gets to."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from routing.arrays import Float32, Int32, Int64, group_sizes
from routing.flex.areas import FlexService
from routing.flex.drive import Drive, make_drive
from routing.flex.model import OnDemand
from routing.flex.offers import Offer
from routing.flex.points import Points
from routing.flex.tables import AREA
from routing.journeys.access import DETOUR, Side, StreetEnd, straight_s, whole_s
from routing.journeys.drawing import StreetLeg, straight_leg
from routing.journeys.station_legs import station_leg
from routing.journeys.transfer_walks import TransferWalks
from routing.lazy import lazy_property
from routing.model import Mode, Place

WALKED_S = 300
"""No ride is ordered to or from a stop so few seconds on foot from the door."""

MOST_STOPS = 100
"""Of the stops a ride on demand leads to, so many of the quickest are used."""


@dataclass(frozen=True)
class Meeting:
    """Where vehicles are met at one side of a ride: the door itself, or stops near it.

    Parameters
    ----------
    stop : int64, (n,)
        Rows of ``timetable.stops``; -1 is the door.
    walk_s : int32, (n,)
        Seconds on foot between the door and each.
    """

    stop: Int64
    walk_s: Int32
    points: Points


@dataclass(frozen=True)
class OpenEnd:
    """An end of a journey by one offer, and ``times`` (two of int64, (n,), Unix seconds).

    They are the first and last moment of leaving the door for each stop of ``end``, at the
    destination of reaching it.
    """

    end: StreetEnd
    times: tuple[Int64, Int64]


class FlexSide:
    """Rides on demand at one door; drives are searched once for each place they begin at.

    Parameters
    ----------
    side : Side
        The door.
    service : FlexService
        What is on offer.
    walks : TransferWalks
        Draws walks between stops.
    told : callable
        Tells who carries one in an offer, and how to book it.
    """

    def __init__(
        self,
        side: Side,
        service: FlexService,
        walks: TransferWalks,
        told: Callable[[Offer], OnDemand],
    ) -> None:
        self.side, self.service = side, service
        self._walks, self._told = walks, told
        self._meetings: dict[int, Meeting] = {}
        self._drives: dict[tuple[int, float], tuple[Drive, Float32, Int32]] = {}

    @lazy_property
    def places(self) -> frozenset[int]:
        """Places of rides at this door: areas it lies in, groups with a stop in walking range."""
        place, service = self.side.place, self.service
        near = {p for p in service.groups if self._near_stops(service.stops_of(p)).any()}
        return frozenset(service.areas_at(place.lon, place.lat)) | near

    @lazy_property
    def _stop_walk_s(self) -> Float32:
        network, walking = self.side.network, self.side.walking
        if self.side.on_streets:
            return self.side.walk_seconds(network.stop_links(walking), network.stop_off_s(walking))
        stops = self.service.timetable.stops
        return straight_s(self.side, stops.lon, stops.lat).astype(np.float32)

    def _near_stops(self, stops: Int64) -> "np.ndarray":
        return np.asarray(self._stop_walk_s[stops] <= self.side.request.max_access_walk_s)

    def meeting(self, place: int) -> Meeting:
        """Return where one is met in a place."""
        if place not in self._meetings:
            self._meetings[place] = self._meet(place)
        return self._meetings[place]

    def _meet(self, place: int) -> Meeting:
        service, door = self.service, self.side.place
        if service.tables.places.kind[place] == AREA:
            points = Points.of(service.streets, np.array([door.lon]), np.array([door.lat]))
            return Meeting(np.array([-1]), np.zeros(1, np.int32), points)
        stops = service.stops_of(place)
        stops = stops[self._near_stops(stops)]
        table = service.timetable.stops
        points = Points.of(service.streets, table.lon[stops], table.lat[stops])
        return Meeting(stops, whole_s(self._stop_walk_s[stops]), points)

    def drive(self, place: int, factor: float) -> Drive:
        """Return the rides between a place at this door and elsewhere."""
        return self._to_stops(place, factor)[0]

    def _to_stops(self, place: int, factor: float) -> tuple[Drive, Float32, Int32]:
        """Return them with the seconds between the door and every stop, and where one is met."""
        key = (place, factor)
        if key not in self._drives:
            meeting = self.meeting(place)
            drive = make_drive(self.side, meeting.points, meeting.walk_s, factor)
            self._drives[key] = (drive, *drive.seconds(self.service.stop_points))
        return self._drives[key]

    def end(self, offer: Offer) -> OpenEnd | None:
        """Return the stops an offer connects this door with, ``None`` if there are none."""
        tables = self.service.tables
        here, there = int(tables.calls.place[offer.board]), int(tables.calls.place[offer.alight])
        if self.side.reverse:
            here, there = there, here
        meeting = self.meeting(here)
        drive, seconds, met = self._to_stops(here, offer.factor)
        seconds, inside_s, street = self._into_stations(seconds)
        far = self.service.stops_of(there)
        far = far[np.isfinite(seconds[far])]
        near_walk_s = meeting.walk_s[met[street[far]]].astype(np.int64)
        driven_s = seconds[far] - inside_s[far] + np.float32(offer.offset_s)
        far_ride_s = whole_s(driven_s) - near_walk_s
        far_walk_s = whole_s(inside_s[far]).astype(np.int64)
        stop, at, on_foot_s = far, np.arange(len(far)), np.zeros(len(far), np.int64)
        if tables.places.kind[there] != AREA:
            stop, at, on_foot_s = self._walked_on(far, near_walk_s + far_ride_s + far_walk_s)
        walk_s, ride_s, on_foot_s = near_walk_s[at], far_ride_s[at], on_foot_s + far_walk_s[at]
        first, last = offer.pickups(ride_s)
        total_s = walk_s + ride_s + on_foot_s
        walked_s = min(WALKED_S, self.side.request.max_access_walk_s)
        worth_it = self._stop_walk_s[stop] > walked_s
        kept = np.flatnonzero(self.side.served[stop] & (first <= last) & worth_it)
        kept = kept[np.argsort(total_s[kept], kind="stable")[:MOST_STOPS]]
        kept = kept[np.argsort(stop[kept])]
        if not len(kept):
            return None
        over = dict(zip(stop[kept].tolist(), at[kept].tolist(), strict=True))

        def draw(wanted: int) -> list[StreetLeg]:
            row = over[wanted]
            there = int(far[row])
            door = int(street[there])
            near = int(met[door])
            place = self.side.network.stop_place(door)
            ride = drive.leg(self.service.stop_points, door, self.met_at(meeting, near), place)
            ridden = self.ridden(ride, int(far_ride_s[row]), offer)
            onward = [] if wanted == there else [self._walk_between(there, wanted)]
            return self.outward(self.walk(meeting, near), ridden, self._inside(door, there), onward)

        end = StreetEnd(
            Mode.FLEX,
            stop[kept].astype(np.int32),
            total_s[kept].astype(np.int32),
            (walk_s + on_foot_s)[kept].astype(np.int32),
            draw,
        )
        to_door_s = walk_s + ride_s if self.side.reverse else -walk_s
        return OpenEnd(end, ((first + to_door_s)[kept], (last + to_door_s)[kept]))

    def _into_stations(self, seconds: Float32) -> tuple[Float32, Float32, Int64]:
        """Lead rides to platforms on from the street: with the way inside, it alone, its door."""
        stop = np.arange(len(seconds))
        if self.side.stations is None:
            return seconds, np.zeros_like(seconds), stop
        found, inside_s, by = self.side.stations.from_street(seconds, self.side.reverse)
        return found, inside_s, np.where(by >= 0, by, stop)

    def _inside(self, door: int, stop: int) -> list[StreetLeg] | None:
        """Draw the way between a station's door and a platform, ``None`` if there is none."""
        if door == stop or self.side.stations is None:
            return []
        ends = (stop, door) if self.side.reverse else (door, stop)
        leg = station_leg(self.side.network, self.side.stations, *ends)
        return None if leg is None else [leg]

    def _walked_on(self, far: Int64, seconds: Int64) -> tuple[Int64, Int64, Int64]:
        """Spread from stops to those one footpath further; each with the quickest way there.

        Returns
        -------
        stop, at, on_foot_s : int64, (n,)
            Stops, which of ``far`` each is reached over, and the seconds on foot between.
        """
        timetable, n_stops = self.service.timetable, self.service.timetable.n_stops
        table = timetable.footpaths_of(self.side.walking)
        begin = np.repeat(np.arange(n_stops), group_sizes(table.first))
        end = table.target.astype(np.int64)
        if self.side.reverse:
            begin, end = end, begin
        row_of = np.full(n_stops, -1, np.int64)
        row_of[far] = np.arange(len(far))
        used = np.flatnonzero(row_of[begin] >= 0)
        stop = np.concatenate([far, end[used]])
        at = np.concatenate([np.arange(len(far)), row_of[begin[used]]])
        on_foot_s = np.concatenate([np.zeros(len(far), np.int64), table.duration_s[used]])
        order = np.lexsort((on_foot_s, seconds[at] + on_foot_s, stop))
        best = order[np.diff(stop[order], prepend=-1) != 0]
        return stop[best], at[best], on_foot_s[best]

    def met_at(self, meeting: Meeting, near: int) -> Place:
        """Return the place of one of the points where vehicles are met."""
        stop = int(meeting.stop[near])
        return self.side.place if stop < 0 else self.side.network.stop_place(stop)

    def walk(self, meeting: Meeting, near: int) -> list[StreetLeg] | None:
        """Draw the walk between the door and where one is met, ``None`` if there is no way."""
        stop = int(meeting.stop[near])
        if stop < 0:
            return []
        place, walk_s = self.met_at(meeting, near), float(meeting.walk_s[near])
        if not self.side.on_streets:
            ends = (place, self.side.place) if self.side.reverse else (self.side.place, place)
            return [straight_leg(Mode.WALK, *ends, DETOUR, walk_s)]
        leg = self.side.walk_leg(self.side.network.stop_links(self.side.walking), stop, place)
        return None if leg is None else [leg._replace(seconds=walk_s)]

    def ridden(self, ride: StreetLeg | None, ride_s: int, offer: Offer) -> list[StreetLeg] | None:
        """Return a drive as the ride of an offer that takes so long."""
        if ride is None:
            return None
        return [ride._replace(seconds=float(ride_s), on_demand=self._told(offer))]

    def _walk_between(self, there: int, wanted: int) -> StreetLeg:
        ends = (wanted, there) if self.side.reverse else (there, wanted)
        return self._walks.between(*ends, self.side.walking)

    def outward(self, *parts: list[StreetLeg] | None) -> list[StreetLeg]:
        """Join the parts of a way, the nearest to the door first, as they are travelled."""
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return []
        return [leg for part in (known[::-1] if self.side.reverse else known) for leg in part]

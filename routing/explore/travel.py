"""How long it takes from one place to many, or from many to one, at a time of a day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from routing.arrays import Float64, Int16, Int32, UInt32
from routing.explore.errors import NotInNetworkError
from routing.journeys.access import Side, closed_for, quickest_of, straight_s, walk_end, whole_s
from routing.kernels.join import join_places
from routing.lazy import lazy_property
from routing.model import InvalidRequestError, Mode, Place, PlanRequest
from routing.network import Network
from routing.realtime.days import LiveDays
from routing.sharing.fleet import fleets
from routing.sharing.rental import RentalSearch, rental_ends
from routing.sharing.vehicles import SharedVehicles
from routing.streets.graph import Profile
from routing.streets.paces import off_street_mps
from routing.streets.snap import SnapTable, snap_many
from routing.transit.day_view import Closed, DayView, TripFilter
from routing.transit.everywhere import INF, arrivals
from routing.transit.timetable import Timetable

_ALONE = {Mode.WALK: Profile.WALK, Mode.BICYCLE: Profile.BIKE, Mode.CAR: Profile.CAR}


@dataclass(frozen=True, slots=True)
class Travel:
    """How and when to travel.

    Parameters
    ----------
    time : datetime
        Aware instant of leaving, or of having arrived with ``arrive_by``.
    arrive_by : bool
        Count the seconds from the latest departure to ``time``.
    mode : Mode
        ``TRANSIT`` (with walks, and walking all the way where that is quicker), or ``WALK``,
        ``BICYCLE`` or ``CAR`` alone.
    moments, step_s : int
        Look at so many departures, so many seconds apart, from ``time`` on (arrivals, from
        ``time`` back).
    max_duration_s : int
        What takes longer counts as out of reach; waiting at the beginning is part of it.
    max_transfers, max_access_walk_s, max_direct_walk_s, wheelchair
        As in :class:`routing.model.PlanRequest`.
    """

    time: datetime
    arrive_by: bool = False
    mode: Mode = Mode.TRANSIT
    moments: int = 1
    step_s: int = 60
    max_duration_s: int = 7200
    max_transfers: int = 7
    max_access_walk_s: int = 1200
    max_direct_walk_s: int = 1800
    wheelchair: bool = False

    def __post_init__(self) -> None:
        if self.mode not in (Mode.TRANSIT, *_ALONE):
            raise InvalidRequestError(f"no travel times by {self.mode}: choose TRANSIT or a street")
        for name, low, high in (
            ("moments", 1, 240),
            ("step_s", 1, 3600),
            ("max_duration_s", 1, 8 * 3600),
        ):
            if not low <= getattr(self, name) <= high:
                raise InvalidRequestError(f"{name}={getattr(self, name)} is outside {low}..{high}")
        if self.moments * self.step_s > 86_400:
            raise InvalidRequestError("the moments span more than a day")


@dataclass(frozen=True, slots=True)
class Places:
    """Many places at the far ends, ready to be joined with a search.

    Parameters
    ----------
    lon, lat : float64, (n,)
        Degrees, EPSG:4326.
    first, stop, seconds : uint32, (n + 1,); uint32 and int32, (n_rows,)
        Stops by which place ``j`` is reached (which are reached from it, when arriving by) are
        rows ``first[j]:first[j + 1]``; empty without public transport.
    links : SnapTable or None
        The places on the streets, ``None`` where there are none.
    """

    lon: Float64
    lat: Float64
    first: UInt32
    stop: UInt32
    seconds: Int32
    links: SnapTable | None

    def __len__(self) -> int:
        return len(self.lon)


class Traveller:
    """Travels on one network as one :class:`Travel` says.

    A search starts at a *centre*: the origin, or when arriving by a time the destination, from
    which it goes back. What it finds is what the planner finds for each pair.

    Parameters
    ----------
    network : Network
        Where.
    travel : Travel
        How and when.
    days : LiveDays, optional
        Days as they are foreseen; the timetable's by default.
    shared : SharedVehicles, optional
        Shared vehicles now, which may be ridden from the centre to stops, and to the places where
        they are left; only by :meth:`stops` and :meth:`rentals`.

    Raises
    ------
    NotInNetworkError
        The network has no timetable, or no streets, for what is asked, or not on that day.
    """

    def __init__(
        self,
        network: Network,
        travel: Travel,
        days: LiveDays | None = None,
        shared: SharedVehicles | None = None,
    ) -> None:
        self.network, self.travel = network, travel
        self._shared = shared
        self._days = days
        if self.by_transit:
            self._check_day(self._timetable)
        elif network.streets is None:
            raise NotInNetworkError(f"network '{network.name}' has no streets")
        place = Place(0.0, 0.0)
        self._request = PlanRequest(
            place,
            place,
            travel.time,
            max_transfers=travel.max_transfers,
            max_access_walk_s=min(travel.max_access_walk_s, travel.max_duration_s),
            max_direct_walk_s=min(travel.max_direct_walk_s, travel.max_duration_s),
            wheelchair=travel.wheelchair,
        )
        self._served = network.served if days is None else days.served(network.served)

    @property
    def by_transit(self) -> bool:
        """Whether vehicles of the timetable are taken."""
        return self.travel.mode == Mode.TRANSIT

    @property
    def way(self) -> Profile:
        """How streets are used beside, or alone."""
        alone = _ALONE.get(self.travel.mode, Profile.WALK)
        return self._request.walking if alone is Profile.WALK else alone

    @property
    def _timetable(self) -> Timetable:
        if self.network.timetable is None:
            raise NotInNetworkError(f"network '{self.network.name}' has no timetable")
        return self.network.timetable

    def _check_day(self, timetable: Timetable) -> None:
        day = self._local.date()
        span = self.network.service_days
        if span is None or not span[0] <= day <= span[1] + timedelta(days=1):
            covered = "no day" if span is None else f"{span[0]} to {span[1]}"
            raise NotInNetworkError(f"the timetable covers {covered}, not {day}")

    @property
    def _local(self) -> datetime:
        return self.travel.time.astimezone(ZoneInfo(self.network.timezone))

    @property
    def _closed(self) -> Closed:
        return closed_for(self._request, self._days)

    @lazy_property
    def view(self) -> DayView:
        """The day, run backwards when arriving by a time."""
        walking = self._request.walking
        only = TripFilter(wheelchair=True, walk=walking) if self.travel.wheelchair else None
        day = self._local.date()
        if self._days is None:
            view = self._timetable.day_view(day, only)
        else:
            view = self._days.view(day, only, self._closed)
        return view.mirror if self.travel.arrive_by else view

    @lazy_property
    def leave_s(self) -> Int32:
        """Moments of leaving the centre in the view's time, int32, (n_moments,), ascending."""
        moment = int(self.travel.time.timestamp()) - self.view.epoch_s
        first = -moment if self.travel.arrive_by else moment
        return (first + np.arange(self.travel.moments) * self.travel.step_s).astype(np.int32)

    def centre(self, lon: float, lat: float) -> Side:
        """Return a place as the beginning of searches."""
        return self._side(lon, lat, self.travel.arrive_by)

    def _side(self, lon: float, lat: float, reverse: bool) -> Side:
        place = Place(lon, lat)
        request = replace(self._request, origin=place, destination=place)
        return Side(self.network, request, reverse, self._served, self._closed)

    def places(self, lonlat: Iterable[tuple[float, float]]) -> Places:
        """Prepare the far ends of searches."""
        points = [(float(lon), float(lat)) for lon, lat in lonlat]
        inside = np.array([self.network.contains(*point) for point in points], np.bool_)
        ends = []
        if self.by_transit:
            near = (point for point, near in zip(points, inside, strict=True) if near)
            sides = (self._side(lon, lat, not self.travel.arrive_by) for lon, lat in near)
            ends = [walk_end(side) for side in sides]
        count = np.zeros(len(points), np.int64)
        if self.by_transit:
            count[inside] = [len(end.stop) for end in ends]
        lon, lat = np.array(points, np.float64).reshape(-1, 2).T.copy()
        lon[~inside] = lat[~inside] = np.nan  # the network ends before
        nothing, streets = [np.zeros(0, np.int32)], self.network.streets
        return Places(
            lon,
            lat,
            np.concatenate([[0], np.cumsum(count)]).astype(np.uint32),
            np.concatenate([end.stop for end in ends] or nothing).astype(np.uint32),
            np.concatenate([end.seconds for end in ends] or nothing),
            None if streets is None else snap_many(streets, self.way, lon, lat),
        )

    def stops(self, centre: Side) -> Int32:
        """Return when each stop is reached from a centre, in the view's time.

        Returns
        -------
        int32, (n_moments, max_transfers + 1, n_stops)
            See :func:`routing.transit.everywhere.arrivals`.
        """
        travel, end = self.travel, walk_end(centre)
        if self._shared is not None:
            rented = rental_ends(self.rentals(centre), self.network)
            end = quickest_of([end, *rented], Mode.RENTAL)
        ends = end.stop, end.seconds
        return arrivals(self.view, ends, self.leave_s, travel.max_transfers, travel.max_duration_s)

    def rentals(self, centre: Side) -> list[RentalSearch]:
        """Return the rides on shared vehicles from a centre, one search per kind of vehicle."""
        limit_s = self._request.max_access_ride_s
        return [
            RentalSearch(centre, fleet, limit_s) for fleet in fleets(self._shared, self._request)
        ]

    def times(self, lon: float, lat: float, places: Places) -> tuple[Int32, Int16]:
        """Return how long it takes between a centre and places.

        Returns
        -------
        int32, (n_moments, n)
            Seconds, ``INF`` where out of reach.
        int16, (n,)
            Changes between vehicles at the first moment, -1 where none is taken.
        """
        shape, transfers = (self.travel.moments, len(places)), np.full(len(places), -1, np.int16)
        if not self.network.contains(lon, lat):
            return np.full(shape, INF, np.int32), transfers
        centre = self.centre(lon, lat)
        direct_s = self._direct_s(centre, places)
        if not self.by_transit:
            direct_s[direct_s > self.travel.max_duration_s] = INF
            return np.broadcast_to(direct_s, shape), transfers
        seconds = np.empty(shape, np.int32)
        join_places(
            self.stops(centre), self.leave_s, places.first, places.stop, places.seconds,
            direct_s, self.travel.max_duration_s, seconds, transfers,
        )  # fmt: skip
        return seconds, transfers

    def _direct_s(self, centre: Side, places: Places) -> Int32:
        """Return whole seconds without a vehicle, ``INF`` where too far."""
        if self.by_transit and not centre.on_streets:
            seconds = straight_s(centre, places.lon, places.lat).astype(np.float32)
        else:
            way, table = self.way, places.links
            assert table is not None  # noqa: S101 - there are streets
            search = self.network.search(way)
            reach = (
                centre.walk
                if self.by_transit
                else search.reach(centre.seed(way), self.travel.max_duration_s, centre.reverse)
            )
            seconds = search.many(reach, table) + table.off_s(off_street_mps(way))
        limit = self._request.max_direct_walk_s if self.by_transit else self.travel.max_duration_s
        found = np.full(len(places), INF, np.int32)
        near = seconds <= limit
        found[near] = whole_s(seconds[near])
        return found

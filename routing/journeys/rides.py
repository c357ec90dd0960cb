"""Rides told in full: trip, line, calls, and the way of the vehicle on the ground."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from routing.arrays import Float32, Float64
from routing.flex.booked import booked_ride
from routing.geometry import EARTH_M
from routing.journeys.ride_calls import Calls, live_calls, planned_calls
from routing.kernels.polyline import length_m
from routing.model import Leg, Place, Trip
from routing.network import Network
from routing.realtime.alerts import Ridden
from routing.realtime.runs import LiveChanges
from routing.transit.journey import Ride
from routing.transit.modes import TransitMode
from routing.transit.tables import NO, YES
from routing.transit.timetable import Timetable

KEPT_ROUTES = 4096
"""Descriptions of routes kept in memory."""

_NO_DIRECTION = 255


class RideDrawer:
    """Describes rides on one network."""

    def __init__(self, network: Network, timetable: Timetable) -> None:
        self._network = network
        self._timetable = timetable
        self._route = lru_cache(KEPT_ROUTES)(self._route_told)

    def leg(self, ride: Ride, zero_s: int, changes: LiveChanges | None = None) -> Leg:
        """Describe a ride.

        Parameters
        ----------
        ride : Ride
            From a search.
        zero_s : int
            Unix seconds of the time 0 its times count from.
        changes : LiveChanges, optional
            What was foreseen when the search was made.
        """
        live = changes.runs.get((ride.trip_idx, ride.service_date)) if changes else None
        told = self._told(ride, changes)
        calls = planned_calls(self._timetable, ride, zero_s) if live is None else live_calls(live)
        rows = range(ride.board_pos, ride.alight_pos + 1)
        places = [self._call(calls, at) for at in rows]
        lonlat = self._line(ride, calls, told.row)
        mode = TransitMode.TRANSIT
        if told.route >= 0:
            mode = TransitMode(int(self._timetable.routes.mode[told.route]))
        leg = Leg(
            mode=mode.name,
            start_s=zero_s + ride.departure_s,
            end_s=zero_s + ride.arrival_s,
            origin=replace(places[0], arrival_s=None, planned_arrival_s=None),
            destination=replace(places[-1], departure_s=None, planned_departure_s=None),
            distance_m=length_m(lonlat, EARTH_M),
            lonlat=lonlat,
            trip=told.trip,
            intermediate_stops=tuple(places[1:-1]),
            real_time=any(calls.known[at] for at in rows),
            cancelled=False,
            planned_start_s=places[0].planned_departure_s,
            planned_end_s=places[-1].planned_arrival_s,
            interlined=ride.in_seat,
            booking=booked_ride(self._timetable, ride, zero_s + ride.departure_s),
        )
        if changes is None or not changes.alerts.all:
            return leg
        return replace(leg, alerts=changes.alerts.of(self._ridden(ride, leg, told)))

    def route_trip(self, route: int) -> Trip:
        """Tell what all trips of a route have in common; ids and days are blank."""
        return self._route(route)

    def _ridden(self, ride: Ride, leg: Leg, told: "_Told") -> Ridden:
        table = self._timetable
        stops = {ride.board_stop, ride.alight_stop}
        stops |= {int(table.stops.parent[stop]) for stop in stops} - {-1}
        direction = int(table.trips.direction[told.row]) if told.row >= 0 else _NO_DIRECTION
        return Ridden(
            trip_id=told.trip.trip_id,
            day=ride.service_date,
            route_id=told.trip.route_id,
            route_type=int(table.routes.type[told.route]) if told.route >= 0 else None,
            direction=None if direction == _NO_DIRECTION else direction,
            agency_id=told.trip.agency_id,
            stop_ids=frozenset(table.stops.id[stop] for stop in stops),
            start_s=leg.start_s,
            end_s=leg.end_s,
        )

    def _call(self, calls: Calls, at: int) -> Place:
        stop = self._network.stop_place(calls.stop[at])
        return Place(
            stop.lon,
            stop.lat,
            stop.name,
            stop.stop_id,
            arrival_s=calls.arrival_s[at],
            departure_s=calls.departure_s[at],
            platform=stop.platform,
            planned_arrival_s=calls.planned_arrival_s[at],
            planned_departure_s=calls.planned_departure_s[at],
            cancelled=calls.skipped[at],
        )

    def _told(self, ride: Ride, changes: LiveChanges | None) -> "_Told":
        """Return who the trip is, and the rows of its trip and route, -1 where unknown."""
        table, row = self._timetable, ride.trip_idx
        if row < table.n_trips:
            route = int(table.trips.route[row])
            return _Told(self._trip(ride, row, route), row, route)
        assert changes is not None  # noqa: S101 - the search met an added trip
        added = changes.added[row - table.n_trips]
        if added.template >= 0:
            trip = self._trip(ride, added.template, added.route)
            trip = replace(trip, trip_id=added.trip_id)
        elif added.route >= 0:
            trip = self._route_trip(added.trip_id, added.route, ride)
        else:
            day = ride.service_date.isoformat()
            trip = Trip(trip_id=added.trip_id, route_id=added.route_id, service_date=day)
        headsign, name = added.headsign or trip.headsign, added.short_name or trip.short_name
        trip = replace(trip, headsign=headsign, short_name=name)
        return _Told(trip, added.template, added.route)

    def _line(self, ride: Ride, calls: Calls, row: int) -> Float64:
        """Return the vehicle's way, float64, (n, 2): its shape, else straight between stops."""
        table = self._timetable
        course = int(table.trips.course[row]) if calls.on_course and row >= 0 else -1
        if course < 0:
            stops = np.array(calls.stop[ride.board_pos : ride.alight_pos + 1], np.int64)
            return np.column_stack((table.stops.lon[stops], table.stops.lat[stops]))
        shape = int(table.courses.shape[course])
        begin = int(table.courses.first[course])
        start, end = (
            float(table.courses.at[begin + position])
            for position in (ride.board_pos, ride.alight_pos)
        )
        point = int(table.shapes.first[shape])
        lon, lat = table.shapes.lon[point:], table.shapes.lat[point:]
        inner = slice(int(start) + 1, math.ceil(end))
        line = np.empty((max(inner.stop - inner.start, 0) + 2, 2))
        line[0], line[-1] = _point(lon, lat, start), _point(lon, lat, max(start, end))
        line[1:-1, 0], line[1:-1, 1] = lon[inner], lat[inner]
        return line

    def _trip(self, ride: Ride, row: int, route: int) -> Trip:
        table, trips = self._timetable, self._timetable.trips
        return replace(
            self._route_trip(trips.id[row], route, ride),
            headsign=table.texts[int(trips.headsign[row])] or None,
            wheelchair=known_flag(int(trips.wheelchair[row])),
            bikes=known_flag(int(trips.bikes[row])),
            cars=known_flag(table.carried.cars_on(row)),
        )

    def _route_trip(self, trip_id: str, route: int, ride: Ride) -> Trip:
        day = ride.service_date.isoformat()
        return replace(self._route(route), trip_id=trip_id, service_date=day)

    def _route_told(self, route: int) -> Trip:
        """Tell what all trips of a route have in common."""
        table, routes = self._timetable, self._timetable.routes
        agency = int(routes.agency[route])
        return Trip(
            trip_id="",
            route_id=routes.id[route],
            short_name=routes.short_name[route] or None,
            long_name=routes.long_name[route] or None,
            color=routes.color[route] or None,
            text_color=routes.text_color[route] or None,
            agency_id=table.agencies.id[agency] or None,
            agency_name=table.agencies.name[agency] or None,
            feed=int(table.agencies.feed[agency]),
        )


@dataclass(frozen=True, slots=True)
class _Told:
    trip: Trip
    row: int
    route: int


def _point(lon: Float32, lat: Float32, at: float) -> tuple[float, float]:
    """Return the point of a line at a row, or so far between two."""
    row = int(at)
    share = at - row
    x, y = float(lon[row]), float(lat[row])
    if share:
        x += share * (float(lon[row + 1]) - x)
        y += share * (float(lat[row + 1]) - y)
    return x, y


def known_flag(flag: int) -> bool | None:
    """Return what a flag of a trip says, ``None`` where it is unknown."""
    return {YES: True, NO: False}.get(flag)

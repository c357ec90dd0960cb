"""Rides told in full: trip, line, calls, and the way of the vehicle on the ground."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from routing.arrays import Float64
from routing.flex.booked import booked_ride
from routing.geometry import EARTH_M
from routing.journeys.ride_calls import Calls, arranged, live_calls, planned_calls
from routing.kernels.polyline import cut_line, length_m
from routing.model import Leg, Place, Trip
from routing.network import Network
from routing.realtime.alerts import Ridden
from routing.realtime.model import Alert
from routing.realtime.runs import LiveChanges
from routing.transit.journey import Ride
from routing.transit.modes import TransitMode
from routing.transit.tables import NO, NO_DIRECTION, YES
from routing.transit.timetable import Timetable

KEPT_ROUTES, KEPT_HEADSIGNS = 4096, 4096
"""Descriptions of routes, and headsigns, kept in memory."""

_MODES = [mode.name for mode in TransitMode]
_FLAGS = {YES: True, NO: False}


class RideDrawer:
    """Describes rides on one network."""

    def __init__(self, network: Network, timetable: Timetable) -> None:
        self._network = network
        self._timetable = timetable
        self._route = lru_cache(KEPT_ROUTES)(self._route_told)
        self._headsign = lru_cache(KEPT_HEADSIGNS)(lambda text: timetable.texts[text] or None)

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
        table = self._timetable
        live = changes.runs.get((ride.trip_idx, ride.service_date)) if changes else None
        told = self._told(ride, changes)
        calls = planned_calls(table, ride, zero_s) if live is None else live_calls(live, ride)
        places = self._places(calls)
        lonlat = self._line(ride, calls, told.row)
        span = zero_s + ride.departure_s, zero_s + ride.arrival_s
        pickup, drop_off = arranged(table, ride, ride.pattern if live is None else live.pattern)
        alerts: tuple[Alert, ...] = ()
        if changes is not None and changes.alerts.all:
            alerts = changes.alerts.of(self._ridden(ride, span, told))
        return Leg(
            mode=self._mode(told.route),
            start_s=span[0],
            end_s=span[1],
            origin=places[0],
            destination=places[-1],
            distance_m=length_m(lonlat, EARTH_M),
            lonlat=lonlat,
            trip=told.trip,
            intermediate_stops=tuple(places[1:-1]),
            real_time=True in calls.known,
            cancelled=False,
            planned_start_s=calls.planned_departure_s[0],
            planned_end_s=calls.planned_arrival_s[-1],
            alerts=alerts,
            interlined=ride.in_seat,
            booking=booked_ride(table, ride, span[0]),
            pickup=pickup,
            drop_off=drop_off,
        )

    def route_trip(self, route: int) -> Trip:
        """Tell what all trips of a route have in common; ids and days are blank."""
        return self._route(route)

    def _ridden(self, ride: Ride, span: tuple[int, int], told: "_Told") -> Ridden:
        table = self._timetable
        stops = {ride.board_stop, ride.alight_stop}
        stops |= {int(table.stops.parent[stop]) for stop in stops} - {-1}
        direction = int(table.trips.direction[told.row]) if told.row >= 0 else NO_DIRECTION
        return Ridden(
            feed=int(table.stops.feed[ride.board_stop]),
            trip_id=told.trip.trip_id,
            day=ride.service_date,
            route_id=told.trip.route_id,
            route_type=int(table.routes.type[told.route]) if told.route >= 0 else None,
            direction=None if direction == NO_DIRECTION else direction,
            agency_id=told.trip.agency_id,
            stop_ids=frozenset(table.stops.id[stop] for stop in stops),
            start_s=span[0],
            end_s=span[1],
        )

    def _places(self, calls: Calls) -> list[Place]:
        """Return the stops with the times of the vehicle there, the last fields of a place."""
        rows = zip(
            calls.arrival_s,
            calls.departure_s,
            calls.planned_arrival_s,
            calls.planned_departure_s,
            calls.skipped,
            strict=True,
        )
        stops, call = map(self._network.stop_place, calls.stop), Place._make
        return [call(stop[:-5] + times) for stop, times in zip(stops, rows, strict=True)]

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
            trip = trip._replace(trip_id=added.trip_id)
        elif added.route >= 0:
            day = ride.service_date.isoformat()
            trip = self._route(added.route)._replace(trip_id=added.trip_id, service_date=day)
        else:
            day = ride.service_date.isoformat()
            trip = Trip(trip_id=added.trip_id, route_id=added.route_id, service_date=day)
        headsign, name = added.headsign or trip.headsign, added.short_name or trip.short_name
        trip = trip._replace(headsign=headsign, short_name=name)
        return _Told(trip, added.template, added.route)

    def _line(self, ride: Ride, calls: Calls, row: int) -> Float64:
        """Return the vehicle's way, float64, (n, 2): its shape, else straight between stops."""
        table = self._timetable
        course = int(table.trips.course[row]) if calls.on_course and row >= 0 else -1
        if course < 0:
            return np.column_stack((table.stops.lon[calls.stop], table.stops.lat[calls.stop]))
        begin = int(table.courses.first[course])
        at, shapes = table.courses.at, table.shapes
        line: Float64 = cut_line(
            shapes.lon,
            shapes.lat,
            int(shapes.first[int(table.courses.shape[course])]),
            float(at[begin + ride.board_pos]),
            float(at[begin + ride.alight_pos]),
        )
        return line

    def _trip(self, ride: Ride, row: int, route: int) -> Trip:
        table, trips = self._timetable, self._timetable.trips
        text, call = int(trips.headsign[row]), None
        if len(table.headsigns.trip) and int(trips.pattern[row]) == ride.pattern:
            number = int(table.call_sequence(row)[ride.board_pos])
            shown = table.headsigns.find(row, number)
            if shown >= 0:
                text, call = shown, f"{trips.id[row]}\t{number}"
        return self._route(route)._replace(
            trip_id=trips.id[row],
            service_date=ride.service_date.isoformat(),
            headsign=self._headsign(text),
            headsign_call=call,
            wheelchair=known_flag(int(trips.wheelchair[row])),
            bikes=known_flag(int(trips.bikes[row])),
            cars=known_flag(table.carried.cars_on(row)),
        )

    def _mode(self, route: int) -> str:
        """Name the kind of vehicle of a route, -1 where it is unknown."""
        return _MODES[int(self._timetable.routes.mode[route])] if route >= 0 else _MODES[-1]

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


class _Told(NamedTuple):
    trip: Trip
    row: int
    route: int


def known_flag(flag: int) -> bool | None:
    """Return what a flag of a trip says, ``None`` where it is unknown."""
    return _FLAGS.get(flag)

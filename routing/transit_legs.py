"""Rides told in full: trip, line, calls, and the way of the vehicle on the ground."""

from dataclasses import replace

import numpy as np

from routing.arrays import Float64, UInt32
from routing.geometry import line_steps_m
from routing.model import Leg, Place, Trip
from routing.network import Network
from routing.timetable import Timetable
from routing.transit_journey import Ride
from routing.transit_modes import TransitMode
from routing.transit_tables import NO, YES


class RideDrawer:
    """Describes rides on one network."""

    def __init__(self, network: Network, timetable: Timetable) -> None:
        self._network = network
        self._timetable = timetable

    def leg(self, ride: Ride, zero_s: int) -> Leg:
        """Describe a ride.

        Parameters
        ----------
        ride : Ride
            From a search.
        zero_s : int
            Unix seconds of the time 0 its times count from.
        """
        table = self._timetable
        stops = table.pattern_stops(ride.pattern)[ride.board_pos : ride.alight_pos + 1]
        places = self._calls(ride, stops, zero_s)
        lonlat = self._line(ride, stops)
        route = int(table.trips.route[ride.trip_idx])
        return Leg(
            mode=TransitMode(int(table.routes.mode[route])).name,
            start_s=zero_s + ride.departure_s,
            end_s=zero_s + ride.arrival_s,
            origin=replace(places[0], arrival_s=None),
            destination=replace(places[-1], departure_s=None),
            distance_m=float(line_steps_m(lonlat).sum()),
            lonlat=lonlat,
            trip=self._trip(ride, route),
            intermediate_stops=tuple(places[1:-1]),
        )

    def _calls(self, ride: Ride, stops: UInt32, zero_s: int) -> list[Place]:
        arrival, departure = self._timetable.trip_times(ride.trip_idx)
        shift = zero_s + ride.departure_s - int(departure[ride.board_pos])
        return [
            self._call(int(stop), shift + int(arrival[position]), shift + int(departure[position]))
            for position, stop in enumerate(stops, start=ride.board_pos)
        ]

    def _call(self, stop: int, arrival_s: int, departure_s: int) -> Place:
        at = self._network.stop_place(stop)
        return Place(at.lon, at.lat, at.name, at.stop_id, None, arrival_s, departure_s, at.platform)

    def _line(self, ride: Ride, stops: UInt32) -> Float64:
        """Return the vehicle's way, float64, (n, 2): its shape, else straight between stops."""
        table = self._timetable
        course = int(table.trips.course[ride.trip_idx])
        if course < 0:
            return np.column_stack((table.stops.lon[stops], table.stops.lat[stops]))
        shape = int(table.courses.shape[course])
        begin = int(table.courses.first[course])
        start, end = (
            float(table.courses.at[begin + position])
            for position in (ride.board_pos, ride.alight_pos)
        )
        points = slice(int(table.shapes.first[shape]), int(table.shapes.first[shape + 1]))
        lon = table.shapes.lon[points].astype(np.float64)
        lat = table.shapes.lat[points].astype(np.float64)
        inner = np.arange(np.floor(start) + 1, np.ceil(end))
        at = np.concatenate(([start], inner, [max(start, end)]))
        rows = np.arange(len(lon))
        return np.column_stack((np.interp(at, rows, lon), np.interp(at, rows, lat)))

    def _trip(self, ride: Ride, route: int) -> Trip:
        table = self._timetable
        trips, routes = table.trips, table.routes
        agency = int(routes.agency[route])
        return Trip(
            trip_id=trips.id[ride.trip_idx],
            route_id=routes.id[route],
            short_name=routes.short_name[route] or None,
            long_name=routes.long_name[route] or None,
            color=routes.color[route] or None,
            text_color=routes.text_color[route] or None,
            agency_id=table.agencies.id[agency] or None,
            agency_name=table.agencies.name[agency] or None,
            headsign=table.texts[int(trips.headsign[ride.trip_idx])] or None,
            service_date=ride.service_date.isoformat(),
            wheelchair=_known(int(trips.wheelchair[ride.trip_idx])),
            bikes=_known(int(trips.bikes[ride.trip_idx])),
        )


def _known(flag: int) -> bool | None:
    return {YES: True, NO: False}.get(flag)

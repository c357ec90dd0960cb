"""Which places of rides on demand a point lies in, and which stops lie in a place."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from routing.arrays import Bool, Int64
from routing.flex.booking import Bookings
from routing.flex.points import Points
from routing.flex.tables import AREA, STOPS, FlexTables
from routing.streets.graph import StreetGraph
from routing.streets.snap import SnapTable
from routing.transit.timetable import Timetable

KEPT_DAYS = 16
"""Service days whose services are kept in memory."""


class FlexService:
    """Rides on demand of one timetable, ready to be searched.

    Parameters
    ----------
    timetable : Timetable
        One with ``flex``.
    tables : FlexTables
        The same.
    served : bool, (n_stops,)
        Stops that ordinary trips call at.
    streets : StreetGraph, optional
        What vehicles drive on.
    car_links : SnapTable, optional
        All stops linked to them.
    """

    def __init__(
        self,
        timetable: Timetable,
        tables: FlexTables,
        served: Bool,
        streets: StreetGraph | None = None,
        car_links: SnapTable | None = None,
    ) -> None:
        self.timetable = timetable
        self.streets = streets
        stops = timetable.stops
        self.stop_points = Points(np.asarray(stops.lon), np.asarray(stops.lat), car_links)
        self.tables = tables
        self.bookings = Bookings(tables.rules, timetable.services)
        self._served = served
        self._stops: dict[int, Int64] = {}
        self.running = lru_cache(maxsize=KEPT_DAYS)(timetable.services.active)

    @cached_property
    def _areas(self) -> tuple[Int64, "np.ndarray", shapely.STRtree]:
        places = np.flatnonzero(self.tables.places.kind == AREA)
        shapes = shapely.from_wkb([self.tables.places.shape[place] for place in places.tolist()])
        shapely.prepare(shapes)
        return places, shapes, shapely.STRtree(shapes)

    def areas_at(self, lon: float, lat: float) -> list[int]:
        """Return the areas a point lies in, rows of ``FlexPlaces``."""
        places, _, tree = self._areas
        found = tree.query(shapely.Point(lon, lat), predicate="intersects")
        return [int(place) for place in places[np.sort(found)]]

    def stops_of(self, place: int) -> Int64:
        """Return the stops of a place; of an area those that ordinary trips call at."""
        if place not in self._stops:
            self._stops[place] = self._find_stops(place)
        return self._stops[place]

    def _find_stops(self, place: int) -> Int64:
        table = self.tables.places
        if table.kind[place] == STOPS:
            rows = slice(int(table.stop_first[place]), int(table.stop_first[place + 1]))
            return table.stop[rows].astype(np.int64)
        places, shapes, _ = self._areas
        area = shapes[int(np.searchsorted(places, place))]
        stops = np.flatnonzero(self._served)
        lon, lat = self.timetable.stops.lon[stops], self.timetable.stops.lat[stops]
        return np.asarray(stops[shapely.contains_xy(area, lon, lat)], np.int64)

    @cached_property
    def groups(self) -> list[int]:
        """Places that are stops, rows of ``FlexPlaces``."""
        return [int(place) for place in np.flatnonzero(self.tables.places.kind == STOPS)]

    @cached_property
    def calls_at(self) -> dict[int, list[tuple[int, int]]]:
        """Trip and row of ``FlexCalls`` of each call, by place."""
        first = self.tables.trips.call_first.astype(np.int64)
        trip = np.repeat(np.arange(len(first) - 1), np.diff(first))
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for call, (of, place) in enumerate(
            zip(trip.tolist(), self.tables.calls.place.tolist(), strict=True)
        ):
            found[place].append((of, call))
        return found

    @cached_property
    def days_back(self) -> int:
        """How many service days back a window may still be open."""
        return 1 + int(self.tables.calls.end_s.max(initial=0)) // 86_400

    def zone_of(self, trip: int) -> ZoneInfo:
        """Return the time zone of a trip on demand."""
        routes = self.timetable.routes
        return ZoneInfo(
            self.timetable.agencies.timezone[int(routes.agency[int(self.tables.trips.route[trip])])]
        )

    def days_around(self, day: date, last: date) -> list[date]:
        """Return the service days whose windows may lie between two dates."""
        start = day - timedelta(days=self.days_back)
        return [start + timedelta(days=n) for n in range((last - start).days + 2)]

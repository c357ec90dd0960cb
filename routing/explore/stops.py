"""Find stops: by id with their platforms, around a point, or in a box; and the lines there."""

from functools import cached_property

import numpy as np

from routing.arrays import Float64, Int64, group_first, group_sizes
from routing.geometry import distance_m
from routing.transit.timetable import Timetable

PLATFORM, STATION = 0, 1


class StopFinder:
    """Looks stops of one timetable up; safe to share between threads."""

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable

    def members(self, stop_id: str) -> list[int]:
        """Return the rows where vehicles call under an id: a station's platforms, else the stop.

        Raises
        ------
        UnknownStopError
            No feed has it; where several have, the first one counts.
        """
        stops = self._timetable.stops
        row = self._timetable.get_stop(stop_id)
        if stops.location_type[row] != STATION:
            return [row]
        return [row, *np.flatnonzero(stops.parent == row).tolist()]

    def near(self, lon: float, lat: float, radius_m: float) -> tuple[Int64, Float64]:
        """Return platforms and stations within a radius, the nearest first, and metres to each."""
        metres = distance_m(lon, lat, self._lon, self._lat)
        found = np.flatnonzero((metres <= radius_m) & self._listed)
        found = found[np.argsort(metres[found], kind="stable")]
        return found, metres[found]

    def within(self, west: float, south: float, east: float, north: float) -> Int64:
        """Return the platforms and stations in a box, in the order of the feeds."""
        inside = (west <= self._lon) & (self._lon <= east)
        inside &= (south <= self._lat) & (self._lat <= north)
        return np.flatnonzero(inside & self._listed)

    def lines(self, stop: int) -> list[int]:
        """Return the routes that call at a stop, or at a platform of a station, by row."""
        rows = [stop, *np.flatnonzero(self._timetable.stops.parent == stop).tolist()]
        first, route = self._routes
        found = np.concatenate([route[first[row] : first[row + 1]] for row in rows])
        return [int(row) for row in np.unique(found)]

    @cached_property
    def _lon(self) -> Float64:
        return np.asarray(self._timetable.stops.lon)

    @cached_property
    def _lat(self) -> Float64:
        return np.asarray(self._timetable.stops.lat)

    @cached_property
    def _listed(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        return np.asarray(self._timetable.stops.location_type <= STATION)

    @cached_property
    def _routes(self) -> tuple[Int64, Int64]:
        """Return where each stop's routes begin, and the routes."""
        table = self._timetable
        of_trip = np.column_stack((table.trips.pattern, table.trips.route)).astype(np.int64)
        pairs = np.unique(of_trip, axis=0)
        length = group_sizes(table.patterns.stop_first)[pairs[:, 0]]
        begin = table.patterns.stop_first[pairs[:, 0]].astype(np.int64)
        step = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
        stop = table.patterns.stop[np.repeat(begin, length) + step]
        both = np.unique(np.column_stack((stop, np.repeat(pairs[:, 1], length))), axis=0)
        return group_first(both[:, 0], table.n_stops).astype(np.int64), both[:, 1].astype(np.int64)

"""Selected links: which lines and trips pass a stretch between two stops, or a point on the map."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from routing.arrays import Bool, Float64, Int64
from routing.kernels.nearest import METRES_PER_DEGREE
from routing.model import Itinerary
from routing.transit.day_view import DayView
from routing.transit.timetable import Timetable

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Link:
    """Trips of one line over one stretch between two stops that follow one another.

    Parameters
    ----------
    route, from_stop, to_stop : int
        Rows of the timetable's tables; the route is -1 for trips beyond the timetable.
    on_shape : bool or None
        Whether the stretch was found by the vehicle's shape; False by the straight line between
        the stops, for want of a shape; ``None`` where it was found by its stops.
    trips : tuple of (int, date, int)
        Trip (row of the timetable, or beyond), service day, Unix seconds of leaving the first
        stop; in order of time.
    per_hour : tuple of int
        How many leave in each local hour of the day, by the time since midnight.
    """

    route: int
    from_stop: int
    to_stop: int
    on_shape: bool | None
    trips: tuple[tuple[int, date, int], ...]
    per_hour: tuple[int, ...]


def between(
    timetable: Timetable, view: DayView, from_stops: Sequence[int], to_stops: Sequence[int]
) -> list[Link]:
    """Find what runs from one stop straight on to another, as stations by any of their platforms.

    Parameters
    ----------
    timetable : Timetable
        Of the view.
    view : DayView
        The date; what leaves the first stop within its 24 hours counts.
    from_stops, to_stops : sequence of int
        Rows of ``timetable.stops``.
    """
    view = view.plain or view
    first, then = _mask(view, from_stops), _mask(view, to_stops)
    hit = first[view.stop[:-1]] & then[view.stop[1:]]
    hit[view.stop_first[1:-1].astype(np.int64) - 1] = False  # from one line to the next
    return _links(timetable, view, ((row, None, None) for row in np.flatnonzero(hit).tolist()))


def near(
    timetable: Timetable, view: DayView, lon: float, lat: float, radius_m: float
) -> list[Link]:
    """Find what passes within some metres of a point, between two stops.

    Vehicles follow the shape of their trip where it has one, else a straight line.

    Parameters
    ----------
    timetable, view
        As for :func:`between`.
    lon, lat : float
        Degrees, EPSG:4326.
    radius_m : float
        Metres.
    """
    view = view.plain or view
    stops, k = timetable.stops, METRES_PER_DEGREE
    kx = k * float(np.cos(np.radians(lat)))
    x, y = (np.asarray(stops.lon) - lon) * kx, (np.asarray(stops.lat) - lat) * k
    here, there = view.stop[:-1], view.stop[1:]
    straight = _distance(x[here], y[here], x[there], y[there]) <= radius_m
    straight[view.stop_first[1:-1].astype(np.int64) - 1] = False
    passes = _CoursesNear(timetable, lon, lat, kx, radius_m)

    def found() -> Iterator[tuple[int, Bool | None, bool | None]]:
        for line in range(len(view.stop_first) - 1):
            begin, end = int(view.stop_first[line]), int(view.stop_first[line + 1])
            trip = view.trip[int(view.trip_first[line]) : int(view.trip_first[line + 1])]
            course = np.full(len(trip), -1, np.int64)
            known = trip < timetable.n_trips
            course[known] = timetable.trips.course[trip[known]]
            for own in np.unique(course).tolist():
                if own >= 0:
                    rows = begin + passes.positions(own, end - begin)
                else:
                    rows = begin + np.flatnonzero(straight[begin : end - 1])
                for row in rows.tolist():
                    yield row, course == own, own >= 0

    return _links(timetable, view, found())


class _CoursesNear:
    """Tells between which calls of a course its shape passes a point."""

    def __init__(
        self, timetable: Timetable, lon: float, lat: float, kx: float, radius_m: float
    ) -> None:
        shapes, self._courses = timetable.shapes, timetable.courses
        x = (shapes.lon.astype(np.float64) - lon) * kx
        y = (shapes.lat.astype(np.float64) - lat) * METRES_PER_DEGREE
        close = _distance(x[:-1], y[:-1], x[1:], y[1:]) <= radius_m
        self._first, self._x, self._y = shapes.first.astype(np.int64), x, y
        self._close, self._radius_m = close, radius_m

    def positions(self, course: int, n_calls: int) -> Int64:
        """Return the positions of the calls after which it does, int64, (n,)."""
        shape = int(self._courses.shape[course])
        begin, end = int(self._first[shape]), int(self._first[shape + 1])
        if not self._close[begin : end - 1].any():
            return np.zeros(0, np.int64)
        at = int(self._courses.first[course]) + np.arange(n_calls)
        along = self._courses.at[at].astype(np.float64)
        rows = np.arange(end - begin)
        x, y = self._x[begin:end], self._y[begin:end]
        return np.array(
            [
                i
                for i in range(n_calls - 1)
                if self._passes(rows, x, y, along[i], max(along[i], along[i + 1]))
            ],
            np.int64,
        )

    def _passes(self, rows: Int64, x: Float64, y: Float64, start: float, end: float) -> bool:
        inner = np.arange(np.floor(start) + 1, np.ceil(end))
        at = np.concatenate(([start], inner, [end]))
        px, py = np.interp(at, rows, x), np.interp(at, rows, y)
        return bool((_distance(px[:-1], py[:-1], px[1:], py[1:]) <= self._radius_m).any())


def _distance(x: Float64, y: Float64, to_x: Float64, to_y: Float64) -> Float64:
    """Return how far segments are from the point 0, 0; float64, (n,)."""
    dx, dy = to_x - x, to_y - y
    square = dx * dx + dy * dy
    share = np.clip(-(x * dx + y * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    return np.asarray(np.hypot(x + share * dx, y + share * dy), np.float64)


def _mask(view: DayView, stops: Sequence[int]) -> Bool:
    mask = np.zeros(view.n_stops, np.bool_)
    mask[list(stops)] = True
    return mask


def _links(
    timetable: Timetable,
    view: DayView,
    found: Iterator[tuple[int, Bool | None, bool | None]],
) -> list[Link]:
    """Gather the runs over positions of the view by line and stretch."""
    trips: dict[tuple[int, int, int, bool | None], set[tuple[int, int, date]]] = {}
    for row, only, on_shape in found:
        line = int(np.searchsorted(view.stop_first, row, side="right")) - 1
        first, last = int(view.trip_first[line]), int(view.trip_first[line + 1])
        begin = int(view.time_first[line]) + (row - int(view.stop_first[line])) * (last - first)
        leave_s = view.departure_s[begin : begin + last - first]
        on_day = (leave_s >= 0) & (leave_s < DAY_S)
        for nth in np.flatnonzero(on_day if only is None else on_day & only).tolist():
            trip = int(view.trip[first + nth])
            route = int(timetable.trips.route[trip]) if trip < timetable.n_trips else -1
            key = (route, int(view.stop[row]), int(view.stop[row + 1]), on_shape)
            run = (int(leave_s[nth]), trip, view.service_date(first + nth))
            trips.setdefault(key, set()).add(run)
    links = []
    for (route, here, there, on_shape), runs in trips.items():
        in_order = sorted(runs)
        hours = np.bincount([leave_s // 3600 for leave_s, _, _ in in_order], minlength=24)
        told = tuple((trip, day, view.epoch_s + leave_s) for leave_s, trip, day in in_order)
        links.append(Link(route, here, there, on_shape, told, tuple(hours[:24].tolist())))
    return sorted(links, key=lambda link: (-len(link.trips), link.route, link.from_stop))


def uses(itinerary: Itinerary, from_ids: set[str], to_ids: set[str]) -> str | None:
    """Return the line with which an itinerary runs straight from one stop to another, or ``None``.

    Parameters
    ----------
    itinerary : Itinerary
        From the planner.
    from_ids, to_ids : set of str
        Ids of the stops, such as those of a station's platforms.
    """
    for leg in itinerary.legs:
        if leg.trip is None:
            continue
        calls = [leg.origin, *leg.intermediate_stops, leg.destination]
        for here, there in pairwise(calls):
            if here.stop_id in from_ids and there.stop_id in to_ids:
                return leg.trip.short_name or leg.trip.route_id
    return None

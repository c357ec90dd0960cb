"""Days as they are foreseen at one moment: made when first asked for, then kept."""

import threading
from dataclasses import replace
from datetime import date

import numpy as np

from routing.arrays import Bool
from routing.realtime.runs import AddedTrip, LiveChanges
from routing.realtime.view import overlaid
from routing.transit.day_lines import fit_routes
from routing.transit.day_view import OPEN, Closed, DayView, Speedup, TripFilter, finished, keep_view
from routing.transit.footpaths import closed_footpaths
from routing.transit.modes import TransitMode
from routing.transit.pathways import ENTRANCE
from routing.transit.tables import NO
from routing.transit.timetable import Timetable

DayKey = tuple[date, TripFilter | None] | tuple[date, TripFilter | None, Closed]


class LiveDays:
    """The days of a timetable with some changes; safe to share between threads.

    Parameters
    ----------
    timetable : Timetable
        What was planned.
    changes : LiveChanges
        What differs.
    """

    def __init__(self, timetable: Timetable, changes: LiveChanges) -> None:
        self.changes = changes
        self._timetable = timetable
        self._closures = changes.alerts.closures(timetable)
        stops = [run.stops for run in changes.runs.values() if not run.gone]
        self._called = np.unique(np.concatenate(stops)) if stops else np.zeros(0, np.uint32)
        self._views: dict[DayKey, DayView] = {}
        self._lock = threading.Lock()

    @property
    def keys(self) -> list[DayKey]:
        """Days asked for so far."""
        return list(self._views)

    def served(self, planned: Bool) -> Bool:
        """Return ``planned`` with the stops that are called at beyond the timetable added.

        Parameters
        ----------
        planned : bool, (n_stops,)
            Stops the timetable serves; not changed.
        """
        if not len(self._called):
            return planned
        served = planned.copy()
        served[self._called] = True
        return served

    def closed_at(self, unix_s: float, wheelchair: bool) -> Closed:
        """Return what cannot be passed in stations at an instant, by someone on wheels or not."""
        kind = self._timetable.stops.location_type
        rows = [
            row
            for row in self._closures.of(TripFilter(wheelchair=wheelchair))
            if row.start_s <= unix_s < row.end_s and kind[row.stop] >= ENTRANCE
        ]
        return Closed(
            frozenset(row.stop for row in rows if not row.wheelchair),
            frozenset(row.stop for row in rows if row.wheelchair),
        )

    def view(self, day: date, only: TripFilter | None = None, closed: Closed = OPEN) -> DayView:
        """Return the trips one can ride on a date as things stand; see ``Timetable.day_view``.

        Footpaths do not pass what is ``closed``.
        """
        key: DayKey = (day, only, closed) if closed != OPEN else (day, only)
        with self._lock:
            view = self._views.pop(key, None) or self._make(day, only or TripFilter(), closed)
            keep_view(self._views, key, view)
        return view

    def _make(self, day: date, only: TripFilter, closed: Closed) -> DayView:
        planned = self._timetable.day_view(day, only)
        runs, fit = self.changes.runs.values(), self._fit(only)
        plain = planned.plain or planned
        changed = overlaid(self._timetable, plain, runs, self._closures, only, fit)
        if closed != OPEN:
            changed = _walked(self._timetable, changed, only, closed)
        return planned if changed is plain else finished(self._timetable, changed)

    def _fit(self, only: TripFilter) -> Bool:
        """Tell which added trips a filter lets in."""
        fit = [self._fits(trip, only) for trip in self.changes.added]
        return np.array(fit, np.bool_)

    def _fits(self, trip: AddedTrip, only: TripFilter) -> bool:
        trips = self._timetable.trips
        if trip.template >= 0:
            if only.wheelchair and trips.wheelchair[trip.template] == NO:
                return False
            if only.bikes and trips.bikes[trip.template] == NO:
                return False
        if trip.route >= 0:
            return bool(fit_routes(self._timetable, only)[trip.route])
        if only.agencies is not None or trip.route_id in only.banned_routes:
            return False
        return only.modes is None or TransitMode.TRANSIT in only.modes


def _walked(timetable: Timetable, view: DayView, only: TripFilter, closed: Closed) -> DayView:
    """Return a day with the footpaths there are while something is closed."""
    paths = closed_footpaths(timetable, only.walk, closed)
    if paths is None:
        return view
    return replace(
        view,
        foot_first=paths.first,
        foot_target=paths.target,
        foot_s=paths.duration_s,
        closed=closed,
        speedup=Speedup(),
    )

"""Single trips with all their calls."""

from datetime import date
from functools import cached_property

from routing.explore.errors import UnknownTripError
from routing.journeys.rides import RideDrawer
from routing.model import Leg
from routing.realtime.known import KnownRun, KnownRuns
from routing.realtime.runs import LiveChanges
from routing.transit.journey import Ride
from routing.transit.timetable import Timetable


class TripFinder:
    """Looks trips of one timetable up by id and service day; safe to share between threads."""

    def __init__(self, timetable: Timetable, drawer: RideDrawer) -> None:
        self._timetable = timetable
        self._drawer = drawer

    def get(
        self,
        trip_id: str,
        day: date,
        start_s: int | None = None,
        changes: LiveChanges | None = None,
    ) -> Leg:
        """Return a trip from its first call to its last one.

        Parameters
        ----------
        trip_id : str
            As in the feed, or in a real-time message that adds the trip.
        day : date
            Service day.
        start_s : int, optional
            First departure, seconds of the service day; tells the runs of a headway apart. The
            first run by default.
        changes : LiveChanges, optional
            What is foreseen.

        Raises
        ------
        UnknownTripError
            It does not run on that day, or not at that time.
        """
        runs = [run for run in self._runs(trip_id, day) if start_s in (None, run.departure_s[0])]
        if runs:
            return self._leg(min(runs, key=lambda run: run.departure_s[0]), changes)
        for number, added in enumerate(changes.added if changes else ()):
            key = (self._timetable.n_trips + number, day)
            if changes and added.trip_id == trip_id and key in changes.runs:
                return self._drawer.leg(_ride(key[0], day, changes), 0, changes)
        first, last = self._timetable.service_days() or (None, None)
        raise UnknownTripError(
            f"no trip '{trip_id}' starts on {day} at the time asked for; the timetable covers"
            f" {first} to {last}"
        )

    def starts(self, trip_id: str, day: date) -> list[int]:
        """Return the first departures of a trip's runs, service-day seconds; many on a headway."""
        return sorted(run.departure_s[0] for run in self._runs(trip_id, day))

    def row(self, trip_id: str, day: date) -> int:
        """Return the row of a trip that runs on a day; beyond all of them where there is none."""
        runs = self._runs(trip_id, day)
        return runs[0].row if runs else self._timetable.n_trips

    def _runs(self, trip_id: str, day: date) -> list[KnownRun]:
        known = KnownRuns(self._timetable)
        rows = self._rows.get(trip_id, ())
        return [known.of(row, day) for row in rows if known.runs_on(row, day)]

    def _leg(self, run: KnownRun, changes: LiveChanges | None) -> Leg:
        live = changes.runs.get((run.row, run.day)) if changes else None
        if live is not None and changes is not None:
            leg = self._drawer.leg(_ride(run.row, run.day, changes), 0, changes)
            return leg._replace(cancelled=live.gone)
        last = len(run.stops) - 1
        ride = Ride(
            run.row, run.day, run.pattern, 0, last, run.departure_s[0], run.arrival_s[last],
            int(run.stops[0]), int(run.stops[last]),
        )  # fmt: skip
        return self._drawer.leg(ride, run.zero_s, changes)

    @cached_property
    def _rows(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, trip_id in enumerate(self._timetable.trips.id):
            rows.setdefault(trip_id, []).append(row)
        return rows


def _ride(trip: int, day: date, changes: LiveChanges) -> Ride:
    """Return the whole of a changed run as a ride; its times are Unix seconds."""
    live = changes.runs[trip, day]
    last = len(live.stops) - 1
    return Ride(
        trip, day, live.pattern, 0, last, int(live.departure_s[0]), int(live.arrival_s[last]),
        int(live.stops[0]), int(live.stops[last]),
    )  # fmt: skip

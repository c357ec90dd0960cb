"""Updates of trips → runs as they are foreseen."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from routing.gtfs.values import parse_time, read_date
from routing.id_index import IdIndex
from routing.realtime.added import added_run
from routing.realtime.alerts import Alerts
from routing.realtime.find import RunFinder, first_moment, is_near
from routing.realtime.known import KnownRuns
from routing.realtime.runs import AddedTrip, LiveChanges, LiveRun, RunKey
from routing.realtime.source import source_feed
from routing.realtime.updates import updated_run
from routing.transit.timetable import Timetable

ADDED, CANCELED, REPLACEMENT, DUPLICATED, DELETED, NEW = 1, 3, 5, 6, 7, 8
"""``TripDescriptor.ScheduleRelationship``; the others change times only."""


class Matcher:
    """Finds what messages speak of in one timetable.

    Parameters
    ----------
    timetable : Timetable
        All feeds of it are looked through; see :class:`routing.realtime.find.RunFinder`.
    """

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self.trips = IdIndex(timetable.trips.id)
        self.known = KnownRuns(timetable)
        self.routes: dict[str, list[int]] = defaultdict(list)
        for row, route in enumerate(timetable.routes.id):
            self.routes[route].append(row)

    def changes(self, messages: Iterable[tuple[Any, float]]) -> LiveChanges:
        """Return all that some messages change.

        Parameters
        ----------
        messages : iterable of (FeedMessage, float)
            With the Unix seconds at which each was made. Of two updates of one run the later
            in order counts.
        """
        told = list(messages)
        trips = self.trips.rows(_named_trips(told))
        reading = _Reading(self, trips)
        alerts: list[tuple[Any, int | None]] = []
        for message, told_s in told:
            standing = [entity for entity in message.entity if not entity.is_deleted]
            for entity in standing:
                if entity.HasField("trip_update"):
                    reading.read(entity.trip_update, told_s)
            warnings = [entity.alert for entity in standing if entity.HasField("alert")]
            if warnings:
                feed = source_feed(message, self.timetable, trips, self.routes)
                alerts += [(alert, feed) for alert in warnings]
        reading.counts["alerts"] = len(alerts)
        return LiveChanges(reading.runs, tuple(reading.added), Alerts(alerts), reading.counts)


class _Reading:
    """What has been read of some messages so far."""

    def __init__(self, matcher: Matcher, trips: dict[str, list[int]]) -> None:
        self._matcher = matcher
        self._known = matcher.known
        self._finder = RunFinder(matcher.timetable, self._known, trips, matcher.routes)
        self._added_as: dict[tuple[str, date], int] = {}
        self.runs: dict[RunKey, LiveRun] = {}
        self.added: list[AddedTrip] = []
        self.counts: Counter[str] = Counter()

    def read(self, update: Any, told_s: float) -> None:
        """Take in one update; what it cannot be used for is counted."""
        self.counts["updates"] += 1
        try:
            outcome = self._outcome(update, told_s)
        except (ValueError, OverflowError):  # a date or number beyond what calendars know
            outcome = "unreadable"
        self.counts[outcome] += 1

    def _outcome(self, update: Any, told_s: float) -> str:
        kind = update.trip.schedule_relationship
        if kind in (ADDED, NEW):
            return self._add(update, told_s)
        if kind == DUPLICATED:
            row = self._finder.trip(update)
            return row if isinstance(row, str) else self._duplicate(update, row, told_s)
        run = self._finder.find(update, told_s)
        if isinstance(run, str):
            return run
        if kind in (CANCELED, DELETED):
            self._put(run.as_planned(gone=True))
            return "cancelled"
        if kind == REPLACEMENT:
            own = added_run(self._matcher.timetable, update, run.row, run.day, told_s)
            if own is None:
                return "too_few_calls"
            self._put(own)
            return "replaced"
        live = updated_run(self._matcher.timetable, run, update, self.counts)
        if live is None:
            return "nothing_new"
        self._put(live)
        return "applied"

    def _put(self, run: LiveRun) -> None:
        self.runs[run.trip, run.day] = run

    def _add(self, update: Any, told_s: float) -> str:
        """Add a trip with calls of its own."""
        table, trip = self._matcher.timetable, update.trip
        name = trip.trip_id or update.trip_properties.trip_id
        route = next(iter(self._matcher.routes.get(trip.route_id, ())), -1)
        first_s = first_moment(update)
        day = read_date(trip.start_date) or self._known.local_day(first_s or told_s)
        if not name or not is_near(day, told_s):
            return "incomplete"
        number = self._number(name, day)
        run = added_run(table, update, table.n_trips + number, day, told_s)
        if run is None:
            return "too_few_calls"
        self._put_added(number, self._describe(update, name, trip.route_id, route, -1), run, day)
        return "added"

    def _duplicate(self, update: Any, row: int, told_s: float) -> str:
        """Add a trip that copies another at another time."""
        table, props = self._matcher.timetable, update.trip_properties
        day, start_s = read_date(props.start_date), parse_time(props.start_time)
        if day is None or start_s < 0 or not props.trip_id or not is_near(day, told_s):
            return "incomplete"
        number = self._number(props.trip_id, day)
        copy = self._known.of(row, day).moved(table.n_trips + number, start_s)
        run = updated_run(table, copy, update, self.counts) or copy.as_planned()
        route = int(table.trips.route[row])
        added = self._describe(update, props.trip_id, table.routes.id[route], route, row)
        self._put_added(number, added, run, day)
        return "added"

    def _number(self, name: str, day: date) -> int:
        return self._added_as.get((name, day), len(self.added))

    def _put_added(self, number: int, trip: AddedTrip, run: LiveRun, day: date) -> None:
        self._added_as[trip.trip_id, day] = number
        self.added[number : number + 1] = [trip]
        self._put(run)

    def _describe(
        self, update: Any, name: str, route_id: str, route: int, template: int
    ) -> AddedTrip:
        props = update.trip_properties
        words = props.trip_headsign or None, props.trip_short_name or None
        return AddedTrip(name, route_id, route, template, *words)


def _named_trips(messages: Iterable[tuple[Any, float]]) -> list[str]:
    return [
        trip.trip_id
        for message, _ in messages
        for entity in message.entity
        for trip in (
            entity.trip_update.trip,
            *(selector.trip for selector in entity.alert.informed_entity),
        )
    ]

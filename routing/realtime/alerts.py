"""What travellers are told about lines, trips and stops, and which rides it concerns."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.gtfs.values import read_date
from routing.realtime.closures import Closure, Closures
from routing.realtime.model import Alert

if TYPE_CHECKING:
    from routing.transit.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Ridden:
    """What an alert may name of a ride; times are Unix seconds."""

    feed: int
    trip_id: str
    day: date
    route_id: str
    route_type: int | None
    direction: int | None
    agency_id: str | None
    stop_ids: frozenset[str]
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class _Named:
    """One thing an alert concerns: all that is named must fit; ``None`` fits all."""

    feed: int | None
    trip_id: str | None
    day: date | None
    route_id: str | None
    route_type: int | None
    direction: int | None
    agency_id: str | None
    stop_id: str | None

    def fits(self, ride: Ridden) -> bool:
        pairs = (
            (self.feed, ride.feed),
            (self.trip_id, ride.trip_id),
            (self.day, ride.day),
            (self.route_id, ride.route_id),
            (self.route_type, ride.route_type),
            (self.direction, ride.direction),
            (self.agency_id, ride.agency_id),
        )
        if any(named is not None and named != own for named, own in pairs):
            return False
        return self.stop_id is None or self.stop_id in ride.stop_ids

    def stops(self, timetable: "Timetable") -> list[int]:
        """Return the rows of the stop named and of its platforms."""
        if self.stop_id is None:
            return []
        feeds = range(len(timetable.feeds)) if self.feed is None else (self.feed,)
        found = [timetable.find_stop(self.stop_id, feed) for feed in feeds]
        rows = [row for row in found if row is not None]
        return [*rows, *np.flatnonzero(np.isin(timetable.stops.parent, rows)).tolist()]

    @property
    def key(self) -> tuple[str, Any]:
        """What it is found by: the rarest thing it names."""
        for name in ("trip_id", "stop_id", "route_id", "agency_id", "route_type"):
            if getattr(self, name) is not None:
                return name, getattr(self, name)
        return "", None


class Alerts:
    """Alerts found by what they concern.

    Parameters
    ----------
    entities : iterable of (google.transit.gtfs_realtime_pb2.Alert, int or None)
        As received, with the feed they are about where it is known; see
        :func:`routing.realtime.source.source_feed`. What names nothing concerns nobody.
    """

    def __init__(self, entities: Iterable[tuple[Any, int | None]] = ()) -> None:
        self.all: list[Alert] = []
        self._named: list[tuple[int, _Named]] = []
        self._by_key: dict[tuple[str, Any], list[tuple[int, _Named]]] = {}
        for entity, feed in entities:
            alert = _alert(entity)
            for selector in entity.informed_entity:
                named = _read_selector(selector, feed)
                if named.key[0]:
                    row = (len(self.all), named)
                    self._named.append(row)
                    self._by_key.setdefault(named.key, []).append(row)
            self.all.append(alert)

    def of(self, ride: Ridden) -> tuple[Alert, ...]:
        """Return the alerts in force during a ride that concern it, in the feed's order."""
        keys: list[tuple[str, Any]] = [
            ("trip_id", ride.trip_id),
            ("route_id", ride.route_id),
            ("agency_id", ride.agency_id),
            ("route_type", ride.route_type),
            *(("stop_id", stop) for stop in ride.stop_ids),
        ]
        found = {
            number
            for key in keys
            for number, named in self._by_key.get(key, ())
            if named.fits(ride) and _in_force(self.all[number], ride)
        }
        return tuple(self.all[number] for number in sorted(found))

    def closures(self, timetable: "Timetable") -> Closures:
        """Return the stops closed by an alert that names nothing but them, platforms included."""
        rows = []
        for number, named in self._named:
            alert = self.all[number]
            wheelchair = alert.effect == "ACCESSIBILITY_ISSUE"
            rest = (named.trip_id, named.route_id, named.agency_id, named.route_type)
            if not (wheelchair or alert.effect == "NO_SERVICE") or rest != (None,) * 4:
                continue
            stops = named.stops(timetable)
            for start, end in alert.periods or ((None, None),):
                low = -math.inf if start is None else start
                high = math.inf if end is None else end
                rows += [Closure(at, low, high, wheelchair) for at in stops]
        return Closures(tuple(rows))


def _in_force(alert: Alert, ride: Ridden) -> bool:
    return not alert.periods or any(
        (start is None or start <= ride.end_s) and (end is None or ride.start_s < end)
        for start, end in alert.periods
    )


_TEXTS = (("header", "header_text"), ("description", "description_text"), ("url", "url"))


def _alert(entity: Any) -> Alert:
    wordings = tuple(
        (name, told.language.lower(), told.text)
        for name, field in _TEXTS
        for told in getattr(entity, field).translation
        if told.text
    )
    first = {name: text for name, _, text in reversed(wordings)}
    return Alert(
        header=first.get("header"),
        description=first.get("description"),
        url=first.get("url"),
        cause=_name(entity, "cause"),
        effect=_name(entity, "effect"),
        severity=_name(entity, "severity_level"),
        periods=tuple((p.start or None, p.end or None) for p in entity.active_period),
        wordings=wordings,
    )


def _name(entity: Any, field: str) -> str | None:
    if not entity.HasField(field):
        return None
    kind = entity.DESCRIPTOR.fields_by_name[field].enum_type
    return str(kind.values_by_number[getattr(entity, field)].name)


def _read_selector(selector: Any, feed: int | None) -> _Named:
    def given(message: Any, field: str) -> Any:
        return (getattr(message, field) if message.HasField(field) else None) or None

    trip = selector.trip
    direction = None
    for message in (selector, trip):
        if message.HasField("direction_id"):
            direction = int(message.direction_id)
    return _Named(
        feed=feed,
        trip_id=given(trip, "trip_id"),
        day=read_date(trip.start_date),
        route_id=given(selector, "route_id") or given(trip, "route_id"),
        route_type=int(selector.route_type) if selector.HasField("route_type") else None,
        direction=direction,
        agency_id=given(selector, "agency_id"),
        stop_id=given(selector, "stop_id"),
    )

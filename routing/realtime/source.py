"""Which feed of a timetable a message speaks of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from routing.transit.timetable import Timetable


def source_feed(
    message: Any,
    timetable: Timetable,
    trips: Mapping[str, Sequence[int]],
    routes: Mapping[str, Sequence[int]],
) -> int | None:
    """Return the one feed that has all a message names, or ``None``.

    What no feed has counts for nothing.

    Parameters
    ----------
    message : google.transit.gtfs_realtime_pb2.FeedMessage
        Trip updates, alerts or both.
    timetable : Timetable
        All feeds of it are looked through.
    trips, routes : Mapping of str to sequence of int
        Rows by id; of several feeds where ids clash.
    """
    feeds = set(range(len(timetable.feeds)))
    if len(feeds) == 1:
        return 0
    agency = timetable.routes.agency
    for kind, name in set(_named(message)):
        if kind == "stop":
            known = {feed for feed in feeds if timetable.find_stop(name, feed) is not None}
        else:
            of_trips = [int(timetable.trips.route[row]) for row in trips.get(name, ())]
            rows = of_trips if kind == "trip" else routes.get(name, ())
            known = {int(timetable.agencies.feed[agency[row]]) for row in rows}
        feeds = feeds & known if known else feeds
    return feeds.pop() if len(feeds) == 1 else None


def _named(message: Any) -> Iterator[tuple[str, str]]:
    """Return kind and id of all trips, routes and stops that are named."""
    for entity in message.entity:
        yield from _of_trip(entity.trip_update.trip)
        for call in entity.trip_update.stop_time_update:
            yield "stop", call.stop_id
        for selector in entity.alert.informed_entity:
            yield from _of_trip(selector.trip)
            yield "route", selector.route_id
            yield "stop", selector.stop_id


def _of_trip(trip: Any) -> Iterator[tuple[str, str]]:
    yield "trip", trip.trip_id
    yield "route", trip.route_id

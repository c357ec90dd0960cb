"""Runs with calls of their own: added trips, and trips that take another way."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from routing.realtime.runs import LiveRun
from routing.realtime.updates import SKIPPED
from routing.transit.day_lines import allowed
from routing.transit.timetable import Timetable

_MOST_OFF_S = 3 * 86_400
"""Calls further than this from when the message was made are taken for mistakes."""


@dataclass(frozen=True, slots=True)
class _Call:
    stop: int
    arrival_s: int
    departure_s: int
    pickup: int
    drop_off: int


def added_run(
    timetable: Timetable, update: Any, trip: int, day: date, told_s: float
) -> LiveRun | None:
    """Make a run of the calls that an update lists in full.

    Parameters
    ----------
    timetable : Timetable
        Its stops are known; calls elsewhere are left out.
    update : google.transit.gtfs_realtime_pb2.TripUpdate
        With an instant at each call.
    trip : int
        Number the run gets.
    day : date
        Its service day.
    told_s : float
        Unix seconds at which the message was made.

    Returns
    -------
    LiveRun or None
        ``None`` where fewer than two calls are left.
    """
    found = [_call(timetable, news, told_s) for news in update.stop_time_update]
    calls = [call for call in found if call is not None]
    if len(calls) < 2:
        return None
    arrival_s: list[int] = []
    departure_s: list[int] = []
    for call in calls:
        arrival_s.append(max(call.arrival_s, departure_s[-1] if departure_s else call.arrival_s))
        departure_s.append(max(call.departure_s, arrival_s[-1]))
    pickup = np.array([call.pickup for call in calls], np.uint8)
    drop_off = np.array([call.drop_off for call in calls], np.uint8)
    return LiveRun(
        trip,
        day,
        -1,
        np.array([call.stop for call in calls], np.uint32),
        allowed(pickup, drop_off),
        np.array(arrival_s, np.int64),
        np.array(departure_s, np.int64),
        np.ones(len(calls), np.bool_),
        np.zeros(len(calls), np.bool_),
    )


def _call(timetable: Timetable, news: Any, told_s: float) -> _Call | None:
    props = news.stop_time_properties
    stop = timetable.find_stop(props.assigned_stop_id or news.stop_id)
    if stop is None or news.schedule_relationship == SKIPPED:
        return None
    arrival, departure = _instant(news.arrival), _instant(news.departure)
    known = [time for time in (arrival, departure) if time]
    if not known or any(abs(time - told_s) > _MOST_OFF_S for time in known):
        return None
    return _Call(
        stop, arrival or known[0], departure or known[0], props.pickup_type, props.drop_off_type
    )


def _instant(event: Any) -> int:
    """Return Unix seconds, 0 where nothing is said."""
    if event.time > 0:
        return int(event.time)
    return int(event.scheduled_time + event.delay) if event.scheduled_time > 0 else 0

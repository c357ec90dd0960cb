"""Random real-time changes: as a message, and as what then really happens."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from google.transit.gtfs_realtime_pb2 import FeedMessage, TripDescriptor, TripUpdate

from routing.realtime.days import LiveDays
from routing.realtime.live import Live, Received
from routing.transit.timetable import Timetable
from tests.oracle.network import (
    Event,
    Network,
    Run,
    clock,
    runs_around,
    sequence_of,
    service_start,
)

SKIPPED, NO_DATA = TripUpdate.StopTimeUpdate.SKIPPED, TripUpdate.StopTimeUpdate.NO_DATA
STEPS = (-300, -60, 0, 0, 60, 240, 600, 1800, 5400)


@dataclass(frozen=True)
class Changes:
    """What a feed says at an instant, and the vehicles there are when it is right."""

    message: bytes
    told_s: int
    runs: list[Run]


def live_days(timetable: Timetable, changes: Changes) -> LiveDays:
    """Return the days as they are with the message laid over the timetable."""
    live = Live(timetable, clock=lambda: changes.told_s + 30.0)
    live.update({"feed": Received(changes.message, changes.told_s)})
    days = live.now().days
    assert days is not None
    return days


def make_changes(rng: random.Random, network: Network, day: date, seen: Counter[str]) -> Changes:
    """Draw what happens to some of the vehicles around a date."""
    noon = service_start(day, network.timezone) + 43_200
    message = FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = noon
    maker = _Maker(rng, network, day + timedelta(days=1), message, seen)
    kept: list[Run] = []
    met: set[tuple[int, date, int]] = set()
    for run in runs_around(network, day):
        key = (run.trip, run.day, run.start_s)
        if key in met or rng.random() < 0.5:
            kept.append(run)
        else:
            kept += maker.change(run)
        met.add(key)
    for _ in range(rng.choice((0, 1, 1, 2))):
        kept.append(maker.add(day, noon))
    if rng.random() < 0.3:
        kept = maker.close(kept)
    return Changes(message.SerializeToString(), noon, kept)


class _Maker:
    def __init__(
        self,
        rng: random.Random,
        network: Network,
        last: date,
        message: Any,
        seen: Counter[str],
    ) -> None:
        self._last = last
        self._rng, self._network, self._message, self._seen = rng, network, message, seen

    def change(self, run: Run) -> list[Run]:
        """Write an update of a run; return the vehicles that come of it."""
        update = self._update()
        update.trip.trip_id = f"t{run.trip}"
        update.trip.start_date = f"{run.day:%Y%m%d}"
        update.trip.start_time = clock(run.start_s)
        kind = self._rng.choice(("late", "late", "late", "cancel", "replace", "copy"))
        if self._network.trips[run.trip].headways and kind == "copy":
            kind = "cancel"  # which of its runs were copied?
        self._seen[f"changes: {kind}"] += 1
        if kind == "cancel":
            update.trip.schedule_relationship = self._rng.choice(
                (TripDescriptor.CANCELED, TripDescriptor.DELETED)
            )
            return []
        if kind == "replace":
            update.trip.schedule_relationship = TripDescriptor.REPLACEMENT
            return [replace(run, events=self._own_calls(update, run.events[0].departure))]
        if kind == "copy":
            return [run, _extra(run.day, self._copy(update, run))]
        return [replace(run, events=self._late(update, run.events))]

    def add(self, day: date, noon: int) -> Run:
        """Add a vehicle the timetable does not know."""
        update = self._update()
        self._seen["changes: add"] += 1
        update.trip.trip_id = f"new{len(self._message.entity)}"
        update.trip.route_id = self._rng.choice(("R", "unknown", ""))
        update.trip.start_date = f"{day:%Y%m%d}"
        update.trip.schedule_relationship = self._rng.choice(
            (TripDescriptor.NEW, TripDescriptor.ADDED)
        )
        return _extra(day, self._own_calls(update, noon + self._rng.randrange(-600, 600) * 60))

    def close(self, runs: list[Run]) -> list[Run]:
        """Close a stop for a while."""
        self._seen["changes: close"] += 1
        stop = self._rng.randrange(self._network.n_stops)
        some = [e.departure for run in runs for e in run.events if e.stop == stop] or [0]
        start = self._rng.choice(some)
        end = start + self._rng.choice((1, 1800, 7200))
        alert = self._message.entity.add(id="closure").alert
        alert.effect = alert.NO_SERVICE
        alert.informed_entity.add(stop_id=f"s{stop}")
        alert.active_period.add(start=start, end=end)
        return [
            replace(run, events=tuple(_closed(e, stop, start, end) for e in run.events))
            for run in runs
        ]

    def _update(self) -> Any:
        return self._message.entity.add(id=str(len(self._message.entity))).trip_update

    def _own_calls(self, update: Any, now: int) -> tuple[Event, ...]:
        rng, events = self._rng, []
        for _ in range(rng.randint(2, 5)):
            leave = now + rng.choice((0, 0, 60))
            stop, board, alight = rng.randrange(self._network.n_stops), True, True
            news = update.stop_time_update.add(stop_id=f"s{stop}")
            news.arrival.time, news.departure.time = now, leave
            if rng.random() < 0.15:
                board = False
                news.stop_time_properties.pickup_type = 1
            if rng.random() < 0.15:
                alight = False
                news.stop_time_properties.drop_off_type = 1
            events.append(Event(stop, now, leave, board, alight))
            now = leave + rng.choice((0, 60, 300, 900))
        return tuple(events)

    def _copy(self, update: Any, run: Run) -> tuple[Event, ...]:
        trip = self._network.trips[run.trip]
        start_s = max(0, run.start_s + self._rng.choice((-1800, -300, 60, 3600)))
        day = run.day + timedelta(days=self._rng.choice((0, 0, 1)))
        day = min(day, self._last)
        update.trip.schedule_relationship = TripDescriptor.DUPLICATED
        update.trip_properties.trip_id = f"copy{len(self._message.entity)}"
        update.trip_properties.start_date = f"{day:%Y%m%d}"
        update.trip_properties.start_time = clock(start_s)
        by = service_start(day, self._network.timezone) + start_s - trip.calls[0].departure_s
        events = tuple(
            Event(c.stop, by + c.arrival_s, by + c.departure_s, c.pickup != 1, c.drop_off != 1)
            for c in trip.calls
        )
        return self._late(update, events) if self._rng.random() < 0.5 else events

    def _late(self, update: Any, events: Sequence[Event]) -> tuple[Event, ...]:
        """Write predictions for some calls; return what they mean for all of them."""
        rng = self._rng
        news: dict[int, tuple[str, int | None, int | None]] = {}
        skipped: set[int] = set()
        moved: dict[int, int] = {}
        whole = rng.choice(STEPS) if rng.random() < 0.2 else None
        if whole is not None:
            update.delay = whole
        by_stop = len({e.stop for e in events}) == len(events) and rng.random() < 0.5
        for at, event in enumerate(events):
            draw = rng.random()
            if draw < 0.45:
                continue
            row = update.stop_time_update.add()
            if by_stop:
                row.stop_id = f"s{event.stop}"
            else:
                row.stop_sequence = sequence_of(at)
            if draw < 0.55:
                row.schedule_relationship = SKIPPED
                skipped.add(at)
                self._seen["changes: skipped stop"] += 1
            elif draw < 0.62:
                row.schedule_relationship = NO_DATA
                news[at] = ("none", None, None)
                self._seen["changes: no data"] += 1
            else:
                news[at] = self._predict(row, event)
                if rng.random() < 0.15:
                    moved[at] = rng.randrange(self._network.n_stops)
                    row.stop_time_properties.assigned_stop_id = f"s{moved[at]}"
                    self._seen["changes: other platform"] += 1
        found = _foreseen(events, news, whole)
        return tuple(
            replace(
                event,
                stop=moved.get(at, event.stop),
                can_board=event.can_board and at not in skipped,
                can_alight=event.can_alight and at not in skipped,
            )
            for at, event in enumerate(found)
        )

    def _predict(self, row: Any, event: Event) -> tuple[str, int | None, int | None]:
        rng, by = self._rng, self._rng.choice(STEPS)
        both = rng.random() < 0.4
        with_arrival = both or rng.random() < 0.5
        arrival = event.arrival + by if with_arrival else None
        departure = None
        if both or not with_arrival:
            departure = event.departure + (by if rng.random() < 0.6 else rng.choice(STEPS))
        for time, planned, told in (
            (arrival, event.arrival, row.arrival),
            (departure, event.departure, row.departure),
        ):
            if time is not None and rng.random() < 0.5:
                told.time = time
            elif time is not None:
                told.delay = time - planned
        return ("times", arrival, departure)


def _extra(day: date, events: tuple[Event, ...]) -> Run:
    return Run(-1, day, 0, events)


def _foreseen(
    events: Sequence[Event], news: dict[int, tuple[str, int | None, int | None]], whole: int | None
) -> list[Event]:
    """Say what predictions mean: the last one before a call decides, and time goes forward."""
    late: list[int | None] = []
    raw: list[int] = []
    for at, event in enumerate(events):
        before = late[-1] if late else whole
        kind, arrive, leave = news.get(at, ("", None, None))
        if kind == "":
            late.append(before)
            raw += [event.arrival + (before or 0), event.departure + (before or 0)]
            continue
        if kind == "none":
            late.append(None)
            raw += [event.arrival, event.departure]
            continue
        if arrive is None:
            assert leave is not None
            arrive = min(leave, event.arrival + (before or 0))
        elif leave is None:
            leave = arrive + event.departure - event.arrival
        leave = max(arrive, leave)
        late.append(leave - event.departure)
        raw += [arrive, leave]
    first = next((2 * at for at, by in enumerate(late) if by is not None), 0)
    after = list(accumulate(raw[first:], max))
    ahead = list(accumulate([after[0], *reversed(raw[:first])], min))[1:]
    times = [*reversed(ahead), *after]
    return [
        replace(event, arrival=times[2 * at], departure=times[2 * at + 1])
        for at, event in enumerate(events)
    ]


def _closed(event: Event, stop: int, start: int, end: int) -> Event:
    if event.stop != stop:
        return event
    return replace(
        event,
        can_board=event.can_board and not start <= event.departure < end,
        can_alight=event.can_alight and not start <= event.arrival < end,
    )

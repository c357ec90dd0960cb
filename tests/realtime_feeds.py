"""GTFS-Realtime messages written in a few words."""

from datetime import datetime
from typing import Any

from google.transit.gtfs_realtime_pb2 import FeedMessage, TripDescriptor

from routing.model import PlanResult
from routing.network import Network
from routing.planner import Planner
from routing.realtime.live import Live, Received
from tests.builders import DAY, ZONE, request, shown

FEED_TIME = "07:55"


def instant(clock: str) -> int:
    """Return the Unix seconds of a local time on the usual day."""
    return int(datetime.fromisoformat(f"{DAY}T{clock}").replace(tzinfo=ZONE).timestamp())


def new_message(at: str = FEED_TIME) -> Any:
    """Return an empty message made at a local time."""
    message = FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = instant(at)
    return message


def tell(message: Any, trip_id: str, kind: str = "SCHEDULED", **calls: str) -> Any:
    """Add an update; ``B="+5"`` is minutes late at stop B, ``"skip"``, ``"none"`` or ``"08:15"``.

    A name such as ``B_arr`` or ``B_dep`` tells one of the two times only.
    """
    update = message.entity.add(id=str(len(message.entity))).trip_update
    update.trip.trip_id = trip_id
    update.trip.start_date = DAY.replace("-", "")
    update.trip.schedule_relationship = getattr(TripDescriptor, kind)
    for name, word in calls.items():
        stop, _, which = name.partition("_")
        news = update.stop_time_update.add(stop_id=stop)
        if word in {"skip", "none"}:
            news.schedule_relationship = news.SKIPPED if word == "skip" else news.NO_DATA
            continue
        for event in {"arr": ["arrival"], "dep": ["departure"]}.get(
            which, ["arrival", "departure"]
        ):
            if ":" in word:
                getattr(news, event).time = instant(word)
            else:
                getattr(news, event).delay = round(float(word) * 60)
    return update


def warn(message: Any, effect: str, header: str, **named: str) -> Any:
    """Add an alert about what is named: ``route_id="Red"``, ``stop_id="B"``, ``trip_id=...``."""
    alert = message.entity.add(id=str(len(message.entity))).alert
    alert.effect = getattr(alert, effect)
    alert.header_text.translation.add(text=header, language="en")
    entity = alert.informed_entity.add()
    for name, value in named.items():
        setattr(entity.trip if name == "trip_id" else entity, name, value)
    return alert


class Clock:
    """A clock that tests set."""

    def __init__(self, at: str = "07:56") -> None:
        self.unix_s = float(instant(at))

    def __call__(self) -> float:
        return self.unix_s


def live_planner(network: Network, *messages: Any, clock: Clock | None = None) -> Planner:
    """Return a planner that has heard these messages."""
    assert network.timetable is not None
    clock = clock or Clock()
    live = Live(network.timetable, clock=clock)
    live.update(
        {
            str(number): Received(m if isinstance(m, bytes) else m.SerializeToString(), clock())
            for number, m in enumerate(messages)
        }
    )
    return Planner(network, live)


LINES = """
    Red    A 08:10  D 08:25  G 08:40  J 08:55
    Red    A 08:30  D 08:45  G 09:00  J 09:15
    Blue   D 08:30  H 08:50
"""
"""trip0, trip1 and trip2."""


def ask(planner: Planner, start: str = "A", end: str = "J", at: str = "08:00", **more: Any) -> Any:
    more.setdefault("modes", "TRANSIT")
    return planner.plan(request(start, end, at, max_access_walk_s=60, **more))


def first(result: PlanResult) -> str:
    return shown(result)[0]

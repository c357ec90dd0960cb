"""Real time: the newest messages laid over the timetable, swapped in one step.

A plan takes what :meth:`Live.now` returns once, at its start, and goes on with it; an update
that comes meanwhile makes new days beside the old ones, which vanish with their last user.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from routing.realtime.days import LiveDays
from routing.realtime.feed import RealtimeFeedError, decode, told_at
from routing.realtime.match import Matcher
from routing.realtime.model import RealTime, RealTimeState
from routing.realtime.runs import LiveChanges
from routing.transit.timetable import Timetable

logger = logging.getLogger(__name__)
STALE_S = 300.0
"""Age at which a message no longer counts."""


@dataclass(frozen=True, slots=True)
class Received:
    """The last good message of a feed, and the Unix seconds at which it came."""

    body: bytes
    received_s: float


@dataclass(frozen=True, slots=True)
class LiveNow:
    """What one plan works with: days as foreseen (``None``: the timetable's), and the state."""

    status: RealTime
    days: LiveDays | None = None


class LiveSource(Protocol):
    """Tells what is known beside a timetable; asked once by every plan, from any thread."""

    def now(self) -> LiveNow:
        """Return what is in force."""


@dataclass(frozen=True, slots=True)
class _Message:
    body: bytes
    message: Any
    told_s: float


@dataclass(frozen=True, slots=True)
class _Held:
    """What is in force: made of the messages of ``used``, out of ``told_s`` known."""

    told_s: Mapping[str, float]
    used: tuple[tuple[str, bytes], ...]
    days: LiveDays | None


class Live:
    """What is known beside a timetable, at any moment; safe to share between threads.

    Parameters
    ----------
    timetable : Timetable
        What was planned.
    stale_s : float
        Age in seconds at which a message no longer counts; the timetable then answers.
    clock : callable, optional
        Returns the Unix seconds of now.
    """

    def __init__(
        self,
        timetable: Timetable,
        stale_s: float = STALE_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._timetable = timetable
        self._stale_s = stale_s
        self._clock = clock
        self._matcher: Matcher | None = None
        self._messages: dict[str, _Message] = {}
        self._held = _Held({}, (), None)
        self._lock = threading.Lock()

    def update(self, received: Mapping[str, Received]) -> None:
        """Take the last good message of every feed; those not named are forgotten.

        A message that cannot be read leaves the one before in place. Does nothing where neither
        a message nor its standing has changed; else the days asked for lately are made anew, then
        all is swapped at once. Never raises for what a feed sent.
        """
        with self._lock:
            for name in set(self._messages) - set(received):
                del self._messages[name]
            for name, news in received.items():
                self._take(name, news)
            now = self._clock()
            fresh = {n: m for n, m in self._messages.items() if now - m.told_s < self._stale_s}
            told = {name: m.told_s for name, m in self._messages.items()}
            used = tuple((name, m.body) for name, m in sorted(fresh.items()))
            if used == self._held.used:
                self._held = _Held(told, used, self._held.days)
                return
            days = self._days(list(fresh.values())) if fresh else None
            self._held = _Held(told, used, days)

    def now(self) -> LiveNow:
        """Return what is in force; messages that have grown stale since are not."""
        held, now = self._held, self._clock()
        if not held.told_s:
            return LiveNow(RealTime(RealTimeState.UNAVAILABLE))
        used = [held.told_s[name] for name, _ in held.used]
        fresh = [told for told in used if now - told < self._stale_s]
        if not fresh or len(fresh) < len(used) or held.days is None:
            newest = max(held.told_s.values())
            return LiveNow(_status(RealTimeState.STALE, newest, now))
        whole = len(fresh) == len(held.told_s)
        state = RealTimeState.LIVE if whole else RealTimeState.PARTIAL
        return LiveNow(_status(state, min(fresh), now, held.days.changes), held.days)

    def _take(self, name: str, news: Received) -> None:
        held = self._messages.get(name)
        if held is not None and held.body == news.body:
            told_s = told_at(held.message, news.received_s)  # it may have been confirmed
            self._messages[name] = _Message(held.body, held.message, told_s)
            return
        try:
            message = decode(news.body)
        except RealtimeFeedError as error:
            logger.warning("real-time feed %s: %s", name, error)
            return
        told_s = told_at(message, news.received_s)
        self._messages[name] = _Message(news.body, message, told_s)

    def _days(self, messages: list[_Message]) -> LiveDays:
        """Make the changed days, those asked for lately at once."""
        if self._matcher is None:
            self._matcher = Matcher(self._timetable)
        changes = self._matcher.changes((m.message, m.told_s) for m in messages)
        days = LiveDays(self._timetable, changes)
        if self._held.days is not None:
            for key in self._held.days.keys:
                days.view(*key)
        logger.info("real time: %s", dict(changes.counts))
        return days


def _status(
    state: RealTimeState, told_s: float, now_s: float, changes: LiveChanges | None = None
) -> RealTime:
    counts = dict(changes.counts) if changes else {}
    return RealTime(state, max(0, round(now_s - told_s)), int(told_s), counts)

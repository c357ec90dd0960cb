"""What a plan says of real time: its state, and what travellers are told."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Alert:
    """What travellers are told of a disruption, in the words of GTFS-Realtime.

    ``periods`` are starts and ends in Unix seconds, ``None`` where open; none at all is always.
    """

    header: str | None = None
    description: str | None = None
    url: str | None = None
    cause: str | None = None
    effect: str | None = None
    severity: str | None = None
    periods: tuple[tuple[int | None, int | None], ...] = ()


class RealTimeState(StrEnum):
    """How far an answer rests on what is known now."""

    OFF = "OFF"
    UNAVAILABLE = "UNAVAILABLE"
    STALE = "STALE"
    PARTIAL = "PARTIAL"
    LIVE = "LIVE"


@dataclass(frozen=True, slots=True)
class RealTime:
    """Whether the timetable alone answered, and how old what else was known is.

    ``OFF`` there are no feeds, ``UNAVAILABLE`` none has ever answered, ``STALE`` all that is known
    is too old, ``PARTIAL`` some of it is, ``LIVE`` none. ``counts`` are updates by what became of
    them.
    """

    state: RealTimeState = RealTimeState.OFF
    age_s: int | None = None
    told_s: int | None = None
    counts: dict[str, int] = field(default_factory=dict)

"""What a plan says of real time: its state, and what travellers are told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Alert:
    """What travellers are told of a disruption, in the words of GTFS-Realtime.

    ``periods`` are starts and ends in Unix seconds, ``None`` where open; none at all is always.
    ``wordings`` are all that is told: field, BCP 47 tag in lower case (may be empty), text; the
    first of each field stands in ``header``, ``description`` and ``url``.
    """

    header: str | None = None
    description: str | None = None
    url: str | None = None
    cause: str | None = None
    effect: str | None = None
    severity: str | None = None
    periods: tuple[tuple[int | None, int | None], ...] = ()
    wordings: tuple[tuple[str, str, str], ...] = ()

    def in_language(self, wanted: Sequence[str]) -> "Alert":
        """Return the alert in the first of some languages it is worded in; BCP 47 tags."""
        if len(self.wordings) < 2:
            return self
        header, description, url = (
            self._worded(name, wanted) for name in ("header", "description", "url")
        )
        return replace(self, header=header, description=description, url=url)

    def _worded(self, field: str, wanted: Sequence[str]) -> str | None:
        own = [(language, text) for name, language, text in self.wordings if name == field]
        for tag in (tag.lower() for tag in wanted):
            for cut in (str, _general):
                for language, text in own:
                    if cut(language) == cut(tag):
                        return text
        return own[0][1] if own else None


def _general(tag: str) -> str:
    return tag.split("-")[0]


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

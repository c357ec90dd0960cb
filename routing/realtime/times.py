"""What a few predictions say about all calls of a trip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MOST_OFF_S = 86_400
"""Predictions further than this from the timetable are taken for mistakes."""


class Told(NamedTuple):
    """What a message says about one call; times are seconds on the clock of the timetable's.

    ``no_data`` ends what was known before, from this call on.
    """

    arrival_s: int | None = None
    departure_s: int | None = None
    no_data: bool = False


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Times of every call, and whether each rests on a prediction."""

    arrival_s: list[int]
    departure_s: list[int]
    known: list[bool]


def foresee(
    arrival_s: Sequence[int],
    departure_s: Sequence[int],
    told: Mapping[int, Told],
    delay_s: int | None = None,
) -> Foreseen:
    """Carry predictions along a trip: a delay lasts until the next one, or until ``no_data``.

    An arrival alone delays the departure as much; a departure alone leaves the delay of the
    arrival as it was, but never later than the departure. Calls before the first prediction keep
    the timetable's times, though not beyond it; after it no time lies before the one ahead of it.

    Parameters
    ----------
    arrival_s, departure_s : sequence of int, (n,)
        The timetable's times.
    told : mapping of int to Told
        By position.
    delay_s : int, optional
        Delay of the whole trip, until ``told`` says more.

    Examples
    --------
    >>> foresee([0, 600, 1200], [0, 660, 1200], {1: Told(arrival_s=720)}).departure_s
    [0, 780, 1320]
    """
    n = len(arrival_s)
    found = Foreseen(list(arrival_s), list(departure_s), [False] * n)
    delay = delay_s
    for at in range(n):
        news = told.get(at)
        if news is None:
            arrive, leave = arrival_s[at] + (delay or 0), departure_s[at] + (delay or 0)
        elif news.no_data:
            delay, arrive, leave = None, arrival_s[at], departure_s[at]
        else:
            arrive, leave = _call(arrival_s[at], departure_s[at], news, delay or 0)
            delay = leave - departure_s[at]
        found.arrival_s[at], found.departure_s[at] = arrive, leave
        found.known[at] = delay is not None
    _put_in_order(found, found.known.index(True) if any(found.known) else n)
    return found


def _call(arrival_s: int, departure_s: int, news: Told, delay_s: int) -> tuple[int, int]:
    if news.arrival_s is None:
        leave = departure_s + delay_s if news.departure_s is None else news.departure_s
        return min(arrival_s + delay_s, leave), leave
    arrive = news.arrival_s
    leave = departure_s + arrive - arrival_s if news.departure_s is None else news.departure_s
    return arrive, max(arrive, leave)


def _put_in_order(found: Foreseen, first: int) -> None:
    """Let no time lie before the one ahead of it; ``first`` is the first prediction."""
    arrival, departure = found.arrival_s, found.departure_s
    if first < len(arrival):
        departure[first] = max(departure[first], arrival[first])
        for at in range(first - 1, -1, -1):
            departure[at] = min(departure[at], arrival[at + 1])
            arrival[at] = min(arrival[at], departure[at])
    for at in range(first + 1, len(arrival)):
        arrival[at] = max(arrival[at], departure[at - 1])
        departure[at] = max(departure[at], arrival[at])

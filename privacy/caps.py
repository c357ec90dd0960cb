"""Contribution caps: how many trips of one person may count, per day and per month."""

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

Reason = Literal["admitted", "day-cap", "month-cap"]
Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True)
class Caps:
    """The caps one data month is bound by.

    ``month`` is the sensitivity of every count of that month: adding or removing one person changes
    the counts, summed over all cells and bands, by at most ``month`` (L1).
    """

    day: int = 8
    month: int = 60

    def __post_init__(self) -> None:
        if not 1 <= self.day <= self.month:
            raise ValueError(
                f"caps of {self.day} a day and {self.month} a month: each must be at least 1, "
                "and the day's not above the month's"
            )

    def decide(self, admitted_today: int, admitted_this_month: int) -> Reason:
        """Say whether one more trip of a person may count.

        Parameters
        ----------
        admitted_today, admitted_this_month : int
            Trips of that person admitted before, at least 0.

        Returns
        -------
        str
            ``admitted``, or the cap that forbids it.
        """
        if admitted_this_month >= self.month:
            return "month-cap"
        if admitted_today >= self.day:
            return "day-cap"
        return "admitted"


def bound(trips: Iterable[tuple[Hashable, dt.date, Place]], caps: Caps) -> list[Place]:
    """Keep each person's first trips of one month, up to the caps, and forget the person.

    The cooperative does the same one trip at a time, with counters in its database; this is the
    rule in one piece, for tests, audits and imports.

    Parameters
    ----------
    trips : iterable of (person, day, place)
        Trips of one month in the order in which they are offered.
    caps : Caps
        The month's caps.

    Returns
    -------
    list of place
        The places of the trips that count, without person.
    """
    today: Counter[tuple[Hashable, dt.date]] = Counter()
    month: Counter[Hashable] = Counter()
    kept = []
    for person, day, place in trips:
        if caps.decide(today[person, day], month[person]) == "admitted":
            today[person, day] += 1
            month[person] += 1
            kept.append(place)
    return kept

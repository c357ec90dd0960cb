"""What is told about a ride on demand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.model import Trip

REAL_TIME, SAME_DAY, PRIOR_DAYS = "REAL_TIME", "SAME_DAY", "PRIOR_DAYS"
KINDS = (REAL_TIME, SAME_DAY, PRIOR_DAYS)
"""Kinds of booking, in the order of ``booking_type``."""


@dataclass(frozen=True, slots=True)
class BookingInfo:
    """How and until when a ride is to be booked.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    deadline_s, earliest_s : int, optional
        Unix seconds; ``None`` where the feed sets no such limit.
    message, phone, info_url, booking_url : str, optional
        As in the feed.
    missed : bool, optional
        Whether the deadline has passed; ``None`` where the time of asking is not known.
    """

    kind: str
    deadline_s: int | None = None
    earliest_s: int | None = None
    message: str | None = None
    phone: str | None = None
    info_url: str | None = None
    booking_url: str | None = None
    missed: bool | None = None


@dataclass(frozen=True, slots=True)
class OnDemand:
    """Who carries one in a ride on demand, and how to book it for a pick-up at Unix seconds."""

    trip: "Trip"
    booking: Callable[[int], BookingInfo | None]

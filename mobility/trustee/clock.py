"""Days and months of the town's local time."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

Clock = Callable[[], dt.datetime]
TAKE_IN_DAYS = 2
"""Days after a month's end in which its last trips are still taken in."""


def utc_now() -> dt.datetime:
    """Return the present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def local_day(now: dt.datetime, timezone: str) -> dt.date:
    """Return the local date of a moment."""
    return now.astimezone(ZoneInfo(timezone)).date()


def month_of(day: dt.date) -> str:
    """Return ``YYYY-MM``."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day_after(month: str) -> dt.date:
    """Return the first day of the month that follows."""
    year, number = int(month[:4]), int(month[5:])
    return dt.date(year + number // 12, number % 12 + 1, 1)


def is_closed(month: str, now: dt.datetime, timezone: str) -> bool:
    """Tell whether a month takes in no more trips: ``TAKE_IN_DAYS`` after its last day."""
    end = first_day_after(month) + dt.timedelta(days=TAKE_IN_DAYS)
    return local_day(now, timezone) >= end


def month_end(month: str, timezone: str) -> dt.datetime:
    """Return the moment a month ends, aware."""
    midnight = dt.datetime.combine(first_day_after(month), dt.time(), ZoneInfo(timezone))
    return midnight.astimezone(dt.UTC)

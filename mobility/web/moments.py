"""Moments and days as query parameters: local where no offset is given."""

import re
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

_DAY = r"(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
MOMENT = (
    rf"^{_DAY}"
    r"T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?$"
)
"""A day such as 31 June passes here and is refused when read."""


def read_moment(text: str) -> datetime:
    """Read a local time, or one with its offset.

    Raises
    ------
    ValueError
        It is none; the text says what was expected.
    """
    try:
        return datetime.fromisoformat(text if re.fullmatch(MOMENT, text) else "")
    except ValueError:
        raise ValueError("give a time such as 2026-05-04T08:00 or with an offset") from None


def _is_moment(text: str) -> str:
    read_moment(text)
    return text


def _is_day(text: str) -> str:
    try:
        date.fromisoformat(text if re.fullmatch(_DAY, text) else "")
    except ValueError:
        raise ValueError("give a day such as 2026-05-04") from None
    return text


MomentText = Annotated[
    str,
    Field(max_length=40, examples=["2026-05-04T08:00"], json_schema_extra={"pattern": MOMENT}),
    AfterValidator(_is_moment),
]
DayText = Annotated[
    str,
    Field(max_length=10, examples=["2026-05-04"], json_schema_extra={"pattern": rf"^{_DAY}$"}),
    AfterValidator(_is_day),
]


def moment_or_now(text: str | None, timezone: str) -> datetime:
    """Return an aware moment: now where none is given, local where it has no offset."""
    zone = ZoneInfo(timezone)
    moment = datetime.now(zone) if text is None else read_moment(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def day_or_today(text: str | None, timezone: str) -> date:
    """Return a day, today's where none is given."""
    return datetime.now(ZoneInfo(timezone)).date() if text is None else date.fromisoformat(text)

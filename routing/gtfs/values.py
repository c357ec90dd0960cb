"""Single values of GTFS files: numbers, times, dates, colours."""

import math
import re
from datetime import date

BLANK, BAD = -1, -2
"""What a time or whole number becomes when it is empty or unreadable."""

_TIME = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})(?:\.\d+)?")
_COLOR = re.compile(r"[0-9A-Fa-f]{6}")


def parse_time(text: str) -> int:
    """Return seconds of ``H:MM:SS``, which may pass 24 h; ``BLANK`` or ``BAD``.

    Examples
    --------
    >>> parse_time("25:10:00"), parse_time(""), parse_time("25:61:00")
    (90600, -1, -2)
    """
    if not text:
        return BLANK
    match = _TIME.fullmatch(text)
    if match is None:
        return BAD
    hours, minutes, seconds = (int(part) for part in match.groups())
    return BAD if minutes > 59 or seconds > 59 else hours * 3600 + minutes * 60 + seconds


def parse_count(text: str) -> int:
    """Return a whole number from 0 to 2**31 - 1; ``BLANK`` or ``BAD``.

    Examples
    --------
    >>> parse_count("12"), parse_count("-3"), parse_count("x"), parse_count("3.0")
    (12, -2, -2, 3)
    """
    if not text:
        return BLANK
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    value = parse_number(text)
    return int(value) if 0 <= value < 2**31 and value == int(value) else BAD


def parse_number(text: str) -> float:
    """Return a finite number, or NaN.

    Examples
    --------
    >>> parse_number("1.5"), parse_number("inf"), parse_number("")
    (1.5, nan, nan)
    """
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def parse_date(text: str) -> int:
    """Return the proleptic ordinal of ``YYYYMMDD``; ``BLANK`` or ``BAD``.

    Examples
    --------
    >>> date.fromordinal(parse_date("20240229")).isoformat(), parse_date("20230229")
    ('2024-02-29', -2)
    """
    if not text:
        return BLANK
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return BAD
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
    except ValueError:
        return BAD


def read_date(text: str) -> date | None:
    """Return the day of ``YYYYMMDD``, ``None`` where it is blank or no day."""
    number = parse_date(text)
    return date.fromordinal(number) if number > 0 else None


def parse_color(text: str) -> str:
    """Return six hex digits, or an empty string for anything else."""
    text = text.removeprefix("#")
    return text.upper() if _COLOR.fullmatch(text) else ""

"""Times of day, durations and distances as the journey pages write them."""

from datetime import datetime

from babel.dates import format_skeleton
from flask_babel import format_decimal, get_locale, gettext


def clock(text: str | None, since: str | None = None) -> str:
    """Return the time of day of an RFC 3339 text; ``+1`` marks the day after ``since``."""
    if text is None:
        return ""
    moment = datetime.fromisoformat(text)
    shown = moment.strftime("%H:%M")
    days = (moment.date() - datetime.fromisoformat(since).date()).days if since else 0
    return f"{shown} +{days}" if days else shown


def day_text(text: str) -> str:
    """Return the day of an RFC 3339 text, such as ``Mon, Nov 30``, in the request's language."""
    return str(format_skeleton("MMMEd", datetime.fromisoformat(text), locale=get_locale()))


def shown_s(start: str, end: str) -> float:
    """Return the seconds between two RFC 3339 texts as :func:`clock` shows them, in minutes."""
    first, last = (datetime.fromisoformat(text).replace(second=0) for text in (start, end))
    return (last - first).total_seconds()


def duration_text(seconds: float) -> str:
    """Return for example ``25 min`` or ``1 h 05 min``."""
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return str(gettext("%(minutes)d min", minutes=minutes))
    return str(gettext("%(hours)d h %(rest)02d min", hours=minutes // 60, rest=minutes % 60))


def distance_text(metres: float) -> str:
    """Return for example ``350 m`` or ``1.2 km``, in the request's language."""
    if metres < 995:
        return f"{int(metres / 10 + 0.5) * 10} m"
    return f"{format_decimal(round(metres / 1000, 1))} km"

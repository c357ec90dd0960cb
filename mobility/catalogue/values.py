"""Read single values of a GBFS feed, whatever the publisher made of them.

Each function returns ``None`` for what cannot be understood; the caller decides whether that is
worth a notice.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_YES = {"true", "yes", "1", "y"}
_NO = {"false", "no", "0", "n"}
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*:")
_UNSAFE_SCHEMES = ("javascript:", "data:", "vbscript:", "file:", "blob:")
_LONGEST_TEXT = 500
_MILLISECONDS_FROM = 1e11  # as seconds this would be the year 5138


def to_bool(value: Any) -> bool | None:
    """Read a truth value, also from numbers and words.

    Examples
    --------
    >>> to_bool(1), to_bool("false"), to_bool("maybe")
    (True, False, None)
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in _YES else False if word in _NO else None
    return None


def to_number(value: Any) -> float | None:
    """Read a finite number, also from a word.

    Examples
    --------
    >>> to_number("12.5"), to_number(float("nan")), to_number(True)
    (12.5, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value.strip())
        except ValueError:
            return None
    if isinstance(value, (int, float)):
        try:
            number = float(value)
        except OverflowError:
            return None
        return number if math.isfinite(number) else None
    return None


def to_id(value: Any) -> str | None:
    """Read an id; a number becomes its digits."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        text = value.strip()
        return text[:_LONGEST_TEXT] or None
    return None


def to_text(value: Any, languages: tuple[str, ...] = ()) -> str | None:
    """Read a text: a plain string, or the best of ``[{"text", "language"}]``.

    Parameters
    ----------
    value : object
        As published.
    languages : tuple of str
        Languages wanted, best first; else the first text given.

    Examples
    --------
    >>> both = [{"text": "Rad", "language": "de"}, {"text": "Bike", "language": "en"}]
    >>> to_text(both, ("en",)), to_text(both), to_text("Rad")
    ('Bike', 'Rad', 'Rad')
    """
    if isinstance(value, str):
        return " ".join(value.split())[:_LONGEST_TEXT] or None
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, list):
        return None
    texts: dict[str, str] = {}
    for entry in value:
        if isinstance(entry, Mapping) and isinstance(entry.get("text"), str):
            language = str(entry.get("language", "")).lower()
            texts.setdefault(language, " ".join(entry["text"].split())[:_LONGEST_TEXT])
    for language in languages:
        if texts.get(language.lower()):
            return texts[language.lower()]
    return next((text for text in texts.values() if text), None)


def to_time(value: Any) -> datetime | None:
    """Read a moment: POSIX seconds or milliseconds, or RFC 3339; without offset it is UTC.

    Examples
    --------
    >>> to_time(1640887163).isoformat(), to_time("2024-03-21T09:25:53.343Z").isoformat()
    ('2021-12-30T17:59:23+00:00', '2024-03-21T09:25:53.343000+00:00')
    >>> to_time(-1) is None, to_time("soon") is None
    (True, True)
    """
    number = to_number(value)
    if number is not None:
        if number <= 0:
            return None
        seconds = number / 1000 if number > _MILLISECONDS_FROM else number
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, ValueError, OSError):
            return None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    try:
        return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
    except OverflowError:
        return None


def to_cents(value: Any) -> float | None:
    """Read a price in the currency's unit as hundredths of it.

    Examples
    --------
    >>> to_cents("2.00"), to_cents(0.25), to_cents("free")
    (200.0, 25.0, None)
    """
    number = to_number(value)
    return None if number is None else round(number * 100, 6)


def to_uri(value: Any, *, web: bool = False) -> str | None:
    """Read a link that a page may show; schemes that run code are refused.

    Examples
    --------
    >>> to_uri("https://bikes.example/1"), to_uri("javascript:alert(1)")
    ('https://bikes.example/1', None)
    """
    if not isinstance(value, str):
        return None
    uri = value.strip()
    if web:
        return uri if uri.lower().startswith(("https://", "http://")) else None
    if not _SCHEME.match(uri) or uri.lower().startswith(_UNSAFE_SCHEMES):
        return None
    return uri


def to_uris(value: Any) -> dict[str, str]:
    """Read ``rental_uris``: the ones of android, ios and web that can be shown."""
    if not isinstance(value, Mapping):
        return {}
    uris = {kind: to_uri(value.get(kind), web=kind == "web") for kind in ("android", "ios", "web")}
    return {kind: uri for kind, uri in uris.items() if uri}

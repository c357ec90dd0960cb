"""What a planner may ask of a month, as a form: choices, words, and the request they make."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date, format_decimal, gettext
from pydantic import ValidationError

from mobility import narrow
from mobility.problems import ProblemError

Json = dict[str, Any]

BANDS: dict[str, tuple[tuple[tuple[int, int], ...], str]] = {
    "day": (((0, 24),), "Whole day"),
    "parts": (((0, 6), (6, 9), (9, 15), (15, 19), (19, 24)), "Five parts of the day"),
    "night": (((0, 6),), "Night, 0 to 6"),
    "morning": (((6, 9),), "Morning, 6 to 9"),
    "midday": (((9, 15),), "Midday, 9 to 15"),
    "afternoon": (((15, 19),), "Afternoon, 15 to 19"),
    "evening": (((19, 24),), "Evening, 19 to 24"),
}
MODES: dict[str, str] = {
    "all": "All kinds of trips",
    "bicycle": "Shared bike",
    "cargo_bicycle": "Shared cargo bike",
    "car": "Shared car",
    "moped": "Shared moped",
    "scooter_standing": "Shared scooter",
    "scooter_seated": "Shared seated scooter",
    "transit": "Bus and train",
    "other": "Other vehicles",
}
LEVELS: dict[str, str] = {
    "8": "Fine: cells of about 0.7 km²",
    "7": "Coarse: cells of about 5 km²",
    "6": "Very coarse: cells of about 36 km²",
}
PRICES: tuple[int, ...] = (50_000, 100_000, 250_000, 500_000, 1_000_000)
DEFAULTS = {"hours": "day", "mode": "all", "level": "7", "price": "250000"}
MONTHS_OFFERED = 12


def to_request(form: Mapping[str, str]) -> narrow.ReleaseRequest:
    """Read the form.

    Raises
    ------
    ProblemError
        422, naming the field that holds none of its choices.
    """
    for name, choices in (("hours", BANDS), ("mode", MODES), ("level", LEVELS)):
        if form.get(name) not in choices:
            raise ProblemError(422, "bad-choice", "The form has a fault", f"{name}: no such choice")
    price = form.get("price", "")
    if price not in {str(offered) for offered in PRICES}:
        raise ProblemError(422, "bad-choice", "The form has a fault", "price: no such choice")
    try:
        return narrow.ReleaseRequest.model_validate(
            {
                "month": form.get("month", ""),
                "hour_bands": BANDS[form["hours"]][0],
                "mode": form["mode"],
                "level": int(form["level"]),
                "epsilon_micro": int(price),
            }
        )
    except ValidationError:
        raise ProblemError(
            422, "bad-choice", "The form has a fault", "month: write it as YYYY-MM"
        ) from None


def form_view(chosen: Mapping[str, str], today: date) -> Json:
    """Return the choices of the form, in the request's language."""
    months = closed_months(today)
    return {
        "months": [(month, month_text(month)) for month in months],
        "hours": [(key, gettext(text)) for key, (_, text) in BANDS.items()],
        "modes": [(key, gettext(text)) for key, text in MODES.items()],
        "levels": [(key, gettext(text)) for key, text in LEVELS.items()],
        "prices": [(str(price), epsilon_text(price)) for price in PRICES],
        "chosen": DEFAULTS | {"month": months[0]} | dict(chosen),
    }


def closed_months(today: date) -> list[str]:
    """List the months before this one, latest first, as ``YYYY-MM``."""
    count = today.year * 12 + today.month - 1
    return [
        f"{(count - k) // 12:04d}-{(count - k) % 12 + 1:02d}" for k in range(1, MONTHS_OFFERED + 1)
    ]


def month_text(month: str) -> str:
    """Write ``YYYY-MM`` in the request's language."""
    year, number = (int(part) for part in month.split("-"))
    return str(format_date(date(year, number, 1), "MMMM y"))


def band_text(start: int, end: int) -> str:
    """Write a band of hours in the request's language."""
    if (start, end) == (0, 24):
        return str(gettext("Whole day"))
    return str(gettext("%(start)d to %(end)d o'clock", start=start, end=end))


def epsilon_text(micro: int) -> str:
    """Write a privacy loss, given in millionths."""
    return f"ε {format_decimal(micro / 1_000_000)}"

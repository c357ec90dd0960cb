"""Public holidays common to all of Germany."""

import datetime as dt


def holidays(year: int) -> dict[dt.date, str]:
    """Return the holidays of a year with their names.

    Easter after the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, ch. 8).
    """
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    shift = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * shift) // 451
    month, day = divmod(h + shift - 7 * m + 114, 31)
    easter = dt.date(year, month, day + 1)
    moving = {-2: "Karfreitag", 1: "Ostermontag", 39: "Christi Himmelfahrt", 50: "Pfingstmontag"}
    fixed = {
        dt.date(year, 1, 1): "Neujahr",
        dt.date(year, 5, 1): "Tag der Arbeit",
        dt.date(year, 10, 3): "Tag der Deutschen Einheit",
        dt.date(year, 12, 25): "1. Weihnachtstag",
        dt.date(year, 12, 26): "2. Weihnachtstag",
    }
    return fixed | {easter + dt.timedelta(days=days): name for days, name in moving.items()}

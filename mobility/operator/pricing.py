"""What a ride costs under a GBFS pricing plan."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any


def amount_cents(plan: dict[str, Any], duration_s: float) -> int:
    """Return the price of a ride in the currency's hundredths.

    Segments of ``per_min_pricing`` are charged at their start minute and then again every
    interval until their end; an interval of 0 is charged once. Prices per kilometre are not
    charged, as the operator does not measure distance.

    Parameters
    ----------
    plan : dict
        A plan of ``system_pricing_plans`` (GBFS 3.0).
    duration_s : float
        Seconds between start and end, at least 0.

    Returns
    -------
    int
        Cents, rounded half up once, at the end.
    """
    total = Decimal(str(plan["price"]))
    minutes = Decimal(str(max(0.0, duration_s))) / 60
    for segment in plan.get("per_min_pricing", []):
        start, every = Decimal(str(segment["start"])), Decimal(str(segment["interval"]))
        if minutes < start:
            continue
        times = 1
        if every > 0:
            until = minutes
            if segment.get("end") is not None and minutes >= Decimal(str(segment["end"])):
                until = Decimal(str(segment["end"])) - Decimal("0.000001")
            times = int((until - start) // every) + 1
        total += Decimal(str(segment["rate"])) * times
    return int((total * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))

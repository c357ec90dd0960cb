"""What a ride costs under a GBFS pricing plan."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from routing.sharing.pricing import RidePlan, Segment


def amount_cents(plan: dict[str, Any], duration_s: float) -> int:
    """Return the price of a ride in the currency's hundredths.

    Prices per kilometre are not charged, as the operator does not measure distance.

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

    def number(value: Any) -> Decimal:
        return Decimal(str(value))

    segments = tuple(
        Segment(
            number(step["start"]),
            number(step["rate"]),
            number(step["interval"]),
            None if step.get("end") is None else number(step["end"]),
        )
        for step in plan.get("per_min_pricing", [])
    )
    ride = RidePlan("", None, "", number(plan["price"]), segments)
    return int((ride.cost(duration_s, None) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))

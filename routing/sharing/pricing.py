"""What a ride on a shared vehicle costs under a GBFS pricing plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from routing.fares.money import Money

_JUST_BEFORE = Decimal("0.000001")


class Segment(NamedTuple):
    """A rate charged at ``start`` and again at every ``interval``, until before ``end``.

    Minutes or kilometres; with interval 0 the rate is charged once. Rates are in the currency's
    main unit and may be negative.
    """

    start: Decimal
    rate: Decimal
    interval: Decimal
    end: Decimal | None


@dataclass(frozen=True, slots=True)
class RidePlan:
    """A plan of ``system_pricing_plans``; ``base`` is charged once, in the main unit."""

    plan_id: str
    name: str | None
    currency: str
    base: Decimal
    per_min: tuple[Segment, ...] = ()
    per_km: tuple[Segment, ...] = ()

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> "RidePlan":
        """Make a plan of a stored row, whose ``price_cents`` and rates are hundredths."""

        def segments(key: str) -> tuple[Segment, ...]:
            return tuple(
                Segment(
                    _decimal(step["start"]),
                    _decimal(step["rate_cents"]) / 100,
                    _decimal(step["interval"]),
                    None if step["end"] is None else _decimal(step["end"]),
                )
                for step in row.get(key) or ()
            )

        base = _decimal(row["price_cents"]) / 100
        return cls(
            row["plan_id"],
            row.get("name"),
            row["currency"],
            base,
            segments("per_min"),
            segments("per_km"),
        )

    def cost(self, duration_s: float, distance_m: float | None) -> Decimal:
        """Return what a ride costs in the main unit, not yet rounded, never below nothing.

        Parameters
        ----------
        duration_s : float
            Seconds from taking the vehicle to giving it back, at least 0.
        distance_m : float or None
            Metres ridden; ``None`` where the operator does not measure them, nor charge for them.
        """
        total = self.base + charged(self.per_min, _decimal(max(0.0, duration_s)) / 60)
        if distance_m is not None:
            total += charged(self.per_km, _decimal(max(0.0, distance_m)) / 1000)
        return max(total, Decimal(0))

    def price(self, duration_s: float, distance_m: float | None) -> Money:
        """Return what a ride costs, rounded half up once, at the end."""
        return Money.of(self.cost(duration_s, distance_m), self.currency)


def charged(segments: Iterable[Segment], passed: Decimal) -> Decimal:
    """Add up the rates that are due once ``passed`` minutes or kilometres are over.

    Examples
    --------
    >>> free_half_hour = Segment(Decimal(30), Decimal(1), Decimal(30), None)
    >>> charged([free_half_hour], Decimal(29)), charged([free_half_hour], Decimal(60))
    (Decimal('0'), Decimal('2'))
    """
    total = Decimal(0)
    for start, rate, interval, end in segments:
        if passed < start or (end is not None and end <= start):
            continue
        until = passed if end is None else min(passed, end - _JUST_BEFORE)
        total += rate * (1 if interval == 0 else int((until - start) // interval) + 1)
    return total


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))

"""What drawn ways weigh beside each other, and what each is best in."""

from collections import Counter
from collections.abc import Iterable, Sequence

from routing.fares.money import digits
from routing.journeys.combine import time_parts
from routing.journeys.weights import Cost, Reason
from routing.model import Itinerary, PlanRequest


def costs(itineraries: Sequence[Itinerary], request: PlanRequest) -> list[Cost]:
    """Weigh itineraries; see :class:`Cost` for what is not known."""
    weights, wanted_s = request.weights, request.time_s
    found: list[dict[str, float | None]] = [
        {**time_parts(way, wanted_s, request.arrive_by, weights), **_NOTHING} for way in itineraries
    ]
    worst: dict[str, float] = {}
    if any(weights.of_drawn):
        for name, column in _assessed(itineraries).items():
            weight = getattr(weights, name)
            for parts, value in zip(found, column if weight else (), strict=bool(weight)):
                parts[name] = None if value is None else weight * value
            worst[name] = max((parts[name] or 0.0 for parts in found), default=0.0)
    return [
        Cost(sum(_counted(part, worst.get(name, 0.0)) for name, part in parts.items()), parts)
        for parts in found
    ]


def _counted(part: float | None, worst: float) -> float:
    return worst if part is None else part


_NOTHING = {"price": 0.0, "co2": 0.0, "effort": 0.0}


def _assessed(itineraries: Sequence[Itinerary]) -> dict[str, list[float | None]]:
    """Return what is known of drawn ways, in the units of the weights."""

    def scaled(values: Iterable[float | None], unit: float) -> list[float | None]:
        return [None if value is None else value / unit for value in values]

    money = next((way.fare.price for way in itineraries if way.fare.price), None)
    return {
        "price": scaled(prices(itineraries), 10 ** digits(money.currency) if money else 1),
        "co2": scaled([way.impact.total_co2_g for way in itineraries], 1000),
        "effort": scaled([way.impact.total_effort_m for way in itineraries], 1000),
    }


def prices(itineraries: Sequence[Itinerary]) -> list[int | None]:
    """Return prices in the smallest unit of one currency, ``None`` where not known.

    Prices in several currencies cannot be compared: then none is known but what is free.
    """
    fares = [way.fare for way in itineraries]
    several = len({fare.price.currency for fare in fares if fare.price}) > 1
    return [
        0 if fare.is_free else None if fare.price is None or several else fare.price.amount
        for fare in fares
    ]


def reasons(itineraries: Sequence[Itinerary], weighed: Sequence[Cost]) -> list[tuple[Reason, ...]]:
    """Say what each itinerary is best in among those shown.

    Price, emissions and effort are claimed only where no unknown one could be lower.

    Parameters
    ----------
    itineraries : sequence of Itinerary
        All that are shown.
    weighed : sequence of Cost
        Their costs.
    """
    if len(itineraries) == 1:
        return [(Reason.ONLY_WAY,)]
    said: list[list[Reason]] = [[] for _ in itineraries]
    ways, impacts = itineraries, [way.impact for way in itineraries]
    for reason, values in (
        (Reason.LOWEST_COST, [cost.total for cost in weighed]),
        (Reason.FASTEST, [way.duration_s for way in ways]),
        (Reason.EARLIEST_ARRIVAL, [way.end_s for way in ways]),
        (Reason.LATEST_DEPARTURE, [-way.start_s for way in ways]),
        (Reason.FEWEST_TRANSFERS, [way.transfers for way in ways]),
        (Reason.LEAST_WALKING, [way.walk_s for way in ways]),
        (Reason.CHEAPEST, prices(ways)),
        (Reason.LOWEST_CO2, [impact.total_co2_g for impact in impacts]),
        (Reason.LEAST_EFFORT, [impact.total_effort_m for impact in impacts]),
    ):
        for row in _lowest(values):
            said[row].append(reason)
    modes = [_modes(way) for way in ways]
    used = Counter(mode for own in modes for mode in own)
    starts, ends = Counter(way.start_s for way in ways), Counter(way.end_s for way in ways)
    for way, own, found in zip(ways, modes, said, strict=True):
        if any(used[mode] == 1 for mode in own):
            found.append(Reason.DIFFERENT_MODE)
        if not found and starts[way.start_s] == ends[way.end_s] == 1:
            found.append(Reason.OTHER_TIME)
    return [tuple(found) or (Reason.FURTHER_CHOICE,) for found in said]


def _lowest(values: Sequence[float | None]) -> list[int]:
    """Return the rows of the lowest value, none where all rows share it or it is not certain."""
    known = [value for value in values if value is not None]
    lowest = min(known, default=None)
    if lowest is None or (len(known) < len(values) and lowest > 0):
        return []
    rows = [row for row, value in enumerate(values) if value == lowest]
    return rows if len(rows) < len(values) else []


def _modes(way: Itinerary) -> set[str]:
    """Return what a way is travelled with; walking counts where nothing else is used."""
    found = {f"{leg.mode}:{leg.rental.form_factor}" if leg.rental else leg.mode for leg in way.legs}
    return found - {"WALK"} or found

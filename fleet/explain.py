"""Says why a station that would gain from a visit was left out."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.model import SkipReason, Truck
from fleet.tasks import Rules
from fleet.timing import Visit, duration_s

Float64 = NDArray[np.float64]


def why_not(
    station: int,
    wanted: int,
    value_s: float,
    trucks: tuple[Truck, ...],
    tours: list[list[Visit]],
    travel_s: Float64,
    rules: Rules,
) -> SkipReason:
    """Try to squeeze one more visit into the finished tours and report what forbids it.

    Parameters
    ----------
    station : int
        Station index.
    wanted : int
        Vehicles it still wants dropped (positive) or picked up (negative); not 0.
    value_s : float
        What the whole wish is worth, in seconds of truck time.
    trucks : tuple of Truck
        The trucks, in the order of ``tours``.
    tours : list of list of Visit
        Their stops.
    travel_s : float64, (n + 1, n + 1)
        Driving seconds, depot first.
    rules : Rules
        Stopping and handling.

    Returns
    -------
    SkipReason
        The first of: no way there; too far for any shift; no shift with time left for one
        vehicle; never a vehicle (or room) aboard when there is time; not worth the detour; or
        the search ended before it found the place.
    """
    if not trucks:
        return SkipReason.NO_TRUCK
    there = station + 1
    if not math.isfinite(travel_s[0, there] + travel_s[there, 0]):
        return SkipReason.UNREACHABLE
    step = 1 if wanted > 0 else -1
    alone = duration_s([(station, step)], travel_s, rules)
    if alone > max(truck.shift_s for truck in trucks):
        return SkipReason.BEYOND_SHIFT
    in_time, possible, cheapest = False, False, math.inf
    for truck, visits in zip(trucks, tours, strict=True):
        before = duration_s(visits, travel_s, rules)
        for place in range(len(visits) + 1):
            longer = [*visits[:place], (station, step), *visits[place:]]
            after = duration_s(longer, travel_s, rules)
            if after > truck.shift_s:
                continue
            in_time = True
            movable = min(_room(truck, visits, place, step), abs(wanted))
            if movable == 0:
                continue
            possible = True
            extra_s = after - before + (movable - 1) * rules.handle_s
            cheapest = min(cheapest, extra_s / movable)
    if not in_time:
        return SkipReason.SHIFT_FULL
    if not possible:
        return SkipReason.LOAD
    worth_it = cheapest * abs(wanted) < value_s
    return SkipReason.NOT_FOUND if worth_it else SkipReason.NOT_WORTH_IT


def _room(truck: Truck, visits: list[Visit], place: int, step: int) -> int:
    """Return how many vehicles a stop at ``place`` may drop (step 1) or pick up (step -1)."""
    load = truck.start_load
    loads = [load]
    for _, dropped in visits:
        load -= dropped
        loads.append(load)
    later = loads[place:]
    return min(later) if step > 0 else truck.capacity - max(later)

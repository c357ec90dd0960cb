"""Best amounts along a tour whose order of stations is already chosen."""

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


def best_amounts(
    stations: list[int],
    start_load: int,
    capacity: int,
    stock: Int64,
    docks: Int64,
    lost: Float64,
    handle_cost: float,
) -> tuple[list[int], float]:
    """Choose what to drop or pick up at each stop so that least is lost.

    A dynamic programme over the load aboard: exact, since each station is visited once on the
    tour.

    Parameters
    ----------
    stations : list of int
        Stations in visiting order, none twice.
    start_load, capacity : int
        Vehicles aboard at the depot, and the most that fit.
    stock, docks : int64, (n,)
        Vehicles and docks per station.
    lost : float64, (n, width)
        Expected lost trips by stock; finite up to ``docks``.
    handle_cost : float
        Lost trips that loading or unloading one vehicle must save to be worth its time.

    Returns
    -------
    tuple of list of int and float
        Dropped (positive) or picked up (negative) per stop, and lost trips plus handling cost.
    """
    cost = np.full(capacity + 1, np.inf)
    cost[start_load] = 0.0
    choices = []
    for station in stations:
        then = np.full(capacity + 1, np.inf)
        came_with = np.zeros(capacity + 1, dtype=np.int64)
        have, top = int(stock[station]), int(docks[station])
        for load in map(int, np.flatnonzero(np.isfinite(cost))):
            least, most = max(-have, load - capacity), min(top - have, load)
            dropped = np.arange(least, most + 1)
            after = load - dropped
            total = cost[load] + lost[station, have + dropped] + handle_cost * np.abs(dropped)
            better = total < then[after] - 1e-12
            then[after[better]] = total[better]
            came_with[after[better]] = load
        choices.append(came_with)
        cost = then
    load = int(cost.argmin())
    total_cost = float(cost[load])
    dropped_at = []
    for came_with in reversed(choices):
        dropped_at.append(int(came_with[load]) - load)
        load = int(came_with[load])
    return dropped_at[::-1], total_cost

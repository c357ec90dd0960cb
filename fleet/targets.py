"""How many vehicles a station should hold, and the range in which it serves well."""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.demand import Demand
from fleet.kernels.queue import lost_by_start

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Targets:
    """Best stock per station, its service band, and what any other stock would lose.

    Parameters
    ----------
    lost : float64, (n, max(capacity) + 1)
        Expected lost rentals plus returns over the horizon by start stock; ``inf`` beyond the
        docks. Convex along each row.
    best : int64, (n,)
        Stock that loses least, were vehicles free.
    low, high : int64, (n,)
        Stocks at which both service shares are met; ``low > high`` never: where no stock meets
        both, the band is ``best`` alone and ``is_met`` is false.
    is_met : bool, (n,)
        Whether the band meets both shares.
    """

    lost: Float64
    best: Int64
    low: Int64
    high: Int64
    is_met: NDArray[np.bool_]

    def lost_at(self, stock: Int64) -> Float64:
        """Return the expected losses at ``stock`` (int64, (n,)) as float64, (n,)."""
        values: Float64 = self.lost[np.arange(stock.size), stock]
        return values


def find_targets(
    capacity: Int64, demand: Demand, start_hour: float, hours: int = 12, service: float = 0.9
) -> Targets:
    """Find each station's best stock and service band for the coming hours.

    Parameters
    ----------
    capacity : int64, (n,)
        Docks per station.
    demand : Demand
        Rates of the same stations.
    start_hour : float
        Local hour of the day from which it counts.
    hours : int
        Horizon.
    service : float
        Share of rentals, and of returns, that the band must satisfy; 0..1.

    Returns
    -------
    Targets
        Rows in the order of ``capacity``.

    References
    ----------
    Raviv & Kolka (2013) for the losses; Schuijbroek, Hampshire & van Hoeve (2017) for the band.
    """
    rentals, returns = (np.ascontiguousarray(r) for r in demand.horizon(start_hour, hours))
    width = int(capacity.max(initial=0)) + 1
    no_vehicle = np.full((capacity.size, width), np.inf)
    no_dock = np.full((capacity.size, width), np.inf)
    lost_by_start(capacity, rentals, returns, 1.0, no_vehicle, no_dock)
    lost = no_vehicle + no_dock
    best = lost.argmin(axis=1).astype(np.int64)
    allowed = 1.0 - service + 1e-9
    good = (no_vehicle <= allowed * rentals.sum(axis=1, keepdims=True)) & (
        no_dock <= allowed * returns.sum(axis=1, keepdims=True)
    )
    met = good.any(axis=1)
    low = np.where(met, good.argmax(axis=1), best).astype(np.int64)
    high = np.where(met, width - 1 - good[:, ::-1].argmax(axis=1), best).astype(np.int64)
    return Targets(lost, best, low, high, met)


def share_out(
    lost: Float64,
    capacity: Int64,
    vehicles: int,
    fixed: Int64 | None = None,
    may_stay_out: int = 0,
) -> tuple[Int64, float]:
    """Give ``vehicles`` to the stations where they prevent most losses.

    Where a system has fewer vehicles than its stations wish for (or more), the best stock of each
    alone is no plan. Losses are convex in the stock, so giving one vehicle at a time to the
    station that gains most is optimal.

    Parameters
    ----------
    lost : float64, (n, width)
        Losses by stock, ``inf`` beyond the docks, convex.
    capacity : int64, (n,)
        Docks per station.
    vehicles : int
        Vehicles to place in all; at most the docks there are, the rest stays out.
    fixed : int64, (n,), optional
        Stock of stations that cannot change; -1 where it can.
    may_stay_out : int
        Up to so many stay out (aboard a truck) once a further one would do harm anywhere.

    Returns
    -------
    tuple of int64, (n,), and float
        Stock per station, and what one vehicle more in the system would save, in lost trips: the
        mean of the last one's gain and of the next one's, at least 0.
    """
    stock = np.zeros(capacity.size, dtype=np.int64)
    free = np.ones(capacity.size, dtype=bool)
    if fixed is not None:
        free = fixed < 0
        stock[~free] = fixed[~free]
    left = vehicles - int(stock.sum())
    heap = [(lost[i, 1] - lost[i, 0], i) for i in np.flatnonzero(free) if capacity[i] > 0]
    heapq.heapify(heap)
    last = heap[0][0] if heap else 0.0
    while left > 0 and heap:
        change, i = heap[0]
        if change >= 0 and left <= may_stay_out:
            break
        heapq.heappop(heap)
        last = change
        stock[i] += 1
        left -= 1
        if stock[i] < capacity[i]:
            heapq.heappush(heap, (lost[i, stock[i] + 1] - lost[i, stock[i]], i))
    following = heap[0][0] if heap else 0.0
    return stock, max(0.0, -(last + following) / 2)

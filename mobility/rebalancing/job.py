"""One rebalancing job: stock, demand, streets and trucks in; a checked plan out."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from fleet.demand import Demand, prior_demand
from fleet.model import Inventory, RebalancingPlan, Truck
from fleet.rebalance import DEFAULT_RULES, plan_tours
from fleet.targets import Targets, find_targets
from fleet.tasks import Rules
from mobility.catalogue.model import Snapshot, is_stale
from mobility.errors import MobilityError
from mobility.network.manifest import Manifest
from mobility.rebalancing.history import HISTORY_FILE, read_history
from mobility.rebalancing.stock import Stock, stock_of
from mobility.rebalancing.times import Drives, LonLat, drive_times

HORIZON_H = 12
_RESERVE_S = 1.0
"""Kept back of the time limit for what follows the search: polishing, checking, drawing."""


class NoStockError(MobilityError):
    """There is no station whose stock is known, so nothing can be planned."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for.

    Parameters
    ----------
    trucks : tuple of Truck
        Crews of this shift.
    start : datetime
        Aware moment the shift begins.
    depot : LonLat, optional
        Where trucks start and end; the middle of the map if not given.
    time_limit_s : float
        Seconds until there must be an answer.
    solution_limit : int, optional
        Stop the search by its own count instead: the same plan on every machine.
    """

    trucks: tuple[Truck, ...]
    start: datetime
    depot: LonLat | None = None
    time_limit_s: float = 10.0
    solution_limit: int | None = None
    rules: Rules = DEFAULT_RULES
    horizon_h: int = HORIZON_H


@dataclass(frozen=True, slots=True)
class Outlook:
    """Stock of a system against what the coming hours ask for."""

    snapshot: Snapshot
    stock: Stock
    demand: Demand
    targets: Targets
    is_stale: bool
    notices: tuple[str, ...]

    @property
    def inventory(self) -> Inventory:
        """The stations that could be counted."""
        return self.stock.inventory


@dataclass(frozen=True, slots=True)
class Result:
    """A plan with all that it rests on."""

    order: Order
    outlook: Outlook
    drives: Drives
    plan: RebalancingPlan
    seconds: float


def look_ahead(
    directory: Path,
    manifest: Manifest,
    snapshot: Snapshot,
    start: datetime,
    now: datetime,
    trips: Path | None = None,
    hours: int = HORIZON_H,
) -> Outlook:
    """Compare what stands at the stations with what the coming hours ask for.

    Parameters
    ----------
    directory : pathlib.Path
        Network directory; ``fleet/trips.csv`` in it is the operator's history, where there is one.
    manifest : Manifest
        For the town's time zone.
    snapshot : Snapshot
        Last good state of the system.
    start, now : datetime
        Aware moments the horizon begins, and of asking.
    trips : pathlib.Path, optional
        Another file of past trips.
    hours : int
        Horizon.

    Raises
    ------
    NoStockError
        No station's stock is known.
    BadHistoryError
        The file of trips cannot be used.
    """
    from zoneinfo import ZoneInfo

    stock = stock_of(snapshot)
    if not stock.inventory.stations:
        raise NoStockError(
            f"system '{snapshot.system.system_id}' publishes no station with bicycles and docks;"
            " rebalancing needs station_information and station_status"
        )
    local = start.astimezone(ZoneInfo(manifest.timezone))
    capacity = np.array([s.capacity for s in stock.inventory.stations], dtype=np.int64)
    history = trips or directory / HISTORY_FILE
    notices: list[str] = []
    if trips is not None or history.is_file():
        demand, notices = read_history(history, stock.inventory, manifest.timezone, local.date())
    else:
        demand = prior_demand(capacity)
    targets = find_targets(capacity, demand, local.hour, hours)
    stale = is_stale(snapshot.as_of, snapshot.ttl_s, now)
    return Outlook(snapshot, stock, demand, targets, stale, tuple(notices))


def plan_job(
    version: Path, manifest: Manifest, outlook: Outlook, order: Order, started: float | None = None
) -> Result:
    """Plan the tours of one shift.

    Parameters
    ----------
    version : pathlib.Path
        Version of the network to drive on.
    manifest : Manifest
        Its manifest.
    outlook : Outlook
        From :func:`look_ahead`.
    order : Order
        Trucks, start, limits.
    started : float, optional
        ``time.perf_counter()`` when the time limit began; now by default.
    """
    started = time.perf_counter() if started is None else started
    depot = order.depot or manifest.center
    places = (depot, *((s.lon, s.lat) for s in outlook.inventory.stations))
    longest = max((truck.shift_s for truck in order.trucks), default=1)
    drives = drive_times(version, places, float(longest))
    left = order.time_limit_s - (time.perf_counter() - started) - _RESERVE_S
    plan = plan_tours(
        outlook.inventory,
        outlook.targets,
        order.trucks,
        drives.seconds,
        order.rules,
        max(left, 0.5),
        order.solution_limit,
    )
    return Result(order, outlook, drives, plan, time.perf_counter() - started)

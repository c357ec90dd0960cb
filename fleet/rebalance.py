"""Plans the tours of service trucks that bring stations towards their best stock."""

import time

import numpy as np
from numpy.typing import NDArray

from fleet.check import check_plan
from fleet.errors import BadInventoryError, PlanCheckError
from fleet.explain import why_not
from fleet.loads import best_amounts
from fleet.model import Inventory, PlanStatus, RebalancingPlan, Skipped, SkipReason, Truck
from fleet.routing_solver import Routes, solve_routes
from fleet.targets import Targets, share_out
from fleet.tasks import Rules, Task, split_tasks, task_times
from fleet.timing import Visit, duration_s, merge_visits, to_tour

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

WORTH_NAMING = 0.05
DEFAULT_RULES = Rules()


def plan_tours(
    inventory: Inventory,
    targets: Targets,
    trucks: tuple[Truck, ...],
    travel_s: Float64,
    rules: Rules = DEFAULT_RULES,
    time_limit_s: float = 5.0,
    solution_limit: int | None = None,
) -> RebalancingPlan:
    """Plan one shift of every truck.

    Parameters
    ----------
    inventory : Inventory
        Stations and what stands there.
    targets : Targets
        Expected losses by stock, in the order of the stations.
    trucks : tuple of Truck
        Any number; all start and end at the depot.
    travel_s : float64, (n + 1, n + 1)
        Driving seconds between depot (index 0) and stations; ``inf`` where there is no way.
    rules : Rules
        Handling times and the price of a lost trip.
    time_limit_s : float
        Wall seconds for the search.
    solution_limit : int, optional
        Stop after so many improving solutions: the same plan on every machine.

    Returns
    -------
    RebalancingPlan
        Always one that can be driven; its status says how the search ended, and ``skipped`` why
        a station is left.

    Raises
    ------
    BadInventoryError
        When the matrix does not fit the stations, or a truck is named twice.
    PlanCheckError
        When the independent check finds a fault in our own plan.
    """
    started = time.perf_counter()
    _check_input(inventory, targets, trucks, travel_s)
    stock, docks = _counts(inventory)
    closed = _cannot_visit(inventory, travel_s)
    fixed = np.where(closed, stock, -1)
    total = int(stock.sum()) + sum(truck.start_load for truck in trucks)
    may_stay_out = sum(truck.capacity for truck in trucks)
    target, worth = share_out(targets.lost, docks, total, fixed, may_stay_out)
    tasks: list[Task] = []
    routes = Routes(((),) * len(trucks), "not-started", None)
    if trucks:
        largest = max(truck.capacity for truck in trucks)
        tasks = split_tasks(stock, target, targets.lost, worth, largest, rules)
    if tasks:
        routes = _search(tasks, trucks, travel_s, worth, rules, time_limit_s, solution_limit)
    visits = [
        merge_visits([(tasks[job].station, tasks[job].dropped) for job in sequence])
        for sequence in routes.sequences
    ]
    visits = _polish(visits, trucks, stock, docks, targets.lost, travel_s, rules)
    ids = [station.station_id for station in inventory.stations]
    after = stock + _dropped(visits, stock.size)
    skipped = _skipped(inventory, targets, target, worth, after, trucks, visits, travel_s, rules)
    tours = tuple(
        to_tour(truck, stops, ids, travel_s, rules)
        for truck, stops in zip(trucks, visits, strict=True)
    )
    lost_after = float(targets.lost_at(after).sum())
    plan = RebalancingPlan(
        status=_status(bool(tasks), bool(skipped), routes),
        tours=tours,
        skipped=tuple(skipped),
        lost_before=float(targets.lost_at(stock).sum()),
        lost_after=lost_after,
        objective_s=sum(tour.duration_s for tour in tours) + lost_after * rules.lost_trip_s,
        solver=f"OR-Tools routing: {routes.status}",
        solver_s=time.perf_counter() - started,
        targets=dict(zip(ids, target.tolist(), strict=True)),
    )
    faults = check_plan(plan, inventory, trucks, travel_s, rules.stop_s, rules.handle_s)
    if faults:
        raise PlanCheckError("the plan fails its check: " + "; ".join(faults))
    return plan


def _check_input(
    inventory: Inventory, targets: Targets, trucks: tuple[Truck, ...], travel_s: Float64
) -> None:
    n = len(inventory.stations)
    if travel_s.shape != (n + 1, n + 1):
        raise BadInventoryError(
            f"the time matrix has shape {travel_s.shape}; {n} stations and a depot need"
            f" ({n + 1}, {n + 1})"
        )
    if np.isnan(travel_s).any() or (travel_s < 0).any():
        raise BadInventoryError("the time matrix holds NaN or negative seconds; use inf for no way")
    if targets.lost.shape[0] != n:
        raise BadInventoryError(f"there are targets for {targets.lost.shape[0]} of {n} stations")
    names = [truck.truck_id for truck in trucks]
    if len(set(names)) != len(names):
        raise BadInventoryError(f"two trucks share a name in {names}; give each its own")


def _counts(inventory: Inventory) -> tuple[Int64, Int64]:
    stock = np.array([station.vehicles for station in inventory.stations], dtype=np.int64)
    docks = np.array([station.capacity for station in inventory.stations], dtype=np.int64)
    return stock, docks


def _cannot_visit(inventory: Inventory, travel_s: Float64) -> NDArray[np.bool_]:
    """Mark stations that are closed, or that cannot be driven to and back."""
    is_open = np.array([station.is_open for station in inventory.stations], dtype=bool)
    return ~is_open | ~np.isfinite(travel_s[0, 1:] + travel_s[1:, 0])


def _search(
    tasks: list[Task],
    trucks: tuple[Truck, ...],
    travel_s: Float64,
    worth: float,
    rules: Rules,
    time_limit_s: float,
    solution_limit: int | None,
) -> Routes:
    never = max(truck.shift_s for truck in trucks) + 1
    seconds = task_times(tasks, travel_s, rules, never)
    dropped = np.array([task.dropped for task in tasks], dtype=np.int64)
    price = np.array([task.price_s for task in tasks], dtype=np.int64)
    aboard_s = round(worth * rules.lost_trip_s)
    return solve_routes(seconds, dropped, price, trucks, aboard_s, time_limit_s, solution_limit)


def _dropped(tours: list[list[Visit]], n: int) -> Int64:
    """Add up what all tours drop (positive) or pick up at each of ``n`` stations."""
    change = np.zeros(n, dtype=np.int64)
    for visits in tours:
        for station, dropped in visits:
            change[station] += dropped
    return change


def _polish(
    tours: list[list[Visit]],
    trucks: tuple[Truck, ...],
    stock: Int64,
    docks: Int64,
    lost: Float64,
    travel_s: Float64,
    rules: Rules,
) -> list[list[Visit]]:
    """Choose the amounts anew along each tour whose stations no other visit touches.

    The search knows whole parts only; here a truck may drop any number. Handling is charged a
    little, then more, until the tour fits its shift; a tour that gets no better stays.
    """
    seen = [station for visits in tours for station, _ in visits]
    polished = []
    for truck, visits in zip(trucks, tours, strict=True):
        polished.append(visits)
        stations = [station for station, _ in visits]
        if not visits or any(seen.count(station) > 1 for station in stations):
            continue
        best = _cost(visits, stock, lost, travel_s, rules)
        for factor in (1.0, 2.0, 4.0):
            charge = factor * rules.handle_s / rules.lost_trip_s
            amounts, _ = best_amounts(
                stations, truck.start_load, truck.capacity, stock, docks, lost, charge
            )
            candidate = merge_visits(list(zip(stations, amounts, strict=True)))
            fits = to_tour(truck, candidate, [""] * stock.size, travel_s, rules).duration_s
            cost = _cost(candidate, stock, lost, travel_s, rules)
            if fits <= truck.shift_s and cost < best:
                polished[-1], best = candidate, cost
    return polished


def _cost(
    visits: list[Visit], stock: Int64, lost: Float64, travel_s: Float64, rules: Rules
) -> float:
    """Return the seconds of a tour plus the price of what its own stations then lose."""
    left = sum(float(lost[station, stock[station] + dropped]) for station, dropped in visits)
    saved = sum(float(lost[station, stock[station]]) for station, _ in visits)
    return duration_s(visits, travel_s, rules) + (left - saved) * rules.lost_trip_s


def _skipped(
    inventory: Inventory,
    targets: Targets,
    target: Int64,
    worth: float,
    after: Int64,
    trucks: tuple[Truck, ...],
    tours: list[list[Visit]],
    travel_s: Float64,
    rules: Rules,
) -> list[Skipped]:
    """List what stays undone although it would save at least a twentieth of a trip."""
    skipped = []
    for i, station in enumerate(inventory.stations):
        cannot = not station.is_open or not np.isfinite(travel_s[0, i + 1] + travel_s[i + 1, 0])
        goal = int(targets.best[i]) if cannot else int(target[i])
        wanted = goal - int(after[i])
        credit = 0.0 if cannot else worth * wanted
        gain = float(targets.lost[i, after[i]] - targets.lost[i, goal]) - credit
        if wanted == 0 or gain < WORTH_NAMING:
            continue
        reason = SkipReason.CLOSED
        if station.is_open:
            value_s = gain * rules.lost_trip_s
            reason = why_not(i, wanted, value_s, trucks, tours, travel_s, rules)
        skipped.append(Skipped(station.station_id, wanted, reason, gain))
    return skipped


def _status(any_task: bool, any_skipped: bool, routes: Routes) -> PlanStatus:
    if not any_task:
        return PlanStatus.NOTHING_POSSIBLE if any_skipped else PlanStatus.NOTHING_TO_DO
    if routes.cost is None:
        return PlanStatus.NO_SOLUTION_IN_TIME
    return PlanStatus.OPTIMAL if routes.status == "optimal" else PlanStatus.SEARCHED

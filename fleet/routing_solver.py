"""Which truck does which job in which order: OR-Tools routing with optional visits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.model import Truck

Int64 = NDArray[np.int64]

# OR-Tools' RoutingSearchStatus; the Python wheel has the numbers without the names.
STATUS_NAMES = (
    "not-solved",
    "success",
    "stopped-before-local-optimum",
    "fail",
    "fail-timeout",
    "invalid",
    "infeasible",
    "optimal",
)

# Off by default in OR-Tools; with optional visits and little room aboard they are what gets a
# search out of "this job only pays together with that one".
WIDER_MOVES = (
    "use_extended_swap_active",
    "use_relocate_and_make_active",
    "use_exchange_and_make_active",
    "use_node_pair_swap_active",
    "use_path_lns",
    "use_full_path_lns",
    "use_inactive_lns",
)


@dataclass(frozen=True, slots=True)
class Routes:
    """Jobs of each truck in order (indices from 0), the search's status and its cost.

    ``cost`` is seconds on the road plus the prices of jobs left out; None without a solution.
    """

    sequences: tuple[tuple[int, ...], ...]
    status: str
    cost: int | None


def solve_routes(
    seconds: Int64,
    dropped: Int64,
    price_s: Int64,
    trucks: tuple[Truck, ...],
    aboard_s: int,
    time_limit_s: float,
    solution_limit: int | None = None,
) -> Routes:
    """Search tours that do the jobs worth doing within load and shift of every truck.

    Parameters
    ----------
    seconds : int64, (m + 1, m + 1)
        From the end of a job to the end of the next; row and column 0 are the depot.
    dropped : int64, (m,)
        Vehicles a job unloads; negative where it loads.
    price_s : int64, (m,)
        Cost of leaving the job out, in seconds, at least 0.
    trucks : tuple of Truck
        At least one.
    aboard_s : int
        Cost of each vehicle still aboard at the end, in seconds, at least 0.
    time_limit_s : float
        Wall seconds.
    solution_limit : int, optional
        Stop after so many improving solutions instead: the same answer on every machine, as long
        as the time limit does not come first.

    Returns
    -------
    Routes
        Empty sequences and ``cost`` None if nothing was found in time.

    Notes
    -----
    Parallel cheapest insertion, then guided local search; half of the time with OR-Tools' usual
    moves, which are better on many jobs, and half anew with wider ones, which are exact on few
    (against brute force up to six jobs). No job is a must, so the empty plan is feasible and the
    search has somewhere to start.
    """
    best = Routes(((),) * len(trucks), "not-solved", None)
    for moves in ((), WIDER_MOVES):
        found = _search(
            seconds, dropped, price_s, trucks, aboard_s, time_limit_s / 2, solution_limit, moves
        )
        if best.cost is None or (found.cost is not None and found.cost < best.cost):
            best = found
    return best


def _search(
    seconds: Int64,
    dropped: Int64,
    price_s: Int64,
    trucks: tuple[Truck, ...],
    aboard_s: int,
    time_limit_s: float,
    solution_limit: int | None,
    moves: tuple[str, ...],
) -> Routes:
    """Run one search on a fresh model: OR-Tools keeps the moves of a model's first search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2
    from ortools.util.optional_boolean_pb2 import BOOL_TRUE

    manager = pywrapcp.RoutingIndexManager(seconds.shape[0], len(trucks), 0)
    model = pywrapcp.RoutingModel(manager)
    transit = model.RegisterTransitMatrix(seconds.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(transit)
    shifts = [truck.shift_s for truck in trucks]
    model.AddDimensionWithVehicleCapacity(transit, 0, shifts, True, "time")
    load = model.RegisterUnaryTransitVector([0, *(-dropped).tolist()])
    capacities = [truck.capacity for truck in trucks]
    model.AddDimensionWithVehicleCapacity(load, 0, capacities, False, "load")
    loads = model.GetDimensionOrDie("load")
    for k, truck in enumerate(trucks):
        loads.CumulVar(model.Start(k)).SetValue(truck.start_load)
        loads.SetCumulVarSoftUpperBound(model.End(k), 0, aboard_s)
        model.SetVehicleUsedWhenEmpty(True, k)  # else a load that stays aboard costs nothing
    for job in range(dropped.size):
        model.AddDisjunction([manager.NodeToIndex(job + 1)], int(price_s[job]))
    search = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    meta = routing_enums_pb2.LocalSearchMetaheuristic
    search.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = meta.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(max(int(time_limit_s * 1000), 1))
    if solution_limit is not None:
        search.solution_limit = solution_limit
    for move in moves:
        setattr(search.local_search_operators, move, BOOL_TRUE)
    found = model.SolveWithParameters(search)
    status = STATUS_NAMES[model.status()]
    if found is None:
        return Routes(((),) * len(trucks), status, None)
    return Routes(_sequences(model, manager, found, len(trucks)), status, found.ObjectiveValue())


def _sequences(model: Any, manager: Any, found: Any, n_trucks: int) -> tuple[tuple[int, ...], ...]:
    """Read each truck's jobs, in order, out of OR-Tools' assignment."""
    sequences = []
    for k in range(n_trucks):
        jobs = []
        index = found.Value(model.NextVar(model.Start(k)))
        while not model.IsEnd(index):
            jobs.append(manager.IndexToNode(index) - 1)
            index = found.Value(model.NextVar(index))
        sequences.append(tuple(jobs))
    return tuple(sequences)

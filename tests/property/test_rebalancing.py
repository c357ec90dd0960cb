"""Whatever the town, the tours can be driven and never make things worse than no tour."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.check import check_plan
from fleet.demand import Demand
from fleet.loads import best_amounts
from fleet.model import Inventory, StationStock, Truck
from fleet.rebalance import plan_tours
from fleet.targets import find_targets
from fleet.tasks import Rules


@st.composite
def towns(draw: st.DrawFn) -> tuple[Inventory, Demand, tuple[Truck, ...], np.ndarray, Rules]:
    n = draw(st.integers(0, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    docks = rng.integers(0, 25, n)
    inventory = Inventory(
        tuple(
            StationStock(
                f"s{i}", "", 8.0, 49.0, int(d), int(rng.integers(0, d + 1)), rng.random() < 0.9
            )
            for i, d in enumerate(docks)
        )
    )
    demand = Demand(rng.gamma(1, 2, (n, 24)), rng.gamma(1, 2, (n, 24)), "test", is_prior=False)
    trucks = tuple(
        Truck(f"T{k}", int(c), int(rng.integers(1, 9000)), int(rng.integers(0, c + 1)))
        for k, c in enumerate(rng.integers(1, 20, draw(st.integers(0, 3))))
    )
    travel = rng.uniform(0, 1500, (n + 1, n + 1))
    travel[rng.random(travel.shape) < draw(st.sampled_from([0.0, 0.1]))] = np.inf
    np.fill_diagonal(travel, 0.0)
    rules = Rules(*(int(x) for x in rng.integers(0, 120, 2)), int(rng.integers(0, 4000)))
    return inventory, demand, trucks, travel, rules


@settings(max_examples=30)
@given(towns())
def test_every_plan_passes_the_independent_check(
    town: tuple[Inventory, Demand, tuple[Truck, ...], np.ndarray, Rules],
) -> None:
    inventory, demand, trucks, travel, rules = town
    docks = np.array([s.capacity for s in inventory.stations], dtype=np.int64)
    targets = find_targets(docks, demand, 7, hours=6)
    plan = plan_tours(inventory, targets, trucks, travel, rules, 1.0, solution_limit=8)
    assert check_plan(plan, inventory, trucks, travel, rules.stop_s, rules.handle_s) == []
    assert plan.objective_s <= plan.lost_before * rules.lost_trip_s + 1 + 2 * len(docks)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_amounts_along_a_tour_are_as_good_as_trying_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    docks = rng.integers(0, 5, 3)
    stock = np.array([rng.integers(0, d + 1) for d in docks])
    lost = np.full((3, 6), np.inf)
    for i, top in enumerate(docks):
        lost[i, : top + 1] = rng.uniform(0, 9, top + 1)
    capacity = int(rng.integers(1, 5))
    start = int(rng.integers(0, capacity + 1))
    amounts, cost = best_amounts([0, 1, 2], start, capacity, stock, docks, lost, 0.1)

    def price(way: tuple[int, ...]) -> float:
        load, total = start, 0.0
        for i, dropped in enumerate(way):
            load -= dropped
            if not 0 <= load <= capacity or not 0 <= stock[i] + dropped <= docks[i]:
                return np.inf
            total += lost[i, stock[i] + dropped] + 0.1 * abs(dropped)
        return total

    steps = range(-5, 6)
    best = min(price((a, b, c)) for a in steps for b in steps for c in steps)
    assert abs(cost - best) < 1e-9
    assert abs(price(tuple(amounts)) - best) < 1e-9

"""Tours are feasible, as good as brute force where that can be run, and say why they skip."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from fleet.check import check_plan
from fleet.demand import Demand
from fleet.errors import BadInventoryError
from fleet.model import Inventory, PlanStatus, SkipReason, StationStock, Truck
from fleet.rebalance import plan_tours
from fleet.routing_solver import solve_routes
from fleet.targets import find_targets
from fleet.tasks import Rules

RULES = Rules(stop_s=60, handle_s=10, lost_trip_s=3600)


def town(stocks: list[tuple[int, int]]) -> Inventory:
    """Stations A, B, C, ... with (vehicles, docks)."""
    return Inventory(
        tuple(
            StationStock(chr(65 + i), f"Station {chr(65 + i)}", 8.0, 49.0, docks, vehicles)
            for i, (vehicles, docks) in enumerate(stocks)
        )
    )


def even(n: int) -> Demand:
    rates = np.ones((n, 24))
    return Demand(rates, rates.copy(), "test", is_prior=False)


def grid(n: int, apart_s: float = 300.0) -> np.ndarray:
    """Depot and stations on a line, ``apart_s`` between neighbours."""
    place = np.arange(n + 1)
    return np.abs(place[:, None] - place[None, :]) * apart_s


def plan(inventory: Inventory, trucks: tuple[Truck, ...], travel_s: np.ndarray, **kw: object):
    docks = np.array([s.capacity for s in inventory.stations])
    targets = find_targets(docks, even(docks.size), 8, hours=8)
    options = {"time_limit_s": 20.0, "solution_limit": 60, "rules": RULES} | kw
    return plan_tours(inventory, targets, trucks, travel_s, **options)


def test_a_full_station_helps_an_empty_one() -> None:
    result = plan(town([(20, 20), (0, 20)]), (Truck("T1", 20, 4 * 3600),), grid(2))
    moves = result.tours[0].moves
    assert [move.station_id for move in moves] == ["A", "B"]
    assert moves[0].dropped == -moves[1].dropped
    assert 8 <= moves[1].dropped <= 12
    assert result.lost_after < result.lost_before / 2
    # 300 s there, one stop and its vehicles, 300 s on, the same work, 600 s home.
    assert result.tours[0].duration_s == 1200 + 2 * (60 + 10 * moves[1].dropped)


def test_one_truck_too_small_for_the_move_comes_twice() -> None:
    result = plan(town([(40, 40), (0, 40)]), (Truck("T1", 6, 8 * 3600),), grid(2, 60.0))
    loads = [move.load_after for move in result.tours[0].moves]
    assert max(loads) <= 6
    assert sum(m.dropped for m in result.tours[0].moves if m.station_id == "B") > 6


def test_two_trucks_share_the_work_when_the_shift_is_short() -> None:
    stations = town([(20, 20), (0, 20), (20, 20), (0, 20)])
    far = np.array(
        [
            [0, 300, 360, 300, 360],
            [300, 0, 60, 600, 660],
            [360, 60, 0, 660, 720],
            [300, 600, 660, 0, 60],
            [360, 660, 720, 60, 0],
        ],
        dtype=np.float64,
    )
    result = plan(stations, (Truck("T1", 20, 1100), Truck("T2", 20, 1100)), far)
    assert sorted(len(tour.moves) for tour in result.tours) == [2, 2]


def test_a_truck_that_starts_loaded_drops_first() -> None:
    result = plan(town([(0, 20)]), (Truck("T1", 12, 3600, start_load=10),), grid(1))
    assert result.tours[0].start_load == 10
    assert result.tours[0].moves[0].dropped == 10
    assert result.tours[0].end_load == 0


def test_stations_at_their_best_stock_need_no_truck() -> None:
    result = plan(town([(10, 20), (10, 20)]), (Truck("T1", 20, 3600),), grid(2))
    assert result.status is PlanStatus.NOTHING_TO_DO
    assert result.tours[0].moves == ()
    assert result.skipped == ()


def reasons(result) -> dict[str, SkipReason]:
    return {skip.station_id: skip.reason for skip in result.skipped}


def test_a_closed_station_is_left_and_named() -> None:
    base = town([(20, 20), (0, 20), (0, 20)])
    stations = Inventory((*base.stations[:2], replace(base.stations[2], is_open=False)))
    result = plan(stations, (Truck("T1", 20, 3600),), grid(3))
    assert reasons(result) == {"C": SkipReason.CLOSED}


def test_a_station_without_a_way_is_left_and_named() -> None:
    travel = grid(3)
    travel[:, 3] = travel[3, :] = np.inf
    travel[3, 3] = 0.0
    result = plan(town([(20, 20), (0, 20), (0, 20)]), (Truck("T1", 20, 3600),), travel)
    assert reasons(result) == {"C": SkipReason.UNREACHABLE}


def test_a_station_beyond_the_shift_is_left_and_named() -> None:
    travel = grid(3)
    travel[3, :3] = travel[:3, 3] = 9000.0
    result = plan(town([(20, 20), (0, 20), (0, 20)]), (Truck("T1", 20, 3600),), travel)
    assert reasons(result)["C"] is SkipReason.BEYOND_SHIFT


def test_without_vehicles_to_bring_nothing_is_possible() -> None:
    result = plan(town([(0, 20), (0, 20)]), (Truck("T1", 20, 3600),), grid(2))
    assert result.status is PlanStatus.NOTHING_TO_DO
    assert result.tours[0].moves == ()


def test_without_trucks_every_wish_says_so() -> None:
    result = plan(town([(20, 20), (0, 20)]), (), grid(2))
    assert result.status is PlanStatus.NOTHING_POSSIBLE
    assert set(reasons(result).values()) == {SkipReason.NO_TRUCK}


def test_a_detour_that_costs_more_than_it_gains_is_not_driven() -> None:
    cheap = Rules(stop_s=60, handle_s=10, lost_trip_s=60)
    result = plan(town([(20, 20), (0, 20)]), (Truck("T1", 20, 36000),), grid(2, 3000), rules=cheap)
    assert result.tours[0].moves == ()
    assert set(reasons(result).values()) <= {SkipReason.NOT_WORTH_IT, SkipReason.LOAD}
    assert result.skipped


def test_the_same_input_gives_the_same_plan() -> None:
    rng = np.random.default_rng(3)
    stations = town([(int(rng.integers(0, 21)), 20) for _ in range(12)])
    trucks = (Truck("T1", 15, 7200), Truck("T2", 15, 7200))
    first = plan(stations, trucks, grid(12), solution_limit=10)
    second = plan(stations, trucks, grid(12), solution_limit=10)
    assert first.tours == second.tours
    assert first.skipped == second.skipped


def test_a_matrix_for_other_stations_is_refused() -> None:
    with pytest.raises(BadInventoryError, match=r"need \(3, 3\)"):
        plan(town([(20, 20), (0, 20)]), (Truck("T1", 20, 3600),), grid(5))


def test_a_matrix_with_nan_is_refused() -> None:
    travel = grid(2)
    travel[0, 1] = np.nan
    with pytest.raises(BadInventoryError, match="NaN"):
        plan(town([(20, 20), (0, 20)]), (Truck("T1", 20, 3600),), travel)


def test_more_vehicles_than_docks_are_refused() -> None:
    with pytest.raises(BadInventoryError, match="station A: 21 vehicles"):
        town([(21, 20)])


def brute_force(
    seconds: np.ndarray, dropped: np.ndarray, price: np.ndarray, truck: Truck, aboard_s: int
) -> int:
    """Cheapest tour of one truck over every ordered subset of jobs."""
    best = int(price.sum()) + aboard_s * truck.start_load
    jobs = range(dropped.size)
    for length in range(1, dropped.size + 1):
        for order in permutations(jobs, length):
            load, here, clock = truck.start_load, 0, 0
            for job in order:
                clock += int(seconds[here, job + 1])
                load -= int(dropped[job])
                here = job + 1
                if not 0 <= load <= truck.capacity:
                    break
            else:
                clock += int(seconds[here, 0])
                left = price.sum() - price[list(order)].sum()
                if clock <= truck.shift_s:
                    best = min(best, clock + int(left) + aboard_s * load)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_search_finds_what_brute_force_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 7))
    xy = rng.integers(0, 1000, (n + 1, 2))
    seconds = np.rint(np.linalg.norm(xy[:, None] - xy[None, :], axis=2)).astype(np.int64)
    seconds += rng.integers(0, 50, seconds.shape)
    np.fill_diagonal(seconds, 0)
    dropped = rng.choice([-6, -4, -3, 3, 4, 6], n).astype(np.int64)
    price = rng.integers(0, 2500, n).astype(np.int64)
    truck = Truck("T1", 8, int(rng.integers(1500, 5000)), int(rng.integers(0, 5)))
    aboard_s = int(rng.integers(0, 100))
    routes = solve_routes(seconds, dropped, price, (truck,), aboard_s, 3.0, solution_limit=200)
    assert routes.cost == brute_force(seconds, dropped, price, truck, aboard_s)


def test_sixty_stations_are_planned_in_seconds_and_lose_far_less() -> None:
    rng = np.random.default_rng(60)
    n = 60
    docks = rng.integers(12, 31, n)
    stocks = [(int(rng.integers(0, top + 1)), int(top)) for top in docks]
    xy = rng.uniform(0, 6000, (n + 1, 2))
    travel = np.linalg.norm(xy[:, None] - xy[None, :], axis=2) / 6.0
    inventory = Inventory(
        tuple(StationStock(f"s{i}", f"s{i}", 8.0, 49.0, d, v) for i, (v, d) in enumerate(stocks))
    )
    trucks = (Truck("T1", 20, 4 * 3600), Truck("T2", 20, 4 * 3600))
    result = plan(inventory, trucks, travel, time_limit_s=3.0, solution_limit=None)
    assert result.solver_s < 10
    assert result.lost_after < 0.7 * result.lost_before
    assert check_plan(result, inventory, trucks, travel, RULES.stop_s, RULES.handle_s) == []

from itertools import product

import numpy as np
import pytest

from fleet.demand import Demand
from fleet.targets import find_targets, share_out


def steady(rentals: list[float], returns: list[float]) -> Demand:
    hours = np.ones(24)
    return Demand(np.outer(rentals, hours), np.outer(returns, hours), "test", is_prior=False)


def test_a_station_that_only_rents_out_wants_to_be_full() -> None:
    targets = find_targets(np.array([12]), steady([3.0], [0.0]), 8, hours=8)
    assert targets.best.tolist() == [12]


def test_a_station_that_only_fills_up_wants_to_be_empty() -> None:
    targets = find_targets(np.array([12]), steady([0.0], [3.0]), 8, hours=8)
    assert targets.best.tolist() == [0]


def test_an_even_station_wants_to_be_half_full() -> None:
    targets = find_targets(np.array([12]), steady([3.0], [3.0]), 8, hours=8)
    assert targets.best.tolist() == [6]


def test_the_service_band_holds_the_best_stock_and_both_shares() -> None:
    targets = find_targets(np.array([20, 20]), steady([2.0, 1.0], [2.0, 3.0]), 8, 4, service=0.9)
    assert targets.is_met.all()
    assert (targets.low <= targets.best).all()
    assert (targets.best <= targets.high).all()
    assert targets.high[1] < targets.high[0]


def test_where_no_stock_serves_well_the_band_is_the_best_stock_alone() -> None:
    targets = find_targets(np.array([2]), steady([20.0], [20.0]), 8, hours=8, service=0.99)
    assert not targets.is_met[0]
    assert targets.low.tolist() == targets.best.tolist() == targets.high.tolist()


def test_losses_beyond_the_docks_are_infinite() -> None:
    targets = find_targets(np.array([2, 5]), steady([1.0, 1.0], [1.0, 1.0]), 0)
    assert np.isinf(targets.lost[0, 3:]).all()
    assert np.isfinite(targets.lost[1]).all()


@pytest.mark.parametrize("vehicles", range(12))
def test_sharing_out_loses_as_little_as_the_best_of_all_ways(vehicles: int) -> None:
    docks = np.array([3, 4, 4])
    targets = find_targets(docks, steady([2.0, 1.0, 0.5], [0.2, 1.0, 2.0]), 8, hours=3)
    stock, _ = share_out(targets.lost, docks, vehicles)
    assert stock.sum() == min(vehicles, docks.sum())
    best = min(
        targets.lost_at(np.array(way)).sum()
        for way in product(range(4), range(5), range(5))
        if sum(way) == vehicles
    )
    assert targets.lost_at(stock).sum() == pytest.approx(best)


def test_vehicles_may_stay_aboard_once_they_would_do_harm() -> None:
    docks = np.array([10])
    targets = find_targets(docks, steady([1.0], [1.0]), 8, hours=8)
    stock, worth = share_out(targets.lost, docks, 9, may_stay_out=20)
    assert stock[0] == targets.best[0]
    assert worth == 0.0


def test_a_fixed_station_keeps_what_it_has() -> None:
    docks = np.array([10, 10])
    targets = find_targets(docks, steady([1.0, 1.0], [1.0, 1.0]), 8, hours=8)
    stock, _ = share_out(targets.lost, docks, 10, fixed=np.array([9, -1]))
    assert stock.tolist() == [9, 1]

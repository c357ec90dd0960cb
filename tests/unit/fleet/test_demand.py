import numpy as np
import pytest

from fleet.demand import Demand, history_demand, prior_demand
from fleet.errors import BadDemandError

DOCKS = np.array([10, 30])


def test_a_long_history_is_believed() -> None:
    days = 1000
    station = np.zeros(3 * days, dtype=np.int64)
    hour = np.full(3 * days, 8)
    demand = history_demand(DOCKS, station, hour, np.ones_like(station), hour + 1, days)
    assert demand.rentals_ph[0, 8] == pytest.approx(3.0, rel=0.01)
    assert demand.returns_ph[1, 9] == pytest.approx(3.0, rel=0.01)
    assert demand.rentals_ph[0, 9] == 0.0
    assert not demand.is_prior
    assert demand.source == "history of 1000 days"


def test_a_short_history_is_drawn_to_the_systems_mean() -> None:
    # One day, 4 rentals at 8 o'clock, all at station 0 with a quarter of the docks: the prior
    # expects 1 there; (4 + 2 * 1) / (1 + 2) = 2, and (0 + 2 * 3) / 3 = 2 at the other.
    four = np.zeros(4, dtype=np.int64)
    demand = history_demand(DOCKS, four, four + 8, four, four + 9, days=1)
    assert demand.rentals_ph[:, 8].tolist() == pytest.approx([2.0, 2.0])


def test_hours_without_a_vehicle_do_not_count_as_hours_without_demand() -> None:
    days = 1000
    half = np.ones((2, 24))
    half[0, 8] = 0.5
    station = np.zeros(days, dtype=np.int64)
    args = (DOCKS, station, station + 8, station - 1, station)
    blind = history_demand(*args, days)
    seeing = history_demand(*args, days, with_vehicle=half)
    assert blind.rentals_ph[0, 8] == pytest.approx(1.0, rel=0.01)
    assert seeing.rentals_ph[0, 8] == pytest.approx(2.0, rel=0.01)


def test_the_prior_says_that_it_is_one() -> None:
    demand = prior_demand(DOCKS)
    assert demand.is_prior
    assert "assumption" in demand.source
    assert demand.rentals_ph.sum(axis=1).tolist() == pytest.approx([15.0, 45.0])


def test_a_horizon_wraps_round_midnight() -> None:
    rates = np.arange(48, dtype=np.float64).reshape(2, 24)
    rentals, _ = Demand(rates, rates, "test", is_prior=False).horizon(22.9, 4)
    assert rentals[0].tolist() == [22, 23, 0, 1]


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_a_rate_that_cannot_be_is_refused(bad: float) -> None:
    rates = np.zeros((2, 24))
    rates[1, 3] = bad
    with pytest.raises(BadDemandError, match="negative or infinite"):
        Demand(rates, np.zeros((2, 24)), "test", is_prior=False)


def test_a_trip_at_25_oclock_is_refused() -> None:
    one = np.zeros(1, dtype=np.int64)
    with pytest.raises(BadDemandError, match="start has a station or hour out of range"):
        history_demand(DOCKS, one, one + 25, one, one, days=1)


def test_a_history_without_days_is_refused() -> None:
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(BadDemandError, match="at least one day"):
        history_demand(DOCKS, none, none, none, none, days=0)

import numpy as np
import pytest
from scipy.linalg import expm

from fleet.kernels.queue import lost_by_start


def lost(capacity: int, rentals: list[float], returns: list[float]) -> tuple[np.ndarray, ...]:
    no_vehicle = np.full((1, capacity + 1), np.nan)
    no_dock = np.full((1, capacity + 1), np.nan)
    lost_by_start(
        np.array([capacity]), np.array([rentals]), np.array([returns]), 1.0, no_vehicle, no_dock
    )
    return no_vehicle[0], no_dock[0]


def by_matrix_exponential(
    capacity: int, rentals: list[float], returns: list[float]
) -> tuple[np.ndarray, np.ndarray]:
    """The same chain with two counters of losses, by scipy's dense matrix exponential."""
    states = capacity + 1
    totals = [np.zeros(states), np.zeros(states)]
    spread = np.eye(states)
    for rent, give in zip(rentals, returns, strict=True):
        generator = np.zeros((states + 1, states + 1))
        for stock in range(states):
            if stock > 0:
                generator[stock, stock - 1] += rent
            if stock < capacity:
                generator[stock, stock + 1] += give
            generator[stock, stock] = -generator[stock].sum()
        for which, (at, rate) in enumerate(((0, rent), (capacity, give))):
            counted = generator.copy()
            counted[at, states] = rate
            grown = expm(counted)
            totals[which] += spread @ grown[:states, states]
        spread = spread @ expm(generator)[:states, :states]
    return totals[0], totals[1]


@pytest.mark.parametrize(
    ("capacity", "rentals", "returns"),
    [
        (1, [2.0], [1.0]),
        (7, [3.0, 0.5, 8.0], [1.0, 6.0, 0.0]),
        (20, [12.0, 0.0, 4.5, 4.5], [2.0, 0.0, 9.0, 4.5]),
        (3, [180.0], [175.0]),
        (0, [2.0, 1.0], [3.0, 0.0]),
    ],
)
def test_losses_equal_the_matrix_exponential(
    capacity: int, rentals: list[float], returns: list[float]
) -> None:
    ours = lost(capacity, rentals, returns)
    theirs = by_matrix_exponential(capacity, rentals, returns)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-8, atol=1e-9)


def test_losses_agree_with_a_simulated_station() -> None:
    capacity, start, rentals, returns = 5, 2, [4.0, 1.0], [1.5, 5.0]
    rng = np.random.default_rng(7)
    runs = 20_000
    lost_rentals = np.zeros(runs)
    lost_returns = np.zeros(runs)
    stock = np.full(runs, start)
    for rent, give in zip(rentals, returns, strict=True):
        events = rng.poisson(rent + give, runs)
        for step in range(events.max()):
            live = step < events
            is_rental = rng.random(runs) < rent / (rent + give)
            lost_rentals += live & is_rental & (stock == 0)
            lost_returns += live & ~is_rental & (stock == capacity)
            stock -= (live & is_rental & (stock > 0)).astype(int)
            stock += (live & ~is_rental & (stock < capacity)).astype(int)
    exact = lost(capacity, rentals, returns)
    # Six standard errors: a false alarm in a billion runs, and the seed is fixed anyway.
    assert abs(lost_rentals.mean() - exact[0][start]) < 6 * lost_rentals.std() / runs**0.5
    assert abs(lost_returns.mean() - exact[1][start]) < 6 * lost_returns.std() / runs**0.5


def test_losses_are_convex_in_the_start_stock() -> None:
    no_vehicle, no_dock = lost(15, [5.0, 2.0, 9.0], [1.0, 8.0, 2.0])
    assert (np.diff(no_vehicle + no_dock, 2) >= -1e-9).all()
    assert (np.diff(no_vehicle) <= 1e-12).all()
    assert (np.diff(no_dock) >= -1e-12).all()


def test_a_station_nobody_uses_loses_nothing() -> None:
    no_vehicle, no_dock = lost(4, [0.0, 0.0], [0.0, 0.0])
    assert no_vehicle.tolist() == [0.0] * 5
    assert no_dock.tolist() == [0.0] * 5


def test_with_rentals_alone_the_expected_loss_can_be_worked_out_by_hand() -> None:
    # Poisson(2) rentals: with one vehicle, E[max(N - 1, 0)] = 2 - 1 + P(N = 0) = 1 + e^-2.
    no_vehicle, _ = lost(1, [2.0], [0.0])
    assert no_vehicle[1] == pytest.approx(1 + np.exp(-2))
    assert no_vehicle[0] == pytest.approx(2.0)

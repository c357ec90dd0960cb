"""Expected lost rentals and returns of a station, by start stock."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


@njit(cache=True, nogil=True)
def apply_chain(x: Float64, out: Float64, down: float, up: float) -> None:
    """Apply one jump of the uniformised chain to a value function: ``out = P x``.

    Parameters
    ----------
    x, out : float64, (docks + 1,)
        Value per stock; ``out`` is overwritten and must be another array.
    down, up : float
        Chance that the next event is a rental or a return; they add up to 1.
    """
    top = x.size - 1
    for stock in range(top + 1):
        below = x[stock - 1] if stock > 0 else x[0]
        above = x[stock + 1] if stock < top else x[top]
        out[stock] = down * below + up * above


@njit(cache=True, nogil=True)
def step_back(
    value: Float64, source: Float64, down: float, up: float, rate: float, events: float
) -> None:
    """Carry a value function back over a span of constant rates, by uniformisation.

    Parameters
    ----------
    value : float64, (docks + 1,)
        Expected losses from the span's end on; afterwards from its start on.
    source : float64, (docks + 1,)
        Loss per hour while the stock is that.
    down, up : float
        Chance that the next event is a rental or a return.
    rate : float
        Events per hour, above 0.
    events : float
        Expected events in the span; at most about 50, or ``exp(-events)`` loses its digits.

    References
    ----------
    Grassmann (1977), Transient solutions in Markovian queueing systems.
    """
    x, y = value.copy(), source.copy()
    spare = np.empty_like(x)
    weight = np.exp(-events)
    tail = 1.0 - weight
    value[:] = 0.0
    jumps = 0
    while True:
        for stock in range(x.size):
            value[stock] += weight * x[stock] + tail / rate * y[stock]
        if tail < 1e-13 or jumps > 1000:
            break
        jumps += 1
        weight *= events / jumps
        tail = max(tail - weight, 0.0)
        apply_chain(x, spare, down, up)
        x, spare = spare, x
        apply_chain(y, spare, down, up)
        y, spare = spare, y


@njit(cache=True, nogil=True)
def lost_by_start(
    capacity: Int64,
    rentals_ph: Float64,
    returns_ph: Float64,
    slot_h: float,
    lost_rentals: Float64,
    lost_returns: Float64,
) -> None:
    """Fill in expected losses over all slots, for every station and every start stock.

    A station is a birth-death chain on ``0..capacity``: a rental that finds no vehicle and a
    return that finds no dock are lost. Rates are constant within a slot.

    Parameters
    ----------
    capacity : int64, (n,)
        Docks per station, at least 0.
    rentals_ph, returns_ph : float64, (n, n_slots)
        Expected rentals and returns per hour, at least 0 and finite.
    slot_h : float
        Hours per slot, above 0.
    lost_rentals, lost_returns : float64, (n, max(capacity) + 1)
        Written in ``[i, 0:capacity[i] + 1]``; the rest is left alone.

    References
    ----------
    Raviv & Kolka (2013), Optimal inventory management of a bike-sharing station.
    """
    for i in range(capacity.size):
        states = capacity[i] + 1
        no_vehicle, no_dock = np.zeros(states), np.zeros(states)
        source = np.zeros(states)
        for slot in range(rentals_ph.shape[1] - 1, -1, -1):
            rent, give = rentals_ph[i, slot], returns_ph[i, slot]
            rate = rent + give
            if rate <= 0.0:
                continue
            parts = int(np.ceil(rate * slot_h / 50.0))
            for _ in range(parts):
                source[:] = 0.0
                source[0] = rent
                step_back(no_vehicle, source, rent / rate, give / rate, rate, rate * slot_h / parts)
                source[:] = 0.0
                source[states - 1] = give
                step_back(no_dock, source, rent / rate, give / rate, rate, rate * slot_h / parts)
        lost_rentals[i, :states] = no_vehicle
        lost_returns[i, :states] = no_dock

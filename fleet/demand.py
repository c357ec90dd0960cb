"""How many rentals and returns a station sees in each hour of a day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.errors import BadDemandError

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

HOURS = 24
PRIOR_WEIGHT_DAYS = 2.0
# Two weekday peaks on a low night: shares of a day's rentals by hour, a guess said to be one.
PRIOR_SHAPE = np.array(
    [4, 2, 1, 1, 2, 8, 28, 62, 70, 42, 34, 38, 46, 46, 44, 52, 70, 86, 70, 48, 34, 26, 18, 10],
    dtype=np.float64,
)
PRIOR_RENTALS_PER_DOCK = 1.5


@dataclass(frozen=True, slots=True)
class Demand:
    """Expected rentals and returns per station and hour of the day.

    Parameters
    ----------
    rentals_ph, returns_ph : float64, (n_stations, 24)
        Events per hour.
    source : str
        Where the figures come from, in words for people: ``history`` or a named assumption.
    is_prior : bool
        Whether they are an assumption, not a measurement: pages must say so.
    days : int
        Days of history behind them, 0 for a prior.

    Raises
    ------
    BadDemandError
        When shapes differ or a rate is negative or not finite.
    """

    rentals_ph: Float64
    returns_ph: Float64
    source: str
    is_prior: bool
    days: int = 0

    def __post_init__(self) -> None:
        """Reject rates that no counting could give."""
        for name, rates in (("rentals_ph", self.rentals_ph), ("returns_ph", self.returns_ph)):
            if rates.ndim != 2 or rates.shape[1] != HOURS:
                raise BadDemandError(f"{name} has shape {rates.shape}; give (n_stations, 24)")
            if not np.isfinite(rates).all() or (rates < 0).any():
                raise BadDemandError(f"{name} holds a negative or infinite rate; clean the history")
        if self.rentals_ph.shape != self.returns_ph.shape:
            raise BadDemandError("rentals_ph and returns_ph are about different stations")

    def horizon(self, start_hour: float, hours: int) -> tuple[Float64, Float64]:
        """Return both rates over the next ``hours`` whole hours, the day wrapping round.

        Parameters
        ----------
        start_hour : float
            Local hour of the day it starts at, rounded down.
        hours : int
            Length, at least 1.

        Returns
        -------
        tuple of float64, (n_stations, hours)
            Rentals and returns per hour.
        """
        index = (int(start_hour) + np.arange(hours)) % HOURS
        return self.rentals_ph[:, index], self.returns_ph[:, index]


def prior_demand(capacity: Int64) -> Demand:
    """Assume the same busyness per dock everywhere, for want of any history.

    Parameters
    ----------
    capacity : int64, (n,)
        Docks per station.

    Returns
    -------
    Demand
        Marked ``is_prior``; returns equal rentals, so targets come out near half full.
    """
    shape = PRIOR_SHAPE / PRIOR_SHAPE.sum()
    rates = np.outer(capacity.astype(np.float64) * PRIOR_RENTALS_PER_DOCK, shape)
    source = (
        f"assumption: {PRIOR_RENTALS_PER_DOCK} rentals per dock and day, two weekday peaks,"
        " as many returns"
    )
    return Demand(rates, rates.copy(), source, is_prior=True)


def history_demand(
    capacity: Int64,
    from_idx: Int64,
    from_hour: Int64,
    to_idx: Int64,
    to_hour: Int64,
    days: int,
    with_vehicle: Float64 | None = None,
    with_dock: Float64 | None = None,
) -> Demand:
    """Average a history of trips, drawn towards the system's mean where there are few days.

    Parameters
    ----------
    capacity : int64, (n,)
        Docks per station; the prior shares the system's trips out by docks.
    from_idx, to_idx : int64, (n_trips,)
        Station of each end, -1 where it is none of ours.
    from_hour, to_hour : int64, (n_trips,)
        Local hour of the day of each end, 0..23.
    days : int
        Days the history covers, of the kind asked about (workdays, say), at least 1.
    with_vehicle, with_dock : float64, (n, 24), optional
        Share of the time a vehicle, or a free dock, was there. A rental at an empty station is
        not seen although it was wanted, so rates are over these hours alone; all, if not given.

    Returns
    -------
    Demand
        Posterior mean of a Gamma-Poisson model whose prior weighs two days.

    Raises
    ------
    BadDemandError
        When ``days`` is below 1 or an hour or station is out of range.
    """
    if days < 1:
        raise BadDemandError(f"a history of {days} days says nothing; give at least one day")
    n = capacity.size
    weight = capacity / max(capacity.sum(), 1)
    rates = []
    for name, station, hour, open_share in (
        ("start", from_idx, from_hour, with_vehicle),
        ("end", to_idx, to_hour, with_dock),
    ):
        ours = station >= 0
        if (station >= n).any() or (hour < 0).any() or (hour >= HOURS).any():
            raise BadDemandError(f"a trip's {name} has a station or hour out of range")
        count = np.zeros((n, HOURS))
        np.add.at(count, (station[ours], hour[ours]), 1.0)
        prior = np.outer(weight, count.sum(axis=0) / days)
        share = np.ones((n, HOURS)) if open_share is None else np.clip(open_share, 0.0, 1.0)
        seen_days = days * share
        rates.append((count + PRIOR_WEIGHT_DAYS * prior) / (seen_days + PRIOR_WEIGHT_DAYS))
    return Demand(rates[0], rates[1], f"history of {days} days", is_prior=False, days=days)

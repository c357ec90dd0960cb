"""Stops that nobody, or nobody on wheels, can use for a while."""

from dataclasses import dataclass

import numpy as np

from routing.arrays import Int64, UInt8, UInt32
from routing.transit.day_view import CAN_ALIGHT, CAN_BOARD, TripFilter


@dataclass(frozen=True, slots=True)
class Closure:
    """A stop (row of ``timetable.stops``) closed from ``start_s`` to before ``end_s``, UTC."""

    stop: int
    start_s: float
    end_s: float
    wheelchair: bool
    """Only those who need a step-free way are kept out."""


@dataclass(frozen=True, slots=True)
class Closures:
    """All closures known."""

    rows: tuple[Closure, ...] = ()

    def of(self, only: TripFilter) -> list[Closure]:
        """Return those that concern someone."""
        return [row for row in self.rows if only.wheelchair or not row.wheelchair]

    def stops(self, only: TripFilter) -> Int64:
        """Return the stops that are closed at some time; int64, (n,)."""
        return np.unique(np.array([row.stop for row in self.of(only)], np.int64))


def limited_flags(
    closures: Closures,
    stops: UInt32,
    flags: UInt8,
    arrival_s: Int64,
    departure_s: Int64,
    only: TripFilter,
) -> UInt8:
    """Return what is still allowed at each call of a run, uint8, (n,).

    Nobody boards who would leave while the stop is closed, or alights arriving then; vehicles
    pass all the same. Times are UTC seconds.
    """
    found = flags
    for row in closures.of(only):
        here = stops == row.stop
        if here.any():
            leaves = here & (departure_s >= row.start_s) & (departure_s < row.end_s)
            arrives = here & (arrival_s >= row.start_s) & (arrival_s < row.end_s)
            shut = leaves * CAN_BOARD | arrives * CAN_ALIGHT
            found = (found & ~shut.astype(np.uint8)).astype(np.uint8)
    return found

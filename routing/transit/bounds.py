"""Ends of a journey that are open at certain times only, such as rides on demand."""

from dataclasses import dataclass

import numpy as np

from routing.arrays import Int32, UInt32
from routing.kernels.raptor_arrays import Starts
from routing.transit.day_view import DayView


@dataclass(frozen=True)
class Bounds:
    """When one may leave the door for each access stop, or reach it from each egress stop.

    Whoever would leave too late for a stop leaves at the last moment and waits at the stop, and
    whoever would reach the door too early waits at the stop for what takes him there.

    Parameters
    ----------
    low_s, high_s : int32, (n,)
        First and last moment, seconds as in the view, one pair per stop of the set.
    wait_s : int
        Longest wait at the stop.
    """

    low_s: Int32
    high_s: Int32
    wait_s: int = 0

    def mirrored(self) -> "Bounds":
        """Return the bounds of the same stops in the mirror of the day."""
        return Bounds(-self.high_s, -self.low_s, self.wait_s)

    def at_copies(self, view: DayView, stop: UInt32) -> "Bounds":
        """Return the bounds of all copies a view has of the stops of the set."""
        _, low_s, high_s = view.spread(stop, self.low_s, self.high_s)
        return Bounds(low_s, high_s, self.wait_s)


def keep_within(
    view: DayView,
    starts: Starts,
    count: int,
    access_stop: UInt32,
    bounds: Bounds,
    leave_s: tuple[int, int],
) -> int:
    """Move first boardings into the bounds, drop those that do not fit, return how many stay.

    Parameters
    ----------
    starts : Starts
        The first ``count`` ones leave from ``leave_s[0]`` to ``leave_s[1] + bounds.wait_s``, or
        later by an unknown time. Modified in place.
    access_stop : uint32, (n,)
        Stops of the set, each once.
    leave_s : tuple of int
        First and last moment of leaving asked for.
    """
    rows = [column[:count] for column in starts]
    leave, line, pos, _, access_s, _ = rows
    stop = view.stop[view.stop_first[line].astype(np.int64) + pos]
    order = np.argsort(access_stop)
    row = order[np.searchsorted(access_stop, stop, sorter=order)]
    moved = np.minimum(leave, bounds.high_s[row])
    waited = leave - moved
    fits = (moved >= bounds.low_s[row]) & (moved >= leave_s[0]) & (moved <= leave_s[1])
    fits &= (waited <= bounds.wait_s) & (leave <= leave_s[1] + bounds.wait_s)
    access_s += waited
    leave[:] = moved
    kept = np.flatnonzero(fits)
    for column in rows:
        column[: len(kept)] = column[kept]
    return len(kept)

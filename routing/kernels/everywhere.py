"""Arrivals at all stops at once: the rounds of :mod:`routing.kernels.raptor` without a target."""

from typing import Any

import numpy as np
from numba import njit

from routing.kernels.compiled import fill
from routing.kernels.raptor import _run_rounds
from routing.kernels.raptor_arrays import INF, Lines, Starts, Work


@njit(cache=True, nogil=True)
def arrive_everywhere(
    lines: Lines,
    starts: Starts,
    n_starts: int,
    leave_s: Any,
    max_rounds: int,
    max_duration_s: int,
    work: Work,
    arrival_s: Any,
) -> None:
    """Find the earliest arrival by vehicle at every stop, for one or several departures.

    Parameters
    ----------
    lines : Lines
        The day.
    starts : Starts
        First boardings, sorted; the first ``n_starts`` count.
    leave_s : int32, (n,)
        Departures from the origin, latest first; every start whose ``leave_s`` is not earlier
        counts for it.
    max_rounds : int
        Most rides, less than the rows of ``work.arrival``.
    max_duration_s : int
        From leaving to arriving.
    work : Work
        Scratch that does not count walking.
    arrival_s : int32, (n, max_rounds, n_stops)
        Filled: row ``k`` with at most ``k + 1`` rides, ``INF`` where not reached in time.

    References
    ----------
    Delling, Pajor & Werneck (2012), Round-Based Public Transit Routing, sec. 4.2.
    """
    size = (max_rounds + 1) * work.arrival.shape[2]
    fill(work.arrival, size, INF)
    fill(work.ready, size, INF)
    work.target_s[:] = INF
    n_steps: Any = np.int64(1)  # as a search takes it, so that it is compiled once
    begin: Any = np.int64(0)
    for i in range(leave_s.size):
        while begin < n_starts and starts.leave_s[begin] >= leave_s[i]:
            end = begin + 1
            while end < n_starts and starts.leave_s[end] == starts.leave_s[begin]:
                end += 1
            work.limit_s[:] = starts.leave_s[begin] + max_duration_s + 1
            _run_rounds(lines, starts, begin, end, n_steps, max_rounds, max_rounds + 1, work)
            begin = end
        for k in range(max_rounds):
            for stop in range(arrival_s.shape[2]):
                at = work.arrival[k + 1, 0, stop]
                arrival_s[i, k, stop] = at if at - leave_s[i] <= max_duration_s else INF

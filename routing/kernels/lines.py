"""Compiled sorting of a day's runs into lines that never overtake."""

import numpy as np
from numba import njit

from routing.arrays import Int32, Int64, UInt32


@njit(cache=True, nogil=True)
def assign_lines(
    run_pattern: Int64,
    run_call: Int64,
    run_shift_s: Int32,
    length: Int64,
    arrival_s: Int32,
    departure_s: Int32,
    last_of_line: Int64,
    line: Int64,
) -> int:
    """Put each run into the first line of its pattern in which it overtakes nobody.

    Parameters
    ----------
    run_pattern : int64, (n_runs,)
        Ascending; runs of one pattern by first departure.
    run_call : int64, (n_runs,)
        First row of the run's trip in ``arrival_s`` and ``departure_s``.
    run_shift_s : int32, (n_runs,)
        Added to its times.
    length : int64, (n_runs,)
        Calls of each run.
    arrival_s, departure_s : int32, (n_calls,)
        Calls of the timetable.
    last_of_line : int64, (n_runs,)
        Scratch.
    line : int64, (n_runs,)
        Filled.

    Returns
    -------
    int
        Number of lines.
    """
    n_lines = 0
    begin = 0  # first line of the pattern
    for run in range(run_pattern.size):
        if run == 0 or run_pattern[run] != run_pattern[run - 1]:
            begin = n_lines
        chosen = n_lines
        for candidate in range(begin, n_lines):
            other = last_of_line[candidate]
            shift = run_shift_s[run] - run_shift_s[other]
            a, b = run_call[run], run_call[other]
            ahead = True
            for j in range(length[run]):
                if (
                    arrival_s[a + j] + shift < arrival_s[b + j]
                    or departure_s[a + j] + shift < departure_s[b + j]
                ):
                    ahead = False
                    break
            if ahead:
                chosen = candidate
                break
        if chosen == n_lines:
            n_lines += 1
        last_of_line[chosen] = run
        line[run] = chosen
    return n_lines


@njit(cache=True, nogil=True)
def fill_times(
    trip_first: UInt32,
    time_first: UInt32,
    run_call: Int64,
    run_shift_s: Int32,
    arrival_s: Int32,
    departure_s: Int32,
    out_arrival_s: Int32,
    out_departure_s: Int32,
) -> None:
    """Lay out the times of each line: arrivals run by run, departures position by position.

    Parameters
    ----------
    trip_first, time_first : uint32, (n_lines + 1,)
        Runs and rows of times of each line.
    run_call : int64, (n_runs,); run_shift_s : int32, (n_runs,)
        First call in the timetable and seconds to add, in the order of the lines.
    arrival_s, departure_s : int32, (n_calls,)
        Calls of the timetable.
    out_arrival_s, out_departure_s : int32, (n_run_calls,)
        Filled.
    """
    for line in range(trip_first.size - 1):
        start, end = np.int64(trip_first[line]), np.int64(trip_first[line + 1])
        base = np.int64(time_first[line])
        n_runs = end - start
        length = (np.int64(time_first[line + 1]) - base) // n_runs
        for i in range(n_runs):
            call, shift = run_call[start + i], run_shift_s[start + i]
            for j in range(length):
                out_arrival_s[base + i * length + j] = arrival_s[call + j] + shift
                out_departure_s[base + j * n_runs + i] = departure_s[call + j] + shift

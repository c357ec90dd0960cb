"""The arrays of trip-to-trip searching: shortcuts, and the scratch of one thread."""

from typing import Any, NamedTuple

NEVER = 2**16 - 1
"""A run nobody has reached yet; later than any position."""


class Hops(NamedTuple):
    """Arrays of ``Shortcuts``, by its names."""

    run_line: Any
    run_event: Any
    hop_first: Any
    hop: Any
    pos_bits: Any
    exit_first: Any
    exit_line: Any
    exit_pos: Any


class Reduction(NamedTuple):
    """Scratch of one thread that reduces transfers; a fresh one for every attempt.

    Parameters
    ----------
    best_s : int32, (n_stops,)
        Earliest arrival by vehicle of someone in the run looked at; ``INF`` between runs.
    touched : uint32, (n_stops,)
        Stops with such an arrival.
    owner : int64, (n_stops,)
        Which hop of which call brought that arrival; the calls count in the high bits.
    owns : int32, (room,)
        Number of stops at which a hop is the earliest.
    seen_run, seen_pos : uint32, (n_lines,)
        Run and position at which a line was last caught.
    seen_of : int64, (n_lines,)
        For which run that was noted.
    call_hop : int64, (longest + 1, 2)
        First hop of each call of a run, and the one past its last, in the next two.
    run, pos : uint32, uint16, (room,)
        Hops of one run, last call first.
    """

    best_s: Any
    touched: Any
    owner: Any
    owns: Any
    seen_run: Any
    seen_pos: Any
    seen_of: Any
    call_hop: Any
    run: Any
    pos: Any


class TripWork(NamedTuple):
    """Scratch of one thread that searches, reused from query to query.

    ``reached`` : uint16, (rounds + 1, n_runs), first position of a run at which one can sit in
    it, or in one before it, after so many rides; a single departure needs one row. ``queue_run``
    : uint32, ``queue_begin``, ``queue_end`` : uint16, part of a run to look at: boarded at
    ``begin``, known beyond ``end``; ``queue_from`` : int32, the part one came from,
    ``queue_left`` : uint16, the position where one left it (seconds from the origin for a first
    ride stand in ``queue_from``). ``egress_s`` : int32, (n_stops,), ``INF`` between queries.
    ``last_exit`` : uint16, (n_lines,), last position from which the destination is reached, 0
    for none. ``target_s``, ``target_part``, ``target_pos``, ``is_better`` : int32,
    (rounds + 2,), arrival at the destination, where in which part, and if it is new.
    """

    reached: Any
    queue_run: Any
    queue_begin: Any
    queue_end: Any
    queue_from: Any
    queue_left: Any
    egress_s: Any
    last_exit: Any
    target_s: Any
    target_part: Any
    target_pos: Any
    is_better: Any

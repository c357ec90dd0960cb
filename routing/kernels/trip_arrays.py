"""The arrays of trip-to-trip searching: shortcuts, and the scratch of one thread."""

from typing import Any, NamedTuple

NEVER = 2**16 - 1
"""A run nobody has reached yet; later than any position."""


NO_PART = -1
"""End of a list of parts."""


class Hops(NamedTuple):
    """Arrays of ``Shortcuts``, by its names."""

    run_line: Any
    run_event: Any
    hop_first: Any
    hop: Any
    hop_steps: Any
    more_first: Any
    more: Any
    more_steps: Any
    pos_bits: Any
    cell: Any
    pos_cell: Any
    between_s: Any


class AtBest(NamedTuple):
    """How soon the destination is reached from the stops of each cell, whatever the timetable.

    Both are int32, (most cells,), seconds, ``INF`` where there is no way: ``exit_s`` without riding
    on, ``least_s`` in any way.
    """

    exit_s: Any
    least_s: Any


class Reduction(NamedTuple):
    """Scratch of one thread that reduces transfers; a fresh one for every attempt.

    Parameters
    ----------
    best_s : int32, (n_steps, n_stops)
        Earliest arrival by vehicle of someone in the run looked at, with so many steps of walking;
        ``INF`` between runs.
    touched : uint32, (n_stops,)
        Stops with such an arrival.
    owner : int64, (n_steps, n_stops)
        Which hop of which call brought that arrival; the calls count in the high bits.
    owns, leads : int32, (room,)
        Number of arrivals of which a hop is the earliest, and of those with any walking.
    seen_run, seen_pos : uint32, (n_steps, n_lines)
        Run and position at which a line was last caught after so many steps.
    seen_of : int64, (n_steps, n_lines)
        For which run that was noted.
    call_hop : int64, (longest + 1, 3)
        First hop of each call of a run, the one past those that lead, and the one past its last,
        in the next three.
    run, pos, steps : uint32, uint16, uint8, (room,)
        Hops of one run, last call first.
    """

    best_s: Any
    touched: Any
    owner: Any
    owns: Any
    leads: Any
    seen_run: Any
    seen_pos: Any
    seen_of: Any
    call_hop: Any
    run: Any
    pos: Any
    steps: Any


class TripWork(NamedTuple):
    """Scratch of one thread that searches, reused from query to query.

    ``reached`` : uint16, (rounds + 1, n_runs, steps), first position of a run at which one can
    sit in it, or in one before it, after so many rides and steps of walking; a single departure
    needs one row. ``queue_run`` : uint32, ``queue_begin``, ``queue_end`` : uint16, part of a
    run to look at: boarded at ``begin``, known beyond ``end``; ``queue_from`` : int32, the part
    one came from, ``queue_left`` : uint16, the position where one left it (seconds from the
    origin for a first ride stand in ``queue_from``); ``queue_next`` : int32, the next part with
    as many rides and steps, whose list begins and ends in ``first_part``, ``last_part`` :
    int32, (2, steps), for even and odd rides. ``egress_s`` : int32, (n_stops,), ``INF`` between
    queries; ``egress_steps`` : uint8, (n_stops,), and the fewest of them, ``fewest_steps`` :
    int64, (1,). ``limit_s`` : int32, (rounds + 2,), the first arrival at the destination too
    late for so many rides. ``target_s``, ``target_part``, ``target_pos``, ``is_better`` :
    int32, (rounds + 2, steps), arrival at the destination, where in which part, and if it is
    new.
    """

    reached: Any
    queue_run: Any
    queue_begin: Any
    queue_end: Any
    queue_from: Any
    queue_left: Any
    queue_next: Any
    first_part: Any
    last_part: Any
    egress_s: Any
    egress_steps: Any
    fewest_steps: Any
    limit_s: Any
    target_s: Any
    target_part: Any
    target_pos: Any
    is_better: Any

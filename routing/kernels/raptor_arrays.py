"""The arrays the transit search reads, and those it works in."""

from typing import Any, NamedTuple

INF = 2**30
"""No arrival yet; later than any time of a view, so that comparisons need no extra test."""

NOWHERE = 2**32 - 1
CAN_BOARD, CAN_ALIGHT = 1, 2
HEAD_FIELDS, RIDE_FIELDS = 4, 11


class Lines(NamedTuple):
    """Arrays of a ``DayView``, by its names."""

    stop_first: Any
    stop: Any
    flags: Any
    trip_first: Any
    time_first: Any
    arrival_s: Any
    departure_s: Any
    serving_first: Any
    serving_line: Any
    serving_pos: Any
    foot_first: Any
    foot_target: Any
    foot_s: Any
    change_s: Any
    trip: Any
    service_offset: Any
    pattern: Any


class Starts(NamedTuple):
    """First boardings, latest departure from the origin (``leave_s``) first.

    Within one ``leave_s`` they are sorted by line, position and run (uint32); ``access_s`` is the
    time from the origin to the stop. Both times are int32 seconds.
    """

    leave_s: Any
    line: Any
    pos: Any
    run: Any
    access_s: Any


class Work(NamedTuple):
    """Scratch of one thread, reused from query to query.

    Rows ``k`` hold what is known after ``k`` rides; a single departure needs one row of labels.
    ``arrival``, ``ready`` : int32, (rounds + 1, n_stops), seconds. ``from_line``, ``from_run``,
    ``from_board``, ``from_alight`` : uint32, the last ride to a stop. ``ready_from`` : uint32,
    stop walked or changed from; in row 0 the seconds from the origin. ``ridden``, ``marked`` :
    uint32, (n_stops,), lists of stops with a new arrival, or newly ready; ``is_ridden``,
    ``is_marked`` : uint8, whether listed; ``n_marked`` : int32, (1,). ``queue`` : uint32,
    (n_lines,), lines to scan; ``first_pos`` : uint32, from where, ``NOWHERE`` between queries.
    ``egress_s`` : int32, (n_stops,), ``INF`` between queries. ``target_s``, ``target_stop``,
    ``is_better`` : int32, (rounds + 1,), arrival at the destination, over which stop, if new.
    """

    arrival: Any
    ready: Any
    from_line: Any
    from_run: Any
    from_board: Any
    from_alight: Any
    ready_from: Any
    ridden: Any
    is_ridden: Any
    marked: Any
    is_marked: Any
    n_marked: Any
    queue: Any
    first_pos: Any
    egress_s: Any
    target_s: Any
    target_stop: Any
    is_better: Any

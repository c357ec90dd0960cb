"""The arrays the transit search reads, and those it works in."""

from typing import Any, NamedTuple

import numpy as np

from routing.kernels.compiled import search_part

INF = 2**30
"""No arrival yet; later than any time of a view, so that comparisons need no extra test."""

NO_WAY = 2**29
"""Seconds of a way that does not exist; added to a time it is no earlier than any."""

WALKING_LESS_S = 1800
"""How much later than with more walking, and as many rides, one may arrive to walk less."""

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
    foot_steps: Any
    change_s: Any
    trip: Any
    service_offset: Any
    pattern: Any


class Starts(NamedTuple):
    """First boardings, latest departure from the origin (``leave_s``) first.

    Within one ``leave_s`` they are sorted by ``steps`` (uint8, of walking to the stop), line and
    position (uint32); ``run`` is the run boarded; ``access_s`` is the time from the origin to the
    stop. Both times are int32 seconds.
    """

    leave_s: Any
    line: Any
    pos: Any
    run: Any
    access_s: Any
    steps: Any


class Work(NamedTuple):
    """Scratch of one thread, reused from query to query.

    ``[k, w]`` holds what is known after ``k`` rides and ``w`` steps of walking; a single
    departure that does not count steps needs one row of labels. ``arrival``, ``ready`` : int32,
    (rounds + 1, steps, n_stops), seconds. ``from_line``, ``from_run``, ``from_board``,
    ``from_alight`` : uint32, the last ride to a stop. ``ready_from`` : uint32, stop walked or
    changed from, and ``ready_steps`` : uint8, steps walked until there; with ``k = 0`` the
    seconds from the origin. ``ridden`` : uint32, (n_stops,), stops with a new arrival;
    ``is_ridden`` : uint8, whether listed. ``marked`` : uint32, (2, steps, n_stops), stops newly
    ready for this round and the next; ``is_marked`` : uint8, 1 marked, 2 listed but not marked
    any more; ``n_marked`` : int32, (2, steps). ``queue`` : uint32, (9 * n_lines,), lines to
    scan, in the first round once for each number of steps walked to them; ``first_pos`` :
    uint32, (n_lines,), from where, ``NOWHERE`` between queries. ``egress_s`` : int32,
    (n_stops,), ``INF`` between queries; ``egress_steps`` : uint8, (n_stops,), and the fewest of
    them, ``fewest_steps`` : int64, (1,). ``limit_s`` : int32, (rounds + 1,), the first arrival
    at the destination too late for so many rides. ``target_s``, ``target_stop``,
    ``target_steps``, ``is_better`` : int32, (rounds + 1, steps), arrival there, over which
    stop, steps until there, and if it is new.
    """

    arrival: Any
    ready: Any
    from_line: Any
    from_run: Any
    from_board: Any
    from_alight: Any
    ready_from: Any
    ready_steps: Any
    ridden: Any
    is_ridden: Any
    marked: Any
    is_marked: Any
    n_marked: Any
    queue: Any
    first_pos: Any
    egress_s: Any
    egress_steps: Any
    fewest_steps: Any
    limit_s: Any
    target_s: Any
    target_stop: Any
    target_steps: Any
    is_better: Any


@search_part
def note_exits(
    egress_stop: Any,
    egress_s: Any,
    egress_steps: Any,
    n_steps: Any,
    stop_s: Any,
    stop_steps: Any,
    fewest_steps: Any,
) -> None:
    """Note how the destination is reached from which stops; the last three are of the scratch."""
    fewest_steps[0] = n_steps - 1
    for i in range(egress_stop.size):
        stop = egress_stop[i]
        fewest_steps[0] = min(fewest_steps[0], egress_steps[i])
        if egress_s[i] < stop_s[stop]:
            stop_s[stop] = egress_s[i]
            stop_steps[stop] = egress_steps[i]


@search_part
def set_limits(limit_s: Any, soonest_s: Any, n_steps: Any, latest: int) -> None:
    """Note which arrivals at the destination are too late for one group of starts.

    Parameters
    ----------
    limit_s : int32, (rounds + 1,)
        Filled.
    soonest_s : int32, (rounds + 1,)
        Arrival by so many rides with any walking, ``INF`` for none; read where walking counts.
    n_steps : int
        Steps of walking told apart.
    latest : int
        Last instant looked at.
    """
    limit = np.int64(latest) + 1
    limit_s[:] = limit
    if n_steps > 1:
        for k in range(min(limit_s.size, soonest_s.size) - 1, 0, -1):
            if soonest_s[k] < INF:  # with fewer rides than it takes one has to ride on
                limit = min(np.int64(latest), np.int64(soonest_s[k]) + WALKING_LESS_S) + 1
            limit_s[k] = limit


@search_part
def latest_of_use(target_s: Any, k: int, w: Any, fewest: Any, limit_s: Any) -> Any:
    """Return the first instant too late for someone with ``k`` rides and ``w`` steps.

    Parameters
    ----------
    target_s : int32, (rounds + 1, n_steps)
        Arrivals at the destination.
    fewest : int
        Steps anyone walks from the last stop at least.
    limit_s : int32, (rounds + 1,)
        The first arrivals too late for anyone.
    """
    most = target_s.shape[1] - 1
    return min(np.int64(target_s[k, min(w + fewest, most)]), np.int64(limit_s[k]))


@search_part
def outdo(target_s: Any, is_better: Any, k: int, w: Any, n_steps: Any, t: Any) -> None:
    """Note an earlier arrival with ``k`` rides and ``w`` steps, for more rides and steps too.

    Those are new no more: who arrives as early with fewer outdoes them. Both arrays are int32,
    (rounds + 1, n_steps), modified in place.
    """
    for higher in range(k, target_s.shape[0]):
        for more in range(w, n_steps):
            if target_s[higher, more] < t:
                break
            target_s[higher, more] = t
            is_better[higher, more] = 0
    is_better[k, w] = 1

"""When all stops are reached from somewhere, or left for somewhere: one-to-all searches."""

import numpy as np

from routing.arrays import Int32
from routing.kernels.everywhere import arrive_everywhere
from routing.kernels.raptor_arrays import INF
from routing.kernels.starts import find_starts
from routing.pool import AT_ONCE, Turns
from routing.transit.day_view import DayView
from routing.transit.ends import LONGEST_S, Ends, TransitQueryError, read_ends
from routing.transit.room import MOST_TRANSFERS, lend_room, sort_starts
from routing.transit.search import DEFAULT_TRANSFERS

__all__ = ["INF", "arrivals", "departures"]

_long_turns = Turns(AT_ONCE - 2)
"""These searches take long: a place is left for other long ones, besides that for short ones."""


def arrivals(
    view: DayView,
    access: Ends,
    leave_s: Int32,
    max_transfers: int = DEFAULT_TRANSFERS,
    max_duration_s: int = LONGEST_S,
) -> Int32:
    """Return the earliest arrival by vehicle at every stop, for one or several departures.

    Boarding, changing and leaving are as in :class:`TransitSearch`, so that adding the seconds
    from each stop to a destination, and taking the least, gives what ``earliest`` finds there.

    Parameters
    ----------
    view : DayView
        The date's trips; seconds below count from its local midnight.
    access : tuple of (uint32 or int32, (n,)) and (int32, (n,))
        Stops, and seconds from the origin to each.
    leave_s : int32, (n_moments,)
        Moments at or after which one leaves the origin, in ascending order.
    max_transfers, max_duration_s : int
        As in ``TransitSearch.earliest``.

    Returns
    -------
    int32, (n_moments, max_transfers + 1, n_stops)
        Row ``k`` with at most ``k`` changes; ``INF`` where not reached.
    """
    if not 0 <= max_transfers <= MOST_TRANSFERS:
        raise TransitQueryError(f"{max_transfers} transfers; at most {MOST_TRANSFERS}")
    start = read_ends(view, access)
    moments = np.ascontiguousarray(leave_s, np.int32)
    found = np.empty((len(moments), max_transfers + 1, view.n_stops), np.int32)
    if not len(moments):
        return view.gather(found)
    lines, no_steps = view.lines, np.zeros(len(start.stop), np.uint8)
    several = len(moments) > 1
    until_s = int(moments[-1]) + (0 if several else max_duration_s)
    query = (start.stop, start.seconds, no_steps, int(moments[0]), until_s, several, True)
    latest_first = np.ascontiguousarray(moments[::-1])
    limits = latest_first, max_transfers + 1, max_duration_s
    with _long_turns.turn(), lend_room() as room:
        count = find_starts(lines, *query, room.starts)
        if count > len(room.starts.leave_s):
            room.widen(2 * count)
            find_starts(lines, *query, room.starts)
        sort_starts(room.starts, count)
        work = room.work(view, max_transfers + 1, 1)
        arrive_everywhere(lines, room.starts, count, *limits, work, found)
    return view.gather(found)[::-1]


def departures(
    view: DayView,
    egress: Ends,
    arrive_s: Int32,
    max_transfers: int = DEFAULT_TRANSFERS,
    max_duration_s: int = LONGEST_S,
) -> Int32:
    """Return the latest departure by vehicle from every stop that still arrives by each moment.

    Parameters are those of :func:`arrivals` turned around: ``egress`` leads to the destination,
    ``arrive_s`` are moments by which one is there, in ascending order. ``-INF`` where none does.
    """
    moments = -np.ascontiguousarray(arrive_s, np.int32)[::-1]
    found = arrivals(view.mirror, egress, moments, max_transfers, max_duration_s)
    return -found[::-1]

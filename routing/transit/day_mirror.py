"""A day run backwards: what arrives by a time, found as what leaves after it."""

import numpy as np

from routing.arrays import Int32, Int64, UInt32, group_first, group_sizes
from routing.transit.day_lines import list_servings
from routing.transit.day_view import CAN_ALIGHT, CAN_BOARD, DayView


def mirror(view: DayView) -> DayView:
    """Return the view with time negated and every line, run and footpath reversed.

    Position ``j`` of a line of ``n`` calls is position ``n - 1 - j`` there, and run ``i`` of ``m``
    is run ``m - 1 - i``; boarding and alighting change places. An answer found at ``-t`` holds
    at ``t``.
    """
    positions = _turned(view.stop_first)
    runs = _turned(view.trip_first)
    flags = view.flags[positions]
    stop = view.stop[positions]
    turned = (flags & CAN_BOARD) * CAN_ALIGHT + (flags & CAN_ALIGHT) // CAN_ALIGHT * CAN_BOARD
    arrival_s, departure_s = _turned_times(view)
    turned = turned.astype(np.uint8)
    servings = list_servings(stop, turned, view.stop_first, view.n_stops)
    foot_first, foot_target, foot_s = _turned_footpaths(view)
    return DayView(
        day=view.day,
        epoch_s=view.epoch_s,
        stop_first=view.stop_first,
        stop=stop,
        flags=turned,
        trip_first=view.trip_first,
        trip=view.trip[runs],
        service_offset=view.service_offset[runs],
        time_first=view.time_first,
        arrival_s=arrival_s,
        departure_s=departure_s,
        serving_first=servings[0],
        serving_line=servings[1],
        serving_pos=servings[2],
        foot_first=foot_first,
        foot_target=foot_target,
        foot_s=foot_s,
        change_s=view.change_s,
        pattern=view.pattern,
        through=view.through,
        real=view.real,
    )


def _turned(first: UInt32) -> Int64:
    """Return the rows of each group in reverse, the groups in place."""
    sizes = group_sizes(first)
    low = np.repeat(first[:-1].astype(np.int64), sizes)
    high = np.repeat(first[1:].astype(np.int64), sizes)
    return low + high - 1 - np.arange(int(first[-1]), dtype=np.int64)


def _turned_times(view: DayView) -> tuple[Int32, Int32]:
    """Return arrivals (run-major) and departures (position-major) of the mirror."""
    n_runs, n_calls = group_sizes(view.trip_first), group_sizes(view.stop_first)
    size = group_sizes(view.time_first)
    start = np.repeat(view.time_first[:-1].astype(np.int64), size)
    within = np.arange(int(view.time_first[-1]), dtype=np.int64) - start
    many, long = np.repeat(n_runs, size), np.repeat(n_calls, size)
    run, pos = many - 1 - within // long, long - 1 - within % long
    arrival_s = -view.departure_s[start + pos * many + run]
    pos, run = long - 1 - within // many, many - 1 - within % many
    departure_s = -view.arrival_s[start + run * long + pos]
    return arrival_s, departure_s


def _turned_footpaths(view: DayView) -> tuple[UInt32, UInt32, Int32]:
    source = np.repeat(np.arange(view.n_stops), group_sizes(view.foot_first))
    order = np.lexsort((view.foot_s, view.foot_target))
    return (
        group_first(view.foot_target[order], view.n_stops),
        source[order].astype(np.uint32),
        view.foot_s[order],
    )

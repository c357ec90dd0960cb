"""From when on the next ride of a kept journey can be boarded, by the rules plans are made with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from routing.explore.explorer import Explorer
from routing.journeys.itinerary import STAY
from routing.journeys.itinerary_id import KeptWay
from routing.model import Place
from routing.transit.split import ruled_change_s
from routing.transit.tables import FORBIDDEN_S, IN_SEAT, NO_IN_SEAT
from routing.transit.timetable import Timetable

if TYPE_CHECKING:
    from routing.explore.refresh import FreshLeg


def ready_s(
    explorer: Explorer, came: "FreshLeg", ways: Sequence[KeptWay], leg: "FreshLeg"
) -> int | None:
    """Return from when on a ride can be boarded.

    Riders who were to stay in their seats do so while both trips are still of one vehicle. Else
    the rule of ``transfers.txt`` counts that says most of the two trips, then the walk that was
    planned, then the time to change at the stop. After a stay no rule for changes counts.

    Parameters
    ----------
    explorer : Explorer
        Of the network.
    came, leg : FreshLeg
        The ride before, and the one to be boarded.
    ways : sequence of KeptWay
        What lies between the two.

    Returns
    -------
    int or None
        Unix seconds; ``None`` where the change is not possible.
    """
    table, before, ride = explorer.timetable, came.ride, leg.ride
    assert before is not None and ride is not None  # noqa: S101, PT018 - both are rides
    walked_s = sum(way.seconds for way in ways if way.mode != STAY)
    off, on = _stop(table, came.alight, before.alight_id), _stop(table, leg.board, ride.board_id)
    if any(way.mode == STAY for way in ways) or off is None or on is None:
        return came.end_s + walked_s
    out, into = (explorer.trips.row(one.trip_id, one.day) for one in (before, ride))
    if ride.interlined and before.day == ride.day and _one_vehicle(table, out, into):
        return came.end_s
    seconds = ruled_change_s(table, (off, out), (on, into))
    if seconds is None:
        seconds = walked_s if ways else _change_s(table, off, on)
    return None if seconds >= FORBIDDEN_S else came.end_s + seconds


def _stop(table: Timetable, place: Place | None, planned_id: str) -> int | None:
    stop_id = planned_id if place is None or place.stop_id is None else place.stop_id
    return table.find_stop(stop_id)


def _one_vehicle(table: Timetable, before: int, after: int) -> bool:
    """Tell whether trips that were to be ridden through are still run by one vehicle."""
    if before == after:
        return True
    if max(before, after) >= table.n_trips:
        return False
    rules, block = table.rules, table.trips.block
    named = rules.kind[(rules.from_trip == before) & (rules.to_trip == after)].tolist()
    return IN_SEAT in named or (block[before] == block[after] >= 0 and NO_IN_SEAT not in named)


def _change_s(table: Timetable, off: int, on: int) -> int:
    """Return the seconds of a change without a walk: at a stop, or to another platform of it."""
    paths = table.footpaths
    if off == on:
        return int(paths.change_s[off])
    rows = slice(int(paths.first[off]), int(paths.first[off + 1]))
    known = paths.duration_s[rows][paths.target[rows] == on]
    if len(known):
        return int(known[0])
    one_station = table.stops.parent[off] == table.stops.parent[on] >= 0
    shut = (paths.forbidden_from == off) & (paths.forbidden_to == on)
    return 0 if one_station and not np.any(shut) else FORBIDDEN_S

"""Puts a clock on a sequence of stops."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.model import Move, Tour, Truck
from fleet.tasks import Rules

Float64 = NDArray[np.float64]
Visit = tuple[int, int]
"""Station index and vehicles dropped (positive) or picked up (negative)."""


def merge_visits(visits: list[Visit]) -> list[Visit]:
    """Join visits that follow each other at one station, and drop those that move nothing."""
    merged: list[Visit] = []
    for station, dropped in visits:
        if merged and merged[-1][0] == station:
            merged[-1] = (station, merged[-1][1] + dropped)
        else:
            merged.append((station, dropped))
    return [visit for visit in merged if visit[1] != 0]


def duration_s(visits: list[Visit], travel_s: Float64, rules: Rules) -> float:
    """Return the seconds a tour takes from depot to depot; ``inf`` where there is no way.

    Parameters
    ----------
    visits : list of Visit
        Stops in order.
    travel_s : float64, (n + 1, n + 1)
        Driving seconds, depot first.
    rules : Rules
        Stopping and handling.
    """
    here, total = 0, 0.0
    for station, dropped in visits:
        total += travel_s[here, station + 1] + rules.stop_s + rules.handle_s * abs(dropped)
        here = station + 1
    return total + (float(travel_s[here, 0]) if visits else 0.0)


def to_tour(
    truck: Truck, visits: list[Visit], station_ids: list[str], travel_s: Float64, rules: Rules
) -> Tour:
    """Write a tour out with clock and load, whole seconds, always rounded up.

    Parameters
    ----------
    truck : Truck
        Who drives.
    visits : list of Visit
        Stops in order.
    station_ids : list of str
        Ids by station index.
    travel_s : float64, (n + 1, n + 1)
        Driving seconds, depot first.
    rules : Rules
        Stopping and handling.
    """
    now, load, here = 0, truck.start_load, 0
    moves = []
    for station, dropped in visits:
        arrival = now + math.ceil(travel_s[here, station + 1])
        now = arrival + rules.stop_s + rules.handle_s * abs(dropped)
        load -= dropped
        moves.append(Move(station_ids[station], dropped, arrival, now, load))
        here = station + 1
    now += math.ceil(travel_s[here, 0]) if visits else 0
    return Tour(truck.truck_id, truck.start_load, load, now, tuple(moves))

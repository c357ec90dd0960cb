"""From targets to the list of jobs a truck may do, each with what it is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

PARTS_PER_STATION = 3
SMALLEST_PART = 4


@dataclass(frozen=True, slots=True)
class Rules:
    """What driving and handling cost, and what a lost trip is worth against them.

    Parameters
    ----------
    stop_s : int
        Seconds to park and set off again at a station.
    handle_s : int
        Seconds to load or unload one vehicle.
    lost_trip_s : int
        Seconds of truck time that one trip saved from being lost is worth.
    """

    stop_s: int = 120
    handle_s: int = 30
    lost_trip_s: int = 900


@dataclass(frozen=True, slots=True)
class Task:
    """A part of a station's wish, small enough for one visit; left undone, it costs ``price_s``."""

    station: int
    dropped: int
    price_s: int


def split_tasks(
    stock: Int64, target: Int64, lost: Float64, worth: float, largest: int, rules: Rules
) -> list[Task]:
    """Cut each station's wish into up to three visits, or as many as the truck's size asks for.

    Losses are convex, so the first vehicles moved gain most: parts carry falling prices, and a
    truck short of time or room does the first and leaves the last.

    Parameters
    ----------
    stock, target : int64, (n,)
        Vehicles there now, and wanted.
    lost : float64, (n, width)
        Expected lost trips by stock.
    worth : float
        Lost trips that one vehicle in hand would save elsewhere, at least 0: credited to a
        pick-up, charged to a drop, so that each job has its own value and both ends of a
        transfer are worth their half. The search takes it back for vehicles left aboard.
    largest : int
        Most vehicles one visit may move: the capacity of the largest truck.
    rules : Rules
        For the price of a lost trip.

    Returns
    -------
    list of Task
        Parts worth less than handling them are left out.
    """
    tasks = []
    for station in np.flatnonzero(target != stock):
        have, wanted = int(stock[station]), int(target[station] - stock[station])
        sign, size = (1 if wanted > 0 else -1), abs(wanted)
        per_part = min(max(SMALLEST_PART, -(-size // PARTS_PER_STATION)), largest)
        parts = -(-size // per_part)
        for part in np.array_split(np.arange(size), parts):
            then = have + sign * part.size
            gain = float(lost[station, have] - lost[station, then]) - worth * sign * part.size
            price = round(gain * rules.lost_trip_s)
            if price > rules.handle_s * part.size:
                tasks.append(Task(int(station), sign * int(part.size), price))
            have = then
    return tasks


def task_times(tasks: list[Task], travel_s: Float64, rules: Rules, never: int) -> Int64:
    """Return seconds from the end of one job to the end of the next, driving and handling.

    Parameters
    ----------
    tasks : list of Task
        The jobs; row and column ``k + 1`` are ``tasks[k]``, 0 is the depot.
    travel_s : float64, (n + 1, n + 1)
        Driving seconds, depot first, ``inf`` where there is no way.
    rules : Rules
        Stopping and handling.
    never : int
        Seconds to put where there is no way: more than any shift.

    Returns
    -------
    int64, (len(tasks) + 1, len(tasks) + 1)
        Rounded up, so that a plan never counts on a fraction of a second.
    """
    place = np.array([0, *(task.station + 1 for task in tasks)])
    handling = np.array([0, *(abs(task.dropped) * rules.handle_s for task in tasks)])
    seconds = np.ceil(travel_s[np.ix_(place, place)])
    moves_on = place[:, None] != place[None, :]
    seconds = np.where(moves_on, seconds, 0.0)
    seconds += np.where(moves_on & (place[None, :] != 0), rules.stop_s, 0) + handling[None, :]
    return np.where(np.isfinite(seconds), np.minimum(seconds, never), never).astype(np.int64)

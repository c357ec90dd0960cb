"""Walks between stops: those the feed states, then those along streets."""

import numpy as np

from routing.arrays import Int32, Int64, UInt32, freeze, group_first, group_sizes
from routing.transit.day_view import PLAIN_WALK, STEP_FREE_WALK, Closed
from routing.transit.tables import Footpaths
from routing.transit.timetable import Timetable


def with_footpaths(
    timetable: Timetable,
    from_stop: UInt32 | Int32 | Int64,
    to_stop: UInt32 | Int32 | Int64,
    duration_s: Int32,
    walk: str = PLAIN_WALK,
    parted: tuple[Int64, Int64] | None = None,
) -> Timetable:
    """Return a timetable that also has walks along streets.

    Where the feed's ``transfers.txt`` gives a time between two stops, or forbids the change, that
    stays. Of two walks between the same stops the shorter is kept.

    Parameters
    ----------
    timetable : Timetable
        Left as it is; the answer shares its arrays.
    from_stop, to_stop : integer, (n,)
        Stops of each walk, in one direction. Walks from a stop to itself are dropped.
    duration_s : int32, (n,)
        Seconds, at least 0.
    walk : str
        Who walks; each has footpaths of its own.
    parted : tuple of (int64, (m,)) and (int64, (m,)), optional
        Stops between which there is no way for them, whatever ``transfers.txt`` says.
    """
    old, n = timetable.footpaths, timetable.n_stops
    source = np.repeat(np.arange(n, dtype=np.int64), group_sizes(old.first))
    stated = old.stated == 1
    if parted is not None:
        stated &= ~np.isin(source * n + old.target, parted[0] * n + parted[1])
    source = source[stated]
    target = old.target[stated].astype(np.int64)
    new_from, new_to = np.asarray(from_stop, np.int64), np.asarray(to_stop, np.int64)
    taken = np.concatenate(
        [source * n + target, old.forbidden_from.astype(np.int64) * n + old.forbidden_to]
    )
    keep = (new_from != new_to) & ~np.isin(new_from * n + new_to, taken)
    source = np.concatenate([source, new_from[keep]])
    target = np.concatenate([target, new_to[keep]])
    seconds = np.concatenate([old.duration_s[stated], np.asarray(duration_s, np.int32)[keep]])
    is_stated = np.repeat(np.array([1, 0], np.uint8), [int(stated.sum()), int(keep.sum())])
    order = np.lexsort((seconds, source * n + target))
    pair = (source * n + target)[order]
    order = order[np.concatenate([[True], pair[1:] != pair[:-1]])[: len(order)]]
    order = order[np.lexsort((target[order], seconds[order], source[order]))]
    footpaths = Footpaths(
        group_first(source[order], n),
        target[order].astype(np.uint32),
        seconds[order].astype(np.int32),
        is_stated[order],
        old.change_s,
        old.forbidden_from,
        old.forbidden_to,
    )
    if walk == PLAIN_WALK:
        return timetable.with_tables(footpaths=footpaths)
    freeze(footpaths)
    return timetable.with_tables(other_footpaths={**timetable.other_footpaths, walk: footpaths})


def with_station_ways(timetable: Timetable) -> Timetable:
    """Return a timetable with the ways inside its stations, for all and for those on wheels."""
    for walk, step_free in ((PLAIN_WALK, False), (STEP_FREE_WALK, True)):
        stations = timetable.stations(step_free)
        if stations is not None:
            source, to, seconds = stations.inside()
            ways = source, to, seconds.astype(np.int32)
            timetable = with_footpaths(timetable, *ways, walk, stations.parted())
    return timetable


def closed_footpaths(timetable: Timetable, walk: str, closed: Closed) -> Footpaths | None:
    """Return the footpaths of who walks so while something is closed in stations.

    Ways along streets are taken as known between places at the street; ``None`` where no station
    has pathways.
    """
    stations = timetable.stations(walk == STEP_FREE_WALK, closed)
    if stations is None:
        return None
    paths = timetable.footpaths_of(walk)
    source = np.repeat(np.arange(timetable.n_stops, dtype=np.int64), group_sizes(paths.first))
    places = stations.places(~stations.linked)
    keep = (paths.stated == 0) & places[source] & places[paths.target]
    streets = source[keep], paths.target[keep].astype(np.int64), paths.duration_s[keep]
    source, to, seconds = stations.joined(*(column.astype(np.int64) for column in streets))
    old = timetable.with_tables(footpaths=paths)
    ways = source, to, seconds.astype(np.int32)
    return with_footpaths(old, *ways, parted=stations.parted()).footpaths

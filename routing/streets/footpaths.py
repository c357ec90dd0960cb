"""Walks between stops along the streets."""

from collections.abc import Mapping

import numpy as np

from routing.arrays import Bool, Int32, UInt32
from routing.streets.graph import Profile, StreetGraph, StreetMode
from routing.streets.paces import WALKERS, off_street_mps
from routing.streets.search import StreetSearch
from routing.streets.snap import SnapTable
from routing.transit.footpaths import with_footpaths
from routing.transit.timetable import Timetable

LIMIT_S = 600.0
"""Longest walk between two stops, seconds; those who are slower walk about as far."""


def street_footpaths(
    timetable: Timetable,
    streets: StreetGraph,
    walk: SnapTable,
    profile: Profile = Profile.WALK,
    limit_s: float = LIMIT_S,
) -> tuple[UInt32, UInt32, Int32]:
    """Find the walks along streets between stops that some trip calls at, or is ordered to.

    Platforms that are reached by pathways only are left out, their entrances are in.

    Parameters
    ----------
    timetable : Timetable
        Whose stops.
    streets : StreetGraph
        To walk on.
    walk : SnapTable
        All stops linked to the streets for walking, in the order of the timetable.
    profile : Profile
        Who walks.
    limit_s : float
        Longest walk, seconds of an ordinary walker, the ways between stops and streets included.

    Returns
    -------
    from_stop, to_stop : uint32, (n,)
        Ordered by ``from_stop``; every walk once in each direction.
    duration_s : int32, (n,)
        Seconds, rounded up.
    """
    slower = WALKERS[Profile.WALK].mps / WALKERS[profile].mps
    wanted = timetable.served()
    if timetable.flex is not None:
        wanted[timetable.flex.places.stop] = True
    stations = timetable.stations(WALKERS[profile].rolls)
    places = wanted if stations is None else stations.places(wanted)
    return walks_between(streets, walk, limit_s * slower, places, profile)


def walks_between(
    streets: StreetGraph,
    walk: SnapTable,
    limit_s: float = LIMIT_S,
    wanted: Bool | None = None,
    profile: Profile = Profile.WALK,
) -> tuple[UInt32, UInt32, Int32]:
    """Find the walks along streets between places: one bounded search from each.

    Parameters
    ----------
    streets : StreetGraph
        To walk on.
    walk : SnapTable
        The places, linked to the streets for walking.
    limit_s : float
        Longest walk, seconds, the ways between places and streets included.
    wanted : bool, (n_places,), optional
        Places to start and end at; all where not given.
    profile : Profile
        Who walks.

    Returns
    -------
    from_place, to_place : uint32, (n,)
        Ordered by ``from_place``; every walk once in each direction.
    duration_s : int32, (n,)
        Seconds, rounded up.
    """
    search = StreetSearch(streets, profile)
    off_s = walk.off_s(off_street_mps(profile))
    served = np.ones(len(walk), bool) if wanted is None else wanted
    sources, targets, seconds = [], [], []
    for place in np.flatnonzero(served & (off_s < limit_s)).tolist():
        snap = walk[place]
        if snap is None:
            continue
        reach = search.reach([(snap, float(off_s[place]))], limit_s)
        walk_s = search.many(reach, walk) + off_s
        near = np.flatnonzero(served & (walk_s <= limit_s))
        near = near[near != place]
        sources.append(np.full(len(near), place, np.uint32))
        targets.append(near.astype(np.uint32))
        seconds.append(np.ceil(walk_s[near]).astype(np.int32))
    if not sources:
        return np.zeros(0, np.uint32), np.zeros(0, np.uint32), np.zeros(0, np.int32)
    return np.concatenate(sources), np.concatenate(targets), np.concatenate(seconds)


def with_street_footpaths(
    timetable: Timetable,
    streets: StreetGraph,
    links: Mapping[StreetMode | Profile, SnapTable],
    limit_s: float = LIMIT_S,
) -> Timetable:
    """Return the timetable with the walks of everyone who walks; what feeds state stays.

    Parameters
    ----------
    timetable, streets, limit_s
        As in :func:`street_footpaths`.
    links : Mapping of StreetMode or Profile to SnapTable
        All stops linked to the streets, for walking and for walking free of steps.
    """
    for profile in WALKERS:
        linked = links.get(profile.linked_as, links[StreetMode.WALK])
        walks = street_footpaths(timetable, streets, linked, profile, limit_s)
        stations = timetable.stations(WALKERS[profile].rolls)
        if stations is None:
            timetable = with_footpaths(timetable, *walks, profile)
            continue
        source, to, seconds = stations.joined(*(column.astype(np.int64) for column in walks))
        rows = source, to, seconds.astype(np.int32)
        timetable = with_footpaths(timetable, *rows, profile, stations.parted())
    return timetable

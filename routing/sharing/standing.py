"""What stays true while stations stand still: rides between them, walks between them and stops.

Which vehicles and docks are free changes by the minute; how long it takes from one station to
another does not. Each is searched from when somebody first wants to know, or before, by a thread.
"""

import hashlib
import math
import os
import threading
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from routing.arrays import Float32, Int32, UInt32
from routing.background import is_put_off
from routing.kernels.paths import mark_ways
from routing.streets.graph import Profile
from routing.streets.paths import StreetPath
from routing.streets.search import Reach, StreetSearch
from routing.streets.snap import SnapTable

if TYPE_CHECKING:
    from routing.sharing.vehicles import SharedLinks
    from routing.transit.day_store import DayStore

MOST_RIDES = 2_000_000
"""Rides kept of one system, four bytes each."""

MOST_LABELS = 1_000_000
"""Labels kept of the ways of these rides, twenty bytes each."""

STEP_S = 4500
"""Rides are searched as far as the next multiple of this, so that they are seldom searched anew.

The longest that are asked for by default, with the walks at both ends, fit into one.
"""


_Rides = dict[tuple[Profile, int, bool, int], Float32]
_Ways = dict[tuple[Profile, int], Reach]


@dataclass(frozen=True)
class Walks:
    """Walks between places and stops.

    Parameters
    ----------
    first : uint32, (n_places + 1,)
        Walks of place ``p`` are rows ``first[p]:first[p + 1]``.
    stop, seconds : int32 and float32, (n_walks,)
        The stop, and the seconds between it and the place, ways off the streets included.
    """

    first: UInt32
    stop: Int32
    seconds: Float32


class Standing:
    """Seconds from the places of a system, kept once they are known.

    Parameters
    ----------
    links : SharedLinks
        The places; all searches asked with must be of their streets, all stops of one network.
    """

    def __init__(self, links: "SharedLinks") -> None:
        self._links = links
        self._rides: _Rides = {}
        self._ways: _Ways = {}
        self._walks: dict[tuple[Profile, bool, float], Walks] = {}
        self._asked: set[tuple[Profile, int]] = set()

    def find_rides(
        self, search: StreetSearch, riding: Profile, store: "DayStore | None" = None
    ) -> threading.Thread | None:
        """Start to find the rides of all places, unless someone has, or they are too many.

        See :mod:`routing.background`.

        Parameters
        ----------
        search, riding : StreetSearch, Profile
            How one rides.
        store : DayStore, optional
            Where processes that hold this version of the network share them.

        Returns
        -------
        threading.Thread or None
            What finds them, if it was started here.
        """
        size, asked = len(self._links.lon), (riding, os.getpid())
        if is_put_off() or asked in self._asked or 2 * size * size > MOST_RIDES:
            return None
        self._asked.add(asked)
        thread = threading.Thread(
            target=self._find, args=(search, riding, store), name="standing", daemon=True
        )
        thread.start()
        return thread

    def _find(self, search: StreetSearch, riding: Profile, store: "DayStore | None") -> None:
        def find() -> tuple[_Rides, _Ways]:
            for place in range(len(self._links.lon)):
                for reverse in (False, True):
                    self.rides(search, riding, place, STEP_S, reverse)
            rides, ways = list(self._rides.items()), list(self._ways.items())
            return (
                {key: found for key, found in rides if key[0] == riding},
                {key: found for key, found in ways if key[0] == riding},
            )

        if store is None:
            find()
            return
        places = hashlib.sha256(self._links.lon.tobytes() + self._links.lat.tobytes())
        rides, ways = store.get(f"rides-{riding.name}-{places.hexdigest()[:16]}", find)
        self._rides.update(rides)
        self._ways.update(ways)

    def rides(
        self, search: StreetSearch, riding: Profile, place: int, limit_s: float, reverse: bool
    ) -> Float32:
        """Return the seconds from a place to all of them, or in reverse from all of them to it.

        Parameters
        ----------
        search, riding : StreetSearch, Profile
            How one rides.
        place : int
            One that is linked to the streets ridden on.
        limit_s : float
            Rides up to this long are wanted; longer ones may be among those returned.

        Returns
        -------
        float32, (n_places,)
            On the streets only; infinite where there is no such ride.
        """
        steps = math.ceil(limit_s / STEP_S)
        key = riding, place, reverse, steps
        if (known := self._rides.get(key)) is not None:
            return known
        table = self._links.table(riding)
        snap = table[place]
        reach = search.reach([] if snap is None else [(snap, 0.0)], steps * STEP_S, reverse)
        found = search.many(reach, table)
        if (len(self._rides) + 1) * len(table) > MOST_RIDES:
            self._rides.clear()
        self._rides[key] = found
        if not reverse:
            if sum(len(ways.node) for ways in list(self._ways.values())) > MOST_LABELS:
                self._ways.clear()
            self._ways[riding, place] = _only_to(reach, table)
        return found

    def path(self, search: StreetSearch, riding: Profile, place: int, to: int) -> StreetPath | None:
        """Return the way of a ride from one place to another, if it is known.

        Parameters
        ----------
        search, riding : StreetSearch, Profile
            How one rides.
        place, to : int
            Where it begins and ends.
        """
        ways, goal = self._ways.get((riding, place)), self._links.table(riding)[to]
        return None if ways is None or goal is None else search.path(_own(ways), goal)

    def walks(
        self,
        search: StreetSearch,
        walking: Profile,
        stops: tuple[SnapTable, Float32],
        limit_s: float,
        reverse: bool,
    ) -> Walks:
        """Return the walks from places to stops, or in reverse from stops to places.

        Parameters
        ----------
        search, walking : StreetSearch, Profile
            How one walks.
        stops : tuple of (SnapTable, float32)
            Stops on the streets walked on, and the seconds between each and its street.
        limit_s : float
            The longest walk, seconds.
        """
        key = walking, reverse, limit_s
        if (known := self._walks.get(key)) is not None:
            return known
        table, off_s = self._links.table(walking), self._links.off_s(walking)
        first = np.zeros(len(table) + 1, np.uint32)
        stop, seconds = [], []
        for place in range(len(table)):
            snap = table[place]
            seeds = [] if snap is None else [(snap, float(off_s[place]))]
            walk_s = search.many(search.reach(seeds, limit_s, reverse), stops[0]) + stops[1]
            near = np.flatnonzero(walk_s <= limit_s)
            stop.append(near.astype(np.int32))
            seconds.append(walk_s[near])
            first[place + 1] = first[place] + np.uint32(len(near))
        found = Walks(first, np.concatenate(stop), np.concatenate(seconds))
        self._walks[key] = found
        return found


def _own(reach: Reach) -> Reach:
    """Copy what may come from a file: kernels take no read-only arrays in its place."""
    columns = ((field.name, getattr(reach, field.name)) for field in fields(reach))
    arrays: dict[str, Any] = {k: v.copy() for k, v in columns if isinstance(v, np.ndarray)}
    return replace(reach, **arrays)


def _only_to(reach: Reach, places: SnapTable) -> Reach:
    """Leave out of a search forwards what is on no way to one of some places."""
    on_way = np.isin(reach.node, places.entering.node)
    mark_ways(reach.parent, on_way)
    kept, number = np.flatnonzero(on_way), np.cumsum(on_way, dtype=np.int32) - np.int32(1)
    parent, cost = reach.parent[kept], reach.cost[kept]
    return replace(
        reach,
        node=reach.node[kept],
        duration_s=cost if reach.duration_s is reach.cost else reach.duration_s[kept],
        cost=cost,
        parent=np.where(parent < 0, parent, number[parent]),
        arc=reach.arc[kept],
        seed=reach.seed[kept],
    )

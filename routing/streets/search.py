"""Shortest ways on streets: from places to all places within a time, forwards or backwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from routing.arrays import Float32, Float64, Int32, UInt32
from routing.errors import RoutingError
from routing.kernels.dijkstra import read_places, seconds_along
from routing.kernels.reach import Labels, LinkColumns, Own, Seeds, find_reach
from routing.pool import Loan, Pool
from routing.streets.graph import Profile, StreetGraph, StreetMode, freeze
from routing.streets.paths import StreetPath, draw_path
from routing.streets.snap import NO_ARC, Links, Snap, SnapTable


@dataclass(frozen=True, slots=True)
class Reach:
    """Nodes within a time of the sources.

    Parameters
    ----------
    node : uint32, (n,)
        Nodes of the mode's graph, each once, in no order.
    duration_s : float32, (n,)
        Seconds, the source's own offset included; infinite beyond the limit, where a way that is
        longer but more agreeable leads on.
    cost : float32, (n,)
        What the ways were chosen by; ``duration_s`` itself where time alone counts.
    parent : int32, (n,)
        Row from which the node was reached; -1 at a seed.
    arc : uint32, (n,)
        Arc from the parent; ``NO_ARC`` at a seed.
    seed : int32, (n,)
        Row of ``seed_link`` the way begins with.
    seed_source, seed_link : int32, (n_seeds,)
        Source, and row of its links, of each seed.
    reverse : bool
        The ways lead to the sources instead of from them.
    limit_s : float
        Seconds beyond which nothing counts as reached.
    sources : Links
        Links of the sources: leaving ones, entering ones if ``reverse``.
    lon, lat : float64, (n_sources,)
        Where the sources meet the streets, degrees.
    own_way, own_share, own_s, own_link : (n_own,)
        Links of the sources that lie within an edge, sorted by way.
    offset_s : float32, (n_sources,)
        Seconds spent before the way begins (after it ends, if ``reverse``).
    """

    node: UInt32
    duration_s: Float32
    cost: Float32
    parent: Int32
    arc: UInt32
    seed: Int32
    seed_source: Int32
    seed_link: Int32
    reverse: bool
    limit_s: float
    sources: Links
    lon: Float64
    lat: Float64
    own_way: UInt32
    own_share: Float32
    own_s: Float32
    own_link: Int32
    offset_s: Float32

    def source_of(self, row: int) -> int:
        """Return the source that owns a row of ``sources``."""
        return int(self.sources.first.searchsorted(row, side="right")) - 1

    def dense(self, n_nodes: int) -> Float32:
        """Return float32 seconds per node, infinite where not reached."""
        result = np.full(n_nodes, np.inf, np.float32)
        result[self.node] = self.duration_s
        return result


_NO_LINKS: Links = freeze(
    Links(
        np.zeros(1, np.uint32),
        np.zeros(0, np.uint32),
        np.zeros(0, np.uint32),
        np.zeros(0, np.float32),
    )
)
_NOWHERE: Float64 = np.zeros(0)
_NO_SLOT: UInt32 = np.zeros(0, np.uint32)

LONGEST_S = 1e30
"""Stands in for no limit, so that closed arcs, which take for ever, stay beyond it."""


class WrongStreetsError(RoutingError, ValueError):
    """Places linked to other streets than those searched."""


class _Scratch:
    """Working memory of one search."""

    def __init__(self, n_nodes: int, n_arcs: int) -> None:
        self.slot = np.zeros(n_nodes, np.uint32)
        node, arc = np.empty((2, n_nodes), np.uint32)
        parent, seed = np.empty((2, n_nodes), np.int32)
        self._own = self.slot, node, np.empty(n_nodes, np.float32), parent, arc, seed
        self.filled: UInt32 | None = None
        """Whose labels ``slot`` knows: the nodes of a :class:`Reach`."""
        self.make_room(n_arcs)

    def make_room(self, most: int) -> None:
        """Let so many nodes wait, some of them several times."""
        self.waiting = np.empty(most, np.uint32)
        self.columns = *self._own, self.waiting, np.empty(most, np.uint32)


class StreetSearch:
    """Searches on the streets of one mode; safe to share between threads.

    Ways are chosen by what they cost, and told in the seconds they take. Where a profile has no
    preferences, both are the same.

    Parameters
    ----------
    graph : StreetGraph
        The streets.
    way : StreetMode or Profile
        Which graph to search, and by which profile.
    seconds : float32, (n_arcs,), optional
        Other travel times than the profile's own, or metres for the shortest instead of the
        fastest way; infinite for a closed arc.
    """

    def __init__(
        self, graph: StreetGraph, way: StreetMode | Profile, seconds: Float32 | None = None
    ) -> None:
        self.graph = graph
        self.mode = Profile.of(way).mode
        self.side = graph.modes[self.mode]
        arcs = graph.profile(way)
        own = arcs.seconds if seconds is None else np.array(seconds, np.float32)
        own.flags.writeable = False
        self.seconds = own
        self.prefers = seconds is None and len(arcs.cost) > 0
        self.cost = arcs.cost if self.prefers else own
        self._dearest = _dearest(self.cost, own) if self.prefers else 1.0
        self._scratch = Pool(partial(_Scratch, self.side.n_nodes, len(self.side.head)))

    def by(self, profile: Profile) -> "StreetSearch":
        """Return a search of the same streets by another profile, sharing working memory."""
        other = StreetSearch(self.graph, profile)
        if other.mode == self.mode:
            other._scratch = self._scratch
        return other

    def scratch(self) -> Loan[_Scratch]:
        """Lend working memory, as soon as there is some."""
        return self._scratch.lend()

    def _check(self, *tables: SnapTable | None) -> None:
        """Refuse places of another graph: their node numbers would point anywhere."""
        for table in tables:
            if table is not None and (
                table.mode != self.mode or table.n_nodes != self.side.n_nodes
            ):
                raise WrongStreetsError(
                    f"places linked for {table.mode.name} to a graph of {table.n_nodes} nodes were"
                    f" given to a {self.mode.name} search of {self.side.n_nodes}: link them anew"
                )

    def reach(
        self,
        sources: Sequence[tuple[Snap, float]],
        limit_s: float,
        reverse: bool = False,
        until: Snap | None = None,
    ) -> Reach:
        """Find all nodes within a time.

        Parameters
        ----------
        sources : sequence of (Snap, float)
            Places to start at, and seconds already spent there.
        limit_s : float
            Longest time, seconds, offsets included.
        reverse : bool
            Find from where the sources are reached, instead of what they reach.
        until : Snap, optional
            Stop once the best way to this place is known.
        """
        table = SnapTable.of([snap for snap, _ in sources]) if sources else None
        offsets = np.array([offset for _, offset in sources], np.float32)
        return self._reach(table, offsets, limit_s, reverse, until)

    def reach_from(
        self, table: SnapTable, offset_s: Float32, limit_s: float, reverse: bool = False
    ) -> Reach:
        """Find all nodes within a time of the places of a table.

        Parameters
        ----------
        table : SnapTable
            Places to start at.
        offset_s : float32, (len(table),)
            Seconds already spent at each; infinite where not to start.
        limit_s, reverse
            As in :meth:`reach`.
        """
        return self._reach(table, np.array(offset_s, np.float32), limit_s, reverse, None)

    def _reach(
        self,
        table: SnapTable | None,
        offsets: Float32,
        limit_s: float,
        reverse: bool,
        until: Snap | None,
    ) -> Reach:
        self._check(table, None if until is None else until.table)
        limit_s = min(limit_s, LONGEST_S)
        links = _NO_LINKS if table is None else table.entering if reverse else table.leaving
        goals, goal = _NO_LINKS, -1
        if until is not None:
            goals = until.table.leaving if reverse else until.table.entering
            goal = until.row
        labels, seeds, own = self._labels(reverse, links, offsets, goals, goal, limit_s)
        node, cost, parent, arc, seed = labels
        own_way, own_share, own_s, own_link = own
        duration_s = cost
        if self.prefers:
            first_s = offsets[seeds[0]] + _part(links, self.seconds)[seeds[1]]
            duration_s = np.empty(len(node), np.float32)
            seconds_along(parent, arc, seed, first_s, self.seconds, limit_s, duration_s)
        return Reach(
            node,
            duration_s,
            cost,
            parent,
            arc,
            seed,
            *seeds,
            reverse,
            float(limit_s),
            links,
            _NOWHERE if table is None else table.lon,
            _NOWHERE if table is None else table.lat,
            own_way,
            own_share,
            own_s,
            own_link,
            offsets,
        )

    def _labels(
        self,
        reverse: bool,
        links: Links,
        offsets: Float32,
        goals: Links,
        goal: int,
        limit_s: float,
    ) -> tuple[Labels, Seeds, Own]:
        """Search; return the labels, seeds and own links of a :class:`Reach`."""
        side = self.side
        first = side.back_first if reverse else side.first
        end = side.tail if reverse else side.head
        with self.scratch() as scratch:
            while True:
                had_room, labels, seeds, own = find_reach(
                    _columns(links), offsets, _columns(goals), goal, first, side.back_arc,
                    end, side.way, self.cost, reverse, limit_s * self._dearest,
                    scratch.columns,
                )  # fmt: skip
                if had_room:
                    break
                scratch.make_room(2 * len(scratch.waiting) + len(links.node))
            scratch.filled = labels[0]
        return labels, seeds, own

    def many(self, reach: Reach, places: SnapTable) -> Float32:
        """Return float32 seconds to (from, in a reverse search) each place; infinite if beyond."""
        return self._read(reach, places)[0]

    def many_with_source(self, reach: Reach, places: SnapTable) -> tuple[Float32, Int32]:
        """Return seconds as :meth:`many` does, and the source each place is best reached from.

        Returns
        -------
        seconds : float32, (len(places),)
            Infinite where not reached.
        source : int32, (len(places),)
            Position among the sources; -1 where not reached.
        """
        seconds, link, label = self._read(reach, places)
        source = np.full(len(seconds), -1, np.int32)
        spread_out = (link >= 0) & (label >= 0)
        source[spread_out] = reach.seed_source[reach.seed[label[spread_out]]]
        own = (link >= 0) & (label < 0)
        row = reach.own_link[-1 - label[own]]
        source[own] = np.searchsorted(reach.sources.first, row, side="right") - 1
        return seconds, source

    def seconds_to(self, reach: Reach, place: Snap) -> float:
        """Return the seconds to one place, infinite where not reached."""
        return float(self._read(reach, place.table, place.row)[0][0])

    def _read(
        self, reach: Reach, places: SnapTable, only: int | None = None
    ) -> tuple[Float32, Int32, Int32]:
        """Return seconds, link used (-1: none) and label of places, or of one of them."""
        self._check(places)
        begin, n = (0, len(places)) if only is None else (only, 1)
        seconds = np.empty(n, np.float32)
        link, label = np.empty(n, np.int32), np.zeros(n, np.int32)
        links, edge = places.leaving if reach.reverse else places.entering, places.edge[:]
        edge.flags.writeable = False  # as of those read from files: kernels take one kind
        rest = (
            reach.node, reach.cost, reach.limit_s * self._dearest, edge,
            links.first, links.node, links.arc, links.share, self.side.way, self.cost,
            reach.own_way, reach.own_share, reach.own_s, begin, seconds, link, label,
        )  # fmt: skip
        if n == 1:  # looked for among the labels themselves
            read_places(_NO_SLOT, False, *rest)
        else:
            with self.scratch() as scratch:
                read_places(scratch.slot, scratch.filled is reach.node, *rest)
                scratch.filled = reach.node
        if self.prefers:
            self._tell_seconds(reach, links, seconds, link, label)
        return seconds, link, label

    def _tell_seconds(
        self, reach: Reach, links: Links, seconds: Float32, link: Int32, label: Int32
    ) -> None:
        """Replace the cost of each place by the seconds of the same way, in place."""
        found = np.flatnonzero(link >= 0)
        row, there = link[found], label[found]
        arc, share = links.arc[row], links.share[row]
        own = -1 - np.minimum(there, -1)
        on_one_edge = there < 0
        before = np.zeros(len(found), np.float32)
        before[~on_one_edge] = reach.duration_s[there[~on_one_edge]]
        before[on_one_edge] = reach.own_s[own[on_one_edge]]
        share = np.where(on_one_edge, _overlap(reach, own, share), share)
        part = np.zeros(len(found), np.float32)
        inside = arc != NO_ARC
        part[inside] = share[inside] * self.seconds[arc[inside]]
        true_s = before + part
        late = true_s > reach.limit_s
        seconds[found] = np.where(late, np.float32(np.inf), true_s)
        link[found[late]] = -1

    def path(self, reach: Reach, place: Snap) -> StreetPath | None:
        """Return the best way to (from, in a reverse search) a place, ``None`` if not reached."""
        seconds, link, label = self._read(reach, place.table, place.row)
        if link[0] < 0:
            return None
        links = place.table.leaving if reach.reverse else place.table.entering
        here = int(links.arc[link[0]]), float(links.share[link[0]])
        seed = int(label[0])
        row = int(reach.own_link[-1 - seed] if seed < 0 else reach.seed_link[reach.seed[seed]])
        there = int(reach.sources.arc[row]), float(reach.sources.share[row])
        source = reach.source_of(row)
        begin, end = (here, there) if reach.reverse else (there, here)
        lonlat = (float(reach.lon[source]), float(reach.lat[source])), (place.lon, place.lat)
        return draw_path(
            self.graph,
            self.mode,
            (reach.parent, reach.arc, seed, reach.reverse),
            (begin[0], 1 - begin[1]),
            end,
            lonlat[::-1] if reach.reverse else lonlat,
            float(seconds[0] - reach.offset_s[source]),
            source,
        )


def _dearest(cost: Float32, seconds: Float32) -> float:
    """Return the highest cost of a second, at least 1: a search by cost must go that far."""
    real = np.isfinite(seconds) & (seconds > 0)
    return max(1.0, float((cost[real] / seconds[real]).max(initial=1.0)) * (1 + 1e-6))


def _columns(links: Links) -> LinkColumns:
    return links.first, links.node, links.arc, links.share


def _part(links: Links, per_arc: Float32) -> Float32:
    """Return the share of an arc's value between each place and node; closed arcs stay closed."""
    value = np.zeros(len(links.arc), np.float32)
    inside = links.arc != NO_ARC
    whole = per_arc[links.arc[inside]]
    value[inside] = np.where(np.isfinite(whole), links.share[inside] * whole, np.inf)
    return value


def _overlap(reach: Reach, own: Int32, share: Float32) -> Float32:
    """Return the share of the arc between a source and a place on one edge."""
    if not len(reach.own_share):
        return share
    both = reach.own_share[np.minimum(own, len(reach.own_share) - 1)] + share
    return np.asarray(np.maximum(both - np.float32(1), np.float32(0)))

"""Bounded shortest paths from many sources, forwards or backwards."""

import numpy as np
from numba import njit

from routing.arrays import Float32, Int32, UInt32

NO_ARC = 0xFFFFFFFF

WIDTH_S = 2.0
"""Width of a bucket: few arcs are shorter, so few nodes are looked at twice."""

_BUCKETS = 2048
_ROUND = np.uint32(_BUCKETS - 1)
_NOBODY = np.uint32(0xFFFFFFFF)
_AT_ONCE = np.uint32(64)


@njit(cache=True, nogil=True)
def spread(
    first: UInt32,
    order: UInt32,
    end: UInt32,
    seconds: Float32,
    backward: bool,
    seed_node: UInt32,
    seed_s: Float32,
    goal_node: UInt32,
    goal_s: Float32,
    limit_s: float,
    slot: UInt32,
    node: UInt32,
    reached_s: Float32,
    parent: Int32,
    arc: UInt32,
    seed: Int32,
    waiting: UInt32,
    follower: UInt32,
) -> int:
    """Label every node within the limit: its time, the arc it is reached by, and its seed.

    Nodes wait in buckets of ``WIDTH_S`` each, which are gone round. One that improves after it was
    looked at, but within its bucket, is looked at again, so the order within one does not matter.

    Parameters
    ----------
    first : uint32, (n_nodes + 1,)
        Forwards: arcs leaving each node. Backwards: rows of ``order``.
    order : uint32, (n_arcs,)
        Arcs sorted by head; read backwards only.
    end : uint32, (n_arcs,)
        Forwards the heads of the arcs, backwards the tails.
    seconds : float32, (n_arcs,)
        Travel times, not negative.
    backward : bool
        Walk arcs against their direction.
    seed_node, seed_s : uint32 and float32, (n_seeds,)
        Where to start, and the time there.
    goal_node, goal_s : uint32 and float32, (n_goals,)
        The search may stop once nothing can reach a goal, plus its further time, any earlier.
    limit_s : float
        Nodes later than this are left out.
    slot : uint32, (n_nodes,)
        Whatever it held before; afterwards the label of each node that has one.
    node, reached_s, parent, arc, seed : (n_nodes,)
        Filled, one row per node reached: the node, its time, the label before it (-1 at a seed),
        the arc from there (``NO_ARC`` at a seed), the seed the way stems from.
    waiting, follower : uint32, (room,)
        Scratch, longer than there are seeds: labels that wait, and which waits behind each.

    Returns
    -------
    int
        Number of nodes reached; -1 where the room for those who wait is too small.

    References
    ----------
    Dial (1969), Algorithm 360: Shortest-path forest with topological ordering.
    """
    per_s = np.float32(1.0 / WIDTH_S)
    limit = np.float32(limit_s)
    bucket = np.full(_BUCKETS, _NOBODY, np.uint32)
    count, size, left = np.uint32(0), np.uint32(0), np.uint32(0)
    room = np.uint32(waiting.size)
    if seed_node.size > room:
        return -1
    for i in range(np.uint32(seed_node.size)):
        v = seed_node[i]
        if seed_s[i] > limit:
            continue
        label = slot[v]
        if label >= count or node[label] != v:
            label = count
            slot[v], node[label] = label, v
            count += np.uint32(1)
        elif seed_s[i] >= reached_s[label]:
            continue
        reached_s[label], parent[label], arc[label], seed[label] = seed_s[i], -1, NO_ARC, i
        place = np.uint32(seed_s[i] * per_s) & _ROUND
        waiting[size] = label
        follower[size] = bucket[place]
        bucket[place] = size
        size += np.uint32(1)
        left += np.uint32(1)
    now = np.uint32(0)
    while left > 0 and now * WIDTH_S <= limit:
        here = now & _ROUND
        entry = bucket[here]
        bucket[here] = _NOBODY
        is_over = True
        while entry != _NOBODY:
            before = waiting[entry]
            following = follower[entry]
            time = reached_s[before]
            due = np.uint32(time * per_s)
            if due > now:  # when the buckets have been gone round
                follower[entry] = bucket[here]
                bucket[here] = entry
                entry = following
                continue
            entry = following
            left -= np.uint32(1)
            if due < now:  # has been looked at
                continue
            u = node[before]
            for g in range(goal_node.size):
                if goal_node[g] == u:
                    limit = min(limit, time + goal_s[g])
            begin = first[u]
            until = first[u + np.uint32(1)]
            stem = seed[before]
            if size + (until - begin) > room:
                return -1
            for k in range(begin, until):
                a = order[k] if backward else k
                reach = time + seconds[a]
                if reach > limit:
                    continue
                v = end[a]
                label = slot[v]
                if label >= count or node[label] != v:
                    label = count
                    slot[v], node[label] = label, v
                    count += np.uint32(1)
                elif reach > reached_s[label]:
                    continue
                elif reach == reached_s[label] and (arc[label] != a or seed[label] == stem):
                    continue  # else the node before now stems from another seed
                reached_s[label] = reach
                parent[label] = before
                arc[label] = a
                seed[label] = stem
                turn = np.uint32(reach * per_s)
                is_over &= turn != now
                place = turn & _ROUND
                waiting[size] = label
                follower[size] = bucket[place]
                bucket[place] = size
                size += np.uint32(1)
                left += np.uint32(1)
        if is_over:
            now += np.uint32(1)
    return int(np.int64(count))


@njit(cache=True, nogil=True)
def seconds_along(
    parent: Int32,
    arc: UInt32,
    seed: Int32,
    seed_s: Float32,
    seconds: Float32,
    limit_s: float,
    reached_s: Float32,
) -> None:
    """Add up how long the ways take that a search chose by another measure than time.

    Parameters
    ----------
    parent, arc, seed : (n_labels,)
        Labels of a search.
    seed_s : float32, (n_seeds,)
        Time at each seed.
    seconds : float32, (n_arcs,)
        Travel times.
    limit_s : float
        Labels later than this become infinite.
    reached_s : float32, (n_labels,)
        Filled.
    """
    chain = np.empty(parent.size, np.int32)
    reached_s[:] = -1.0
    for label in range(parent.size):
        depth = 0
        here = label
        while reached_s[here] < 0.0 and parent[here] >= 0:
            chain[depth] = here
            depth += 1
            here = parent[here]
        if reached_s[here] < 0.0:
            reached_s[here] = seed_s[seed[here]]
        while depth > 0:
            depth -= 1
            before = reached_s[here]
            here = chain[depth]
            reached_s[here] = before + seconds[arc[here]]
    for label in range(parent.size):
        if reached_s[label] > limit_s:
            reached_s[label] = np.inf


@njit(cache=True, nogil=True)
def read_places(
    slot: UInt32,
    is_filled: bool,
    node: UInt32,
    reached_s: Float32,
    limit_s: float,
    place_edge: UInt32,
    link_first: UInt32,
    link_node: UInt32,
    link_arc: UInt32,
    link_share: Float32,
    way: UInt32,
    seconds: Float32,
    source_way: UInt32,
    source_share: Float32,
    source_s: Float32,
    begin: int,
    place_s: Float32,
    place_link: Int32,
    place_label: Int32,
) -> None:
    """Read off when each of many places is reached.

    Parameters
    ----------
    slot : uint32, (n_nodes,)
        Scratch; afterwards the label of each node that has one, unless a single place is asked
        for: then it stays as it was.
    is_filled : bool
        So it was before, by these labels.
    node, reached_s : (n_labels,)
        Labels of a search.
    limit_s : float
        Later places count as not reached.
    place_edge : uint32, (all places,)
        Edge each place lies on.
    link_first, link_node, link_arc, link_share
        Links of the places, see :class:`routing.streets.snap.Links`: entering ones after a search
        forwards, leaving ones after a search backwards.
    way, seconds : (n_arcs,)
        Columns of the mode's graph.
    source_way, source_share, source_s : (n_source_links,)
        Links of the sources that lie on arcs, sorted by way, for places on a source's own edge:
        the arc's way, the share of it between source and node, the source's time.
    begin : int
        The first of the places to read off; there are as many as rows to fill.
    place_s : float32, (n_places,)
        Filled: seconds, infinite where not reached.
    place_link : int32, (n_places,)
        Filled: row of the link used, -1 where not reached.
    place_label : int32, (n_places,)
        Filled: the label used; ``-1 - row`` of the source link where the way stays on one edge.
    """
    one_by_one = not is_filled and place_s.size == 1
    if not is_filled and not one_by_one:
        for label in range(np.uint32(node.size)):
            slot[node[label]] = label
    for i in range(place_s.size):
        place_s[i] = float("inf")
        place_link[i] = -1
        edge = place_edge[begin + i]
        own, high = 0, source_way.size  # the first of the sources' links on the place's edge
        while own < high:
            middle = (own + high) >> 1
            if source_way[middle] >> 1 < edge:
                own = middle + 1
            else:
                high = middle
        is_shared = own < source_way.size and source_way[own] >> 1 == edge
        for k in range(link_first[begin + i], link_first[begin + i + 1]):
            a = link_arc[k]
            row = _find(node, link_node[k]) if one_by_one else slot[link_node[k]]
            if row < node.size and node[row] == link_node[k]:
                cost = 0.0
                if a != NO_ARC:
                    cost = link_share[k] * seconds[a]
                time = reached_s[row] + cost
                if time <= limit_s and time < place_s[i]:
                    place_s[i], place_link[i], place_label[i] = time, k, row
            if a == NO_ARC or not is_shared:
                continue
            low = own
            while low < source_way.size and source_way[low] < way[a]:
                low += 1
            while low < source_way.size and source_way[low] == way[a]:
                share = source_share[low] + link_share[k] - 1.0
                if share >= -1e-5:
                    time = source_s[low] + max(share, 0.0) * seconds[a]
                    if time <= limit_s and time < place_s[i]:
                        place_s[i], place_link[i], place_label[i] = time, k, -1 - low
                low += 1


@njit(cache=True, nogil=True)
def _find(node: UInt32, wanted: int) -> np.uint32:
    """Return the label of a node; as many as there are labels where it has none."""
    size = np.uint32(node.size)
    for begin in range(np.uint32(0), size, _AT_ONCE):
        end = min(begin + _AT_ONCE, size)
        is_here = False
        for label in range(begin, end):  # all of them, so that many are compared at a time
            is_here |= node[label] == wanted
        if is_here:
            for label in range(begin, end):
                if node[label] == wanted:
                    return np.uint32(label)
    return size

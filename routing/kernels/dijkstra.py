"""Bounded shortest paths from many sources, forwards or backwards."""

import numpy as np
from numba import njit

from routing.arrays import Float32, Int32, UInt32
from routing.kernels.heap import pop, rise

NO_ARC = 0xFFFFFFFF


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
    slot: Int32,
    node: UInt32,
    reached_s: Float32,
    parent: Int32,
    arc: UInt32,
    seed: Int32,
    heap: Int32,
    place: Int32,
) -> int:
    """Label every node within the limit with its time, its parent and its seed.

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
    slot : int32, (n_nodes,)
        Scratch, -1 everywhere; is so again afterwards.
    node, reached_s, parent, arc, seed : (n_nodes,)
        Filled, one row per label: the node, its time, the label before it (-1 for a seed), the
        arc from there, the seed it stems from.
    heap, place : int32, (n_nodes,)
        Scratch.

    Returns
    -------
    int
        Number of labels.

    References
    ----------
    Dijkstra (1959), A note on two problems in connexion with graphs.
    """
    count = 0
    size = 0
    for i in range(seed_node.size):
        if seed_s[i] > limit_s:
            continue
        v = seed_node[i]
        label = slot[v]
        if label < 0:
            label = count
            count += 1
            slot[v] = label
            node[label] = v
            heap[size] = label
            place[label] = size
            size += 1
        elif seed_s[i] >= reached_s[label]:
            continue
        reached_s[label] = seed_s[i]
        parent[label] = -1
        arc[label] = NO_ARC
        seed[label] = i
        rise(heap, place, reached_s, place[label])
    while size > 0:
        here = pop(heap, place, reached_s, size)
        size -= 1
        time = reached_s[here]
        if time > limit_s:
            break
        u = node[here]
        for g in range(goal_node.size):
            if goal_node[g] == u and time + goal_s[g] < limit_s:
                limit_s = time + goal_s[g]
        for k in range(first[u], first[u + 1]):
            a = order[k] if backward else k
            reach = time + seconds[a]
            if reach > limit_s:
                continue
            v = end[a]
            label = slot[v]
            if label < 0:
                label = count
                count += 1
                slot[v] = label
                node[label] = v
                heap[size] = label
                place[label] = size
                size += 1
            elif reach >= reached_s[label]:
                continue
            reached_s[label] = reach
            parent[label] = here
            arc[label] = a
            seed[label] = seed[here]
            rise(heap, place, reached_s, place[label])
    for label in range(count):
        slot[node[label]] = -1
    return count


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
    slot: Int32,
    node: UInt32,
    reached_s: Float32,
    limit_s: float,
    link_first: UInt32,
    link_node: UInt32,
    link_arc: UInt32,
    link_share: Float32,
    way: UInt32,
    seconds: Float32,
    source_way: UInt32,
    source_share: Float32,
    source_s: Float32,
    place_s: Float32,
    place_link: Int32,
    place_label: Int32,
) -> None:
    """Read off when each of many places is reached.

    Parameters
    ----------
    slot : int32, (n_nodes,)
        Scratch, -1 everywhere; is so again afterwards.
    node, reached_s : (n_labels,)
        Labels of a search.
    limit_s : float
        Later places count as not reached.
    link_first, link_node, link_arc, link_share
        Links of the places, see :class:`routing.streets.snap.Links`: entering ones after a search
        forwards, leaving ones after a search backwards.
    way, seconds : (n_arcs,)
        Columns of the mode's graph.
    source_way, source_share, source_s : (n_source_links,)
        Links of the sources that lie on arcs, sorted by way, for places on a source's own edge:
        the arc's way, the share of it between source and node, the source's time.
    place_s : float32, (n_places,)
        Filled: seconds, infinite where not reached.
    place_link : int32, (n_places,)
        Filled: row of the link used, -1 where not reached.
    place_label : int32, (n_places,)
        Filled: the label used; ``-1 - row`` of the source link where the way stays on one edge.
    """
    for label in range(node.size):
        slot[node[label]] = label
    for i in range(place_s.size):
        place_s[i] = float("inf")
        place_link[i] = -1
        for k in range(link_first[i], link_first[i + 1]):
            a = link_arc[k]
            cost = 0.0
            if a != NO_ARC:
                cost = link_share[k] * seconds[a]
            label = slot[link_node[k]]
            if label >= 0:
                time = reached_s[label] + cost
                if time <= limit_s and time < place_s[i]:
                    place_s[i], place_link[i], place_label[i] = time, k, label
            if a == NO_ARC or source_way.size == 0:
                continue
            low, high = 0, source_way.size
            while low < high:
                middle = (low + high) >> 1
                if source_way[middle] < way[a]:
                    low = middle + 1
                else:
                    high = middle
            while low < source_way.size and source_way[low] == way[a]:
                share = source_share[low] + link_share[k] - 1.0
                if share >= -1e-5:
                    time = source_s[low] + max(share, 0.0) * seconds[a]
                    if time <= limit_s and time < place_s[i]:
                        place_s[i], place_link[i], place_label[i] = time, k, -1 - low
                low += 1
    for label in range(node.size):
        slot[node[label]] = -1

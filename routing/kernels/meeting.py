"""Where two street searches meet."""

import numpy as np
from numba import njit

from routing.arrays import Float32, Int32, UInt32
from routing.kernels.dijkstra import NO_ARC


@njit(cache=True, nogil=True)
def meet(
    slot: UInt32,
    node: UInt32,
    reached_s: Float32,
    back_node: UInt32,
    back_s: Float32,
    first: UInt32,
    head: UInt32,
    seconds: Float32,
    limit_s: float,
) -> tuple[float, int, int, int]:
    """Find where a search from a place and one back from another meet on the shortest way.

    Parameters
    ----------
    slot : uint32, (n_nodes,)
        Scratch; afterwards the label of each node that has one in the second search.
    node, reached_s, back_node, back_s : (n_labels,)
        Labels of both searches.
    first, head, seconds : uint32, uint32 and float32
        Arcs leaving node ``v`` are ``first[v]:first[v + 1]``; where each leads, and its time.
    limit_s : float
        How far the first search went: what its arcs lead to within that, it has reached.

    Returns
    -------
    seconds : float
        Of the whole way; infinite where the searches do not meet.
    label, arc, back_label : int
        Where the first search's part ends, the arc from there (``NO_ARC``: none, they meet at a
        node), and where the other's part begins.
    """
    for label in range(np.uint32(back_node.size)):
        slot[back_node[label]] = label
    best, at, by, to = np.inf, -1, NO_ARC, -1
    limit = np.float32(limit_s)
    for label in range(node.size):
        u, time = node[label], np.float64(reached_s[label])
        if time >= best:
            continue
        back = slot[u]
        if back < back_node.size and back_node[back] == u and time + back_s[back] < best:
            best, at, by, to = time + back_s[back], label, NO_ARC, int(np.int64(back))
        for a in range(first[u], first[u + np.uint32(1)]):
            if reached_s[label] + seconds[a] <= limit:
                continue
            v = head[a]
            back = slot[v]
            if back >= back_node.size or back_node[back] != v:
                continue
            if time + seconds[a] + back_s[back] < best:
                best = time + seconds[a] + back_s[back]
                at, by, to = label, int(np.int64(a)), int(np.int64(back))
    return best, at, by, to


@njit(cache=True, nogil=True)
def chain_arcs(
    parent: Int32,
    arc: UInt32,
    label: int,
    by: int,
    back_parent: Int32,
    back_arc: UInt32,
    back_label: int,
) -> UInt32:
    """Return the arcs of a way on which two searches meet, ``NO_ARC`` ahead of the first.

    Parameters
    ----------
    parent, arc, label
        Labels of the first search, and where its part ends.
    by : int
        The arc from there, or ``NO_ARC``.
    back_parent, back_arc, back_label
        Labels of the other, and where its part begins.
    """
    size = 1
    at = label
    while parent[at] >= 0:
        size, at = size + 1, parent[at]
    before = size
    size += 1 if by != NO_ARC else 0
    at = back_label
    while back_parent[at] >= 0:
        size, at = size + 1, back_parent[at]
    found = np.empty(size, np.uint32)
    found[0] = NO_ARC
    at = label
    for i in range(before - 1, 0, -1):
        found[i], at = arc[at], parent[at]
    if by != NO_ARC:
        found[before] = by
        before += 1
    at = back_label
    for i in range(before, size):
        found[i], at = back_arc[at], back_parent[at]
    return found

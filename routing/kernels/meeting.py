"""Where two street searches meet."""

import numpy as np
from numba import njit

from routing.arrays import Float32, Int32, UInt32
from routing.kernels.dijkstra import NO_ARC


@njit(cache=True, nogil=True)
def meet(
    slot: Int32,
    node: UInt32,
    reached_s: Float32,
    back_node: UInt32,
    back_s: Float32,
    first: UInt32,
    head: UInt32,
    seconds: Float32,
) -> tuple[float, int, int, int]:
    """Find where a search from a place and one back from another meet on the shortest way.

    Parameters
    ----------
    slot : int32, (n_nodes,)
        Scratch, -1 everywhere.
    node, reached_s, back_node, back_s : (n_labels,)
        Labels of both searches.
    first, head, seconds : uint32, uint32 and float32
        Arcs leaving node ``v`` are ``first[v]:first[v + 1]``; where each leads, and its time.

    Returns
    -------
    seconds : float
        Of the whole way; infinite where the searches do not meet.
    label, arc, back_label : int
        Where the first search's part ends, the arc from there (``NO_ARC``: none, they meet at a
        node), and where the other's part begins.
    """
    for label in range(back_node.size):
        slot[back_node[label]] = label
    best, at, by, to = np.inf, -1, NO_ARC, -1
    for label in range(node.size):
        u, time = node[label], np.float64(reached_s[label])
        if time >= best:
            continue
        back = int(slot[u])
        if back >= 0 and time + back_s[back] < best:
            best, at, by, to = time + back_s[back], label, NO_ARC, back
        for a in range(first[u], first[u + np.uint32(1)]):
            back = int(slot[head[a]])
            if back >= 0 and time + seconds[a] + back_s[back] < best:
                best, at, by, to = time + seconds[a] + back_s[back], label, int(np.int64(a)), back
    return best, at, by, to

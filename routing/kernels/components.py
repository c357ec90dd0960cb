"""Parts of a directed graph in which every node reaches every other."""

import numpy as np
from numba import njit

from routing.arrays import Int32, UInt32


@njit(cache=True, nogil=True)
def strong_components(first: UInt32, head: UInt32) -> Int32:
    """Find the strongly connected components of a graph.

    Parameters
    ----------
    first : uint32, (n_nodes + 1,)
        Arcs leaving node ``v`` are ``first[v]:first[v + 1]``.
    head : uint32, (n_arcs,)
        Where each arc leads.

    Returns
    -------
    int32, (n_nodes,)
        Component of each node, from 0.

    References
    ----------
    Tarjan (1972), Depth-first search and linear graph algorithms; made iterative.
    """
    n = first.size - 1
    component = np.full(n, -1, np.int32)
    order = np.full(n, -1, np.int32)
    low = np.empty(n, np.int32)
    following = np.empty(n, np.uint32)
    open_nodes = np.empty(n, np.int32)
    path = np.empty(n, np.int32)
    n_open = 0
    clock = 0
    found = 0
    for root in range(n):
        if order[root] >= 0:
            continue
        depth = 0
        path[0] = root
        order[root] = low[root] = clock
        clock += 1
        following[root] = first[root]
        open_nodes[n_open] = root
        n_open += 1
        while depth >= 0:
            v = path[depth]
            if following[v] < first[v + 1]:
                w = head[following[v]]
                following[v] += 1
                if order[w] < 0:
                    order[w] = low[w] = clock
                    clock += 1
                    following[w] = first[w]
                    open_nodes[n_open] = w
                    n_open += 1
                    depth += 1
                    path[depth] = w
                elif component[w] < 0:
                    low[v] = min(low[v], order[w])
                continue
            if low[v] == order[v]:
                while True:
                    n_open -= 1
                    w = open_nodes[n_open]
                    component[w] = found
                    if w == v:
                        break
                found += 1
            depth -= 1
            if depth >= 0:
                low[path[depth]] = min(low[path[depth]], low[v])
    return component

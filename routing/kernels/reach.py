"""A whole street search in one call: where it starts, its spread, and its labels."""

import numpy as np
from numba import njit

from routing.arrays import Float32, Int32, UInt32
from routing.kernels.dijkstra import NO_ARC, spread

LinkColumns = tuple[UInt32, UInt32, UInt32, Float32]
"""Columns first, node, arc and share of :class:`routing.streets.snap.Links`."""
Labels = tuple[UInt32, Float32, Int32, UInt32, Int32]
Seeds = tuple[Int32, Int32]
Own = tuple[UInt32, Float32, Float32, Int32]


@njit(cache=True, nogil=True)
def link_cost(arc: int, share: np.float32, cost: Float32) -> np.float32:
    """Return the cost between a place and a node it is linked to; closed arcs stay closed."""
    if arc == NO_ARC:
        return np.float32(0.0)
    whole: np.float32 = cost[arc]
    return share * whole if np.isfinite(whole) else whole


@njit(cache=True, nogil=True)
def find_reach(
    links: LinkColumns,
    offset_s: Float32,
    goals: LinkColumns,
    goal: int,
    first: UInt32,
    order: UInt32,
    end: UInt32,
    way: UInt32,
    cost: Float32,
    backward: bool,
    limit: float,
    scratch: tuple[UInt32, UInt32, Float32, Int32, UInt32, Int32, UInt32, UInt32],
) -> tuple[bool, Labels, Seeds, Own]:
    """Find the nodes within a limit of places, or from where these are within it.

    Parameters
    ----------
    links : (first, node, arc, share)
        Of the sources: leaving ones, entering ones if ``backward``.
    offset_s : float32, (n_sources,)
        Spent at each before; infinite where not to start.
    goals, goal : (first, node, arc, share), int
        Links of places (entering ones, leaving ones if ``backward``) and the row of that at which
        the search may stop; -1 for none.
    first, order, end, backward
        As :func:`routing.kernels.dijkstra.spread` takes them.
    way, cost : (n_arcs,)
        Of the mode's graph, and what ways are chosen by.
    limit : float
        Highest cost.
    scratch : (slot, node, cost, parent, arc, seed, waiting, follower)
        Working memory, as that takes it.

    Returns
    -------
    bool
        Whether there was room for those who wait; nothing else is of use if not.
    labels : (node, cost, parent, arc, seed)
    seeds : (source, link)
        Source, and row of its links, of each seed.
    own : (way, share, offset, link)
        The links that lie within an edge, sorted by way, for ways that stay on it.
    """
    slot, node, reached, parent, arc, seed, waiting, follower = scratch
    link_first, link_node, link_arc, link_share = links
    rows = link_node.size
    seed_source, seed_link = np.empty(rows, np.int32), np.empty(rows, np.int32)
    seed_node, seed_cost = np.empty(rows, np.uint32), np.empty(rows, np.float32)
    own_way, own_link = np.empty(rows, np.uint32), np.empty(rows, np.int32)
    own_offset = np.empty(rows, np.float32)
    starts, own = 0, 0
    for source in range(offset_s.size):
        for row in range(link_first[source], link_first[source + 1]):
            at = offset_s[source] + link_cost(link_arc[row], link_share[row], cost)
            if at <= np.float32(limit):
                seed_source[starts], seed_link[starts] = source, row
                seed_node[starts], seed_cost[starts] = link_node[row], at
                starts += 1
            if link_arc[row] != NO_ARC and np.isfinite(offset_s[source]):
                own_way[own], own_link[own] = way[link_arc[row]], row
                own_offset[own] = offset_s[source]
                own += 1
    goal_first, goal_node, goal_arc, goal_share = goals
    low, high = (goal_first[goal], goal_first[goal + 1]) if goal >= 0 else (0, 0)
    goal_cost = np.empty(high - low, np.float32)
    for row in range(low, high):
        goal_cost[row - low] = link_cost(goal_arc[row], goal_share[row], cost)
    count = spread(
        first, order, end, cost, backward, seed_node[:starts], seed_cost[:starts],
        goal_node[low:high], goal_cost, limit, slot, node, reached, parent, arc, seed,
        waiting, follower,
    )  # fmt: skip
    size = max(count, 0)
    by_way = np.argsort(own_way[:own], kind="mergesort")
    own_link = own_link[:own][by_way]
    return (
        count >= 0,
        (
            node[:size].copy(),
            reached[:size].copy(),
            parent[:size].copy(),
            arc[:size].copy(),
            seed[:size].copy(),
        ),
        (seed_source[:starts], seed_link[:starts]),
        (own_way[:own][by_way], link_share[own_link], own_offset[:own][by_way], own_link),
    )

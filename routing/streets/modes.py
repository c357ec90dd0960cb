"""Make the graph of one way of moving from the table of edges, and the times of its profiles."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from routing.arrays import Bool, Float32, UInt8, UInt32, group_first
from routing.osm.model import Restriction
from routing.streets.graph import (
    PLAIN,
    Edges,
    ModeGraph,
    Nodes,
    Profile,
    ProfileArcs,
    RoadClass,
    StreetMode,
    freeze,
)
from routing.streets.paces import CYCLISTS
from routing.streets.speeds import edge_dislike, edge_seconds
from routing.streets.turns import Arcs, apply_restrictions

_NOT_LINKED = (RoadClass.MOTORWAY, RoadClass.FERRY, RoadClass.ELEVATOR, RoadClass.BARRIER)
"""Kinds of edges no place is linked to."""


def build_mode(
    nodes: Nodes, edges: Edges, restrictions: Sequence[Restriction], mode: StreetMode
) -> ModeGraph:
    """Return arcs, travel times and the main part for one mode.

    Parameters
    ----------
    nodes, edges : Nodes, Edges
        The streets.
    restrictions : sequence of Restriction
        Turn restrictions of all modes.
    mode : StreetMode
        How one moves.
    """
    arcs, copies = apply_restrictions(Arcs.of(edges, mode), nodes, edges, restrictions, mode)
    base = np.concatenate((np.arange(len(nodes.osm_id), dtype=np.uint32), copies))
    order = np.lexsort((arcs.way, arcs.tail))
    tail, head, way = arcs.tail[order], arcs.head[order], arcs.way[order]
    seconds = arc_seconds(edges, way, Profile.of(mode))
    first = group_first(tail, len(base))
    back = np.argsort(head, kind="stable").astype(np.uint32)
    of_edge = np.argsort(way, kind="stable").astype(np.uint32)
    main = main_part(first, head)
    return freeze(
        ModeGraph(
            first,
            tail,
            head,
            way,
            seconds,
            group_first(head[back], len(base)),
            back,
            group_first(way[of_edge] >> 1, len(edges.tail)),
            of_edge,
            base,
            main,
            _usable(edges, tail, head, way, main),
        )
    )


def make_profiles(
    edges: Edges, modes: tuple[ModeGraph, ModeGraph, ModeGraph]
) -> dict[Profile, ProfileArcs]:
    """Return the times of all profiles that are not plain ones.

    Parameters
    ----------
    edges : Edges
        The edges.
    modes : tuple of ModeGraph
        The graph of each mode, in the order of :class:`StreetMode`.
    """
    return {
        profile: _profile(edges, modes[profile.mode], profile)
        for profile in Profile
        if profile not in PLAIN
    }


def _profile(edges: Edges, side: ModeGraph, profile: Profile) -> ProfileArcs:
    seconds = arc_seconds(edges, side.way, profile)
    cost: Float32 = np.zeros(0, np.float32)
    if profile in CYCLISTS and CYCLISTS[profile].calm:
        cost = (seconds * edge_dislike(edges)[side.way >> 1]).astype(np.float32)
    open_arcs = np.isfinite(seconds)
    usable = side.usable
    if not open_arcs.all():
        tail, head, way = side.tail[open_arcs], side.head[open_arcs], side.way[open_arcs]
        main = main_part(group_first(tail, side.n_nodes), head)
        usable = _usable(edges, tail, head, way, main)
    return freeze(ProfileArcs(seconds, cost, usable))


def arc_seconds(edges: Edges, way: UInt32, profile: Profile) -> Float32:
    """Return the travel time of arcs, float32 seconds, given ``2 * edge + against`` of each."""
    along_s, against_s = (
        edge_seconds(edges, profile, against)[way >> 1] for against in (False, True)
    )
    seconds: Float32 = np.where(way & 1, against_s, along_s)
    return seconds


def main_part(first: UInt32, head: UInt32) -> UInt8:
    """Return 1 for each node of the largest strongly connected component."""
    n = len(first) - 1
    if n == 0:
        return np.zeros(0, np.uint8)
    ones = np.ones(len(head), np.int8)
    arcs = csr_array((ones, head.astype(np.int32), first.astype(np.int32)), (n, n))
    component = connected_components(arcs, connection="strong")[1]
    largest: Bool = component == np.bincount(component).argmax()
    return largest.astype(np.uint8)


def _usable(edges: Edges, tail: UInt32, head: UInt32, way: UInt32, main: UInt8) -> UInt8:
    usable = np.zeros(len(edges.tail), np.uint8)
    usable[way[(main[tail] & main[head]).astype(bool)] >> 1] = 1
    usable[np.isin(edges.road_class, _NOT_LINKED)] = 0
    return usable

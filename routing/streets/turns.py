"""Apply turn restrictions: whoever comes from a restricted arc meets a copy of the junction.

The copy has the arcs that may be taken from there and no others, so that a plain shortest-path
search heeds the restriction.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.arrays import UInt32
from routing.osm.model import Restriction
from routing.streets.graph import Edges, Nodes, StreetMode


@dataclass(frozen=True)
class Arcs:
    """Arcs in no order: from, to, ``2 * edge`` plus 1 against the drawn direction."""

    tail: UInt32
    head: UInt32
    way: UInt32


def apply_restrictions(
    arcs: Arcs,
    nodes: Nodes,
    edges: Edges,
    restrictions: Sequence[Restriction],
    mode: StreetMode,
) -> tuple[Arcs, UInt32]:
    """Return the arcs with forbidden turns taken out, and the node each added node copies.

    Restrictions that name a way not ending at the junction, or several, are left out.

    Returns
    -------
    Arcs
        Heads of restricted arcs lead to copies, whose arcs are appended.
    uint32, (n_copies,)
        Base node of each copy, ascending; copies are numbered from ``len(nodes.osm_id)``.
    """
    bound = [r for r in restrictions if r.modes >> mode & 1]
    turns = _turns(arcs, nodes, edges, bound)
    if not turns:
        return arcs, np.zeros(0, np.uint32)
    copies = _copies(arcs, turns)
    number = {entry: len(nodes.osm_id) + i for i, (_, entry, _) in enumerate(copies)}
    head = arcs.head.copy()
    for entry in turns:
        head[entry] = number[entry]
    tails, heads, ways = [arcs.tail], [head], [arcs.way]
    for _, entry, allowed in copies:
        tails.append(np.full(len(allowed), number[entry], np.uint32))
        if entry in turns:  # from here, turning round at the next junction would be a way out
            heads.append(np.array([number.get(arc, head[arc]) for arc in allowed], np.uint32))
        else:
            heads.append(head[allowed])
        ways.append(arcs.way[allowed])
    joined = Arcs(np.concatenate(tails), np.concatenate(heads), np.concatenate(ways))
    return joined, np.array([base for base, _, _ in copies], np.uint32)


_Copy = tuple[int, int, list[int]]
"""Node copied, the arc into the copy, and the arcs that may be taken from it."""


def _copies(arcs: Arcs, turns: "_Turns") -> list[_Copy]:
    """List the copies of junctions, by node.

    Besides those of the restrictions, there is one for each arc that may follow: it does not
    allow to turn round, unless the street ends there.
    """
    leaving = _arcs_by_tail(arcs, {int(arcs.head[entry]) for entry in turns})
    after = {entry: _allowed(leaving[int(arcs.head[entry])], turns[entry]) for entry in turns}
    following = {arc for allowed in after.values() for arc in allowed} - set(turns)
    beyond = _arcs_by_tail(arcs, {int(arcs.head[arc]) for arc in following})
    for arc in following:
        onward = [a for a in beyond[int(arcs.head[arc])] if arcs.way[a] != arcs.way[arc] ^ 1]
        if onward:
            after[arc] = onward
    copies = [(int(arcs.head[arc]), arc, allowed) for arc, allowed in after.items()]
    return sorted(copies)


_Turns = dict[int, tuple[set[int], set[int]]]
"""Of an arc into a junction: the arcs forbidden after it, and the only ones allowed, if any."""


def _turns(arcs: Arcs, nodes: Nodes, edges: Edges, restrictions: Sequence[Restriction]) -> _Turns:
    ids = {r.via_node for r in restrictions}
    at = np.flatnonzero(np.isin(nodes.osm_id, np.array(sorted(ids), np.int64)))
    node_of = {int(nodes.osm_id[v]): int(v) for v in at}
    into, out = _by_way(arcs, edges, set(node_of.values()))
    turns: _Turns = defaultdict(lambda: (set(), set()))
    for r in restrictions:
        via = node_of.get(r.via_node)
        starts = into.get((via, r.from_way), []) if via is not None else []
        ends = out.get((via, r.to_way), []) if via is not None else []
        if len(starts) == 1 and len(ends) == 1:
            turns[starts[0]][1 if r.only else 0].add(ends[0])
        elif len(starts) == 1 and not ends and r.only:
            continue  # the only exit is closed to this mode: better no rule than a trap
    return dict(turns)


def _by_way(
    arcs: Arcs, edges: Edges, junctions: set[int]
) -> tuple[dict[tuple[int | None, int], list[int]], dict[tuple[int | None, int], list[int]]]:
    """Index the arcs into and out of some nodes by node and OSM way."""
    wanted = np.array(sorted(junctions), np.int64)
    into: dict[tuple[int | None, int], list[int]] = defaultdict(list)
    out: dict[tuple[int | None, int], list[int]] = defaultdict(list)
    for table, end in ((into, arcs.head), (out, arcs.tail)):
        for arc in np.flatnonzero(np.isin(end, wanted)):
            way_id = int(edges.way_id[arcs.way[arc] >> 1])
            table[int(end[arc]), way_id].append(int(arc))
    return into, out


def _arcs_by_tail(arcs: Arcs, wanted: set[int]) -> dict[int, list[int]]:
    leaving: dict[int, list[int]] = {node: [] for node in wanted}
    for arc in np.flatnonzero(np.isin(arcs.tail, np.array(sorted(wanted), np.int64))):
        leaving[int(arcs.tail[arc])].append(int(arc))
    return leaving


def _allowed(leaving: list[int], turn: tuple[set[int], set[int]]) -> list[int]:
    forbidden, only = turn
    return [arc for arc in leaving if arc not in forbidden and (not only or arc in only)]

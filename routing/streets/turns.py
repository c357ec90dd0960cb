"""Apply turn restrictions: whoever comes a restricted way meets a copy of the junction.

The copy has the arcs that may be taken from there and no others, so that a plain shortest-path
search heeds the restriction. One that leads over other ways has a copy of each junction on them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing.arrays import UInt32
from routing.osm.model import Restriction
from routing.streets.graph import Edges, Nodes, StreetMode

Chain = tuple[int, ...]
"""Arcs one after the other."""


@dataclass(frozen=True)
class Arcs:
    """Arcs in no order: from, to, ``2 * edge`` plus 1 against the drawn direction."""

    tail: UInt32
    head: UInt32
    way: UInt32

    @classmethod
    def of(cls, edges: Edges, mode: StreetMode) -> "Arcs":
        """List the arcs of the edges that a mode may pass, in the directions it may."""
        bits = edges.access >> (2 * mode)
        along = np.flatnonzero(bits & 1).astype(np.uint32)
        against = np.flatnonzero(bits & 2).astype(np.uint32)
        return cls(
            np.concatenate((edges.tail[along], edges.head[against])),
            np.concatenate((edges.head[along], edges.tail[against])),
            np.concatenate((2 * along, 2 * against + 1)),
        )

    def leaving(self, nodes: Iterable[int]) -> dict[int, list[int]]:
        """List the arcs that leave some nodes, by node."""
        found: dict[int, list[int]] = {node: [] for node in nodes}
        for arc in np.flatnonzero(np.isin(self.tail, np.array(sorted(found), np.int64))):
            found[int(self.tail[arc])].append(int(arc))
        return found


@dataclass(frozen=True)
class Rule:
    """Arcs that may not follow each other, or the last of which must follow the others."""

    chain: Chain
    only: bool


def find_rules(
    arcs: Arcs,
    nodes: Nodes,
    edges: Edges,
    restrictions: Sequence[Restriction],
    mode: StreetMode,
) -> list[Rule | None]:
    """Find the arcs each restriction of a mode is about.

    Returns
    -------
    list of Rule or None
        ``None`` where its ways do not meet, meet in several ways, or are closed to the mode.
    """
    bound = [r for r in restrictions if r.modes >> mode & 1]
    ids = {r.via_node for r in bound}
    at = np.flatnonzero(np.isin(nodes.osm_id, np.array(sorted(ids), np.int64)))
    node_of = {int(nodes.osm_id[v]): int(v) for v in at}
    of_way = _by_way(arcs, edges, {w for r in bound for w in (r.from_way, r.to_way, *r.via_ways)})
    rules: list[Rule | None] = []
    for r in bound:
        start, end = of_way[r.from_way], of_way[r.to_way]
        if not r.via_ways:
            via = node_of.get(r.via_node, -1)
            start = [arc for arc in start if arcs.head[arc] == via]
        found = [
            (*path, arc)
            for path in _paths(arcs, start, [of_way[w] for w in r.via_ways])
            for arc in end
            if arcs.tail[arc] == arcs.head[path[-1]]
        ]
        rules.append(Rule(found[0], r.only) if len(found) == 1 else None)
    return rules


def _by_way(arcs: Arcs, edges: Edges, ways: set[int]) -> dict[int, list[int]]:
    way_id = edges.way_id[arcs.way >> 1]
    found: dict[int, list[int]] = defaultdict(list)
    for arc in np.flatnonzero(np.isin(way_id, np.array(sorted(ways), np.int64))):
        found[int(way_id[arc])].append(int(arc))
    return found


def _paths(arcs: Arcs, starts: Iterable[int], via: list[list[int]]) -> Iterator[Chain]:
    """Yield the ways from an arc over all ways in between, in any order, no node twice."""
    stack: list[tuple[Chain, frozenset[int], int]] = [((a,), frozenset(), -1) for a in starts]
    while stack:
        path, done, current = stack.pop()
        if len(done) == len(via):
            yield path
        passed = {int(arcs.tail[arc]) for arc in path}
        here = int(arcs.head[path[-1]])
        for number, members in enumerate(via):
            if number in done and number != current:
                continue
            for arc in members:
                if arcs.tail[arc] == here and int(arcs.head[arc]) not in passed:
                    stack.append(((*path, arc), done | {number}, number))


def apply_restrictions(
    arcs: Arcs,
    nodes: Nodes,
    edges: Edges,
    restrictions: Sequence[Restriction],
    mode: StreetMode,
) -> tuple[Arcs, UInt32]:
    """Return the arcs with forbidden turns taken out, and the node each added node copies.

    Restrictions that :func:`find_rules` finds no arcs for are left out.

    Returns
    -------
    Arcs
        Heads of restricted arcs lead to copies, whose arcs are appended.
    uint32, (n_copies,)
        Base node of each copy, ascending; copies are numbered from ``len(nodes.osm_id)``.
    """
    rules = [rule for rule in find_rules(arcs, nodes, edges, restrictions, mode) if rule]
    if not rules:
        return arcs, np.zeros(0, np.uint32)
    after = _Walk(arcs, rules).states()
    copies = sorted(after, key=lambda state: (int(arcs.head[state.last]), state.key))
    number = {state: len(nodes.osm_id) + i for i, state in enumerate(copies)}
    head = arcs.head.copy()
    for state in copies:
        if state.is_entry:
            head[state.last] = number[state]
    tails, heads, ways = [arcs.tail], [head], [arcs.way]
    for state in copies:
        onward = after[state]
        allowed = np.array([arc for arc, _ in onward], np.int64)
        tails.append(np.full(len(onward), number[state], np.uint32))
        heads.append(
            np.array([arcs.head[arc] if s is None else number[s] for arc, s in onward], np.uint32)
        )
        ways.append(arcs.way[allowed])
    joined = Arcs(np.concatenate(tails), np.concatenate(heads), np.concatenate(ways))
    return joined, np.array([arcs.head[state.last] for state in copies], np.uint32)


@dataclass(frozen=True)
class _State:
    """What of the way so far matters: its last arcs, and whether one may not turn round now."""

    word: Chain
    bound: bool

    @property
    def last(self) -> int:
        return self.word[-1]

    @property
    def key(self) -> tuple[Chain, bool]:
        return self.word, self.bound

    @property
    def is_entry(self) -> bool:
        """Whether it is met by coming from anywhere over its arc."""
        return len(self.word) == 1 and not self.bound


_Onward = list[tuple[int, _State | None]]
"""Arcs that may be taken, and the state each leads to; ``None`` where the past matters no more."""


class _Walk:
    """Follows all ways on which a rule is under way, as Aho and Corasick match many words."""

    def __init__(self, arcs: Arcs, rules: Sequence[Rule]) -> None:
        self._arcs = arcs
        self._begun = {rule.chain[:i] for rule in rules for i in range(1, len(rule.chain))}
        self._forbidden: dict[Chain, set[int]] = defaultdict(set)
        self._forced: dict[Chain, set[int]] = defaultdict(set)
        for rule in rules:
            if rule.only:  # one who has begun the way must end it
                for i in range(1, len(rule.chain)):
                    self._forced[rule.chain[:i]].add(rule.chain[i])
            else:
                self._forbidden[rule.chain[:-1]].add(rule.chain[-1])

    @cached_property
    def _leaving(self) -> dict[int, list[int]]:
        at = {int(self._arcs.head[arc]) for word in self._begun for arc in word}
        near = self._arcs.leaving(at)
        return near | self._arcs.leaving(
            {int(self._arcs.head[arc]) for found in near.values() for arc in found} - set(near)
        )

    def states(self) -> dict[_State, _Onward]:
        """Return the arcs that may be taken from each state."""
        found: dict[_State, _Onward] = {}
        waiting = [_State(word, False) for word in self._begun if len(word) == 1]
        while waiting:
            state = waiting.pop()
            if state not in found:
                found[state] = self._onward(state)
                waiting += [following for _, following in found[state] if following is not None]
        return found

    def _onward(self, state: _State) -> _Onward:
        leaving = self._leaving[int(self._arcs.head[state.last])]
        allowed = [arc for arc in leaving if self._may_take(state.word, arc)]
        is_restricted = len(allowed) < len(leaving)
        if state.bound:  # turning round would be a way out of the restriction before
            straight = [a for a in allowed if self._arcs.way[a] != self._arcs.way[state.last] ^ 1]
            allowed = straight or allowed
        return [(arc, self._next(state.word, arc, is_restricted)) for arc in allowed]

    def _may_take(self, word: Chain, arc: int) -> bool:
        for i in range(len(word)):
            begun = word[i:]
            if arc in self._forbidden.get(begun, ()):
                return False
            if begun in self._forced and arc not in self._forced[begun]:
                return False
        return True

    def _next(self, word: Chain, arc: int, bound: bool) -> _State | None:
        longer = (*word, arc)
        for i in range(len(longer)):
            if longer[i:] in self._begun:
                return _State(longer[i:], bound)
        return _State((arc,), True) if bound else None


def count_unused(nodes: Nodes, edges: Edges, restrictions: Sequence[Restriction]) -> int:
    """Return how many restrictions no mode heeds: their ways do not meet, or in several ways."""
    used: set[int] = set()
    for mode in StreetMode:
        bound = [i for i, r in enumerate(restrictions) if r.modes >> mode & 1]
        rules = find_rules(Arcs.of(edges, mode), nodes, edges, restrictions, mode)
        used |= {i for i, rule in zip(bound, rules, strict=True) if rule is not None}
    return len(restrictions) - len(used)

"""Ways with turn restrictions are the best of those a plain walk over all histories finds."""

import heapq
import math
import string
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.osm.model import Restriction
from routing.streets.graph import StreetMode
from routing.streets.search import StreetSearch
from routing.streets.snap import AT_NODE_M
from tests.street_maps import Way, draw, snap

CAR = StreetMode.CAR
LETTERS = string.ascii_uppercase[:9]
SPOTS = {name: (i % 3 * 100.0, i // 3 * 110.0) for i, name in enumerate(LETTERS)}
PAIRS = [(a, b) for a in range(9) for b in (a + 1, a + 3, a + 4) if b < 9 and (b != a + 1 or b % 3)]
PAIRS = [(a, b) for a, b in PAIRS if b != a + 4 or a % 3 < 2]
"""Streets of a block of three by three corners, with its diagonals: way ``i + 1`` is pair ``i``."""

Step = tuple[int, int, int]
"""Way, and the corners it leads from and to."""
Rule = tuple[tuple[Step, ...], bool]


def random_turns(rng: np.random.Generator) -> tuple[list[Way], list[Restriction]]:
    """Draw streets, some one-way, and restrictions over none, one or two ways."""
    ways: list[Way] = []
    for a, b in PAIRS:
        tags = {"highway": "residential"} | ({"oneway": "yes"} if rng.random() < 0.15 else {})
        ways.append((f"{LETTERS[a]} {LETTERS[b]}", tags))
    turns = []
    for _ in range(rng.integers(1, 12)):
        course = [int(rng.integers(9))]
        numbers: list[int] = []
        for _ in range(rng.integers(2, 5)):
            around = [i for i, pair in enumerate(PAIRS) if course[-1] in pair and i not in numbers]
            if not around:
                break
            numbers.append(int(rng.choice(around)))
            course.append(sum(PAIRS[numbers[-1]]) - course[-1])
        if len(set(course)) < len(course) or len(numbers) < 2:
            continue
        via = tuple(i + 1 for i in numbers[1:-1])
        node = 0 if via else course[1] + 1
        only = bool(rng.random() < 0.4)
        turns.append(Restriction(numbers[0] + 1, node, numbers[-1] + 1, only, 1 << CAR, via))
    return ways, turns


def rules_of(steps: set[Step], turns: list[Restriction]) -> list[Rule]:
    """Write restrictions as steps one after the other; those that cannot be gone do not bind."""
    rules = []
    for turn in turns:
        chains = [(s,) for s in steps if s[0] == turn.from_way]
        for way in (*turn.via_ways, turn.to_way):
            chains = [(*c, s) for c in chains for s in steps if s[0] == way and s[1] == c[-1][2]]
        if turn.via_node:
            chains = [c for c in chains if c[0][2] == turn.via_node - 1]
        rules += [(chain, turn.only) for chain in chains]
    return rules


def obeys(history: tuple[Step, ...], rules: list[Rule]) -> bool:
    """Tell whether the last step may be taken; of several only ways, either will do."""
    if any(not only and history[-len(chain) :] == chain for chain, only in rules):
        return False
    for n in range(1, len(history)):
        begun = history[-n - 1 : -1]
        forced = {c[n] for c, only in rules if only and len(c) > n and c[:n] == begun}
        if forced and history[-1] not in forced:
            return False
    return True


def least_seconds(seconds: dict[Step, float], rules: list[Rule], start: int) -> dict[int, float]:
    """Search over whole histories; who comes through a restricted junction does not turn round."""
    best: dict[int, float] = {}
    tie = count()
    queue: list[tuple[float, int, tuple[Step, ...], bool, int]] = [(0.0, 0, (), False, start)]
    seen = set()
    while queue:
        time, _, history, bound, here = heapq.heappop(queue)
        best.setdefault(here, time)
        if (history, bound, here) in seen:
            continue
        seen.add((history, bound, here))
        leaving = [step for step in seconds if step[1] == here]
        allowed = [step for step in leaving if obeys((*history, step), rules)]
        onward = allowed
        if bound:
            onward = [s for s in allowed if s[0] != history[-1][0]] or allowed
        for step in onward:
            later = (*history, step)[-4:]
            restricted = len(allowed) < len(leaving)
            heapq.heappush(queue, (time + seconds[step], next(tie), later, restricted, step[2]))
    return best


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_quickest_way_is_the_quickest_that_obeys_all_restrictions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ways, turns = random_turns(rng)
    graph, plain = draw(SPOTS, ways, turns=turns), draw(SPOTS, ways)
    side = plain.modes[CAR]
    corner = plain.nodes.osm_id - 1
    seconds = {
        (int(plain.edges.way_id[way >> 1]), int(corner[tail]), int(corner[head])): float(s)
        for tail, head, way, s in zip(side.tail, side.head, side.way, side.seconds, strict=True)
    }
    rules = rules_of(set(seconds), turns)
    places = [snap(graph, CAR, *SPOTS[name]) for name in LETTERS]
    at_corner = [place.distance_m < AT_NODE_M for place in places]
    search = StreetSearch(graph, CAR)
    for i in np.flatnonzero(at_corner):
        reach = search.reach([(places[i], 0.0)], math.inf)
        expected = least_seconds(seconds, rules, int(i))
        for j in np.flatnonzero(at_corner):
            found = search.seconds_to(reach, places[j])
            assert found == pytest.approx(expected.get(int(j), math.inf), abs=0.01)

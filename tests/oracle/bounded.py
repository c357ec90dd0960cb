"""Journeys whose first or last part is open at certain times only, tried out one by one."""

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from routing.gtfs.read import read_gtfs
from routing.transit.bounds import Bounds
from routing.transit.footpaths import with_footpaths
from routing.transit.search import TransitSearch
from routing.transit.shortcuts import build_shortcuts
from tests.oracle.dijkstra import World
from tests.oracle.exhaustive import Journey, pareto
from tests.oracle.generator import Question, make_network, make_question
from tests.oracle.network import Network, runs_around, write_gtfs
from tests.oracle.seats import MOST_JOINTS

Open = dict[int, tuple[int, int]]
"""Stop → first and last moment at its door."""


def all_rides(world: World, starts: set[int], max_rides: int) -> Iterator[tuple[int, ...]]:
    """Yield stop and instant of boarding first, stop and instant of alighting last, transfers."""
    for stop in starts:
        for departure, run, call in world.departures[stop]:
            reached: set[tuple[int, int, int, int]] = set()
            ahead = [(run, call, 1, 0)]
            while ahead:
                aboard = ahead.pop()
                if aboard in reached:
                    continue
                reached.add(aboard)
                run_now, at, rides, stayed = aboard
                if stayed < MOST_JOINTS:
                    ahead += [(on, 0, rides, stayed + 1) for on in world.goes_on.get(run_now, [])]
                for later in range(at + 1, len(world.runs[run_now])):
                    event = world.runs[run_now][later]
                    if not event.can_alight:
                        continue
                    yield stop, departure, event.stop, event.arrival, rides - 1
                    if rides == max_rides:
                        continue
                    arrived = event.stop, event.arrival
                    if world.network.narrow:
                        boarded = world.boardings(run_now, *arrived)
                        ahead += [(r, c, rides + 1, 0) for _, r, c, _ in boarded]
                        continue
                    for other, ready in world.changes(*arrived):
                        first = world.first_departure(other, ready)
                        departures = world.departures[other][first:]
                        ahead += [(r, c, rides + 1, 0) for _, r, c in departures]


def check_bounded(rng: random.Random, seen: Counter[str], shortcuts: bool = False) -> list[str]:
    """Draw a network, a question and times at which its ends are open; return the differences."""
    network, day = make_network(rng)
    question = make_question(rng, network, day)
    question = Question(
        day, question.access, question.egress, question.depart_s, question.window_s,
        min(question.max_transfers, 2), question.max_duration_s,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        write_gtfs(network, Path(folder))
        timetable, _ = read_gtfs([Path(folder)])
    if network.streets:
        pairs = np.array(list(network.streets), np.int64)
        seconds = np.array(list(network.streets.values()), np.int32)
        timetable = with_footpaths(timetable, pairs[:, 0], pairs[:, 1], seconds)
    view = timetable.day_view(day)
    if shortcuts:
        build_shortcuts(view)
        build_shortcuts(view.mirror)
    world = World(network, runs_around(network, day))
    zero, rides = view.epoch_s, question.max_transfers + 1
    every = [
        (a, leave - zero, b, arrive - zero, n)
        for a, leave, b, arrive, n in all_rides(world, set(question.access), rides)
        if b in question.egress
    ]
    search, wait_s = TransitSearch(timetable), rng.choice((0, 600, 3600))
    found = []
    for name, compare in (("leaving", _leaving), ("arriving", _arriving)):
        mine, right = compare(rng, search, view, network, question, every, wait_s)
        seen[f"{name} answered"] += bool(right)
        if mine != right:
            found.append(f"{name}: {sorted(mine)}, not {sorted(right)}")
    return found


def _open(rng: random.Random, stops: dict[int, int], moments: list[int]) -> Open:
    """Draw when the doors are open: about the time of something that happens, if anything does."""
    step = rng.choice((60, 300))
    low = {s: rng.choice(moments or [0]) + rng.randint(-20, 2) * step for s in stops}
    return {stop: (at, at + rng.randint(0, 30) * step) for stop, at in low.items()}


def _arrays(ends: dict[int, int]) -> tuple["np.ndarray", "np.ndarray"]:
    return np.array(list(ends), np.uint32), np.array(list(ends.values()), np.int32)


def _bounds(ends: dict[int, int], opened: Open, wait_s: int) -> Bounds:
    low, high = (np.array([opened[stop][i] for stop in ends], np.int32) for i in (0, 1))
    return Bounds(low, high, wait_s)


def _leaving(
    rng: random.Random, search: TransitSearch, view: object, network: Network, q: Question,
    every: list[tuple[int, ...]], wait_s: int,
) -> tuple[set[Journey], set[Journey]]:  # fmt: skip
    opened = _open(
        rng,
        q.access,
        [leave for _, leave, *_ in every if q.depart_s <= leave < q.depart_s + q.window_s],
    )
    found = search.range(
        view, _arrays(q.access), _arrays(q.egress), q.depart_s, q.window_s,  # type: ignore[arg-type]
        q.max_transfers, q.max_duration_s, bounds=_bounds(q.access, opened, wait_s),
    )  # fmt: skip
    right = set()
    for a, departure, b, arrival, transfers in every:
        wanted = departure - q.access[a]
        leave, arrive = min(wanted, opened[a][1]), arrival + q.egress[b]
        fits = leave >= opened[a][0] and wanted - leave <= wait_s
        asked = q.depart_s <= leave < q.depart_s + q.window_s
        if fits and asked and arrive - leave <= q.max_duration_s:
            right.add((leave, arrive, transfers))
    for journey in found:
        assert journey.departure_s + journey.access_s == journey.legs[0].departure_s  # type: ignore[union-attr]
    return {(j.departure_s, j.arrival_s, j.transfers) for j in found}, pareto(right)


def _arriving(
    rng: random.Random, search: TransitSearch, view: object, network: Network, q: Question,
    every: list[tuple[int, ...]], wait_s: int,
) -> tuple[set[Journey], set[Journey]]:  # fmt: skip
    moments = [arrival for _, leave, _, arrival, _ in every if leave >= 0 and arrival < 2 * 86_400]
    arrive_s = rng.choice(moments or [0]) + 1800
    opened = _open(rng, q.egress, moments)
    found = search.arrive_by(
        view, _arrays(q.access), _arrays(q.egress), arrive_s, q.window_s,  # type: ignore[arg-type]
        q.max_transfers, q.max_duration_s, bounds=_bounds(q.egress, opened, wait_s),
    )  # fmt: skip
    right = set()
    for a, departure, b, arrival, transfers in every:
        there = arrival + q.egress[b]
        leave, arrive = departure - q.access[a], max(there, opened[b][0])
        fits = arrive <= opened[b][1] and arrive - there <= wait_s
        asked = arrive_s - q.window_s < arrive <= arrive_s
        # What ended before midnight is not in the view, so earlier departures may be missing.
        if fits and asked and arrive - leave <= q.max_duration_s and leave >= 0:
            right.add((leave, arrive, transfers))
    mine = {(j.departure_s, j.arrival_s, j.transfers) for j in found if j.departure_s >= 0}
    return mine, pareto(right)

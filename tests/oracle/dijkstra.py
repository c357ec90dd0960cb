"""Journeys by Dijkstra's algorithm on the time-expanded graph; slow and plain.

A node is a person: arrived at a stop by a vehicle, or ready at a stop, or waiting there for the
n-th departure, or sitting in a vehicle at one of its calls, having stayed on board so often as it
went on as another trip; always with the number of rides so far. Where changes depend on the trips,
whoever arrives by a vehicle boards the next one outright, each departure tried. Every edge is
spelled out. Nothing here knows lines, rounds, labels per stop, or pruning.
"""

import bisect
import functools
import heapq
from collections.abc import Iterator

from tests.oracle.network import Event, Network, Run
from tests.oracle.seats import MOST_JOINTS, continuing

Ends = dict[int, int]
"""Stop → seconds to or from it."""

Node = tuple[str, int, int, int, int]
"""Kind, stop or run, instant or departure or call, rides so far, and of a person aboard the joints
passed in this ride, of one arrived the run."""


class World:
    """All vehicles of some days, with the departures of every stop in order."""

    def __init__(self, network: Network, runs: list[Run]) -> None:
        self.network = network
        self.runs: list[tuple[Event, ...]] = [run.events for run in runs]
        self.trips = [run.trip for run in runs]
        self._change_s = functools.cache(network.change_s)
        self.boardings = functools.cache(self._boardings)
        self.goes_on = continuing(network, runs)
        self.departures: list[list[tuple[int, int, int]]] = [[] for _ in range(network.n_stops)]
        for run, events in enumerate(self.runs):
            for i, event in enumerate(events[:-1]):  # nobody boards where a trip ends
                if event.can_board:
                    self.departures[event.stop].append((event.departure, run, i))
        for departures in self.departures:
            departures.sort()
        stops = range(network.n_stops)
        self._walks = [
            [(b, s) for b in stops if (s := network.walk_s(a, b)) is not None] for a in stops
        ]

    def first_departure(self, stop: int, instant: int) -> int:
        """Return which departure of a stop is the first not before an instant."""
        return bisect.bisect_left(self.departures[stop], (instant, -1, -1))

    def changes(self, stop: int, instant: int) -> Iterator[tuple[int, int]]:
        """List where one can be ready to board after arriving by vehicle, and when."""
        for other, seconds in self._walks[stop]:
            yield other, instant + seconds

    def _boardings(self, run: int, stop: int, instant: int) -> list[tuple[int, int, int, int]]:
        """List what one can board after arriving by a vehicle: when, run, call, seconds walked."""
        found = []
        for other, departures in enumerate(self.departures):
            for departure, following, call in departures[self.first_departure(other, instant) :]:
                seconds = self._change_s(stop, other, self.trips[run], self.trips[following])
                if seconds is not None and instant + seconds <= departure:
                    found.append((departure, following, call, seconds if other != stop else 0))
        return found


def earliest_arrivals(
    world: World, access: Ends, egress: Ends, depart: int, max_rides: int, latest: int
) -> dict[int, int]:
    """Return the earliest arrival for every number of rides that has one, by that number."""
    best: dict[int, int] = {}
    heap: list[tuple[int, Node]] = [
        (depart + seconds, ("ready", stop, depart + seconds, 0, 0))
        for stop, seconds in access.items()
    ]
    heapq.heapify(heap)
    done: set[Node] = set()
    while heap:
        now, node = heapq.heappop(heap)
        if node in done or now > latest:
            continue
        done.add(node)
        kind, place, _, rides, _ = node
        if kind == "vehicle" and place in egress:
            arrival = now + egress[place]
            if arrival <= latest:
                best[rides] = min(best.get(rides, arrival), arrival)
        for then, following in _edges(world, now, node):
            if following[3] <= max_rides:
                heapq.heappush(heap, (then, following))
    return best


def _edges(world: World, now: int, node: Node) -> Iterator[tuple[int, Node]]:
    kind, place, index, rides, stayed = node
    if kind == "vehicle":  # change at the stop, or walk once
        if world.network.narrow:
            for departure, run, call, _ in world.boardings(stayed, place, now):
                yield departure, ("aboard", run, call, rides + 1, 0)
            return
        for stop, instant in world.changes(place, now):
            yield instant, ("ready", stop, instant, rides, 0)
    elif kind == "ready":  # wait for the first vehicle that still leaves
        first = world.first_departure(place, now)
        if first < len(world.departures[place]):
            yield world.departures[place][first][0], ("waiting", place, first, rides, 0)
    elif kind == "waiting":  # board it, or wait for the next
        _, run, call = world.departures[place][index]
        yield now, ("aboard", run, call, rides + 1, 0)
        if index + 1 < len(world.departures[place]):
            yield world.departures[place][index + 1][0], ("waiting", place, index + 1, rides, 0)
    else:  # ride on to the next call, get off there or stay
        events = world.runs[place]
        if index + 1 < len(events):
            following = events[index + 1]
            yield following.arrival, ("aboard", place, index + 1, rides, stayed)
            if following.can_alight:
                arrived = ("vehicle", following.stop, following.arrival, rides, place)
                yield following.arrival, arrived
        elif stayed < MOST_JOINTS:
            for run in world.goes_on.get(place, []):
                yield world.runs[run][0].departure, ("aboard", run, 0, rides, stayed + 1)

"""Journeys of every departure at once: what could still be reached, tried out completely."""

from typing import TypeVar

from tests.oracle.dijkstra import Ends, World
from tests.oracle.seats import MOST_JOINTS

NEVER = 10**12
ANY = 10**6
"""Steps of walking left to one who does not count them."""

STEP_S, MOST_STEPS, LATER_S = 300, 8, 1800

Journey = tuple[int, int, int]
"""Departure from the origin, arrival at the destination, transfers."""

WalkedJourney = tuple[int, int, int, int]
"""The same, and steps of walking."""

Any4 = TypeVar("Any4", Journey, WalkedJourney)


def steps(seconds: int) -> int:
    """Return the nearest number of five minutes, half of them counting as whole."""
    return (2 * seconds + STEP_S) // (2 * STEP_S)


class Exhaustive:
    """Tries every way on from every vehicle call, remembering what came of it.

    Parameters
    ----------
    world : World
        The vehicles.
    egress : dict
        Seconds from stops to the destination.
    """

    def __init__(self, world: World, egress: Ends) -> None:
        self._world, self._egress = world, egress
        self._aboard: dict[tuple[int, int, int, int, int], int] = {}
        self._boarding: dict[tuple[int, int, int, int], int] = {}

    def from_aboard(
        self, run: int, call: int, rides_left: int, steps_left: int = ANY, stayed: int = 0
    ) -> int:
        """Return the earliest arrival of someone sitting in a vehicle."""
        key = (run, call, rides_left, steps_left, stayed)
        if key not in self._aboard:
            events = self._world.runs[run]
            best = NEVER
            if call + 1 < len(events):
                following = events[call + 1]
                best = self.from_aboard(run, call + 1, rides_left, steps_left, stayed)
                if following.can_alight:
                    arrived = following.stop, following.arrival
                    best = min(best, self._arrived(run, *arrived, rides_left, steps_left))
            elif stayed < MOST_JOINTS:
                for on in self._world.goes_on.get(run, []):
                    best = min(best, self.from_aboard(on, 0, rides_left, steps_left, stayed + 1))
            self._aboard[key] = best
        return self._aboard[key]

    def _arrived(self, run: int, stop: int, now: int, rides_left: int, steps_left: int) -> int:
        best = NEVER
        if stop in self._egress and _left(steps_left, self._egress[stop]) >= 0:
            best = now + self._egress[stop]
        if rides_left > 0 and self._world.network.narrow:
            for _, following, call, walked in self._world.boardings(run, stop, now):
                left = _left(steps_left, walked)
                if left >= 0:
                    best = min(best, self.from_aboard(following, call, rides_left - 1, left))
        elif rides_left > 0:
            for other, ready in self._world.changes(stop, now):
                left = _left(steps_left, ready - now if other != stop else 0)
                if left >= 0:
                    best = min(best, self._from_stop(other, ready, rides_left, left))
        return best

    def _from_stop(self, stop: int, ready: int, rides_left: int, steps_left: int) -> int:
        """Return the best of boarding any departure that is left."""
        departures = self._world.departures[stop]
        first = self._world.first_departure(stop, ready)
        known = self._boarding.get((stop, first, rides_left, steps_left))
        if known is not None:
            return known
        best = NEVER
        for nth in range(len(departures) - 1, first - 1, -1):
            key = (stop, nth, rides_left, steps_left)
            if key not in self._boarding:
                _, run, call = departures[nth]
                arrival = self.from_aboard(run, call, rides_left - 1, steps_left)
                self._boarding[key] = min(best, arrival)
            best = self._boarding[key]
        return best


def _left(steps_left: int, seconds: int) -> int:
    return ANY if steps_left == ANY else steps_left - steps(seconds)


def all_journeys(world: World, access: Ends, egress: Ends, max_rides: int) -> set[Journey]:
    """Return the best journeys of every instant at which a first vehicle can be met."""
    ways = Exhaustive(world, egress)
    found = set()
    for stop, seconds in access.items():
        for departure, run, call in world.departures[stop]:
            for rides in range(1, max_rides + 1):
                arrival = ways.from_aboard(run, call, rides - 1)
                if arrival < NEVER:
                    found.add((departure - seconds, arrival, rides - 1))
    return found


def all_walked_journeys(
    world: World, access: Ends, egress: Ends, max_rides: int
) -> set[WalkedJourney]:
    """Return the best journeys of every instant and every number of steps one would walk."""
    ways = Exhaustive(world, egress)
    found = set()
    for stop, seconds in access.items():
        for departure, run, call in world.departures[stop]:
            for rides in range(1, max_rides + 1):
                for most in range(MOST_STEPS + 1):
                    left = ANY if most == MOST_STEPS else most - steps(seconds)
                    if left < 0:
                        continue
                    arrival = ways.from_aboard(run, call, rides - 1, left)
                    if arrival < NEVER:
                        found.add((departure - seconds, arrival, rides - 1, most))
    return found


def pareto(journeys: set[Any4]) -> set[Any4]:
    """Keep journeys than which no other is at least as good in every way."""
    kept: set[Any4] = set()
    for one in sorted(journeys, key=lambda j: (-j[0], *j[1:])):
        if not any(all(a <= b for a, b in zip(j[1:], one[1:], strict=True)) for j in kept):
            kept.add(one)  # those kept leave no earlier
    return kept


def worth_walking_less(journeys: set[WalkedJourney]) -> set[WalkedJourney]:
    """Leave out journeys that arrive much later than another with any walking.

    The other leaves no earlier and takes no more transfers.
    """
    kept = set()
    for one in journeys:
        rivals = [j[1] for j in journeys if j[0] >= one[0] and j[2] <= one[2]]
        if one[1] <= min(rivals) + LATER_S:
            kept.add(one)
    return kept

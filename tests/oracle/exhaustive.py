"""Journeys of every departure at once: what could still be reached, tried out completely."""

from tests.oracle.dijkstra import Ends, World
from tests.oracle.seats import MOST_JOINTS

NEVER = 10**12

Journey = tuple[int, int, int]
"""Departure from the origin, arrival at the destination, transfers."""


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
        self._aboard: dict[tuple[int, int, int, int], int] = {}
        self._boarding: dict[tuple[int, int, int], int] = {}

    def from_aboard(self, run: int, call: int, rides_left: int, stayed: int = 0) -> int:
        """Return the earliest arrival of someone sitting in a vehicle."""
        key = (run, call, rides_left, stayed)
        if key not in self._aboard:
            events = self._world.runs[run]
            best = NEVER
            if call + 1 < len(events):
                following = events[call + 1]
                best = self.from_aboard(run, call + 1, rides_left, stayed)
                if following.can_alight:
                    best = min(
                        best, self._arrived(run, following.stop, following.arrival, rides_left)
                    )
            elif stayed < MOST_JOINTS:
                for on in self._world.goes_on.get(run, []):
                    best = min(best, self.from_aboard(on, 0, rides_left, stayed + 1))
            self._aboard[key] = best
        return self._aboard[key]

    def _arrived(self, run: int, stop: int, now: int, rides_left: int) -> int:
        best = now + self._egress[stop] if stop in self._egress else NEVER
        if rides_left > 0 and self._world.network.narrow:
            for _, following, call in self._world.boardings(run, stop, now):
                best = min(best, self.from_aboard(following, call, rides_left - 1))
        elif rides_left > 0:
            for other, ready in self._world.changes(stop, now):
                best = min(best, self._from_stop(other, ready, rides_left))
        return best

    def _from_stop(self, stop: int, ready: int, rides_left: int) -> int:
        """Return the best of boarding any departure that is left."""
        departures = self._world.departures[stop]
        first = self._world.first_departure(stop, ready)
        best = NEVER
        for nth in range(len(departures) - 1, first - 1, -1):
            key = (stop, nth, rides_left)
            if key not in self._boarding:
                _, run, call = departures[nth]
                self._boarding[key] = min(best, self.from_aboard(run, call, rides_left - 1))
            best = self._boarding[key]
        return best


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


def pareto(journeys: set[Journey]) -> set[Journey]:
    """Keep journeys than which no other is at least as good in all three ways."""
    kept: set[Journey] = set()
    for one in sorted(journeys, key=lambda j: (-j[0], j[1], j[2])):
        if not any(j[1] <= one[1] and j[2] <= one[2] for j in kept):
            kept.add(one)  # those kept leave no earlier
    return kept

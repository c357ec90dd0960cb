"""Where riders may stay on board as one trip becomes another: the rule, pair by pair."""

from datetime import date
from itertools import pairwise

from tests.oracle.network import Network, Run, Trip

MOST_GAP_S = 1800
MOST_JOINTS = 2
"""One stays on board at most so often in a row."""


def continuing(network: Network, runs: list[Run]) -> dict[int, list[int]]:
    """Return for each run (by its number in the list) those it goes on as."""
    found: dict[int, list[int]] = {}
    numbers = {(run.trip, run.day): number for number, run in enumerate(runs) if run.trip >= 0}
    for day in {run.day for run in runs}:
        for (a, b), told in _pairs(network, day).items():
            if (a, day) not in numbers or (b, day) not in numbers:
                continue
            before, after = runs[numbers[a, day]].events[-1], runs[numbers[b, day]].events[0]
            if before.arrival <= after.departure and (told or before.stop == after.stop):
                found.setdefault(numbers[a, day], []).append(numbers[b, day])
    return found


def _pairs(network: Network, day: date) -> dict[tuple[int, int], bool]:
    """Return what goes on as what as planned, and whether the feed says so outright."""
    trips = {
        number: trip
        for number, trip in enumerate(network.trips)
        if day in network.services[trip.service] and not trip.headways
    }
    told = {
        pair
        for pair, kind in network.in_seat.items()
        if kind == 4 and not any(network.trips[number].headways for number in pair)
    }
    named = {a for a, _ in told}, {b for _, b in told}
    pairs = {(a, b): True for a, b in told if a in trips and b in trips and _timed(network, a, b)}
    for block in {trip.block for trip in trips.values()} - {None}:
        members = [number for number, trip in trips.items() if trip.block == block]
        members.sort(key=lambda number: _span(trips[number]))
        for a, b in pairwise(members):
            if a in named[0] or b in named[1] or network.in_seat.get((a, b)) == 5:
                continue
            before, after = trips[a].calls, trips[b].calls
            wait = after[0].departure_s - before[-1].arrival_s
            same = before[-1].stop == after[0].stop
            if same and 0 <= wait <= MOST_GAP_S and _worth(trips[a], trips[b]):
                pairs[a, b] = False
    return pairs


def _timed(network: Network, a: int, b: int) -> bool:
    return network.trips[a].calls[-1].arrival_s <= network.trips[b].calls[0].departure_s


def _span(trip: Trip) -> tuple[int, int]:
    return trip.calls[0].departure_s, trip.calls[-1].arrival_s


def _worth(before: Trip, after: Trip) -> bool:
    """Staying on leads where neither trip does alone, for at least an eighth of the pairs."""
    one, two = ([call.stop for call in trip.calls] for trip in (before, after))
    helps = [
        one[i] not in two[: k + 1] and two[k] not in one[i:]
        for i in range(len(one) - 1)
        for k in range(1, len(two))
    ]
    return 8 * sum(helps) >= len(helps)

"""One's own bicycle and car on journeys over places: ridden, taken along, left at a stop."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from routing.model import Via
from routing.network import Network
from routing.transit.tables import NO, YES
from tests.builders import ask, request, show, town

LINES = "Fast C 08:20 E 08:22\nSlow E 08:40 J 08:45"
NEAR: dict[str, Any] = {
    "max_access_walk_s": 60,
    "max_direct_walk_s": 0,
    "max_access_ride_s": 200,  # as far as C, but not E
    "max_direct_ride_s": 200,
}


def flagged(lines: str, bikes: int) -> Network:
    """Make a town whose trips all say yes or no to bicycles."""
    network = town(lines)
    assert network.timetable is not None
    flags = np.full(network.timetable.n_trips, bikes, np.uint8)
    trips = replace(network.timetable.trips, bikes=flags)
    return replace(network, timetable=network.timetable.with_tables(trips=trips))


def over(
    network: Network, modes: str, *vias: tuple[str, int], at: str = "08:00", **more: Any
) -> list[tuple[tuple[str, str], str, int]]:
    via = tuple(Via(request(name, name).origin, 60 * minutes) for name, minutes in vias)
    found = ask(network, "A", "J", at, via=via, modes=modes, **(NEAR | more)).itineraries
    return [(way.combination, show(way), way.transfers) for way in found]


BOTH_WAYS: list[dict[str, Any]] = [{}, {"at": "08:50", "arrive_by": True}]


@pytest.mark.parametrize("asked", BOTH_WAYS)
def test_the_own_vehicle_is_left_at_the_first_stop_and_stays_there(asked: dict[str, Any]) -> None:
    network = flagged(LINES, NO)
    on = ", C 08:20 Fast E 08:22, E 08:22 STAY E 08:40, E 08:40 Slow J 08:45"
    assert over(network, "TRANSIT BICYCLE", ("E", 10), **asked) == [
        (("BICYCLE", "WALK"), "A 08:16:58 BICYCLE C 08:20" + on, 1)
    ]
    assert over(network, "TRANSIT CAR", ("E", 10), **asked) == [
        (("CAR_PARK", "WALK"), "A 08:15:52 CAR C 08:20" + on, 1)
    ]


@pytest.mark.parametrize("asked", BOTH_WAYS)
def test_it_comes_along_to_the_places_before(asked: dict[str, Any]) -> None:
    ridden = "A 08:11:58 BICYCLE B 08:13:29, B 08:13:29 STAY B 08:18:29, B 08:18:29 BICYCLE C 08:20"
    on = ", C 08:20 Fast E 08:22, E 08:22 STAY E 08:40, E 08:40 Slow J 08:45"
    found = over(flagged(LINES, NO), "TRANSIT BICYCLE", ("B", 5), ("E", 10), **asked)
    assert found == [(("BICYCLE", "WALK"), ridden + on, 1)]
    driven = "A 08:09:52 CAR B 08:10:56, B 08:10:56 STAY B 08:16:56, B 08:16:56 CAR C 08:20"
    found = over(town("Fast C 08:20 H 08:22 J 08:25"), "TRANSIT CAR", ("B", 6), **asked)
    assert found == [(("CAR_PARK", "WALK"), driven + ", C 08:20 Fast J 08:25", 0)]


@pytest.mark.parametrize("asked", BOTH_WAYS)
def test_a_bicycle_is_taken_along_and_left_later(asked: dict[str, Any]) -> None:
    lines = "Fast C 08:20 E 08:22\nSlow F 08:40 J 08:45"
    carried = "A 08:16:58 BICYCLE C 08:20, C 08:20 Fast E 08:22, E 08:22 STAY E 08:38:29"
    left = ", E 08:38:29 BICYCLE F 08:40, F 08:40 Slow J 08:45"
    found = over(flagged(lines, YES), "TRANSIT BICYCLE", ("E", 5), **asked)
    assert found == [(("BICYCLE", "WALK"), carried + left, 1)]
    assert over(flagged(lines, NO), "TRANSIT BICYCLE", ("E", 5), **asked) == []


@pytest.mark.parametrize("asked", BOTH_WAYS)
def test_who_has_left_it_sits_through_a_place(asked: dict[str, Any]) -> None:
    network = flagged("Fast C 08:20 E 08:22 J 08:25", NO)
    sat = ", C 08:20 Fast E 08:22, E 08:22 Fast J 08:25"
    for modes, ridden in (("BICYCLE", "08:16:58 BICYCLE"), ("CAR", "08:15:52 CAR")):
        found = over(network, f"TRANSIT {modes}", ("E", 0), **asked)
        assert [(way, changes) for _, way, changes in found] == [(f"A {ridden} C 08:20{sat}", 0)]


def test_a_vehicle_left_is_not_to_be_had_at_the_far_end() -> None:
    network = flagged("Fast C 08:20 G 08:22", NO)
    for modes in ("TRANSIT BICYCLE", "TRANSIT CAR"):  # from G to J are three blocks
        assert over(network, modes, ("G", 10), max_direct_ride_s=300) == []


@pytest.mark.parametrize("asked", BOTH_WAYS)
def test_nobody_drives_nearly_all_the_way_to_park_beside_the_last_place(
    asked: dict[str, Any],
) -> None:
    far: dict[str, Any] = {"max_access_ride_s": 900, "max_direct_ride_s": 900}
    # From A to J are nine blocks, from F four of them, from H two; nobody drives back from H to F.
    for spot, via, left in (("F", "F", True), ("H", "H", False), ("F", "H", False)):
        found = over(town(f"Slow {spot} 08:20 J 08:26"), "TRANSIT CAR", (via, 0), **far, **asked)
        assert any(combination == ("CAR_PARK", "WALK") for combination, _, _ in found) == left


@pytest.mark.parametrize(("stop", "left"), [("D", True), ("H", False)])
def test_nobody_drives_past_a_place_to_be_brought_back_to_it(stop: str, left: bool) -> None:
    network = town(f"Fast {stop} 08:20 F 08:22\nSlow F 08:30 G 08:32")
    asked = NEAR | {"max_access_ride_s": 900, "max_direct_ride_s": 900, "via": (Via("F", 300),)}
    found = ask(network, "C", "G", modes="TRANSIT CAR", **asked).itineraries
    assert any(way.combination == ("CAR_PARK", "WALK") for way in found) == left


@pytest.mark.parametrize(("arrival", "shown"), [("08:45", True), ("09:03", False)])
def test_riding_far_less_is_worth_some_time_but_not_any(arrival: str, shown: bool) -> None:
    ridden = "A 08:00 BICYCLE E 08:06:03, E 08:06:03 STAY E 08:16:03, E 08:16:03 BICYCLE J 08:23:37"
    with_bus = f"A 08:23:57 BICYCLE E 08:30, E 08:30 STAY E 08:40, E 08:40 Slow I {arrival}"
    asked: dict[str, Any] = {"modes": "TRANSIT BICYCLE", "max_direct_walk_s": 0}
    via = (Via(request("E", "E").origin, 600),)
    found = ask(town(f"Slow E 08:40 I {arrival}"), "A", "J", via=via, **asked).itineraries
    ways = {way.combination: show(way) for way in found if "BICYCLE" in way.combination}
    assert ways.pop(("DIRECT", "BICYCLE")) == ridden
    both = [("BICYCLE", "BICYCLE"), ("BICYCLE", "WALK")]
    assert sorted(ways) == (both if shown else [])
    assert all(way.startswith(with_bus) for way in ways.values())

"""Rides on demand in journeys over places to stay at.

A block of main street takes 300 s on foot and 63.8 s by car.
"""

from pathlib import Path
from typing import Any

import pytest

from routing.model import Itinerary, Via
from routing.network import Network
from tests.builders import ask, bikes, request, show, station
from tests.unit.routing.flex.feeds import flex_town
from tests.unit.routing.flex.test_flex_plans import BUSES, WEST, evening, with_flex

ASKED: dict[str, Any] = {
    "modes": "WALK TRANSIT FLEX",
    "max_access_walk_s": 0,
    "max_direct_walk_s": 0,
}


def over(
    network: Network, start: str, place: str, minutes: int, end: str, at: str, **more: Any
) -> list[Itinerary]:
    via = (Via(request(place, place).origin, 60 * minutes),)
    return with_flex(ask(network, start, end, at, via=via, **(ASKED | more)))


def opened(folder: Path, window: str) -> Network:
    """Make the western half a town served on demand within a window."""
    calls = f"""
        flex 1 area:west {window} 2 1
        flex 2 area:west {window} 1 2
    """
    return flex_town(folder, calls + BUSES, [WEST])


def test_one_is_driven_to_a_place_and_on_from_it(tmp_path: Path) -> None:
    town = evening(tmp_path)
    way = over(town, "A", "C", 10, "D", "19:00")[0]
    assert (
        show(way) == "A 19:00 FF C 19:02:08, C 19:02:08 STAY C 19:12:08, C 19:12:08 FF D 19:13:12"
    )
    assert (way.combination, way.transfers) == (("DIRECT", "FLEX"), 0)
    back = over(town, "A", "C", 10, "D", "19:00", arrive_by=True)[0]
    assert show(back).endswith("C 18:58:56 FF D 19:00")


def test_one_stays_until_the_next_ride_opens_and_finds_none_once_it_has_closed(
    tmp_path: Path,
) -> None:
    calls = """
        flex 1 area:west 18:00-19:00 2 1
        flex 2 area:west 18:00-19:00 1 2
        gone 1 area:west 19:10-19:30 2 1
        gone 2 area:west 19:10-19:30 1 2
    """
    town = flex_town(tmp_path, calls, [WEST])
    way = over(town, "A", "C", 10, "D", "18:50")[0]
    assert show(way) == "A 18:57:52 FF C 19:00, C 19:00 STAY C 19:10, C 19:10 GG D 19:11:04"
    assert over(town, "A", "C", 40, "D", "18:55") == []
    assert over(town, "A", "C", 0, "D", "19:30") == []


@pytest.mark.parametrize(
    ("window", "there"),
    [
        ("18:00-22:00", "A 18:21:48 FF D 18:25, D 18:25 STAY D 18:30"),
        ("17:00-18:00", "A 17:56:48 FF D 18:00, D 18:00 STAY D 18:30"),
    ],
)
def test_the_ride_to_a_place_is_the_last_that_meets_the_bus(
    tmp_path: Path, window: str, there: str
) -> None:
    town = opened(tmp_path, window)
    for more in ({"at": "17:50"}, {"at": "18:45", "arrive_by": True}):
        asked = {"search_window_s": 3600} | more
        way = over(town, "A", "D", 5, "J", asked.pop("at"), **asked)[0]  # type: ignore[arg-type]
        assert show(way) == f"{there}, D 18:30 OO J 18:40"
        assert (way.combination, way.transfers) == (("FLEX", "FLEX"), 0)


def test_a_ride_on_demand_meets_the_bus_within_a_part(tmp_path: Path) -> None:
    town = evening(tmp_path)
    way = over(town, "A", "J", 5, "H", "18:00", max_direct_walk_s=700)[0]
    assert show(way) == (
        "A 18:26:48 FF D 18:30, D 18:30 OO J 18:40, J 18:40 STAY J 18:45, J 18:45 WALK H 18:55"
    )


def test_buses_over_a_place_are_told_beside_rides_on_demand(tmp_path: Path) -> None:
    calls = BUSES + """
        flex 1 area:west 18:00-22:00 2 1
        flex 2 area:west 18:00-22:00 1 2
        bus 1 stop:A 18:05 0 0
        bus 2 stop:D 18:20 0 0
    """  # fmt: skip
    town = flex_town(tmp_path, calls, [WEST])
    via = (Via(request("D", "D").origin, 300),)
    found = ask(town, "A", "J", "18:00", via=via, **(ASKED | {"max_access_walk_s": 60})).itineraries
    assert {show(way) for way in found} == {
        "A 18:05 BB D 18:20, D 18:20 STAY D 18:30, D 18:30 OO J 18:40",
        "A 18:21:48 FF D 18:25, D 18:25 STAY D 18:30, D 18:30 OO J 18:40",
    }


def test_combinations_with_rides_on_demand_that_are_not_looked_for_are_said(tmp_path: Path) -> None:
    town = evening(tmp_path)
    modes = {"modes": "WALK TRANSIT FLEX RENTAL CAR"}
    assert town.streets is not None
    shared = bikes(town, station("A", 1))
    told = [str(code) for code in ask(town, "A", "D", shared=shared, **modes).not_searched]
    assert told == ["RENTAL_WITH_FLEX", "OWN_VEHICLE_WITH_FLEX"]
    assert not ask(town, "A", "D", modes="WALK TRANSIT FLEX").not_searched

"""Changes of journeys planned before are judged by the rules that plans are made with."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mobility.plan_refresh import Refresher
from routing.explore.explorer import Explorer
from routing.journeys.itinerary_id import itinerary_id
from routing.network import Network
from routing.transit.tables import FORBIDDEN_S, NarrowRules
from tests.builders import ask, show, town
from tests.realtime_feeds import live_planner, new_message, tell
from tests.unit.routing.test_in_seat import one_vehicle

LINES = """
    Red    A 08:10  D 08:25
    Blue   D 08:30  H 08:50
    Blue   D 08:50  H 09:10
"""
"""trip0 to trip2."""

PLANNED = "A 08:10 Red D 08:25, D 08:30 Blue H 08:50"
QUESTION: dict[str, Any] = {"modes": "TRANSIT", "max_access_walk_s": 60, "search_window_s": 600}


def ruled(*rules: tuple[int, int, int, int, int, int], change_s: int = 0) -> Network:
    """Make a town where a change at D takes a time, and by rules for routes and trips another.

    A rule is kind, route and trip one comes by, route and trip one boards, and seconds.
    """
    network = town(LINES)
    table = network.timetable
    assert table is not None
    d = table.get_stop("D")
    rows = [(kind, d, d, a, b, p, q, 1, seconds) for kind, a, p, b, q, seconds in rules]
    change = table.footpaths.change_s.copy()
    change[d] = change_s
    table = table.with_tables(
        rules=NarrowRules.of(rows), footpaths=replace(table.footpaths, change_s=change)
    )
    return Network.of(network.streets, table, timezone=network.timezone)


def late(minutes: int, *more: tuple[str, int]) -> Any:
    message = new_message()
    for trip, by in (("trip0", minutes), *more):
        tell(message, trip, A=f"+{by}", D=f"+{by}")
    return message


def refreshed(network: Network, message: Any) -> str:
    """Return the state of the journey planned without any rule."""
    way = ask(town(LINES), "A", "H", **QUESTION).itineraries[0]
    assert show(way) == PLANNED
    planner = live_planner(network, message)
    told = Refresher(Explorer(network, planner.live), planner).refresh(itinerary_id(way))
    return str(told["state"])


def rows(network: Network) -> tuple[dict[str, int], dict[str, int]]:
    table = network.timetable
    assert table is not None
    routes = {name: row for row, name in enumerate(table.routes.id)}
    return routes, {name: row for row, name in enumerate(table.trips.id)}


ROUTE, TRIP = rows(town(LINES))
RED, BLUE = ROUTE["Red"], ROUTE["Blue"]
FIRST, NEXT, LATER = TRIP["trip0"], TRIP["trip1"], TRIP["trip2"]


@pytest.mark.parametrize("minutes", range(7))
@pytest.mark.parametrize(
    ("change_s", "rules"),
    [
        (0, []),
        (180, []),
        (0, [(2, RED, -1, BLUE, -1, 120)]),
        (240, [(2, RED, -1, -1, -1, 60)]),
        (240, [(1, -1, FIRST, -1, NEXT, 0)]),  # the later vehicle waits
        (0, [(3, -1, FIRST, -1, NEXT, FORBIDDEN_S)]),
        (0, [(3, -1, FIRST, -1, LATER, FORBIDDEN_S)]),  # speaks of another trip
        (FORBIDDEN_S, [(2, RED, -1, BLUE, -1, 60)]),
        (0, [(2, RED, -1, BLUE, -1, 240), (2, -1, FIRST, BLUE, -1, 60)]),  # the trip says more
        (0, [(2, BLUE, -1, RED, -1, 240)]),  # the other way round
    ],
)
def test_a_change_is_missed_where_plans_no_longer_take_it(
    change_s: int, rules: list[Any], minutes: int
) -> None:
    network, message = ruled(*rules, change_s=change_s), late(minutes)
    again = live_planner(network, message).plan(ask(network, "A", "H", **QUESTION).request)
    rides = [[leg.trip.trip_id for leg in way.legs if leg.trip] for way in again.itineraries]
    state = refreshed(network, message)
    assert (state != "MISSED_CONNECTION") == (["trip0", "trip1"] in rides)
    if state != "MISSED_CONNECTION":
        assert state == ("LATE" if minutes else "POSSIBLE")


def test_who_stays_seated_needs_no_time_to_change_while_the_vehicle_is_one() -> None:
    def state(kept: Network, now: Network, message: Any) -> str:
        way = ask(kept, "A", "H", **QUESTION).itineraries[0]
        assert [leg.interlined for leg in way.legs] == [False, True]
        planner = live_planner(now, message)
        told = Refresher(Explorer(now, planner.live), planner).refresh(itinerary_id(way))
        return str(told["state"])

    slow = ruled(change_s=300)
    seated = one_vehicle(slow, "trip0", "trip1")
    assert state(seated, seated, late(4)) == "LATE"
    assert state(seated, seated, late(6)) == "MISSED_CONNECTION"
    assert state(seated, seated, late(6, ("trip1", 1))) == "LATE"
    assert state(seated, slow, late(0)) == "POSSIBLE"  # five minutes to change are there
    assert state(seated, slow, late(4)) == "MISSED_CONNECTION"


def test_a_ride_from_another_platform_of_the_station_is_still_that_ride() -> None:
    network = town(LINES + "Grey C 08:00 J 08:10")
    table = network.timetable
    assert table is not None
    parent = np.full(table.n_stops, -1, np.int32)
    parent[[table.get_stop("C"), table.get_stop("D")]] = table.get_stop("G")
    table = table.with_tables(stops=replace(table.stops, parent=parent))
    network = Network.of(network.streets, table, timezone=network.timezone)
    message = new_message()
    update = tell(message, "trip1", D="+0")
    update.stop_time_update[0].stop_time_properties.assigned_stop_id = "C"
    assert refreshed(network, message) == "POSSIBLE"
    assert refreshed(town(LINES + "Grey C 08:00 J 08:10"), message) == "UNKNOWN_TRIP"

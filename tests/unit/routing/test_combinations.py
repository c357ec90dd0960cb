"""Own bicycles parked or carried, the car left at a stop, shared vehicles at both ends."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from routing.journeys.response import to_json
from routing.model import Itinerary, Mode, PlanResult
from routing.network import Network
from routing.osm.model import CarPark
from routing.streets.car_parks import CarParks
from routing.transit.modes import TransitMode
from routing.transit.search import TransitSearch
from routing.transit.tables import NO, YES
from tests.builders import BLOCK_M, MAIN_STREET, ask, bikes, show, shown, station, town
from tests.street_maps import DEGREE_M

FAST = "Fast C 08:20 H 08:22"
LATE = 3 * BLOCK_M
"""Nobody walks farther than this in these tests: three blocks."""


def flagged(network: Network, flag: int) -> Network:
    """Return the network with all trips saying yes or no to bicycles."""
    table = network.timetable
    assert table is not None
    said = np.full(table.n_trips, flag, np.uint8)
    trips = replace(table.trips, bikes=said)
    return replace(network, timetable=table.with_tables(trips=trips))


def of(result: PlanResult, *combination: str) -> list[str]:
    return [show(way) for way in result.itineraries if way.combination == combination]


def by_bike(network: Network) -> PlanResult:
    return ask(network, "A", "J", modes="TRANSIT BICYCLE", max_itineraries=20)


def test_the_own_bicycle_is_taken_along_where_the_trip_does_not_say_no() -> None:
    unknown = by_bike(town(FAST))
    carried = "A 08:16:58 BICYCLE C 08:20, C 08:20 Fast H 08:22, H 08:22 BICYCLE J 08:25:02"
    assert of(unknown, "BICYCLE", "BICYCLE") == [carried]
    ride = next(
        w for w in unknown.itineraries if w.combination == (Mode.BICYCLE, Mode.BICYCLE)
    ).legs[1]
    assert ride.trip is not None
    assert ride.trip.bikes is None
    allowed = by_bike(flagged(town(FAST), YES))
    assert of(allowed, "BICYCLE", "BICYCLE") == [carried]
    refused = by_bike(flagged(town(FAST), NO))
    assert of(refused, "BICYCLE", "BICYCLE") == []
    parked = "A 08:16:58 BICYCLE C 08:20, C 08:20 Fast H 08:22, H 08:22 WALK J 08:32"
    assert of(refused, "BICYCLE", "WALK") == [parked]


def test_a_bicycle_is_not_taken_along_for_nothing() -> None:
    result = ask(town("Fast C 08:20 H 08:22"), "A", "H", modes="TRANSIT BICYCLE")
    assert of(result, "BICYCLE", "WALK") == ["A 08:16:58 BICYCLE C 08:20, C 08:20 Fast H 08:22"]
    assert of(result, "BICYCLE", "BICYCLE") == []


def test_the_car_is_left_on_the_street_at_a_stop() -> None:
    result = ask(town(FAST), "A", "J", modes="TRANSIT CAR")
    (way,) = [way for way in result.itineraries if way.combination == ("CAR_PARK", "WALK")]
    # 64 s a block at 30 km/h with 120 s to park; the stop is at the street
    assert show(way) == "A 08:15:52 CAR C 08:20, C 08:20 Fast H 08:22, H 08:22 WALK J 08:32"
    assert way.walk_s == 600


def test_a_walk_from_the_parked_car_to_a_stop_off_the_street_is_marked_as_estimated() -> None:
    spots = MAIN_STREET | {"Z": (3 * BLOCK_M, 120.0)}
    result = ask(town("Fast Z 08:20 H 08:22", spots), "A", "J", modes="TRANSIT CAR", spots=spots)
    (way,) = [way for way in result.itineraries if way.combination == ("CAR_PARK", "WALK")]
    assert [leg.mode for leg in way.legs] == ["CAR", "WALK", "BUS", "WALK"]
    assert [leg.estimated for leg in way.legs] == [False, True, False, False]
    assert way.walk_s == 130 + 600  # 120 m * 1.3 / 1.2 m/s


def car_parks(**metres_north: float) -> CarParks:
    """Make car parks at spots, so many metres north of the street."""
    found = []
    for number, (spot, north_m) in enumerate(metres_north.items()):
        lon, lat = MAIN_STREET[spot][0] / DEGREE_M, north_m / DEGREE_M
        found.append(CarPark(f"way/{number}", lon, lat, f"P {spot}", 40, None, True))
    return CarParks.of(found)


def parked(parks: CarParks, lines: str = FAST, **more: Any) -> list[Itinerary]:
    network = replace(town(lines), car_parks=parks)
    found = ask(network, "A", "J", modes="TRANSIT CAR", **more).itineraries
    return [way for way in found if way.combination == ("CAR_PARK", "WALK")]


def test_the_car_is_left_in_a_car_park_where_these_are_known() -> None:
    (way,) = parked(car_parks(B=0.0))
    # a block at 30 km/h and 120 s to park, then another on foot
    assert show(way) == (
        "A 08:11:56 CAR P B 08:15, P B 08:15 WALK C 08:20, C 08:20 Fast H 08:22,"
        " H 08:22 WALK J 08:32"
    )
    assert (way.walk_s, [leg.estimated for leg in way.legs]) == (900, [False] * 4)
    told = to_json(ask(replace(town(FAST), car_parks=car_parks(B=0.0)), "A", "J", modes="CAR"))
    assert all("vehicleParking" not in leg["to"] for leg in told["itineraries"][0]["legs"])


def test_what_is_known_of_a_car_park_is_told() -> None:
    network = replace(town(FAST), car_parks=car_parks(B=0.0))
    answer = to_json(ask(network, "A", "J", modes="TRANSIT CAR"))
    ends = [leg["to"] for way in answer["itineraries"] for leg in way["legs"]]
    (park,) = [end for end in ends if "vehicleParking" in end]
    assert park["name"] == "P B"
    assert park["vehicleParking"] == {
        "vehicleParkingId": "way/0", "capacity": 40, "fee": None, "parkRide": True
    }  # fmt: skip


def test_of_several_car_parks_the_one_that_is_quickest_and_not_too_far_on_foot_is_taken() -> None:
    assert parked(car_parks(A=0.0, B=0.0))[0].legs[0].destination.name == "P B"
    # From C one walks ten minutes to E; a car park off the street at D costs more time.
    two, lines = car_parks(C=0.0, D=195.0), "Fast E 08:20 J 08:22"
    asked = {"max_access_walk_s": 650}
    assert [w.legs[0].destination.name for w in parked(two, lines, **asked)] == ["P C"]
    (way,) = parked(two, lines, max_access_walk_s=540)
    assert way.legs[0].destination.name == "P D"
    assert way.legs[1].duration_s == 300 + 163  # 195 m at 1.2 m/s
    assert parked(car_parks(C=0.0), lines, max_access_walk_s=540) == []


def test_nobody_drives_nearly_all_the_way_to_ride_a_bus_for_the_rest() -> None:
    line = "Slow G 08:20 H 08:22 J 08:26"  # from A to J are nine blocks, from G three, from H two
    assert parked(car_parks(G=0.0), line)
    assert parked(car_parks(H=0.0), line) == []
    result = ask(town("Slow H 08:20 J 08:26"), "A", "J", modes="TRANSIT CAR")
    assert of(result, "CAR_PARK", "WALK") == []


def test_nobody_drives_to_a_car_park_at_the_door() -> None:
    assert parked(car_parks(A=0.0)) == []


def test_a_car_park_no_street_leads_to_is_not_driven_to() -> None:
    assert parked(car_parks(B=250.0)) == []
    (way,) = parked(car_parks(B=150.0))
    assert way.legs[0].destination.name == "P B"


def test_a_shared_bicycle_is_ridden_to_one_stop_and_from_another() -> None:
    network = town(FAST)
    shared = bikes(network, *(station(name, 2) for name in "ACHJ"))
    result = ask(network, "A", "J", shared=shared, modes="TRANSIT RENTAL", max_itineraries=20)
    both = of(result, "RENTAL:BICYCLE", "RENTAL:BICYCLE")
    assert len(both) == 1
    assert [word.split()[2] for word in both[0].split(", ")] == ["RENTAL", "Fast", "RENTAL"]


def test_no_vehicle_is_shared_at_an_end_where_walking_is_as_good() -> None:
    network = town(FAST)
    shared = bikes(network, *(station(name, 2) for name in "ACHI"))
    result = ask(network, "A", "H", shared=shared, modes="TRANSIT RENTAL", max_itineraries=20)
    assert of(result, "RENTAL:BICYCLE", "RENTAL:BICYCLE") == []
    assert len(of(result, "RENTAL:BICYCLE", "WALK")) == 1


def test_only_the_kinds_agencies_and_routes_asked_for_are_ridden() -> None:
    two = town("Red A 08:10 F 08:15\nBlue A 08:20 F 08:25")
    ridden = {"modes": "TRANSIT", "max_access_walk_s": 60}
    bus = ask(two, "A", "F", transit_modes=frozenset({TransitMode.BUS}), **ridden)
    assert shown(bus) == ["A 08:10 Red F 08:15", "A 08:20 Blue F 08:25"]
    assert shown(ask(two, "A", "F", transit_modes=frozenset({TransitMode.TRAM}), **ridden)) == []
    assert shown(ask(two, "A", "F", agencies=frozenset({"T"}), **ridden)) == shown(bus)
    assert shown(ask(two, "A", "F", agencies=frozenset({"other"}), **ridden)) == []
    banned = ask(two, "A", "F", banned_routes=frozenset({"Red"}), **ridden)
    assert shown(banned) == ["A 08:20 Blue F 08:25"]


def test_only_the_sharing_systems_asked_for_are_used() -> None:
    network = town()
    shared = bikes(network, station("A", 2), station("F", 2))
    asked = {"shared": shared, "modes": Mode.RENTAL.value}
    used = ask(network, "A", "F", systems=frozenset({"town-bikes"}), **asked)
    assert [way.combination for way in used.itineraries] == [("DIRECT", "RENTAL:BICYCLE")]
    other = ask(network, "A", "F", systems=frozenset({"elsewhere"}), **asked)
    assert other.itineraries == ()


def test_the_number_of_timetable_searches_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    network = town("\n".join(f"Fast C 08:{m:02d} H 08:{m + 2:02d}" for m in range(10, 50, 20)))
    families = ("bicycle", "scooter_standing", "moped", "car")
    vehicles = [
        {
            "vehicle_id": f"{family}{name}",
            "lon": MAIN_STREET[name][0] / DEGREE_M,
            "lat": 0.0,
            "form_factor": family,
            "return_constraint": "free_floating",
        }
        for family in families
        for name in "AHJ"
    ]
    shared = bikes(network, *(station(name, 2) for name in "ACHJ"), vehicles=vehicles)
    searched = []
    search_once = TransitSearch._search

    def counted(self: TransitSearch, *args: Any) -> Any:
        searched.append(args[3])
        return search_once(self, *args)

    monkeypatch.setattr(TransitSearch, "_search", counted)
    ask(network, "A", "J", shared=shared, modes=" ".join(Mode), search_window_s=8 * 3600)
    # One pair on foot, that again near the doors, four families at either end, one pair of all
    # families, the bicycle parked or carried, the car parked; twice if the window is long.
    assert len(searched) <= 2 * (2 + 4 + 4 + 1 + 2 + 1)


def test_public_transport_may_take_a_quarter_of_an_hour_more_than_riding_all_the_way() -> None:
    found = {}
    for arrival in ("08:29", "08:30"):
        result = ask(town(f"Slow B 08:04 I {arrival}"), "A", "J", modes="TRANSIT BICYCLE")
        direct = next(way for way in result.itineraries if way.combination[0] == "DIRECT")
        found[arrival] = [way.duration_s for way in result.itineraries if way.legs[1:]]
        assert direct.duration_s == 816
        assert all(seconds < 816 + 900 for seconds in found[arrival])
    assert found == {"08:29": [1682], "08:30": []}

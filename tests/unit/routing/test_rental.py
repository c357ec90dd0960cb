"""Shared vehicles as the whole way, to a stop, or from one.

Five minutes on foot from corner to corner; a bicycle takes 90.7 s, taking it and giving it back
a minute each.
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from routing.model import PlanResult
from routing.sharing.vehicles import SharedVehicles, SharedVehiclesError
from routing.streets.graph import Profile
from tests.builders import MAIN_STREET, ask, bikes, show, shown, station, town, without_streets
from tests.street_maps import lonlat

WHOLE_WAY = "A 08:00 WALK B 08:05, B 08:05 RENTAL I 08:17:35, I 08:17:35 WALK J 08:22:35"


def direct_rentals(result: PlanResult) -> list[str]:
    return [
        show(way)
        for way in result.itineraries
        if way.combination[0] == "DIRECT" and way.combination[1].startswith("RENTAL")
    ]


def rented(result: PlanResult) -> bool:
    return any(leg.rental for way in result.itineraries for leg in way.legs)


def free_bike(spot: str, form: str = "scooter_standing", **more: Any) -> dict[str, Any]:
    lon, lat = lonlat(*MAIN_STREET[spot])
    return {"vehicle_id": f"v-{spot}", "lon": lon, "lat": lat, "form_factor": form} | more


def test_a_bike_is_walked_to_ridden_and_returned_at_a_station() -> None:
    city = town()
    # eight corners... B to I is seven blocks: 7 x 90.7 s = 635 s, and two minutes
    result = ask(city, "A", "J", shared=bikes(city, station("B", 1), station("I", 0, 3)))
    assert direct_rentals(result) == [WHOLE_WAY]
    rental = result.itineraries[0].legs[1].rental
    assert rental is not None
    assert (rental.system_id, rental.form_factor) == ("town-bikes", "bicycle")
    assert rental.from_station is not None
    assert rental.to_station is not None
    assert (rental.from_station.station_id, rental.to_station.station_id) == (
        "station-B",
        "station-I",
    )
    assert (rental.vehicles_available, rental.docks_available) == (1, 3)
    assert rental.vehicle_type_id == "bike"
    assert rental.pricing_plan_id == "basic"
    assert rental.as_of == int(datetime(2024, 5, 7, 5, 59, tzinfo=UTC).timestamp())
    assert rental.rental_uris == {"web": "https://bikes.example/B"}


def test_the_last_bike_gone_leaves_the_walk() -> None:
    city = town()
    result = ask(city, "A", "J", shared=bikes(city, station("B", 0), station("I", 4)))
    assert not rented(result)
    assert shown(result) == ["A 08:00 WALK J 08:45"]


def test_a_station_without_a_free_dock_is_not_ridden_to() -> None:
    city = town()
    full = bikes(city, station("B", 1), station("I", 4, docks=0), station("H", 4, docks=1))
    assert direct_rentals(ask(city, "A", "J", shared=full)) == [
        "A 08:00 WALK B 08:05, B 08:05 RENTAL H 08:16:04, H 08:16:04 WALK J 08:26:04"
    ]


def test_unknown_docks_are_ridden_to_and_said_to_be_unknown() -> None:
    city = town()
    result = ask(city, "A", "J", shared=bikes(city, station("B", 1), station("I", 0, docks=None)))
    assert direct_rentals(result) == [WHOLE_WAY]
    rental = result.itineraries[0].legs[1].rental
    assert rental is not None
    assert rental.docks_available is None


@pytest.mark.parametrize("closed", ["is_renting", "is_returning"])
def test_a_station_out_of_service_is_left_out(closed: str) -> None:
    city = town()
    ends = {"is_renting": "B", "is_returning": "I"}
    stations = [station("B", 1), station("I", 1)]
    for row in stations:
        if row["station_id"] == f"station-{ends[closed]}":
            row[closed] = False
    assert not rented(ask(city, "A", "J", shared=bikes(city, *stations)))


def test_a_bike_is_never_returned_where_it_was_taken() -> None:
    city = town("Red B 08:30 J 08:40")
    assert not rented(ask(city, "A", "J", shared=bikes(city, station("B", 5, 5))))


def test_a_bike_slower_than_walking_is_not_offered() -> None:
    city = town()
    # a block on foot takes 300 s; with the bike 91 s and two minutes, but five more to get there
    behind = bikes(city, station("A", 5), station("C", 5))
    assert not rented(ask(city, "B", "C", shared=behind))


def test_a_bike_slower_than_a_walk_too_long_to_be_offered_is_not_offered() -> None:
    city = town()
    # four blocks on foot take 1200 s; a block back, six on the bike and one more back 1264 s
    around = bikes(city, station("A", 5), station("G", 5))
    for by in ({}, {"arrive_by": True}):
        ways = ask(city, "B", "F", shared=around, max_direct_walk_s=600, **by)
        assert not rented(ways), shown(ways)


def test_a_bike_slower_than_a_walk_too_long_to_be_offered_leads_to_no_stop() -> None:
    lead = {"max_access_walk_s": 600, "max_direct_walk_s": 600}
    there, back = town("Red F 08:30 J 08:35"), town("Red J 08:30 F 08:35")
    for city, start, end in ((there, "B", "J"), (back, "J", "B")):
        around = bikes(city, station("A", 5), station("G", 5))
        ways = ask(city, start, end, shared=around, **lead)
        assert not rented(ways), shown(ways)
        # two blocks on foot and five on the bike are quicker
        ahead = bikes(city, station("A", 5), station("F", 5))
        assert rented(ask(city, start, end, shared=ahead, **lead))


def test_a_bike_catches_the_bus_that_walking_misses() -> None:
    city = town("Red F 08:20 J 08:25")
    result = ask(city, "A", "J", shared=bikes(city, station("B", 1), station("E", 0)))
    # taken at B 5 min on, E is reached after 4.54 min + 2, then a block on foot: 16:32 in all
    assert (
        "A 08:03:28 WALK B 08:08:28, B 08:08:28 RENTAL E 08:15, E 08:15 WALK F 08:20, "
        "F 08:20 Red J 08:25" in shown(result)
    )
    assert ("RENTAL:BICYCLE", "WALK") in {way.combination for way in result.itineraries}
    way = next(w for w in result.itineraries if w.combination[0] == "RENTAL:BICYCLE")
    assert way.walk_s == 600


def test_a_bus_no_quicker_than_riding_on_is_not_changed_to() -> None:
    city = town("Red F 08:20 J 08:27")
    with_bus = ("RENTAL:BICYCLE", "WALK")
    ends_at_e = bikes(city, station("B", 1), station("E", 0))
    leads_on = bikes(city, station("B", 1), station("E", 0), station("I", 0))  # J in 22:35
    for by in ({}, {"arrive_by": True, "at": "08:28"}):
        ways = ask(city, "A", "J", shared=ends_at_e, **by).itineraries
        assert with_bus in {way.combination for way in ways}
        ways = ask(city, "A", "J", shared=leads_on, **by).itineraries
        assert with_bus not in {way.combination for way in ways}
        assert ("DIRECT", "RENTAL:BICYCLE") in {way.combination for way in ways}


def test_a_bike_leads_from_the_last_stop_to_the_door() -> None:
    city = town("Red A 08:00 D 08:05")
    result = ask(city, "A", "J", shared=bikes(city, station("E", 1), station("I", 0)))
    assert (
        "A 08:00 Red D 08:05, D 08:05 WALK E 08:10, E 08:10 RENTAL I 08:18:03, "
        "I 08:18:03 WALK J 08:23:03" in shown(result)
    )
    assert ("WALK", "RENTAL:BICYCLE") in {way.combination for way in result.itineraries}


def test_a_bike_that_gains_nothing_on_the_way_to_the_stop_is_left_out() -> None:
    city = town("Red B 08:30 J 08:40")
    # C is beyond B: on foot one is at the stop sooner
    result = ask(city, "A", "J", shared=bikes(city, station("A", 2), station("C", 2)))
    assert ("RENTAL:BICYCLE", "WALK") not in {way.combination for way in result.itineraries}


def test_a_free_floating_scooter_is_left_at_the_door() -> None:
    city = town()
    shared = bikes(city, vehicles=[free_bike("B")], vehicle_types=[])
    result = ask(city, "A", "J", shared=shared)
    # B to J is eight blocks: 725.4 s and two minutes
    assert direct_rentals(result) == ["A 08:00 WALK ? 08:05, ? 08:05 RENTAL J 08:19:06"]
    rental = result.itineraries[0].legs[1].rental
    assert rental is not None
    assert (rental.vehicle_id, rental.form_factor) == ("v-B", "scooter_standing")
    assert (rental.from_station, rental.to_station) == (None, None)
    assert rental.vehicles_available is None


def test_a_free_floating_scooter_leads_to_and_from_stops() -> None:
    city = town("Red F 08:20 J 08:25")
    there = ask(city, "A", "J", shared=bikes(city, vehicles=[free_bike("B")]))
    # B to F: 362.7 s and two minutes after five on foot
    assert "A 08:06:57 WALK ? 08:11:57, ? 08:11:57 RENTAL F 08:20, F 08:20 Red J 08:25" in shown(
        there
    )
    back_town = town("Red A 08:00 D 08:05")
    back = ask(back_town, "A", "J", shared=bikes(back_town, vehicles=[free_bike("E")]))
    assert "A 08:00 Red D 08:05, D 08:05 WALK ? 08:10, ? 08:10 RENTAL J 08:19:34" in shown(back)


def test_a_zone_keeps_rides_from_ending_or_beginning_in_it() -> None:
    city = town()
    (x, y), half = lonlat(*MAIN_STREET["J"]), 0.001
    ring = [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]]
    geometry = {"type": "MultiPolygon", "coordinates": [[[*ring, ring[0]]]]}

    def plan(**rule: bool) -> list[str]:
        zones = [{"geometry": geometry, "rules": [rule]}]
        shared = bikes(city, vehicles=[free_bike("B")], zones=zones)
        return direct_rentals(ask(city, "A", "J", shared=shared))

    assert plan(ride_end_allowed=True, ride_start_allowed=False) != []
    assert plan(ride_end_allowed=False, ride_start_allowed=True) == []
    assert plan(ride_allowed=False) == []  # the word of GBFS 2
    zones = [{"geometry": geometry, "rules": [{"ride_start_allowed": False}]}]
    parked_inside = bikes(city, vehicles=[free_bike("J")], zones=zones)
    assert not rented(ask(city, "J", "A", shared=parked_inside))


def test_a_vehicle_that_must_come_home_is_not_offered_one_way() -> None:
    city = town()
    row = free_bike("B", "car", return_constraint="roundtrip_station")
    assert not rented(ask(city, "A", "J", shared=bikes(city, vehicles=[row])))


def test_a_vehicle_without_the_range_is_not_offered() -> None:
    city = town()
    assert rented(ask(city, "A", "J", shared=bikes(city, vehicles=[free_bike("B", range_m=3300)])))
    assert not rented(
        ask(city, "A", "J", shared=bikes(city, vehicles=[free_bike("B", range_m=3000)]))
    )


def test_a_bike_of_one_system_is_not_returned_at_another() -> None:
    city = town()
    one, other = (
        {"system_id": name, "stations": [station(spot, 0 if name == "two" else 1)]}
        for name, spot in (("one", "B"), ("two", "I"))
    )
    assert city.streets is not None
    shared = SharedVehicles.from_rows(city.streets, [one, other])
    assert not rented(ask(city, "A", "J", shared=shared))


def test_a_bike_is_not_returned_at_a_station_of_cars() -> None:
    city = town()
    cars = station("I", 0) | {"available": {"car": 2}}
    assert not rented(ask(city, "A", "J", shared=bikes(city, station("B", 1), cars)))
    unknown = station("I", 0) | {"available": {}}
    assert rented(ask(city, "A", "J", shared=bikes(city, station("B", 1), unknown)))


def test_systems_and_form_factors_can_be_chosen() -> None:
    city = town()
    shared = bikes(city, station("B", 1), station("I", 1))
    assert rented(ask(city, "A", "J", shared=shared, systems=frozenset({"town-bikes"})))
    assert not rented(ask(city, "A", "J", shared=shared, systems=frozenset({"other"})))
    assert not rented(ask(city, "A", "J", shared=shared, form_factors=frozenset({"car"})))
    assert not rented(ask(city, "A", "J", shared=shared, modes="WALK TRANSIT"))


def test_nobody_in_a_wheelchair_is_sent_to_a_bicycle_unasked() -> None:
    city = town()
    there = bikes(city, station("B", 1), station("I", 0, 3))
    assert rented(ask(city, "A", "J", shared=there))
    assert not rented(ask(city, "A", "J", shared=there, wheelchair=True))
    bicycle = frozenset(["bicycle"])
    assert rented(ask(city, "A", "J", shared=there, wheelchair=True, form_factors=bicycle))


def test_stale_news_are_used_and_marked() -> None:
    city = town()
    shared = bikes(city, station("B", 1), station("I", 1), stale=True)
    result = ask(city, "A", "J", shared=shared)
    rental = result.itineraries[0].legs[1].rental
    assert rental is not None
    assert rental.stale


def test_shared_bikes_do_no_harm_where_there_are_no_streets() -> None:
    city = town("Red A 08:00 J 08:10")
    shared = bikes(city, station("B", 1), station("I", 1))
    assert not rented(ask(without_streets(city), "A", "J", shared=shared))


def test_links_are_kept_while_places_stand_still() -> None:
    city = town()
    first = bikes(city, station("B", 1), station("I", 1))
    assert city.streets is not None
    rows: list[dict[str, Any]] = [
        {"system_id": "town-bikes", "stations": [station("B", 0), station("I", 9)]}
    ]
    for row in rows[0]["stations"]:
        row["available"] = {"bicycle": row["available"]["bike"]}
    second = SharedVehicles.from_rows(city.streets, rows, previous=first)
    for way in (Profile.WALK, Profile.BIKE):
        assert second.systems[0].links.table(way) is first.systems[0].links.table(way)
    assert np.array_equal(second.systems[0].kinds[0].count, [0, 9])
    rows[0]["stations"] = [station("C", 0), station("I", 9)]
    third = SharedVehicles.from_rows(city.streets, rows, previous=second)
    assert third.systems[0].links is not first.systems[0].links


def test_rows_that_do_not_fit_are_refused_with_the_system_named() -> None:
    city = town()
    assert city.streets is not None
    with pytest.raises(SharedVehiclesError, match="'bad' has a place without lat"):
        SharedVehicles.from_rows(
            city.streets, [{"system_id": "bad", "stations": [{"station_id": "x", "lon": 1}]}]
        )
    with pytest.raises(SharedVehiclesError, match="two sharing systems are called 'a'"):
        SharedVehicles.from_rows(city.streets, [{"system_id": "a"}, {"system_id": "a"}])

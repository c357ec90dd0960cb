"""Emissions and effort of a way: worked out by hand, unknown where the data do not tell."""

from dataclasses import replace

import numpy as np
import pytest

from routing.journeys.impact import GRAMS_PER_KM, EmissionFactorError, grams_table, impact_of
from routing.journeys.response import to_json
from routing.model import Itinerary, Leg, Place, Rental
from routing.network import Network
from routing.planner import Planner
from tests.builders import ask, request, town

NOWHERE = np.zeros((2, 2))


def leg(mode: str, metres: float, climb_m: float | None = None, rental: str = "") -> Leg:
    """Make a leg; ``rental`` is form factor, propulsion and grams per km, ``-`` for unknown."""
    vehicle = None
    if rental:
        form, propulsion, grams = (None if word == "-" else word for word in rental.split())
        per_km = None if grams is None else float(grams)
        vehicle = Rental("s", form or "", propulsion=propulsion, co2_g_per_km=per_km)
    place = Place(0.0, 0.0)
    return Leg(mode, 0, 60, place, place, metres, NOWHERE, rental=vehicle, climb_m=climb_m)


def way(*legs: Leg) -> Itinerary:
    return Itinerary(("WALK", "WALK"), legs, 0, 0)


def test_a_bus_emits_by_the_kilometre_and_walking_nothing() -> None:
    impact = impact_of(way(leg("WALK", 500), leg("BUS", 2000), leg("WALK", 100)))
    assert impact.co2_g == (0.0, 186.0, 0.0)
    assert impact.total_co2_g == 186.0


def test_what_no_source_tells_is_unknown_and_so_is_the_sum() -> None:
    impact = impact_of(way(leg("BUS", 1000), leg("FERRY", 1000)))
    assert impact.co2_g == (93.0, None)
    assert impact.total_co2_g is None


def test_a_town_may_have_figures_of_its_own() -> None:
    table = grams_table(["BUS=0", "FERRY=120"])
    impact = impact_of(way(leg("BUS", 1000), leg("FERRY", 500), leg("TRAM", 1000)), table)
    assert impact.co2_g == (0.0, 60.0, 63.0)


@pytest.mark.parametrize("text", ["BUS", "BUS=x", "BUS=-1", "bus=1", "=3", "BUS=1e9"])
def test_a_figure_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(EmissionFactorError, match=text):
        grams_table([text])


@pytest.mark.parametrize(
    ("rental", "grams", "effort_m"),
    [
        ("bicycle human -", 0.0, 1000.0),
        ("bicycle electric_assist -", None, None),
        ("bicycle electric_assist 4", 12.0, None),
        ("scooter_standing electric -", None, 0.0),
        ("car combustion 120", 360.0, 0.0),
        ("bicycle - -", None, None),
    ],
)
def test_a_shared_vehicle_emits_what_its_feed_says(
    rental: str, grams: float | None, effort_m: float | None
) -> None:
    impact = impact_of(way(leg("RENTAL", 3000, None, rental)))
    assert impact.total_co2_g == (grams if grams is None else pytest.approx(grams))
    assert impact.total_effort_m == (effort_m if effort_m is None else pytest.approx(effort_m))


def test_effort_is_metres_walked_a_third_of_those_cycled_and_eight_for_each_metre_up() -> None:
    impact = impact_of(way(leg("WALK", 500, 10.0), leg("BICYCLE", 3000, 5.0), leg("CAR", 999, 9.0)))
    assert impact.effort_m == pytest.approx((580.0, 1040.0, 0.0))


def hilly(climb_m: float) -> Network:
    """Return Main Street, nine blocks in one edge, rising evenly."""
    flat = town()
    assert flat.streets is not None
    edges = flat.streets.edges
    up = np.full(len(edges.climb_m), climb_m, np.float32)
    streets = replace(flat.streets, edges=replace(edges, climb_m=up))
    return replace(flat, streets=streets)


def test_a_walk_up_climbs_and_the_walk_back_does_not() -> None:
    city = hilly(54.0)
    (up,) = to_json(ask(city, "A", "C", modes="WALK"))["itineraries"]
    (down,) = to_json(ask(city, "C", "A", modes="WALK"))["itineraries"]
    climbs = sorted(plan["effort"]["climb"] for plan in (up, down))
    assert climbs == pytest.approx([0.0, 12.0], abs=0.1)
    for plan in (up, down):
        expected = plan["walkDistance"] + 8 * plan["effort"]["climb"]
        assert plan["effort"]["metres"] == pytest.approx(expected, abs=0.5)
        assert plan["legs"][0]["effort"] == plan["effort"]


def test_without_heights_the_climb_is_unknown() -> None:
    (plan,) = to_json(ask(town(), "A", "C", modes="WALK"))["itineraries"]
    assert plan["effort"] == {"metres": plan["walkDistance"], "climb": None}
    assert plan["emissionsPerPerson"] == {"co2": 0.0}


def test_a_planner_takes_the_towns_figures() -> None:
    planner = Planner(town("Red A 08:05 J 08:25"), grams_per_km=grams_table(["BUS=10"]))
    answer = to_json(planner.plan(request("A", "J", modes="TRANSIT")))
    ((ride,),) = [way["legs"] for way in answer["itineraries"]]
    known = answer["ranking"]["gramsPerPersonKm"]
    assert (known["BUS"], known["TRAM"]) == (10, GRAMS_PER_KM["TRAM"])
    assert ride["emissionsPerPerson"]["co2"] == pytest.approx(ride["distance"] / 100, abs=0.1)

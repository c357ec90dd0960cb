"""How one walks and cycles holds for a whole plan: to, from and between vehicles."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from routing.model import BikeProfile, WalkProfile
from routing.network import Network, prepare
from routing.streets.graph import Profile, StreetFileError
from routing.transit.footpaths import with_footpaths
from routing.transit.timetable import Timetable
from tests.builders import MAIN_STREET, ask, bikes, save_town, show, shown, station, town

ROAD = {"highway": "residential"}
STEPS = {"highway": "steps"}
SLOW, STEP_FREE = WalkProfile.SLOW, WalkProfile.STEP_FREE

#  A ------- B     C ------- D      A to B and C to D by bus, B to C on foot
#            |  s  |                 "s" are steps of 60 m, around them 280 m
#            E ---- F
SPOTS = {
    "A": (100.0, 0.0),
    "B": (3000.0, 0.0),
    "C": (3060.0, 0.0),
    "D": (6060.0, 0.0),
    "E": (3000.0, -110.0),
    "F": (3060.0, -110.0),
}
WAYS = [("A B", ROAD), ("B C", STEPS), ("C D", ROAD), ("B E F C", ROAD)]
LINES = """
    Red   A 08:00  B 08:10
    Blue  C 08:13  D 08:20
    Blue  C 08:20  D 08:30
"""
"""Over the steps takes 93 s; around them 280 m: 211 s at 1.33, 312 at 0.9, 255 at 1.1 m/s."""


def change(network: Network, **how: object) -> str:
    found = ask(network, "A", "D", "07:58", spots=SPOTS, modes="TRANSIT", **how)
    return show(found.itineraries[0])


@pytest.fixture(scope="module")
def city() -> Network:
    return town(LINES, SPOTS, WAYS)


def test_most_people_take_the_steps_to_the_next_bus(city: Network) -> None:
    assert change(city) == ("A 08:00 Red B 08:10, B 08:10 WALK C 08:11:33, C 08:13 Blue D 08:20")


@pytest.mark.parametrize("how", [{"wheelchair": True}, {"walk_profile": STEP_FREE}])
def test_who_cannot_take_steps_goes_around_them_and_takes_the_later_bus(
    city: Network, how: dict[str, object]
) -> None:
    assert change(city, **how) == (
        "A 08:00 Red B 08:10, B 08:10 WALK C 08:14:15, C 08:20 Blue D 08:30"
    )


def test_a_slow_walker_is_given_the_time_to_change() -> None:
    level = [("A B", ROAD), ("B C", ROAD), ("C D", ROAD), ("B E F C", ROAD)]
    spots = {**SPOTS, "C": (3220.0, 0.0)}  # 220 m: 166 s, or 245 s
    city = town(LINES, spots, level)
    plan = {"spots": spots, "modes": "TRANSIT"}
    quick = ask(city, "A", "D", "07:58", **plan)
    assert "C 08:13 Blue" in show(quick.itineraries[0])
    slow = ask(city, "A", "D", "07:58", walk_profile=SLOW, **plan)
    assert "B 08:10 WALK C 08:14:05, C 08:20 Blue" in show(slow.itineraries[0])


def test_a_walk_all_the_way_is_as_slow_as_the_walker() -> None:
    city = town()
    quick, slow = (
        ask(city, "A", "B", modes="WALK", walk_profile=how).itineraries[0]
        for how in (WalkProfile.STANDARD, SLOW)
    )
    assert (quick.duration_s, slow.duration_s) == (300, 444)


def test_the_walk_to_a_stop_is_free_of_steps() -> None:
    spots = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (100.0, 90.0), "D": (4000.0, 0.0)}
    spots["E"] = (0.0, 90.0)
    ways = [("A B", STEPS), ("A E C B", ROAD), ("B D", ROAD)]
    city = town("Red B 08:10 D 08:20", spots, ways)
    plan = {"spots": spots, "modes": "TRANSIT"}
    walk = ask(city, "A", "D", "08:00", **plan).itineraries[0].legs[0]
    around = ask(city, "A", "D", "08:00", wheelchair=True, **plan).itineraries[0].legs[0]
    assert walk.distance_m == pytest.approx(100, abs=1)
    assert around.distance_m == pytest.approx(280, abs=1)
    assert around.duration_s == pytest.approx(280 / 1.1, abs=1)


def test_what_the_feed_states_of_a_change_holds_for_everyone() -> None:
    table = town(LINES, SPOTS, WAYS).timetable
    assert table is not None
    b, c = table.get_stop("B"), table.get_stop("C")
    old = replace(table.footpaths, stated=np.ones_like(table.footpaths.stated))
    assert len(old.target) == 2
    stated = table.with_tables(footpaths=old)
    walks = np.array([b]), np.array([c]), np.array([999], np.int32)
    more = with_footpaths(stated, *walks, "walk_slow")
    kept = more.footpaths_of("walk_slow")
    row = slice(int(kept.first[b]), int(kept.first[b + 1]))
    assert dict(zip(kept.target[row].tolist(), kept.duration_s[row].tolist(), strict=True))[c] < 999


def test_a_safe_cyclist_is_told_the_true_time_of_the_quiet_way() -> None:
    spots = {"A": (0.0, 0.0), "B": (2000.0, 0.0), "C": (0.0, 300.0), "D": (2000.0, 300.0)}
    cycleway = {"highway": "cycleway", "name": "Greenway"}
    ways = [("A B", {"highway": "primary"}), ("A C", ROAD), ("C D", cycleway), ("D B", ROAD)]
    city = town("", spots, ways)
    plan = {"spots": spots, "modes": "BICYCLE"}
    plain = ask(city, "A", "B", **plan).itineraries[0]
    safe = ask(city, "A", "B", bike_profile=BikeProfile.SAFE, **plan).itineraries[0]
    assert plain.duration_s == pytest.approx(2000 / 4.4, abs=1)
    assert safe.duration_s == pytest.approx(600 / 4.4 + 2000 / 4.7, abs=1)
    assert "Greenway" in [step.street_name for step in safe.legs[0].steps]


def test_a_shared_cargo_bike_goes_around_what_is_too_narrow() -> None:
    spots = {**MAIN_STREET, "K": (4 * 398.95, 500.0), "L": (5 * 398.95, 500.0)}
    ways = [
        ("A B C D", ROAD),
        ("D E", {**STEPS, "bicycle": "yes"}),
        ("D K L E", ROAD),
        ("E F G H I J", ROAD),
    ]
    city = town("", spots, ways)
    system = {
        "vehicle_types": [
            {"vehicle_type_id": "bike", "form_factor": "cargo_bicycle"},
        ]
    }
    shared = bikes(city, station("B", 3), station("H", 3), **system)
    way = ask(city, "A", "I", shared=shared, modes="RENTAL", spots=spots).itineraries[0]
    ride = next(leg for leg in way.legs if leg.rental)
    assert ride.distance_m == pytest.approx(6 * 398.95 + 1000, abs=5)


def test_all_walks_are_saved_with_the_timetable_and_opened_again(tmp_path: Path) -> None:
    city = town(LINES, SPOTS, WAYS)
    version = save_town(city, tmp_path)
    prepare(version)
    loaded = Network.load(version)
    assert loaded.timetable is not None
    assert set(loaded.timetable.other_footpaths) == {Profile.WALK_SLOW, Profile.WALK_STEP_FREE}
    for how in ({}, {"wheelchair": True}, {"walk_profile": SLOW}):
        plans = [
            ask(n, "A", "D", "07:58", spots=SPOTS, modes="TRANSIT", **how) for n in (city, loaded)
        ]
        assert shown(plans[0]) == shown(plans[1])


def test_streets_of_an_older_build_say_that_they_know_no_step_free_ways() -> None:
    city = town(LINES, SPOTS, WAYS)
    assert city.streets is not None
    old = replace(city, streets=replace(city.streets, profiles={}))
    with pytest.raises(StreetFileError, match="build the network again"):
        ask(old, "A", "D", wheelchair=True, spots=SPOTS)


def test_a_timetable_without_streets_has_one_kind_of_walk() -> None:
    table = town(LINES, SPOTS, None).timetable
    assert isinstance(table, Timetable)
    assert table.footpaths_of("walk_slow") is table.footpaths

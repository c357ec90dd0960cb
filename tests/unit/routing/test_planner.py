"""Whole plans in a town of one street, small enough to work out by hand.

Corners A to J lie five minutes' walk apart; a bicycle takes 91 s from one to the next.
"""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from routing.model import Mode, PlanErrorCode, PlanResult
from routing.planner import Planner
from tests.builders import (
    BLOCK_M,
    MAIN_STREET,
    ask,
    bikes,
    request,
    show,
    shown,
    station,
    town,
    without_streets,
)

BUS = "Red B 08:10 F 08:15\nRed B 08:40 F 08:45"


def combinations(result: PlanResult) -> set[tuple[str, str]]:
    return {way.combination for way in result.itineraries}


def test_the_bus_is_taken_where_it_beats_walking() -> None:
    ways = shown(ask(town(BUS), "A", "F"))
    assert ways[0] == "A 08:05 WALK B 08:10, B 08:10 Red F 08:15"
    assert "A 08:00 WALK F 08:25" in ways
    assert "A 08:35 WALK B 08:40, B 08:40 Red F 08:45" in ways


def test_a_change_of_lines_is_planned_and_weighed_against_a_longer_walk() -> None:
    ways = shown(ask(town(f"{BUS}\nBlue F 08:20 J 08:30"), "A", "J"))
    assert ways[:2] == [
        "A 08:05 WALK B 08:10, B 08:10 Red F 08:15, F 08:20 Blue J 08:30",
        "A 08:05 WALK B 08:10, B 08:10 Red F 08:15, F 08:15 WALK J 08:35",
    ]


def test_a_change_with_a_walk_between_two_stops_is_drawn_along_the_street() -> None:
    result = ask(town("Red A 08:00 D 08:05\nBlue E 08:15 J 08:20"), "A", "J")
    assert shown(result)[0] == "A 08:00 Red D 08:05, D 08:05 WALK E 08:10, E 08:15 Blue J 08:20"
    walk = result.itineraries[0].legs[1]
    assert walk.distance_m == pytest.approx(398.95, abs=0.5)
    assert [step.street_name for step in walk.steps] == ["Main Street"]
    assert result.itineraries[0].walk_s == 300


def test_arriving_by_a_time_leaves_as_late_as_possible() -> None:
    ways = shown(ask(town(BUS), "A", "F", "08:50", arrive_by=True))
    assert ways[0] == "A 08:35 WALK B 08:40, B 08:40 Red F 08:45"
    assert "A 08:25 WALK F 08:50" in ways


SHORT_WALKS = {"A": (0, 0), "B": (100, 0), "C": (230, 0), "D": (3000, 0), "E": (3160, 0)}
"""On foot from A to C is a step of walking; to B, and from D to E, is none."""


@pytest.mark.parametrize(
    ("doors", "at", "lines"),
    [
        (
            "AF",
            "08:00",
            "Red C 08:05 F 08:15; Red C 08:45 F 08:55; Blue B 08:15 D 08:20; Gray E 08:25 C 08:30",
        ),
        ("AF", "08:00", "Red C 08:05 F 08:15; Gray E 08:35 C 08:40 F 08:55; Blue B 08:15 D 08:20"),
        (
            "FA",
            "08:50",
            "Red F 08:00 C 08:10; Red F 08:35 C 08:45; Blue C 08:20 E 08:25; Gray D 08:30 B 08:40",
        ),
        ("FA", "08:50", "Blue F 08:00 C 08:05 E 08:10; Red F 08:35 C 08:45; Gray D 08:30 B 08:40"),
    ],
)
def test_no_ride_leads_back_to_where_one_might_have_walked(doors: str, at: str, lines: str) -> None:
    spots = SHORT_WALKS | {"F": (9000, 0)}
    network = town(lines.replace("; ", "\n"), spots, [("A B C D E F", {"highway": "residential"})])
    window = {"search_window_s": 1800, "arrive_by": doors == "FA"}
    asked = request(*doors, at, spots=spots, **window)
    assert [way.transfers for way in Planner(network).plan(asked).itineraries] == [0]


@pytest.mark.parametrize("window_s", [0, 3600])
def test_the_next_bus_after_an_empty_window_is_not_waited_for_on_the_way(window_s: int) -> None:
    feeders = [f"Green A {hour:02}:10 F {hour:02}:15" for hour in (8, 9, 12)]
    network = town("\n".join([*feeders, "Blue F 12:20 J 12:30", "Gray F 06:00 J 06:10"]))
    limits = {"max_access_walk_s": 300, "search_window_s": window_s}
    assert "A 12:10 Green F 12:15, F 12:20 Blue J 12:30" in shown(ask(network, "A", "J", **limits))
    back = "\n".join(["Blue A 12:20 F 12:30", *(f"Green F {h}:35 J {h}:40" for h in (12, 15, 16))])
    ways = shown(ask(town(back), "A", "J", "17:00", arrive_by=True, **limits))
    assert "A 12:20 Blue F 12:30, F 12:35 Green J 12:40" in ways


@pytest.mark.parametrize("hours", [1, 12])
def test_after_an_empty_window_nobody_waits_half_a_day_to_change_less(hours: int) -> None:
    through = f"Red A {10 + hours:02}:00 J {10 + hours:02}:20"
    network = town(f"Green A 10:00 F 10:05\nBlue F 10:10 J 10:20\n{through}")
    ways = shown(ask(network, "A", "J", max_access_walk_s=300))
    assert "A 10:00 Green F 10:05, F 10:10 Blue J 10:20" in ways
    assert (f"A {10 + hours:02}:00 Red J {10 + hours:02}:20" in ways) == (hours == 1)


def test_the_own_bicycle_is_left_at_the_stop_and_never_hides_the_bus() -> None:
    modes = "WALK TRANSIT BICYCLE CAR"
    result = ask(town("Red B 08:10 F 08:15"), "A", "F", modes=modes, max_itineraries=9)
    assert combinations(result) == {
        ("DIRECT", "CAR"),
        ("CAR_PARK", "WALK"),
        ("DIRECT", "BICYCLE"),
        ("DIRECT", "WALK"),
        ("BICYCLE", "WALK"),
        ("WALK", "WALK"),
    }
    by = {way.combination: show(way) for way in result.itineraries}
    assert by["DIRECT", "BICYCLE"] == "A 08:00 BICYCLE F 08:07:34"  # quicker than the bus
    assert by["BICYCLE", "WALK"] == "A 08:08:29 BICYCLE B 08:10, B 08:10 Red F 08:15"
    assert by["WALK", "WALK"] == "A 08:05 WALK B 08:10, B 08:10 Red F 08:15"


def test_no_more_itineraries_are_given_than_asked_for_and_each_combination_comes_first() -> None:
    often = "\n".join(f"Red B 08:{m:02d} F 08:{m + 5:02d}" for m in range(5, 55, 5))
    result = ask(town(often), "A", "F", modes="WALK TRANSIT BICYCLE", max_itineraries=4)
    assert len(result.itineraries) == 4
    assert len(combinations(result)) == 4


def test_only_allowed_modes_are_used() -> None:
    assert shown(ask(town(BUS), "A", "F", modes="CAR")) == ["A 08:00 CAR F 08:05:20"]
    assert combinations(ask(town(BUS), "A", "F", modes="WALK")) == {("DIRECT", "WALK")}


def test_a_later_bus_with_less_walking_is_offered_beside_a_sooner_one_farther_away() -> None:
    # C is ten minutes off, A at the door; both buses leave the doorstep at 08:00
    ways = shown(ask(town("Fast C 08:10 J 08:14\nSlow A 08:00 J 08:16"), "A", "J"))
    assert ways == ["A 08:00 WALK C 08:10, C 08:10 Fast J 08:14", "A 08:00 Slow J 08:16"]


def test_the_number_of_changes_is_limited() -> None:
    three = town("Red A 08:00 C 08:05\nBlue C 08:10 F 08:15\nGreen F 08:20 J 08:25")
    two_changes = ask(three, "A", "J", modes="TRANSIT", max_access_walk_s=60)
    assert [way.transfers for way in two_changes.itineraries] == [2]
    none = ask(three, "A", "J", modes="TRANSIT", max_access_walk_s=60, max_transfers=1)
    assert none.itineraries == ()
    assert none.error is not None
    assert none.error.code == PlanErrorCode.NO_TRANSIT_CONNECTION


def test_a_trip_after_midnight_belongs_to_the_evening_before() -> None:
    night = town("Night B 24:20 F 24:25")
    ways = shown(ask(night, "A", "F", "2024-05-08T00:10"))
    assert ways[0] == "A 00:15 WALK B 00:20, B 00:20 Night F 00:25"


def test_arriving_after_midnight_may_begin_with_a_trip_that_ended_before_it() -> None:
    night = town("Red A 23:40 C 23:50\nBlue C 24:10 H 24:20")
    asked = {"arrive_by": True, "modes": "TRANSIT", "max_access_walk_s": 60}
    ways = shown(ask(night, "A", "H", "2024-05-08T00:30", **asked))
    assert ways == ["A 23:40 Red C 23:50, C 00:10 Blue H 00:20"]


def test_a_bus_on_the_way_is_told_with_its_calls() -> None:
    result = ask(town("Red A 08:00 C 08:04 F 08:10"), "A", "F")
    ride = result.itineraries[0].legs[0]
    assert ride.mode == "BUS"
    assert [stop.name for stop in ride.intermediate_stops] == ["C Street"]
    stop = ride.intermediate_stops[0]
    assert stop.departure_s is not None
    assert stop.departure_s - ride.start_s == 240
    assert ride.trip is not None
    assert (ride.trip.trip_id, ride.trip.short_name, ride.trip.color) == ("trip0", "Red", "FF0000")
    assert (ride.trip.agency_name, ride.trip.headsign) == ("Town Transport", "to F")
    assert ride.trip.wheelchair is None  # the feed says nothing


def test_without_a_timetable_streets_alone_are_planned_on() -> None:
    result = ask(town(), "A", "C", modes="WALK TRANSIT BICYCLE")
    assert shown(result) == ["A 08:00 BICYCLE C 08:03:02", "A 08:00 WALK C 08:10"]
    assert result.error is not None
    assert result.error.code == PlanErrorCode.NO_STOPS_IN_RANGE


def test_without_streets_walks_are_straight_lines_made_longer() -> None:
    result = ask(without_streets(town(BUS)), "A", "F")
    # 398.95 m x 1.3 / 1.2 m/s = 432.2 s
    assert shown(result)[0] == "A 08:02:47 WALK B 08:10, B 08:10 Red F 08:15"
    walk = result.itineraries[0].legs[0]
    assert walk.estimated
    assert walk.distance_m == pytest.approx(398.95 * 1.3, abs=0.5)


def test_without_streets_a_short_way_is_walked() -> None:
    result = ask(without_streets(town(BUS)), "A", "B", modes="WALK")
    assert shown(result) == ["A 08:00 WALK B 08:07:13"]


def test_a_long_walk_is_offered_where_nothing_else_is_found() -> None:
    far = town()  # nine corners on: 45 minutes
    assert shown(ask(far, "A", "J")) == ["A 08:00 WALK J 08:45"]
    near_bus = ask(town("Red A 08:10 J 08:15"), "A", "J")
    assert shown(near_bus) == ["A 08:10 Red J 08:15"]  # the same walk is not offered beside it


def test_a_place_outside_the_town_is_said_so() -> None:
    result = ask(town(BUS), "A", "Z", spots=MAIN_STREET | {"Z": (30_000.0, 0.0)})
    assert result.error is not None
    assert result.error.code == PlanErrorCode.OUTSIDE_BOUNDS
    assert "destination" in result.error.message
    assert result.itineraries == ()


def test_a_place_far_from_every_street_is_not_found() -> None:
    result = ask(town(BUS), "Z", "A", spots=MAIN_STREET | {"Z": (BLOCK_M, 700.0)})
    assert result.error is not None
    assert result.error.code == PlanErrorCode.LOCATION_NOT_FOUND
    assert "origin" in result.error.message
    swapped = ask(town(BUS), "A", "Z", spots=MAIN_STREET | {"Z": (BLOCK_M, 700.0)})
    assert swapped.error is not None
    assert "destination" in swapped.error.message


def test_a_place_near_a_street_is_walked_to() -> None:
    result = ask(town(), "Z", "B", spots=MAIN_STREET | {"Z": (BLOCK_M, 120.0)}, modes="WALK")
    assert shown(result) == ["Z 08:00 WALK B 08:06:40"]  # 120 m / 1.2 m/s = 100 s, then 300 s
    assert result.itineraries[0].legs[0].distance_m == pytest.approx(518.95, abs=0.5)


def test_no_stop_in_range_is_said_with_its_side() -> None:
    result = ask(town("Red H 08:10 J 08:15"), "A", "J", modes="TRANSIT")
    assert result.error is not None
    assert result.error.code == PlanErrorCode.NO_STOPS_IN_RANGE
    assert "origin" in result.error.message
    other = ask(town("Red A 08:10 B 08:15"), "A", "J", modes="TRANSIT")
    assert other.error is not None
    assert "destination" in other.error.message


def test_a_date_outside_the_timetable_is_answered_with_the_valid_dates() -> None:
    result = ask(town(BUS), "A", "F", "2024-07-01T08:00")
    assert result.error is not None
    assert result.error.code == PlanErrorCode.OUTSIDE_SERVICE_PERIOD
    assert "2024-05-01 to 2024-05-31" in result.error.message
    assert shown(result) == ["A 08:00 WALK F 08:25"]
    assert town(BUS).service_days == (date(2024, 5, 1), date(2024, 5, 31))


def test_an_empty_window_is_said_so_and_the_next_connection_shown() -> None:
    result = ask(town(BUS), "A", "F", "05:00")
    assert result.error is not None
    assert result.error.code == PlanErrorCode.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW
    assert "A 08:05 WALK B 08:10, B 08:10 Red F 08:15" in shown(result)
    before = ask(town(BUS), "A", "F", "14:00", arrive_by=True)
    assert before.error is not None
    assert before.error.code == PlanErrorCode.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW
    assert "A 08:35 WALK B 08:40, B 08:40 Red F 08:45" in shown(before)


def test_no_connection_at_all_is_told_apart_from_none_in_the_window() -> None:
    result = ask(town("Red F 08:10 A 08:15"), "A", "F", modes="TRANSIT", max_access_walk_s=60)
    assert result.error is not None
    assert result.error.code == PlanErrorCode.NO_TRANSIT_CONNECTION
    assert result.itineraries == ()


def test_walking_is_better_than_a_slow_bus() -> None:
    result = ask(town("Slow A 08:05 B 08:20"), "A", "B")
    assert shown(result) == ["A 08:00 WALK B 08:05"]
    assert result.error is not None
    assert result.error.code == PlanErrorCode.WALKING_BETTER_THAN_TRANSIT


def test_a_slow_bus_that_saves_a_long_walk_is_offered() -> None:
    result = ask(town("Slow A 08:05 F 08:35"), "A", "F")
    assert shown(result) == ["A 08:00 WALK F 08:25", "A 08:05 Slow F 08:35"]
    assert result.error is None


def test_one_process_holds_two_networks() -> None:
    red, blue = town("Red A 08:10 F 08:15"), town("Blue A 08:12 F 08:16")
    assert shown(ask(red, "A", "F"))[0] == "A 08:10 Red F 08:15"
    assert shown(ask(blue, "A", "F"))[0] == "A 08:12 Blue F 08:16"
    assert shown(ask(red, "A", "F"))[0] == "A 08:10 Red F 08:15"


@pytest.mark.parametrize("modes", [{Mode.TRANSIT}, set(Mode)])
def test_starting_at_the_goal_is_answered_without_a_ride(modes: set[Mode]) -> None:
    result = ask(town(BUS), "B", "B", modes=" ".join(modes))
    assert all(leg.trip is None for way in result.itineraries for leg in way.legs)


def test_threads_that_plan_at_once_get_the_answers_of_one() -> None:
    city = town(f"{BUS}\nBlue F 08:20 J 08:30")
    planner = Planner(city)
    shared = bikes(city, station("B", 2), station("E", 2))
    asked = [
        request(a, b, modes="WALK TRANSIT RENTAL BICYCLE")
        for a, b in itertools.permutations("ABEFJ", 2)
    ]
    alone = [shown(planner.plan(question, shared)) for question in asked]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda question: shown(planner.plan(question, shared)), asked * 5))
    assert answers == alone * 5

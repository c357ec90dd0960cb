"""The pages say in plain words what a plan tells beside times and places."""

from collections.abc import Iterator
from datetime import time
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from mobility.web.journey_texts import distance_text
from mobility.web.journey_view import itinerary_view, leg_view
from mobility.web.journey_words import (
    COST_PARTS,
    NOT_SEARCHED,
    REAL_TIME,
    REASONS,
    WEIGHTS,
    co2_fact,
    not_searched_words,
    own_vehicle_facts,
    ranking_view,
    real_time_note,
    state_view,
    step_view,
)
from routing.journeys.response import to_json
from routing.journeys.unsearched import NotSearched
from routing.journeys.weights import NAMES, Reason
from routing.model import Via
from routing.realtime.model import RealTimeState
from tests.builders import ask, request, town


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def step(**more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("streetName", "stairs", "exit", "signpostedAs", "level"))
    base = {"kind": "street", "relativeDirection": "CONTINUE", "push": False, "distance": 120.0}
    return nothing | base | more


def ride(start: str, planned: str | None, *, live: bool = True) -> dict[str, Any]:
    times = {"startTime": f"2026-05-04T{start}+02:00", "scheduledStartTime": None}
    if planned:
        times["scheduledStartTime"] = f"2026-05-04T{planned}+02:00"
    return times | {"cancelled": False, "realTime": live}


def test_every_reason_state_and_weight_has_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(REAL_TIME) == set(RealTimeState)
    assert set(WEIGHTS) == set(NAMES)
    assert set(COST_PARTS) == {"travel", *NAMES}


@pytest.mark.parametrize(
    ("told", "words", "name"),
    [
        (step(relativeDirection="LEFT", streetName="Ring"), "Turn left", "Ring"),
        (step(relativeDirection="RIGHT", kind="footway"), "Turn right", "footpath"),
        (step(kind="stairs", stairs="UP"), "Up the stairs", None),
        (step(kind="stairs"), "Stairs", None),
        (step(kind="elevator", level="-1"), "Take the lift, to level -1", None),
        (step(streetName="Ring", push=True), "Straight on, push the bike", "Ring"),
    ],
)
def test_a_step_is_told_as_somebody_beside_the_road_would(
    told: dict[str, Any], words: str, name: str | None
) -> None:
    view = step_view(told)
    assert (view["words"], view["name"]) == (words, name)


@pytest.mark.parametrize(
    ("leg", "text"),
    [
        (ride("08:04:00", "08:00:00"), "+4 min"),
        (ride("07:58:00", "08:00:00"), "−2 min"),
        (ride("08:00:30", "08:00:00"), "live: on time"),
        (ride("08:00:00", "08:00:00", live=False), None),
        (ride("08:00:00", None), None),
        (ride("08:00:00", "08:00:00") | {"cancelled": True}, "cancelled"),
    ],
)
def test_a_ride_says_how_late_it_is(leg: dict[str, Any], text: str | None) -> None:
    state = state_view(leg)
    assert (state and state["text"]) == text


def test_emissions_not_known_are_not_nothing() -> None:
    assert co2_fact(None) == "CO₂ not known"
    assert (co2_fact(0.0), co2_fact(80.4), co2_fact(1250.0)) == (
        "0 g CO₂",
        "80 g CO₂",
        "1.2 kg CO₂",
    )


def test_old_real_time_data_is_said_with_its_age() -> None:
    assert real_time_note({"state": "STALE", "age": 720}).endswith("Updated 12 min ago.")
    assert "no real-time" in real_time_note({"state": "OFF", "age": None})


def test_a_plan_says_why_it_is_shown_and_what_it_weighs() -> None:
    plan = to_json(ask(town("Red A 08:05 J 08:20"), "A", "J", modes="WALK TRANSIT"))
    views = [itinerary_view(way) for way in plan["itineraries"]]
    assert all(view["reasons"] for view in views)
    told = ranking_view(plan["ranking"], plan["itineraries"])
    assert "240 s for a change" in told["weights"]
    assert len(told["costs"]) == len(views)
    for view, cost in zip(views, told["costs"], strict=True):
        assert f"(travelling {view['duration']}, " in cost


def test_travelling_weighs_what_the_card_shows_though_seconds_make_it_more() -> None:
    plan = to_json(ask(town(), "A", "J", modes="WALK"))
    (way,) = plan["itineraries"]
    way |= {"startTime": "2024-05-07T08:00:00+02:00", "endTime": "2024-05-07T08:18:33+02:00"}
    way["cost"] = {"total": 1193.0, "parts": {"travel": 1113, "price": 80.0}}
    (cost,) = ranking_view(plan["ranking"], [way])["costs"]
    assert itinerary_view(way)["duration"] == "18 min"
    assert cost == "19 min (travelling 18 min, price 1 min)"


def test_what_is_not_looked_for_is_said() -> None:
    over = (Via(request("B", "C").origin, 600),)
    plan = to_json(ask(town("Red A 08:05 C 08:20"), "A", "C", modes="TRANSIT CAR", via=over))
    assert not_searched_words(plan["notSearched"]) == [
        "Your bike or car stays where you leave it for bus and train;"
        " coming back for it is not looked for."
    ]
    assert NOT_SEARCHED.keys() == set(NotSearched)


def test_a_stay_on_the_way_is_told_as_one() -> None:
    over = (Via(request("B", "C").origin, 600),)
    plan = to_json(ask(town(), "A", "C", modes="WALK", via=over))
    view = itinerary_view(plan["itineraries"][0])
    assert view["facts"] == ["800 m on foot", "0 g CO₂"]
    (stay,) = [leg for leg in view["legs"] if leg["mode"] == "STAY"]
    assert (stay["what"], stay["facts"]) == ("Stay here", ["10 min"])


def test_a_duration_is_that_between_the_times_shown() -> None:
    plan = to_json(ask(town("Red A 08:05 J 08:20"), "A", "J", modes="WALK TRANSIT"))
    for way in plan["itineraries"]:
        way["startTime"] = way["startTime"].replace("08:05:00", "08:04:40")
        view = itinerary_view(way)
        start, end = (time.fromisoformat(view[key]) for key in ("start_clock", "end_clock"))
        minutes = 60 * (end.hour - start.hour) + end.minute - start.minute
        assert view["duration"] == f"{minutes} min"


def test_lengths_are_told_in_tens_of_metres() -> None:
    assert [distance_text(metres) for metres in (0, 4.9, 5.0, 14.9, 25.0)] == [
        "0 m", "0 m", "10 m", "10 m", "30 m",
    ]  # fmt: skip


def test_what_becomes_of_the_own_bike_on_board_is_said() -> None:
    plan = to_json(ask(town("Red C 08:10 H 08:15"), "A", "J", modes="TRANSIT BICYCLE"))
    modes = ["BICYCLE", "BUS", "BICYCLE"]
    (legs,) = [
        way["legs"] for way in plan["itineraries"] if [g["mode"] for g in way["legs"]] == modes
    ]
    unknown = "your bike comes along, if the operator allows it: not known"
    assert own_vehicle_facts(legs) == [[], [unknown], []]
    legs[1]["bikesAllowed"] = True
    assert own_vehicle_facts(legs) == [[], ["your bike comes along"], []]


def test_what_is_parked_on_the_way_is_said() -> None:
    plan = to_json(ask(town("Red D 08:20 J 08:25"), "A", "J", modes="TRANSIT BICYCLE CAR"))
    first = [itinerary_view(way)["legs"][0] for way in plan["itineraries"] if len(way["legs"]) > 1]
    said = {leg["mode"]: leg["facts"][-1] for leg in first}
    assert (said["BICYCLE"], said["CAR"]) == ("then park your bike", "then park your car")


def test_a_way_tells_its_day() -> None:
    plan = to_json(ask(town("Red A 24:05 J 24:20"), "A", "J", "23:50", modes="TRANSIT"))
    assert itinerary_view(plan["itineraries"][0])["day"] == "Wed, May 8"


def test_a_place_without_name_is_called_by_its_street() -> None:
    plan = to_json(ask(town(), "A", "C", modes="WALK"))
    (leg,) = plan["itineraries"][0]["legs"]
    leg["from"]["name"] = leg["to"]["name"] = None
    assert {leg_view(leg)[name] for name in ("from_name", "to_name")} == {"Main Street"}


def test_where_a_car_is_parked_is_called_by_the_street_it_came_on() -> None:
    plan = to_json(ask(town("Red D 08:20 J 08:25"), "A", "J", modes="TRANSIT CAR"))
    (way,) = [w for w in plan["itineraries"] if {"CAR", "BUS"} <= {g["mode"] for g in w["legs"]}]
    drive, onward = way["legs"][:2]
    onward["from"]["name"] = drive["to"]["name"] = None
    assert itinerary_view(way)["legs"][1]["from_name"] == "Main Street"

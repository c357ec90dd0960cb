"""Plans nobody should ask for: answered quickly, with itineraries or a reason, never a fault."""

import random
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from routing.model import PlanErrorCode
from tests.fuzzing import FuzzedTown, open_fuzzed_town

SLOWEST_S = 30.0
"""A plan takes tens of milliseconds; this leaves room for a loaded machine, not for a search
that has no end."""

CENTRE, EAST = "9.3000,49.9000", "9.3300,49.9050"
RIVER_STEPS = 40


@pytest.fixture(scope="module")
def town(demo_network: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FuzzedTown]:
    with open_fuzzed_town(demo_network, tmp_path_factory.mktemp("limits")) as town:
        town.app.extensions["town"].loaded()
        client = town.app.test_client()
        for backwards in ("false", "true"):  # the compiler's time is not the planner's
            ask = {"from": CENTRE, "to": EAST, "arriveBy": backwards, "modes": ALL}
            assert client.get("/api/v1/plan", query_string=ask).status_code == 200
        yield town


ALL = "WALK,TRANSIT,RENTAL,BICYCLE,CAR"


def ask(town: FuzzedTown, **query: Any) -> TestResponse:
    """Plan, and see that it does not take long."""
    began = time.perf_counter()
    query = {"from": CENTRE, "to": EAST} | {name.rstrip("_"): v for name, v in query.items()}
    answer = town.app.test_client().get("/api/v1/plan", query_string=query)
    assert time.perf_counter() - began < SLOWEST_S, query
    return answer


def answered(answer: TestResponse) -> dict[str, Any]:
    """Return a plan that is complete: itineraries in order of time, or a reason."""
    assert answer.status_code == 200, answer.text
    plan: dict[str, Any] = answer.get_json()
    assert plan["itineraries"] or plan["requestError"]["code"] in set(PlanErrorCode)
    for itinerary in plan["itineraries"]:
        moments = [datetime.fromisoformat(itinerary["startTime"])]
        for leg in itinerary["legs"]:
            moments += [datetime.fromisoformat(leg[k]) for k in ("startTime", "endTime")]
        moments.append(datetime.fromisoformat(itinerary["endTime"]))
        assert moments == sorted(moments)
        assert all(moment.tzinfo is not None for moment in moments)
        assert itinerary["duration"] == (moments[-1] - moments[0]).total_seconds()
    return plan


@pytest.mark.parametrize(
    "place",
    ["nan,49.9", "9.3,inf", "9.3", "", "9.3,49.9,1", "181,0", "0,-91", "1e1,5", "x,y", "9,3;49,9",
     "٩,٤٩", "9.3,49.9\n", "--9,4", "9.3," + "4" * 60],
)  # fmt: skip
def test_what_is_no_place_is_refused_by_field(town: FuzzedTown, place: str) -> None:
    for field in ("from_", "to"):
        answer = ask(town, **{field: place})
        assert answer.status_code == 422
        assert answer.json["errors"][0]["field"] == field.rstrip("_")


def test_swapped_coordinates_are_told(town: FuzzedTown) -> None:
    answer = ask(town, from_="49.9,9.3")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/swapped-coordinates")


@pytest.mark.parametrize("field", ["agencies", "bannedRoutes"])
def test_an_agency_or_route_that_no_timetable_has_is_told(town: FuzzedTown, field: str) -> None:
    answer = ask(town, **{field: "nobody"})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/unknown-id")
    assert f"'{field}' names 'nobody'" in answer.json["detail"]


@pytest.mark.parametrize("place", ["0,0", "-180,-90", "180,90", "9.3,-49.9", "8.6,49.4"])
def test_places_far_away_are_outside(town: FuzzedTown, place: str) -> None:
    for fields in ({"from_": place}, {"to": place}, {"from_": place, "to": place}):
        assert answered(ask(town, **fields))["requestError"]["code"] == "OUTSIDE_BOUNDS"


@pytest.mark.parametrize(
    "when",
    ["1970-01-01T00:00", "1970-01-01T00:00:00+14:00", "1999-12-31T23:59:59.999Z",
     "2199-12-31T23:59:59-14:00", "2100-02-28T12:00"],
)  # fmt: skip
@pytest.mark.parametrize("backwards", ["false", "true"])
def test_other_centuries_have_no_timetable(town: FuzzedTown, when: str, backwards: str) -> None:
    plan = answered(ask(town, time=when, arriveBy=backwards, modes=ALL))
    assert plan["requestError"]["code"] == "OUTSIDE_SERVICE_PERIOD"


@pytest.mark.parametrize(
    "when",
    ["2026-06-31T08:00", "2027-02-29T08:00", "1969-12-31T23:59", "2200-01-01T00:00", "08:00",
     "2026-05-04", "2026-05-04T24:00", "2026-05-04T08:60", "now", "1780000000", ""],
)  # fmt: skip
def test_what_is_no_moment_is_refused(town: FuzzedTown, when: str) -> None:
    answer = ask(town, time=when)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "time")


@pytest.mark.parametrize(
    ("field", "value"),
    [("searchWindow", -1), ("searchWindow", 28_801), ("searchWindow", "1h"), ("maxTransfers", 13),
     ("maxItineraries", 0), ("maxItineraries", 10**30), ("modes", "WALK,,CAR"), ("modes", "HORSE"),
     ("via", "8.6"), ("via", "9.3,49.9@721"), ("via", ";".join(["9.3,49.9"] * 4)),
     ("transitModes", "HORSE"), ("pageCursor", "AAAA"), ("pageCursor", "A" * 401),
     ("pageCursor", "=;"), ("agencies", ","), ("bannedRoutes", "a" * 65),
     ("arriveBy", "perhaps"), ("formFactors", "BIKE"), ("formFactors", "sledge"),
     ("colour", "red")],
)  # fmt: skip
def test_limits_and_unknown_fields_are_told(town: FuzzedTown, field: str, value: Any) -> None:
    answer = ask(town, **{field: value})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_the_same_place_twice_is_answered(town: FuzzedTown) -> None:
    for modes in ("WALK", "TRANSIT", "RENTAL", "BICYCLE", "CAR", ALL):
        for backwards in ("false", "true"):
            answered(ask(town, to=CENTRE, modes=modes, arriveBy=backwards))


def test_every_combination_of_modes_is_answered_with_the_largest_window(town: FuzzedTown) -> None:
    modes = ALL.split(",")
    for number in range(1, 2 ** len(modes)):
        chosen = ",".join(mode for i, mode in enumerate(modes) if number >> i & 1)
        backwards = "true" if number % 2 else "false"
        plan = answered(
            ask(
                town,
                modes=chosen,
                searchWindow=28_800,
                maxItineraries=20,
                maxTransfers=12,
                arriveBy=backwards,
            )
        )
        used = {leg["mode"] for itinerary in plan["itineraries"] for leg in itinerary["legs"]}
        assert "CAR" not in used or "CAR" in chosen
        assert "RENTAL" not in used or "RENTAL" in chosen


def test_pages_are_turned_through_a_day_by_their_cursors_alone(town: FuzzedTown) -> None:
    told: set[tuple[str, ...]] = set()
    day = town.app.extensions["town"].manifest().service_days[1]
    query: dict[str, Any] = {"time": f"{day}T08:00", "modes": "TRANSIT"}
    for _ in range(8):
        plan = answered(ask(town, **query))
        ways = [(way["startTime"], way["endTime"], str(way["transfers"]), str(way["walkTime"]))
                for way in plan["itineraries"]]  # fmt: skip
        assert not told & set(ways)
        told |= set(ways)
        assert plan["previousPageCursor"]
        query = {"modes": "TRANSIT", "pageCursor": plan["nextPageCursor"]}
    assert len(told) > 10
    both = ask(town, via=EAST, **query)
    assert both.status_code == 422


def test_the_widest_search_over_three_places_is_answered(town: FuzzedTown) -> None:
    manifest = town.app.extensions["town"].manifest()
    west, south, east, north = manifest.bbox
    here, there = f"{west:.4f},{south:.4f}", f"{east:.4f},{north:.4f}"
    wide = {"searchWindow": 28_800, "maxTransfers": 12, "maxItineraries": 20}
    wide["modes"] = f"{ALL},FLEX"  # type: ignore[assignment]
    for backwards in ("false", "true"):
        for start, end in ((CENTRE, EAST), (here, there)):
            via = f"{EAST}@720;{CENTRE}@0;{EAST}@5"
            plan = answered(ask(town, from_=start, to=end, via=via, arriveBy=backwards, **wide))
            for itinerary in plan["itineraries"]:
                assert sum(leg["mode"] == "STAY" for leg in itinerary["legs"]) >= 2
    lost = answered(ask(town, via="stop:nowhere"))
    assert lost["requestError"]["code"] == "LOCATION_NOT_FOUND"


def test_points_anywhere_in_the_box_are_answered(town: FuzzedTown) -> None:
    """Streets, fields, the river and its bridges, the border, the corners."""
    manifest = town.app.extensions["town"].manifest()
    west, south, east, north = manifest.bbox
    last_day = date.fromisoformat(manifest.service_days[1])
    draw = random.Random(5)  # noqa: S311
    corners = [(west, south), (east, north), (west, north), (east, south)]
    inside = [(draw.uniform(west, east), draw.uniform(south, north)) for _ in range(60)]
    across = [
        (9.3, south + (north - south) * step / RIVER_STEPS) for step in range(RIVER_STEPS + 1)
    ]
    places = [*corners, *inside, *across]
    draw.shuffle(places)
    found = set()
    for (lon1, lat1), (lon2, lat2) in zip(places[::2], places[1::2], strict=False):
        day = last_day - timedelta(days=draw.randrange(100))
        plan = answered(
            ask(
                town,
                from_=f"{lon1:.6f},{lat1:.6f}",
                to=f"{lon2:.6f},{lat2:.6f}",
                time=f"{day}T{draw.randrange(24):02d}:30",
                arriveBy=draw.choice(["false", "true"]),
                modes=draw.choice([ALL, "WALK,TRANSIT,RENTAL", "RENTAL", "CAR", "TRANSIT"]),
                wheelchair=draw.choice(["false", "true"]),
            )
        )
        found.add(None if plan["itineraries"] else plan["requestError"]["code"])
    assert None in found
    assert "LOCATION_NOT_FOUND" in found


def test_a_planned_journey_is_told_again_by_its_id(town: FuzzedTown) -> None:
    client = town.app.test_client()
    day = town.app.extensions["town"].manifest().service_days[1]
    plan = answered(ask(town, time=f"{day}T08:00", modes="TRANSIT"))
    way = plan["itineraries"][0]
    fresh = client.post("/api/v1/plan/refresh", json={"id": way["id"]})
    assert fresh.status_code == 200, fresh.text
    assert (fresh.json["state"], fresh.json["endTime"]) == ("POSSIBLE", way["endTime"])
    ride = next(number for number, leg in enumerate(way["legs"]) if leg["tripId"])
    body = {"id": way["id"], "leg": ride, "time": f"{day}T08:00"}
    began = time.perf_counter()
    instead = client.post("/api/v1/plan/alternatives", json=body)
    assert time.perf_counter() - began < SLOWEST_S
    assert instead.status_code == 200, instead.text
    assert instead.json["departures"]
    assert {call["routeId"] for call in instead.json["departures"]} == {
        way["legs"][ride]["routeId"]
    }
    assert instead.json["plan"]["itineraries"]


@pytest.mark.parametrize("made_up", ["", "A", "x" * 4001, "=;", "eJyLNtQx0jHRMdaJBQALYgHk"])
def test_a_made_up_id_is_refused(town: FuzzedTown, made_up: str) -> None:
    client = town.app.test_client()
    for path, more in (("refresh", {}), ("alternatives", {"leg": 0})):
        answer = client.post(f"/api/v1/plan/{path}", json={"id": made_up} | more)
        assert answer.status_code == 422, answer.text
        assert any(fault["field"].endswith("id") for fault in answer.json["errors"])

"""Holds and rides at the simulated operator."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from mobility.operator.pricing import amount_cents
from tests.unit.mobility.operator.conftest import NOON, TOKEN, Desk, open_desk


def test_a_ride_from_hold_to_charge(desk: Desk) -> None:
    status, hold = desk.bike("ride-0001")
    assert (status, hold["state"], hold["price"]["plan_id"]) == (201, "CONFIRMED", "bike-plan")
    assert hold["amount_cents"] is None
    assert desk.bikes_at("market") == 0
    status, ride = desk.start("ride-0001")
    assert (status, ride["state"], ride["started_at"]) == (
        200,
        "IN_USE",
        "2026-03-02T12:00:00+00:00",
    )
    desk.now += 31 * 60
    status, end = desk.finish("ride-0001", station_id="school")
    assert (status, end["state"]) == (200, "FINISHED")
    assert (end["duration_s"], end["amount_cents"], end["currency"]) == (1860, 200, "EUR")
    assert desk.bikes_at("school") == 1
    assert desk.get("ride-0001") == end


def test_fifty_want_the_last_bike_and_one_gets_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    gate = Barrier(50)

    def ask(i: int) -> int:
        gate.wait()
        return desk.bike(f"rider-{i:04d}")[0]

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert sorted(answers) == [201] + [409] * 49
    assert desk.troubles() == []


def test_the_same_call_from_many_sides_is_one_booking(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, bikes=5)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: desk.bike("ride-0001"), range(24)))
    assert {status for status, _ in answers} == {201}
    assert len({answer["vehicle_id"] for _, answer in answers}) == 1
    assert desk.bikes_at("market") == 4
    assert desk.troubles() == []


def test_a_repeated_key_gives_the_same_answer_later_too(desk: Desk) -> None:
    first = desk.bike("ride-0001")
    desk.start("ride-0001")
    assert desk.bike("ride-0001") == first


def test_an_id_with_another_wish_is_refused(desk: Desk) -> None:
    desk.bike("ride-0001")
    status, problem = desk.reserve("ride-0001", station_id="school", vehicle_type_id="bike")
    assert (status, problem["type"]) == (422, "/problems/idempotency-key-reused")


def test_a_refusal_is_not_remembered(desk: Desk) -> None:
    desk.bike("ride-0001")
    assert desk.bike("ride-0002")[1]["type"] == "/problems/no-vehicle"
    desk.post("/bookings/ride-0001/events", {"operation": "CANCEL"})
    assert desk.bike("ride-0002")[0] == 201


def test_a_hold_runs_out_and_frees_the_bike(desk: Desk) -> None:
    desk.bike("ride-0001")
    desk.now += 901
    assert desk.get("ride-0001")["state"] == "EXPIRED"
    assert desk.bikes_at("market") == 1
    status, problem = desk.start("ride-0001")
    assert (status, problem["type"]) == (409, "/problems/impossible-transition")
    assert desk.bike("ride-0002")[0] == 422  # its own expiry has passed too


def test_a_feed_shows_a_run_out_hold_as_free(desk: Desk) -> None:
    desk.bike("ride-0001")
    assert desk.bikes_at("market") == 0
    desk.now += 901
    assert desk.bikes_at("market") == 1


def test_a_hold_can_be_made_longer_but_not_forever(desk: Desk) -> None:
    desk.bike("ride-0001")
    desk.now += 600
    later = datetime.fromtimestamp(NOON + 1800, UTC).isoformat()
    extend = {"operation": "EXTEND_EXPIRY_TIME", "expires_at": later}
    status, hold = desk.post("/bookings/ride-0001/events", extend)
    assert (status, hold["expires_at"]) == (200, "2026-03-02T12:30:00+00:00")
    too_late = datetime.fromtimestamp(NOON + 3700, UTC).isoformat()
    status, problem = desk.post("/bookings/ride-0001/events", extend | {"expires_at": too_late})
    assert (status, problem["type"]) == (409, "/problems/too-long")


def test_cancelling_twice_changes_nothing_more(desk: Desk) -> None:
    desk.bike("ride-0001")
    cancel = {"operation": "CANCEL"}
    first = desk.post("/bookings/ride-0001/events", cancel, "ride-0001-cancel")
    assert first[1]["state"] == "CANCELLED"
    assert desk.post("/bookings/ride-0001/events", cancel, "ride-0001-cancel") == first
    assert desk.post("/bookings/ride-0001/events", cancel) == first
    assert desk.bikes_at("market") == 1


def test_a_ride_under_way_cannot_be_cancelled(desk: Desk) -> None:
    desk.bike("ride-0001")
    desk.start("ride-0001")
    status, problem = desk.post("/bookings/ride-0001/events", {"operation": "CANCEL"})
    assert (status, problem["type"]) == (409, "/problems/impossible-transition")
    assert problem["status"] == 409


def test_finishing_again_elsewhere_charges_nothing_more(desk: Desk) -> None:
    desk.bike("ride-0001")
    desk.start("ride-0001")
    desk.now += 600
    first = desk.finish("ride-0001", station_id="school")
    desk.now += 6000
    assert desk.finish("ride-0001", station_id="market") == first
    assert desk.bikes_at("school") == 1


def test_a_full_station_takes_no_bike(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, bikes=2)
    for ride in ("ride-0001", "ride-0002"):
        desk.bike(ride)
        desk.start(ride)
    assert desk.finish("ride-0001", station_id="school")[0] == 200
    status, problem = desk.finish("ride-0002", station_id="school")
    assert (status, problem["type"]) == (409, "/problems/no-dock")
    assert desk.get("ride-0002")["state"] == "IN_USE"
    assert desk.finish("ride-0002", station_id="market")[0] == 200
    assert desk.troubles() == []


def test_a_bike_left_in_the_street_is_refused_and_beside_a_station_taken(desk: Desk) -> None:
    desk.bike("ride-0001")
    desk.start("ride-0001")
    assert desk.finish("ride-0001", lat=49.91, lon=9.31)[1]["type"] == "/problems/no-dock"
    assert desk.finish("ride-0001", lat=49.9003, lon=9.3202)[0] == 200
    assert desk.bikes_at("school") == 1


@pytest.mark.parametrize("eligible", [None, False])
def test_a_car_needs_an_attested_licence(desk: Desk, eligible: bool | None) -> None:
    wish = {"station_id": "market", "vehicle_type_id": "car", "eligible": eligible}
    status, problem = desk.reserve("ride-0001", **wish)
    assert (status, problem["type"]) == (409, "/problems/not-eligible")
    assert desk.reserve("ride-0001", **(wish | {"eligible": True}))[0] == 201


def test_who_names_no_kind_gets_one_that_needs_no_attestation(desk: Desk) -> None:
    status, hold = desk.reserve("ride-0001", station_id="market")
    assert (status, hold["vehicle_type_id"]) == (201, "bike")
    assert desk.reserve("ride-0002", station_id="market")[1]["type"] == "/problems/no-vehicle"


def test_a_car_goes_back_to_its_own_place(desk: Desk) -> None:
    desk.reserve("ride-0001", station_id="market", vehicle_type_id="car", eligible=True)
    desk.start("ride-0001")
    desk.now += 3600
    status, problem = desk.finish("ride-0001", station_id="school")
    assert (status, problem["type"]) == (409, "/problems/wrong-station")
    status, end = desk.finish("ride-0001", station_id="market")
    assert (status, end["amount_cents"]) == (200, 200 + 5 * 180)


def test_a_scooter_ends_where_its_zone_allows(desk: Desk) -> None:
    scooter = next(v for v in desk.feed("vehicle_status")["data"]["vehicles"]
                   if v["vehicle_type_id"] == "scooter")  # fmt: skip
    status, _ = desk.reserve("ride-0001", vehicle_id=scooter["vehicle_id"], eligible=True)
    assert status == 201
    desk.start("ride-0001")
    for lon in (9.306, 9.5):
        assert desk.finish("ride-0001", lat=49.9, lon=lon)[1]["type"] == "/problems/outside-zone"
    assert desk.finish("ride-0001", lat=49.9, lon=9.32)[0] == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/bookings", {"id": "ride-0001", "station_id": "market"}),
        ("/bookings", {"id": "x", "station_id": "market", "expires_at": "2026-03-02T12:05:00Z"}),
        ("/bookings", {"id": "ride-0001", "expires_at": "2026-03-02T12:05:00Z"}),
        ("/bookings", {"id": "ride-0001", "station_id": "market", "expires_at": "soon"}),
        ("/bookings", {"id": "ride-0001", "station_id": "market", "name": "Erika Muster",
                       "expires_at": "2026-03-02T12:05:00Z"}),
        ("/legs/ride-0001/events", {"event": "FINISH"}),
        ("/legs/ride-0001/events", {"event": "FINISH", "lat": 91, "lon": 9}),
        ("/legs/ride-0001/events", {"event": "FINISH", "lat": "NaN", "lon": 9}),
        ("/bookings/ride-0001/events", {"operation": "COMMIT"}),
        ("/bookings", [1, 2]),
    ],
)  # fmt: skip
def test_a_malformed_request_is_a_problem_not_a_crash(desk: Desk, path: str, body: object) -> None:
    status, problem = desk.post(path, body)
    assert (status, problem["type"]) == (422, "/problems/invalid-request")
    assert problem["errors"]


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic " + TOKEN, "Bearer "])
def test_bookings_need_the_token_and_feeds_do_not(desk: Desk, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("/bookings", "/bookings/x/events", "/legs/x/events"):
        answer = desk.client().post(path, json={}, headers=headers)
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
    assert desk.client().get("/bookings/x", headers=headers).status_code == 401
    assert desk.client().get("/gbfs/gbfs.json").status_code == 200


def test_what_is_unknown_is_not_found(desk: Desk) -> None:
    assert desk.start("never-made")[1]["type"] == "/problems/unknown-booking"
    status, problem = desk.reserve("ride-0001", station_id="market", vehicle_type_id="tank")
    assert (status, problem["type"]) == (404, "/problems/unknown-vehicle-type")
    assert desk.client().get("/gbfs/nothing.json").status_code == 404
    assert desk.client().get("/gbfs/nothing.json").mimetype == "application/problem+json"
    assert desk.post("/elsewhere", {})[1]["status"] == 404


@pytest.mark.parametrize(
    ("minutes", "cents"), [(0, 100), (29.9, 100), (30, 200), (59.9, 200), (60, 300)]
)
def test_a_price_counts_each_interval_begun(minutes: float, cents: int) -> None:
    plan = {"price": 1.0, "per_min_pricing": [{"start": 30, "rate": 1.0, "interval": 30}]}
    assert amount_cents(plan, minutes * 60) == cents


def test_a_price_segment_ends_and_a_single_charge_is_single() -> None:
    steps = [{"start": 0, "rate": 0.1, "interval": 1, "end": 10},
             {"start": 20, "rate": 2.5, "interval": 0}]  # fmt: skip
    plan = {"price": 0.5, "per_min_pricing": steps}
    assert amount_cents(plan, 5 * 60) == 50 + 60
    assert amount_cents(plan, 15 * 60) == 50 + 100
    assert amount_cents(plan, 600 * 60) == 50 + 100 + 250

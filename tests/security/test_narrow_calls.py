"""The socket's calls: only with the secret, only what is agreed, and no more than is needed."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mobility import narrow
from mobility.trustee.config import Trustee
from tests.cooperative import AFTER, ORIGIN, Clock, add_member, log_in, trip
from tests.security.conftest import NARROW_SECRET

CALLS = ["/token", "/eligibility", "/settle", "/admit", "/release"]


@pytest.fixture
def calls(narrow_app: Flask) -> FlaskClient:
    return narrow_app.test_client()


def post(calls: FlaskClient, path: str, body: object) -> TestResponse:
    return calls.post(path, json=body, headers={"Authorization": f"Bearer {NARROW_SECRET}"})


def slug(answer: TestResponse) -> str:
    assert answer.mimetype == "application/problem+json"
    return str(answer.get_json()["type"]).removeprefix("/problems/")


@pytest.mark.parametrize("path", [*CALLS, "/budget", "/health"])
@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", f"Basic {NARROW_SECRET}", f"bearer {NARROW_SECRET}x"]
)
def test_without_the_secret_no_call_answers(calls: FlaskClient, path: str, header: str) -> None:
    method = "POST" if path in CALLS else "GET"
    answer = calls.open(path, method=method, headers={"Authorization": header})
    assert (answer.status_code, slug(answer)) == (401, "unauthorized")


def test_a_booking_from_token_to_invoice_and_map(
    trustee: Trustee, calls: FlaskClient, clock: Clock
) -> None:
    subject = log_in(trustee, add_member(trustee))
    token = post(calls, "/token", {"session_subject": subject}).get_json()["ride_token"]
    ask = {"ride_token": token, "requirement": "min_age_18"}
    assert post(calls, "/eligibility", ask).get_json() == {"eligible": True}
    line = {
        "ride_token": token,
        "amount_cents": 250,
        "currency": "EUR",
        "description_code": "bicycle-ride",
        "date": "2026-10-14",
    }
    assert post(calls, "/settle", line).get_json() == {}
    assert post(calls, "/settle", line).get_json() == {}
    other = post(calls, "/settle", line | {"amount_cents": 251})
    assert (other.status_code, slug(other)) == (409, "already-settled")
    answer = post(calls, "/admit", trip(token).model_dump())
    assert answer.get_json() == {"admitted": True, "reason": "admitted"}
    clock.now = AFTER
    ask_map = {"month": "2026-10", "epsilon_micro": 500_000, "level": 7}
    first = post(calls, "/release", ask_map)
    assert narrow.ReleaseAnswer.model_validate_json(first.data).month == "2026-10"
    assert post(calls, "/release", ask_map).data == first.data
    over = post(calls, "/release", ask_map | {"epsilon_micro": 500_001})
    assert (over.status_code, slug(over)) == (409, "budget-exhausted")


def test_two_bookings_of_one_person_share_nothing(trustee: Trustee, calls: FlaskClient) -> None:
    subject = log_in(trustee, add_member(trustee))
    tokens = {
        post(calls, "/token", {"session_subject": subject}).get_json()["ride_token"]
        for _ in range(20)
    }
    assert len(tokens) == 20


def test_last_months_subject_is_unknown(trustee: Trustee, calls: FlaskClient, clock: Clock) -> None:
    subject = log_in(trustee, add_member(trustee))
    clock.pass_time(days=20)  # 3 November, a day's grace is over
    answer = post(calls, "/token", {"session_subject": subject})
    assert (answer.status_code, slug(answer)) == (404, "unknown-subject")


@pytest.mark.parametrize("path", ["/eligibility", "/settle", "/admit"])
def test_an_unknown_token_gets_the_same_answer_everywhere(calls: FlaskClient, path: str) -> None:
    token = "x" * 43
    body: dict[str, dict[str, object]] = {
        "/eligibility": {"ride_token": token, "requirement": "car_licence"},
        "/settle": {
            "ride_token": token,
            "amount_cents": 1,
            "currency": "EUR",
            "description_code": "x",
            "date": "2026-10-14",
        },
        "/admit": trip(token).model_dump(),
    }
    answer = post(calls, path, body[path])
    assert (answer.status_code, slug(answer)) == (404, "unknown-token")
    assert token not in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"lon": 8.68},
        {"origin_cell": "nowhere"},
        {"origin_cell": "8b1faa9908c0fff"},
        {"destination_cell": ORIGIN},
        {"hour": 24},
        {"weekday": -1},
        {"month": "2026-13"},
        {"mode": "broom"},
        {"ride_token": "short"},
    ],
)
def test_more_or_finer_than_agreed_is_refused_unread(
    calls: FlaskClient, changes: dict[str, object]
) -> None:
    body = trip("x" * 43).model_dump() | changes
    answer = post(calls, "/admit", body)
    assert (answer.status_code, slug(answer)) == (422, "bad-request")
    assert "x" * 43 not in answer.text


@pytest.mark.parametrize("data", [b"", b"[]", b"nonsense", b'{"month": NaN}', b"\xff"])
def test_what_is_no_document_is_a_bad_request(calls: FlaskClient, data: bytes) -> None:
    for path in CALLS:
        answer = calls.post(path, data=data, headers={"Authorization": f"Bearer {NARROW_SECRET}"})
        assert answer.status_code == 422, path


@pytest.mark.parametrize(
    "bands", [[], [[0, 25]], [[5, 5]], [[0, 10], [9, 12]], [[9, 12], [0, 9]], [[-1, 4]]]
)
def test_bands_that_would_count_a_trip_twice_are_refused(
    calls: FlaskClient, bands: list[list[int]]
) -> None:
    answer = post(calls, "/release", {"month": "2026-10", "epsilon_micro": 1, "hour_bands": bands})
    assert answer.status_code == 422


def test_a_body_of_a_megabyte_is_not_read(calls: FlaskClient) -> None:
    answer = calls.post(
        "/admit", data=b"x" * 1_000_000, headers={"Authorization": f"Bearer {NARROW_SECRET}"}
    )
    assert answer.status_code == 413


def test_there_is_no_call_that_names_a_person(narrow_app: Flask) -> None:
    paths = {rule.rule for rule in narrow_app.url_map.iter_rules()}
    assert paths == {*CALLS, "/budget", "/health"}


def test_a_log_of_all_calls_holds_no_token_and_no_subject(
    trustee: Trustee, calls: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    subject = log_in(trustee, add_member(trustee))
    token = post(calls, "/token", {"session_subject": subject}).get_json()["ride_token"]
    post(calls, "/admit", trip(token).model_dump())
    post(calls, "/admit", trip(token).model_dump() | {"hour": 99})
    assert token not in caplog.text
    assert subject not in caplog.text


def test_a_dump_holds_neither_token_nor_subject_nor_unwrapped_secret(
    trustee: Trustee, calls: FlaskClient
) -> None:
    from mobility.trustee.accounts import person_secret
    from mobility.trustee.models import Member

    member = add_member(trustee)
    subject = log_in(trustee, member)
    token = post(calls, "/token", {"session_subject": subject}).get_json()["ride_token"]
    post(calls, "/admit", trip(token).model_dump())
    with trustee.store.read() as session:
        secret = person_secret(trustee, session.get_one(Member, member))
    trustee.store.close()
    files = list(trustee.keys.path.parent.glob("cooperative.sqlite*"))
    assert files
    for path in files:
        content = path.read_bytes()
        for needle in (token.encode(), subject.encode(), secret, secret.hex().encode()):
            assert needle not in content, path


def test_a_database_that_is_gone_answers_busy_and_works_again(
    trustee: Trustee, calls: FlaskClient
) -> None:
    subject = log_in(trustee, add_member(trustee))
    path = trustee.keys.path.parent / "cooperative.sqlite"
    trustee.store.close()
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    answer = post(calls, "/token", {"session_subject": subject})
    assert (answer.status_code, slug(answer)) == (503, "busy")
    path.rmdir()
    path.with_suffix(".away").rename(path)
    assert post(calls, "/token", {"session_subject": subject}).status_code == 200

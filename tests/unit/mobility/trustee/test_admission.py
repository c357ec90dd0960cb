"""A finished trip counts once, capped, without person, and only while its holder agrees."""

import pytest
from sqlalchemy import inspect, select

from mobility.trustee import accounts, admission, consents, months, rides
from mobility.trustee.config import Trustee
from mobility.trustee.errors import UnknownTokenError
from mobility.trustee.models import AdmittedTrip, PersonDay, PersonMonth
from tests.cooperative import (
    AFTER,
    PASSWORD,
    Clock,
    add_member,
    admit_many,
    take_token,
    token_row,
    trip,
)


def rows(trustee: Trustee) -> list[AdmittedTrip]:
    with trustee.store.read() as session:
        return list(session.scalars(select(AdmittedTrip)))


def test_a_trip_of_somebody_who_agreed_is_stored_once(trustee: Trustee) -> None:
    token = take_token(trustee, add_member(trustee))
    answers = [admission.admit(trustee, trip(token)) for _ in range(3)]
    assert answers == ["admitted"] * 3
    assert [(r.hour, r.mode, r.month) for r in rows(trustee)] == [(8, "bicycle", "2026-10")]


def test_a_repeat_with_another_place_changes_nothing(trustee: Trustee) -> None:
    token = take_token(trustee, add_member(trustee))
    admission.admit(trustee, trip(token))
    admission.admit(trustee, trip(token, hour=20, mode="car"))
    assert [(r.hour, r.mode) for r in rows(trustee)] == [(8, "bicycle")]


def test_consent_is_off_until_given(trustee: Trustee) -> None:
    member = add_member(trustee, consent=False)
    assert admit_many(trustee, member, 1) == ["no-consent"]
    assert rows(trustee) == []


def test_withdrawn_consent_stops_the_very_next_trip(trustee: Trustee) -> None:
    member = add_member(trustee)
    assert admit_many(trustee, member, 1) == ["admitted"]
    consents.change(trustee, member, consents.PLAN_CITY, False)
    assert admit_many(trustee, member, 1) == ["no-consent"]
    assert len(rows(trustee)) == 1


def test_a_refusal_stays_though_consent_is_given_later(trustee: Trustee) -> None:
    member = add_member(trustee, consent=False)
    token = take_token(trustee, member)
    assert admission.admit(trustee, trip(token)) == "no-consent"
    consents.change(trustee, member, consents.PLAN_CITY, True)
    assert admission.admit(trustee, trip(token)) == "no-consent"


def test_the_ninth_trip_of_a_day_does_not_count(trustee: Trustee) -> None:
    assert admit_many(trustee, add_member(trustee), 9) == ["admitted"] * 8 + ["day-cap"]


def test_the_sixty_first_trip_of_a_month_does_not_count(trustee: Trustee, clock: Clock) -> None:
    member = add_member(trustee)
    answers = []
    for _ in range(8):
        answers += admit_many(trustee, member, 8)
        clock.pass_time(days=1)
    assert answers == ["admitted"] * 60 + ["month-cap"] * 4


def test_one_persons_trips_do_not_use_up_anothers_cap(trustee: Trustee) -> None:
    admit_many(trustee, add_member(trustee), 9)
    other = add_member(trustee, "bob@example.org")
    assert admit_many(trustee, other, 1) == ["admitted"]


def test_a_token_cannot_be_placed_in_a_month_of_choice(trustee: Trustee) -> None:
    member = add_member(trustee)
    assert admit_many(trustee, member, 1, month="2026-09") == ["month-closed"]
    assert admit_many(trustee, member, 1, month="2026-11") == ["month-closed"]


def test_a_ride_over_the_months_end_may_count_in_either(trustee: Trustee, clock: Clock) -> None:
    member = add_member(trustee)
    tokens = [take_token(trustee, member) for _ in range(2)]
    clock.pass_time(days=18)  # 1 November
    assert admission.admit(trustee, trip(tokens[0])) == "admitted"
    assert admission.admit(trustee, trip(tokens[1], month="2026-11")) == "admitted"


def test_two_days_after_its_end_a_month_takes_in_nothing(trustee: Trustee, clock: Clock) -> None:
    token = take_token(trustee, add_member(trustee))
    clock.pass_time(days=20)  # 3 November
    assert admission.admit(trustee, trip(token)) == "month-closed"


def test_an_unknown_token_is_refused(trustee: Trustee) -> None:
    with pytest.raises(UnknownTokenError):
        admission.admit(trustee, trip("x" * 43))


def test_the_stored_trip_has_no_column_that_names_a_person(trustee: Trustee) -> None:
    columns = {c["name"] for c in inspect(trustee.store.engine).get_columns("admitted_trip")}
    assert columns == {
        "tag", "month", "weekday", "hour", "mode", "origin_cell", "destination_cell"
    }  # fmt: skip


def test_the_token_keeps_the_answer_and_no_reference_to_the_row(trustee: Trustee) -> None:
    token = take_token(trustee, add_member(trustee))
    admission.admit(trustee, trip(token))
    tag = rows(trustee)[0].tag
    ride = token_row(trustee, token)
    values = [getattr(ride, c.key) for c in inspect(type(ride)).mapper.column_attrs]
    assert tag not in values
    assert ride.admission == "admitted"


def test_closing_gives_every_row_another_tag_and_drops_the_day_counters(
    trustee: Trustee, clock: Clock
) -> None:
    member = add_member(trustee)
    admit_many(trustee, member, 5)
    before = {r.tag for r in rows(trustee)}
    clock.now = AFTER
    assert months.close_months(trustee) == ["2026-10"]
    after = {r.tag for r in rows(trustee)}
    assert len(after) == 5
    assert not before & after
    with trustee.store.read() as session:
        assert session.scalars(select(PersonDay)).all() == []
        assert session.get_one(PersonMonth, (member, "2026-10")).number == 5


def test_who_leaves_takes_the_rows_of_the_open_month_along(trustee: Trustee) -> None:
    leaver, stayer = add_member(trustee), add_member(trustee, "bob@example.org")
    admit_many(trustee, leaver, 3)
    admit_many(trustee, stayer, 2, hour=17)
    accounts.delete_account(trustee, leaver, PASSWORD)
    assert [r.hour for r in rows(trustee)] == [17, 17]


def test_who_leaves_after_the_close_leaves_rows_nobody_can_find(
    trustee: Trustee, clock: Clock
) -> None:
    member = add_member(trustee)
    admit_many(trustee, member, 3)
    clock.now = AFTER
    months.close_months(trustee)
    accounts.delete_account(trustee, member, PASSWORD)
    assert len(rows(trustee)) == 3


def test_a_token_of_somebody_who_left_still_settles_and_admits_nothing(trustee: Trustee) -> None:
    from mobility import narrow

    member = add_member(trustee)
    token = take_token(trustee, member)
    accounts.delete_account(trustee, member, PASSWORD)
    assert admission.admit(trustee, trip(token)) == "no-consent"
    call = {"amount_cents": 120, "currency": "EUR", "description_code": "bicycle-ride"}
    rides.settle(
        trustee,
        narrow.SettleRequest.model_validate(call | {"ride_token": token, "date": "2026-10-14"}),
    )


def test_tokens_are_forgotten_after_their_keeping_time(trustee: Trustee, clock: Clock) -> None:
    token = take_token(trustee, add_member(trustee))
    clock.pass_time(days=rides.TOKEN_DAYS)
    months.tidy(trustee)
    token_row(trustee, token)
    clock.pass_time(days=1)
    months.tidy(trustee)
    with pytest.raises(UnknownTokenError):
        rides.is_eligible(trustee, token, "min_age_16")

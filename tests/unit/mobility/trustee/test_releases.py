"""A release is paid once, drawn once and stored; the same request returns the same bytes."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from mobility import narrow
from mobility.trustee import months, releases
from mobility.trustee.config import Trustee
from mobility.trustee.errors import MonthOpenError
from mobility.trustee.models import DataMonth, ReleaseRecord
from privacy import cells
from privacy.errors import BudgetExhaustedError, NotGrantedError
from tests.cooperative import AFTER, AREA, ORIGIN, Clock, add_member, admit_many, asks


@pytest.fixture
def closed(trustee: Trustee, clock: Clock) -> Trustee:
    admit_many(trustee, add_member(trustee), 8)
    clock.now = AFTER
    return trustee


def record(trustee: Trustee) -> ReleaseRecord:
    with trustee.store.read() as session:
        return session.scalars(select(ReleaseRecord)).one()


def answer(document: bytes) -> narrow.ReleaseAnswer:
    return narrow.ReleaseAnswer.model_validate_json(document)


def test_a_release_covers_every_cell_of_the_area_and_states_its_price(closed: Trustee) -> None:
    got = answer(releases.release(closed, asks(hour_bands=[[0, 12], [12, 24]])))
    assert tuple(c.cell for c in got.cells) == cells.public_domain(AREA, 7)
    assert all(len(c.counts) == 2 for c in got.cells)
    assert (got.day_cap, got.month_cap, got.epsilon_micro) == (8, 60, 200_000)
    assert got.scale == pytest.approx(60 / 0.2)
    assert got.budget.model_dump() == {
        "cap_micro": 1_000_000, "before_micro": 0, "after_micro": 200_000
    }  # fmt: skip


def test_the_same_request_returns_the_same_bytes_and_is_paid_once(closed: Trustee) -> None:
    first = releases.release(closed, asks())
    again = {releases.release(closed, asks()) for _ in range(20)}
    assert again == {first}
    assert releases.budget(closed, "2026-10").spent_micro == 200_000
    assert record(closed).draws == 1


def test_another_role_gets_the_same_bytes(closed: Trustee) -> None:
    first = releases.release(closed, asks(requester_role="planner"))
    assert releases.release(closed, asks(requester_role="officer")) == first


def test_another_request_is_another_debit(closed: Trustee) -> None:
    releases.release(closed, asks())
    got = answer(releases.release(closed, asks(level=6)))
    assert (got.budget.before_micro, got.budget.after_micro) == (200_000, 400_000)


def test_a_huge_epsilon_would_show_the_true_counts(trustee: Trustee, clock: Clock) -> None:
    """With hardly any noise the counts are those admitted: cells, hours and modes fit."""
    from dataclasses import replace

    rich = replace(trustee, month_cap_micro=90_000_000)
    member = add_member(rich)
    admit_many(rich, member, 6, hour=8)
    admit_many(rich, member, 2, hour=17, mode="car")
    clock.now = AFTER
    call = asks(epsilon_micro=90_000_000, level=8, hour_bands=[[6, 10], [16, 20]])
    got = answer(releases.release(rich, call))
    counts = {c.cell: c.counts for c in got.cells}[ORIGIN]
    assert abs((counts[0] or 0) - 6) <= 8
    table = releases.exact_counts(rich, _query(rich, call), cells.public_domain(AREA, 8))
    row = table.cells.index(ORIGIN)
    assert table.counts[row].tolist() == [6, 2]
    assert table.counts.sum() == 8


def test_a_mode_alone_counts_that_mode_alone(trustee: Trustee, clock: Clock) -> None:
    member = add_member(trustee)
    admit_many(trustee, member, 3)
    admit_many(trustee, member, 2, mode="car")
    clock.now = AFTER
    months.close_months(trustee)
    query = _query(trustee, asks(mode="car"))
    table = releases.exact_counts(trustee, query, cells.public_domain(AREA, 7))
    assert table.counts.sum() == 2


def _query(trustee: Trustee, call: narrow.ReleaseRequest) -> releases.ReleaseQuery:
    domain = cells.domain_hash(cells.public_domain(trustee.area, call.level))
    values = call.model_dump(exclude={"requester_role"})
    return releases.ReleaseQuery(**values, domain=domain)


def test_over_budget_is_refused_and_nothing_is_debited(closed: Trustee) -> None:
    releases.release(closed, asks(epsilon_micro=900_000))
    with pytest.raises(BudgetExhaustedError, match="100000 of 1000000 left"):
        releases.release(closed, asks(epsilon_micro=100_001))
    assert releases.budget(closed, "2026-10").spent_micro == 900_000
    releases.release(closed, asks(epsilon_micro=100_000))
    assert releases.budget(closed, "2026-10").spent_micro == 1_000_000


def test_a_paid_release_is_still_returned_when_the_account_is_empty(closed: Trustee) -> None:
    first = releases.release(closed, asks(epsilon_micro=1_000_000))
    assert releases.release(closed, asks(epsilon_micro=1_000_000)) == first


def test_the_reserved_part_is_not_for_ordinary_requests(closed: Trustee) -> None:
    months.close_months(closed)
    with closed.store.write() as session:
        session.execute(update(DataMonth).values(reserved_micro=900_000))
    with pytest.raises(BudgetExhaustedError):
        releases.release(closed, asks(epsilon_micro=100_001))
    releases.release(closed, asks(epsilon_micro=100_000))


def test_an_open_month_is_not_released(trustee: Trustee) -> None:
    admit_many(trustee, add_member(trustee), 1)
    with pytest.raises(MonthOpenError):
        releases.release(trustee, asks())
    assert releases.budget(trustee, "2026-10").spent_micro == 0


def test_a_month_without_trips_answers_like_any_other(closed: Trustee) -> None:
    """Whether anybody travelled at all is no less private than where."""
    got = answer(releases.release(closed, asks(month="2026-08")))
    assert len(got.cells) == len(cells.public_domain(AREA, 7))


def test_an_operator_has_no_grant(closed: Trustee) -> None:
    with pytest.raises(NotGrantedError, match="role operator"):
        releases.release(closed, asks(requester_role="operator"))
    assert releases.budget(closed, "2026-10").spent_micro == 0


def test_a_crash_after_the_debit_stays_spent_and_the_same_request_resumes(
    closed: Trustee, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(releases, "exact_counts", _crash)
        with pytest.raises(SystemExit):
            releases.release(closed, asks())
    budget = releases.budget(closed, "2026-10")
    assert (budget.spent_micro, budget.releases[0].published) == (200_000, False)
    clock.pass_time(seconds=releases.CLAIM.total_seconds())
    got = answer(releases.release(closed, asks()))
    assert got.budget.after_micro == 200_000
    budget = releases.budget(closed, "2026-10")
    assert (budget.spent_micro, budget.releases[0].published) == (200_000, True)
    assert record(closed).draws == 2


def test_of_two_draws_only_the_first_stored_is_ever_seen(closed: Trustee) -> None:
    months.close_months(closed)
    call = asks()
    query, domain = _query(closed, call), cells.public_domain(AREA, 7)
    first = releases.release(closed, call)
    late = releases.draw_and_publish(closed, query, domain, "planner")
    assert late == first


def test_while_another_draws_nobody_draws_too(
    closed: Trustee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "exact_counts", _crash)
    with pytest.raises(SystemExit):
        releases.release(closed, asks())
    monkeypatch.setattr(releases, "PATIENCE_S", 0.1)
    with pytest.raises(releases.StillDrawingError):
        releases.release(closed, asks())
    assert record(closed).draws == 1


def _crash(*_: object) -> None:
    raise SystemExit(9)


def test_the_database_itself_refuses_to_spend_beyond_the_cap(closed: Trustee) -> None:
    from sqlalchemy.exc import IntegrityError

    months.close_months(closed)
    with pytest.raises(IntegrityError), closed.store.write() as session:
        session.execute(update(DataMonth).values(spent_micro=DataMonth.cap_micro + 1))


def test_the_ledger_lists_each_debit(closed: Trustee, clock: Clock) -> None:
    releases.release(closed, asks())
    clock.pass_time(minutes=1)
    releases.release(closed, asks(level=6))
    lines = releases.budget(closed, "2026-10").releases
    assert [line.epsilon_micro for line in lines] == [200_000, 200_000]
    assert lines[1].at - lines[0].at == dt.timedelta(minutes=1)

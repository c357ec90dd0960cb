"""Many processes ask for releases at once; the account and the published bytes stay right."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from mobility.trustee import admission, releases
from mobility.trustee.config import Trustee
from mobility.trustee.errors import TrusteeError
from mobility.trustee.models import AdmittedTrip, ReleaseRecord
from mobility.trustee.store import Store
from privacy.errors import PrivacyError
from tests.cooperative import (
    AFTER,
    add_member,
    admit_many,
    asks,
    open_cooperative,
    open_on_postgres,
    take_token,
    trip,
)

PROCESSES = 64
COST = 200_000  # the month's account has room for exactly five
fork = get_context("fork")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgis)])
def trustee(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trustee]:
    (tmp_path / "cooperative").mkdir(mode=0o700, exist_ok=request.param == "postgres")
    if request.param == "sqlite":
        (tmp_path / "cooperative").rmdir()
    opened = open_on_postgres if request.param == "postgres" else open_cooperative
    trustee, clock = opened(tmp_path)
    admit_many(trustee, add_member(trustee), 4)
    clock.now = AFTER
    yield trustee
    trustee.store.close()


def at_once(
    trustee: Trustee, work: Callable[[Trustee, int], object], number: int = PROCESSES
) -> list[object]:
    """Run ``work`` in processes that all begin at the same moment, and return their answers."""
    releases.release(trustee, asks(month="2026-07"))  # warm what children inherit
    trustee.store.close()
    gate = fork.Event()

    def run(i: int, answer: Connection) -> None:
        gate.wait()
        try:
            answer.send(work(trustee, i))
        except (TrusteeError, PrivacyError) as error:
            answer.send(type(error).__name__)
        trustee.store.close()

    pipes = [fork.Pipe(duplex=False) for _ in range(number)]
    processes = [fork.Process(target=run, args=(i, send)) for i, (_, send) in enumerate(pipes)]
    for process in processes:
        process.start()
    time.sleep(0.2)
    gate.set()
    answers = [receive.recv() if receive.poll(120) else None for receive, _ in pipes]
    for process in processes:
        process.join(30)
    for receive, send in pipes:
        receive.close()
        send.close()
    return answers


def records(trustee: Trustee) -> list[ReleaseRecord]:
    with trustee.store.read() as session:
        query = select(ReleaseRecord).where(ReleaseRecord.month == "2026-10")
        return list(session.scalars(query))


def test_of_64_different_requests_exactly_5_fit(trustee: Trustee) -> None:
    def ask(trustee: Trustee, i: int) -> bytes:
        bands = [[i % 24, 24]] if i < 24 else [[0, 1 + i % 24]]
        mode = "all" if i < 48 else "car"
        return releases.release(
            trustee, asks(hour_bands=bands, mode=mode, epsilon_micro=COST, level=6 + i % 3)
        )

    answers = at_once(trustee, ask)
    granted = [a for a in answers if isinstance(a, bytes)]
    assert len(granted) == len(set(granted)) == 5
    assert answers.count("BudgetExhaustedError") == PROCESSES - 5
    budget = releases.budget(trustee, "2026-10")
    assert budget.spent_micro == 1_000_000
    assert [line.published for line in budget.releases] == [True] * 5


def test_64_same_requests_get_one_debit_one_draw_and_the_same_bytes(trustee: Trustee) -> None:
    answers = at_once(trustee, lambda t, _: releases.release(t, asks(epsilon_micro=COST)))
    assert len(set(answers)) == 1
    assert isinstance(answers[0], bytes)
    assert releases.budget(trustee, "2026-10").spent_micro == COST
    assert [record.draws for record in records(trustee)] == [1]


def test_a_request_that_fills_the_account_races_with_itself(trustee: Trustee) -> None:
    """Whoever comes second must find the release, not an empty account."""
    answers = at_once(trustee, lambda t, _: releases.release(t, asks(epsilon_micro=1_000_000)), 16)
    assert len(set(answers)) == 1
    assert isinstance(answers[0], bytes)


def test_16_repeats_of_one_trip_store_one_row(trustee: Trustee) -> None:
    member = add_member(trustee, "bob@example.org")
    token = take_token(trustee, member)
    call = trip(token, month="2026-11")
    answers = at_once(trustee, lambda t, _: admission.admit(t, call), 16)
    assert answers == ["admitted"] * 16
    with trustee.store.read() as session:
        query = select(AdmittedTrip).where(AdmittedTrip.month == "2026-11")
        assert len(session.scalars(query).all()) == 1


def test_32_trips_of_one_person_at_once_stop_at_the_cap(trustee: Trustee) -> None:
    member = add_member(trustee, "bob@example.org")
    tokens = [take_token(trustee, member) for _ in range(32)]
    answers = at_once(
        trustee, lambda t, i: admission.admit(t, trip(tokens[i], month="2026-11")), 32
    )
    assert (answers.count("admitted"), answers.count("day-cap")) == (8, 24)


KILL_POINTS = {
    "before the debit": ("close_months", 0, False),
    "after the debit": ("exact_counts", COST, False),
    "after the draw": ("canonical_bytes", COST, False),
}


@pytest.mark.parametrize("point", KILL_POINTS)
def test_killed_between_steps_nothing_is_released_unpaid_or_paid_twice(
    trustee: Trustee, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, spent, published = KILL_POINTS[point]
    trustee.store.close()

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def run() -> None:
        object.__setattr__(trustee, "store", Store(trustee.store.url))
        setattr(releases, name, die)
        releases.release(trustee, asks(epsilon_micro=COST))

    process: BaseProcess = fork.Process(target=run)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    budget = releases.budget(trustee, "2026-10")
    assert budget.spent_micro == spent
    assert [line.published for line in budget.releases] == ([published] if spent else [])
    trustee.clock.pass_time(minutes=1)  # type: ignore[attr-defined]
    document = releases.release(trustee, asks(epsilon_micro=COST))
    assert releases.release(trustee, asks(epsilon_micro=COST)) == document
    assert releases.budget(trustee, "2026-10").spent_micro == COST

"""Kill the process between any two steps of a booking: nothing is double, lost or charged twice."""

import multiprocessing
import secrets
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from mobility.booking.faults import STEPS
from mobility.booking.model import Booking, BookingAudit
from mobility.compose import booking_service
from mobility.db import open_database
from mobility.schema import upgrade
from mobility.settings import Settings
from mobility.trustee.models import InvoiceLine
from tests.booking_child import ride, ride_on
from tests.cooperative import add_member
from tests.cooperative import log_in as log_in_at_cooperative
from tests.postgres import new_database
from tests.real_operator import FEE_CENTS, OperatorBooks, run_operator
from tests.town_app import new_sqlite, serve_cooperative, town_settings

CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.booking_child"])
INTENTS = ("storing-intent", "stored-intent")
ALL = (*STEPS, *(f"{name}:{count}" for name in INTENTS for count in (1, 2, 3)))


class Parties:
    """Cooperative and operator that stay up while platform processes are killed."""

    def __init__(
        self, folder: Path, trustee: Any, settings: Settings, books: OperatorBooks
    ) -> None:
        self.folder = folder
        self.trustee = trustee
        self.settings = settings
        self.books = books


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    folder = tmp_path_factory.mktemp("kills")
    with run_operator(folder) as books, serve_cooperative(folder) as (trustee, socket, secret):
        trustee.clock.now = datetime.now(UTC)
        settings = town_settings(
            folder,
            new_sqlite(folder),
            operator_url=books.url,
            operator_token_file=books.token_file,
            cooperative_socket=socket,
            narrow_secret_file=secret,
        )
        yield Parties(folder, trustee, settings, books)


@pytest.mark.parametrize("step", ALL)
def test_after_a_kill_the_ride_ends_once_on_spatialite(parties: Parties, step: str) -> None:
    check(parties, parties.settings, step)


@pytest.fixture(scope="module")
def postgis() -> str:
    url = new_database()
    database = open_database(url)
    upgrade(database)
    database.engine.dispose()
    return url


@pytest.mark.postgis
@pytest.mark.parametrize("step", ALL[::3])
def test_after_a_kill_the_ride_ends_once_on_postgis(
    parties: Parties, postgis: str, step: str
) -> None:
    check(parties, town_settings(**_changed(parties.settings, database_url=postgis)), step)


def check(parties: Parties, settings: Settings, step: str) -> None:
    """Kill a ride at ``step``, recover, ride on, and look at every party's books."""
    books = parties.books
    member = add_member(parties.trustee, f"{secrets.token_hex(8)}@example.org")
    subject = log_in_at_cooperative(parties.trustee, member)
    holds_before = set(books.holds())
    lines_before = _lines(parties.trustee)
    child = CHILDREN.Process(target=ride, args=(settings, subject, step))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL, f"no process ever reached '{step}'"
    database = open_database(settings.database_url)
    try:
        booking = ride_on(booking_service(settings, database), subject)
        assert (booking.state, booking.todo, booking.subject) == ("SETTLED", None, None)
        assert booking.amount_cents == FEE_CENTS
        with database.read() as session:
            changes = session.scalars(
                select(BookingAudit.after)
                .where(BookingAudit.booking_id == booking.id, BookingAudit.leg.is_(None))
                .order_by(BookingAudit.id)
            ).all()
            left = session.scalar(
                select(func.count()).select_from(Booking).where(Booking.subject == subject)
            )
    finally:
        database.engine.dispose()
    assert changes == ["PENDING", "CONFIRMED", "IN_USE", "FINISHED", "SETTLED"]
    assert left == 0
    new = [state for name, state in books.holds().items() if name not in holds_before]
    assert new == ["FINISHED"]
    assert books.free("scooter") == 1
    assert _lines(parties.trustee) - lines_before == 1


def _lines(trustee: Any) -> int:
    with trustee.store.read() as session:
        return int(session.scalar(select(func.count()).select_from(InvoiceLine)))


def _changed(settings: Settings, **changes: Any) -> dict[str, Any]:
    values = {"folder": settings.var_dir, "url": changes.pop("database_url")}
    names = ("operator_url", "operator_token_file", "cooperative_socket", "narrow_secret_file")
    return values | {name: getattr(settings, name) for name in names} | changes

"""A cooperative for tests: the real application on a fresh database, with a clock that obeys."""

import datetime as dt
import functools
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher

from mobility import narrow
from mobility.settings import Settings
from mobility.trustee import accounts, admission, consents, keys, passwords, rides, schema, subjects
from mobility.trustee.config import Trustee
from mobility.trustee.models import Member, RideToken, RowId
from mobility.trustee.store import Store, sqlite_url
from privacy import cells
from tests.postgres import new_database

AREA = cells.box(8.60, 49.38, 8.76, 49.44)
ORIGIN = cells.cell_of(8.68, 49.41, 8)
DESTINATION = cells.cell_of(8.70, 49.42, 7)
PASSWORD = "correct horse battery"  # noqa: S105 - of tests
START = dt.datetime(2026, 10, 14, 9, 0, tzinfo=dt.UTC)
AFTER = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_time(self, **amount: float) -> None:
        self.now += dt.timedelta(**amount)


@functools.cache
def _template() -> Path:
    """Migrate one database, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="cooperative-")) / "template.sqlite"
    schema.migrate(sqlite_url(path))
    return path


@functools.cache
def _signing_key() -> bytes:
    """Make the slow RSA key once."""
    folder = keys.KeyFolder(Path(tempfile.mkdtemp(prefix="cooperative-")) / "keys")
    return folder.oidc_pem


def open_cooperative(folder: Path, **changes: object) -> tuple[Trustee, Clock]:
    """Open a cooperative on SQLite in ``folder``, at ``START``."""
    own = folder / "cooperative"
    own.mkdir(mode=0o700)
    shutil.copy(_template(), own / "cooperative.sqlite")
    return _open(folder, sqlite_url(own / "cooperative.sqlite"), **changes)


def open_on_postgres(folder: Path) -> tuple[Trustee, Clock]:
    """Open a cooperative on a database of its own on PostgreSQL."""
    url = new_database()
    schema.migrate(url)
    return _open(folder, url)


def _open(folder: Path, url: str, **changes: object) -> tuple[Trustee, Clock]:
    clock = Clock(START)
    settings = Settings(
        var_dir=folder,
        cooperative_database_url=url,
        cooperative_dir=folder / "cooperative",
        lockout_failures=3,
        rate_limit="100000 per minute",
    )
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    key_folder = keys.KeyFolder(folder / "cooperative" / "keys")
    pem = key_folder.path / "oidc.pem"
    pem.touch(mode=0o600)
    pem.write_bytes(_signing_key())
    trustee = Trustee(settings=settings, store=Store(url), keys=key_folder, area=AREA, clock=clock)
    return trustee, clock


def add_member(
    trustee: Trustee,
    email: str = "ada@example.org",
    *,
    birth: dt.date = dt.date(1990, 5, 17),
    consent: bool = True,
    verified: bool = True,
    officer: bool = False,
    licence: str = "",
) -> RowId:
    """Register somebody through the application's own door."""
    registration = accounts.Registration("Ada Example", email, PASSWORD, birth, licence)
    _, token = accounts.register(trustee, registration)
    assert token is not None
    if verified:
        accounts.verify(trustee, token)
    with trustee.store.write() as session:
        member = session.query(Member).filter_by(email=email).one()
        member.is_officer = officer
        member_id = member.id
    if consent:
        consents.change(trustee, member_id, consents.PLAN_CITY, True)
    return member_id


def log_in(trustee: Trustee, member_id: RowId, recipient: str = "platform") -> str:
    """Return the pairwise subject of a log-in."""
    with trustee.store.write() as session:
        member = session.get_one(Member, member_id)
        return subjects.issue_subject(trustee, session, member, recipient)


def take_token(trustee: Trustee, member_id: RowId) -> str:
    """Return a new ride token of a member."""
    return rides.issue_token(trustee, log_in(trustee, member_id))


def trip(token: str, **changes: object) -> narrow.AdmitRequest:
    """Return an admission call; fields may be changed."""
    values = {
        "ride_token": token,
        "origin_cell": ORIGIN,
        "destination_cell": DESTINATION,
        "hour": 8,
        "weekday": 2,
        "mode": "bicycle",
        "month": "2026-10",
    }
    return narrow.AdmitRequest.model_validate(values | changes)


def admit_many(trustee: Trustee, member_id: RowId, number: int, **changes: object) -> list[str]:
    """Offer several trips of one member and return the answers."""
    tokens = [take_token(trustee, member_id) for _ in range(number)]
    return [admission.admit(trustee, trip(token, **changes)) for token in tokens]


def asks(**changes: object) -> narrow.ReleaseRequest:
    """Return a release call; fields may be changed."""
    values = {"month": "2026-10", "epsilon_micro": 200_000, "level": 7}
    return narrow.ReleaseRequest.model_validate(values | changes)


def token_row(trustee: Trustee, token: str) -> RideToken:
    """Read the row of a token."""
    with trustee.store.read() as session:
        return session.get_one(RideToken, trustee.keys.digest(token))

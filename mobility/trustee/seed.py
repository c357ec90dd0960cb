"""Fill the cooperative of the demo town: members, an officer, eight weeks of admitted trips.

Only the few accounts that are told to whoever starts the demo can log in; all others have no
password. Trips go through the same rules as any: token, consent, caps, keyless row.
"""

import csv
import datetime as dt
import random
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility import narrow
from mobility.trustee import accounts, admission, consents
from mobility.trustee.clock import Clock, local_day, month_of
from mobility.trustee.config import Trustee
from mobility.trustee.errors import ConfigError
from mobility.trustee.models import Member, RowId
from mobility.trustee.months import ensure_month
from mobility.trustee.rides import issue_within
from privacy.cells import cell_of

NO_PASSWORD = "!"  # noqa: S105 - no hash looks like this
LOGINS = (("resident", 2), ("officer", 1))
_FIRST = (
    "Ada",
    "Bela",
    "Cem",
    "Dora",
    "Emil",
    "Fatma",
    "Gesa",
    "Hugo",
    "Ines",
    "Jan",
    "Kaya",
    "Lena",
)
_LAST = (
    "Acker",
    "Berg",
    "Cordes",
    "Demir",
    "Ebert",
    "Falk",
    "Geist",
    "Horn",
    "Ilic",
    "Jung",
    "Krone",
)
_COLUMNS = {
    "at": ("started_at", "start_time", "departure", "departed_at", "time"),
    "mode": ("mode", "form_factor", "vehicle_type_id"),
    "origin_lon": ("origin_lon", "from_lon", "start_lon"),
    "origin_lat": ("origin_lat", "from_lat", "start_lat"),
    "destination_lon": ("destination_lon", "to_lon", "end_lon", "dest_lon"),
    "destination_lat": ("destination_lat", "to_lat", "end_lat", "dest_lat"),
    "person": ("person", "person_id", "resident"),
}
_NOT_BOOKED = frozenset({"walk", "bicycle", "own_bike", "own_car"})
"""What a resident does without booking anything; nobody offers such a trip."""
_MODES: dict[str, narrow.Mode] = {
    "bike": "bicycle",
    "rental": "bicycle",
    "cargo_bicycle": "cargo_bicycle",
    "car": "car",
    "moped": "moped",
    "scooter": "scooter_standing",
    "scooter_standing": "scooter_standing",
    "scooter_seated": "scooter_seated",
    "transit": "transit",
    "bus": "transit",
    "tram": "transit",
    "rail": "transit",
}


@dataclass(frozen=True)
class GeneratedTrip:
    """One trip of the generated file."""

    at: dt.datetime
    mode: narrow.Mode
    origin: tuple[float, float]
    destination: tuple[float, float]
    person: str


def seed_demo(trustee: Trustee, trips: Path, number: int, seed: int) -> dict[str, Any]:
    """Make members and admit the generated trips.

    Parameters
    ----------
    trustee : Trustee
        An empty cooperative.
    trips : pathlib.Path
        CSV with start time, mode, person, origin and destination in degrees.
    number : int
        Persons of the file who take part, at least 1.
    seed : int
        Decides who they are.

    Returns
    -------
    dict
        ``accounts`` that can log in, and counts of members and answers.

    Raises
    ------
    ConfigError
        If the cooperative has members already or the file cannot be read.
    """
    read = read_trips(trips, trustee.timezone)
    if not read:
        raise ConfigError(f"{trips}: holds no trips; generate them with 'mobility demo'")
    with trustee.store.read() as session:
        if session.scalar(select(func.count()).select_from(Member)):
            raise ConfigError("the cooperative has members already; only an empty one is filled")
    read = _of_members(read, number, seed)
    past = replace(trustee, clock=_standing(read[0].at - dt.timedelta(days=1)))
    told = list(_make_logins(past))
    members = _make_members(past, sorted({trip.person for trip in read}))
    answers = _admit_all(trustee, read, members)
    return {"accounts": told, "members": len(members), "admissions": answers}


def _of_members(trips: list[GeneratedTrip], number: int, seed: int) -> list[GeneratedTrip]:
    """Keep the trips of as many persons as take part, chosen by lot."""
    persons = sorted({trip.person for trip in trips})
    draw = random.Random(seed)  # noqa: S311 - who makes a generated trip is no secret
    chosen = set(draw.sample(persons, min(number, len(persons))))
    return [trip for trip in trips if trip.person in chosen]


def read_trips(path: Path, timezone: str) -> list[GeneratedTrip]:
    """Read the generated trips in the order in which they began.

    Raises
    ------
    ConfigError
        Naming file, row and what is wrong.
    """
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(timezone)
    found = []
    line = 1
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = _match_columns(path, reader.fieldnames or ())
            for row in reader:
                line = reader.line_num
                value = {key: row[name] for key, name in names.items()}
                if value["mode"].lower() in _NOT_BOOKED:
                    continue
                at = dt.datetime.fromisoformat(value["at"])
                found.append(
                    GeneratedTrip(
                        at if at.tzinfo else at.replace(tzinfo=zone),
                        _MODES.get(value["mode"].lower(), "other"),
                        (float(value["origin_lon"]), float(value["origin_lat"])),
                        (float(value["destination_lon"]), float(value["destination_lat"])),
                        value["person"],
                    )
                )
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}, line {line}: {error}") from error
    return sorted(found, key=lambda trip: trip.at)


def _match_columns(path: Path, header: Sequence[str]) -> dict[str, str]:
    """Find each column by one of its names."""
    found = {}
    for key, names in _COLUMNS.items():
        name = next((name for name in names if name in header), None)
        if name is None:
            raise ConfigError(f"{path}: has no column {' or '.join(names)}")
        found[key] = name
    return found


def _make_logins(trustee: Trustee) -> Iterator[dict[str, Any]]:
    """Make the accounts that can log in, through the same door as everybody."""
    for role, number in LOGINS:
        for i in range(1, number + 1):
            email, password = f"{role}{i}@demo.example", secrets.token_urlsafe(12)
            registration = accounts.Registration(
                name=f"Demo {role} {i}",
                email=email,
                password=password,
                birth_date=dt.date(1985, 1, i),
                licence_number=f"DEMO{i:04d}" if role == "resident" else "",
            )
            _, token = accounts.register(trustee, registration)
            accounts.verify(trustee, token or "")
            with trustee.store.write() as session:
                member = session.scalars(select(Member).where(Member.email == email)).one()
                member.is_officer = role == "officer"
                member.licence_state = "pending" if i > 1 else "approved"
                if role == "officer":
                    member.licence_state = "none"
                if member.licence_state == "approved":
                    member.licence_number = None
            yield {"role": role, "name": email, "password": password}


def _make_members(trustee: Trustee, persons: list[str]) -> dict[str, RowId]:
    """Make a consenting resident without password for each person of the file."""
    made = {}
    with trustee.store.write() as session:
        for i, person in enumerate(persons):
            name = f"{_FIRST[i % len(_FIRST)]} {_LAST[i // len(_FIRST) % len(_LAST)]}"
            member = accounts.unborn_member(
                trustee,
                email=f"member{i}@demo.example",
                name=name,
                birth_date=dt.date(1950 + i % 55, 1 + i % 12, 1 + i % 28),
                password_hash=NO_PASSWORD,
            )
            member.verified_at = trustee.clock()
            session.add(member)
            session.flush()
            consents.change_within(trustee, session, member.id, consents.PLAN_CITY, True)
            made[person] = member.id
    return made


def _admit_all(
    trustee: Trustee, trips: list[GeneratedTrip], members: dict[str, RowId]
) -> dict[str, int]:
    """Admit trips day by day, as they would have come, in one transaction."""
    answers: Counter[str] = Counter()
    keep: set[Any] = set()  # the session forgets rows nobody holds, and would read them again
    with trustee.store.write() as session, session.no_autoflush:
        keep.update(session.scalars(select(Member)))
        for day, of_day in groupby(trips, key=lambda trip: local_day(trip.at, trustee.timezone)):
            noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
            past = replace(trustee, clock=_standing(noon))
            keep.add(ensure_month(past, session, month_of(day)))
            for at_once in _rounds(list(of_day), members):
                calls = [_book(past, session, trip, who, day) for trip, who in at_once]
                keep.update(session.new)
                session.flush()
                answers.update(admission.admit_within(past, session, call) for call in calls)
                keep.update(session.new)
                session.flush()
    return dict(answers)


def _rounds(
    trips: list[GeneratedTrip], members: dict[str, RowId]
) -> list[list[tuple[GeneratedTrip, RowId]]]:
    """Split a day's trips so that nobody comes twice in one round."""
    rounds: list[list[tuple[GeneratedTrip, RowId]]] = []
    seen: Counter[RowId] = Counter()
    for trip in trips:
        who = members[trip.person]
        if seen[who] == len(rounds):
            rounds.append([])
        rounds[seen[who]].append((trip, who))
        seen[who] += 1
    return rounds


def _standing(moment: dt.datetime) -> Clock:
    """Return a clock that stands still."""
    return lambda: moment


def _book(
    trustee: Trustee, session: Session, trip: GeneratedTrip, member_id: RowId, day: dt.date
) -> narrow.AdmitRequest:
    """Issue a token for a trip and coarsen it, as the platform does."""
    return narrow.AdmitRequest(
        ride_token=issue_within(trustee, session, member_id),
        origin_cell=cell_of(*trip.origin, narrow.ORIGIN_LEVEL),
        destination_cell=cell_of(*trip.destination, narrow.DESTINATION_LEVEL),
        hour=trip.at.hour,
        weekday=day.weekday(),
        mode=trip.mode,
        month=month_of(day),
    )

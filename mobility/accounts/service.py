"""Make staff accounts, check their passwords, issue and check API tokens."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.accounts.model import SESSIONS, ApiToken, Role, StaffUser
from mobility.db import Database
from mobility.errors import MobilityError

MIN_PASSWORD = 12
_TOKEN_PREFIX = "mob_"  # noqa: S105 (says what a found string is; no secret)


class AccountError(MobilityError, ValueError):
    """An account or token cannot be made as asked; the text says why."""


@dataclass(frozen=True)
class Staff:
    """Who is logged in, and what they may do."""

    id: int
    name: str
    roles: frozenset[str]


class Accounts:
    """Staff accounts and API tokens of the platform."""

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._hasher = hasher or PasswordHasher()
        self._dummy_hash: str | None = None

    def add_user(self, name: str, password: str, roles: Iterable[str]) -> int:
        """Make an account and return its id.

        Raises
        ------
        AccountError
            The name is taken, the password too short, or a role unknown.
        """
        name = name.strip()
        if not 1 <= len(name) <= 80:
            raise AccountError("a name has 1 to 80 characters")
        user = StaffUser(
            name=name,
            password_hash=self._hash(password),
            roles=_checked_roles(roles),
            disabled=False,
            created_at=datetime.now(UTC),
        )
        try:
            with self._database.write() as session:
                session.add(user)
                session.flush()
                return user.id
        except IntegrityError as error:
            raise AccountError(f"an account named '{name}' exists; choose another name") from error

    def list_users(self) -> list[StaffUser]:
        """Return every account, by name."""
        with self._database.read() as session:
            return list(session.scalars(select(StaffUser).order_by(StaffUser.name)))

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password and end its sessions; its API tokens go on."""
        hashed = self._hash(password)
        with self._database.write() as session:
            user = session.scalar(select(StaffUser).where(StaffUser.name == name))
            if user is None:
                raise AccountError(f"no account named '{name}'; 'mobility staff list' shows them")
            user.password_hash = hashed
            _end_sessions(session, user.id)

    def set_disabled(self, name: str, disabled: bool) -> None:
        """Close or reopen an account; its sessions and tokens stop working at once."""
        with self._database.write() as session:
            user = session.scalar(select(StaffUser).where(StaffUser.name == name))
            if user is None:
                raise AccountError(f"no account named '{name}'; 'mobility staff list' shows them")
            user.disabled = disabled

    def check_password(self, name: str, password: str) -> Staff | None:
        """Return who this is, or None; takes as long for a name that does not exist."""
        with self._database.read() as session:
            user = session.scalar(select(StaffUser).where(StaffUser.name == name.strip()))
        stored = user.password_hash if user else self._unknown_hash()
        try:
            self._hasher.verify(stored, password)
        except VerificationError:
            return None
        if user is None or user.disabled:
            return None
        if self._hasher.check_needs_rehash(stored):
            self._rehash(user.id, password)
        return _staff(user)

    def find_staff(self, user_id: int) -> Staff | None:
        """Return the account of a session, or None when it is gone or closed."""
        with self._database.read() as session:
            user = session.get(StaffUser, user_id)
        return _staff(user) if user and not user.disabled else None

    def issue_token(self, user_id: int, label: str, roles: Iterable[str], days: int = 90) -> str:
        """Make an API token and return it; it cannot be shown again.

        Raises
        ------
        AccountError
            The owner lacks a role, or the life is not 1 to 366 days.
        """
        if not 1 <= days <= 366:
            raise AccountError(f"{days} days: a token lives 1 to 366 days")
        wanted = _checked_roles(roles)
        owner = self.find_staff(user_id)
        if owner is None or not set(wanted) <= owner.roles:
            raise AccountError("a token can only have roles of its owner")
        token = _TOKEN_PREFIX + secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        with self._database.write() as session:
            session.add(
                ApiToken(
                    token_hash=_digest(token),
                    staff_user_id=user_id,
                    label=label[:80],
                    roles=wanted,
                    created_at=now,
                    expires_at=now + timedelta(days=days),
                )
            )
        return token

    def find_by_token(self, token: str) -> Staff | None:
        """Return who a token acts for, with the roles both still have, or None."""
        query = select(ApiToken, StaffUser).join(StaffUser, StaffUser.id == ApiToken.staff_user_id)
        with self._database.read() as session:
            row = session.execute(query.where(ApiToken.token_hash == _digest(token))).first()
        if row is None or row.ApiToken.expires_at <= datetime.now(UTC) or row.StaffUser.disabled:
            return None
        roles = frozenset(row.ApiToken.roles) & frozenset(row.StaffUser.roles)
        return Staff(row.StaffUser.id, row.StaffUser.name, roles)

    def _rehash(self, user_id: int, password: str) -> None:
        """Keep a known password under today's parameters."""
        with self._database.write() as session:
            session.get_one(StaffUser, user_id).password_hash = self._hasher.hash(password)

    def _hash(self, password: str) -> str:
        if len(password) < MIN_PASSWORD:
            raise AccountError(f"a password has at least {MIN_PASSWORD} characters")
        return self._hasher.hash(password)

    def _unknown_hash(self) -> str:
        if self._dummy_hash is None:
            self._dummy_hash = self._hasher.hash(secrets.token_urlsafe(16))
        return self._dummy_hash


def _end_sessions(session: Session, user_id: int) -> None:
    """Delete the web sessions of a member of staff."""
    found = select(SESSIONS.c.id_hash, SESSIONS.c.data).where(SESSIONS.c.data.contains('"staff"'))
    for row in session.execute(found).all():
        if json.loads(row.data).get("staff") == user_id:
            session.execute(delete(SESSIONS).where(SESSIONS.c.id_hash == row.id_hash))


def _staff(user: StaffUser) -> Staff:
    return Staff(user.id, user.name, frozenset(user.roles))


def _checked_roles(roles: Iterable[str]) -> list[str]:
    wanted = sorted(set(roles))
    known = {r.value for r in Role}
    if not wanted or not set(wanted) <= known:
        raise AccountError(f"roles {wanted}: name at least one of {sorted(known)}")
    return wanted


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

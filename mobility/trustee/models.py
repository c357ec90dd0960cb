"""What the cooperative stores; every column is needed by a rule written in this package."""

import datetime as dt
import secrets
from typing import Any, NewType

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from mobility.weblib.tables import lockout_table, session_table

ID_BITS = 62


def random_id() -> "RowId":
    """Draw a random row id: row numbers would tell the order in which rows came."""
    return RowId(secrets.randbits(ID_BITS))


RowId = NewType("RowId", int)
"""A random 62-bit row id; on SQLite it takes the place of the row number."""


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment; SQLite keeps it as UTC without offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Store in UTC."""
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Return an aware moment in UTC."""
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return aware.astimezone(dt.UTC)  # type: ignore[no-any-return]  # drivers are untyped


class Base(DeclarativeBase):
    """Own metadata: the platform's tables are elsewhere, in another database."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        dt.datetime: Moment,
        RowId: BigInteger().with_variant(Integer, "sqlite"),
        dict[str, Any]: JSON,
        bytes: LargeBinary,
    }


_MEMBER = "member.id"


class Member(Base):
    """A resident or officer: the only table with a name or a contact."""

    __tablename__ = "member"

    id: Mapped[RowId] = mapped_column(primary_key=True, autoincrement=False, default=random_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    birth_date: Mapped[dt.date]
    password_hash: Mapped[str] = mapped_column(String(200))
    is_officer: Mapped[bool] = mapped_column(default=False)
    licence_state: Mapped[str] = mapped_column(String(10), default="none")
    licence_number: Mapped[str | None] = mapped_column(String(40))
    """Kept until an officer has decided, then deleted."""
    wrapped_secret: Mapped[bytes]
    """The person secret under the root key; without it no pseudonym or row tag can be computed."""
    verified_at: Mapped[dt.datetime | None]
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Counted up to end all sessions: a session of an older epoch is nobody's."""
    created_at: Mapped[dt.datetime]

    __table_args__ = (
        CheckConstraint("licence_state in ('none','pending','approved','refused')", "licence"),
    )


class MailLink(Base):
    """A link sent by mail: used once, for a short time."""

    __tablename__ = "mail_link"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    member_id: Mapped[RowId] = mapped_column(ForeignKey(_MEMBER, ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))
    new_email: Mapped[str | None] = mapped_column(String(254))
    expires_at: Mapped[dt.datetime]


class ConsentReceipt(Base):
    """A signed receipt of consent given or withdrawn; the newest per purpose is in force."""

    __tablename__ = "consent_receipt"

    id: Mapped[RowId] = mapped_column(primary_key=True, autoincrement=False, default=random_id)
    member_id: Mapped[RowId] = mapped_column(ForeignKey(_MEMBER, ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(30))
    number: Mapped[int]
    given: Mapped[bool]
    at: Mapped[dt.datetime]
    document: Mapped[bytes]
    signature: Mapped[bytes]


class EpochKey(Base):
    """The random key of one month and recipient; deleted when the month is over."""

    __tablename__ = "epoch_key"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    recipient: Mapped[str] = mapped_column(String(60), primary_key=True)
    wrapped_key: Mapped[bytes]


class SubjectLogin(Base):
    """Whose pairwise subject a log-in of this month is, by keyed digest."""

    __tablename__ = "subject_login"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    member_id: Mapped[RowId] = mapped_column(ForeignKey(_MEMBER, ondelete="CASCADE"), index=True)
    expires_at: Mapped[dt.datetime]


class AuthorizationCode(Base):
    """A code of the OpenID provider, usable once, by keyed digest."""

    __tablename__ = "authorization_code"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    member_id: Mapped[RowId] = mapped_column(ForeignKey(_MEMBER, ondelete="CASCADE"))
    client_id: Mapped[str] = mapped_column(String(60))
    redirect_uri: Mapped[str] = mapped_column(String(400))
    scope: Mapped[str] = mapped_column(String(60))
    nonce: Mapped[str | None] = mapped_column(String(200))
    code_challenge: Mapped[str] = mapped_column(String(200))
    auth_time: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    access_digest: Mapped[bytes | None]
    """The access token it was changed into: revoked when the code comes again."""


class AccessToken(Base):
    """An access token for ``/userinfo``, by keyed digest."""

    __tablename__ = "access_token"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    member_id: Mapped[RowId] = mapped_column(ForeignKey(_MEMBER, ondelete="CASCADE"))
    client_id: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(60))
    expires_at: Mapped[dt.datetime]


class RideToken(Base):
    """Whose booking a token stands for; deleted after its keeping time."""

    __tablename__ = "ride_token"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    member_id: Mapped[RowId | None] = mapped_column(
        ForeignKey(_MEMBER, ondelete="SET NULL"), index=True
    )
    issued_on: Mapped[dt.date] = mapped_column(index=True)
    admission: Mapped[str | None] = mapped_column(String(20))
    """The answer to the first ``/admit``; no reference to the trip's row."""

    __table_args__ = ({"sqlite_with_rowid": False},)


class InvoiceLine(Base):
    """One amount a member owes for one booking."""

    __tablename__ = "invoice_line"

    id: Mapped[RowId] = mapped_column(primary_key=True, autoincrement=False, default=random_id)
    token_digest: Mapped[bytes | None] = mapped_column(unique=True)
    member_id: Mapped[RowId | None] = mapped_column(
        ForeignKey(_MEMBER, ondelete="SET NULL"), index=True
    )
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    description_code: Mapped[str] = mapped_column(String(40))
    date: Mapped[dt.date]


class PersonDay(Base):
    """How many trips of a member were admitted on one day; deleted when the month closes."""

    __tablename__ = "person_day"

    member_id: Mapped[RowId] = mapped_column(
        ForeignKey(_MEMBER, ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    number: Mapped[int]


class PersonMonth(Base):
    """How many trips of a member count in one month; shown to that member."""

    __tablename__ = "person_month"

    member_id: Mapped[RowId] = mapped_column(
        ForeignKey(_MEMBER, ondelete="CASCADE"), primary_key=True
    )
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    number: Mapped[int]


class DataMonth(Base):
    """The account of one data month and the caps its trips are bound by."""

    __tablename__ = "data_month"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    cap_micro: Mapped[int]
    reserved_micro: Mapped[int]
    spent_micro: Mapped[int]
    day_cap: Mapped[int]
    month_cap: Mapped[int]
    closed_at: Mapped[dt.datetime | None]

    __table_args__ = (
        CheckConstraint("spent_micro >= 0 and spent_micro + reserved_micro <= cap_micro", "budget"),
    )


class AdmittedTrip(Base):
    """A bounded, coarsened trip without person; stored in the order of its random tag."""

    __tablename__ = "admitted_trip"

    tag: Mapped[bytes] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(ForeignKey("data_month.month"), index=True)
    weekday: Mapped[int]
    hour: Mapped[int]
    mode: Mapped[str] = mapped_column(String(20))
    origin_cell: Mapped[str] = mapped_column(String(16))
    destination_cell: Mapped[str] = mapped_column(String(16))

    __table_args__ = ({"sqlite_with_rowid": False},)


class ReleaseRecord(Base):
    """A debit, and the release it paid for; public as soon as there are bytes."""

    __tablename__ = "release_record"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    month: Mapped[str] = mapped_column(ForeignKey("data_month.month"), index=True)
    template: Mapped[str] = mapped_column(String(30))
    query: Mapped[dict[str, Any]]
    requester_role: Mapped[str] = mapped_column(String(20))
    grant_name: Mapped[str] = mapped_column(String(60))
    epsilon_micro: Mapped[int]
    before_micro: Mapped[int]
    debited_at: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    draws: Mapped[int]
    """How often noise was drawn; above 1 only after a crash, and only one draw is published."""
    document: Mapped[bytes | None]
    published_at: Mapped[dt.datetime | None]


class AuditEntry(Base):
    """What was done by which role, without naming a person."""

    __tablename__ = "audit_entry"

    id: Mapped[RowId] = mapped_column(primary_key=True, autoincrement=False, default=random_id)
    at: Mapped[dt.datetime]
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))


SESSIONS = session_table(Base.metadata)
LOCKOUTS = lockout_table(Base.metadata)

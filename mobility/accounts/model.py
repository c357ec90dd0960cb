"""Tables of staff accounts, API tokens, sessions and failed log-ins."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base
from mobility.weblib.tables import lockout_table, session_table


class Role(StrEnum):
    """What a member of staff may be; residents have no account here."""

    OPERATOR = "operator"
    CREW = "crew"
    PLANNER = "planner"
    ADMIN = "admin"


class StaffUser(Base):
    """One member of staff."""

    __tablename__ = "staff_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON)
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class ApiToken(Base):
    """A key for programs, acting with some of its owner's roles; only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(80))
    roles: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


SESSIONS = session_table(Base.metadata)
LOCKOUTS = lockout_table(Base.metadata)

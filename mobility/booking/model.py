"""A booking, its legs, and the states they pass through (words after TOMP 1.5)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.db import Base
from mobility.errors import MobilityError


class State(StrEnum):
    """Where a booking, or one booked leg of it, stands."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    IN_USE = "IN_USE"
    FINISHED = "FINISHED"
    SETTLED = "SETTLED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"


NEXT: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.CONFIRMED, State.REJECTED, State.EXPIRED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.IN_USE, State.EXPIRED, State.CANCELLED, State.FINISHED}),
    State.IN_USE: frozenset({State.FINISHED}),
    State.FINISHED: frozenset({State.SETTLED}),
    State.SETTLED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
    State.REJECTED: frozenset(),
}
OPEN = frozenset({State.PENDING, State.CONFIRMED, State.IN_USE})
GONE = frozenset({State.EXPIRED, State.CANCELLED, State.REJECTED})


class Fulfilment(StrEnum):
    """How a leg gets its vehicle or its ticket."""

    BOOKED_HERE = "booked_here"
    OPERATOR_LINK = "operator_link"
    PHONE = "phone"
    PASS_HELD = "pass_held"  # noqa: S105 (a ticket, no password)
    NOTHING_NEEDED = "nothing_needed"


class Todo(StrEnum):
    """The next thing to be done for a booking by calling another party."""

    TOKEN = "TOKEN"  # noqa: S105 (the name of a step)
    ELIGIBILITY = "ELIGIBILITY"
    LEGS = "LEGS"
    SETTLE = "SETTLE"
    ADMIT = "ADMIT"


class Intent(StrEnum):
    """What the operator is to be told about a leg; stored before it is told."""

    RESERVE = "RESERVE"
    START = "START"
    FINISH = "FINISH"
    CANCEL = "CANCEL"
    EXPIRE = "EXPIRE"


class TransitionError(MobilityError):
    """A booking cannot pass from its state to the one asked for."""


class Booking(Base):
    """One booked trip; holds no name, and no subject once it is settled or its time is over."""

    __tablename__ = "booking"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject: Mapped[str | None] = mapped_column(String(64), index=True)
    ride_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[State] = mapped_column(String(12), index=True)
    todo: Mapped[Todo | None] = mapped_column(String(12), index=True)
    reason: Mapped[str | None] = mapped_column(String(40))
    cancel_wanted: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    network_id: Mapped[str | None] = mapped_column(String(32))
    trip_mode: Mapped[str] = mapped_column(String(20))
    trip_start_at: Mapped[datetime]
    trip_end_at: Mapped[datetime]
    origin_lon: Mapped[float | None]
    origin_lat: Mapped[float | None]
    destination_lon: Mapped[float | None]
    destination_lat: Mapped[float | None]
    amount_cents: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    settle_on: Mapped[date | None]
    legs: Mapped[list["BookedLeg"]] = relationship(
        back_populates="booking", order_by="BookedLeg.position", cascade="all, delete-orphan"
    )

    @property
    def booked_legs(self) -> list["BookedLeg"]:
        """The legs for which a vehicle is held here."""
        return [leg for leg in self.legs if leg.fulfilment == Fulfilment.BOOKED_HERE]


class BookedLeg(Base):
    """One leg of a booking. The operator knows it by ``hold_id`` alone."""

    __tablename__ = "booking_leg"
    __table_args__ = (UniqueConstraint("booking_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    position: Mapped[int]
    fulfilment: Mapped[Fulfilment] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(20))
    from_name: Mapped[str | None] = mapped_column(String(200))
    to_name: Mapped[str | None] = mapped_column(String(200))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    link: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[State | None] = mapped_column(String(12))
    hold_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    system_id: Mapped[str | None] = mapped_column(String(100))
    station_id: Mapped[str | None] = mapped_column(String(100))
    to_station_id: Mapped[str | None] = mapped_column(String(100))
    vehicle_id: Mapped[str | None] = mapped_column(String(100))
    vehicle_type_id: Mapped[str | None] = mapped_column(String(100))
    form_factor: Mapped[str | None] = mapped_column(String(20))
    requirement: Mapped[str | None] = mapped_column(String(20))
    eligible: Mapped[bool | None]
    intent: Mapped[Intent | None] = mapped_column(String(10))
    intent_data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    refusal: Mapped[str | None] = mapped_column(String(60))
    expires_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    amount_cents: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    price: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    booking: Mapped[Booking] = relationship(back_populates="legs")


class BookingAudit(Base):
    """One line per transition: what, when, by which party; never by whom."""

    __tablename__ = "booking_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[str] = mapped_column(String(32), index=True)
    leg: Mapped[int | None]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(12))
    before: Mapped[str | None] = mapped_column(String(12))
    after: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(60))


class BookingKey(Base):
    """An idempotency key that was used: a repeat finds the same booking and does nothing new."""

    __tablename__ = "booking_key"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]


def move(thing: Booking | BookedLeg, after: State) -> State | None:
    """Change the state and return the one before; refuse a transition that does not exist.

    Raises
    ------
    TransitionError
        Names both states.
    """
    before = State(thing.state) if thing.state is not None else None
    if before is not None and after not in NEXT[before]:
        raise TransitionError(f"a booking that is {before} cannot become {after}")
    thing.state = after
    return before

"""Save and find bookings; every function works inside the caller's transaction."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from mobility.booking.model import (
    GONE,
    OPEN,
    BookedLeg,
    Booking,
    BookingAudit,
    BookingKey,
    State,
)
from mobility.errors import MobilityError


class UnknownBookingError(MobilityError, LookupError):
    """No booking with this id belongs to whoever asks."""


class ReusedKeyError(MobilityError):
    """An idempotency key was used before for something else."""


def get_booking(session: Session, booking_id: str, subject: str | None = None) -> Booking:
    """Return one booking with its legs, locked against other writers.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        An open transaction.
    booking_id : str
        Its id.
    subject : str, optional
        Whose it must be; anybody's by default.

    Raises
    ------
    UnknownBookingError
        There is none, or it is somebody else's.
    """
    query = select(Booking).where(Booking.id == booking_id).options(selectinload(Booking.legs))
    booking = session.scalar(query.with_for_update(of=Booking))
    if booking is None or (subject is not None and booking.subject != subject):
        raise UnknownBookingError("no such booking; it may have been settled and closed")
    return booking


def list_bookings(session: Session, subject: str, limit: int = 50) -> Sequence[Booking]:
    """Return a resident's bookings that still know them, newest first."""
    query = select(Booking).where(Booking.subject == subject).options(selectinload(Booking.legs))
    return session.scalars(query.order_by(Booking.created_at.desc()).limit(limit)).all()


def count_open(session: Session, subject: str) -> int:
    """Count a resident's holds and rides."""
    query = select(func.count(Booking.id.distinct())).join(BookedLeg)
    states = [s.value for s in OPEN]
    mine = query.where(Booking.subject == subject, Booking.state.in_(states))
    return int(session.scalar(mine.where(BookedLeg.hold_id.is_not(None))) or 0)


def list_due(session: Session, now: datetime, limit: int = 200) -> Sequence[str]:
    """Return the ids of bookings for which another party must be called now."""
    query = select(Booking.id).where(Booking.todo.is_not(None), Booking.next_try_at <= now)
    return session.scalars(query.order_by(Booking.next_try_at).limit(limit)).all()


def list_overdue(session: Session, now: datetime, limit: int = 200) -> Sequence[str]:
    """Return the ids of bookings whose hold has run out without a ride."""
    query = (
        select(Booking.id)
        .join(BookedLeg)
        .where(
            Booking.state.in_([State.PENDING.value, State.CONFIRMED.value, State.IN_USE.value]),
            BookedLeg.state == State.CONFIRMED.value,
            BookedLeg.intent.is_(None),
            BookedLeg.expires_at <= now,
        )
    )
    return session.scalars(query.distinct().limit(limit)).all()


def list_past(session: Session, before: datetime, limit: int = 200) -> Sequence[str]:
    """Return the ids of trips without any vehicle booked here that are over."""
    held = select(BookedLeg.booking_id).where(BookedLeg.hold_id.is_not(None))
    query = select(Booking.id).where(
        Booking.state == State.CONFIRMED.value,
        Booking.trip_end_at <= before,
        Booking.id.not_in(held),
    )
    return session.scalars(query.limit(limit)).all()


def forget_subjects(session: Session, before: datetime) -> int:
    """Remove the subject, names and places of bookings that ended without a ride long ago."""
    gone = [s.value for s in GONE]
    ids = select(Booking.id).where(
        Booking.state.in_(gone),
        Booking.todo.is_(None),
        Booking.ended_at <= before,
        or_(Booking.subject.is_not(None), Booking.origin_lon.is_not(None)),
    )
    found = session.scalars(ids).all()
    for booking_id in found:
        wipe_places(session, booking_id)
    change = update(Booking).where(Booking.id.in_(found)).values(subject=None)
    session.execute(change)
    return len(found)


def wipe_places(session: Session, booking_id: str) -> None:
    """Remove where a trip went."""
    places = dict.fromkeys(("origin_lon", "origin_lat", "destination_lon", "destination_lat"))
    session.execute(update(Booking).where(Booking.id == booking_id).values(**places))
    names = dict.fromkeys(("from_name", "to_name", "intent_data"))
    session.execute(update(BookedLeg).where(BookedLeg.booking_id == booking_id).values(**names))


def forget_keys(session: Session, before: datetime) -> int:
    """Delete idempotency keys older than ``before``."""
    old = select(BookingKey).where(BookingKey.created_at < before)
    found = session.scalars(old).all()
    for key in found:
        session.delete(key)
    return len(found)


def record(
    session: Session,
    booking: Booking,
    leg: BookedLeg | None,
    before: State | None,
    after: State,
    actor: str,
    reason: str | None,
    at: datetime,
) -> None:
    """Add the audit entry of one transition."""
    session.add(
        BookingAudit(
            booking_id=booking.id,
            leg=None if leg is None else leg.position,
            at=at,
            actor=actor,
            before=None if before is None else before.value,
            after=after.value,
            reason=reason,
        )
    )


def find_key(session: Session, subject: str, key: str, request: str) -> str | None:
    """Return the booking that a key was used for, or None where the key is new.

    Raises
    ------
    ReusedKeyError
        The key was used for another request.
    """
    known = session.get(BookingKey, digest(subject, key))
    if known is None:
        return None
    if known.request_hash != digest(request):
        raise ReusedKeyError("this Idempotency-Key was used for something else; take a new one")
    return known.booking_id


def add_key(
    session: Session, subject: str, key: str, request: str, booking_id: str, at: datetime
) -> None:
    """Remember what a key was used for."""
    session.add(
        BookingKey(
            key_hash=digest(subject, key),
            request_hash=digest(request),
            booking_id=booking_id,
            created_at=at,
        )
    )


def digest(*parts: str) -> str:
    """Return the SHA-256 of the parts, each marked off by its length."""
    text = "".join(f"{len(p)}:{p}" for p in parts)
    return hashlib.sha256(text.encode()).hexdigest()


def backoff(attempts: int) -> timedelta:
    """Return how long to wait before the next try: 2 s, doubled each time, 5 min at most."""
    return timedelta(seconds=min(300, 2 ** min(attempts, 9)))

"""Data months: their account and caps, and what is destroyed when they close."""

import datetime as dt
import secrets

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.trustee import mails
from mobility.trustee.accounts import LINK_HOURS
from mobility.trustee.clock import first_day_after, is_closed, local_day
from mobility.trustee.config import Trustee
from mobility.trustee.models import (
    AccessToken,
    AdmittedTrip,
    AuthorizationCode,
    DataMonth,
    InvoiceLine,
    MailLink,
    Member,
    PersonDay,
    RideToken,
)
from mobility.trustee.rides import oldest_kept
from mobility.trustee.subjects import forget_old_epochs

TAG_BYTES = 16
UNPROVEN = dt.timedelta(days=7)
"""After this an account is deleted whose address nobody has proven to be theirs."""


def ensure_month(trustee: Trustee, session: Session, month: str) -> DataMonth:
    """Return a month's account, opening it under today's caps when its first trip comes."""
    found = session.get(DataMonth, month)
    if found is not None:
        return found
    fresh = DataMonth(
        month=month,
        cap_micro=trustee.month_cap_micro,
        reserved_micro=trustee.reserved_micro,
        spent_micro=0,
        day_cap=trustee.caps.day,
        month_cap=trustee.caps.month,
    )
    try:
        with session.begin_nested():
            session.add(fresh)
    except IntegrityError:  # another process opened it
        return session.get_one(DataMonth, month)
    return fresh


def close_months(trustee: Trustee) -> list[str]:
    """Close each month that takes in no more trips, and return which.

    Every row's tag is replaced by a random one and the day counters are deleted: from then on not
    even the cooperative can say whose a row is.
    """
    closed = []
    with trustee.store.write() as session:
        query = select(DataMonth).where(DataMonth.closed_at.is_(None)).with_for_update()
        for account in session.scalars(query).all():
            if not is_closed(account.month, trustee.clock(), trustee.timezone):
                continue
            _forget_whose(session, account.month)
            account.closed_at = trustee.clock()
            closed.append(account.month)
    return closed


def _forget_whose(session: Session, month: str) -> None:
    """Replace the tags of a month by random ones and drop its day counters."""
    rows = session.execute(
        select(
            AdmittedTrip.month,
            AdmittedTrip.weekday,
            AdmittedTrip.hour,
            AdmittedTrip.mode,
            AdmittedTrip.origin_cell,
            AdmittedTrip.destination_cell,
        ).where(AdmittedTrip.month == month)
    ).mappings()
    fresh = [{**row, "tag": secrets.token_bytes(TAG_BYTES)} for row in rows]
    session.execute(delete(AdmittedTrip).where(AdmittedTrip.month == month))
    if fresh:
        fresh.sort(key=lambda row: row["tag"])
        session.execute(AdmittedTrip.__table__.insert(), fresh)  # type: ignore[attr-defined]
    session.execute(delete(PersonDay).where(PersonDay.day < first_day_after(month)))


def tidy(trustee: Trustee) -> list[str]:
    """Delete what its keeping time is over for; run hourly. Returns the months closed."""
    closed = close_months(trustee)
    now = trustee.clock()
    with trustee.store.write() as session:
        forget_old_epochs(trustee, session)
        oldest = oldest_kept(local_day(now, trustee.timezone))
        old = select(RideToken.digest).where(RideToken.issued_on < oldest)
        session.execute(
            update(InvoiceLine)
            .where(InvoiceLine.token_digest.in_(old))
            .values(token_digest=None)
            .execution_options(synchronize_session=False)
        )
        session.execute(delete(RideToken).where(RideToken.issued_on < oldest))
        session.execute(delete(AccessToken).where(AccessToken.expires_at <= now))
        session.execute(delete(AuthorizationCode).where(AuthorizationCode.expires_at <= now))
        session.execute(delete(MailLink).where(MailLink.expires_at <= now))
        session.execute(
            delete(Member).where(Member.verified_at.is_(None), Member.created_at <= now - UNPROVEN)
        )
    mails.forget_older(trustee, dt.timedelta(hours=LINK_HOURS))
    trustee.store.forget_deleted()
    return closed

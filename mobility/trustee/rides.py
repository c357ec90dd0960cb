"""Ride tokens: issued per booking, asked about eligibility, settled into an invoice."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility import narrow
from mobility.trustee.accounts import years_between
from mobility.trustee.clock import local_day
from mobility.trustee.config import Trustee
from mobility.trustee.errors import AlreadySettledError, UnknownTokenError
from mobility.trustee.models import InvoiceLine, Member, RideToken, RowId, random_id
from mobility.trustee.store import row_lock
from mobility.trustee.subjects import member_of
from privacy.tokens import new_token

TOKEN_DAYS = 40
"""Tokens are forgotten after this; by then their month has closed and they are settled."""


def issue_token(trustee: Trustee, subject: str) -> str:
    """Draw the token of one booking for whoever logged in under ``subject``.

    Raises
    ------
    UnknownSubjectError
        If the log-in is over.
    """
    with trustee.store.write() as session:
        return issue_within(trustee, session, member_of(trustee, session, subject))


def issue_within(trustee: Trustee, session: Session, member_id: RowId) -> str:
    """Draw a token for a member inside the caller's writing transaction."""
    token = new_token()
    session.add(
        RideToken(
            digest=trustee.keys.digest(token),
            member_id=member_id,
            issued_on=local_day(trustee.clock(), trustee.timezone),
        )
    )
    return token


def is_eligible(trustee: Trustee, token: str, requirement: narrow.Requirement) -> bool:
    """Tell whether a token's holder meets a requirement; unknown counts as no.

    Raises
    ------
    UnknownTokenError
        If the token was never issued or is forgotten.
    """
    with trustee.store.read() as session:
        ride = find_ride(trustee, session, token)
        member = session.get(Member, ride.member_id) if ride.member_id is not None else None
    if member is None:
        return False
    age = years_between(member.birth_date, local_day(trustee.clock(), trustee.timezone))
    if requirement == "car_licence":
        return member.licence_state == "approved"
    return age >= {"min_age_16": 16, "min_age_18": 18}[requirement]


def settle(trustee: Trustee, call: narrow.SettleRequest) -> None:
    """Write the invoice line of a token, once.

    Raises
    ------
    AlreadySettledError
        If the token has a line with other values.
    UnknownTokenError
        If the token was never issued or is forgotten.
    """
    digest = trustee.keys.digest(call.ride_token)
    with trustee.store.write() as session:
        ride = find_ride(trustee, session, call.ride_token, lock=True)
        values = (call.amount_cents, call.currency, call.description_code, call.date)
        query = select(InvoiceLine).where(InvoiceLine.token_digest == digest)
        line = session.scalar(query)
        if line is None:
            amount_cents, currency, code, date = values
            session.add(
                InvoiceLine(
                    id=random_id(),
                    token_digest=digest,
                    member_id=ride.member_id,
                    amount_cents=amount_cents,
                    currency=currency,
                    description_code=code,
                    date=date,
                )
            )
            return
        if (line.amount_cents, line.currency, line.description_code, line.date) != values:
            raise AlreadySettledError(
                "this ride is settled with other values; a correction is a line of its own"
            )


def find_ride(trustee: Trustee, session: Session, token: str, lock: bool = False) -> RideToken:
    """Return the row of a token, locked against other writers where asked.

    Raises
    ------
    UnknownTokenError
        If the token was never issued or is forgotten.
    """
    digest = trustee.keys.digest(token)
    ride = session.get(RideToken, digest, **(row_lock(session) if lock else {}))
    if ride is None:
        raise UnknownTokenError("the ride token was never issued, or its keeping time is over")
    return ride


def oldest_kept(today: dt.date) -> dt.date:
    """Return the first issue date whose tokens are still known."""
    return today - dt.timedelta(days=TOKEN_DAYS)

"""Admission: a finished trip of a consenting resident counts once, capped, without person."""

from typing import get_args

from sqlalchemy.orm import Session

from mobility import narrow
from mobility.trustee.accounts import person_secret
from mobility.trustee.clock import is_closed, local_day, month_of
from mobility.trustee.config import Trustee
from mobility.trustee.consents import PLAN_CITY, is_given
from mobility.trustee.models import (
    AdmittedTrip,
    DataMonth,
    Member,
    PersonDay,
    PersonMonth,
    RideToken,
)
from mobility.trustee.months import ensure_month
from mobility.trustee.rides import find_ride
from mobility.trustee.store import row_lock
from privacy.caps import Caps
from privacy.pseudonyms import row_tag

REASONS = frozenset(get_args(narrow.AdmitReason))


def admit(trustee: Trustee, call: narrow.AdmitRequest) -> narrow.AdmitReason:
    """Take in one trip, in one transaction; a repeat gets the first answer and changes nothing.

    The day counted against is the day the token was issued, so the platform need not tell a date.
    The month must be that day's, or the present one for a ride that ran past a month's end: a token
    cannot be placed in a month of the caller's choice.

    Parameters
    ----------
    trustee : Trustee
        The cooperative.
    call : narrow.AdmitRequest
        The coarsened trip.

    Returns
    -------
    str
        ``admitted``, or the rule that refused it.

    Raises
    ------
    UnknownTokenError
        If the token was never issued or is forgotten.
    """
    with trustee.store.write() as session:
        return admit_within(trustee, session, call)


def admit_within(
    trustee: Trustee, session: Session, call: narrow.AdmitRequest
) -> narrow.AdmitReason:
    """Do the same as :func:`admit` inside the caller's writing transaction."""
    ride = find_ride(trustee, session, call.ride_token, lock=True)
    if ride.admission is None:
        ride.admission = _decide(trustee, session, ride, call)
    assert ride.admission in REASONS  # noqa: S101 - only _decide writes it
    return ride.admission  # type: ignore[return-value]


def _decide(
    trustee: Trustee, session: Session, ride: RideToken, call: narrow.AdmitRequest
) -> narrow.AdmitReason:
    if ride.member_id is None:
        return "no-consent"
    member = session.get(Member, ride.member_id, **row_lock(session))
    if member is None or not is_given(session, member.id, PLAN_CITY):
        return "no-consent"
    now = trustee.clock()
    today = local_day(now, trustee.timezone)
    in_time = call.month in {month_of(ride.issued_on), month_of(today)}
    if not in_time or is_closed(call.month, now, trustee.timezone):
        return "month-closed"
    ensure_month(trustee, session, call.month)
    # shared lock: the month cannot close before this row is in, nor this row come after it closed
    account = session.get_one(DataMonth, call.month, **row_lock(session, shared=True))
    if account.closed_at is not None:
        return "month-closed"
    return _count(trustee, session, member, ride, account, call)


def _count(
    trustee: Trustee,
    session: Session,
    member: Member,
    ride: RideToken,
    account: DataMonth,
    call: narrow.AdmitRequest,
) -> narrow.AdmitReason:
    """Raise the counters and store the keyless row, if the caps allow; the member is locked."""
    day = session.get(PersonDay, (member.id, ride.issued_on))
    month = session.get(PersonMonth, (member.id, call.month))
    caps = Caps(account.day_cap, account.month_cap)
    reason = caps.decide(day.number if day else 0, month.number if month else 0)
    if reason != "admitted":
        return reason
    if day is None:
        session.add(PersonDay(member_id=member.id, day=ride.issued_on, number=1))
    else:
        day.number += 1
    number = month.number + 1 if month else 1
    if month is None:
        session.add(PersonMonth(member_id=member.id, month=call.month, number=1))
    else:
        month.number = number
    session.add(
        AdmittedTrip(
            tag=row_tag(person_secret(trustee, member), call.month, number),
            month=call.month,
            weekday=call.weekday,
            hour=call.hour,
            mode=call.mode,
            origin_cell=call.origin_cell,
            destination_cell=call.destination_cell,
        )
    )
    return "admitted"

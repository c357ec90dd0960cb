"""Pairwise subjects: what a recipient may call a resident, for one month."""

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.trustee.accounts import person_secret
from mobility.trustee.clock import local_day, month_end, month_of
from mobility.trustee.config import Trustee
from mobility.trustee.errors import UnknownSubjectError
from mobility.trustee.models import EpochKey, Member, RowId, SubjectLogin
from privacy.pseudonyms import new_secret, pairwise_subject

GRACE = dt.timedelta(days=1)


def issue_subject(trustee: Trustee, session: Session, member: Member, recipient: str) -> str:
    """Compute a member's subject of this month and remember whose it is until the month ends.

    Runs inside the caller's writing transaction.

    Parameters
    ----------
    trustee : Trustee
        The cooperative.
    session : sqlalchemy.orm.Session
        A writing transaction.
    member : Member
        Who logs in.
    recipient : str
        The OpenID client.

    Returns
    -------
    str
        43 characters; the same for every log-in of a month, another one for each recipient.
    """
    month = month_of(local_day(trustee.clock(), trustee.timezone))
    key = _epoch_key(trustee, session, month, recipient)
    subject = pairwise_subject(key, person_secret(trustee, member))
    session.merge(
        SubjectLogin(
            digest=trustee.keys.digest(subject),
            member_id=member.id,
            expires_at=month_end(month, trustee.timezone) + GRACE,
        )
    )
    session.flush()
    return subject


def member_of(trustee: Trustee, session: Session, subject: str) -> RowId:
    """Return whose log-in a subject is.

    Raises
    ------
    UnknownSubjectError
        If nobody logged in under it, or its month is over.
    """
    login = session.get(SubjectLogin, trustee.keys.digest(subject))
    if login is None or login.expires_at <= trustee.clock():
        raise UnknownSubjectError("no log-in of this month has that subject; log in again")
    return login.member_id


def forget_old_epochs(trustee: Trustee, session: Session) -> None:
    """Destroy the keys and log-ins of months that are over."""
    now = trustee.clock()
    session.execute(delete(SubjectLogin).where(SubjectLogin.expires_at <= now))
    oldest = month_of(local_day(now - GRACE, trustee.timezone))
    session.execute(delete(EpochKey).where(EpochKey.month < oldest))


def _epoch_key(trustee: Trustee, session: Session, month: str, recipient: str) -> bytes:
    """Read the month's random key, or draw it; of two that draw, the first stored stays."""
    context = f"epoch/{month}/{recipient}"
    query = select(EpochKey.wrapped_key).where(
        EpochKey.month == month, EpochKey.recipient == recipient
    )
    wrapped = session.scalar(query)
    if wrapped is None:
        wrapped = trustee.keys.wrap(new_secret(), context)
        try:
            with session.begin_nested():
                session.add(EpochKey(month=month, recipient=recipient, wrapped_key=wrapped))
        except IntegrityError:
            wrapped = session.scalars(query).one()
    return trustee.keys.unwrap(wrapped, context)

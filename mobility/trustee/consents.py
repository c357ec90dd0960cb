"""Consents: off until given, withdrawn at once, each with a signed receipt."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.trustee.config import Trustee
from mobility.trustee.models import ConsentReceipt, Member, RowId, random_id
from privacy.requests import canonical_bytes

PLAN_CITY = "plan_city"


@dataclass(frozen=True)
class Purpose:
    """A purpose somebody may agree to; its text is versioned by its hash."""

    key: str
    title: str
    text: str
    recipients: tuple[str, ...]
    retention: str


PURPOSES = {
    PLAN_CITY: Purpose(
        PLAN_CITY,
        "Let my trips count in the planning of the town",
        "When a ride of mine ends, its H3 cells (about 900 m for the start and 2.4 km for the "
        "end), hour, weekday and kind of vehicle are counted by the cooperative, without my name. "
        "At most 8 rides a day and 60 a month count. Only counts with random noise leave the "
        "cooperative.",
        ("city planners of the town: noisy counts only",),
        "Without person from the start; mine can be deleted until the month closes.",
    )
}


def is_given(session: Session, member_id: RowId, purpose: str) -> bool:
    """Tell whether a consent is in force, inside the caller's transaction."""
    query = select(ConsentReceipt.given).where(
        ConsentReceipt.member_id == member_id, ConsentReceipt.purpose == purpose
    )
    return bool(session.scalar(query.order_by(ConsentReceipt.number.desc()).limit(1)))


def change(trustee: Trustee, member_id: RowId, purpose: str, given: bool) -> bool:
    """Give or withdraw a consent; return whether anything changed.

    It holds for the next admission: admissions read it in their own transaction.
    """
    with trustee.store.write() as session:
        session.get_one(Member, member_id, with_for_update=True)
        return change_within(trustee, session, member_id, purpose, given)


def change_within(
    trustee: Trustee, session: Session, member_id: RowId, purpose: str, given: bool
) -> bool:
    """Do the same as :func:`change` inside the caller's writing transaction."""
    details = PURPOSES[purpose]
    newest = _newest(session, member_id, purpose)
    if (newest is not None and newest.given) == given:
        return False
    number = newest.number + 1 if newest else 1
    document = canonical_bytes(
        {
            "schema": "consent-receipt/1",
            "purpose": purpose,
            "given": given,
            "at": trustee.clock().isoformat(),
            "number": number,
            "controller": trustee.issuer,
            "text_sha256": hashlib.sha256(details.text.encode()).hexdigest(),
            "recipients": details.recipients,
            "retention": details.retention,
            "withdraw_at": f"{trustee.issuer}/consents",
        }
    )
    session.add(
        ConsentReceipt(
            id=random_id(),
            member_id=member_id,
            purpose=purpose,
            number=number,
            given=given,
            at=trustee.clock(),
            document=document,
            signature=trustee.keys.receipt_key.sign(document),
        )
    )
    return True


def receipts(session: Session, member_id: RowId) -> list[ConsentReceipt]:
    """List a member's receipts, newest first."""
    query = select(ConsentReceipt).where(ConsentReceipt.member_id == member_id)
    return list(session.scalars(query.order_by(ConsentReceipt.at.desc())))


def _newest(session: Session, member_id: RowId, purpose: str) -> ConsentReceipt | None:
    query = select(ConsentReceipt).where(
        ConsentReceipt.member_id == member_id, ConsentReceipt.purpose == purpose
    )
    return session.scalars(query.order_by(ConsentReceipt.number.desc()).limit(1)).first()

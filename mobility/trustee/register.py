"""What the cooperative knows about one member, and which releases their trips took part in."""

import base64
from typing import Any

from sqlalchemy import func, select

from mobility.trustee import consents
from mobility.trustee.config import Trustee
from mobility.trustee.models import (
    ConsentReceipt,
    InvoiceLine,
    Member,
    PersonMonth,
    ReleaseRecord,
    RideToken,
    RowId,
)


def of_member(trustee: Trustee, member_id: RowId) -> dict[str, Any]:
    """Return everything stored about a member, as plain values to show or take along."""
    with trustee.store.read() as session:
        member = session.get_one(Member, member_id)
        lines = session.scalars(
            select(InvoiceLine)
            .where(InvoiceLine.member_id == member_id)
            .order_by(InvoiceLine.date.desc())
        ).all()
        months = session.scalars(
            select(PersonMonth)
            .where(PersonMonth.member_id == member_id)
            .order_by(PersonMonth.month.desc())
        ).all()
        rides = session.execute(
            select(RideToken.issued_on, func.count())
            .where(RideToken.member_id == member_id)
            .group_by(RideToken.issued_on)
            .order_by(RideToken.issued_on.desc())
        ).all()
        used = session.scalars(
            select(ReleaseRecord)
            .where(
                ReleaseRecord.month.in_([m.month for m in months]),
                ReleaseRecord.published_at.is_not(None),
            )
            .order_by(ReleaseRecord.published_at)
        ).all()
        receipts = consents.receipts(session, member_id)
    return {
        "account": {
            "name": member.name,
            "email": member.email,
            "birth_date": member.birth_date.isoformat(),
            "licence": member.licence_state,
            "licence_number": member.licence_number,
            "officer": member.is_officer,
            "registered": member.created_at.isoformat(),
        },
        "invoice": [_line(line) for line in lines],
        "bookings": [{"date": day.isoformat(), "number": number} for day, number in rides],
        "months": [_month(month, used) for month in months],
        "consents": [_receipt(receipt) for receipt in receipts],
    }


def _line(line: InvoiceLine) -> dict[str, Any]:
    return {
        "date": line.date.isoformat(),
        "what": line.description_code,
        "amount_cents": line.amount_cents,
        "currency": line.currency,
    }


def _month(month: PersonMonth, used: Any) -> dict[str, Any]:
    """Say how many trips of a month count, and what was released from that month."""
    return {
        "month": month.month,
        "trips_counted": month.number,
        "releases": [
            {
                "hash": record.hash,
                "template": record.template,
                "epsilon_micro": record.epsilon_micro,
                "published": record.published_at.isoformat(),
                "grant": record.grant_name,
            }
            for record in used
            if record.month == month.month
        ],
    }


def _receipt(receipt: ConsentReceipt) -> dict[str, Any]:
    return {
        "purpose": receipt.purpose,
        "given": receipt.given,
        "at": receipt.at.isoformat(),
        "receipt": receipt.document.decode(),
        "signature": base64.b64encode(receipt.signature).decode(),
    }

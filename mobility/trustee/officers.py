"""What officers do: attest licences. Each act leaves an entry without a person's name."""

from sqlalchemy import select

from mobility.trustee.config import Trustee
from mobility.trustee.errors import BadInputError
from mobility.trustee.models import AuditEntry, Member, RowId, random_id
from mobility.trustee.store import Store


def pending_licences(trustee: Trustee) -> list[Member]:
    """List the members whose licence number waits for a check."""
    with trustee.store.read() as session:
        query = select(Member).where(
            Member.licence_state == "pending", Member.verified_at.is_not(None)
        )
        return list(session.scalars(query.order_by(Member.created_at)))


def decide_licence(trustee: Trustee, officer_id: RowId, member_id: RowId, approved: bool) -> None:
    """Attest or refuse a licence; the number is deleted either way.

    Raises
    ------
    BadInputError
        If nothing waits for a decision, or the officer decides on the own licence.
    """
    if officer_id == member_id:
        raise BadInputError("member", "Another officer has to check your own licence.")
    with trustee.store.write() as session:
        member = session.get(Member, member_id, with_for_update=True)
        if member is None or member.licence_state != "pending":
            raise BadInputError("member", "Nothing waits for a decision here.")
        member.licence_state = "approved" if approved else "refused"
        member.licence_number = None
        action = "licence-approved" if approved else "licence-refused"
        session.add(AuditEntry(id=random_id(), at=trustee.clock(), role="officer", action=action))
    trustee.store.forget_deleted()


def appoint(store: Store, email: str, is_officer: bool) -> None:
    """Make a verified member an officer, or take the office away; only the command line can.

    Raises
    ------
    BadInputError
        If no verified member has the address.
    """
    with store.write() as session:
        query = select(Member).where(
            Member.email == email.strip().lower(), Member.verified_at.is_not(None)
        )
        member = session.scalar(query)
        if member is None:
            raise BadInputError("email", "no verified member has this address; register first")
        member.is_officer = is_officer
        member.session_epoch += 1

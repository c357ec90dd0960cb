"""Who sent this request: nobody, a resident or an officer."""

import datetime as dt
from typing import cast

from flask import g, session

from mobility.trustee.models import Member
from mobility.trustee.provider import current_trustee
from mobility.weblib.permissions import NotLoggedInError
from mobility.weblib.sessions import StoredSession


def find_member() -> Member | None:
    """Return the member of the present session; one of an older epoch is nobody's."""
    if "member" not in g:
        g.member = None
        member_id = session.get("member")
        if member_id is not None:
            with current_trustee().store.read() as store:
                member = store.get(Member, member_id)
            if member is not None and member.session_epoch == session.get("epoch"):
                g.member = member
    return cast("Member | None", g.member)


def get_member() -> Member:
    """Return the member of the present session.

    Raises
    ------
    NotLoggedInError
        If nobody is logged in.
    """
    member = find_member()
    if member is None:
        raise NotLoggedInError("log in first")
    return member


def roles() -> frozenset[str]:
    """Return the roles of whoever sent the request."""
    member = find_member()
    if member is None:
        return frozenset()
    return frozenset({"resident", "officer"} if member.is_officer else {"resident"})


def logged_in_at() -> dt.datetime:
    """Return when the present session logged in."""
    return dt.datetime.fromtimestamp(session["at"], dt.UTC)


def open_session(member: Member) -> None:
    """Begin a session under a new id: what an attacker planted before is worth nothing."""
    now = int(current_trustee().clock().timestamp())
    stored().start_over({"member": member.id, "epoch": member.session_epoch, "at": now})
    g.pop("member", None)


def end_session() -> None:
    """End the present session."""
    stored().clear()
    g.pop("member", None)


def stored() -> StoredSession:
    """Return the session behind Flask's proxy."""
    return cast("StoredSession", session._get_current_object())  # type: ignore[attr-defined]

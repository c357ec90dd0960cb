"""Who sent the current request: a resident's pairwise subject, a member of staff, or nobody."""

from flask import current_app, g, request, session

from mobility.accounts.service import Accounts, Staff
from mobility.weblib.permissions import NotLoggedInError
from mobility.weblib.sessions import sessions_unavailable

RESIDENT = "resident"


def current_staff() -> Staff | None:
    """Return the member of staff of the session or of the API token, or None."""
    if sessions_unavailable():
        return None
    if "staff" not in g:
        g.staff = _find_staff()
    staff: Staff | None = g.staff
    return staff


def current_subject() -> str | None:
    """Return the resident's pairwise subject, or None."""
    if request.headers.get("Authorization") or sessions_unavailable():
        return None
    subject = session.get("subject")
    return str(subject) if subject else None


def required_subject() -> str:
    """Return the resident's pairwise subject; refuse where nobody is logged in."""
    subject = current_subject()
    if subject is None:
        raise NotLoggedInError("log in as a resident first")
    return subject


def roles_of_request() -> frozenset[str]:
    """Return the roles of whoever sent the current request."""
    staff = current_staff()
    if staff is not None:
        return staff.roles
    return frozenset({RESIDENT}) if current_subject() else frozenset()


def _find_staff() -> Staff | None:
    accounts: Accounts = current_app.extensions["accounts"]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        return accounts.find_by_token(token.strip()) if scheme.lower() == "bearer" else None
    user_id = session.get("staff")
    return accounts.find_staff(int(user_id)) if user_id is not None else None

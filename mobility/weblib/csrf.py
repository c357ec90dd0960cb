"""Refuse a write that another site made the browser send."""

import hmac
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request, session

from mobility.problems import ProblemError, database_problem
from mobility.weblib.sessions import sessions_unavailable

View = TypeVar("View", bound=Callable[..., Any])
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
_MARK = "__csrf_exempt__"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_exempt(view: View) -> View:
    """Let a view take writes without the token: for callers that use no cookies."""
    setattr(view, _MARK, True)
    return view


def csrf_token() -> str:
    """Return the token of this session, making it when first asked for."""
    if sessions_unavailable():
        raise database_problem()
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(32)
    return str(session["csrf"])


def init_csrf(app: Flask, own_origin: str, bearer: bool = False) -> None:
    """Check every write that rests on a cookie, and offer ``csrf_token()`` to templates.

    A form sends the token as field ``csrf_token``, a script as header ``X-CSRF-Token``.

    Parameters
    ----------
    app : flask.Flask
        The application.
    own_origin : str
        Where its forms come from.
    bearer : bool
        Whether the application takes bearer tokens, and then heeds no cookie: such requests need
        no token. No browser adds that header by itself; ``Basic`` it may, from an address.
    """

    def check() -> None:
        if request.method in _SAFE or request.endpoint is None:
            return
        if bearer and request.headers.get("Authorization", "").lower().startswith("bearer "):
            return
        if getattr(current_app.view_functions.get(request.endpoint), _MARK, False):
            return
        origin = request.headers.get("Origin")
        if origin not in (None, own_origin, request.host_url.rstrip("/")):
            raise ProblemError(400, "foreign-origin", "The form came from another site")
        if sessions_unavailable():
            raise database_problem()
        sent = request.headers.get(HEADER) or request.form.get(FIELD) or ""
        known = session.get("csrf", "")
        if not known or not hmac.compare_digest(sent.encode(), str(known).encode()):
            raise ProblemError(
                400, "csrf", "The form is too old", "Go back, reload the page and send it again."
            )

    app.before_request(check)

    @app.context_processor
    def offer() -> dict[str, Any]:
        return {"csrf_token": csrf_token}

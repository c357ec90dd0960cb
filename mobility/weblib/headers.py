"""Response headers that keep a browser from doing what no page of ours asks for."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request

from mobility.weblib.permissions import PUBLIC, declared_roles

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__inline_allowed__"

_STRICT = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
_INLINE = {
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
}
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
}


def inline_allowed(view: View) -> View:
    """Let one view use inline scripts and styles; only folium's pages need it."""
    setattr(view, _MARK, True)
    return view


def init_headers(app: Flask, form_targets: Iterable[str] = (), https: bool = False) -> None:
    """Add the security headers to every response; no cache keeps pages that need a log-in.

    Parameters
    ----------
    app : flask.Flask
        The application.
    form_targets : iterable of str
        Origins besides our own that a form may end at, such as the other party's log-in.
    https : bool
        Whether the origin is served over HTTPS, so that browsers may insist on it.
    """
    form_action = " ".join(["'self'", *form_targets])

    def add(response: Response) -> Response:
        policy = dict(_STRICT) | {"form-action": form_action}
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, _MARK, False):
            policy |= _INLINE
        text = "; ".join(f"{name} {value}" for name, value in policy.items())
        response.headers.setdefault("Content-Security-Policy", text)
        for name, value in _FIXED.items():
            response.headers.setdefault(name, value)
        if PUBLIC not in (declared_roles(current_app, request.endpoint or "") or {PUBLIC}):
            response.headers.setdefault("Cache-Control", "no-store")
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.after_request(add)

"""Every route says who may use it; a route that does not say so is refused."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, request

from mobility.errors import MobilityError
from mobility.problems import database_problem
from mobility.weblib.sessions import sessions_unavailable

PUBLIC = "public"
_MARK = "__permission__"
_EXTENSION = "mobility.roles"

View = TypeVar("View", bound=Callable[..., Any])
RolesOfRequest = Callable[[], frozenset[str]]


class NotLoggedInError(MobilityError):
    """The route needs a role and nobody is logged in."""


class ForbiddenError(MobilityError):
    """Somebody is logged in, but has none of the roles of the route."""


class UndeclaredRouteError(MobilityError):
    """A route does not say who may use it; add ``@permission(...)`` to the view."""


def permission(*roles: str) -> Callable[[View], View]:
    """Declare who may use a view: ``"public"`` or the names of roles, any of which suffices.

    Place it anywhere among the decorators of the view.
    """
    if not roles:
        raise ValueError("name at least one role, or 'public'")

    def declare(view: View) -> View:
        setattr(view, _MARK, frozenset(roles))
        return view

    return declare


def declared_roles(app: Flask, endpoint: str) -> frozenset[str] | None:
    """Return the roles declared by the view of ``endpoint``; None where none are declared."""
    view = app.view_functions.get(endpoint)
    return cast("frozenset[str] | None", getattr(view, _MARK, None))


def declare_endpoint(app: Flask, endpoint: str, *roles: str) -> None:
    """Declare the roles of a view that is not ours, such as Flask's ``static``."""
    theirs = app.view_functions[endpoint]

    def view(**values: Any) -> Any:
        return theirs(**values)

    view.__dict__.update(getattr(theirs, "__dict__", {}))
    app.view_functions[endpoint] = permission(*roles)(view)


def undeclared_endpoints(app: Flask) -> list[str]:
    """List the endpoints that do not say who may use them."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    return sorted(e for e in endpoints if declared_roles(app, e) is None)


def current_roles() -> frozenset[str]:
    """Return the roles of whoever sent the current request."""
    roles_of_request: RolesOfRequest = current_app.extensions[_EXTENSION]
    return roles_of_request()


def init_permissions(app: Flask, roles_of_request: RolesOfRequest) -> None:
    """Check the declared permission before every view.

    Parameters
    ----------
    app : flask.Flask
        The application.
    roles_of_request : callable
        Returns the roles of the current request's sender; empty when nobody is logged in.
    """
    app.extensions[_EXTENSION] = roles_of_request
    app.before_request(_check)


def _check() -> None:
    if request.endpoint is None:
        return
    wanted = declared_roles(current_app, request.endpoint)
    if wanted is None:
        raise UndeclaredRouteError(f"route '{request.endpoint}' declares no permission")
    if PUBLIC in wanted:
        return
    if sessions_unavailable():
        raise database_problem()
    present = current_roles()
    if wanted & present:
        return
    if present:
        raise ForbiddenError("this needs the role " + " or ".join(sorted(wanted)))
    raise NotLoggedInError("log in first; this needs the role " + " or ".join(sorted(wanted)))

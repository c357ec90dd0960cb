"""Answer errors as pages for people and as problem documents for programs; keep the navigation."""

import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from apiflask import HTTPError as ApiError
from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response as BaseResponse

from mobility.problems import PROBLEM_TYPE, Problem, ProblemError, ProblemTable, http_problem
from mobility.weblib.permissions import (
    ForbiddenError,
    NotLoggedInError,
    UndeclaredRouteError,
    current_roles,
    declared_roles,
)
from mobility.weblib.sessions import give_sessions_up

logger = logging.getLogger(__name__)
_NAVIGATION = "mobility.navigation"


@dataclass(frozen=True)
class NavigationItem:
    """One link of the header; shown to those who may use the page."""

    endpoint: str
    label: str
    order: int = 50


def add_navigation(app: Flask, endpoint: str, label: str, order: int = 50) -> None:
    """Put a page into the header; ``label`` is an English message id.

    A blueprint says ``bp.record(lambda state: add_navigation(state.app, "bp.view", "Label"))``.
    """
    app.extensions.setdefault(_NAVIGATION, []).append(NavigationItem(endpoint, label, order))


def visible_navigation() -> list[NavigationItem]:
    """List the items that whoever sent this request may use."""
    present = current_roles() | {"public"}
    items: list[NavigationItem] = current_app.extensions.get(_NAVIGATION, [])
    return sorted(
        (i for i in items if (declared_roles(current_app, i.endpoint) or frozenset()) & present),
        key=lambda item: item.order,
    )


def wants_page() -> bool:
    """Tell whether the client wants a page rather than a document."""
    if request.path.startswith("/api/"):
        return False
    accepted = request.accept_mimetypes
    named = any(kind == "text/html" for kind, _ in accepted)  # browsers do, curl's */* does not
    return named and accepted["text/html"] >= accepted["application/json"]


def problem_response(problem: Problem) -> Response:
    """Render a problem as a page or a document, whichever the client wants."""
    if problem.status >= 500:
        give_sessions_up()
    if wants_page():
        body = render_template("problem.html", problem=problem)
        response = Response(body, problem.status, mimetype="text/html")
    else:
        response = Response(json.dumps(problem.document()), problem.status, mimetype=PROBLEM_TYPE)
    response.headers.extend(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def init_pages(app: Flask, table: ProblemTable, login_endpoint: str | None = None) -> None:
    """Register the error handlers and the navigation.

    Parameters
    ----------
    app : flask.Flask
        The application.
    table : ProblemTable
        Domain errors and their problems.
    login_endpoint : str, optional
        Where a page sends somebody who is not logged in; it gets ``next`` as a query argument.
    """
    app.extensions.setdefault(_NAVIGATION, [])
    table.add(NotLoggedInError, 401, "not-logged-in", "Log in first")
    table.add(ForbiddenError, 403, "forbidden", "Not allowed")
    table.add(UndeclaredRouteError, 500, "undeclared-route", "This page is closed")

    def handle_domain(error: Exception) -> BaseResponse:
        problem = table.problem(error)
        sends = login_endpoint and request.method in {"GET", "HEAD"} and wants_page()
        if login_endpoint and sends and isinstance(error, NotLoggedInError):
            target = request.full_path.rstrip("?")
            return redirect(f"{url_for(login_endpoint)}?next={quote(target)}")
        if problem.status == 401:
            problem.headers.setdefault("WWW-Authenticate", 'Bearer realm="api"')
        return problem_response(problem)

    for cls in [*table.classes(), ProblemError]:
        app.register_error_handler(cls, handle_domain)
    app.register_error_handler(Exception, _handle_unexpected)
    if hasattr(app, "error_processor"):
        app.error_processor(_handle_api)  # it also takes HTTPException over; the next line back
    app.register_error_handler(HTTPException, _handle_http)

    @app.context_processor
    def navigation() -> dict[str, Any]:
        return {"navigation": visible_navigation()}


def _handle_http(error: HTTPException) -> BaseResponse:
    """Answer 404, 405, 413 and their like."""
    if error.code is None or error.code < 400:
        return error.get_response()  # a redirect in disguise
    headers = {k: v for k, v in error.get_headers() if k.lower() in {"allow", "retry-after"}}
    detail = (error.description or "") if error.code != 500 else ""
    if isinstance(error.__cause__, BadRequest):  # what Flask makes of JSON that cannot be read
        detail = "The body is no JSON document."
    return problem_response(http_problem(error.code, detail, headers))


_WHOLE = "_schema"
"""What APIFlask names the input as a whole, where no single field is at fault."""


def _handle_api(error: ApiError) -> BaseResponse:
    """Answer what APIFlask found wrong with the input."""
    if error.status_code != 422:
        return problem_response(http_problem(error.status_code, str(error.message)))
    errors = [
        {"in": where, "field": name, "message": text.removeprefix("Value error, ")}
        for where, names in dict(error.detail).items()
        for name, texts in names.items()
        for text in texts
    ]
    detail = "; ".join(
        e["message"] if e["field"] == _WHOLE else f"{e['field']}: {e['message']}" for e in errors
    )
    title = "The request has a fault"
    return problem_response(Problem(422, "invalid-request", title, detail, {"errors": errors}))


def _handle_unexpected(error: Exception) -> BaseResponse:
    """Answer a fault of ours without telling its inside; the log has the trace."""
    logger.error("unexpected error in %s", request.endpoint, exc_info=error)
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return problem_response(http_problem(500, "The fault is ours and has been logged."))

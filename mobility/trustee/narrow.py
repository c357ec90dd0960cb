"""The narrow calls: an application of its own, bound to a Unix socket and to nothing else."""

import hmac
import json
import logging
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from mobility import narrow
from mobility.problems import PROBLEM_TYPE, Problem, ProblemTable, http_problem
from mobility.trustee import admission, releases, rides
from mobility.trustee.config import Trustee
from mobility.trustee.errors import (
    AlreadySettledError,
    ConfigError,
    MonthOpenError,
    StillDrawingError,
    StoreBusyError,
    UnknownSubjectError,
    UnknownTokenError,
)
from mobility.trustee.schema import check_schema
from mobility.weblib.permissions import NotLoggedInError, init_permissions, permission
from privacy.errors import BudgetExhaustedError, NotGrantedError

logger = logging.getLogger(__name__)
MAX_BODY_BYTES = 65_536
_TITLES: dict[type[Exception], tuple[str, str]] = {
    NotLoggedInError: ("unauthorized", "The bearer secret is missing or wrong"),
    UnknownSubjectError: ("unknown-subject", "No such log-in"),
    UnknownTokenError: ("unknown-token", "No such ride"),
    AlreadySettledError: ("already-settled", "The ride is settled"),
    BudgetExhaustedError: ("budget-exhausted", "The privacy budget of the month is used up"),
    NotGrantedError: ("not-granted", "No grant covers this"),
    MonthOpenError: ("month-open", "The month is not over"),
    StillDrawingError: ("busy", "Still at work"),
    StoreBusyError: ("busy", "The store is busy"),
    ConfigError: ("busy", "The cooperative is not ready"),
}
Document = TypeVar("Document", bound=BaseModel)


def create_narrow_app(trustee: Trustee, secret: str) -> Flask:
    """Build the application of the narrow calls.

    Parameters
    ----------
    trustee : Trustee
        The cooperative.
    secret : str
        Bearer secret shared with the platform.

    Returns
    -------
    flask.Flask
        Bind it to a Unix socket only.
    """
    app = Flask("mobility.trustee.narrow", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    expected = f"Bearer {secret}".encode()

    def roles() -> frozenset[str]:
        sent = request.headers.get("Authorization", "").encode()
        return frozenset({"platform"} if hmac.compare_digest(sent, expected) else ())

    init_permissions(app, roles)
    _init_errors(app)
    for path, method, view in _views(trustee):
        app.add_url_rule(path, view.__name__, permission("platform")(view), methods=[method])
    return app


def _views(trustee: Trustee) -> list[tuple[str, str, Callable[[], Response]]]:
    """List every call: parse, do, answer."""

    def token() -> Response:
        call = _parse(narrow.TokenRequest)
        token = rides.issue_token(trustee, call.session_subject)
        return _answer(narrow.TokenAnswer(ride_token=token))

    def eligibility() -> Response:
        call = _parse(narrow.EligibilityRequest)
        eligible = rides.is_eligible(trustee, call.ride_token, call.requirement)
        return _answer(narrow.EligibilityAnswer(eligible=eligible))

    def settle() -> Response:
        rides.settle(trustee, _parse(narrow.SettleRequest))
        return _answer(narrow.SettleAnswer())

    def admit() -> Response:
        reason = admission.admit(trustee, _parse(narrow.AdmitRequest))
        return _answer(narrow.AdmitAnswer(admitted=reason == "admitted", reason=reason))

    def release() -> Response:
        document = releases.release(trustee, _parse(narrow.ReleaseRequest))
        return Response(document, mimetype="application/json")

    def budget() -> Response:
        query = narrow.BudgetRequest.model_validate(dict(request.args))
        return _answer(releases.budget(trustee, query.month))

    def health() -> Response:
        check_schema(trustee.store)
        return _answer(narrow.HealthAnswer(status="ok"))

    posts = (token, eligibility, settle, admit, release)
    calls = [(f"/{view.__name__}", "POST", view) for view in posts]
    return [*calls, ("/budget", "GET", budget), ("/health", "GET", health)]


def _parse(model: type[Document]) -> Document:
    return model.model_validate_json(request.get_data())


def _answer(document: BaseModel) -> Response:
    return Response(document.model_dump_json(), mimetype="application/json")


def _init_errors(app: Flask) -> None:
    table = ProblemTable()
    for error, (slug, title) in _TITLES.items():
        table.add(error, narrow.PROBLEM_SLUGS[slug], slug, title)

    def known(error: Exception) -> Response:
        return _problem(table.problem(error))

    for cls in table.classes():
        app.register_error_handler(cls, known)
    app.register_error_handler(ValidationError, _malformed)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _malformed(error: ValidationError) -> Response:
    """Name what is wrong with a document, without repeating any value of it."""
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    status = narrow.PROBLEM_SLUGS["bad-request"]
    title = "The document is not what the call expects"
    return _problem(Problem(status, "bad-request", title, "", {"errors": faults}))


def _http(error: HTTPException) -> Response:
    return _problem(http_problem(error.code or 500))


def _unexpected(error: Exception) -> Response:
    # the text of an error may hold a token, its kind and place do not
    logger.error("unexpected %s in call %s", type(error).__name__, request.endpoint)
    return _problem(http_problem(500))


def _problem(problem: Problem) -> Response:
    return Response(json.dumps(problem.document()), problem.status, mimetype=PROBLEM_TYPE)

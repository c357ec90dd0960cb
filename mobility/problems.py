"""Turn domain errors into RFC 9457 problem documents, by one table."""

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from mobility.errors import MobilityError

logger = logging.getLogger(__name__)
PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """What an API client or a page is told when something could not be done."""

    status: int
    slug: str
    title: str
    detail: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the members of the problem document."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        return body | self.extra


class ProblemError(MobilityError):
    """A request that cannot be answered; carries its problem.

    Raise it in a view: ``raise ProblemError(404, "unknown-booking", "No such booking")``.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str = "",
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail or title)
        self.problem = Problem(status, slug, title, detail, extra or {}, headers or {})


class ProblemTable:
    """Which status, slug and title belong to which class of error; each application fills one."""

    def __init__(self) -> None:
        self._rows: dict[type[Exception], tuple[int, str, str, str | None]] = {}

    def add(
        self, error: type[Exception], status: int, slug: str, title: str, detail: str | None = None
    ) -> None:
        """Say that ``error`` and its subclasses become this problem.

        With a ``detail``, clients are told that instead of the error's own text, which may name
        files or repeat what was sent; the error's kind goes to the log.
        """
        self._rows[error] = (status, slug, title, detail)

    def classes(self) -> list[type[Exception]]:
        """List the classes that have a row."""
        return list(self._rows)

    def problem(self, error: Exception) -> Problem:
        """Describe ``error``; the nearest class in its ancestry that has a row decides."""
        if isinstance(error, ProblemError):
            return error.problem
        for cls in type(error).__mro__:
            if cls in self._rows:
                status, slug, title, detail = self._rows[cls]
                if detail is None:
                    return Problem(status, slug, title, str(error))
                logger.error("%s: %s", slug, _without_values(error))
                headers = {"Retry-After": "5"} if status == 503 else {}
                return Problem(status, slug, title, detail, headers=headers)
        return http_problem(500)


def _without_values(error: Exception) -> str:
    """Describe an error for the log; of a database's only what its driver says, not the values."""
    return f"{type(error).__name__}: {getattr(error, 'orig', None) or error}"


def http_problem(status: int, detail: str = "", headers: dict[str, str] | None = None) -> Problem:
    """Describe an HTTP status that has no domain error, such as 404 or 405."""
    phrase = HTTPStatus(status).phrase
    slug = phrase.lower().replace(" ", "-").replace("'", "")
    return Problem(status, slug, phrase, detail, {}, headers or {})


def database_problem() -> ProblemError:
    """Say that the database is away; the client may come back in a few seconds."""
    return ProblemError(
        503,
        "database-unavailable",
        "The database does not answer",
        "Try again in a few seconds.",
        headers={"Retry-After": "5"},
    )

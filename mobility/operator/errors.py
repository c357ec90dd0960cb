"""Refusals of the operator, and the problem documents they become."""

from http import HTTPStatus

from mobility.errors import MobilityError


class OperatorError(MobilityError):
    """The operator cannot start; the text names the file and the remedy."""


class RefusedError(MobilityError):
    """A request the operator says no to.

    Parameters
    ----------
    status : int
        HTTP status.
    slug : str
        Last part of the problem's type.
    detail : str
        What is in the way, and what to do.
    """

    def __init__(self, status: int, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.slug = status, slug

    def document(self) -> dict[str, object]:
        """Return the problem document (RFC 9457)."""
        return {
            "type": f"/problems/{self.slug}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": str(self),
        }

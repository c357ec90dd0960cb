"""Errors of the cooperative; their texts never name an e-mail, a token or a subject."""

from mobility.errors import MobilityError


class TrusteeError(MobilityError):
    """Base of every error raised by the cooperative's application."""


class UnknownSubjectError(TrusteeError, LookupError):
    """No resident's log-in of this month belongs to the subject."""


class UnknownTokenError(TrusteeError, LookupError):
    """The ride token was never issued, or its keeping time is over."""


class AlreadySettledError(TrusteeError):
    """The ride token was settled with other values."""


class MonthOpenError(TrusteeError):
    """The month still takes in trips."""


class StillDrawingError(TrusteeError):
    """Another process draws this release and has not finished."""


class LoginRefusedError(TrusteeError):
    """Address or password is wrong, or the account is locked; which of them is not said."""


class StoreBusyError(TrusteeError):
    """The database is locked, gone or refuses a connection; a repeat may succeed."""


class BadInputError(TrusteeError, ValueError):
    """A form field does not hold what it should; ``field`` names it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class LinkRefusedError(TrusteeError):
    """A link from a mail is used up, too old or was never sent."""


class KeyFolderError(TrusteeError):
    """The key folder cannot be read or lies open to others."""


class ConfigError(TrusteeError):
    """The cooperative cannot start as configured."""

"""Errors the privacy package raises when a promise cannot be kept."""


class PrivacyError(Exception):
    """Base of every error raised by ``privacy``."""


class BudgetExhaustedError(PrivacyError):
    """A debit would take an account beyond its cap."""


class NotGrantedError(PrivacyError):
    """No grant covers what is asked."""


class MechanismError(PrivacyError, ValueError):
    """A mechanism cannot keep the privacy loss it was asked for."""


class DomainError(PrivacyError, ValueError):
    """A cell, band or table does not fit the public domain."""

"""Errors the privacy package raises when a promise cannot be kept."""


class PrivacyError(Exception):
    """Base of every error raised by ``privacy``."""

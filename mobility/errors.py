"""Errors the platform raises when a promise cannot be kept."""


class MobilityError(Exception):
    """Base of every error raised by ``mobility``; its text names the value and the remedy."""

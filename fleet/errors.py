"""Errors the fleet package raises when a promise cannot be kept."""


class FleetError(Exception):
    """Base of every error raised by ``fleet``."""

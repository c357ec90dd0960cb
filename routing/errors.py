"""Errors the routing package raises when a promise cannot be kept."""


class RoutingError(Exception):
    """Base of every error raised by ``routing``."""

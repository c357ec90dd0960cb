"""Errors the maps package raises when a promise cannot be kept."""


class MapsError(Exception):
    """Base of every error raised by ``maps``."""

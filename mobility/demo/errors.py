"""Errors of the generator."""

from mobility.errors import MobilityError


class DemoError(MobilityError):
    """The demo data cannot be generated; the text names the value and the remedy."""

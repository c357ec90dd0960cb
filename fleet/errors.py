"""Errors the fleet package raises when a promise cannot be kept."""


class FleetError(Exception):
    """Base of every error raised by ``fleet``."""


class BadInventoryError(FleetError, ValueError):
    """Raised when a station, truck or time matrix contradicts itself; the text names which."""


class BadDemandError(FleetError, ValueError):
    """Raised when a demand table has the wrong shape, or rates that are negative or not finite."""


class PlanCheckError(FleetError):
    """Raised when a finished plan fails the independent check: a fault of ours, never shown."""

"""What cannot be answered about a network."""

from routing.errors import RoutingError


class UnknownTripError(RoutingError, LookupError):
    """No trip of that id runs on that day."""


class NotInNetworkError(RoutingError):
    """The network lacks what the answer rests on, or the day lies outside of its timetable."""

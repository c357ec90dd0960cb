"""Which problem each domain error of the platform becomes."""

from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mobility.accounts.service import AccountError
from mobility.booking.model import TransitionError
from mobility.booking.partners import PartnerRefusedError, PartnerUnreachableError
from mobility.booking.request import BadTripError
from mobility.booking.service import RefusedError, StillAtWorkError, TooManyBookingsError
from mobility.booking.store import ReusedKeyError, UnknownBookingError
from mobility.db import DatabaseError
from mobility.geocoder import GeocoderError
from mobility.network.manifest import ManifestError
from mobility.problems import ProblemTable
from mobility.town import BrokenNetworkError, LoadingError, NoNetworkError
from mobility.towns import UnknownNetworkError
from routing.arrays import ArrayFileError
from routing.errors import RoutingError
from routing.explore.errors import NotInNetworkError, UnknownTripError
from routing.transit.timetable import UnknownStopError

_LATER = "Try again in a few seconds."
_BROKEN = "The network has to be built again; the log says what is wrong."
_ROWS: tuple[tuple[Any, ...], ...] = (
    (UnknownBookingError, 404, "unknown-booking", "No such booking"),
    (TransitionError, 409, "impossible-transition", "The booking cannot do this now"),
    (StillAtWorkError, 409, "still-at-work", "The booking cannot do this now"),
    (RefusedError, 409, "operator-refused", "The operator refuses"),
    (TooManyBookingsError, 409, "too-many-bookings", "Too many open bookings"),
    (ReusedKeyError, 422, "reused-key", "The Idempotency-Key was used before"),
    (BadTripError, 422, "bad-trip", "The trip cannot be booked"),
    (AccountError, 422, "bad-account", "The account cannot be made"),
    (PartnerUnreachableError, 503, "partner-unreachable", "Another party does not answer"),
    (PartnerRefusedError, 409, "partner-refused", "Another party refuses"),
    (DatabaseError, 503, "database-unavailable", "The database does not answer", _LATER),
    (OperationalError, 503, "database-unavailable", "The database does not answer", _LATER),
    (PoolTimeoutError, 503, "database-unavailable", "The database does not answer", _LATER),
    (UnknownNetworkError, 404, "unknown-network", "No such network"),
    (NoNetworkError, 503, "no-network", "There is no network yet"),
    (LoadingError, 503, "network-loading", "The network is being loaded", _LATER),
    (BrokenNetworkError, 503, "broken-network", "The network cannot be used", _BROKEN),
    (ArrayFileError, 503, "broken-network", "The network cannot be used", _BROKEN),
    (ManifestError, 503, "broken-network", "The network cannot be used", _BROKEN),
    (GeocoderError, 503, "no-geocoder", "Places cannot be searched", _BROKEN),
    (UnknownStopError, 404, "unknown-stop", "No such stop"),
    (UnknownTripError, 404, "unknown-trip", "No such trip"),
    (NotInNetworkError, 422, "not-in-network", "The network cannot answer this"),
    (RoutingError, 422, "no-plan", "The journey cannot be planned"),
)


def platform_problems() -> ProblemTable:
    """Return the table of the platform."""
    table = ProblemTable()
    for row in _ROWS:
        table.add(*row)
    return table

"""What a web process does for one resident, in a process that may be killed at any step."""

import os
from datetime import UTC, datetime
from typing import Any

from mobility.booking.faults import VARIABLE
from mobility.booking.model import TransitionError
from mobility.compose import booking_service
from mobility.db import open_database
from mobility.settings import Settings
from tests.town_app import bike_leg, trip

SCOOTER = trip(bike_leg(form_factor="scooter_standing", vehicle_type_id="scooter"))
DONE = {"station_id": "station"}


def ride(settings: Settings, subject: str, fault: str | None = None) -> None:
    """Reserve, start and finish with fixed keys, as a client does that repeats itself."""
    if fault:
        os.environ[VARIABLE] = fault
    bookings = booking_service(settings, open_database(settings.database_url))
    booking = bookings.reserve(subject, SCOOTER, "kill-reserve")
    bookings.start(subject, booking.id, 0, "kill-start")
    bookings.finish(subject, booking.id, 0, DONE, "kill-finish")


def ride_on(bookings: Any, subject: str) -> Any:
    """Carry the same ride to its end after a crash: recovery, then the client's own repeats."""
    bookings.driver.clock = lambda: datetime.fromtimestamp(datetime.now().timestamp() + 60, UTC)  # noqa: DTZ005
    for _ in range(3):
        bookings.driver.recover()
    booking = bookings.reserve(subject, SCOOTER, "kill-reserve")
    try:
        booking = bookings.start(subject, booking.id, 0, "kill-start")
        booking = bookings.finish(subject, booking.id, 0, DONE, "kill-finish")
    except TransitionError as error:
        raise AssertionError(f"the repeat of a stored intent was refused: {error}") from error
    bookings.driver.recover()
    return bookings.driver.load(booking.id)

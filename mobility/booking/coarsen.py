"""Make a finished trip say little before it leaves: H3 cells, the hour, the month."""

from zoneinfo import ZoneInfo

import h3

from mobility.booking.model import Booking
from mobility.booking.partners import Whereabouts
from mobility.narrow import DESTINATION_LEVEL, ORIGIN_LEVEL


def coarsen(booking: Booking, timezone: str) -> Whereabouts | None:
    """Return what the cooperative may be offered, or None when the places are gone.

    Parameters
    ----------
    booking : Booking
        A finished booking.
    timezone : str
        The town's zone; hour, weekday and month are local.

    Returns
    -------
    Whereabouts or None
        Origin as H3 cell of resolution 8 (about 0.7 km2), destination of resolution 7 (5 km2).
    """
    ends = (
        booking.origin_lon,
        booking.origin_lat,
        booking.destination_lon,
        booking.destination_lat,
    )
    if any(value is None for value in ends):
        return None
    started = [leg.started_at for leg in booking.booked_legs if leg.started_at is not None]
    local = min(started, default=booking.trip_start_at).astimezone(ZoneInfo(timezone))
    return Whereabouts(
        origin_cell=h3.latlng_to_cell(booking.origin_lat, booking.origin_lon, ORIGIN_LEVEL),
        destination_cell=h3.latlng_to_cell(
            booking.destination_lat, booking.destination_lon, DESTINATION_LEVEL
        ),
        hour=local.hour,
        weekday=local.weekday(),
        mode=booking.trip_mode,
        month=f"{local:%Y-%m}",
    )

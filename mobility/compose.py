"""Put the platform's services together from the settings; used by web, worker and commands."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mobility.booking.driver import Driver, Policy
from mobility.booking.operator_client import HttpOperator
from mobility.booking.service import BookingService
from mobility.db import Database
from mobility.narrow_client import NarrowClient
from mobility.settings import Settings
from mobility.town import LiveReader

if TYPE_CHECKING:
    from routing.realtime.live import LiveSource
    from routing.transit.timetable import Timetable

_BOOKING_PATIENCE_S = 5.0


def booking_service(settings: Settings, database: Database) -> BookingService:
    """Return the booking service of this town; nothing is called yet."""
    bookable = frozenset(settings.operator_systems) or None
    if not settings.operator_url:
        bookable = frozenset()
    policy = Policy(
        hold_s=settings.hold_s,
        max_open=settings.open_bookings_per_resident,
        retention_h=settings.booking_retention_h,
        timezone=settings.timezone,
        bookable=bookable,
    )
    operator = HttpOperator(
        settings.operator_url,
        settings.path_of("operator_token_file"),
        settings.operator_timeout_s,
    )
    return BookingService(Driver(database, operator, cooperative(settings), policy))


def cooperative(settings: Settings, timeout_s: float = _BOOKING_PATIENCE_S) -> NarrowClient:
    """Return the client of the narrow calls."""
    return NarrowClient(
        settings.path_of("cooperative_socket"), settings.path_of("narrow_secret_file"), timeout_s
    )


def live_folder(settings: Settings) -> Path:
    """Return the folder through which the worker hands real-time messages to web processes."""
    return settings.var_dir / "platform" / "live"


def live_reader(settings: Settings) -> LiveReader | None:
    """Return what lays real-time messages over a timetable; ``None`` where no feed is set."""
    if not settings.gtfs_realtime_urls:
        return None

    def read(timetable: "Timetable") -> "LiveSource":
        from mobility.realtime.town import TownLive

        return TownLive(timetable, live_folder(settings), settings.gtfs_realtime_stale_s)

    return read


def fleet_reader(database: Database) -> Callable[[Any, Any], Any]:
    """Return what reads the shared vehicles of a network from the catalogue."""

    def read(network: Any, before: Any) -> Any:
        from mobility.catalogue.to_routing import shared_vehicles

        return shared_vehicles(database, network, before)

    return read

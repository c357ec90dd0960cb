"""What booking needs from the operator and from the cooperative, and how they can fail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from mobility.errors import MobilityError


class PartnerUnreachableError(MobilityError):
    """The other party gave no usable answer; the call is repeated later."""


class PartnerRefusedError(MobilityError):
    """The other party understood and said no; ``code`` is the slug of its problem."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code


@dataclass(frozen=True)
class HoldRequest:
    """The vehicle wanted; ``id`` is random and is the idempotency key."""

    id: str
    station_id: str | None
    vehicle_id: str | None
    vehicle_type_id: str | None
    expires_at: datetime
    eligible: bool | None


@dataclass(frozen=True)
class HoldAnswer:
    """What the operator says about one hold."""

    state: str
    vehicle_id: str | None = None
    expires_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    amount_cents: int | None = None
    currency: str | None = None
    price: dict[str, Any] | None = None


class Operator(Protocol):
    """The operator's side of a booking; every call may be repeated with the same id."""

    def reserve(self, hold: HoldRequest) -> HoldAnswer:
        """Hold a vehicle."""

    def cancel(self, hold_id: str) -> HoldAnswer:
        """Let it go."""

    def start(self, hold_id: str) -> HoldAnswer:
        """Unlock it."""

    def finish(self, hold_id: str, place: dict[str, Any]) -> HoldAnswer:
        """Take it back at ``station_id`` or ``lat``, ``lon``."""

    def find(self, hold_id: str) -> HoldAnswer | None:
        """Say how it stands; None where it is not known."""


@dataclass(frozen=True)
class Whereabouts:
    """A finished trip, coarsened until it says little: H3 cells and the hour."""

    origin_cell: str
    destination_cell: str
    hour: int
    weekday: int
    mode: str
    month: str


class Cooperative(Protocol):
    """The narrow calls booking makes; every call but ``token`` may be repeated at will."""

    def token(self, subject: str, booking_id: str) -> str:
        """Ask for the ride token of one booking."""

    def eligibility(self, ride_token: str, requirement: str) -> bool:
        """Ask whether the rider may take such a vehicle."""

    def settle(
        self, ride_token: str, amount_cents: int, currency: str, kind: str, on: date
    ) -> None:
        """Put one line into the rider's invoice."""

    def admit(self, ride_token: str, trip: Whereabouts) -> bool:
        """Offer the finished trip; tells whether it was taken in."""

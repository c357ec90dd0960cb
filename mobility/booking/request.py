"""What a resident asks to book, and how each leg of it can be fulfilled."""

from dataclasses import dataclass, field
from datetime import datetime

from mobility.booking.model import Fulfilment
from mobility.errors import MobilityError

OWN_MODES = frozenset({"WALK", "BICYCLE", "CAR", "STAY"})
"""What nobody else's vehicle is needed for."""
REQUIREMENTS = {
    "car": "car_licence",
    "moped": "car_licence",
    "scooter_standing": "min_age_16",
    "scooter_seated": "min_age_16",
}
"""GBFS form factor → what the cooperative must attest before the vehicle is handed over."""

FORM_FACTORS = frozenset(
    {"bicycle", "cargo_bicycle", "car", "moped", "scooter_standing", "scooter_seated", "other"}
)


class BadTripError(MobilityError, ValueError):
    """The legs asked for make no trip that can be booked."""


@dataclass(frozen=True)
class Point:
    """A named place; degrees, EPSG:4326."""

    lon: float
    lat: float
    name: str = ""

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):  # NaN fails this, too
            raise BadTripError(f"'{self.name}': lon, lat are no position on Earth")


@dataclass(frozen=True)
class Rental:
    """The shared vehicle a leg wants: a free one by id, or any at a station."""

    system_id: str
    form_factor: str
    station_id: str | None = None
    vehicle_id: str | None = None
    vehicle_type_id: str | None = None
    to_station_id: str | None = None
    uri: str | None = None

    def __post_init__(self) -> None:
        if self.form_factor not in FORM_FACTORS:
            raise BadTripError(f"form factor '{self.form_factor}' is not one of GBFS")
        if (self.station_id is None) == (self.vehicle_id is None):
            raise BadTripError("a rented vehicle is named by its station or by its id, one of both")


@dataclass(frozen=True)
class LegRequest:
    """One leg of a planned itinerary."""

    mode: str
    origin: Point
    destination: Point
    start: datetime
    end: datetime
    rental: Rental | None = None
    pass_held: bool = False
    booking_url: str | None = None
    booking_phone: str | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise BadTripError("times need an offset, such as 2026-05-04T08:00:00+02:00")
        if self.end < self.start:
            raise BadTripError(f"a leg cannot end ({self.end}) before it starts ({self.start})")
        if (self.mode == "RENTAL") != (self.rental is not None):
            raise BadTripError("a leg names a rental exactly when its mode is RENTAL")

    def fulfilment(self, bookable: frozenset[str] | None) -> tuple[Fulfilment, str | None]:
        """Say how the leg is fulfilled, and the address or number to use where there is one.

        Parameters
        ----------
        bookable : frozenset of str or None
            Sharing systems whose vehicles are booked here; None means all of them.
        """
        if self.rental is not None:
            if bookable is None or self.rental.system_id in bookable:
                return Fulfilment.BOOKED_HERE, None
            return Fulfilment.OPERATOR_LINK, self.rental.uri
        if self.mode in OWN_MODES:
            return Fulfilment.NOTHING_NEEDED, None
        if self.pass_held:
            return Fulfilment.PASS_HELD, None
        if self.booking_phone and not self.booking_url:
            return Fulfilment.PHONE, self.booking_phone
        return Fulfilment.OPERATOR_LINK, self.booking_url


@dataclass(frozen=True)
class TripRequest:
    """The itinerary to be booked."""

    legs: tuple[LegRequest, ...]
    network_id: str | None = None
    modes: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        if not 1 <= len(self.legs) <= 30:
            raise BadTripError(f"{len(self.legs)} legs: a trip has 1 to 30")
        object.__setattr__(self, "modes", frozenset(leg.mode for leg in self.legs))
        for before, after in zip(self.legs, self.legs[1:], strict=False):
            if after.start < before.start:
                raise BadTripError("legs must be in the order in which they are travelled")

    @property
    def trip_mode(self) -> str:
        """The mode the trip counts as: transit where any leg is, else its shared vehicle."""
        if self.modes - OWN_MODES - {"RENTAL"}:
            return "transit"
        for leg in self.legs:
            if leg.rental is not None:
                return leg.rental.form_factor
        return "other"

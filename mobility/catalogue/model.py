"""Shared vehicles as the town knows them, in the words of GBFS 3.0; unknown is ``None``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

STALE_AFTER = timedelta(minutes=5)
"""GBFS: availability is never older than this."""

LONGEST_TTL = timedelta(minutes=15)
"""A feed that promises to be right for longer is not believed."""


@dataclass(frozen=True, slots=True)
class System:
    """One sharing system of one operator.

    Parameters
    ----------
    system_id : str
        The feed's own id.
    name : str
        What riders call it.
    timezone : str, optional
        IANA name, as published.
    """

    system_id: str
    name: str
    operator: str | None = None
    timezone: str | None = None
    url: str | None = None
    phone: str | None = None
    email: str | None = None
    opening_hours: str | None = None
    license_url: str | None = None
    terms_url: str | None = None
    attribution: str | None = None


@dataclass(frozen=True, slots=True)
class VehicleType:
    """A kind of vehicle: form factor, propulsion, and where it may be left."""

    vehicle_type_id: str
    form_factor: str
    propulsion: str | None = None
    name: str | None = None
    return_constraint: str | None = None
    max_range_m: float | None = None
    reserve_minutes: int | None = None
    co2_g_per_km: float | None = None
    pricing_plan_id: str | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """A place where vehicles are taken and returned, with what is there now.

    Parameters
    ----------
    lon, lat : float
        Degrees, EPSG:4326.
    available : Mapping of str to int
        Vehicles to rent now, by vehicle type id; empty where nothing is known.
    docks_available : int, optional
        Free docks; ``None`` where the feed does not say, or none are needed.
    is_renting, is_returning : bool
        Both false where the station is out of service or its status unknown.
    area : Mapping, optional
        GeoJSON MultiPolygon of a virtual station.
    """

    station_id: str
    name: str
    lon: float
    lat: float
    address: str | None = None
    capacity: int | None = None
    is_virtual: bool = False
    area: Mapping[str, Any] | None = None
    rental_uris: Mapping[str, str] = field(default_factory=dict)
    available: Mapping[str, int] = field(default_factory=dict)
    docks_available: int | None = None
    is_renting: bool = False
    is_returning: bool = False
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle that can be rented where it stands; its id rotates after every trip."""

    vehicle_id: str
    lon: float
    lat: float
    vehicle_type_id: str
    is_reserved: bool = False
    is_disabled: bool = False
    range_m: float | None = None
    fuel_fraction: float | None = None
    station_id: str | None = None
    home_station_id: str | None = None
    pricing_plan_id: str | None = None
    available_until: datetime | None = None
    rental_uris: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A rate that applies from ``start`` to ``end``: minutes or kilometres.

    ``rate_cents`` is added at the beginning of every ``interval``; with interval 0 it is added
    once. ``end`` is ``None`` where the step does not end.
    """

    start: float
    rate_cents: float
    interval: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class PricingPlan:
    """What a ride costs: a price to unlock, steps per minute and per kilometre.

    ``price_cents`` is in hundredths of the currency's unit.
    """

    plan_id: str
    name: str
    currency: str
    price_cents: int
    per_min: tuple[PriceStep, ...] = ()
    per_km: tuple[PriceStep, ...] = ()
    description: str | None = None
    surge: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """An area with rules of its own; the earlier zone wins where two overlap."""

    name: str | None
    geometry: Mapping[str, Any]
    rules: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One system with all that was published about it at one moment.

    Parameters
    ----------
    as_of : datetime, optional
        Age of the oldest availability in it, by the feed's own clock; ``None`` if it has none.
    ttl_s : int
        Seconds for which the feed promises its availability to be right.
    version : str, optional
        GBFS version the feed names; ``None`` where it names none.
    """

    system: System
    vehicle_types: Mapping[str, VehicleType] = field(default_factory=dict)
    stations: tuple[Station, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    plans: Mapping[str, PricingPlan] = field(default_factory=dict)
    zones: tuple[Zone, ...] = ()
    as_of: datetime | None = None
    ttl_s: int = 0
    version: str | None = None

    def is_stale(self, now: datetime) -> bool:
        """Tell whether availability is too old to be trusted; unknown age is too old."""
        return is_stale(self.as_of, self.ttl_s, now)


def is_stale(as_of: datetime | None, ttl_s: int, now: datetime) -> bool:
    """Tell whether availability of that age is too old to be trusted.

    Parameters
    ----------
    as_of : datetime or None
        Aware moment the availability was true; ``None`` counts as too old.
    ttl_s : int
        Seconds between two publications, as the feed promises.
    now : datetime
        Aware moment of asking.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    >>> is_stale(noon, 10, noon + timedelta(minutes=4))
    False
    >>> is_stale(noon, 10, noon + timedelta(hours=1))
    True
    """
    if as_of is None:
        return True
    patience = max(STALE_AFTER, min(2 * timedelta(seconds=ttl_s), LONGEST_TTL))
    return now - as_of > patience

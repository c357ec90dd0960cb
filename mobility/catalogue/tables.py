"""Tables of the shared vehicles; one row per thing, keyed by system and the feed's own id."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base


def _system_key() -> Mapped[str]:
    return mapped_column(
        Text, ForeignKey("sharing_system.system_id", ondelete="CASCADE"), primary_key=True
    )


class SystemRow(Base):
    """One sharing system, with the health of its feed.

    ``generation`` grows with every stored change, so that a web process can ask cheaply whether
    what it holds in memory is still right.
    """

    __tablename__ = "sharing_system"

    system_id: Mapped[str] = mapped_column(Text, primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    operator: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    opening_hours: Mapped[str | None] = mapped_column(Text)
    license_url: Mapped[str | None] = mapped_column(Text)
    terms_url: Mapped[str | None] = mapped_column(Text)
    attribution: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)
    zones: Mapped[list[Any]] = mapped_column(JSON)
    as_of: Mapped[datetime | None]
    ttl_s: Mapped[int]
    checked_at: Mapped[datetime]
    failures: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)
    generation: Mapped[int]


class VehicleTypeRow(Base):
    """A kind of vehicle of one system."""

    __tablename__ = "vehicle_type"

    system_id: Mapped[str] = _system_key()
    vehicle_type_id: Mapped[str] = mapped_column(Text, primary_key=True)
    form_factor: Mapped[str] = mapped_column(Text)
    propulsion: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    return_constraint: Mapped[str | None] = mapped_column(Text)
    max_range_m: Mapped[float | None]
    reserve_minutes: Mapped[int | None]
    co2_g_per_km: Mapped[float | None]
    pricing_plan_id: Mapped[str | None] = mapped_column(Text)


class StationRow(Base):
    """A station and what is there now; ``geom`` repeats ``lon, lat`` for spatial queries."""

    __tablename__ = "station"

    system_id: Mapped[str] = _system_key()
    station_id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    lon: Mapped[float]
    lat: Mapped[float]
    address: Mapped[str | None] = mapped_column(Text)
    capacity: Mapped[int | None]
    is_virtual: Mapped[bool]
    area: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    rental_uris: Mapped[dict[str, str]] = mapped_column(JSON)
    available: Mapped[dict[str, int]] = mapped_column(JSON)
    docks_available: Mapped[int | None]
    is_renting: Mapped[bool]
    is_returning: Mapped[bool]
    reported_at: Mapped[datetime | None]
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, nullable=False))


class VehicleRow(Base):
    """A vehicle that stands somewhere now; its id changes after every trip."""

    __tablename__ = "vehicle"

    system_id: Mapped[str] = _system_key()
    vehicle_id: Mapped[str] = mapped_column(Text, primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    vehicle_type_id: Mapped[str] = mapped_column(Text)
    is_reserved: Mapped[bool]
    is_disabled: Mapped[bool]
    range_m: Mapped[float | None]
    fuel_fraction: Mapped[float | None]
    station_id: Mapped[str | None] = mapped_column(Text)
    home_station_id: Mapped[str | None] = mapped_column(Text)
    pricing_plan_id: Mapped[str | None] = mapped_column(Text)
    available_until: Mapped[datetime | None]
    rental_uris: Mapped[dict[str, str]] = mapped_column(JSON)
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, nullable=False))


class PricingPlanRow(Base):
    """What a ride costs; steps are lists of ``[start, rate_cents, interval, end]``."""

    __tablename__ = "pricing_plan"

    system_id: Mapped[str] = _system_key()
    plan_id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    price_cents: Mapped[int]
    per_min: Mapped[list[Any]] = mapped_column(JSON)
    per_km: Mapped[list[Any]] = mapped_column(JSON)
    description: Mapped[str | None] = mapped_column(Text)
    surge: Mapped[bool]

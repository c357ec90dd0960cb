"""Kinds of shared vehicles a request may use, and how a leg on one is described."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from routing.arrays import Float32
from routing.model import Mode, Place, PlanRequest, Rental, RentalStation
from routing.sharing.vehicles import Kind, SharedVehicles, SharingSystem
from routing.sharing.zones import END
from routing.streets.graph import Profile
from routing.streets.snap import SnapTable

FAMILY = {
    "bicycle": "BICYCLE",
    "cargo_bicycle": "BICYCLE",
    "scooter": "SCOOTER",
    "scooter_standing": "SCOOTER",
    "scooter_seated": "SCOOTER",
    "car": "CAR",
    "moped": "MOPED",
}
"""Form factors that compete with each other within one combination of street modes."""


@dataclass(frozen=True)
class Fleet:
    """One kind of vehicle of one system, and how its rider walks and rides."""

    system: SharingSystem
    kind: Kind
    walking: Profile
    riding: Profile

    @property
    def family(self) -> str:
        """Word for its combination of street modes."""
        return f"{Mode.RENTAL}:{FAMILY[self.kind.form_factor]}"

    @property
    def walk_links(self) -> SnapTable:
        """Links of its places to the streets for walking."""
        return self.system.links.table(self.walking)

    @property
    def ride_links(self) -> SnapTable:
        """Links of its places to the streets it rides on."""
        return self.system.links.table(self.riding)

    def may_end(self, lon: float, lat: float) -> bool:
        """Tell whether the operator's zones let a ride end at a point."""
        at = np.array([lon]), np.array([lat])
        return bool(self.system.zones.allowed(END, self.kind.type_ids, *at)[0])

    @property
    def ride_off_s(self) -> Float32:
        """Seconds on foot between each place and the streets ridden on."""
        return self.system.links.off_s(self.riding)

    @property
    def walk_off_s(self) -> Float32:
        """Seconds on foot between each place and the streets walked on."""
        return self.system.links.off_s(self.walking)

    def place(self, row: int) -> Place:
        """Describe a station or a vehicle's spot."""
        system = self.system
        given = system.rows[row]
        station = str(given["station_id"]) if system.is_station(row) else None
        return Place(
            float(system.lon[row]),
            float(system.lat[row]),
            given.get("name"),
            station_id=station,
        )


def fleets(shared: SharedVehicles | None, request: PlanRequest) -> list[Fleet]:
    """List the kinds of vehicles that a request allows and that are anywhere to be had.

    With a wheelchair these are cars, unless form factors are asked for.
    """
    factors = request.form_factors
    if factors is None and request.wheelchair:
        factors = frozenset(["car"])
    found = []
    for system in shared.systems if shared else ():
        if request.systems is not None and system.system_id not in request.systems:
            continue
        found += [
            Fleet(system, kind, request.walking, _riding(kind, request))
            for kind in system.kinds
            if kind.pick_up.any() and (factors is None or kind.form_factor in factors)
        ]
    return found


def _riding(kind: Kind, request: PlanRequest) -> Profile:
    """Return how a kind of vehicle is ridden; the rider's wishes are about bicycles."""
    if kind.form_factor == "cargo_bicycle":
        return Profile.BIKE_CARGO
    return request.cycling if kind.form_factor == "bicycle" else Profile.of(kind.street_mode)


def describe(fleet: Fleet, taken: int | None, left: int | None) -> Rental:
    """Describe the vehicle taken at one place and left at another (``None``: anywhere)."""
    system, kind = fleet.system, fleet.kind
    row: Mapping[str, Any] = system.rows[taken] if taken is not None else {}
    at_station = taken is not None and system.is_station(taken)
    type_id = _type_taken(kind, row, at_station)
    known = system.types.get(type_id or "", {})
    plan_id = row.get("pricing_plan_id") or known.get("pricing_plan_id")
    return Rental(
        system_id=system.system_id,
        form_factor=kind.form_factor,
        system_name=system.name,
        vehicle_type_id=type_id,
        vehicle_id=None if at_station else row.get("vehicle_id"),
        from_station=_station(system, taken),
        to_station=_station(system, left),
        vehicles_available=int(kind.count[taken]) if at_station and taken is not None else None,
        docks_available=system.rows[left].get("docks_available") if left is not None else None,
        return_constraint=kind.return_constraint,
        range_m=row.get("range_m") if not at_station else known.get("max_range_m"),
        pricing_plan_id=plan_id,
        plan=system.plans.get(plan_id or ""),
        propulsion=known.get("propulsion"),
        co2_g_per_km=known.get("co2_g_per_km"),
        as_of=system.as_of,
        stale=system.stale,
        rental_uris=dict(row.get("rental_uris") or {}),
    )


def _type_taken(kind: Kind, row: Mapping[str, Any], at_station: bool) -> str | None:
    """Name the vehicle's type; at a station the one of which most are there."""
    if not at_station:
        type_id = row.get("vehicle_type_id")
        return None if type_id is None else str(type_id)
    counts: Mapping[str, int] = row.get("available") or {}
    there = [key for key in kind.type_ids if counts.get(key, 0) > 0]
    return max(there, key=lambda key: counts[key], default=None)


def _station(system: SharingSystem, place: int | None) -> RentalStation | None:
    if place is None or not system.is_station(place):
        return None
    row = system.rows[place]
    lon, lat = float(system.lon[place]), float(system.lat[place])
    return RentalStation(str(row["station_id"]), row.get("name"), lon, lat)

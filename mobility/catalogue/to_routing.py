"""Hand the stored shared vehicles to the planner, anew only when something changed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from mobility.catalogue.model import Snapshot, is_stale
from mobility.catalogue.store import get_snapshot, list_systems
from mobility.db import Database
from routing.sharing.vehicles import SharedVehicles
from routing.streets.graph import StreetGraph


@dataclass(frozen=True)
class StoredVehicles(SharedVehicles):
    """Shared vehicles that know which stored state they were made from."""

    state: tuple[tuple[str, int, bool], ...] = ()


def shared_vehicles(
    database: Database,
    network: Any,
    before: SharedVehicles | None = None,
    now: datetime | None = None,
) -> SharedVehicles:
    """Return the shared vehicles of a network as the store has them.

    Parameters
    ----------
    database : Database
        The platform's.
    network : Network or StreetGraph
        What to link them to; without streets there is nothing to ride on.
    before : SharedVehicles, optional
        What was returned before for the same network.
    now : datetime, optional
        Aware moment against which age is judged.

    Returns
    -------
    SharedVehicles
        ``before`` itself where nothing changed, staleness included.
    """
    moment = now or datetime.now(UTC)
    streets = network if isinstance(network, StreetGraph) else getattr(network, "streets", None)
    with database.read() as session:
        systems = list_systems(session)
        state = tuple(
            (s.system_id, s.generation, is_stale(s.as_of, s.ttl_s, moment)) for s in systems
        )
        if isinstance(before, StoredVehicles) and before.state == state:
            return before
        if streets is None:
            return StoredVehicles(state=state)
        rows = [system_row(get_snapshot(session, s.system_id), moment) for s in systems]
    made = StoredVehicles.from_rows(streets, rows, before)
    return replace(made, state=state) if isinstance(made, StoredVehicles) else made


def system_row(snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    """Return a system as plain values for ``SharedVehicles.from_rows``.

    Parameters
    ----------
    snapshot : Snapshot
        The last good state.
    now : datetime
        Aware moment against which age is judged.

    Returns
    -------
    dict
        Vehicles that are reserved or disabled are left out; one that stands at a station counts
        there and not again on its own.
    """
    free, docked = [], {station.station_id: Counter[str]() for station in snapshot.stations}
    for vehicle in snapshot.vehicles:
        if vehicle.is_reserved or vehicle.is_disabled:
            continue
        if vehicle.station_id in docked:
            docked[vehicle.station_id][vehicle.vehicle_type_id] += 1
        else:
            free.append(asdict(vehicle))
    stations = [
        {**asdict(s), "available": _available(s.available, docked[s.station_id])}
        for s in snapshot.stations
    ]
    return {
        "system_id": snapshot.system.system_id,
        "name": snapshot.system.name,
        "as_of": snapshot.as_of,
        "stale": snapshot.is_stale(now),
        "vehicle_types": [asdict(t) for t in snapshot.vehicle_types.values()],
        "stations": stations,
        "vehicles": free,
        "zones": [asdict(zone) for zone in snapshot.zones],
        "pricing_plans": [asdict(plan) for plan in snapshot.plans.values()],
    }


def _available(counted: Mapping[str, int], docked: Mapping[str, int]) -> dict[str, int]:
    """Take the station's own count, or the vehicles said to stand there where it has none."""
    return dict(counted) if counted else dict(docked)

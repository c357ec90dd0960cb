"""From a published feed to the stock that trucks can move."""

from dataclasses import dataclass

from fleet.model import Inventory, StationStock
from mobility.catalogue.model import Snapshot, Station

BICYCLE = "bicycle"


@dataclass(frozen=True, slots=True)
class Stock:
    """What stands at the stations of one system, and which stations could not be counted.

    ``left_out`` holds station ids and reason codes: ``no-docks-known`` or ``virtual``.
    """

    inventory: Inventory
    left_out: tuple[tuple[str, str], ...]


def stock_of(snapshot: Snapshot, form_factor: str = BICYCLE) -> Stock:
    """Count the vehicles and docks a truck can work with.

    Parameters
    ----------
    snapshot : Snapshot
        Last good state of one system.
    form_factor : str
        Kind of vehicle the trucks carry, in GBFS words.

    Returns
    -------
    Stock
        A station counts the docks that hold such a vehicle or none, so a broken vehicle or one
        of another kind takes its dock away. A station that neither rents nor takes back is
        closed. A station of other vehicles only is not mentioned at all.
    """
    wanted = {t.vehicle_type_id for t in snapshot.vehicle_types.values()}
    wanted = {t for t in wanted if snapshot.vehicle_types[t].form_factor == form_factor}
    stations, left_out = [], []
    for station in snapshot.stations:
        vehicles = sum(n for t, n in station.available.items() if t in wanted)
        if vehicles == 0 and station.available and not wanted & station.available.keys():
            continue
        docks = _docks(station, vehicles)
        if docks is None:
            reason = "virtual" if station.is_virtual else "no-docks-known"
            left_out.append((station.station_id, reason))
            continue
        stations.append(
            StationStock(
                station.station_id,
                station.name,
                station.lon,
                station.lat,
                docks,
                vehicles,
                station.is_renting or station.is_returning,
            )
        )
    return Stock(Inventory(tuple(stations)), tuple(left_out))


def _docks(station: Station, vehicles: int) -> int | None:
    """Return the docks such vehicles can use; None where neither docks nor capacity are known."""
    if station.docks_available is not None:
        return vehicles + station.docks_available
    if station.capacity is None:
        return None
    others = sum(station.available.values()) - vehicles
    return max(station.capacity - others, vehicles)

"""The stock as the platform's store knows it now."""

from sqlalchemy.orm import Session

from mobility.catalogue.model import Snapshot
from mobility.catalogue.store import get_snapshot, list_systems
from mobility.rebalancing.stock import stock_of


def bike_systems(session: Session) -> dict[str, Snapshot]:
    """Return the last good state of every system with bike stations, most stations first."""
    found = {}
    for row in list_systems(session):
        snapshot = get_snapshot(session, row.system_id)
        count = len(stock_of(snapshot).inventory.stations)
        if count:
            found[row.system_id] = (count, snapshot)
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return {system_id: snapshot for system_id, (_, snapshot) in ranked}

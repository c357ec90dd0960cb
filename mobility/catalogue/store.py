"""Save what was polled and find it again; only what changed is written."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from mobility.catalogue.model import (
    PriceStep,
    PricingPlan,
    Snapshot,
    Station,
    System,
    Vehicle,
    VehicleType,
    Zone,
)
from mobility.catalogue.poller import FeedState
from mobility.catalogue.tables import (
    PricingPlanRow,
    StationRow,
    SystemRow,
    VehicleRow,
    VehicleTypeRow,
)
from mobility.db import Base
from mobility.errors import MobilityError


class SystemTakenError(MobilityError, ValueError):
    """Two feeds claim to be the same system."""


class UnknownSystemError(MobilityError, LookupError):
    """No system of that id is known."""


def save_state(session: Session, state: FeedState) -> None:
    """Store the outcome of one poll; a failed one only marks the last good state.

    Parameters
    ----------
    session : Session
        Inside a transaction of the caller.

    Raises
    ------
    SystemTakenError
        Another feed already holds this system id.
    """
    if state.snapshot is None:
        return
    system_id = state.snapshot.system.system_id
    row = session.get(SystemRow, system_id)
    if row is not None and row.source != state.source:
        raise SystemTakenError(
            f"feed '{state.source}' and feed '{row.source}' both publish system '{system_id}': "
            "remove one of them from the network"
        )
    if row is None:
        row = SystemRow(system_id=system_id, source=state.source, generation=0, zones=[])
        session.add(row)
        known = False
    else:
        known = True
    row.checked_at, row.failures, row.error = state.checked_at, state.failures, state.error
    if known and not state.changed:
        return
    _describe(row, state.snapshot)
    session.flush()
    _write_snapshot(session, state.snapshot)


def _describe(row: SystemRow, snapshot: Snapshot) -> None:
    for name, value in asdict(snapshot.system).items():
        setattr(row, name, value)
    row.version, row.as_of, row.ttl_s = snapshot.version, snapshot.as_of, snapshot.ttl_s
    row.zones = [asdict(zone) for zone in snapshot.zones]
    row.generation += 1


def _write_snapshot(session: Session, snapshot: Snapshot) -> None:
    system_id = snapshot.system.system_id
    tables: list[tuple[type[Base], Iterable[Any]]] = [
        (VehicleTypeRow, snapshot.vehicle_types.values()),
        (PricingPlanRow, snapshot.plans.values()),
        (StationRow, snapshot.stations),
        (VehicleRow, snapshot.vehicles),
    ]
    for table, things in tables:
        _synchronise(session, table, system_id, [_values(thing) for thing in things])


def _values(thing: Any) -> dict[str, Any]:
    """Return the columns of a model object."""
    values = {field.name: getattr(thing, field.name) for field in fields(thing)}
    for name, value in values.items():
        if isinstance(value, Mapping):
            values[name] = dict(value)
        elif isinstance(value, tuple):
            values[name] = [[s.start, s.rate_cents, s.interval, s.end] for s in value]
    return values


def _synchronise(
    session: Session, table: type[Base], system_id: str, rows: list[dict[str, Any]]
) -> None:
    """Make the rows of one system equal to ``rows``, writing the differences only."""
    columns = [c for c in table.__table__.columns if c.name not in {"geom", "system_id"}]
    key = next(c for c in columns if c.primary_key)
    query = select(*columns).where(table.__table__.c.system_id == system_id)
    old = {row[key.name]: dict(row) for row in session.execute(query).mappings()}
    new = {row[key.name]: row for row in rows}
    for gone in old.keys() - new.keys():
        session.execute(
            delete(table.__table__).where(table.__table__.c.system_id == system_id, key == gone)  # type: ignore[arg-type]
        )
    added = [_bound(row, system_id) for value, row in new.items() if value not in old]
    if added:
        session.execute(insert(table), added)
    changed = [_bound(row, system_id) for value, row in new.items() if row != old.get(value, row)]
    if changed:
        session.execute(update(table), changed)


def _bound(row: dict[str, Any], system_id: str) -> dict[str, Any]:
    values = row | {"system_id": system_id}
    if "lon" in row:
        values["geom"] = f"SRID=4326;POINT({row['lon']!r} {row['lat']!r})"
    return values


def list_systems(session: Session) -> list[SystemRow]:
    """Return every system with the health of its feed, ordered by id."""
    return list(session.scalars(select(SystemRow).order_by(SystemRow.system_id)))


def generations(session: Session) -> dict[str, int]:
    """Return the number of the stored state by system id: what changed has a larger one."""
    return {
        row.system_id: row.generation
        for row in session.execute(select(SystemRow.system_id, SystemRow.generation))
    }


def get_snapshot(session: Session, system_id: str) -> Snapshot:
    """Return the last good state of a system.

    Raises
    ------
    UnknownSystemError
        Nothing was ever stored under this id.
    """
    row = session.get(SystemRow, system_id)
    if row is None:
        raise UnknownSystemError(f"no sharing system '{system_id}': see the list of systems")
    types = _load(session, VehicleTypeRow, VehicleType, system_id)
    plans = [
        replace(plan, per_min=_steps(plan.per_min), per_km=_steps(plan.per_km))
        for plan in _load(session, PricingPlanRow, PricingPlan, system_id)
    ]
    return Snapshot(
        system=System(**{f.name: getattr(row, f.name) for f in fields(System)}),
        vehicle_types={t.vehicle_type_id: t for t in types},
        stations=tuple(_load(session, StationRow, Station, system_id)),
        vehicles=tuple(_load(session, VehicleRow, Vehicle, system_id)),
        plans={plan.plan_id: plan for plan in plans},
        zones=tuple(Zone(z["name"], z["geometry"], tuple(z["rules"])) for z in row.zones),
        as_of=row.as_of,
        ttl_s=row.ttl_s,
        version=row.version,
    )


_Model = TypeVar("_Model")


def _load(session: Session, table: type[Base], model: type[_Model], system_id: str) -> list[_Model]:
    names = [field.name for field in fields(model)]  # type: ignore[arg-type]
    columns = [table.__table__.c[name] for name in names]
    where = table.__table__.c.system_id == system_id
    key = next(c for c in columns if c.primary_key)
    return [model(*row) for row in session.execute(select(*columns).where(where).order_by(key))]


def _steps(rows: Iterable[Any]) -> tuple[PriceStep, ...]:
    return tuple(PriceStep(*row) for row in rows)


def forget_missing(session: Session, sources: Iterable[str]) -> int:
    """Remove systems whose feed is no longer one of ``sources``; return how many."""
    gone = select(SystemRow.system_id).where(SystemRow.source.not_in(list(sources)))
    system_ids = list(session.scalars(gone))
    for table in (VehicleRow, StationRow, PricingPlanRow, VehicleTypeRow, SystemRow):
        session.execute(delete(table).where(table.system_id.in_(system_ids)))
    return len(system_ids)

"""Save what was polled and find it again; only what changed is written."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from mobility.catalogue.documents import STATUS_FILES
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

    Where a file of the feed could not be read at all, what was stored of it before stays.

    Parameters
    ----------
    session : Session
        Inside a transaction of the caller.

    Raises
    ------
    SystemTakenError
        Another feed already holds this system id.
    """
    row = session.scalar(select(SystemRow).where(SystemRow.source == state.source))
    snapshot = state.snapshot
    if snapshot is not None:
        if row is not None and row.system_id != snapshot.system.system_id:
            if "system_information" in state.missing:
                snapshot = replace(snapshot, system=_system_of(row))
            else:  # the feed has a new id
                _forget(session, [row.system_id])
                row = None
        if row is None:
            row = _new_row(session, state.source, snapshot.system.system_id)
    if row is None:
        return
    row.checked_at, row.failures, row.error = state.checked_at, state.failures, state.error
    if snapshot is None or (row.generation and not state.changed):
        return
    _describe(row, snapshot, state.missing)
    session.flush()
    _write_snapshot(session, snapshot, state.missing)


def _new_row(session: Session, source: str, system_id: str) -> SystemRow:
    other = session.get(SystemRow, system_id)
    if other is not None:
        raise SystemTakenError(
            f"feed '{source}' and feed '{other.source}' both publish system '{system_id}': "
            "remove one of them from the network"
        )
    row = SystemRow(system_id=system_id, source=source, generation=0, zones=[])
    session.add(row)
    return row


def _describe(row: SystemRow, snapshot: Snapshot, missing: frozenset[str]) -> None:
    for name, value in asdict(snapshot.system).items():
        setattr(row, name, value)
    if not missing & set(STATUS_FILES):
        row.as_of = snapshot.as_of
    if "geofencing_zones" not in missing:
        row.zones = [asdict(zone) for zone in snapshot.zones]
    row.version, row.ttl_s = snapshot.version, snapshot.ttl_s
    row.generation += 1


_STATIONS = {"vehicle_types", "station_information", "station_status"}


def _write_snapshot(session: Session, snapshot: Snapshot, missing: frozenset[str]) -> None:
    """Write each table whose files were all read, or of which nothing is stored yet."""
    system_id = snapshot.system.system_id
    tables: list[tuple[type[Base], Iterable[Any], set[str]]] = [
        (VehicleTypeRow, snapshot.vehicle_types.values(), _STATIONS),
        (PricingPlanRow, snapshot.plans.values(), {"system_pricing_plans"}),
        (StationRow, snapshot.stations, _STATIONS),
        (VehicleRow, snapshot.vehicles, {"vehicle_types", "vehicle_status"}),
    ]
    for table, things, files in tables:
        if not missing & files or not _has_rows(session, table, system_id):
            _synchronise(session, table, system_id, [_values(thing) for thing in things])


def _has_rows(session: Session, table: type[Base], system_id: str) -> bool:
    columns = table.__table__.c
    query = select(columns.system_id).where(columns.system_id == system_id).limit(1)
    return session.scalar(query) is not None


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
        system=_system_of(row),
        vehicle_types={t.vehicle_type_id: t for t in types},
        stations=tuple(_load(session, StationRow, Station, system_id)),
        vehicles=tuple(_load(session, VehicleRow, Vehicle, system_id)),
        plans={plan.plan_id: plan for plan in plans},
        zones=tuple(Zone(z["name"], z["geometry"], tuple(z["rules"])) for z in row.zones),
        as_of=row.as_of,
        ttl_s=row.ttl_s,
        version=row.version,
    )


def _system_of(row: SystemRow) -> System:
    return System(**{field.name: getattr(row, field.name) for field in fields(System)})


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
    _forget(session, system_ids)
    return len(system_ids)


def _forget(session: Session, system_ids: list[str]) -> None:
    for table in (VehicleRow, StationRow, PricingPlanRow, VehicleTypeRow, SystemRow):
        session.execute(delete(table).where(table.system_id.in_(system_ids)))
    session.expire_all()

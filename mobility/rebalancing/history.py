"""Past trips of an operator, read from its own CSV, as expected demand per station and hour."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from fleet.demand import Demand, history_demand
from fleet.model import Inventory
from mobility.errors import MobilityError

HISTORY_FILE = Path("fleet") / "trips.csv"
COLUMNS = ("started_at", "ended_at", "start_station_id", "end_station_id")


class BadHistoryError(MobilityError, ValueError):
    """A file of trips cannot be used; the text names file, row, field and remedy."""


@dataclass(frozen=True, slots=True)
class _Trip:
    started: datetime
    ended: datetime
    start_station: str
    end_station: str


def read_history(
    path: Path, inventory: Inventory, timezone: str, on: date
) -> tuple[Demand, list[str]]:
    """Average past trips over days of the same kind as ``on``: workdays, or weekends.

    Parameters
    ----------
    path : pathlib.Path
        CSV in UTF-8 with ``started_at,ended_at,start_station_id,end_station_id``; times in
        RFC 3339, or local ones without offset; an end that is at no station is blank.
    inventory : Inventory
        Stations asked about.
    timezone : str
        IANA name of the town's zone.
    on : datetime.date
        Day planned for.

    Returns
    -------
    tuple of Demand and list of str
        Rates, and one sentence per row left out (at most 20, then a count).

    Raises
    ------
    BadHistoryError
        The file is missing a column, or has no usable trip of such a day.
    """
    notices: list[str] = []
    row_of = {station.station_id: i for i, station in enumerate(inventory.stations)}
    weekend = on.weekday() >= 5
    zone = ZoneInfo(timezone)
    trips = [trip for trip in _read(path, zone, notices) if _is_weekend(trip.started) == weekend]
    days = {trip.started.date() for trip in trips}
    if not days:
        kind = "weekends" if weekend else "workdays"
        raise BadHistoryError(f"{path.name}: no trips on {kind}; give a longer history")
    capacity = np.array([s.capacity for s in inventory.stations], dtype=np.int64)
    ends = [
        np.array([value(trip) for trip in trips], dtype=np.int64)
        for value in (
            lambda trip: row_of.get(trip.start_station, -1),
            lambda trip: trip.started.hour,
            lambda trip: row_of.get(trip.end_station, -1),
            lambda trip: trip.ended.hour,
        )
    ]
    demand = history_demand(capacity, ends[0], ends[1], ends[2], ends[3], _span(days, weekend))
    if len(notices) > 20:
        notices = [*notices[:20], f"{path.name}: {len(notices) - 20} more rows were left out"]
    return demand, notices


def _read(path: Path, zone: ZoneInfo, notices: list[str]) -> Iterator[_Trip]:
    """Yield the usable rows; note the others."""
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise BadHistoryError(f"{path.name}: cannot be read ({error.strerror})") from error
    with file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or [])]
        if missing:
            raise BadHistoryError(
                f"{path.name}: row 1 lacks the columns {', '.join(missing)}; name them so"
            )
        for number, row in enumerate(rows, start=2):
            try:
                yield _trip(row, zone)
            except ValueError as error:
                notices.append(f"{path.name}: row {number}: {error}; left out")


def _trip(row: Mapping[str, str | None], zone: ZoneInfo) -> _Trip:
    started, ended = (_local(row, name, zone) for name in COLUMNS[:2])
    if ended < started:
        raise ValueError("ended_at lies before started_at")
    return _Trip(started, ended, row["start_station_id"] or "", row["end_station_id"] or "")


def _local(row: Mapping[str, str | None], name: str, zone: ZoneInfo) -> datetime:
    text = (row[name] or "").strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} is no time") from None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _is_weekend(moment: datetime) -> bool:
    return moment.weekday() >= 5


def _span(days: set[date], weekend: bool) -> int:
    """Count days of the kind from the first to the last, so that days without a trip count."""
    first, last = min(days).toordinal(), max(days).toordinal()
    kinds = [date.fromordinal(day).weekday() >= 5 for day in range(first, last + 1)]
    return sum(kind == weekend for kind in kinds)

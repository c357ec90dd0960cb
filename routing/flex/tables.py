"""Columns about rides on demand and their booking, table by table."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import shapely

from routing.arrays import (
    Float32,
    Int32,
    StringTable,
    UInt8,
    UInt16,
    UInt32,
    freeze,
    load_table,
    save_table,
)

AREA, STOPS = 0, 1
"""Kinds of flex places: a polygon one is met anywhere in; stops one is met at."""

NO_RULE = -1
NOT_GIVEN = -1


@dataclass(frozen=True)
class FlexPlaces:
    """Where vehicles on demand pick up and set down.

    Parameters
    ----------
    id, name : StringTable, (n_places,)
        Id of the feed: of a location, of a group of stops or of one stop.
    feed : uint16, (n_places,)
        Feed of the place.
    kind : uint8, (n_places,)
        ``AREA`` or ``STOPS``.
    shape : StringTable, (n_places,)
        Hexadecimal WKB of an area, EPSG:4326; empty for stops.
    stop_first : uint32, (n_places + 1,)
        Stops of place ``p`` are rows ``stop_first[p]:stop_first[p + 1]`` of ``stop``.
    stop : uint32, (n,)
        Rows of ``timetable.stops``.
    """

    id: StringTable
    name: StringTable
    feed: UInt16
    kind: UInt8
    shape: StringTable
    stop_first: UInt32
    stop: UInt32


@dataclass(frozen=True)
class FlexTrips:
    """Trips on demand; ``wheelchair``, ``bikes`` and ``cars`` are flags as in ``Trips``.

    ``call_first`` (uint32, (n_trips + 1,)) gives the rows of each trip in ``FlexCalls``.
    """

    id: StringTable
    headsign: StringTable
    route: UInt32
    service: UInt32
    wheelchair: UInt8
    bikes: UInt8
    cars: UInt8
    call_first: UInt32


@dataclass(frozen=True)
class FlexCalls:
    """Places of a trip on demand in order, and when one may be met there.

    Parameters
    ----------
    place : uint32, (n_calls,)
        Row of ``FlexPlaces``.
    start_s, end_s : int32, (n_calls,)
        Window, seconds since noon less 12 h of the service day.
    pickup, drop_off : uint8, (n_calls,)
        1 none; 2 and 3 on demand.
    pickup_rule, drop_off_rule : int32, (n_calls,)
        Row of ``BookingRules``, ``NO_RULE`` where none is named.
    factor, offset_s : float32, (n_calls,)
        A ride that begins here takes the drive's seconds times the one plus the other.
    """

    place: UInt32
    start_s: Int32
    end_s: Int32
    pickup: UInt8
    drop_off: UInt8
    pickup_rule: Int32
    drop_off_rule: Int32
    factor: Float32
    offset_s: Float32


@dataclass(frozen=True)
class BookingRules:
    """Rows of ``booking_rules.txt``; numbers that are not given are ``NOT_GIVEN``.

    Parameters
    ----------
    kind : uint8, (n_rules,)
        0 real time, 1 on the day, 2 on an earlier day.
    least_min, most_min : int32, (n_rules,)
        Minutes before the ride, for kind 1.
    last_day, last_s, start_day, start_s : int32, (n_rules,)
        Days before the ride and seconds of that day.
    service : int32, (n_rules,)
        Service whose days are counted; ``NOT_GIVEN`` for calendar days.
    """

    id: StringTable
    kind: UInt8
    least_min: Int32
    most_min: Int32
    last_day: Int32
    last_s: Int32
    start_day: Int32
    start_s: Int32
    service: Int32
    message: StringTable
    pickup_message: StringTable
    drop_off_message: StringTable
    phone: StringTable
    info_url: StringTable
    booking_url: StringTable


@dataclass(frozen=True)
class BookedCalls:
    """Calls of ordinary trips with a booking rule, sorted by trip and sequence.

    ``trip`` (uint32) is the row of ``timetable.trips``, ``sequence`` (uint16) as in ``Calls``;
    the rules (int32) are rows of ``BookingRules`` or ``NO_RULE``.
    """

    trip: UInt32
    sequence: UInt16
    pickup_rule: Int32
    drop_off_rule: Int32


@dataclass(frozen=True)
class FlexTables:
    """Everything a timetable knows of rides on demand and of booking."""

    places: FlexPlaces
    trips: FlexTrips
    calls: FlexCalls
    rules: BookingRules
    booked: BookedCalls

    def __post_init__(self) -> None:
        """Make every array read-only, as those opened from files are."""
        for name in _KINDS:
            freeze(getattr(self, name))

    def save(self, folder: Path) -> None:
        """Write one ``.npy`` file per column into a new folder."""
        folder.mkdir()
        for name in _KINDS:
            save_table(getattr(self, name), folder, name)

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north of all areas in degrees, ``None`` if there is none."""
        shapes = shapely.from_wkb([shape for shape in self.places.shape if shape])
        if not len(shapes):
            return None
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        return west, south, east, north

    @classmethod
    def load(cls, folder: Path) -> "FlexTables | None":
        """Open saved tables, memory-mapped; ``None`` where there are none.

        Raises
        ------
        ArrayFileError
            A file is missing or damaged.
        """
        if not folder.is_dir():
            return None
        return cls(**{name: load_table(kind, folder, name) for name, kind in _KINDS.items()})


_KINDS: dict[str, type[Any]] = {
    "places": FlexPlaces,
    "trips": FlexTrips,
    "calls": FlexCalls,
    "rules": BookingRules,
    "booked": BookedCalls,
}
assert set(_KINDS) == {f.name for f in fields(FlexTables)}  # noqa: S101 - a slip while editing

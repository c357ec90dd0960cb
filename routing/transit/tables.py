"""The columns of a timetable, table by table."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from routing.arrays import (
    Float32,
    Float64,
    Int32,
    Int64,
    StringTable,
    UInt8,
    UInt16,
    UInt32,
    group_first,
)

FORBIDDEN_S = 2**28
"""Change time at a stop where the feed forbids changing; beyond any journey."""

BEYOND_SEQUENCE = 2**16 - 1

IN_SEAT, NO_IN_SEAT = 4, 5
"""``transfer_type``: riders may, or may not, stay on board as one trip becomes the other."""

NO_DIRECTION = 255
"""A trip whose direction the feed does not tell."""

UNKNOWN, YES, NO = 0, 1, 2
"""Wheelchair and bicycle flags; unknown is not no."""


@dataclass(frozen=True)
class Agencies:
    """Who runs the vehicles; times of its trips are in ``timezone``."""

    id: StringTable
    name: StringTable
    url: StringTable
    timezone: StringTable
    feed: UInt16


@dataclass(frozen=True)
class Stops:
    """Platforms and stations, in the order of the feeds.

    Parameters
    ----------
    id, name, code, platform, description : StringTable, (n_stops,)
        As in the feed; ``id`` is unique within one feed only.
    lon, lat : float64, (n_stops,)
        EPSG:4326.
    parent : int32, (n_stops,)
        Station the stop belongs to, -1 none.
    location_type : uint8, (n_stops,)
        0 platform, 1 station, 2 entrance, 3 node, 4 boarding area.
    wheelchair : uint8, (n_stops,)
        0 unknown, 1 yes, 2 no; a platform that says nothing takes its station's word.
    feed : uint16, (n_stops,)
        Feed of the stop.
    """

    id: StringTable
    name: StringTable
    code: StringTable
    platform: StringTable
    lon: Float64
    lat: Float64
    parent: Int32
    location_type: UInt8
    wheelchair: UInt8
    feed: UInt16


@dataclass(frozen=True)
class Routes:
    """Lines: names, colours (six hex digits or empty), agency and mode.

    ``type`` (int32) is the feed's number, ``mode`` (uint8) the ``TransitMode`` made of it.
    """

    id: StringTable
    short_name: StringTable
    long_name: StringTable
    color: StringTable
    text_color: StringTable
    type: Int32
    mode: UInt8
    agency: UInt32


@dataclass(frozen=True)
class Trips:
    """Runs of vehicles, sorted by pattern, then by first departure.

    Parameters
    ----------
    id, short_name : StringTable, (n_trips,)
        As in the feed; runs made of ``frequencies.txt`` share their trip's id.
    headsign : uint32, (n_trips,)
        Row of ``timetable.texts``.
    route, service, pattern : uint32, (n_trips,)
        Rows of those tables.
    direction : uint8, (n_trips,)
        0, 1, or ``NO_DIRECTION``.
    wheelchair, bikes : uint8, (n_trips,)
        0 unknown, 1 yes, 2 no.
    block : int32, (n_trips,)
        Trips of one number and day are run by one vehicle; -1 none.
    course : int32, (n_trips,)
        Row of ``timetable.courses`` (where its shape passes its stops), -1 none.
    inexact : uint8, (n_trips,)
        1 for a run of a headway that is kept on average only (``exact_times`` 0).
    """

    id: StringTable
    short_name: StringTable
    headsign: UInt32
    route: UInt32
    service: UInt32
    pattern: UInt32
    direction: UInt8
    wheelchair: UInt8
    bikes: UInt8
    block: Int32
    course: Int32
    inexact: UInt8


@dataclass(frozen=True)
class Carried:
    """Whether trips take cars along, flags as in ``Trips``; empty where no feed says anything.

    Parameters
    ----------
    cars : uint8, (n_trips,)
        0 unknown, 1 yes, 2 no.
    """

    cars: UInt8

    @classmethod
    def of(cls, cars: UInt8 | None = None) -> "Carried":
        """Keep flags that say anything."""
        return cls(np.zeros(0, np.uint8) if cars is None or not cars.any() else cars)

    def cars_on(self, trip: int) -> int:
        """Return the flag of a trip."""
        return int(self.cars[trip]) if len(self.cars) else UNKNOWN


@dataclass(frozen=True)
class CallHeadsigns:
    """What vehicles show at single calls, where that is not what they show for the whole trip.

    Parameters
    ----------
    trip : uint32, (n,)
        Rows of ``Trips``, ascending.
    sequence : uint16, (n,)
        The feed's number of the call, as in ``Calls``.
    text : uint32, (n,)
        Row of ``timetable.texts``.
    """

    trip: UInt32
    sequence: UInt16
    text: UInt32

    @classmethod
    def of(cls, trip: Int64, sequence: Int64, text: Int64, run_trip: Int64) -> "CallHeadsigns":
        """Spread the headsigns of calls of trips over the runs made of them; int64, (n,) each."""
        order = np.lexsort((sequence, trip))
        first = group_first(trip[order], int(run_trip.max(initial=-1)) + 1).astype(np.int64)
        begin, size = first[run_trip], first[run_trip + 1] - first[run_trip]
        run = np.repeat(np.arange(len(run_trip)), size)
        before = np.repeat(np.cumsum(size) - size, size)
        rows = order[np.repeat(begin, size) + np.arange(len(run)) - before]
        return cls(
            run.astype(np.uint32), sequence[rows].astype(np.uint16), text[rows].astype(np.uint32)
        )

    @classmethod
    def none(cls) -> "CallHeadsigns":
        """Return an empty table."""
        return cls(np.zeros(0, np.uint32), np.zeros(0, np.uint16), np.zeros(0, np.uint32))

    def find(self, trip: int, sequence: int) -> int:
        """Return the row of ``timetable.texts`` for a call, -1 where it is the trip's."""
        begin, end = np.searchsorted(self.trip, [trip, trip + 1]).tolist()
        here = np.flatnonzero(self.sequence[begin:end] == sequence)
        return int(self.text[begin + here[0]]) if len(here) else -1


@dataclass(frozen=True)
class Patterns:
    """Stop sequences with their boarding rules; FIFO order is made per day, in the view.

    Parameters
    ----------
    stop_first : uint32, (n_patterns + 1,)
        Positions of pattern ``p`` are rows ``stop_first[p]:stop_first[p + 1]`` of the next three.
    stop : uint32, (n_positions,)
        Stop at each position.
    pickup, drop_off : uint8, (n_positions,)
        0 regular, 1 none, 2 by phone, 3 ask the driver.
    trip_first : uint32, (n_patterns + 1,)
        Trips of pattern ``p``.
    call_first : int64, (n_patterns + 1,)
        First row of ``calls`` of pattern ``p``; its trips follow one another, ``length`` rows each.
    """

    stop_first: UInt32
    stop: UInt32
    pickup: UInt8
    drop_off: UInt8
    trip_first: UInt32
    call_first: Int64


@dataclass(frozen=True)
class Calls:
    """Each trip at each position: seconds since noon minus 12 h of the service day.

    ``sequence`` is the feed's ``stop_sequence``, by which real-time messages name a call;
    ``BEYOND_SEQUENCE`` where that is too large to be kept.
    """

    arrival_s: Int32
    departure_s: Int32
    sequence: UInt16


@dataclass(frozen=True)
class Footpaths:
    """Walks between stops, and the time a change at one stop takes.

    They are not transitively closed: a search takes at most one between two vehicles.

    Parameters
    ----------
    first : uint32, (n_stops + 1,)
        Footpaths leaving stop ``p`` are rows ``first[p]:first[p + 1]``, shortest first.
    target : uint32, (n_footpaths,)
        Stop led to, never the stop itself.
    duration_s : int32, (n_footpaths,)
        Seconds, at least 0.
    stated : uint8, (n_footpaths,)
        1 where the feed's ``transfers.txt`` gives it, 0 for a walk along streets.
    change_s : int32, (n_stops,)
        Seconds between two vehicles at the same stop, 0 if nothing is said, ``FORBIDDEN_S``.
    forbidden_from, forbidden_to : uint32, (n_forbidden,)
        Pairs between which the feed allows no change (``transfer_type`` 3).
    """

    first: UInt32
    target: UInt32
    duration_s: Int32
    stated: UInt8
    change_s: Int32
    forbidden_from: UInt32
    forbidden_to: UInt32


@dataclass(frozen=True)
class NarrowRules:
    """Rows of ``transfers.txt`` that name routes or trips.

    Parameters
    ----------
    kind : uint8, (n_rules,)
        ``transfer_type``, 0 to 5.
    from_stop, to_stop, from_route, to_route, from_trip, to_trip : int32, (n_rules,)
        Rows of those tables, -1 where none is named; stops are platforms.
    exact : uint8, (n_rules,)
        1 where the stops are named themselves, 0 where their station is.
    seconds : int32, (n_rules,)
        From vehicle to vehicle, ``FORBIDDEN_S``; 0 for kinds 4 and 5.
    """

    kind: UInt8
    from_stop: Int32
    to_stop: Int32
    from_route: Int32
    to_route: Int32
    from_trip: Int32
    to_trip: Int32
    exact: UInt8
    seconds: Int32

    @classmethod
    def of(cls, rows: Iterable[tuple[int, ...]] = ()) -> "NarrowRules":
        """Make a table of rows of nine numbers, in the order of the columns."""
        table = np.array(sorted(set(rows)), np.int64).reshape(-1, 9)
        kinds = (np.uint8, *(np.int32,) * 6, np.uint8, np.int32)
        return cls(
            *(
                np.ascontiguousarray(column.astype(kind))
                for column, kind in zip(table.T, kinds, strict=True)
            )
        )


@dataclass(frozen=True)
class Shapes:
    """Courses of vehicles on the ground; shape ``s`` has points ``first[s]:first[s + 1]``."""

    first: UInt32
    lon: Float32
    lat: Float32


@dataclass(frozen=True)
class Courses:
    """Where a shape passes the stops of a pattern.

    ``at[first[c] + pos]`` is the point of shape ``shape[c]`` at position ``pos``: the whole part
    counts points from the shape's first, the rest is the fraction of the way to the next.
    """

    shape: UInt32
    first: UInt32
    at: Float32

"""GTFS zip files → Timetable and notices."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np

from routing.arrays import Bool, Float64, Int64, StringTable, UInt32
from routing.flex.reader import FlexReader
from routing.gtfs.files import UNUSABLE, FeedFiles, GtfsError
from routing.gtfs.pathways import PathwayRows, read_pathways
from routing.gtfs.runs import Headway, RawCalls, Runs, order_runs, read_headways
from routing.gtfs.shapes import ShapeReader, make_courses
from routing.gtfs.tables import FeedTables
from routing.gtfs.transfers import TransferRules, read_transfers
from routing.gtfs.translations import TranslationReader
from routing.gtfs.trips import FeedCalls, FeedTrips, read_calls, read_trips
from routing.notices import Notice, NoticeList
from routing.transit.footpaths import with_station_ways
from routing.transit.pathways import BOARDING_AREA, ENTRANCE, NODE
from routing.transit.tables import BEYOND_SEQUENCE, CallHeadsigns, Carried, Stops, Trips
from routing.transit.timetable import Timetable

__all__ = ["Area", "GtfsError", "read_gtfs", "read_usable"]

Area = tuple[float, float, float, float] | Callable[[Float64, Float64], Bool]
"""West, south, east, north; or which of some (lon, lat) lie inside."""

_CALL_COLUMNS = ("stop", "arrival_s", "departure_s", "pickup", "drop_off", "sequence")
_NEEDED = ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt")


class _Reading:
    """What has been read of the feeds so far."""

    def __init__(self, timezone: str | None) -> None:
        self.notices = NoticeList()
        self.tables = FeedTables(self.notices, timezone)
        self.shapes = ShapeReader(self.notices)
        self.flex = FlexReader(self.notices)
        self.translations = TranslationReader(self.notices)
        self.rules = TransferRules()
        self.pathways = PathwayRows()
        self.names: list[str] = []
        self.trips: list[FeedTrips] = []
        self.calls: list[FeedCalls] = []
        self.headways: list[Headway] = []
        self.shape: list[np.ndarray] = []


def read_gtfs(
    paths: Sequence[Path], area: Area | None = None, today: date | None = None
) -> tuple[Timetable, list[Notice]]:
    """Read feeds into one timetable, as :func:`read_usable` does.

    Raises
    ------
    GtfsError
        No feed is given, or none of them can be used.
    """
    if not paths:
        raise GtfsError("no feed", "is given; name at least one GTFS zip file")
    timetable, _, notices = read_usable(paths, area, today)
    if timetable is None:
        raise GtfsError("no feed", f"can be used: {'; '.join(n.message for n in notices)}")
    return timetable, notices


def read_usable(
    paths: Sequence[Path],
    area: Area | None = None,
    today: date | None = None,
    timezone: str | None = None,
) -> tuple[Timetable | None, list[Path], list[Notice]]:
    """Read those of some feeds that can be used into one timetable.

    Parameters
    ----------
    paths : sequence of Path
        Zip files or folders. Ids may clash: each feed keeps its own.
    area : tuple of float or callable, optional
        Keep trips that call inside, whole; and the stops they serve.
    today : date, optional
        With it, a feed whose service has ended is told.
    timezone : str, optional
        IANA name, of feeds that name none; else that of the city nearest to their stops.

    Returns
    -------
    Timetable or None
        Without the walks between stops that streets allow; see ``with_footpaths``. ``None`` where
        no feed can be used.
    list of Path
        The feeds in it.
    list of Notice
        Every fault met; none stops the reading. A feed that is no zip file, is damaged, or lacks
        stops, routes, trips, times or calendars is left out with an ``unusable_feed``.
    """
    used, refused = list(paths), NoticeList()
    while used:
        reading = _Reading(timezone)
        for path in used:
            try:
                with closing(FeedFiles(path, reading.notices)) as files:
                    _check_files(files)
                    _read_feed(reading, files, today)
            except GtfsError as error:
                message = f"{error}; the feed is left out"
                refused.add(UNUSABLE, "error", error.file, message=message)
                break
        else:
            timetable = with_station_ways(_assemble(reading, area))
            return timetable, used, refused.finish() + reading.notices.finish()
        used.remove(path)  # and begin anew: it has left rows behind
    return None, [], refused.finish()


def _check_files(files: FeedFiles) -> None:
    on_demand = files.has("locations.geojson")  # whose places need no stops
    missing = [
        name
        for name in _NEEDED
        if not files.header(name) and not (on_demand and name == "stops.txt")
    ]
    if missing:
        words = f"has no {', '.join(missing)}, or nothing in it; it is no GTFS feed"
        raise GtfsError(files.path.name, f"{words}: ask whoever publishes it")
    if not (files.header("calendar.txt") or files.header("calendar_dates.txt")):
        words = "has neither calendar.txt nor calendar_dates.txt; nothing would run"
        raise GtfsError(files.path.name, f"{words}: ask whoever publishes it")


def _read_feed(reading: _Reading, files: FeedFiles, today: date | None) -> None:
    tables, notices = reading.tables, reading.notices
    reading.names.append(files.name)
    tables.read(files)
    trips = read_trips(files, tables, notices)
    reading.flex.begin(files, tables, trips)
    calls = read_calls(files, tables, trips, notices, reading.flex)
    before = sum(len(part.rows) for part in reading.trips)
    for row in read_headways(files, trips, notices):
        shifted = Headway(before + row.trip, row.start_s, row.end_s, row.every_s, row.inexact)
        reading.headways.append(shifted)
    reading.shape.append(reading.shapes.read(files, trips.shape))
    numbered = {key: before + row for key, row in trips.rows.items()}
    read_transfers(files, tables, numbered, reading.rules, notices)
    read_pathways(files, tables, reading.pathways, notices)
    reading.translations.read(files, tables, trips)
    reading.trips.append(trips)
    reading.calls.append(calls)
    _check_calendar(reading, files, trips, today)


def _check_calendar(
    reading: _Reading, files: FeedFiles, trips: FeedTrips, today: date | None
) -> None:
    days = reading.tables.make_services().days_of(np.unique(trips.service).astype(np.uint32))
    label = files.label("calendar.txt")
    if days is None:
        message = "no trip runs on any day"
        reading.notices.add("empty_calendar", "warning", label, message=message)
    elif today is not None and days[1] < today:
        message = f"the last service day was {days[1].isoformat()}"
        reading.notices.add("expired_feed", "warning", label, message=message)


def _assemble(reading: _Reading, area: Area | None) -> Timetable:
    calls = _join_calls(reading.calls)
    keep = np.concatenate([part.whole for part in reading.calls])
    stops, rules = reading.tables.make_stops(), reading.rules
    moved: Int64 | None = None
    if area is not None:
        on_demand = reading.flex.stops()
        on_demand = on_demand[_inside(stops, area)[on_demand]]
        keep &= _calls_inside(calls, stops, area)
        stops, moved = _served_stops(stops, calls, keep, on_demand)
        calls = RawCalls(
            calls.first,
            moved[calls.stop].astype(np.uint32),
            calls.arrival_s,
            calls.departure_s,
            calls.pickup,
            calls.drop_off,
            calls.sequence,
        )
        rules = rules.among(moved)
    reading.calls.clear()
    runs, patterns, times = order_runs(calls, keep, reading.headways)
    del calls
    by_headway = np.isin(runs.trip, np.array([row.trip for row in reading.headways], np.int64))
    shapes = reading.shapes.make_shapes()
    shape = np.concatenate(reading.shape)[runs.trip]
    courses, course = make_courses(shapes, stops, patterns, runs.pattern, shape)
    texts, headsign, called = _headsigns(reading.trips)
    return Timetable(
        feeds=StringTable.of(reading.names),
        texts=texts,
        agencies=reading.tables.make_agencies(),
        stops=stops,
        routes=reading.tables.make_routes(),
        services=reading.tables.make_services(),
        trips=_make_trips(reading.trips, runs, headsign, course, by_headway),
        patterns=patterns,
        calls=times,
        footpaths=rules.make_footpaths(len(stops.lon)),
        shapes=shapes,
        courses=courses,
        flex=reading.flex.make(runs.trip, moved),
        translations=reading.translations.make(),
        rules=rules.make_narrow(runs.trip, by_headway),
        pathways=reading.pathways.make(moved),
        carried=Carried.of(np.concatenate([part.cars for part in reading.trips])[runs.trip]),
        headsigns=CallHeadsigns.of(*called, runs.trip),
    )


def _join_calls(parts: list[FeedCalls]) -> RawCalls:
    first, start = [np.zeros(1, np.int64)], 0
    for part in parts:
        first.append(part.first[1:] + start)
        start += int(part.first[-1])
    return RawCalls(
        np.concatenate(first),
        *(
            getattr(parts[0], name)
            if len(parts) == 1
            else np.concatenate([getattr(part, name) for part in parts])
            for name in _CALL_COLUMNS
        ),
    )


def _calls_inside(calls: RawCalls, stops: Stops, area: Area) -> Bool:
    """Tell which trips call at a stop inside the area."""
    count = np.concatenate([[0], np.cumsum(_inside(stops, area)[calls.stop])])
    return np.asarray(count[calls.first[1:]] > count[calls.first[:-1]])


def _inside(stops: Stops, area: Area) -> Bool:
    if callable(area):
        return area(stops.lon, stops.lat)
    west, south, east, north = area
    inside = (stops.lon >= west) & (stops.lon <= east)
    return np.asarray(inside & (stops.lat >= south) & (stops.lat <= north))


def _served_stops(
    stops: Stops, calls: RawCalls, keep: Bool, on_demand: Int64
) -> tuple[Stops, Int64]:
    """Keep the stops of kept trips, those on demand, and their stations.

    Returns them and where each stop went.
    """
    used = np.zeros(len(stops.lon), np.bool_)
    used[calls.stop[np.repeat(keep, np.diff(calls.first))]] = True
    used[on_demand] = True
    for _ in range(3):  # boarding area, platform, station
        used[stops.parent[used & (stops.parent >= 0)]] = True
    for kinds in ((ENTRANCE, NODE), (BOARDING_AREA,)):  # of what is kept
        used |= np.isin(stops.location_type, kinds) & (stops.parent >= 0) & used[stops.parent]
    rows = np.flatnonzero(used)
    moved = np.full(len(used), -1, np.int64)
    moved[rows] = np.arange(len(rows))
    parent = stops.parent[rows]
    kept = {
        "parent": np.where(parent >= 0, moved[parent], -1).astype(np.int32),
        **{
            name: StringTable.of(getattr(stops, name)[int(row)] for row in rows)
            for name in ("id", "name", "code", "platform")
        },
        **{
            name: getattr(stops, name)[rows]
            for name in ("lon", "lat", "location_type", "wheelchair", "feed")
        },
    }
    return Stops(**kept), moved


def _headsigns(
    parts: list[FeedTrips],
) -> tuple[StringTable, UInt32, tuple[Int64, Int64, Int64]]:
    """Return all headsigns, that of each trip, and trip, number and headsign of single calls."""
    index: dict[str, int] = {}
    rows = [index.setdefault(text, len(index)) for part in parts for text in part.headsign]
    before = np.cumsum([0, *(len(part.headsign) for part in parts)])
    called = [
        (trip + start, order, [index.setdefault(text, len(index)) for text in texts])
        for part, start in zip(parts, before.tolist(), strict=False)
        for trip, order, texts in part.call_headsigns
    ]
    nothing = np.zeros(0, np.int64)
    trip, order, text = (
        np.concatenate([nothing, *(part[column] for part in called)]).astype(np.int64)
        for column in range(3)
    )
    order = np.minimum(order, BEYOND_SEQUENCE)
    return StringTable.of(index), np.array(rows, np.uint32), (trip, order, text)


def _make_trips(
    parts: list[FeedTrips],
    runs: Runs,
    headsign: UInt32,
    course: "np.ndarray",
    by_headway: Bool,
) -> Trips:
    ids = [key for part in parts for key in part.rows]
    names = [name for part in parts for name in part.short_name]
    blocks: dict[tuple[int, str], int] = {}
    block = [
        blocks.setdefault((feed, text), len(blocks)) if text else -1
        for feed, part in enumerate(parts)
        for text in part.block
    ]
    rows = runs.trip

    def column(name: str, dtype: type) -> "np.ndarray":
        return np.concatenate([getattr(part, name) for part in parts]).astype(dtype)[rows]

    return Trips(
        id=StringTable.of(ids[row] for row in rows.tolist()),
        short_name=StringTable.of(names[row] for row in rows.tolist()),
        headsign=headsign[rows],
        route=column("route", np.uint32),
        service=column("service", np.uint32),
        pattern=runs.pattern,
        direction=column("direction", np.uint8),
        wheelchair=column("wheelchair", np.uint8),
        bikes=column("bikes", np.uint8),
        block=np.where(by_headway, -1, np.array(block, np.int32)[rows]).astype(np.int32),
        course=course,
        inexact=runs.inexact,
    )

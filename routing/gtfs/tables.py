"""Agencies, stops, routes and services of a feed, as rows that still grow."""

import math
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from routing.arrays import StringTable
from routing.gtfs.files import WEEKDAYS, FeedFiles, Rows
from routing.gtfs.values import BAD, parse_color, parse_count, parse_date, parse_number
from routing.notices import NoticeList
from routing.transit.calendar import Services
from routing.transit.modes import TransitMode, mode_of
from routing.transit.pathways import BOARDING_AREA
from routing.transit.tables import Agencies, Routes, Stops
from routing.zone import nearest_zone

_UNNAMED_COLUMNS = {"id": "", "name": "Unknown", "url": ""}


@dataclass
class _Growing:
    """Columns of a table as lists, over all feeds; ``rows`` finds this feed's ids."""

    columns: dict[str, list[Any]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    size: int = 0

    def add(self, key: str, **values: object) -> None:
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)
        self.rows[key] = self.size
        self.size += 1

    def text(self, name: str) -> StringTable:
        return StringTable.of(str(value) for value in self.columns.get(name, []))

    def array(self, name: str, dtype: Any) -> NDArray[Any]:
        return np.array(self.columns.get(name, []), dtype)


class FeedTables:
    """Reads the small files of one feed after the other.

    Parameters
    ----------
    notices : NoticeList
        Where faults are told.
    timezone : str, optional
        Of feeds that name none; else that of the city nearest to their stops.
    """

    def __init__(self, notices: NoticeList, timezone: str | None = None) -> None:
        self._notices = notices
        self._timezone = timezone
        self.agencies, self.stops, self.routes = _Growing(), _Growing(), _Growing()
        self.services = _Growing()
        self._exceptions: dict[tuple[int, int], int] = {}
        self.feed = -1

    def read(self, files: FeedFiles) -> None:
        """Read ``agency``, ``stops``, ``routes``, ``calendar`` and ``calendar_dates``."""
        self.feed += 1
        for table in (self.agencies, self.stops, self.routes, self.services):
            table.rows = {}
        self._read_stops(files)
        self._read_agencies(files)
        self._read_routes(files)
        self._read_calendar(files)
        self._read_exceptions(files)

    def _taken(self, table: _Growing, rows: Rows, row: int, key: str, name: str) -> bool:
        """Tell whether an id is blank or was there before; both are told."""
        if key and key not in table.rows:
            return False
        code, what = ("repeated_id", f"'{key}' again") if key else ("missing_id", "blank")
        self._notices.add(code, "error", rows.file, row, name, f"{what}; row left out")
        return True

    def _read_agencies(self, files: FeedFiles) -> None:
        names = ("agency_id", "agency_name", "agency_url", "agency_timezone")
        rows = files.rows("agency.txt", names)
        columns = [rows[name].strings() for name in names]
        for number, key, name, url, zone in zip(rows.number, *columns, strict=True):
            if key in self.agencies.rows:
                self._taken(self.agencies, rows, int(number), key, "agency_id")
                continue
            self.agencies.add(
                key,
                id=key,
                name=name,
                url=url,
                timezone=self._zone(zone, rows.file, int(number)),
                feed=self.feed,
            )
        if not self.agencies.rows:
            zone = self._usual_zone()
            message = f"no agency; times are taken as {zone}"
            self._notices.add("no_agency", "warning", files.label("agency.txt"), message=message)
            self.agencies.add("", feed=self.feed, timezone=zone, **_UNNAMED_COLUMNS)

    def _zone(self, name: str, file: str, row: int) -> str:
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            first = next(iter(self.agencies.rows.values()), None)
            zone = (
                self._usual_zone()
                if first is None
                else str(self.agencies.columns["timezone"][first])
            )
            message = f"'{name}' is no time zone; taken as {zone}"
            self._notices.add("unknown_timezone", "warning", file, row, "agency_timezone", message)
            return zone

    def _usual_zone(self) -> str:
        """Return the time zone of a feed that names none."""
        stops = self.stops.columns
        places = [(stops["lon"][row], stops["lat"][row]) for row in self.stops.rows.values()]
        lon, lat = np.median(places, axis=0) if places else (0.0, 0.0)
        return self._timezone or nearest_zone(lon, lat)

    def _read_stops(self, files: FeedFiles) -> None:
        names = (
            "stop_id",
            "stop_name",
            "stop_code",
            "platform_code",
            "stop_lon",
            "stop_lat",
            "parent_station",
            "location_type",
            "wheelchair_boarding",
        )
        rows = files.rows("stops.txt", names)
        columns = [rows[name].strings() for name in names]
        parents: list[tuple[int, int, str]] = []
        for number, key, name, code, platform, x, y, parent, kind, chair in zip(
            rows.number, *columns, strict=True
        ):
            if self._taken(self.stops, rows, int(number), key, "stop_id"):
                continue
            lon, lat = parse_number(x), parse_number(y)
            if not (abs(lon) <= 180 and abs(lat) <= 90) or (lon == 0 and lat == 0):
                lon = lat = math.nan
            if parent:
                parents.append((self.stops.size, int(number), parent))
            self.stops.add(
                key,
                id=key,
                name=name,
                code=code,
                platform=platform,
                lon=lon,
                lat=lat,
                parent=-1,
                location_type=_one_of(kind, 4),
                wheelchair=_one_of(chair, 2),
                feed=self.feed,
                number=int(number),
            )
        self._link_parents(parents, rows.file)
        self._drop_unplaced(rows.file)

    def _link_parents(self, parents: list[tuple[int, int, str]], file: str) -> None:
        stops = self.stops.columns
        kinds = stops.get("location_type", [])
        # boarding areas last: their platforms take from the station first
        for stop, number, key in sorted(parents, key=lambda row: kinds[row[0]] == BOARDING_AREA):
            parent = self.stops.rows.get(key)
            if parent is None or parent == stop:
                message = f"no station '{key}'; the stop stands alone"
                self._notices.add(
                    "unknown_parent", "warning", file, number, "parent_station", message
                )
                continue
            stops["parent"][stop] = parent
            if stops["wheelchair"][stop] == 0:
                stops["wheelchair"][stop] = stops["wheelchair"][parent]
            if math.isnan(stops["lon"][stop]):
                stops["lon"][stop], stops["lat"][stop] = stops["lon"][parent], stops["lat"][parent]

    def _drop_unplaced(self, file: str) -> None:
        """Forget the ids of stops without a usable place, so that nothing calls there."""
        stops = self.stops.columns
        for key, row in list(self.stops.rows.items()):
            if math.isnan(stops["lon"][row]):
                del self.stops.rows[key]
                if stops["location_type"][row] > 2:
                    continue  # nodes and boarding areas need none
                number = stops["number"][row]
                message = f"stop '{key}' has no usable coordinates; left out"
                self._notices.add("no_coordinates", "error", file, number, "stop_lat", message)

    def _read_routes(self, files: FeedFiles) -> None:
        names = (
            "route_id",
            "agency_id",
            "route_short_name",
            "route_long_name",
            "route_color",
            "route_text_color",
            "route_type",
        )
        rows = files.rows("routes.txt", names)
        columns = [rows[name].strings() for name in names]
        first_agency = next(iter(self.agencies.rows.values()))
        for number, key, agency, short, long, color, text_color, kind in zip(
            rows.number, *columns, strict=True
        ):
            if self._taken(self.routes, rows, int(number), key, "route_id"):
                continue
            row = self.agencies.rows.get(agency)
            if row is None:
                row = first_agency
                if agency or len(self.agencies.rows) > 1:
                    message = f"no agency '{agency}'; taken as the feed's first"
                    self._notices.add(
                        "unknown_agency", "warning", rows.file, int(number), "agency_id", message
                    )
            route_type = parse_count(kind)
            mode = mode_of(route_type)
            if mode is None:
                message = f"'{kind}' is no route type; shown as public transport"
                self._notices.add(
                    "unknown_route_type", "warning", rows.file, int(number), "route_type", message
                )
            self.routes.add(
                key,
                id=key,
                short_name=short,
                long_name=long,
                color=parse_color(color),
                text_color=parse_color(text_color),
                type=route_type,
                mode=TransitMode.TRANSIT if mode is None else mode,
                agency=row,
            )

    def _read_calendar(self, files: FeedFiles) -> None:
        names = ("service_id", "start_date", "end_date", *WEEKDAYS)
        rows = files.rows("calendar.txt", names)
        columns = [rows[name].strings() for name in names]
        for number, key, start, end, *days in zip(rows.number, *columns, strict=True):
            if self._taken(self.services, rows, int(number), key, "service_id"):
                continue
            first, last = parse_date(start), parse_date(end)
            if first < 0 or last < 0 or last < first:
                message = f"'{start}' to '{end}' is no period; the week is not used"
                self._notices.add(
                    "bad_period", "warning", rows.file, int(number), "start_date", message
                )
                first, last = 0, -1
            bits = sum(1 << i for i, day in enumerate(days) if day == "1")
            self.services.add(key, weekdays=bits, start=first, end=last)

    def _read_exceptions(self, files: FeedFiles) -> None:
        names = ("service_id", "date", "exception_type")
        rows = files.rows("calendar_dates.txt", names)
        columns = [rows[name].strings() for name in names]
        for number, key, text, kind in zip(rows.number, *columns, strict=True):
            day = parse_date(text)
            if not key or day < 0 or kind not in ("1", "2"):
                message = f"'{key}', '{text}', '{kind}' is no exception; row left out"
                self._notices.add("bad_exception", "error", rows.file, int(number), "date", message)
                continue
            if key not in self.services.rows:
                self.services.add(key, weekdays=0, start=0, end=-1)
            self._exceptions[day, self.services.rows[key]] = int(kind == "1")

    def make_agencies(self) -> Agencies:
        """Return the agencies of all feeds."""
        t = self.agencies
        return Agencies(
            t.text("id"),
            t.text("name"),
            t.text("url"),
            t.text("timezone"),
            t.array("feed", np.uint16),
        )

    def make_stops(self) -> Stops:
        """Return the stops of all feeds."""
        t = self.stops
        return Stops(
            t.text("id"),
            t.text("name"),
            t.text("code"),
            t.text("platform"),
            t.array("lon", np.float64),
            t.array("lat", np.float64),
            t.array("parent", np.int32),
            t.array("location_type", np.uint8),
            t.array("wheelchair", np.uint8),
            t.array("feed", np.uint16),
        )

    def make_routes(self) -> Routes:
        """Return the routes of all feeds."""
        t = self.routes
        return Routes(
            t.text("id"),
            t.text("short_name"),
            t.text("long_name"),
            t.text("color"),
            t.text("text_color"),
            t.array("type", np.int32),
            t.array("mode", np.uint8),
            t.array("agency", np.uint32),
        )

    def make_services(self) -> Services:
        """Return the services of all feeds."""
        t = self.services
        found = sorted(self._exceptions.items())
        return Services(
            t.array("weekdays", np.uint8),
            t.array("start", np.int32),
            t.array("end", np.int32),
            np.array([day for (day, _), _ in found], np.int32),
            np.array([service for (_, service), _ in found], np.uint32),
            np.array([added for _, added in found], np.uint8),
        )


def _one_of(text: str, highest: int) -> int:
    value = parse_count(text)
    return value if BAD < value <= highest and value > 0 else 0

"""Writes the timetable as a GTFS zip."""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from mobility.demo import gtfs_extras
from mobility.demo.lines import Line, Station
from mobility.demo.names import Names
from mobility.demo.plane import FloatArray, to_lonlat
from mobility.demo.timetable import SERVICES, Run, clock, exceptions, runs, validity

ROUTE_TYPES: Final = {"tram": 0, "rail": 2, "bus": 3}
STAMP: Final = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same town
Table = tuple[list[str], list[list[object]]]


def write_gtfs(
    path: Path,
    names: Names,
    stations: list[Station],
    lines: list[Line],
    today: dt.date,
    flex_area: FloatArray,
) -> dict[str, int]:
    """Write the feed.

    Parameters
    ----------
    path : Path
        The zip, replaced.
    names : Names
        The town's name.
    stations, lines : list
        As drawn by `lines.LinePlanner`.
    today : datetime.date
        The calendar begins nine weeks before and ends 400 days after.
    flex_area : float64, (n, 2)
        Closed outline of the on-demand area, metres.

    Returns
    -------
    dict of str to int
        Rows of each table.
    """
    trips = list(runs(lines))
    tables: dict[str, Table] = {
        "agency": _agency(names),
        "feed_info": _feed_info(today),
        "stops": _stops(stations),
        "routes": _routes(lines),
        "trips": _trips(stations, lines, trips),
        "calendar": _calendar(today),
        "calendar_dates": (
            ["service_id", "date", "exception_type"],
            [[service, _day(date), kind] for service, date, kind in exceptions(today)],
        ),
        "shapes": _shapes(lines),
    }
    tables |= gtfs_extras.tables(names, stations, lines)
    stop_times = _stop_times(lines, trips)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name, (header, rows) in tables.items():
            _put(archive, f"{name}.txt", _csv(header, rows))
        _put(archive, "stop_times.txt", stop_times)
        area = to_lonlat(flex_area).tolist()
        _put(archive, "locations.geojson", json.dumps(gtfs_extras.locations(area)))
    counts = {name: len(rows) for name, (_, rows) in tables.items()}
    return counts | {"stop_times": stop_times.count("\n") - 1}


def stop_id(station: int, platform: int | None = None, track: int | None = None) -> str:
    """Return the id of a station, one of its kerbs, or one of its tracks."""
    base = f"s{station:03d}"
    if track is not None:
        return f"{base}g{track + 1}"
    return base if platform is None else f"{base}{'abcd'[platform]}"


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text)


def _csv(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _day(date: dt.date) -> str:
    return date.strftime("%Y%m%d")


def _agency(names: Names) -> Table:
    header = ["agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang",
              "agency_phone"]  # fmt: skip
    return header, [
        ["swv", f"Stadtverkehr {names.town} (Demo)", "https://stadtverkehr.example/",
         "Europe/Berlin", "de", "+49 000 1234"],
        ["reg", f"{names.river}talbahn (Demo)", "https://talbahn.example/", "Europe/Berlin", "de",
         "+49 000 4321"],
    ]  # fmt: skip


def _feed_info(today: dt.date) -> Table:
    first, last = validity(today)
    header = ["feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date",
              "feed_end_date", "feed_version", "feed_contact_email"]  # fmt: skip
    return header, [
        ["Generated demo town (fictional)", "https://demo.example/", "de", _day(first), _day(last),
         f"demo-{today.isoformat()}", "demo@demo.example"]
    ]  # fmt: skip


def _stops(stations: list[Station]) -> Table:
    header = ["stop_id", "stop_name", "stop_lat", "stop_lon", "zone_id", "location_type",
              "parent_station", "platform_code", "wheelchair_boarding", "level_id"]  # fmt: skip
    rows: list[list[object]] = []
    for i, station in enumerate(stations):
        zone = "B" if station.village else "A"
        central = i == 0
        access = (1, 1, 1, 0, 2)[i % 5] if not central else 1
        level = "strasse" if central else ""
        lon, lat = to_lonlat(station.xy)
        rows.append([stop_id(i), station.name, lat, lon, zone, 1, "", "", access, ""])
        for k in range(station.platforms):
            lon, lat = to_lonlat(station.kerb(k))
            code = "ABCD"[k]
            rows.append([stop_id(i, k), station.name, lat, lon, zone, 0, stop_id(i), code, access,
                         level])  # fmt: skip
        for k, xy in enumerate(station.tracks):
            lon, lat = to_lonlat(xy)
            rows.append([stop_id(i, track=k), station.name, lat, lon, zone, 0, stop_id(i),
                         str(k + 1), access, "bahnsteig" if central else ""])  # fmt: skip
    rows += gtfs_extras.station_nodes(stations[0], to_lonlat)
    return header, rows


def _routes(lines: list[Line]) -> Table:
    header = ["route_id", "agency_id", "route_short_name", "route_long_name", "route_type",
              "route_color", "route_text_color", "route_sort_order"]  # fmt: skip
    rows: list[list[object]] = []
    for i, line in enumerate(lines):
        word = {"tram": "Straßenbahn", "bus": "Buslinie", "rail": "Regionalbahn"}[line.mode]
        agency = "reg" if line.mode == "rail" else "swv"
        rows.append([route_id(line), agency, line.number, f"{word} {line.number}",
                     ROUTE_TYPES[line.mode], line.colour, "FFFFFF", i + 1])  # fmt: skip
    rows.append(["anruf", "swv", "19", "Anrufbus 19", 715, "444444", "FFFFFF", len(lines) + 1])
    return header, rows


def route_id(line: Line) -> str:
    """Return the feed's id of a line."""
    return f"r{line.number.replace(' ', '').lower()}"


def _trips(stations: list[Station], lines: list[Line], trips: list[Run]) -> Table:
    header = ["route_id", "service_id", "trip_id", "trip_headsign", "direction_id", "shape_id",
              "wheelchair_accessible", "bikes_allowed"]  # fmt: skip
    rows: list[list[object]] = []
    for trip in trips:
        line = lines[trip.line]
        headsign = stations[line.stations[-1 if trip.direction == 0 else 0]].name
        bikes = {"rail": 1, "tram": 2, "bus": 0}[line.mode]
        rows.append([route_id(line), trip.service_id, trip.trip_id, headsign, trip.direction,
                     f"{route_id(line)}-{trip.direction}", 1 if line.mode != "bus" else 0,
                     bikes])  # fmt: skip
    for n, service in enumerate(("werktag", "samstag", "sonntag")):
        rows.append(["anruf", service, f"anruf-{n}", "Anrufbus", 0, "", 1, 2])
    return header, rows


def _calendar(today: dt.date) -> Table:
    first, last = validity(today)
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    rows: list[list[object]] = [
        [service, *week, _day(first), _day(last)] for service, week in SERVICES.items()
    ]
    return ["service_id", *days, "start_date", "end_date"], rows


def _shapes(lines: list[Line]) -> Table:
    header = ["shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence",
              "shape_dist_traveled"]  # fmt: skip
    rows: list[list[object]] = []
    for line in lines:
        for direction, xy in enumerate((line.xy, line.xy[::-1])):
            along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
            for n, ((lon, lat), at) in enumerate(zip(to_lonlat(xy), along, strict=True)):
                rows.append([f"{route_id(line)}-{direction}", lat, lon, n, round(float(at), 1)])
    return header, rows


def _stop_times(lines: list[Line], trips: list[Run]) -> str:
    header = ["trip_id", "arrival_time", "departure_time", "stop_id", "location_id",
              "stop_sequence", "pickup_type", "drop_off_type", "shape_dist_traveled", "timepoint",
              "start_pickup_drop_off_window", "end_pickup_drop_off_window",
              "pickup_booking_rule_id", "drop_off_booking_rule_id"]  # fmt: skip
    out = [",".join(header)]
    for trip in trips:
        line = lines[trip.line]
        total = float(np.hypot(*np.diff(line.xy, axis=0).T).sum())
        order = range(len(line.stations))
        for n, (k, (arrival, departure)) in enumerate(
            zip(order if trip.direction == 0 else reversed(order), trip.calls_s, strict=True)
        ):
            side = line.platforms[k][trip.direction]
            rail = line.mode == "rail"
            stop = stop_id(line.stations[k], None if rail else side, side if rail else None)
            at = line.at_m[k] if trip.direction == 0 else total - line.at_m[k]
            out.append(f"{trip.trip_id},{clock(arrival)},{clock(departure)},{stop},,{n},"
                       f"{int(n == len(order) - 1)},{int(n == 0)},{at:.1f},1,,,,")  # fmt: skip
    for n, window in enumerate(("06:00:00,24:00:00", "08:00:00,24:00:00", "09:00:00,22:00:00")):
        for sequence, (pickup, drop) in enumerate(((2, 1), (1, 2))):
            out.append(f"anruf-{n},,,,anrufgebiet,{sequence},{pickup},{drop},,0,{window},"
                       "anmeldung,anmeldung")  # fmt: skip
    return "\n".join(out) + "\n"

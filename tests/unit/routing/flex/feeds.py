"""Feeds with rides on demand, written as text, on the streets of ``tests.builders``."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from routing.gtfs.read import read_gtfs
from routing.network import Network, link_stops
from routing.streets.footpaths import with_street_footpaths
from tests.builders import MAIN_STREET, STREET, ZONE
from tests.street_maps import DEGREE_M, Spots, draw
from tests.unit.routing.feeds import write_feed

AGENCY = (
    f"agency_id,agency_name,agency_url,agency_timezone\nT,Town,http://town.example,{ZONE.key}\n"
)
WEEK = (
    "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "S,1,1,1,1,1,1,1,20240501,20240531\nWD,1,1,1,1,1,0,0,20240401,20240531\n"
)
TIMES = (
    "trip_id,stop_sequence,arrival_time,departure_time,stop_id,location_id,location_group_id,"
    "start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_type,drop_off_type,"
    "pickup_booking_rule_id,drop_off_booking_rule_id\n"
)
RULES = (
    "booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_duration_max,"
    "prior_notice_last_day,prior_notice_last_time,prior_notice_start_day,prior_notice_start_time,"
    "prior_notice_service_id,message,pickup_message,drop_off_message,phone_number,info_url,"
    "booking_url\n"
)


def area(name: str, *corners: tuple[float, float], title: str = "") -> dict[str, object]:
    """Describe an area by corners in blocks (of main street) east and north."""
    block = MAIN_STREET["A"][0] / DEGREE_M
    ring = [[x * block, y * block] for x, y in (*corners, corners[0])]
    properties = {"stop_name": title} if title else {}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "id": name, "properties": properties, "geometry": geometry}


def box(name: str, west: float, east: float, title: str = "") -> dict[str, object]:
    """Describe an area across main street, from one block number to another."""
    return area(name, (west, -1), (east, -1), (east, 1), (west, 1), title=title)


def flex_feed(
    path: Path,
    calls: str,
    areas: Sequence[Mapping[str, object]] = (),
    rules: str = "",
    groups: Mapping[str, str] | None = None,
    spots: Spots = MAIN_STREET,
    **changes: str,
) -> Path:
    """Write a feed whose calls are rows ``trip sequence place window pickup drop_off [rules]``.

    A place is ``stop:A``, ``area:north`` or ``group:kerbs``; a window ``18:00-22:00``, or one time
    for an ordinary call.
    """
    lines, trips = [], {}
    for row in filter(str.strip, calls.splitlines()):
        trip, sequence, place, when, pickup, drop_off, *rest = row.split()
        kind, _, key = place.partition(":")
        where = [key if kind == word else "" for word in ("stop", "area", "group")]
        start, _, end = when.partition("-")
        times = ["", "", f"{start}:00", f"{end}:00"] if end else [f"{start}:00"] * 2 + ["", ""]
        named = [*rest, "", ""][:2]
        cells = [trip, sequence, *times[:2], *where, *times[2:], pickup, drop_off, *named]
        lines.append(",".join(cells))
        trips[trip] = trip[0].upper()
    routes = "".join(f"{r},T,{r}{r},Line {r},3\n" for r in sorted(set(trips.values())))
    stops = "".join(
        f"{n},{n} Street,{y / DEGREE_M},{x / DEGREE_M}\n" for n, (x, y) in spots.items()
    )
    files = {
        "agency": AGENCY,
        "calendar": WEEK,
        "routes": "route_id,agency_id,route_short_name,route_long_name,route_type\n" + routes,
        "trips": "route_id,service_id,trip_id,trip_headsign\n"
        + "".join(f"{route},S,{trip},anywhere\n" for trip, route in trips.items()),
        "stops": "stop_id,stop_name,stop_lat,stop_lon\n" + stops,
        "stop_times": TIMES + "\n".join(lines) + "\n",
    }
    if rules:
        files["booking_rules"] = RULES + rules
    if groups:
        names = "".join(f"{group},Group {group}\n" for group in groups)
        files["location_groups"] = "location_group_id,location_group_name\n" + names
        files["location_group_stops"] = "location_group_id,stop_id\n" + "".join(
            f"{group},{stop}\n" for group, stops in groups.items() for stop in stops.split()
        )
    write_feed(path, **files | changes)
    if areas:
        with zipfile.ZipFile(path, "a") as archive:
            document = {"type": "FeatureCollection", "features": list(areas)}
            archive.writestr("locations.geojson", json.dumps(document))
    return path


def flex_town(folder: Path, calls: str, *args: Any, streets: bool = True, **more: Any) -> Network:
    """Make a town on main street of a feed such as ``flex_feed`` writes."""
    timetable, notices = read_gtfs([flex_feed(folder / "feed.zip", calls, *args, **more)])
    assert [notice for notice in notices if notice.severity == "error"] == []
    graph = draw(MAIN_STREET, STREET) if streets else None
    if graph is not None:
        links = link_stops(graph, timetable)
        timetable = with_street_footpaths(timetable, graph, links)
    return Network.of(graph, timetable, id="tiny", name="Tiny", timezone=ZONE.key)

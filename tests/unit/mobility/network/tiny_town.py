"""A town of four streets, one bus line and two bike stations, as ordinary input files."""

import json
import zipfile
from pathlib import Path
from typing import Any

from mobility.network.inputs import Inputs

WEST, SOUTH, STEP = 8.690, 49.400, 0.003
SIZE = 5
PLACES = "stop_id,stop_name,stop_lat,stop_lon"
OSM_HEAD = '<?xml version="1.0"?><osm version="0.6" generator="tests">'


def write_osm(path: Path) -> Path:
    """Write a grid of streets with a suburb, a house number and a park."""
    nodes, ways = [], []
    for row in range(SIZE):
        for column in range(SIZE):
            lon, lat = WEST + column * STEP, SOUTH + row * STEP
            nodes.append(f'<node id="{row * SIZE + column + 1}" lon="{lon:.6f}" lat="{lat:.6f}"/>')
    middle = f'lon="{WEST + 2 * STEP}" lat="{SOUTH + 2 * STEP}"'
    nodes.append(f'<node id="900" {middle}>{_tag("place", "suburb")}{_tag("name", "Altstadt")}')
    nodes.append("</node>")
    nodes.append(f'<node id="901" lon="{WEST + STEP}" lat="{SOUTH + 0.0002}">')
    nodes.append(f"{_tag('addr:street', 'Südstraße')}{_tag('addr:housenumber', '7')}</node>")
    for i in range(SIZE):
        across = [i * SIZE + column + 1 for column in range(SIZE)]
        along = [row * SIZE + i + 1 for row in range(SIZE)]
        name = "Südstraße" if i == 0 else f"{i}. Querstraße"
        ways.append(_way(100 + i, across, highway="residential", name=name))
        ways.append(_way(200 + i, along, highway="residential", name=f"{i}. Allee"))
    ways.sort()  # as in every OSM file, by id
    ways.append(_way(300, [1, 2, 7, 6, 1], leisure="park", name="Stadtpark"))
    path.write_text(OSM_HEAD + "".join(nodes + ways) + "</osm>", encoding="utf-8")
    return path


def _tag(key: str, value: str) -> str:
    return f'<tag k="{key}" v="{value}"/>'


def _way(way_id: int, nodes: list[int], **tags: str) -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    return f'<way id="{way_id}">{refs}{"".join(_tag(*t) for t in tags.items())}</way>'


def write_gtfs(path: Path, trips: int = 4) -> Path:
    """Write a line of three stops along the first street; one trip an hour from 8."""
    stops = [f"S{i},Stop {i},{SOUTH + 0.0001},{WEST + i * 2 * STEP + 0.0001}" for i in range(3)]
    times = []
    for trip in range(trips):
        for i in range(3):
            clock = f"{8 + trip % 12:02d}:{10 * i:02d}:00"
            times.append(f"T{trip},{clock},{clock},S{i},{i + 1}")
    tables = {
        "agency": [
            "agency_id,agency_name,agency_url,agency_timezone",
            "A,Bus,https://bus.example,Europe/Berlin",
        ],
        "stops": [PLACES, *stops],
        "routes": ["route_id,agency_id,route_short_name,route_type", "R,A,1,3"],
        "trips": ["route_id,service_id,trip_id", *(f"R,W,T{trip}" for trip in range(trips))],
        "stop_times": ["trip_id,arrival_time,departure_time,stop_id,stop_sequence", *times],
        "calendar": [
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
            "start_date,end_date",
            "W,1,1,1,1,1,1,1,20240901,20240930",
        ],
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, lines in tables.items():
            archive.writestr(f"{name}.txt", "\n".join(lines) + "\n")
    return path


def write_gbfs(folder: Path) -> Path:
    """Write two stations, one of them far outside the town."""
    folder.mkdir()
    stations = [
        {"station_id": "A", "name": "Am Park", "lon": WEST + STEP, "lat": SOUTH + STEP},
        {"station_id": "Z", "name": "Elsewhere", "lon": 13.4, "lat": 52.5},
    ]
    files: dict[str, Any] = {
        "system_information": {"system_id": "bikes", "name": "Bikes"},
        "station_information": {"stations": stations},
        "station_status": {"stations": [{"station_id": "A", "num_bikes_available": 2}]},
    }
    for name, data in files.items():
        head = {"last_updated": 1725264000, "ttl": 60, "version": "2.3"}
        (folder / f"{name}.json").write_text(json.dumps({**head, "data": data}))
    return folder


def inputs(folder: Path, **more: Any) -> Inputs:
    """Return the inputs of the whole town, built into ``folder/town``."""
    (folder / "people.csv").write_text(f"lon,lat,population\n{WEST},{SOUTH},120\n")
    given: dict[str, Any] = {
        "directory": folder / "town",
        "name": "Tiny",
        "osm": write_osm(folder / "streets.osm"),
        "gtfs": (write_gtfs(folder / "bus.zip"),),
        "gbfs": (str(folder / "bikes"),),
        "population": folder / "people.csv",
    }
    if not (folder / "bikes").exists():
        write_gbfs(folder / "bikes")
    return Inputs(**{**given, **more})

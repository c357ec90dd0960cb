"""Small GTFS feeds, written as text."""

import zipfile
from pathlib import Path

FILES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,Town,http://a.example,UTC\n",
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon\n"
        "a,Alder,50.00,8.00\nb,Birch,50.01,8.00\nc,Cedar,50.03,8.00\n"
    ),
    "routes.txt": "route_id,agency_id,route_short_name,route_type\nR,A,1,3\n",
    "trips.txt": "route_id,service_id,trip_id\nR,S,t1\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,08:00:00,08:00:00,a,1\nt1,08:10:00,08:11:00,b,2\nt1,08:30:00,08:30:00,c,3\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "S,1,1,1,1,1,0,0,20240101,20241231\n"
    ),
}


def write_feed(path: Path, leave_out: tuple[str, ...] = (), **changes: str) -> Path:
    """Write a zip of the usual files; ``stop_times="..."`` replaces ``stop_times.txt``."""
    files = {name: text for name, text in FILES.items() if name not in leave_out}
    files |= {f"{name}.txt": text for name, text in changes.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode("utf-8"))
    return path


def times(*rows: str) -> str:
    """Write ``stop_times.txt`` from rows ``trip stop arrival departure``; ``-`` is a blank."""
    lines = ["trip_id,stop_id,arrival_time,departure_time,stop_sequence"]
    for number, row in enumerate(rows):
        trip, stop, arrival, departure = ("" if w == "-" else w for w in row.split())
        lines.append(f"{trip},{stop},{arrival},{departure},{number}")
    return "\n".join(lines) + "\n"

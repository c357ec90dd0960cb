"""Build the network directory of a town from its input files."""

import argparse
import json
import sys
import zoneinfo
from pathlib import Path
from typing import Any

HELP = "make a network directory from OSM, GTFS, GBFS and population files"

_EXIT_USAGE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the inputs."""
    add = parser.add_argument
    add("directory", type=Path, metavar="DIR", help="network directory, made if missing")
    add("--name", required=True, help="name of the town")
    streets = parser.add_mutually_exclusive_group()
    streets.add_argument("--osm", type=Path, metavar="FILE.osm.pbf", help="streets from OSM")
    streets.add_argument("--place", metavar="NAME", help='streets fetched, as "Town, Country"')
    streets.add_argument("--graph", type=Path, metavar="FILE.graphml", help="streets from OSMnx")
    several: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    add("--gtfs", type=Path, metavar="FILE.zip", help="timetables", **several)
    add("--gbfs", metavar="URL-or-folder", help="shared vehicles", **several)
    add("--population", type=Path, metavar="FILE.csv", help="lon,lat,population; -1 unknown")
    add("--area", metavar="W,S,E,N|FILE.geojson", help="clip to this area")
    add("--districts", type=Path, metavar="FILE.geojson", help="named polygons of the town")
    add("--elevation", type=Path, metavar="FILE.tif", help="heights in metres")
    add("--timezone", metavar="ZONE", help="IANA name, where no feed has it")
    add("--generated", action="store_true", help="the inputs are made up; shown everywhere")
    add("--force", action="store_true", help="accept a network that shrank")


def run(args: argparse.Namespace) -> int:
    """Build, and print the manifest's id and counts as JSON."""
    if not (args.osm or args.place or args.graph or args.gtfs):
        return _usage("give streets (--osm, --place or --graph) or a timetable (--gtfs)")
    if args.timezone is not None and args.timezone not in zoneinfo.available_timezones():
        return _usage(f"--timezone {args.timezone}: no such zone; give one like Europe/Berlin")
    from mobility.network.area import InvalidAreaError, parse_area
    from mobility.network.bounds import InvalidBoundsError
    from mobility.network.build import build_network
    from mobility.network.inputs import Inputs
    from routing.gtfs.files import UNUSABLE

    try:
        area = None if args.area is None else parse_area(args.area)
    except (InvalidAreaError, InvalidBoundsError) as error:
        return _usage(str(error))
    manifest = build_network(
        Inputs(
            directory=args.directory,
            name=args.name,
            osm=args.osm,
            place=args.place,
            graph=args.graph,
            gtfs=tuple(args.gtfs),
            gbfs=tuple(args.gbfs),
            population=args.population,
            area=area,
            districts=args.districts,
            elevation=args.elevation,
            timezone=args.timezone,
            generated=args.generated,
            force=args.force,
        )
    )
    for code, count in manifest.notices.items():
        print(f"  notice {code}: {count}", file=sys.stderr)
    for line in (args.directory / "current" / "notices.jsonl").read_text().splitlines():
        if (notice := json.loads(line))["code"] == UNUSABLE:
            print(f"mobility build: {notice['message']}", file=sys.stderr)
    shown = {
        "network": manifest.id,
        "name": manifest.name,
        "bbox": manifest.bbox,
        "timezone": manifest.timezone,
        "service_days": manifest.service_days,
        "counts": manifest.counts,
        "notices": manifest.notices,
    }
    print(json.dumps(shown, ensure_ascii=False, indent=1))
    return 0


def _usage(words: str) -> int:
    print(f"mobility build: {words}", file=sys.stderr)
    return _EXIT_USAGE

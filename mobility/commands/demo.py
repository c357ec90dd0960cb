"""Generate the fictional demo town, or a bike fleet for a real city that has none."""

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import Any

from mobility.demo.errors import DemoError

HELP = "generate a fictional town's input files, or a bike fleet for a real city"
FLEET_FOLDER = "generated-gbfs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare folder, seed, date and the fleet's options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another town")
    parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="today, for the calendar")
    parser.add_argument(
        "--fleet",
        action="store_true",
        help="write a labelled bike fleet for a real city (GBFS) instead of a town; "
        f"where DIR is a network directory, for that network into DIR/{FLEET_FOLDER}",
    )
    parser.add_argument("--from-network", type=Path, metavar="NETDIR", help="the city's network")
    parser.add_argument("--osm", type=Path, metavar="FILE", help="or its OpenStreetMap extract")
    parser.add_argument("--stations", type=_stations, default=60, help="how many, 2 to 2000")
    parser.add_argument("--timezone", default="UTC", help="IANA name, with --osm")


def run(args: argparse.Namespace) -> int:
    """Generate and print what was made as JSON."""
    summary = _fleet(args) if args.fleet else _town(args)
    print(json.dumps(summary, ensure_ascii=False, indent=1))
    return 0


def _town(args: argparse.Namespace) -> dict[str, Any]:
    from mobility.demo.town import generate

    if args.from_network or args.osm:
        raise DemoError("--from-network and --osm belong to --fleet; add it")
    return generate(args.folder, args.seed, args.date)


def _fleet(args: argparse.Namespace) -> dict[str, Any]:
    from mobility.demo import fleet

    folder = args.folder
    if args.osm:
        city = fleet.from_osm(args.osm, args.timezone)
    elif args.from_network:
        city = fleet.from_network(args.from_network)
    elif (folder / "current").exists():
        city, folder = fleet.from_network(folder), folder / FLEET_FOLDER
    else:
        text = "which city? give --from-network NETDIR or --osm FILE, or a network directory"
        raise DemoError(text)
    return fleet.generate_fleet(folder, city, args.seed, args.stations, args.date)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date like 2026-03-01") from None


def _stations(text: str) -> int:
    if not text.isdigit() or not 2 <= int(text) <= 2000:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 2 to 2000")
    return int(text)

"""``mobility selected-link``: whose best journeys use the stretch between two stops."""

import argparse
import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mobility.commands._travel import read_time
from mobility.errors import MobilityError

HELP = "tell whose best journeys use a stretch"
_COLUMNS = ("from_lon", "from_lat", "to_lon", "to_lat")


class PairTableError(MobilityError, ValueError):
    """A table of pairs cannot be read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument("--from-stop", required=True, metavar="A", help="stop or station id")
    parser.add_argument("--to-stop", required=True, metavar="B", help="the one after it")
    parser.add_argument(
        "--od", type=Path, required=True, metavar="FILE.csv",
        help="columns from_lon, from_lat, to_lon, to_lat; also id and trips (how many, else 1)",
    )  # fmt: skip
    parser.add_argument(
        "--at",
        type=read_time,
        metavar="TIME",
        help="such as 2022-09-07T08:00, local unless it has an offset; default now",
    )
    parser.add_argument("--arrive-by", action="store_true", help="arrive at that time")


def run(args: argparse.Namespace) -> int:
    """Plan every pair and print which of them use the stretch."""
    from routing.explore.explorer import Explorer
    from routing.explore.links import uses
    from routing.model import Mode, Place, PlanRequest
    from routing.network import Network
    from routing.planner import Planner

    network = Network.load(args.directory)
    explorer, planner = Explorer(network), Planner(network)
    ids = explorer.timetable.stops.id
    here, there = (
        {ids[row] for row in explorer.stops.members(stop)}
        for stop in (args.from_stop, args.to_stop)
    )
    moment = args.at or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(network.timezone))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["id", "trips", "seconds", "transfers", "line"])
    all_trips = on_link = 0.0
    for name, ends, trips in read_pairs(args.od):
        origin, destination = Place(ends[0], ends[1]), Place(ends[2], ends[3])
        request = PlanRequest(
            origin,
            destination,
            moment,
            arrive_by=args.arrive_by,
            modes=frozenset({Mode.TRANSIT, Mode.WALK}),
            search_window_s=0,
        )
        ways = planner.plan(request).itineraries
        all_trips += trips
        if not ways:
            continue
        best = ways[0]
        line = uses(best, here, there)
        if line is not None:
            on_link += trips
            at = int(moment.timestamp())
            seconds = at - best.start_s if args.arrive_by else best.end_s - at
            writer.writerow([name, f"{trips:g}", seconds, best.transfers, line])
    print(f"{on_link:g} of {all_trips:g} trips use the stretch", file=sys.stderr)
    return 0


def read_pairs(path: Path) -> Iterator[tuple[str, list[float], float]]:
    """Read ids, ends (degrees, EPSG:4326) and trips of pairs.

    Raises
    ------
    PairTableError
        The file, a column or a number cannot be read; the text names the row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: list[dict[str, Any]] = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise PairTableError(f"{path} cannot be read: {error}") from error
    for number, row in enumerate(rows, start=2):
        try:
            ends = [float(row[name]) for name in _COLUMNS]
            trips = float(row.get("trips") or 1)
        except (KeyError, TypeError, ValueError) as error:
            raise PairTableError(
                f"{path}, row {number}: give {', '.join(_COLUMNS)} in degrees"
            ) from error
        yield row.get("id") or str(number - 1), ends, trips

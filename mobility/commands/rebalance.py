"""``mobility rebalance``: tours of service trucks for the stations of a network's shared bikes."""

import argparse
import json
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HELP = "plan tours that bring shared bikes to where they will be missing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--trucks", type=_at_least(1), default=2, help="number of trucks")
    parser.add_argument("--capacity", type=_at_least(1), default=20, help="bikes a truck carries")
    parser.add_argument("--shift", type=parse_duration, default=4 * 3600, help="such as 4h or 90m")
    parser.add_argument(
        "--start-load", type=_at_least(0), default=0, help="bikes aboard each truck at the start"
    )
    parser.add_argument(
        "--depot", type=_lonlat, metavar="LON,LAT", help="default: the map's middle"
    )
    parser.add_argument(
        "--time-limit", type=_seconds, default=8.0, help="seconds until the answer, default 8"
    )
    parser.add_argument(
        "--solutions", type=_at_least(1), help="stop after so many solutions: repeatable plans"
    )
    parser.add_argument(
        "--trips", type=Path, metavar="FILE.csv", help="past trips; else fleet/trips.csv"
    )
    parser.add_argument("--system", help="GBFS system id, where there are several")
    parser.add_argument("--at", type=_moment, help="start of the shift, default: age of the stock")


def run(args: argparse.Namespace) -> int:
    """Plan and print."""
    started = time.perf_counter()
    from fleet.model import Truck
    from mobility.network.manifest import load_manifest
    from mobility.network.versions import current_version
    from mobility.rebalancing.document import to_document
    from mobility.rebalancing.job import Order, look_ahead, plan_job
    from mobility.rebalancing.snapshots import read_snapshot

    manifest = load_manifest(args.directory)
    version = current_version(args.directory) or args.directory
    snapshot = read_snapshot(version, manifest, args.system, datetime.now(UTC))
    start = _start(args.at, snapshot.as_of, manifest.timezone)
    trucks = tuple(
        Truck(f"T{k + 1}", args.capacity, args.shift, args.start_load) for k in range(args.trucks)
    )
    outlook = look_ahead(args.directory, manifest, snapshot, start, datetime.now(UTC), args.trips)
    order = Order(trucks, start, args.depot, args.time_limit, args.solutions)
    result = plan_job(version, manifest, outlook, order, started)
    document = to_document(result, manifest)
    for notice in outlook.notices:
        print(notice, file=sys.stderr)
    print(json.dumps(document, ensure_ascii=False) if args.json else _table(document))
    return 0


def parse_duration(text: str) -> int:
    """Read ``4h``, ``90m``, ``4h30m`` or plain seconds.

    Examples
    --------
    >>> parse_duration("4h"), parse_duration("1h30m"), parse_duration("600")
    (14400, 5400, 600)
    """
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", text.strip())
    if not text.strip() or match is None:
        raise argparse.ArgumentTypeError(f"'{text}' is no duration; write 4h, 90m or 4h30m")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if not 60 <= total <= 86_400:
        raise argparse.ArgumentTypeError(f"'{text}' is not between a minute and a day")
    return total


def _at_least(least: int) -> Any:
    def parse(text: str) -> int:
        value = int(text)
        if not least <= value <= 1000:
            raise argparse.ArgumentTypeError(f"{value} is not between {least} and 1000")
        return value

    parse.__name__ = "number"
    return parse


def _seconds(text: str) -> float:
    value = float(text)
    if not 1 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{value} is not between 1 and 3600 seconds")
    return value


def _lonlat(text: str) -> tuple[float, float]:
    parts = text.split(",")
    if len(parts) != 2:
        raise argparse.ArgumentTypeError(f"'{text}' is not LON,LAT")
    lon, lat = float(parts[0]), float(parts[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise argparse.ArgumentTypeError(f"'{text}' is not LON,LAT in degrees")
    return lon, lat


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _start(asked: datetime | None, as_of: datetime | None, timezone: str) -> datetime:
    """Return when the shift begins; a time without offset is the network's local time."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(timezone)
    if asked is None:
        return (as_of or datetime.now(UTC)).astimezone(zone)
    return asked.replace(tzinfo=zone) if asked.tzinfo is None else asked


def _table(document: dict[str, Any]) -> str:
    """Write the plan for people."""
    lines = [
        f"{document['system']}: {document['status']}, expected lost trips"
        f" {document['lostTripsBefore']:.1f} -> {document['lostTripsAfter']:.1f}"
        f" in {document['horizonHours']} h; demand: {document['demand']['source']}"
    ]
    for tour in document["tours"]:
        minutes = round(tour["durationSeconds"] / 60)
        lines.append(f"\n{tour['truck']}: {len(tour['stops'])} stops, {minutes} min")
        for stop in tour["stops"]:
            what = "drop" if stop["dropped"] > 0 else "pick up"
            lines.append(
                f"  {stop['arrival'][11:16]}  {what:>7} {abs(stop['dropped']):>3}"
                f"  (aboard {stop['loadAfter']:>3})  {stop['name']}"
            )
    for skip in document["skipped"]:
        lines.append(f"left: {skip['name']}: {skip['wanted']:+d}, {skip['reason']}")
    return "\n".join(lines)

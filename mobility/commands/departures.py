"""``mobility departures``: what leaves from a stop, or arrives there."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mobility.commands._travel import read_count, read_time

HELP = "list what leaves from a stop or station"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument("stop", metavar="STOP", help="stop or station id, as in the feed")
    parser.add_argument(
        "--at",
        type=read_time,
        metavar="TIME",
        help="such as 2022-09-07T08:00, local unless it has an offset; default now",
    )
    parser.add_argument("--arrivals", action="store_true", help="list arrivals instead")
    parser.add_argument(
        "--most", type=read_count, default=20, metavar="N", help="calls, default 20"
    )
    parser.add_argument("--language", metavar="LANGUAGE", help="of names, such as en")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """List and print."""
    import orjson

    from routing.explore.explorer import Explorer
    from routing.explore.response import head_json, page_json, stop_json
    from routing.network import Network

    explorer = Explorer(Network.load(args.directory))
    moment = args.at or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(explorer.network.timezone))
    rows = explorer.stops.members(args.stop)
    page = explorer.board.page(rows, int(moment.timestamp()), args.most, args.arrivals)
    speaker = explorer.speaker((args.language,) if args.language else ())
    told = page_json(explorer, page, args.arrivals, speaker)
    if args.json or not sys.stdout.isatty():
        stop = stop_json(explorer, rows[0], speaker=speaker)
        document = head_json(explorer) | {"stop": stop} | told
        sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
        return 0
    for call in told["arrivals" if args.arrivals else "departures"]:
        other = call["origin" if args.arrivals else "destination"]["name"]
        name, track = call["routeShortName"] or call["mode"], call["stop"]["track"] or ""
        headsign = other if args.arrivals else call["headsign"] or other
        print(f"{call['scheduledTime'][:16]}  {name:<8} {headsign}  {track}".rstrip())
    return 0

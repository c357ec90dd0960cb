"""``mobility refresh``: a planned journey at its present times, or what leaves instead."""

import argparse
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from mobility.commands._travel import read_time

HELP = "tell a planned journey at its present times, or what leaves instead of a missed ride"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument("id", metavar="ID", help="id of an itinerary, as mobility plan tells it")
    parser.add_argument(
        "--leg", type=int, metavar="N", help="a missed ride, from 0: tell what leaves instead"
    )
    parser.add_argument(
        "--at",
        type=read_time,
        metavar="TIME",
        help="when it was missed, local unless it has an offset; default now",
    )
    parser.add_argument("--wheelchair", action="store_true", help="board nothing known to be unfit")


def run(args: argparse.Namespace) -> int:
    """Look the journey up and print one JSON document."""
    import orjson

    from mobility.commands.plan import stored_vehicles
    from mobility.plan_refresh import Refresher
    from routing.explore.explorer import Explorer
    from routing.network import Network
    from routing.planner import Planner

    network = Network.load(args.directory)
    shared = stored_vehicles(args.directory, network)
    refresher = Refresher(Explorer(network), Planner(network), shared)
    if args.leg is None:
        told = refresher.refresh(args.id)
    else:
        moment = args.at
        if moment is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(network.timezone))
        told = refresher.alternatives(args.id, args.leg, moment, args.wheelchair)
    sys.stdout.buffer.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
    return 0

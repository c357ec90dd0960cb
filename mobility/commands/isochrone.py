"""``mobility isochrone``: areas within so many minutes of a place, as GeoJSON."""

import argparse
import sys

from mobility.commands._travel import add_travel, read_lonlat, read_travel

HELP = "draw what is reached from a place within some minutes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    add_travel(parser)
    parser.add_argument(
        "--from", dest="place", type=read_lonlat, required=True, metavar="LON,LAT",
        help="the place; with --arrive-by, where one goes to",
    )  # fmt: skip
    parser.add_argument(
        "--minutes", type=_minutes, default=[15, 30, 45, 60], metavar="M,M", help="15,30,45,60"
    )
    parser.add_argument(
        "--departures", type=int, default=1, metavar="N", help="look at N; default 1"
    )
    parser.add_argument(
        "--every", type=int, default=5, metavar="M", help="minutes between them; default 5"
    )
    parser.add_argument(
        "--percentile", type=int, default=50, metavar="P",
        help="areas reached in time at P %% of them; default 50",
    )  # fmt: skip
    parser.add_argument(
        "--shared", action="store_true",
        help="with TRANSIT: the first leg may be on a shared vehicle stored in the network",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Draw and print."""
    import orjson

    from mobility.commands import EXIT_USAGE
    from mobility.commands.plan import stored_vehicles
    from routing.explore.explorer import Explorer
    from routing.explore.isochrone import isochrones
    from routing.explore.response import head_json, isochrones_json, travel_json
    from routing.explore.travel import Traveller
    from routing.network import Network

    if args.shared and args.mode != "TRANSIT":
        print("--shared: shared vehicles are ridden to public transport", file=sys.stderr)
        return EXIT_USAGE
    network = Network.load(args.directory)
    limits = [60 * minutes for minutes in args.minutes]
    often = {"moments": args.departures, "step_s": 60 * args.every}
    travel = read_travel(args, network.timezone, max_duration_s=max(limits), **often)
    lon, lat = args.place
    shared = stored_vehicles(args.directory, network) if args.shared else None
    traveller = Traveller(network, travel, shared=shared)
    found = isochrones(traveller, lon, lat, limits, args.percentile)
    explorer = Explorer(network)
    head = head_json(explorer) | {"travel": travel_json(explorer, travel)}
    document = head | isochrones_json(found)
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
    return 0


def _minutes(text: str) -> list[int]:
    try:
        minutes = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no list such as 15,30") from error
    if not minutes or not 1 <= min(minutes) <= max(minutes) <= 480:
        raise argparse.ArgumentTypeError(f"'{text}': minutes are 1 to 480")
    return minutes

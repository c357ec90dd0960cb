"""``mobility plan``: the best ways from door to door on a network directory."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from routing.model import Mode, PlanResult

HELP = "plan a journey from door to door"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument(
        "--from", dest="origin", type=_lonlat, required=True, metavar="LON,LAT", help="start"
    )
    parser.add_argument(
        "--to", dest="destination", type=_lonlat, required=True, metavar="LON,LAT", help="goal"
    )
    parser.add_argument(
        "--at",
        type=_moment,
        metavar="TIME",
        help="such as 2022-09-07T08:00, local unless it has an offset; default now",
    )
    parser.add_argument("--arrive-by", action="store_true", help="arrive at that time")
    parser.add_argument(
        "--modes",
        type=_modes,
        metavar="MODE,MODE",
        help="of WALK, TRANSIT, RENTAL, BICYCLE, CAR; default WALK,TRANSIT,RENTAL",
    )
    parser.add_argument(
        "--window", type=int, default=3600, metavar="SECONDS", help="of departures, default 3600"
    )
    parser.add_argument("--most", type=int, default=5, metavar="N", help="itineraries, default 5")
    parser.add_argument("--max-transfers", type=int, default=7, metavar="N", help="default 7")
    parser.add_argument("--wheelchair", action="store_true", help="no trip known to be unfit")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Plan and print."""
    import orjson

    from routing.journeys.response import to_json
    from routing.model import DEFAULT_MODES, Place, PlanRequest
    from routing.network import Network
    from routing.planner import Planner

    network = Network.load(args.directory)
    moment = args.at or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(network.timezone))
    request = PlanRequest(
        origin=Place(*args.origin),
        destination=Place(*args.destination),
        time=moment,
        arrive_by=args.arrive_by,
        modes=args.modes or DEFAULT_MODES,
        search_window_s=args.window,
        max_itineraries=args.most,
        max_transfers=args.max_transfers,
        wheelchair=args.wheelchair,
    )
    result = Planner(network).plan(request, stored_vehicles(args.directory, network))
    if args.json or not sys.stdout.isatty():
        sys.stdout.buffer.write(orjson.dumps(to_json(result), option=orjson.OPT_APPEND_NEWLINE))
    else:
        print(table(result))
    return 0


def stored_vehicles(directory: Path, network: Any) -> Any:
    """Link the shared vehicles stored in a network directory, marked with their age.

    Parameters
    ----------
    directory : pathlib.Path
        Network directory, or one version of it.
    network : Network
        The same, loaded.

    Returns
    -------
    SharedVehicles or None
        ``None`` where there are no streets to ride on.
    """
    from mobility.catalogue.gbfs import read_folder, read_gbfs
    from mobility.catalogue.sources import load_sources
    from routing.sharing.vehicles import SharedVehicles

    if network.streets is None:
        return None
    current = directory / "current"
    rows = []
    for source in load_sources(current.resolve() if current.exists() else directory):
        if source.folder is not None and source.folder.is_dir():
            from mobility.catalogue.to_routing import system_row

            now = datetime.now(UTC)
            snapshot, _ = read_gbfs(read_folder(source.folder), name=source.name, now=now)
            rows.append(system_row(snapshot, now))
    return SharedVehicles.from_rows(network.streets, rows)


def table(result: "PlanResult") -> str:
    """Lay a plan out for people."""
    from routing.journeys.response import Clock

    clock = Clock(result.timezone)

    def at(unix_s: int) -> str:
        return clock.text(unix_s)[11:16]

    lines = []
    if result.error is not None:
        lines.append(f"{result.error.code}: {result.error.message}")
    for number, way in enumerate(result.itineraries, start=1):
        lines.append(
            f"{number}  {at(way.start_s)} - {at(way.end_s)}  {way.duration_s // 60} min, "
            f"{way.transfers} transfers, {way.walk_distance_m:.0f} m on foot"
        )
        for leg in way.legs:
            name = leg.trip.short_name if leg.trip else None
            if leg.rental:
                name = leg.rental.form_factor
            lines.append(
                f"     {at(leg.start_s)} {leg.mode} {name or ''}".rstrip()
                + f"  {leg.origin.name or 'start'} > {leg.destination.name or 'goal'}"
                + f"  {leg.distance_m:.0f} m  {at(leg.end_s)}"
            )
    return "\n".join(lines)


def _lonlat(text: str) -> tuple[float, float]:
    from routing.model import InvalidPlaceError, Place

    try:
        lon, lat = (float(part) for part in text.split(","))
        place = Place(lon, lat)
    except InvalidPlaceError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not LON,LAT, such as 8.68,49.41") from error
    return place.lon, place.lat


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no time: give one such as 2022-09-07T08:00"
        ) from error


def _modes(text: str) -> "frozenset[Mode]":
    from routing.model import Mode

    try:
        return frozenset(Mode(word.strip().upper()) for word in text.split(","))
    except ValueError as error:
        known = ", ".join(Mode)
        raise argparse.ArgumentTypeError(f"'{text}': modes are {known}") from error

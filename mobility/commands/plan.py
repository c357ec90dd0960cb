"""``mobility plan``: the best ways from door to door on a network directory."""

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from mobility.plan_query import PlanQuery
    from routing.fares.model import ItineraryFare
    from routing.model import PlanResult

HELP = "plan a journey from door to door"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words: every field of the API's query, and how to print."""
    from mobility.plan_query import PlanQuery

    parser.set_defaults(usage_error=parser.error)
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    for name, field in PlanQuery.model_fields.items():
        word = str(field.alias)
        flags = [_flag(word), *_SHORT.get(word, ())]
        help_text = explanation(field)
        if field.annotation is bool:
            parser.add_argument(*flags, dest=name, action="store_true", help=help_text)
            continue
        if field.default is not None and not field.is_required():
            help_text += f"; default {field.default}"
        parser.add_argument(
            *flags,
            dest=name,
            required=field.is_required(),
            metavar=_METAVAR.get(word, word.upper()),
            help=help_text,
        )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


_SHORT = {"time": ["--at"], "searchWindow": ["--window"], "maxItineraries": ["--most"]}
_METAVAR = {
    "from": "LON,LAT",
    "to": "LON,LAT",
    "time": "TIME",
    "searchWindow": "SECONDS",
    "maxItineraries": "N",
    "maxTransfers": "N",
    "modes": "MODE,MODE",
    "walkProfile": "PROFILE",
    "bikeProfile": "PROFILE",
    "transitModes": "KIND,KIND",
    "formFactors": "FACTOR,FACTOR",
    "systems": "ID,ID",
    "agencies": "ID,ID",
    "via": "PLACE@MINUTES;PLACE",
    "bannedRoutes": "ID,ID",
    "weights": "NAME:NUMBER,NAME:NUMBER",
}
_SHOUTED = ("modes", "transit_modes")


def explanation(field: "FieldInfo") -> str:
    """Return what a field of a query means; one that may be left out says so inside its type."""
    parts = [getattr(part, "__metadata__", ()) for part in get_args(field.annotation)]
    inner = (getattr(said, "description", None) for part in parts for said in part)
    return field.description or next(filter(None, inner), "")


def _flag(word: str) -> str:
    return "--" + re.sub("([A-Z])", r"-\1", word).lower()


def read_query(args: argparse.Namespace) -> "PlanQuery":
    """Check the words as the API does; what is wrong ends the program with its usage."""
    from pydantic import ValidationError

    from mobility.plan_query import PlanQuery

    given = {}
    for name, field in PlanQuery.model_fields.items():
        value = getattr(args, name)
        if value is not None:
            given[str(field.alias)] = value.upper() if name in _SHOUTED else value
    try:
        return PlanQuery.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        said = str(first["msg"]).removeprefix("Value error, ")
        where = f"argument {_flag(str(first['loc'][0]))}: " if first["loc"] else ""
        args.usage_error(where + said)
        raise


def run(args: argparse.Namespace) -> int:
    """Plan and print."""
    import orjson

    from mobility.plan_query import to_request
    from routing.journeys.response import to_json
    from routing.network import Network
    from routing.planner import Planner

    query = read_query(args)
    network = Network.load(args.directory)
    request = to_request(query, network)
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


def price(fare: "ItineraryFare") -> str:
    """Say what a way costs."""
    if fare.price is not None:
        return f"{fare.price.text} {fare.price.currency}"
    return "free" if fare.is_free else "price unknown"


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
            f"{way.transfers} transfers, {way.walk_distance_m:.0f} m on foot, {price(way.fare)}"
        )
        if way.reasons:
            lines.append(f"     {', '.join(way.reasons)}")
        for leg in way.legs:
            name = leg.trip.short_name if leg.trip else None
            if leg.rental:
                name = leg.rental.form_factor
            lines.append(
                f"     {at(leg.start_s)} {leg.mode} {name or ''}".rstrip()
                + f"  {leg.origin.name or 'start'} > {leg.destination.name or 'goal'}"
                + f"  {leg.distance_m:.0f} m  {at(leg.end_s)}"
            )
            if leg.booking is not None and leg.booking.deadline_s is not None:
                until = clock.text(leg.booking.deadline_s)[:16].replace("T", " ")
                missed = ", which has passed" if leg.booking.missed else ""
                lines.append(f"       to be booked by {until}{missed}")
    return "\n".join(lines)

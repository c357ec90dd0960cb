"""``mobility matrix``: travel times between the places of two tables."""

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mobility.commands._travel import add_travel, read_travel
from mobility.errors import MobilityError

if TYPE_CHECKING:
    from routing.matrix import Matrix

HELP = "compute travel times between many places"
Table = tuple[list[str], list[tuple[float, float]]]


class PlaceTableError(MobilityError, ValueError):
    """A table of places cannot be read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    add_travel(parser)
    for name in ("origins", "destinations"):
        parser.add_argument(
            f"--{name}", type=Path, required=True, metavar="FILE.csv", help="columns id, lon, lat"
        )
    parser.add_argument("--max-minutes", type=int, default=120, metavar="M", help="default 120")
    parser.add_argument(
        "--departures", type=int, default=1, metavar="N", help="look at N, one a minute; default 1"
    )
    parser.add_argument(
        "--percentiles", type=_percentiles, default=(50,), metavar="P,P", help="default 50"
    )
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="default all cores"
    )
    parser.add_argument("--dask", metavar="ADDRESS", help="compute on this Dask scheduler instead")
    parser.add_argument("--json", action="store_true", help="print one JSON document, not CSV")


def run(args: argparse.Namespace) -> int:
    """Compute and print."""
    import numpy as np
    import orjson

    from routing.explore.explorer import Explorer
    from routing.explore.response import head_json, matrix_json, travel_json
    from routing.explore.travel import Traveller
    from routing.matrix import CHUNK, over_dask, over_processes, travel_matrix
    from routing.network import Network

    (origins, here), (destinations, there) = (
        read_places(args.origins),
        read_places(args.destinations),
    )
    network = Network.load(args.directory)
    travel = read_travel(
        args, network.timezone, max_duration_s=60 * args.max_minutes, moments=args.departures
    )
    spread = None
    if args.dask:
        spread = over_dask(args.dask, args.directory, network.id)
    elif args.processes > 1 and max(len(here), len(there)) > 2 * CHUNK:
        spread = over_processes(args.directory, network.id, args.processes)
    near, far = np.array(here).reshape(-1, 2), np.array(there).reshape(-1, 2)
    found = travel_matrix(Traveller(network, travel), near, far, args.percentiles, spread)
    if args.json:
        explorer = Explorer(network)
        head = head_json(explorer) | {"travel": travel_json(explorer, travel)}
        names = {"origins": origins, "destinations": destinations}
        document = head | names | matrix_json(found)
        sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
    else:
        _print_rows(origins, destinations, found)
    return 0


def read_places(path: Path) -> Table:
    """Read ids and positions (degrees, EPSG:4326) from a CSV file with columns id, lon and lat.

    Raises
    ------
    PlaceTableError
        The file, a column or a number cannot be read; the text names the row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise PlaceTableError(f"{path} cannot be read: {error}") from error
    ids, places = [], []
    for number, row in enumerate(rows, start=2):
        try:
            lon, lat = float(row["lon"]), float(row["lat"])
            good = abs(lon) <= 180 and abs(lat) <= 90
        except (KeyError, TypeError, ValueError):
            good = False
        if not good:
            raise PlaceTableError(f"{path}, row {number}: give lon and lat in degrees")
        ids.append(row.get("id") or str(number - 1))
        places.append((lon, lat))
    return ids, places


def _print_rows(origins: list[str], destinations: list[str], found: "Matrix") -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    only = len(found.percentiles) == 1
    names = ["seconds"] if only else [f"seconds_p{p}" for p in found.percentiles]
    writer.writerow(["origin", "destination", *names, "transfers"])
    for i, origin in enumerate(origins):
        values = [*found.seconds[:, i], found.transfers[i]]
        for j, destination in enumerate(destinations):
            numbers = ["" if row[j] < 0 else int(row[j]) for row in values]
            writer.writerow([origin, destination, *numbers])


def _percentiles(text: str) -> tuple[int, ...]:
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no list such as 25,50,75") from error
    if not all(1 <= p <= 100 for p in found):
        raise argparse.ArgumentTypeError(f"'{text}': percentiles are 1 to 100")
    return found

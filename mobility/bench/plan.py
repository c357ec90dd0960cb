"""Time whole plans between random points of the streets, JSON included."""

import argparse
import gc
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import thread_time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from mobility.commands._travel import read_clock, read_count, read_modes
from mobility.errors import MobilityError

HELP = "time door-to-door plans between random points, in the busiest hour of a weekday"
_WARM_UP = 100
"""Plans between other points made before, as by a process that has been serving for a while."""
_PREPARING_S = 60
PREPARING = ("shortcuts", "standing")
"""Threads that prepare something for plans to come."""
_MOST_DAYS = 1000


class NothingToMeasureError(MobilityError):
    """The network lacks what the measurement needs."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``mobility bench plan``."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument("--queries", type=read_count, default=200, metavar="N", help="default 200")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default 1")
    parser.add_argument(
        "--at",
        type=read_clock,
        metavar="HH:MM",
        help="local time of departure, default that day's busiest hour",
    )
    parser.add_argument(
        "--modes",
        type=read_modes,
        default="WALK,TRANSIT,RENTAL",
        metavar="MODE,MODE",
        help="as for mobility plan, default WALK,TRANSIT,RENTAL",
    )
    parser.add_argument(
        "--stations",
        type=int,
        default=0,
        metavar="N",
        help="add N made-up bike stations at random points, for measuring only",
    )


class Asked(NamedTuple):
    """A planner that has been serving for a while, and what it is asked next."""

    planner: Any
    shared: Any
    requests: list[Any]

    def plan(self, request: Any) -> tuple[Any, int, float]:
        """Return an answer, its size as JSON in bytes, and its CPU milliseconds."""
        import orjson

        from routing.journeys.response import to_json

        began = thread_time()
        result = self.planner.plan(request, self.shared)
        size = len(orjson.dumps(to_json(result)))
        return result, size, 1000 * (thread_time() - began)


def prepare(args: argparse.Namespace) -> Asked:
    """Open a network and make plans on it, so that all is ready that is prepared meanwhile."""
    from mobility.commands.plan import stored_vehicles
    from routing.network import Network
    from routing.planner import Planner

    network = Network.load(args.directory)
    rng = np.random.default_rng(args.seed)
    shared = stored_vehicles(args.directory, network)
    if args.stations:
        shared = _made_up_stations(network, args.stations, rng)
    asked = Asked(Planner(network), shared, list(_requests(network, args, args.queries, rng)))
    others = list(_requests(network, args, _WARM_UP, rng))
    asked.plan(others[0])
    for thread in threading.enumerate():  # what is prepared in the background is not measured
        if thread.name in PREPARING:
            thread.join(_PREPARING_S)
    for request in others:
        asked.plan(request)
    gc.collect()
    gc.freeze()  # as web processes do
    return asked


def run(args: argparse.Namespace) -> int:
    """Print CPU median and 95th percentile of planning and encoding."""
    asked = prepare(args)
    network, requests = asked.planner.network, asked.requests
    times_ms, sizes, reasons, counts, rides = [], [], Counter[str](), [], 0
    for request in requests:
        result, size, took_ms = asked.plan(request)
        times_ms.append(took_ms)
        sizes.append(size)
        counts.append(len(result.itineraries))
        rides += any(leg.trip for way in result.itineraries for leg in way.legs)
        if result.error:
            reasons[str(result.error.code)] += 1
    median, p95, most = np.percentile(times_ms, [50, 95, 100])
    print(
        f"{len(requests)} plans on {network.name or network.id}, {requests[0].time:%Y-%m-%d %H:%M}:"
        f" CPU median {median:.2f} ms, p95 {p95:.2f} ms, most {most:.2f} ms",
        flush=True,
    )
    told = ", ".join(f"{code} {n}" for code, n in reasons.most_common()) or "none"
    print(
        f"{np.mean(counts):.1f} itineraries and {np.median(sizes) / 1000:.0f} kB each,"
        f" {rides} answers with public transport; without an answer or with a remark: {told}",
        file=sys.stderr,
    )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} CPUs, load {load:.1f}", file=sys.stderr)
    return 0


def _requests(
    network: Any, args: argparse.Namespace, number: int, rng: np.random.Generator
) -> Iterator[Any]:
    from routing.model import Place, PlanRequest

    day = busy_weekday(network)
    at = args.at or time(busy_hour(network, day))
    moment = datetime.combine(day, at, ZoneInfo(network.timezone))
    for _ in range(number):
        a, b = (Place(*random_point(network, rng)) for _ in range(2))
        yield PlanRequest(a, b, moment, modes=args.modes)


def random_point(network: Any, rng: np.random.Generator) -> tuple[float, float]:
    """Return a random junction of the walkable main part, or a random stop without streets."""
    if network.streets is None:
        stop = int(rng.choice(np.flatnonzero(network.served)))
        return float(network.timetable.stops.lon[stop]), float(network.timetable.stops.lat[stop])
    walk = network.streets.modes[0]
    node = int(walk.base[int(rng.choice(np.flatnonzero(walk.main)))])
    lon, lat = network.streets.node_lonlat(node)
    return float(lon), float(lat)


def busy_weekday(network: Any) -> date:
    """Return the weekday on which most trips start; of equal ones the first.

    Raises
    ------
    NothingToMeasureError
        There is no service day.
    """
    days: tuple[date, date] | None = network.service_days
    if days is None:
        raise NothingToMeasureError("the network has no timetable with service days to measure on")
    table = network.timetable
    trips = np.bincount(table.trips.service, minlength=len(table.services.weekdays))
    span = range(min((days[1] - days[0]).days + 1, _MOST_DAYS))
    candidates: list[date] = [
        d for d in (days[0] + timedelta(days=n) for n in span) if d.weekday() < 5
    ]
    return max(candidates or [days[0]], key=lambda day: trips[table.services.active(day)].sum())


def busy_hour(network: Any, day: date) -> int:
    """Return the hour of a day, 0 to 23, in which most vehicles call; of equal ones the first."""
    called_s = np.asarray(network.timetable.day_view(day).arrival_s)
    hours = np.bincount(called_s[called_s >= 0] // 3600, minlength=24)
    return int(hours[:24].argmax())


def _made_up_stations(network: Any, number: int, rng: np.random.Generator) -> Any:
    from routing.sharing.vehicles import SharedVehicles

    stations = []
    for i in range(number):
        lon, lat = random_point(network, rng)
        bikes = int(rng.integers(0, 12))
        stations.append(
            {
                "station_id": f"made-up-{i}",
                "name": f"made up {i}",
                "lon": lon,
                "lat": lat,
                "available": {"bicycle": bikes},
                "docks_available": 12 - bikes,
            }
        )
    return SharedVehicles.from_rows(
        network.streets, [{"system_id": "made-up", "stations": stations}]
    )

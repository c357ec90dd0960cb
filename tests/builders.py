"""Tiny towns for planning tests: a map, lines written as text, and stations with bikes."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from routing.gtfs.read import read_gtfs
from routing.model import Itinerary, Mode, Place, PlanRequest, PlanResult
from routing.network import Network, link_stops
from routing.planner import Planner
from routing.sharing.vehicles import SharedVehicles
from routing.streets.footpaths import with_street_footpaths
from routing.transit.timetable import Timetable
from tests.street_maps import DEGREE_M, Spots, Way, draw
from tests.unit.routing.feeds import write_feed

ZONE = ZoneInfo("Europe/Berlin")
DAY = "2024-05-07"
"""A Tuesday within the service of every timetable made here: 2024-05-01 to 2024-05-31."""

BLOCK_M = 398.95
"""Five minutes on foot at 1.33 m/s, a hair less so that whole seconds are 300."""

MAIN_STREET = {name: (number * BLOCK_M, 0.0) for number, name in enumerate("ABCDEFGHIJ", 1)}
"""Ten corners in a row, five minutes' walk from one to the next."""

STREET: list[Way] = [("A B C D E F G H I J", {"highway": "residential", "name": "Main Street"})]


def timetable(text: str, spots: Spots) -> Timetable:
    """Read trips such as ``Red A 08:00 B 08:10``, one per row; stops carry their spot's name."""
    trips, calls = ["route_id,service_id,trip_id,trip_headsign"], []
    lines: list[str] = []
    for number, row in enumerate(line.split() for line in text.strip().splitlines()):
        if row[0] not in lines:
            lines.append(row[0])
        trips.append(f"{row[0]},S,trip{number},to {row[-2]}")
        for stop, clock in zip(row[1::2], row[2::2], strict=True):
            time = f"{clock}:00"
            calls.append(f"trip{number},{stop},{time},{time},{len(calls)}")
    degrees = {name: (x / DEGREE_M, y / DEGREE_M) for name, (x, y) in spots.items()}
    with tempfile.TemporaryDirectory() as folder:
        feed = write_feed(
            Path(folder) / "feed.zip",
            agency="agency_id,agency_name,agency_url,agency_timezone\n"
            f"T,Town Transport,http://town.example,{ZONE.key}\n",
            stops="stop_id,stop_name,stop_lat,stop_lon\n"
            + "".join(f"{n},{n} Street,{lat},{lon}\n" for n, (lon, lat) in degrees.items()),
            routes="route_id,agency_id,route_short_name,route_type,route_color\n"
            + "".join(f"{line},T,{line},3,FF0000\n" for line in lines),
            trips="\n".join(trips) + "\n",
            stop_times="trip_id,stop_id,arrival_time,departure_time,stop_sequence\n"
            + "\n".join(calls)
            + "\n",
            calendar="service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
            "start_date,end_date\nS,1,1,1,1,1,1,1,20240501,20240531\n",
        )
        return read_gtfs([feed])[0]


def town(
    lines: str = "", spots: Spots = MAIN_STREET, ways: Sequence[Way] | None = STREET
) -> Network:
    """Make a network in memory; without ``ways`` it has no streets, without ``lines`` no trips."""
    streets = draw(spots, ways) if ways else None
    table = timetable(lines, spots) if lines else None
    if streets and table:
        links = link_stops(streets, table)
        table = with_street_footpaths(table, streets, links)
    return Network.of(streets, table, id="tiny", name="Tiny", timezone=ZONE.key)


def save_town(network: Network, version: Path) -> Path:
    """Write what ``mobility build`` would leave before joining streets and timetable."""
    if network.streets:
        network.streets.save(version / "streets")
    if network.timetable:
        network.timetable.save(version / "transit")
    manifest = {
        "id": network.id,
        "name": network.name,
        "timezone": network.timezone,
        "bbox": network.bbox,
    }
    version.mkdir(exist_ok=True)
    (version / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return version


def station(
    name: str, bikes: int, docks: int | None = 5, spots: Spots = MAIN_STREET
) -> dict[str, Any]:
    """Describe a bike station at a spot."""
    x, y = spots[name]
    return {
        "station_id": f"station-{name}",
        "name": f"Station {name}",
        "lon": x / DEGREE_M,
        "lat": y / DEGREE_M,
        "available": {"bike": bikes},
        "docks_available": docks,
        "is_renting": True,
        "is_returning": True,
        "rental_uris": {"web": f"https://bikes.example/{name}"},
    }


def bikes(network: Network, *stations: Mapping[str, Any], **more: Any) -> SharedVehicles:
    """Make one system of bikes with these stations."""
    system = {
        "system_id": "town-bikes",
        "name": "Town Bikes",
        "as_of": datetime(2024, 5, 7, 5, 59, tzinfo=UTC),
        "stale": False,
        "vehicle_types": [
            {
                "vehicle_type_id": "bike",
                "form_factor": "bicycle",
                "return_constraint": "any_station",
                "pricing_plan_id": "basic",
            }
        ],
        "stations": list(stations),
    }
    assert network.streets is not None
    return SharedVehicles.from_rows(network.streets, [system | more])


def request(
    start: str, end: str, at: str = "08:00", *, spots: Spots = MAIN_STREET, **more: Any
) -> PlanRequest:
    """Ask for a way between two spots, e.g. ``modes="WALK TRANSIT"``."""
    if "modes" in more:
        more["modes"] = frozenset(Mode(word) for word in more["modes"].split())
    moment = datetime.fromisoformat(at if "T" in at else f"{DAY}T{at}").replace(tzinfo=ZONE)
    here, there = (
        Place(spots[n][0] / DEGREE_M, spots[n][1] / DEGREE_M, name=n) for n in (start, end)
    )
    return PlanRequest(here, there, moment, **more)


def ask(
    network: Network,
    start: str,
    end: str,
    at: str = "08:00",
    shared: SharedVehicles | None = None,
    **more: Any,
) -> PlanResult:
    """Plan between two spots."""
    return Planner(network).plan(request(start, end, at, **more), shared)


def show(way: Itinerary) -> str:
    """Write an itinerary as ``A 08:00 WALK B 08:05, B 08:06 Red C 08:10``."""

    def spot(place: Place) -> str:
        return place.stop_id or (place.station_id or place.name or "?").removeprefix("station-")

    def clock(unix_s: int) -> str:
        local = datetime.fromtimestamp(unix_s, ZONE)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"

    return ", ".join(
        f"{spot(leg.origin)} {clock(leg.start_s)} {leg.trip.short_name if leg.trip else leg.mode}"
        f" {spot(leg.destination)} {clock(leg.end_s)}"
        for leg in way.legs
    )


def shown(result: PlanResult) -> list[str]:
    """Write all itineraries."""
    return [show(way) for way in result.itineraries]


def without_streets(network: Network) -> Network:
    """Return the network with its timetable alone."""
    return replace(network, streets=None, links={})

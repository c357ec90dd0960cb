"""Boards, stops and trips in the words of the planner's answer, ready to become JSON."""

from typing import Any

from numpy.typing import NDArray
from shapely.geometry import mapping

from routing.explore.board import Page
from routing.explore.explorer import Explorer
from routing.explore.isochrone import Isochrones
from routing.explore.links import Link
from routing.explore.travel import Travel
from routing.journeys.response import Clock, Json, leg_json, real_time_json
from routing.journeys.translated import Speaker
from routing.matrix import Matrix
from routing.model import Leg
from routing.realtime.live import LiveNow
from routing.transit.modes import TransitMode
from routing.transit.tables import NO, YES

_OF_TRIP = (
    "mode", "tripId", "routeId", "routeShortName", "routeLongName", "routeColor",
    "routeTextColor", "agencyId", "agencyName", "headsign", "serviceDate",
    "wheelchairAccessible", "bikesAllowed", "carsAllowed", "alerts",
)  # fmt: skip


def head_json(explorer: Explorer, now: LiveNow | None = None) -> Json:
    """Name the network an answer was computed on, and say how fresh what else is known was."""
    network = explorer.network
    head: Json = {"network": network.id, "timezone": network.timezone}
    if now is not None:
        head["realTime"] = real_time_json(now.status, Clock(network.timezone))
    return head


def page_json(
    explorer: Explorer, page: Page, arrivals: bool, speaker: Speaker | None = None
) -> Json:
    """Describe a board: its calls, and the time to ask for the ones after."""
    clock = Clock(explorer.network.timezone)
    calls = []
    for call in page.calls:
        leg = leg_json(call.leg if speaker is None else speaker.ride(call.leg), clock)
        here, other = (leg["to"], leg["from"]) if arrivals else (leg["from"], leg["to"])
        word = "arrival" if arrivals else "departure"
        calls.append(
            {
                "time": None if call.cancelled else clock.text(call.time_s),
                "scheduledTime": here[f"scheduled{word.capitalize()}"],
                "realTime": call.real_time,
                "cancelled": call.cancelled,
                "stop": _stop_of(here),
                "origin" if arrivals else "destination": _stop_of(other),
                **{name: leg[name] for name in _OF_TRIP},
            }
        )
    next_s = page.next_s
    return {
        "arrivals" if arrivals else "departures": calls,
        "nextTime": None if next_s is None else clock.text(next_s),
    }


def _stop_of(place: Json) -> Json:
    return {name: place[name] for name in ("stopId", "name", "track", "lat", "lon")}


def trip_json(
    explorer: Explorer, leg: Leg, starts_s: list[int], speaker: Speaker | None = None
) -> Json:
    """Describe a trip: its calls in order, the line of its vehicle, the starts of its runs."""
    clock = Clock(explorer.network.timezone)
    told = leg_json(leg if speaker is None else speaker.ride(leg), clock)
    return {
        **{name: told[name] for name in (*_OF_TRIP, "realTime", "cancelled", "legGeometry")},
        "calls": [told["from"], *told["intermediateStops"], told["to"]],
        "startTimes": [service_clock(start) for start in starts_s],
    }


def service_clock(seconds: int) -> str:
    """Write seconds of a service day as GTFS does, such as ``25:10:00``."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def stop_json(
    explorer: Explorer,
    row: int,
    distance_m: float | None = None,
    speaker: Speaker | None = None,
) -> dict[str, Any]:
    """Describe a stop and the lines that call there."""
    stops, routes = explorer.timetable.stops, explorer.timetable.routes
    parent = int(stops.parent[row])
    lines = explorer.stops.lines(row)
    return {
        "stopId": stops.id[row],
        "name": _stop_name(explorer, row, speaker) or None,
        "code": stops.code[row] or None,
        "track": stops.platform[row] or None,
        "lat": round(float(stops.lat[row]), 7),
        "lon": round(float(stops.lon[row]), 7),
        "kind": "STATION" if stops.location_type[row] == 1 else "STOP",
        "stationId": None if parent < 0 else stops.id[parent],
        "feed": explorer.timetable.feeds[int(stops.feed[row])],
        "wheelchairAccessible": {YES: True, NO: False}.get(int(stops.wheelchair[row])),
        "lines": [_line_name(explorer, line, speaker) for line in lines],
        "modes": sorted({TransitMode(int(routes.mode[line])).name for line in lines}),
        "distance": None if distance_m is None else round(distance_m, 1),
    }


def _stop_name(explorer: Explorer, row: int, speaker: Speaker | None) -> str:
    stops = explorer.timetable.stops
    name: str = stops.name[row]
    if speaker is None or not name:
        return name
    return speaker.name("stop_name", int(stops.feed[row]), stops.id[row], name)


def _line_name(explorer: Explorer, line: int, speaker: Speaker | None) -> str:
    table = explorer.timetable
    routes, feed = table.routes, int(table.agencies.feed[table.routes.agency[line]])
    field = "route_short_name" if routes.short_name[line] else "route_long_name"
    name: str = routes.short_name[line] or routes.long_name[line]
    if speaker is None or not name:
        return name
    return speaker.name(field, feed, routes.id[line], name)


def travel_json(explorer: Explorer, travel: Travel) -> Json:
    """Repeat how and when one travels."""
    clock = Clock(explorer.network.timezone)
    return {
        "time": clock.text(int(travel.time.timestamp())),
        "arriveBy": travel.arrive_by,
        "mode": travel.mode.value,
        "maxDuration": travel.max_duration_s,
        "moments": travel.moments,
        "step": travel.step_s,
    }


def isochrones_json(found: Isochrones) -> Json:
    """Describe areas as the features of a GeoJSON collection, the largest first to be drawn."""
    features = [
        {
            "type": "Feature",
            "properties": {"limit": area.limit_s, "squareMetres": round(area.square_m)},
            "geometry": mapping(area.shape),
        }
        for area in reversed(found.areas)
    ]
    return {
        "type": "FeatureCollection",
        "features": features,
        "resolution": round(found.resolution_m, 1),
        "percentile": found.percentile,
    }


def matrix_json(found: Matrix) -> Json:
    """Describe a matrix: rows are origins, null is out of reach or, of transfers, no vehicle."""
    return {
        "percentiles": list(found.percentiles),
        "durations": [_or_null(table) for table in found.seconds],
        "transfers": _or_null(found.transfers),
    }


def _or_null(table: NDArray[Any]) -> list[list[int | None]]:
    return [[None if value < 0 else value for value in row] for row in table.tolist()]


def links_json(explorer: Explorer, links: list[Link], most_trips: int) -> list[Json]:
    """Describe the lines that pass a stretch, the busiest first, and so many trips of each."""
    clock = Clock(explorer.network.timezone)
    table = explorer.timetable
    routes, stops, trips = table.routes, table.stops, table.trips
    return [
        {
            "routeId": None if link.route < 0 else routes.id[link.route],
            "routeShortName": None if link.route < 0 else routes.short_name[link.route] or None,
            "mode": None if link.route < 0 else TransitMode(int(routes.mode[link.route])).name,
            "from": {"stopId": stops.id[link.from_stop], "name": stops.name[link.from_stop]},
            "to": {"stopId": stops.id[link.to_stop], "name": stops.name[link.to_stop]},
            "foundBy": {True: "SHAPE", False: "STRAIGHT_LINE", None: "STOPS"}[link.on_shape],
            "count": len(link.trips),
            "perHour": list(link.per_hour),
            "trips": [
                {
                    "tripId": trips.id[trip] if trip < table.n_trips else None,
                    "serviceDate": day.isoformat(),
                    "departure": clock.text(leave_s),
                }
                for trip, day, leave_s in link.trips[:most_trips]
            ],
        }
        for link in links
    ]

"""A plan as a JSON document: for other programs, and for the pages."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from fleet.model import Move, StationStock, Tour
from mobility.network.manifest import Manifest
from mobility.rebalancing.job import Result
from routing.journeys.polyline import PRECISION, encode

Json = dict[str, Any]


def to_document(result: Result, manifest: Manifest, geometry: bool = True) -> Json:
    """Write a plan out.

    Parameters
    ----------
    result : Result
        The plan with what it rests on.
    manifest : Manifest
        Network it was computed on.
    geometry : bool
        Whether to add the line of every tour, an encoded polyline of precision 6.

    Returns
    -------
    Json
        Times as RFC 3339 with the town's offset, durations in seconds, amounts in vehicles:
        ``dropped`` is negative where vehicles are picked up.
    """
    from zoneinfo import ZoneInfo

    plan, outlook, order = result.plan, result.outlook, result.order
    start = order.start.astimezone(ZoneInfo(manifest.timezone))
    stations = {s.station_id: (i, s) for i, s in enumerate(outlook.inventory.stations)}
    as_of = outlook.snapshot.as_of
    return {
        "network": manifest.id,
        "generated": manifest.generated,
        "system": outlook.snapshot.system.system_id,
        "stockAsOf": as_of.isoformat() if as_of else None,
        "stockIsStale": outlook.is_stale,
        "start": start.isoformat(),
        "horizonHours": order.horizon_h,
        "demand": {"source": outlook.demand.source, "assumed": outlook.demand.is_prior},
        "travelTimes": result.drives.source,
        "depot": {"lon": result.drives.lonlat[0][0], "lat": result.drives.lonlat[0][1]},
        "status": str(plan.status),
        "solver": plan.solver,
        "seconds": round(result.seconds, 2),
        "objectiveSeconds": round(plan.objective_s),
        "lostTripsBefore": round(plan.lost_before, 2),
        "lostTripsAfter": round(plan.lost_after, 2),
        "rules": {
            "stopSeconds": order.rules.stop_s,
            "handleSeconds": order.rules.handle_s,
            "lostTripSeconds": order.rules.lost_trip_s,
        },
        "trucks": [
            {
                "id": truck.truck_id,
                "capacity": truck.capacity,
                "shiftSeconds": truck.shift_s,
                "startLoad": truck.start_load,
            }
            for truck in order.trucks
        ],
        "tours": [_tour(tour, start, stations, result, geometry) for tour in plan.tours],
        "moves": [_move(tour.truck_id, move) for tour in plan.tours for move in tour.moves],
        "skipped": [
            {
                "stationId": skip.station_id,
                "name": stations[skip.station_id][1].name,
                "wanted": skip.wanted,
                "reason": str(skip.reason),
                "lostTrips": round(skip.lost_trips, 2),
            }
            for skip in plan.skipped
        ],
        "leftOut": [
            {"stationId": station_id, "reason": reason}
            for station_id, reason in outlook.stock.left_out
        ],
        "stations": [_station(i, s, result) for i, s in stations.values()],
        "notices": list(outlook.notices),
        "checked": True,
    }


def _tour(
    tour: Tour,
    start: datetime,
    stations: dict[str, tuple[int, StationStock]],
    result: Result,
    geometry: bool,
) -> Json:
    stops = []
    load = tour.start_load
    for move in tour.moves:
        station = stations[move.station_id][1]
        stops.append(
            {
                "stationId": move.station_id,
                "name": station.name,
                "lon": station.lon,
                "lat": station.lat,
                "arrival": (start + timedelta(seconds=move.arrival_s)).isoformat(),
                "departure": (start + timedelta(seconds=move.departure_s)).isoformat(),
                "arrivalSeconds": move.arrival_s,
                "departureSeconds": move.departure_s,
                "dropped": move.dropped,
                "loadBefore": load,
                "loadAfter": move.load_after,
            }
        )
        load = move.load_after
    document: Json = {
        "truck": tour.truck_id,
        "start": start.isoformat(),
        "end": (start + timedelta(seconds=tour.duration_s)).isoformat(),
        "durationSeconds": tour.duration_s,
        "startLoad": tour.start_load,
        "endLoad": tour.end_load,
        "stops": stops,
    }
    if geometry:
        places = [0, *(stations[move.station_id][0] + 1 for move in tour.moves), 0]
        pairs = list(pairwise(places)) if tour.moves else []
        lines = [result.drives.way(a, b) for a, b in pairs]
        line = np.concatenate(lines) if lines else np.zeros((0, 2))
        document["geometry"] = {"points": encode(line, PRECISION), "precision": PRECISION}
    return document


def _move(truck_id: str, move: Move) -> Json:
    kind = "drop" if move.dropped > 0 else "pick-up"
    return {
        "truck": truck_id,
        "stationId": move.station_id,
        "kind": kind,
        "vehicles": abs(move.dropped),
    }


def _station(i: int, station: StationStock, result: Result) -> Json:
    targets, plan = result.outlook.targets, result.plan
    moved = sum(
        move.dropped
        for tour in plan.tours
        for move in tour.moves
        if move.station_id == station.station_id
    )
    return {
        "stationId": station.station_id,
        "name": station.name,
        "capacity": station.capacity,
        "vehicles": station.vehicles,
        "vehiclesAfter": station.vehicles + moved,
        "target": plan.targets[station.station_id],
        "best": int(targets.best[i]),
        "band": [int(targets.low[i]), int(targets.high[i])],
        "bandIsMet": bool(targets.is_met[i]),
    }

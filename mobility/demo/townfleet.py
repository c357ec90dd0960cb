"""The demo town's own vehicles to share: bikes at stations, cars at places, scooters anywhere."""

from typing import Any, Final

import numpy as np
from scipy.spatial import cKDTree

from mobility.demo.buildings import Houses
from mobility.demo.layout import Quarter
from mobility.demo.lines import Station
from mobility.demo.plane import FloatArray, to_lonlat
from mobility.demo.sharing import Dock, Fleet, spread
from mobility.demo.streetplan import TownPlan

BIKE_STATIONS: Final = 60
CAR_PLACES: Final = 16
CARS: Final = 40
SCOOTERS: Final = 150


def town_fleet(
    rng: np.random.Generator,
    plan: TownPlan,
    stations: list[Station],
    houses: Houses,
    people: FloatArray,
) -> Fleet:
    """Place stations near stops and people, and scooters where people live in the town.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the choices.
    plan : TownPlan
        The town.
    stations : list of Station
        Stops of public transport.
    houses, people : Houses and float64 (n,)
        Where people live.

    Returns
    -------
    Fleet
        60 bike stations, 16 places with 40 cars, 150 scooters, three zones.
    """
    xy = np.array([station.xy for station in stations])
    near = cKDTree(houses.xy).query_ball_point(xy, 450.0)
    weight = np.array([60.0 + people[i].sum() for i in near])
    weight[0] = weight.max() * 1.5  # the main station
    chosen = spread(rng, xy, weight, BIKE_STATIONS)
    docks = [_bikes(stations[i], float(weight[i] / weight.max())) for i in chosen]
    docks += [_cars(stations[i]) for i in chosen[: 2 * CAR_PLACES : 2]]
    in_town = np.hypot(*houses.xy.T) < 2700
    share = people * in_town
    at = rng.choice(len(share), SCOOTERS, p=share / share.sum())
    scooters = to_lonlat(houses.xy[at] + rng.normal(0, 9, (SCOOTERS, 2)))
    name = f"Teilrad {plan.names.town} (Demo, erzeugt)"
    system_id = "teilrad_" + plan.names.town.lower().replace("ü", "ue")
    return Fleet(system_id, name, "Europe/Berlin", docks, scooters, _zones(plan), CARS)


def _bikes(station: Station, share: float) -> Dock:
    place = to_lonlat(station.xy + _beside(station, 14.0))
    return Dock(station.name, place, 10 + 2 * round(9 * share))


def _cars(station: Station) -> Dock:
    place = to_lonlat(station.xy + _beside(station, -22.0))
    return Dock(f"Stadtauto {station.name}", place, 4, cars=True)


def _beside(station: Station, distance_m: float) -> FloatArray:
    return distance_m * np.array([np.sin(station.heading), -np.cos(station.heading)])


def _zones(plan: TownPlan) -> list[dict[str, Any]]:
    """Old town: walking pace and no parking; castle hill: closed; the town: park freely."""
    old, castle = plan.quarters[0], plan.parks[0]
    slow = {"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": True,
            "maximum_speed_kph": 6}  # fmt: skip
    closed = {"ride_start_allowed": False, "ride_end_allowed": False, "ride_through_allowed": False}
    free = {"ride_start_allowed": True, "ride_end_allowed": True, "ride_through_allowed": True}
    middle = Quarter("Stadtgebiet", "dense", 60, -50, 3300, None, (1, 1), 0)
    return [
        _zone("Schlossberg", castle.xy, closed),
        _zone("Fußgängerzone Altstadt", _disc(old, 190), slow),
        _zone("Stadtgebiet", _disc(middle, middle.radius_m), free),
    ]


def _disc(quarter: Quarter, radius_m: float) -> FloatArray:
    t = np.linspace(0, 2 * np.pi, 49)
    xy = np.column_stack([np.cos(t), np.sin(t)]) * radius_m + (quarter.x_m, quarter.y_m)
    xy[-1] = xy[0]
    return xy


def _zone(name: str, xy: FloatArray, rule: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "MultiPolygon", "coordinates": [[to_lonlat(xy).round(6).tolist()]]}
    properties = {
        "name": [{"text": name, "language": "de"}],
        "rules": [{"vehicle_type_ids": ["scooter"], **rule}],
    }
    return {"type": "Feature", "geometry": geometry, "properties": properties}

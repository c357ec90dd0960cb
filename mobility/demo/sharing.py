"""Writes vehicles to share as a folder of GBFS 3.0 files."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from scipy.spatial import cKDTree

from mobility.demo.plane import FloatArray

Feed = dict[str, Any]
VEHICLE_TYPES: Final[tuple[Feed, ...]] = (
    {"vehicle_type_id": "bike", "form_factor": "bicycle", "propulsion_type": "human",
     "name": [{"text": "Stadtrad", "language": "de"}], "return_constraint": "any_station",
     "default_reserve_time": 15, "default_pricing_plan_id": "bike-plan"},
    {"vehicle_type_id": "ebike", "form_factor": "bicycle", "propulsion_type": "electric_assist",
     "name": [{"text": "Pedelec", "language": "de"}], "return_constraint": "any_station",
     "max_range_meters": 60000.0, "default_reserve_time": 15,
     "default_pricing_plan_id": "ebike-plan"},
    {"vehicle_type_id": "car", "form_factor": "car", "propulsion_type": "electric",
     "name": [{"text": "Stadtauto", "language": "de"}], "return_constraint": "roundtrip_station",
     "max_range_meters": 260000.0, "default_reserve_time": 30,
     "default_pricing_plan_id": "car-plan", "rider_capacity": 5},
    {"vehicle_type_id": "scooter", "form_factor": "scooter_standing", "propulsion_type": "electric",
     "name": [{"text": "E-Roller", "language": "de"}], "return_constraint": "free_floating",
     "max_range_meters": 35000.0, "default_reserve_time": 10,
     "default_pricing_plan_id": "scooter-plan"},
)  # fmt: skip
# plan, name, price, (start, rate, interval) per minutes
PLANS: Final = (
    ("bike-plan", "Rad: 1 Euro für 30 Minuten, dann 1 Euro je halbe Stunde", 1.0, ((30, 1.0, 30),)),
    ("ebike-plan", "Pedelec: 1 Euro und 10 Cent je Minute", 1.0, ((0, 0.10, 1),)),
    ("car-plan", "Auto: 2 Euro und 1,80 Euro je Viertelstunde", 2.0, ((0, 1.80, 15),)),
    ("scooter-plan", "Roller: 1 Euro und 19 Cent je Minute", 1.0, ((0, 0.19, 1),)),
)


@dataclass(frozen=True)
class Dock:
    """A station of the fleet to generate.

    Parameters
    ----------
    name : str
        What it is called.
    lonlat : float64, (2,)
        Where, degrees (EPSG:4326).
    capacity : int
        Docks, or parking places.
    cars : bool
        Whether it is for cars instead of bikes.
    """

    name: str
    lonlat: FloatArray
    capacity: int
    cars: bool = False


@dataclass(frozen=True)
class Fleet:
    """A fleet to be written.

    Parameters
    ----------
    system_id, name : str
        Identity of the system; the name says that it is generated.
    timezone : str
        Of its opening hours.
    docks : list of Dock
        Its stations.
    scooters : float64, (n, 2)
        Where free-floating scooters stand, lon and lat.
    zones : list of dict
        GeoJSON features of geofencing zones, the first to apply first.
    cars : int
        How many cars stand at the stations for cars.
    """

    system_id: str
    name: str
    timezone: str
    docks: list[Dock]
    scooters: FloatArray
    zones: list[Feed]
    cars: int = 0


def spread(rng: np.random.Generator, xy: FloatArray, weight: FloatArray, count: int) -> list[int]:
    """Choose positions far from each other, more of them where the weight is high.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the choice among equals.
    xy : float64, (n, 2)
        Candidates, metres.
    weight : float64, (n,)
        Positive: half the weight wants 1.4 times the distance to others.
    count : int
        How many to choose, at most n.

    Returns
    -------
    list of int
        Indices in the order chosen.
    """
    score = np.sqrt(weight / weight.max())
    chosen = [int(np.argmax(score * rng.uniform(0.9, 1.0, len(xy))))]
    gap = np.hypot(*(xy - xy[chosen[0]]).T)
    while len(chosen) < min(count, len(xy)):
        best = int(np.argmax(gap * score))
        chosen.append(best)
        gap = np.minimum(gap, np.hypot(*(xy - xy[best]).T))
    return chosen


def thin(xy: FloatArray, apart_m: float) -> list[int]:
    """Keep positions (n, 2) of which no two lie nearer than ``apart_m``; the first win."""
    tree = cKDTree(xy)
    dropped: set[int] = set()
    kept = []
    for i in range(len(xy)):
        if i not in dropped:
            kept.append(i)
            dropped.update(tree.query_ball_point(xy[i], apart_m))
    return kept


def write_fleet(
    folder: Path, rng: np.random.Generator, fleet: Fleet, today: dt.date
) -> dict[str, int]:
    """Write the fleet's feeds into a folder.

    Parameters
    ----------
    folder : Path
        Made where missing; feeds in it are replaced. ``gbfs.json`` names the others by file name.
    rng : numpy.random.Generator
        Fill of stations, charge of vehicles.
    fleet : Fleet
        What to write.
    today : datetime.date
        Date of the snapshot, taken at six in the morning.

    Returns
    -------
    dict of str to int
        Stations, bikes, cars and scooters written.
    """
    at = dt.datetime.combine(today, dt.time(6), ZoneInfo(fleet.timezone)).isoformat()
    information, status, vehicles, bikes = _stations(rng, fleet, at)
    vehicles += _scooters(rng, fleet.scooters, at)
    used = {v["vehicle_type_id"] for v in vehicles} | {"bike", "ebike"}
    types = [t for t in VEHICLE_TYPES if t["vehicle_type_id"] in used]
    plans = [_plan(*p) for p in PLANS if p[0] in {t["default_pricing_plan_id"] for t in types}]
    rules = [{"vehicle_type_ids": ["scooter"], "ride_start_allowed": True,
              "ride_end_allowed": False, "ride_through_allowed": True}]  # fmt: skip
    feeds: dict[str, Feed] = {
        "system_information": _system(fleet, today),
        "vehicle_types": {"vehicle_types": types},
        "station_information": {"stations": information},
        "station_status": {"stations": status},
        "vehicle_status": {"vehicles": vehicles},
        "system_pricing_plans": {"plans": plans},
    }
    if fleet.zones:
        collection = {"type": "FeatureCollection", "features": fleet.zones}
        feeds["geofencing_zones"] = {"geofencing_zones": collection, "global_rules": rules}
    folder.mkdir(parents=True, exist_ok=True)
    names = [{"name": name, "url": f"{name}.json"} for name in feeds]
    for name, data in ({"gbfs": {"feeds": names}} | feeds).items():
        document = {"last_updated": at, "ttl": 60, "version": "3.0", "data": data}
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    cars = sum(v["vehicle_type_id"] == "car" for v in vehicles)
    return {"stations": len(information), "bikes": bikes, "cars": cars,
            "scooters": len(fleet.scooters)}  # fmt: skip


def _system(fleet: Fleet, today: dt.date) -> Feed:
    return {
        "system_id": fleet.system_id,
        "languages": ["de"],
        "name": [{"text": fleet.name, "language": "de"}],
        "attribution_organization_name": [
            {"text": "Erzeugte Demo-Daten, kein wirklicher Anbieter", "language": "de"}
        ],
        "opening_hours": "24/7",
        "start_date": (today - dt.timedelta(days=900)).isoformat(),
        "feed_contact_email": "demo@demo.example",
        "timezone": fleet.timezone,
        "terms_url": [{"text": "https://demo.example/terms", "language": "de"}],
        "terms_last_updated": today.isoformat(),
        "license_id": "CC0-1.0",
    }


def _plan(plan_id: str, name: str, price: float, steps: tuple[tuple[int, float, int], ...]) -> Feed:
    text = [{"text": name, "language": "de"}]
    per_min = [{"start": start, "rate": rate, "interval": every} for start, rate, every in steps]
    return {"plan_id": plan_id, "name": text, "description": text, "currency": "EUR",
            "price": price, "is_taxable": False, "per_min_pricing": per_min}  # fmt: skip


def _stations(
    rng: np.random.Generator, fleet: Fleet, at: str
) -> tuple[list[Feed], list[Feed], list[Feed], int]:
    """Return information, status, the cars standing there, and the number of bikes."""
    information, status, vehicles, bikes = [], [], [], 0
    places = [i for i, dock in enumerate(fleet.docks) if dock.cars]
    shares = np.bincount(np.arange(fleet.cars) % max(1, len(places)), minlength=len(places))
    for i, dock in enumerate(fleet.docks):
        station_id = f"{'auto' if dock.cars else 'rad'}{i + 1:03d}"
        if dock.cars:
            count = int(shares[places.index(i)])
            fill = [{"vehicle_type_id": "car", "count": count}]
            vehicles += [_car(rng, station_id, dock, at) for _ in range(count)]
        else:
            count = int(rng.binomial(dock.capacity, rng.beta(4, 4)))
            electric = int(rng.binomial(count, 0.25))
            fill = [{"vehicle_type_id": "bike", "count": count - electric},
                    {"vehicle_type_id": "ebike", "count": electric}]  # fmt: skip
            bikes += count
        capacity = max(dock.capacity, count)
        lon, lat = (round(float(v), 6) for v in dock.lonlat)
        information.append({
            "station_id": station_id, "name": [{"text": dock.name, "language": "de"}],
            "lat": lat, "lon": lon, "capacity": capacity, "is_virtual_station": dock.cars,
            "parking_type": "street_parking" if dock.cars else "sidewalk_parking",
        })  # fmt: skip
        status.append({
            "station_id": station_id, "num_vehicles_available": count,
            "vehicle_types_available": fill, "num_docks_available": capacity - count,
            "is_installed": True, "is_renting": True, "is_returning": True, "last_reported": at,
        })  # fmt: skip
    return information, status, vehicles, bikes


def _car(rng: np.random.Generator, station_id: str, dock: Dock, at: str) -> Feed:
    lon, lat = (round(float(v), 6) for v in dock.lonlat)
    share = float(np.round(rng.uniform(0.35, 1.0), 2))
    return {"vehicle_id": _random_id(rng), "lat": lat, "lon": lon, "is_reserved": False,
            "is_disabled": False, "vehicle_type_id": "car", "station_id": station_id,
            "home_station_id": station_id, "pricing_plan_id": "car-plan", "last_reported": at,
            "current_fuel_percent": share, "current_range_meters": 260000.0 * share}  # fmt: skip


def _scooters(rng: np.random.Generator, lonlat: FloatArray, at: str) -> list[Feed]:
    found = []
    for lon, lat in lonlat:
        share = float(np.round(rng.uniform(0.15, 1.0), 2))
        found.append({
            "vehicle_id": _random_id(rng), "lat": round(float(lat), 6), "lon": round(float(lon), 6),
            "is_reserved": False, "is_disabled": bool(rng.random() < 0.03),
            "vehicle_type_id": "scooter", "pricing_plan_id": "scooter-plan", "last_reported": at,
            "current_fuel_percent": share, "current_range_meters": 35000.0 * share,
        })  # fmt: skip
    return found


def _random_id(rng: np.random.Generator) -> str:
    """Return an id that says nothing; random per snapshot, as GBFS asks."""
    return rng.bytes(8).hex()

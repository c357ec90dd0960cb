"""Generates the demo town: a whole set of ordinary input files."""

import dataclasses
import datetime as dt
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from mobility.demo.buildings import Houses, build_houses
from mobility.demo.errors import DemoError
from mobility.demo.gtfs_writer import write_gtfs
from mobility.demo.landscape import landscape, tramways
from mobility.demo.lines import LinePlanner
from mobility.demo.osm_writer import OsmTown, forbidden_turns, signals
from mobility.demo.people import (
    residents,
    write_districts,
    write_elevation,
    write_population,
    write_trips,
)
from mobility.demo.places import settlements, spots
from mobility.demo.plane import FloatArray, to_lonlat
from mobility.demo.roundabouts import add_roundabouts
from mobility.demo.sharing import write_fleet
from mobility.demo.streetplan import TownPlan, draw_plan
from mobility.demo.tags import tag_streets
from mobility.demo.townfleet import town_fleet

LABEL: Final = "Generated demo town. Fictional: names, streets, timetables, people and trips."
TURNS: Final = 14
ROUNDABOUTS: Final = 7


def generate(folder: Path, seed: int = 1, today: dt.date | None = None) -> dict[str, Any]:
    """Write the demo town's files.

    Parameters
    ----------
    folder : Path
        Made where missing. Receives ``town.osm.pbf``, ``gtfs.zip``, ``gbfs/``, ``elevation.tif``,
        ``population.csv``, ``districts.geojson``, ``trips.csv`` and, last, ``demo.json``.
    seed : int
        The same seed and date give the same bytes.
    today : datetime.date, optional
        The calendar covers it and the year ahead; today by default.

    Returns
    -------
    dict
        What ``demo.json`` holds: seed, date, name, label, counts.

    Raises
    ------
    DemoError
        If the folder cannot be written.
    """
    date = today or dt.datetime.now(dt.UTC).astimezone().date()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "demo.json").unlink(missing_ok=True)
        summary = _write(folder, seed, date)
        _replace(folder / "demo.json", json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise DemoError(f"{folder} cannot be written ({error}); choose another folder") from error
    return summary


def _write(folder: Path, seed: int, today: dt.date) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    plan = draw_plan(rng)
    plan = dataclasses.replace(plan, streets=add_roundabouts(plan.streets, ROUNDABOUTS))
    planner = LinePlanner(plan)
    lines = planner.draw()
    tag_streets(rng, plan, planner.line_edges)
    houses = build_houses(rng, plan)
    people = residents(plan, houses)
    places = spots(rng, plan, houses)
    osm = _osm(rng, plan, houses, planner)
    osm.add_spots([*places, *settlements(plan)])
    osm.write(folder / "town.osm.pbf")
    rows = write_gtfs(
        folder / "gtfs.zip", plan.names, planner.stations, lines, today, _on_demand_area(plan)
    )
    fleet = write_fleet(
        folder / "gbfs", rng, town_fleet(rng, plan, planner.stations, houses, people), today
    )
    write_elevation(folder / "elevation.tif", plan)
    write_districts(folder / "districts.geojson", plan)
    inhabitants = write_population(folder / "population.csv", houses, people)
    goals = np.array([place.xy for place in places])
    trips = write_trips(folder / "trips.csv", rng, houses, people, goals, today)
    nodes = len(plan.streets.xy) + sum(len(edge.xy) - 2 for edge in plan.streets.edges)
    boarding = sum(s.platforms + len(s.tracks) for s in planner.stations)
    counts = {"inhabitants": inhabitants, "street_nodes": nodes, "houses": len(houses.xy),
              "lines": len(lines), "stops": boarding, "past_trips": trips}  # fmt: skip
    west, south = to_lonlat(np.array([-8000.0, -6000.0])).tolist()
    east, north = to_lonlat(np.array([8000.0, 6000.0])).tolist()
    return {
        "name": plan.names.town, "label": LABEL, "generated": True, "seed": seed,
        "date": today.isoformat(), "timezone": "Europe/Berlin",
        "bbox": [west, south, east, north], "counts": counts | fleet, "gtfs_rows": rows,
    }  # fmt: skip


def _osm(rng: np.random.Generator, plan: TownPlan, houses: Houses, planner: LinePlanner) -> OsmTown:
    osm = OsmTown(plan.names.town)
    lights = signals(plan.streets)
    ways = osm.add_streets(plan.streets, lights)
    for source, node, target in forbidden_turns(plan.streets, lights, TURNS):
        osm.add_restriction(ways[source], node, ways[target], "no_left_turn")
    osm.add_houses(houses)
    osm.add_features(landscape(rng, plan))
    osm.add_features(tramways(plan, planner.tram_edges))
    return osm


def _on_demand_area(plan: TownPlan) -> FloatArray:
    """Outline the southern villages, where the on-demand bus runs; closed, metres."""
    village = plan.villages
    discs = [shapely.Point(q.x_m, q.y_m).buffer(q.radius_m * 1.6) for q in village[5:8]]
    hull = shapely.convex_hull(shapely.union_all(discs)).simplify(30)
    return shapely.get_coordinates(hull.boundary)


def _replace(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(path)

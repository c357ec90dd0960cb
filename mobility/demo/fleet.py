"""Adds a generated bike fleet to a real city that has none, as a folder of GBFS 3.0 files."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.spatial import cKDTree

from mobility.demo.errors import DemoError
from mobility.demo.plane import FloatArray
from mobility.demo.sharing import Dock, Fleet, spread, thin, write_fleet
from mobility.network.manifest import load_manifest
from mobility.network.population import read_population
from mobility.network.versions import current_version
from routing.notices import NoticeList
from routing.osm.read import read_osm
from routing.streets.build import build_streets
from routing.streets.graph import StreetGraph, StreetMode
from routing.transit.timetable import Timetable

DEGREE_E7: Final = 1e7
STATION_KM2: Final = 0.35
APART_M: Final = 160.0
METRES_PER_LAT: Final = 111_200.0
LABEL: Final = "Generated bike fleet (demo)"


@dataclass(frozen=True)
class City:
    """What a fleet is placed by.

    Parameters
    ----------
    name, timezone : str
        Of the city.
    lonlat : float64, (n, 2)
        Street nodes that bikes can reach, degrees.
    streets : list of str
        A street's name at each node, empty where it has none.
    stops : float64, (m, 2)
        Stops of public transport, degrees; may be empty.
    people : float64, (k, 3)
        Longitude, latitude, inhabitants; may be empty.
    """

    name: str
    timezone: str
    lonlat: FloatArray
    streets: list[str]
    stops: FloatArray
    people: FloatArray


def from_network(directory: Path) -> City:
    """Read a city from a network directory.

    Raises
    ------
    DemoError
        If it holds no network, or one without streets.
    """
    version = current_version(directory)
    if version is None or not (version / "streets").is_dir():
        raise DemoError(f"{directory} holds no network with streets; make one: mobility build")
    manifest = load_manifest(version)
    lonlat, streets = _nodes(StreetGraph.load(version / "streets"))
    stops, people = np.empty((0, 2)), np.empty((0, 3))
    if (version / "transit").is_dir():
        timetable = Timetable.load(version / "transit")
        served = np.flatnonzero(timetable.served())
        stops = np.column_stack([timetable.stops.lon, timetable.stops.lat])[served]
    if (version / "population.csv").exists():
        cells = read_population(version / "population.csv", None, NoticeList())
        people = np.array([(c.lon, c.lat, c.population) for c in cells if c.population])
    return City(manifest.name, manifest.timezone, lonlat, streets, stops, people.reshape(-1, 3))


def from_osm(path: Path, timezone: str) -> City:
    """Read a city from an OpenStreetMap extract; its name is that of the file."""
    lonlat, streets = _nodes(build_streets(read_osm(path)))
    name = path.name.split(".")[0]
    return City(name, timezone, lonlat, streets, np.empty((0, 2)), np.empty((0, 3)))


def generate_fleet(
    folder: Path, city: City, seed: int = 1, stations: int = 60, today: dt.date | None = None
) -> dict[str, Any]:
    """Write a generated bike fleet for a city.

    Parameters
    ----------
    folder : Path
        Receives the GBFS files; made where missing.
    city : City
        Where people, stops and streets are.
    seed : int
        The same seed gives the same fleet.
    stations : int
        How many, at least 2.
    today : datetime.date, optional
        Date of the snapshot.

    Returns
    -------
    dict
        Label, name, and counts of stations and bikes.

    Raises
    ------
    DemoError
        If the city has too few streets, or the folder cannot be written.
    """
    rng = np.random.default_rng(seed)
    date = today or dt.datetime.now(dt.UTC).astimezone().date()
    docks = _docks(rng, city, stations)
    fleet = Fleet(
        "generated_" + "".join(c if c.isalnum() else "_" for c in city.name.lower()),
        f"{LABEL}: {city.name}",
        city.timezone,
        docks,
        np.empty((0, 2)),
        [],
    )
    try:
        counts = write_fleet(folder, rng, fleet, date)
    except OSError as error:
        raise DemoError(f"{folder} cannot be written ({error}); choose another folder") from error
    return {"label": LABEL, "name": city.name, "generated": True, "seed": seed, "counts": counts}


def _nodes(graph: StreetGraph) -> tuple[FloatArray, list[str]]:
    """Return the positions of nodes in the main cycling network, and a street at each."""
    mode = graph.modes[StreetMode.BIKE]
    main = np.flatnonzero(np.asarray(mode.main[: graph.n_nodes]))
    lonlat = np.column_stack([graph.nodes.lon_e7[main], graph.nodes.lat_e7[main]]) / DEGREE_E7
    at: dict[int, str] = {}
    for edge, (tail, head) in enumerate(zip(graph.edges.tail, graph.edges.head, strict=True)):
        name = graph.edge_name(edge)
        if name:
            at.setdefault(int(tail), name)
            at.setdefault(int(head), name)
    named = [i for i, node in enumerate(main) if int(node) in at]
    if not named:
        return lonlat, [""] * len(main)
    nearest = cKDTree(lonlat[named]).query(lonlat)[1]
    return lonlat, [at[int(main[named[i]])] for i in nearest]


def _docks(rng: np.random.Generator, city: City, count: int) -> list[Dock]:
    """Spread stations over the core: many where many people and stops are nearby."""
    if len(city.lonlat) < 2:
        raise DemoError("the city has no streets that bikes can use; check the extract")
    lat = np.radians(float(city.lonlat[:, 1].mean()))
    scale = np.array([METRES_PER_LAT * np.cos(lat), METRES_PER_LAT])
    shuffled = rng.permutation(len(city.lonlat))
    candidates = shuffled[thin(city.lonlat[shuffled] * scale, APART_M)]
    xy = city.lonlat[candidates] * scale
    weight = _weights(city, xy, scale)
    middle = np.average(xy, axis=0, weights=weight**2)
    reach = 1000 * np.sqrt(count * STATION_KM2 / np.pi)
    away = np.hypot(*(xy - middle).T)
    core = np.argsort(away, kind="stable")[: max(count, int((away < reach).sum()))]
    chosen = core[spread(rng, xy[core], weight[core], count)]
    used: dict[str, int] = {}
    docks = []
    for i in chosen:
        node = int(candidates[i])
        street = city.streets[node] or "Station"
        used[street] = used.get(street, 0) + 1
        name = street if used[street] == 1 else f"{street} {used[street]}"
        capacity = 10 + 2 * round(8 * float(weight[i] / weight.max()))
        docks.append(Dock(name, city.lonlat[node], capacity))
    return docks


def _weights(city: City, xy: FloatArray, scale: FloatArray) -> FloatArray:
    """Weigh places by inhabitants within 600 m and stops within 300 m, or by streets alone."""
    weight = np.ones(len(xy))
    if len(city.people):
        found = cKDTree(city.people[:, :2] * scale).query_ball_point(xy, 600.0)
        weight += np.array([city.people[i, 2].sum() for i in found]) / 100
    if len(city.stops):
        found = cKDTree(city.stops * scale).query_ball_point(xy, 300.0)
        weight += 2.0 * np.array([len(i) for i in found])
    if not len(city.people) and not len(city.stops):
        found = cKDTree(city.lonlat * scale).query_ball_point(xy, 300.0)
        weight += np.array([len(i) for i in found]) / 5
    return weight

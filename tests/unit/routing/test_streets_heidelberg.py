"""The streets of a real town: plausible, and as OSMnx finds them."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx as ox
import pytest

from routing.osm.model import OsmExtract
from routing.osm.osmnx_io import to_osmnx
from routing.osm.read import OsmError, read_osm
from routing.streets.build import build_streets
from routing.streets.graph import StreetGraph, StreetMode
from routing.streets.search import StreetSearch
from routing.streets.snap import Snapper, snap_many
from tests.shared import shared_dir

pytestmark = pytest.mark.shared

PBF = "data/heidelberg/heidelberg.osm.pbf"


@pytest.fixture(scope="module")
def extract() -> OsmExtract:
    return read_osm(shared_dir() / PBF)


@pytest.fixture(scope="module")
def streets(extract: OsmExtract, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreetGraph]:
    folder = tmp_path_factory.mktemp("streets")
    build_streets(extract).save(folder)
    return StreetGraph.load(folder)


def test_the_extract_has_what_its_description_says(extract: OsmExtract) -> None:
    assert len(extract.restrictions) == pytest.approx(470, abs=5)
    assert len(extract.ways.node_id) > 170_000
    assert len(extract.addresses) > 500
    assert {"Hauptstraße", "Bergheimer Straße"} <= set(extract.names)
    assert any(place.value == "station" for place in extract.places)
    west, south, east, north = extract.bbox
    assert 8.5 < west < 8.69 < east < 8.9
    assert 49.3 < south < 49.41 < north < 49.6


def test_junctions_and_main_parts_are_plausible(streets: StreetGraph) -> None:
    assert 30_000 < streets.n_nodes < 36_000
    share = {}
    for mode in StreetMode:
        side = streets.modes[mode]
        touched = np.unique(np.concatenate((side.tail, side.head)))
        share[mode] = side.main[touched].mean()
    assert share[StreetMode.WALK] > 0.95
    assert share[StreetMode.BIKE] > 0.9
    assert share[StreetMode.CAR] > 0.9
    assert streets.modes[StreetMode.CAR].n_nodes - streets.n_nodes > 400  # restricted turns


@pytest.mark.parametrize(
    ("mode", "count"), [(StreetMode.WALK, 10), (StreetMode.BIKE, 10), (StreetMode.CAR, 50)]
)
def test_shortest_lengths_are_those_osmnx_finds(
    streets: StreetGraph, mode: StreetMode, count: int
) -> None:
    exported = to_osmnx(streets, mode)
    side = streets.modes[mode]
    search = StreetSearch(streets, mode, streets.edges.length_m[side.way >> 1])
    snapper = Snapper(streets, mode)
    chance = random.Random(4)  # noqa: S311 - a sample, no secret
    simple = np.setdiff1d(
        np.flatnonzero(side.main[: streets.n_nodes]), side.base[streets.n_nodes :]
    )
    pairs = 0
    while pairs < count:
        start, end = chance.choice(simple), chance.choice(simple)
        here, there = (snapper.snap(*streets.node_lonlat(node)) for node in (start, end))
        assert here is not None
        assert there is not None
        if not {start, end} <= set(_at(search, (here, there))):
            continue  # two junctions in one place: the snap took the other
        pairs += 1
        ids = (int(streets.nodes.osm_id[node]) for node in (start, end))
        route = ox.shortest_path(exported, *ids, weight="length")
        path = search.path(search.reach([(here, 0.0)], 1e6, until=there), there)
        assert path is not None
        assert path.length_m == pytest.approx(nx.path_weight(exported, route, "length"), rel=1e-5)
        assert path.duration_s == pytest.approx(path.length_m, rel=1e-5)


def _at(search: StreetSearch, snaps: tuple[object, object]) -> list[int]:
    return [int(snap.alone().leaving.node[0]) for snap in snaps]  # type: ignore[attr-defined]


def test_a_walk_of_twenty_minutes_is_searched_in_a_blink(streets: StreetGraph) -> None:
    search = StreetSearch(streets, StreetMode.WALK)
    rng = np.random.default_rng(1)
    edges = rng.choice(np.flatnonzero(streets.modes[StreetMode.WALK].usable), 200)
    places = snap_many(
        streets,
        StreetMode.WALK,
        *np.array([streets.edge_lonlat(int(edge), 0.4, 0.4)[0] for edge in edges]).T,
    )
    snaps = [places[i] for i in range(len(places))]
    times = []
    for snap in snaps:
        assert snap is not None
        before = time.thread_time_ns()
        search.reach([(snap, 0.0)], 1200.0)
        times.append(time.thread_time_ns() - before)
    assert np.median(times) < 5e5  # 0.13 ms measured; room for a loaded machine


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    whole = (shared_dir() / PBF).read_bytes()
    cut = tmp_path / "half.osm.pbf"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OsmError, match=r"half\.osm\.pbf is no readable OSM file"):
        read_osm(cut)


@pytest.mark.parametrize(
    ("file", "junctions"),
    [("poa/poa_osm.pbf", 19_500), ("oslo/oslo_east_filtered.osm.pbf", 23_600)],
)
def test_other_towns_build_too(file: str, junctions: int) -> None:
    graph = build_streets(read_osm(shared_dir() / "data" / file))
    assert graph.n_nodes == pytest.approx(junctions, rel=0.02)
    for mode in StreetMode:
        assert graph.modes[mode].usable.sum() > 10_000

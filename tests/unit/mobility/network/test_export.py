"""Streets go to OSMnx and back, and OSMnx finds our distances on them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import osmnx as ox
import pytest

from mobility.commands import main
from mobility.network.build import build_network
from mobility.network.manifest import load_manifest
from routing.network import Network
from routing.streets.graph import StreetMode
from routing.streets.search import StreetSearch
from routing.streets.snap import Snapper
from tests.shared import ROOT
from tests.unit.mobility.network.tiny_town import SOUTH, STEP, WEST, inputs


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("export")
    given = inputs(folder, gtfs=(), gbfs=())
    build_network(given)
    file = folder / "walk.graphml"
    assert main(["export", str(given.directory), "--graphml", str(file), "--mode", "walk"]) == 0
    return given.directory, ox.load_graphml(file)


def test_osmnx_finds_the_distance_our_search_finds(exported: tuple[Path, Any]) -> None:
    directory, graph = exported
    path = ox.shortest_path(graph, 1, 25, weight="length")  # opposite corners of the grid
    length = sum(ox.routing.route_to_gdf(graph, path)["length"])
    streets = Network.load(directory).streets
    assert streets is not None
    snapper = Snapper(streets, StreetMode.WALK)
    start, end = (snapper.snap(WEST, SOUTH), snapper.snap(WEST + 4 * STEP, SOUTH + 4 * STEP))
    assert start is not None
    assert end is not None
    search = StreetSearch(streets, StreetMode.WALK)
    found = search.path(search.reach([(start, 0.0)], 7200), end)
    assert found is not None
    assert found.length_m == pytest.approx(length, rel=1e-4)


def test_a_network_is_built_from_an_osmnx_graph(exported: tuple[Path, Any], tmp_path: Path) -> None:
    directory, graph = exported
    ox.save_graphml(graph, tmp_path / "own.graphml")
    words = ["--name", "Tiny", "--graph", str(tmp_path / "own.graphml")]
    assert main(["build", str(tmp_path / "town"), *words]) == 0
    counts = load_manifest(tmp_path / "town").counts
    assert counts["street_nodes"] == load_manifest(directory).counts["street_nodes"]
    assert counts["arcs_walk"] == load_manifest(directory).counts["arcs_walk"]


def test_a_network_without_streets_cannot_be_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = inputs(tmp_path, osm=None, gbfs=(), population=None)
    build_network(given)
    words = ["export", str(given.directory), "--graphml", str(tmp_path / "x.graphml")]
    assert main(words) == 1
    assert "has no streets" in capsys.readouterr().err
    assert not (tmp_path / "x.graphml").exists()


def test_what_the_web_application_imports_loads_no_heavy_library() -> None:
    script = (
        "import sys, mobility.geocoder, mobility.catalogue.store, mobility.catalogue.live, "
        "mobility.catalogue.to_routing, mobility.network.manifest, maps.style\n"
        "heavy = {'osmnx', 'ortools', 'folium', 'geopandas', 'pandas', 'osmium', 'rasterio'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"

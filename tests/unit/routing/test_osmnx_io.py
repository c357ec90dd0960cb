import socket
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx as ox
import pytest

from routing.osm.model import Restriction
from routing.osm.osmnx_io import from_graphml, from_osmnx, from_place, to_osmnx
from routing.osm.read import OsmError
from routing.streets.graph import StreetGraph, StreetMode
from routing.streets.search import StreetSearch
from tests.map_servers import ROAD, SPOTS, WAYS, map_servers
from tests.street_maps import draw, snap, way_between

__all__ = ["map_servers"]

WALK, BIKE, CAR = StreetMode.WALK, StreetMode.BIKE, StreetMode.CAR


def shape(graph: StreetGraph, mode: StreetMode) -> set[tuple[int, int, float]]:
    """Return the arcs by OSM node ids, with lengths in whole metres."""
    side = graph.modes[mode]
    ids = graph.nodes.osm_id[side.base]
    metres = np.round(graph.edges.length_m[side.way >> 1])
    return set(zip(ids[side.tail].tolist(), ids[side.head].tolist(), metres.tolist(), strict=True))


@pytest.mark.parametrize("mode", StreetMode)
def test_an_exported_graph_comes_back_with_the_same_arcs(mode: StreetMode) -> None:
    graph = draw(SPOTS, WAYS)
    back = from_osmnx(to_osmnx(graph, mode))
    assert shape(back, mode) == shape(graph, mode)


def test_access_of_all_modes_survives_the_export_for_walking() -> None:
    graph = draw(SPOTS, WAYS)
    back = from_osmnx(to_osmnx(graph, WALK))
    for mode in StreetMode:
        assert shape(back, mode) == shape(graph, mode)
    assert "Lange Straße" in list(back.names)


def test_a_graph_saved_by_osmnx_is_read_again(tmp_path: Path) -> None:
    graph = draw(SPOTS, WAYS)
    ox.save_graphml(to_osmnx(graph, CAR), tmp_path / "town.graphml")
    back = from_graphml(tmp_path / "town.graphml")
    assert shape(back, CAR) == shape(graph, CAR)
    assert "Lange Straße" in list(back.names)


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "town.graphml"
    path.write_text("<html>404</html>")
    with pytest.raises(OsmError, match=r"town\.graphml is no OSMnx graph"):
        from_graphml(path)
    with pytest.raises(OsmError, match="does not exist"):
        from_graphml(tmp_path / "absent.graphml")


def test_a_projected_graph_is_refused() -> None:
    graph = to_osmnx(draw(SPOTS, WAYS), WALK)
    with pytest.raises(OsmError, match="is projected"):
        from_osmnx(ox.project_graph(graph))


def test_osmnx_finds_our_way_around_a_forbidden_turn() -> None:
    ways = [("A B", ROAD), ("B C", ROAD), ("B E", ROAD), ("C F", ROAD), ("F E", ROAD)]
    graph = draw(SPOTS, ways, turns=[Restriction(1, 2, 3, False, 1 << CAR)])
    exported = to_osmnx(graph, CAR)
    route = ox.shortest_path(exported, 1, 5, weight="length")
    assert [exported.nodes[node].get("copy_of", node) for node in route] == [1, 2, 3, 6, 5]
    ours = way_between(graph, CAR, (0, 0), (100, 100))
    assert ours is not None
    assert nx.path_weight(exported, route, "length") == pytest.approx(ours.length_m, rel=1e-6)


def test_lengths_as_weights_find_the_shortest_way() -> None:
    ways = [("A B C", {"highway": "steps"}), ("A D E F C", {"highway": "footway"})]
    graph = draw(SPOTS, ways)
    metres = graph.edges.length_m[graph.modes[WALK].way >> 1]
    search = StreetSearch(graph, WALK, seconds=metres)
    here, there = snap(graph, WALK, 0, 0), snap(graph, WALK, 200, 0)
    short = search.path(search.reach([(here, 0.0)], 1e4), there)
    fast = way_between(graph, WALK, (0, 0), (200, 0))
    assert short is not None
    assert fast is not None
    assert short.length_m == pytest.approx(200, abs=0.1)
    assert fast.length_m == pytest.approx(400, abs=0.1)  # stairs take time
    assert nx.shortest_path_length(to_osmnx(graph, WALK), 1, 3, "length") == pytest.approx(
        short.length_m, rel=1e-6
    )


def test_a_place_is_fetched_by_its_name(map_servers: None) -> None:
    graph = from_place("Nowhere, Atlantis")
    expected = draw(SPOTS, WAYS)
    for mode in StreetMode:
        assert shape(graph, mode) == shape(expected, mode)
    assert "oneway:bicycle" not in ox.settings.useful_tags_way


def test_an_unknown_place_is_told(map_servers: None) -> None:
    with pytest.raises(OsmError, match="no streets were found for 'Elsewhere'"):
        from_place("Elsewhere")


def test_a_silent_server_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(ox.settings, "nominatim_url", f"http://127.0.0.1:{port}")
    monkeypatch.setattr(ox.settings, "use_cache", False)
    with pytest.raises(OsmError, match="could not be fetched"):
        from_place("Nowhere, Atlantis")

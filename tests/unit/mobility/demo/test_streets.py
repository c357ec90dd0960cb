"""The generated streets, read back from the .osm.pbf by another reader."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import networkx as nx
import numpy as np
import osmium
import pytest
import shapely

from mobility.demo.plane import to_lonlat, to_plane
from tests.unit.mobility.demo.conftest import Generated

MOTOR = {"primary", "secondary", "tertiary", "unclassified", "residential", "living_street"}


@dataclass
class Extract(osmium.SimpleHandler):
    """Everything in the file, as plain values."""

    at: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    relations: list[tuple[dict[str, int], dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def node(self, n: osmium.osm.Node) -> None:
        self.at[n.id] = (n.location.lon, n.location.lat)
        if len(n.tags):
            self.node_tags[n.id] = dict(n.tags)

    def way(self, w: osmium.osm.Way) -> None:
        self.ways[w.id] = ([n.ref for n in w.nodes], dict(w.tags))

    def relation(self, r: osmium.osm.Relation) -> None:
        self.relations.append(({m.role: m.ref for m in r.members}, dict(r.tags)))

    def streets(self) -> list[tuple[list[int], dict[str, str]]]:
        return [way for way in self.ways.values() if "highway" in way[1]]


@pytest.fixture(scope="session")
def extract(town: Generated) -> Extract:
    found = Extract()
    found.apply_file(str(town.folder / "town.osm.pbf"))
    return found


def test_one_can_walk_from_every_street_to_every_other(extract: Extract) -> None:
    graph = nx.Graph()
    for refs, _ in extract.streets():
        nx.add_path(graph, refs)
    assert nx.is_connected(graph)
    assert 7_500 < len(graph) < 8_500


def test_cars_get_from_every_street_to_every_other(extract: Extract) -> None:
    shut = {n for n, tags in extract.node_tags.items() if "barrier" in tags}
    graph = nx.DiGraph()
    for refs, tags in extract.streets():
        if tags["highway"] in MOTOR:
            pairs = [(a, b) for a, b in pairwise(refs) if not {a, b} & shut]
            graph.add_edges_from(pairs)
            if tags.get("oneway") != "yes":
                graph.add_edges_from((b, a) for a, b in pairs)
    assert nx.is_strongly_connected(graph)


def test_bikes_get_from_every_street_to_every_other(extract: Extract) -> None:
    graph = nx.DiGraph()
    for refs, tags in extract.streets():
        if tags["highway"] == "steps" or (tags["highway"] == "footway" and "bicycle" not in tags):
            continue
        nx.add_path(graph, refs)
        if tags.get("oneway") != "yes" or tags.get("oneway:bicycle") == "no":
            nx.add_path(graph, refs[::-1])
    assert nx.is_strongly_connected(graph)


def test_the_river_is_crossed_on_bridges_only(extract: Extract) -> None:
    river = next(refs for refs, tags in extract.ways.values() if tags.get("waterway") == "river")
    line = shapely.LineString([extract.at[n] for n in river])
    crossing = [
        tags for refs, tags in extract.streets()
        if line.intersects(shapely.LineString([extract.at[n] for n in refs]))
    ]  # fmt: skip
    assert len(crossing) == 6
    assert all(tags.get("bridge") == "yes" for tags in crossing)


def test_the_map_has_what_a_town_has(extract: Extract) -> None:
    classes = Counter(tags["highway"] for _, tags in extract.streets())
    assert {"primary", "secondary", "tertiary", "residential", "living_street", "pedestrian",
            "footway", "steps", "cycleway", "track"} <= set(classes)  # fmt: skip
    rings = [tags for _, tags in extract.streets() if tags.get("junction") == "roundabout"]
    assert len(rings) >= 4
    assert all(tags["oneway"] == "yes" for tags in rings)
    barriers = Counter(tags["barrier"] for tags in extract.node_tags.values() if "barrier" in tags)
    assert set(barriers) == {"bollard", "gate"}
    places = Counter(tags["place"] for tags in extract.node_tags.values() if "place" in tags)
    assert places == {"town": 1, "suburb": 14, "village": 8}
    kinds = {(k, v) for _, tags in extract.ways.values() for k, v in tags.items()}
    assert {("natural", "water"), ("natural", "wood"), ("leisure", "park"), ("railway", "rail"),
            ("railway", "tram"), ("landuse", "residential")} <= kinds  # fmt: skip


def test_turn_restrictions_join_two_streets_at_a_shared_node(extract: Extract) -> None:
    assert len(extract.relations) >= 5
    for members, tags in extract.relations:
        assert tags == {"type": "restriction", "restriction": "no_left_turn"}
        source, target = extract.ways[members["from"]][0], extract.ways[members["to"]][0]
        assert members["via"] in {source[0], source[-1]}
        assert members["via"] in {target[0], target[-1]}


def test_no_house_number_is_given_twice_in_a_street(extract: Extract) -> None:
    tagged = [tags for _, tags in extract.ways.values()] + list(extract.node_tags.values())
    houses = [t for t in tagged if "addr:housenumber" in t and not {"shop", "amenity", "tourism",
              "office", "leisure"} & set(t)]  # fmt: skip
    addresses = Counter((t["addr:street"], t["addr:housenumber"]) for t in houses)
    assert len(houses) > 10_000
    assert addresses.most_common(1)[0][1] == 1
    streets = {tags.get("name") for _, tags in extract.streets()}
    assert {street for street, _ in addresses} <= streets


def test_houses_stand_beside_the_streets_not_on_them(extract: Extract) -> None:
    outlines = [refs for refs, tags in extract.ways.values() if "building" in tags]
    houses = [shapely.Polygon(_metres(extract, refs)) for refs in outlines]
    lines = [shapely.LineString(_metres(extract, refs)) for refs, _ in extract.streets()]
    touching = shapely.STRtree(lines).query(np.array(houses), predicate="intersects")
    assert touching.shape[1] == 0


def _metres(extract: Extract, refs: list[int]) -> np.ndarray:
    return to_plane(np.array([extract.at[n] for n in refs]))


def test_the_plane_and_degrees_turn_into_each_other() -> None:
    xy = np.array([[0.0, 0.0], [-7_900.0, 5_800.0]])
    assert np.abs(to_plane(to_lonlat(xy)) - xy).max() < 0.02

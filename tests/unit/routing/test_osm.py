from pathlib import Path

import pytest
import shapely

from routing.osm.model import Passage, Restriction
from routing.osm.read import OsmError, read_osm
from routing.streets.build import build_streets
from routing.streets.graph import StreetMode
from tests.street_maps import lonlat, show, way_between, write_osm

SPOTS = {
    "A": (0, 0),
    "B": (100, 0),
    "C": (200, 0),
    "D": (0, 100),
    "E": (100, 100),
    "F": (200, 100),
}
ROAD = {"highway": "residential", "name": "Lange Straße"}


def test_one_reading_yields_streets_names_barriers_and_turns(tmp_path: Path) -> None:
    path = write_osm(
        tmp_path / "town.osm.pbf",
        SPOTS,
        [("A B C", ROAD), ("B E", {"highway": "steps"}), ("D E", {"highway": "construction"})],
        tagged={"B": {"barrier": "bollard"}, "C": {"highway": "crossing"}},
        relations=[
            (
                [("w", 1, "from"), ("n", 2, "via"), ("w", 2, "to")],
                {"type": "restriction", "restriction": "no_left_turn", "except": "bicycle"},
            )
        ],
    )
    extract = read_osm(path)
    assert extract.ways.way_id.tolist() == [1, 2]
    assert extract.names[int(extract.ways.name[0])] == "Lange Straße"
    assert extract.passages == {2: Passage(1 << StreetMode.CAR)}
    assert extract.restrictions == (Restriction(1, 2, 2, False, 1 << StreetMode.CAR),)
    graph = build_streets(extract)
    # the bollard has a copy of its node for each of its three arms but one
    assert sorted(graph.nodes.osm_id.tolist()) == [-2, -1, 1, 2, 3, 5]


def test_a_square_that_is_a_multipolygon_joins_the_ways_that_end_there(
    tmp_path: Path,
) -> None:
    spots = {**SPOTS, "G": (300, 0), "H": (-100, 100)}
    path = write_osm(
        tmp_path / "town.osm.pbf",
        spots,
        [("C G", ROAD), ("H D", ROAD), ("A B C", {"source": "survey"}), ("C F E D A", {})],
        relations=[
            (
                [("w", 3, "outer"), ("w", 4, "outer")],
                {"type": "multipolygon", "highway": "pedestrian", "name": "Market"},
            )
        ],
    )
    graph = build_streets(read_osm(path))
    found = way_between(graph, StreetMode.WALK, spots["G"], spots["H"])
    assert show(found, spots) == "G C D H"
    assert graph.street_name(int(graph.edges.name[found.edges[1]])) == "Market"


SQUARE = {"highway": "pedestrian", "area": "yes", "name": "Market"}


@pytest.mark.parametrize(
    ("hole", "way"), [(False, "G F D H"), (True, "G F E D H")], ids=["open", "around the fountain"]
)
def test_a_square_is_crossed_where_nothing_stands_in_the_way(
    tmp_path: Path, hole: bool, way: str
) -> None:
    spots = {"A": (0, 0), "B": (100, 0), "F": (100, 40), "E": (60, 100), "D": (0, 40)}
    spots |= {"G": (200, 40), "H": (-100, 40)}
    spots |= {"K": (40, 30), "L": (60, 30), "M": (60, 60), "N": (40, 60)}
    ways = [("F G", ROAD), ("H D", ROAD), ("A B F E D A", {} if hole else SQUARE)]
    ways += [("K L M N K", {})]
    members = [("w", 3, "outer"), ("w", 4, "inner")]
    relations = [(members, {"type": "multipolygon", **SQUARE})] if hole else []
    path = write_osm(tmp_path / "town.osm.pbf", spots, ways, relations=relations)
    graph = build_streets(read_osm(path))
    assert show(way_between(graph, StreetMode.WALK, spots["G"], spots["H"]), spots) == way


def test_a_closed_street_is_no_square(tmp_path: Path) -> None:
    ways = [("A B E D A", ROAD), ("E F", ROAD)]
    path = write_osm(tmp_path / "town.osm.pbf", SPOTS, [*ways, ("C B", ROAD), ("D F", ROAD)])
    found = way_between(build_streets(read_osm(path)), StreetMode.WALK, SPOTS["B"], SPOTS["D"])
    assert show(found, SPOTS) in ("B A D", "B E D")


PARKING = {"amenity": "parking"}


def test_car_parks_anyone_may_use_come_along(tmp_path: Path) -> None:
    path = write_osm(
        tmp_path / "town.osm.pbf",
        SPOTS,
        [
            ("A B C", ROAD),
            ("A B E D A", PARKING | {"name": "P+R East", "park_ride": "yes", "fee": "no",
                                     "access": "customers", "capacity": "120"}),
            ("B C F E B", PARKING | {"access": "private"}),
        ],
        tagged={
            "A": PARKING | {"capacity": "about 30", "fee": "10:00-18:00"},
            "B": PARKING | {"park_ride": "no"},
            "C": PARKING | {"access": "customers"},
            "D": {"amenity": "bicycle_parking"},
        },
    )  # fmt: skip
    node, area = sorted(read_osm(path).car_parks, key=lambda park: park.osm_id)
    assert (node.osm_id, node.name, node.capacity, node.fee, node.park_ride) == (
        "node/1", None, None, None, None
    )  # fmt: skip
    assert (area.osm_id, area.name, area.capacity, area.fee, area.park_ride) == (
        "way/2", "P+R East", 120, False, True
    )  # fmt: skip
    assert (area.lon, area.lat) == pytest.approx(lonlat(50, 50), abs=1e-7)


def test_addresses_places_and_shapes_come_along(tmp_path: Path) -> None:
    path = write_osm(
        tmp_path / "town.osm.pbf",
        SPOTS,
        [
            ("A B C", ROAD),
            (
                "A B E D A",
                {"building": "yes", "addr:street": "Lange Straße", "addr:housenumber": "7a"},
            ),
            ("B C F E B", {"leisure": "park", "name": "Stadtpark"}),
            ("D E F", {"railway": "tram"}),
        ],
        tagged={
            "A": {
                "place": "suburb",
                "name": "Altstadt",
                "name:en": "Old Town",
                "population": "900",
            },
            "D": {"amenity": "bench", "name": "no place to look for"},
        },
    )
    extract = read_osm(path)
    address = extract.addresses[0]
    assert (address.street, address.housenumber) == ("Lange Straße", "7a")
    assert (address.lon, address.lat) == pytest.approx(lonlat(50, 50), abs=1e-6)
    assert [(p.value, p.name, p.other_names, p.population) for p in extract.places] == [
        ("suburb", "Altstadt", ("Old Town",), 900),
        ("park", "Stadtpark", (), None),
    ]
    shapes = {(shape.layer, shape.kind): shapely.from_wkb(shape.wkb) for shape in extract.shapes}
    assert set(shapes) == {("building", "yes"), ("green", "park"), ("rail", "tram")}
    assert shapes["green", "park"].bounds == pytest.approx(
        (*lonlat(100, 0), *lonlat(200, 100)), abs=1e-6
    )


def test_a_multipolygon_becomes_one_shape_with_a_hole(tmp_path: Path) -> None:
    spots = {
        "A": (0, 0),
        "B": (300, 0),
        "C": (300, 300),
        "D": (0, 300),
        "E": (100, 100),
        "F": (200, 100),
        "G": (200, 200),
    }
    members = [("w", 2, "outer"), ("w", 3, "outer"), ("w", 4, "inner")]
    path = write_osm(
        tmp_path / "lake.osm.pbf",
        spots,
        [("A B", ROAD), ("A B C", {}), ("C D A", {}), ("E F G E", {})],
        relations=[(members, {"type": "multipolygon", "natural": "water"})],
    )
    (lake,) = read_osm(path).shapes
    outline = shapely.from_wkb(lake.wkb)
    assert lake.layer == "water"
    assert len(outline.geoms[0].interiors) == 1


@pytest.mark.parametrize("by_area", [False, True])
def test_streets_are_clipped_one_point_beyond_the_border(tmp_path: Path, by_area: bool) -> None:
    path = write_osm(tmp_path / "town.osm.pbf", SPOTS, [("A B C", ROAD), ("D E F", ROAD)])
    box = (*lonlat(-10, -10), *lonlat(60, 60))
    clip = {"area": shapely.box(*box)} if by_area else {"bbox": box}
    extract = read_osm(path, **clip)
    assert extract.ways.node_id.tolist() == [1, 2]


def test_an_area_without_streets_is_told(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "town.osm.pbf", SPOTS, [("A B C", ROAD)])
    with pytest.raises(OsmError, match=r"town\.osm\.pbf holds no street .* inside the area"):
        read_osm(path, bbox=(10, 10, 11, 11))


def test_a_file_without_highways_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "rail.osm.pbf", SPOTS, [("A B C", {"railway": "rail"})])
    with pytest.raises(OsmError, match=r"rail\.osm\.pbf holds no street .* use an extract"):
        read_osm(path)


def test_a_truncated_file_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    whole = write_osm(tmp_path / "town.osm.pbf", SPOTS, [("A B C", ROAD)]).read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    for size in range(0, len(whole), 7):
        cut.write_bytes(whole[:size])
        with pytest.raises(OsmError, match=r"cut\.osm\.pbf (is no readable|holds no street)"):
            read_osm(cut)


@pytest.mark.parametrize("content", [b"<html>404</html>", b"\x00" * 100, b"PK\x03\x04zip"])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(OsmError, match=r"town\.osm\.pbf is no readable OSM file"):
        read_osm(path)
    with pytest.raises(OsmError, match="does not exist"):
        read_osm(tmp_path / "absent.osm.pbf")


def test_a_way_whose_nodes_are_partly_missing_keeps_its_known_parts(tmp_path: Path) -> None:
    known = {name: SPOTS[name] for name in "ABDEF"}
    extract = read_osm(write_osm(tmp_path / "cut.osm.pbf", known, [("A B C D E F", ROAD)]))
    assert extract.ways.node_id.tolist() == [1, 2, 4, 5, 6]
    assert extract.ways.first.tolist() == [0, 2, 5]
    assert extract.skipped == {"way_with_missing_nodes": 1}


def test_a_restriction_may_lead_over_ways_and_name_a_kind_of_vehicle(tmp_path: Path) -> None:
    tags = {"type": "restriction", "restriction:motor_vehicle": "only_straight_on"}
    members = [("w", 1, "from"), ("w", 2, "via"), ("w", 3, "via"), ("w", 4, "to")]
    path = write_osm(
        tmp_path / "town.osm.pbf",
        SPOTS,
        [("A B", ROAD)],
        relations=[(members, tags), ([*members, ("n", 2, "via")], tags)],
    )
    extract = read_osm(path)
    assert extract.restrictions == (Restriction(1, 0, 4, True, 1 << StreetMode.CAR, (2, 3)),)
    assert extract.skipped == {"restriction_incomplete": 1}

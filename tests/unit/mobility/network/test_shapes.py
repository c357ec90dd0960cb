"""What the base map shows of an OSM file."""

from pathlib import Path

from mobility.network.shapes import extract_features
from routing.osm.read import read_osm
from tests.street_maps import write_osm

SQUARE = {"highway": "pedestrian", "area": "yes", "name": "Market"}


def test_lines_over_a_square_are_for_walking_not_for_the_map(tmp_path: Path) -> None:
    spots = {"A": (0, 0), "B": (100, 0), "C": (100, 100), "D": (0, 100), "E": (-50, 0)}
    spots["F"] = (150, 100)
    road = {"highway": "residential", "name": "Road"}
    ways = [("E A", road), ("C F", road), ("A B C D A", SQUARE)]
    extract = read_osm(write_osm(tmp_path / "town.osm.pbf", spots, ways))
    assert sorted(extract.ways.way_id.tolist()) == [-3, 1, 2, 3]
    assert [f.name for f in extract_features(extract)] == ["Road", "Road", "Market"]

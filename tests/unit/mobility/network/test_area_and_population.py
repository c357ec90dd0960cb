"""Areas, inhabitants, districts: read where they make sense, told where they do not."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mobility.network.area import InvalidAreaError, parse_area
from mobility.network.bounds import Bounds, InvalidBoundsError
from mobility.network.population import (
    Cell,
    PopulationError,
    read_population,
    save_population,
)
from routing.notices import NoticeList
from routing.zone import nearest_zone

TOWN = Bounds(8.6, 49.3, 8.9, 49.6)
TRIANGLE = {"type": "Polygon", "coordinates": [[[8, 49], [9, 49], [8, 50], [8, 49]]]}


def read(path: Path, text: str) -> tuple[list[Cell], dict[str, int]]:
    path.write_text(text, encoding="utf-8")
    notices = NoticeList()
    cells = read_population(path, TOWN, notices)
    codes = [notice.code for notice in notices.finish()]
    return cells, {code: codes.count(code) for code in codes}


def test_inhabitants_are_read_by_column_name_and_minus_one_is_unknown(tmp_path: Path) -> None:
    text = "\ufeffid, lat ,lon,Population,extra\n1,49.4,8.7,120,x\n2,49.4,8.8,-1,\n3,49.5,8.7,0,\n"
    cells, codes = read(tmp_path / "p.csv", text)
    assert cells == [Cell(8.7, 49.4, 120.0), Cell(8.8, 49.4, None), Cell(8.7, 49.5, 0.0)]
    assert codes == {}


def test_rows_that_make_no_sense_are_told_one_by_one(tmp_path: Path) -> None:
    rows = ["lon,lat,population", "8.7,49.4,5", "49.4,8.7,5", "nan,49.4,5", "8.7,49.4,many"]
    rows += ["13.4,52.5,5", "8.7", "8.7,49.4,-7", "0,0,1", "500,49.4,1"]
    cells, codes = read(tmp_path / "p.csv", "\n".join(rows) + "\n")
    assert [cell.population for cell in cells] == [5.0, None]
    assert codes == {
        "swapped_position": 1,
        "missing_position": 1,
        "invalid_population": 1,
        "outside_area": 1,
        "short_row": 1,
        "negative_population": 1,
        "null_position": 1,
        "impossible_position": 1,
    }


def test_a_file_without_the_columns_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(PopulationError, match=r"no column lon, population; name them lon,lat"):
        read(tmp_path / "p.csv", "x,lat\n1,2\n")
    with pytest.raises(PopulationError, match="no column"):
        read(tmp_path / "p.csv", "")


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    cells = [Cell(8.7, 49.4, 120.0), Cell(8.8, 49.4, None)]
    save_population(tmp_path / "out.csv", cells)
    assert read_population(tmp_path / "out.csv", TOWN, NoticeList()) == cells


def test_four_numbers_are_a_box() -> None:
    area = parse_area("8.6,49.3,8.9,49.6")
    inside = area.contains(np.array([8.7, 9.0, np.nan]), np.array([49.4, 49.4, 49.4]))
    assert inside.tolist() == [True, False, False]


@pytest.mark.parametrize(
    "document",
    [
        TRIANGLE,
        {"type": "Feature", "properties": None, "geometry": TRIANGLE},
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": {}, "geometry": TRIANGLE}],
        },
    ],
)
def test_a_polygon_file_is_an_area(tmp_path: Path, document: dict[str, Any]) -> None:
    (tmp_path / "area.geojson").write_text(json.dumps(document))
    area = parse_area(str(tmp_path / "area.geojson"))
    assert area.bounds == Bounds(8, 49, 9, 50)
    inside = area.contains(np.array([8.2, 8.9]), np.array([49.2, 49.9]))
    assert inside.tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,c,d", "four numbers"),
        ("missing.geojson", "cannot be read"),
        ("9,49,8,50", "no box"),
        ("8,49,nan,50", "no box"),
        ("8,-95,9,50", "no box"),
    ],
)
def test_an_area_that_encloses_nothing_is_refused(text: str, words: str) -> None:
    with pytest.raises((InvalidAreaError, InvalidBoundsError), match=words):
        parse_area(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no json", "is no GeoJSON"),
        ('{"type": "Point", "coordinates": [8, 49]}', "holds no polygon"),
        ('{"type": "Polygon", "coordinates": "x"}', "broken geometry"),
        ('{"type": "FeatureCollection", "features": [3]}', "holds no polygon"),
        ("[]", "holds no polygon"),
    ],
)
def test_a_file_without_polygons_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "area.geojson").write_text(text)
    with pytest.raises(InvalidAreaError, match=words):
        parse_area(str(tmp_path / "area.geojson"))


def test_the_time_zone_of_the_nearest_city_is_a_guess_of_last_resort() -> None:
    assert nearest_zone(10.75, 59.91) == "Europe/Oslo"
    assert nearest_zone(174.8, -36.9) == "Pacific/Auckland"

"""Tiles made by the real tippecanoe, read back with the pmtiles library."""

import gzip
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pmtiles.reader import MmapSource, Reader

from maps.style import make_style
from maps.tiles import LAYERS, MapFeature, TilesError, write_tiles

STREET = np.array([[8.700, 49.410], [8.705, 49.412]])
SQUARE = np.array([[8.70, 49.41], [8.71, 49.41], [8.71, 49.42], [8.70, 49.42], [8.70, 49.41]])
FEATURES = [
    MapFeature("roads", "residential", (STREET,), "Hauptstraße"),
    MapFeature("rails", "tram", (STREET + 0.001,)),
    MapFeature("waterways", "stream", (STREET - 0.001,), "Leimbach"),
    MapFeature("areas", "water", (SQUARE,), "Neckar"),
    MapFeature("buildings", "building", (SQUARE,)),
    MapFeature("places", "suburb", (np.array([[8.70, 49.41]]),), "Altstadt"),
]


def header_and_metadata(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        return reader.header(), reader.metadata()


def tile(path: Path, zoom: int, lon: float, lat: float) -> bytes:
    n = 2**zoom
    x = int((lon + 180) / 360 * n)
    y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n)
    with path.open("rb") as file:
        found = Reader(MmapSource(file)).get(zoom, x, y)
    return b"" if found is None else gzip.decompress(found)


def test_every_layer_and_name_is_in_the_tiles(tmp_path: Path) -> None:
    counts = write_tiles(tmp_path / "t.pmtiles", FEATURES, name="Town", attribution="© us")
    assert counts == dict.fromkeys(LAYERS, 1)
    header, metadata = header_and_metadata(tmp_path / "t.pmtiles")
    assert (header["min_zoom"], header["max_zoom"]) == (8, 14)
    assert {layer["id"] for layer in metadata["vector_layers"]} == set(LAYERS)
    assert metadata["attribution"] == "© us"
    body = tile(tmp_path / "t.pmtiles", 14, 8.702, 49.411)
    assert "Hauptstraße".encode() in body
    assert b"Neckar" in body


def test_small_streets_wait_for_the_zoom_at_which_they_matter(tmp_path: Path) -> None:
    write_tiles(tmp_path / "t.pmtiles", FEATURES[:1], name="Town", attribution="")
    assert tile(tmp_path / "t.pmtiles", 11, 8.702, 49.411) == b""
    assert "Hauptstraße".encode() in tile(tmp_path / "t.pmtiles", 12, 8.702, 49.411)


def test_the_same_features_make_the_same_file_and_no_path_is_in_it(tmp_path: Path) -> None:
    bodies = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "t.pmtiles"
        write_tiles(path, FEATURES, name="Town", attribution="© us")
        bodies.append(path.read_bytes())
        assert str(tmp_path) not in json.dumps(header_and_metadata(path)[1])
        assert [p.name for p in path.parent.iterdir()] == ["t.pmtiles"]
    assert bodies[0] == bodies[1]


def test_features_with_nothing_to_draw_are_left_out(tmp_path: Path) -> None:
    nothing = [
        MapFeature("roads", "residential", (STREET[:1],)),
        MapFeature("areas", "green", (SQUARE[:3],)),
        MapFeature("places", "city", (np.array([[np.nan, 49.0]]),), "Nowhere"),
    ]
    assert write_tiles(tmp_path / "t.pmtiles", nothing, name="Town", attribution="") == {}
    assert not (tmp_path / "t.pmtiles").exists()


def test_a_layer_the_style_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TilesError, match="no layer 'stars'"):
        write_tiles(
            tmp_path / "t.pmtiles",
            [MapFeature("stars", "x", (STREET,))],
            name="Town",
            attribution="",
        )


def test_a_full_disk_leaves_the_old_tiles_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "t.pmtiles"
    write_tiles(path, FEATURES, name="Town", attribution="")
    before = path.read_bytes()
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from tests.unit.maps.test_tiles import FEATURES, write_tiles, TilesError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))\n"
        "try: write_tiles(Path(sys.argv[1]), FEATURES * 50, name='T', attribution='')\n"
        "except TilesError as error: print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert "cannot be written (File too large)" in result.stdout
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["t.pmtiles"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_the_style_asks_for_the_tiles_and_nothing_else() -> None:
    style = make_style(
        "/tiles/town.pmtiles",
        name="Town",
        bounds=(8.6, 49.3, 8.8, 49.5),
        center=(8.7, 49.4),
        generated="Generated data",
    )
    assert "glyphs" not in style
    assert "sprite" not in style
    text = json.dumps(style)
    assert "http" not in text
    (source,) = style["sources"].values()
    assert source["url"] == "pmtiles:///tiles/town.pmtiles"
    assert source["attribution"] == "Generated data · © OpenStreetMap contributors"


def test_every_layer_of_the_style_draws_a_layer_of_the_tiles() -> None:
    style = make_style("/t", name="Town", bounds=(0, 0, 1, 1), center=(0, 0))
    drawn = {layer["source-layer"] for layer in style["layers"] if "source-layer" in layer}
    assert drawn == set(LAYERS)
    ids = [layer["id"] for layer in style["layers"]]
    assert len(ids) == len(set(ids))
    for layer in style["layers"]:
        if layer["type"] == "symbol":
            assert layer["layout"]["text-font"] == ["sans-serif"]

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from routing.streets.elevation import ElevationError, read_heights, with_elevation
from routing.streets.graph import StreetGraph, StreetMode
from tests.street_maps import DEGREE_M, draw, lonlat, way_between

WALK, BIKE, CAR = StreetMode.WALK, StreetMode.BIKE, StreetMode.CAR


def write_heights(path: Path, heights: np.ndarray, crs: str = "EPSG:4326") -> Path:
    """Write cells of 10 m from 50 m west of and 50 m north of 0, 0; -9999 is unknown."""
    scale = DEGREE_M if crs == "EPSG:4326" else 1.0
    corner = Affine(10 / scale, 0, -50 / scale, 0, -10 / scale, 50 / scale)
    rows, columns = heights.shape
    with rasterio.open(
        path, "w", driver="GTiff", height=rows, width=columns, count=1, dtype="float32",
        crs=crs, transform=corner, nodata=-9999,
    ) as raster:  # fmt: skip
        raster.write(heights.astype(np.float32), 1)
    return path


def slope(tmp_path: Path, grade: float) -> Path:
    """Rise evenly to the east, from 0 m at the western border."""
    east_m = 10 * np.arange(60) + 5
    return write_heights(tmp_path / "heights.tif", np.tile(east_m * grade, (10, 1)))


def street(**tags: str) -> StreetGraph:
    return draw({"A": (0, 0), "B": (400, 0)}, [("A B", {"highway": "residential", **tags})])


def seconds(graph: StreetGraph, mode: StreetMode, x_m: float, to_m: float) -> float:
    path = way_between(graph, mode, (x_m, 0), (to_m, 0))
    assert path is not None
    return path.duration_s


def test_heights_are_interpolated_between_cells(tmp_path: Path) -> None:
    path = slope(tmp_path, 0.1)
    lon, lat = np.array([lonlat(x, 0) for x in (0, 3, 100, 2000)]).T
    assert read_heights(path, lon, lat) == pytest.approx(
        [5, 5.3, 15, np.nan], abs=1e-3, nan_ok=True
    )


@pytest.mark.parametrize("gap", [-9999, np.nan, -32768, 1e20])
def test_a_gap_in_the_heights_neither_hides_a_climb_nor_makes_one(
    tmp_path: Path, gap: float
) -> None:
    heights = np.tile(0.05 * (10 * np.arange(60) + 5), (10, 1))
    heights[:, 20:24] = gap
    hilly = with_elevation(street(), write_heights(tmp_path / "gap.tif", heights))
    assert hilly.edges.climb_m == pytest.approx([20], abs=0.1)
    heights[:, 40:] = gap  # to the end of the street
    half = with_elevation(street(), write_heights(tmp_path / "half.tif", heights))
    assert half.edges.climb_m == pytest.approx([15], abs=0.1)
    assert half.edges.descent_m == pytest.approx([0], abs=0.01)


def test_uphill_takes_longer_than_downhill(tmp_path: Path) -> None:
    hilly = with_elevation(street(), slope(tmp_path, 0.05))
    assert hilly.edges.climb_m == pytest.approx([20], abs=0.1)
    assert hilly.edges.descent_m == pytest.approx([0], abs=0.01)
    level_s = 400 / 1.33
    assert seconds(hilly, WALK, 0, 400) == pytest.approx(level_s + 20 * 6, abs=1)
    assert seconds(hilly, WALK, 400, 0) == pytest.approx(level_s, abs=0.5)
    assert seconds(hilly, BIKE, 0, 400) == pytest.approx(400 / 4.4 + 20 * 3.5, abs=1)
    assert seconds(hilly, BIKE, 400, 0) == pytest.approx(400 / 4.4 - 20, abs=1)
    assert seconds(hilly, CAR, 0, 400) == pytest.approx(seconds(street(), CAR, 0, 400))


def test_a_hump_within_an_edge_counts_and_a_bridge_over_a_valley_does_not(tmp_path: Path) -> None:
    east_m = 10 * np.arange(60) - 45
    hump = np.tile(20 - np.abs(east_m - 200) * 0.1, (10, 1))  # 0 m at both ends, 20 m between
    path = write_heights(tmp_path / "hump.tif", hump)
    over = with_elevation(street(), path)
    assert over.edges.climb_m == pytest.approx([20], abs=0.6)
    assert over.edges.descent_m == pytest.approx([20], abs=0.6)
    bridge = with_elevation(street(bridge="yes"), path)
    assert bridge.edges.climb_m == pytest.approx([0], abs=0.1)


def test_streets_without_known_height_stay_level(tmp_path: Path) -> None:
    heights = np.tile(np.arange(60.0), (10, 1))
    heights[:, 25:] = -9999
    graph = with_elevation(street(), write_heights(tmp_path / "half.tif", heights))
    assert 0 < graph.edges.climb_m[0] < 20


def test_heights_may_be_in_a_projected_system(tmp_path: Path) -> None:
    heights = np.tile(10 * np.arange(60) * 0.05, (10, 1))
    path = write_heights(tmp_path / "mercator.tif", heights, "EPSG:3857")
    graph = with_elevation(street(), path)
    assert graph.edges.climb_m == pytest.approx([20], abs=0.2)


def test_files_that_hold_no_heights_of_the_town_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ElevationError, match="does not exist"):
        with_elevation(street(), tmp_path / "absent.tif")
    (tmp_path / "page.tif").write_text("<html>404</html>")
    with pytest.raises(ElevationError, match=r"page\.tif is no GeoTIFF"):
        with_elevation(street(), tmp_path / "page.tif")
    away = draw({"A": (90_000, 0), "B": (90_400, 0)}, [("A B", {"highway": "residential"})])
    with pytest.raises(ElevationError, match="covers none of the streets"):
        with_elevation(away, slope(tmp_path, 0.1))

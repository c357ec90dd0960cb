"""Opening the platform's database."""

import subprocess
import sys

from tests.shared import ROOT

AFTER_SPATIALITE = """
from mobility.db import spatialite_version
spatialite_version()
import pyproj, rasterio.crs, rasterio.warp, shapely
pyproj.Transformer.from_crs(4326, 25832).transform(49.4, 8.7)
both = [rasterio.crs.CRS.from_epsg(code) for code in (4326, 25832)]
rasterio.warp.transform(*both, [8.7], [49.4])
print(shapely.Point(8.7, 49.4).wkt)
"""


def test_packages_with_their_own_proj_and_geos_work_after_spatialite_and_end_quietly() -> None:
    argv = [sys.executable, "-c", AFTER_SPATIALITE]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "POINT (8.7 49.4)\n")

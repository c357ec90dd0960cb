"""H3 cells: coarsening of positions, and the public domain every release covers.

The domain is computed from the town's area alone. Which cells appear in a release therefore tells
nothing about who travelled, and no threshold (no delta) is needed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import h3

from privacy.errors import DomainError

FINEST_LEVEL = 8
COARSEST_LEVEL = 5
MAX_CELLS = 100_000


def cell_of(lon: float, lat: float, level: int) -> str:
    """Coarsen a position to an H3 cell.

    Parameters
    ----------
    lon, lat : float
        Degrees, EPSG:4326.
    level : int
        H3 resolution, ``COARSEST_LEVEL`` to ``FINEST_LEVEL``.

    Returns
    -------
    str
        The cell's id.

    Raises
    ------
    DomainError
        If the level is out of range or the position is not on Earth.
    """
    _check_level(level)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise DomainError("the position is outside -180..180, -90..90; give lon, lat in degrees")
    return str(h3.latlng_to_cell(lat, lon, level))


def coarsen(cell: str, level: int) -> str:
    """Return the ancestor of a cell at a level not finer than its own.

    Raises
    ------
    DomainError
        If ``cell`` is no H3 cell or is coarser than ``level``.
    """
    if not h3.is_valid_cell(cell) or h3.get_resolution(cell) < level:
        raise DomainError(f"'{cell}' is not an H3 cell of level {level} or finer")
    return str(h3.cell_to_parent(cell, level))


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Return the GeoJSON polygon of a bounding box, degrees in EPSG:4326.

    Raises
    ------
    DomainError
        If west is not below east or south not below north.
    """
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise DomainError(
            f"the box {west},{south},{east},{north} is empty or swapped; give W,S,E,N in degrees"
        )
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def public_domain(area: Mapping[str, Any], level: int) -> tuple[str, ...]:
    """List every cell of a level that can hold a trip of the area.

    The cells of level 8 that touch the area, and their ancestors at coarser levels, so that each
    admitted cell has exactly one ancestor in the domain.

    Parameters
    ----------
    area : mapping
        GeoJSON Polygon or MultiPolygon, EPSG:4326.
    level : int
        H3 resolution, ``COARSEST_LEVEL`` to ``FINEST_LEVEL``.

    Returns
    -------
    tuple of str
        Cell ids in ascending order.

    Raises
    ------
    DomainError
        If the level is out of range, or the area has no or more than ``MAX_CELLS`` cells.
    """
    _check_level(level)
    try:
        shape = h3.geo_to_h3shape(dict(area))
        finest = h3.h3shape_to_cells_experimental(shape, FINEST_LEVEL, contain="overlap")
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise DomainError(f"the area is no GeoJSON polygon: {error}") from error
    if not 0 < len(finest) <= MAX_CELLS:
        raise DomainError(
            f"the area has {len(finest)} cells of level {FINEST_LEVEL}; "
            f"give one that has between 1 and {MAX_CELLS}"
        )
    return tuple(sorted({str(h3.cell_to_parent(cell, level)) for cell in finest}))


def domain_hash(cells: Sequence[str]) -> str:
    """Return the SHA-256 of a domain, hexadecimal, so that a request can name it."""
    return hashlib.sha256("\n".join(cells).encode()).hexdigest()


def _check_level(level: int) -> None:
    if not COARSEST_LEVEL <= level <= FINEST_LEVEL:
        raise DomainError(f"level {level} is not between {COARSEST_LEVEL} and {FINEST_LEVEL}")

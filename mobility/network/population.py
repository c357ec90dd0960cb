"""Inhabitants by place: ``lon,lat,population``; other columns are ignored, -1 is unknown."""

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mobility.errors import MobilityError
from mobility.network.bounds import Bounds, position_fault
from routing.notices import NoticeList

COLUMNS = ("lon", "lat", "population")


class PopulationError(MobilityError):
    """A population file without the columns it needs."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Inhabitants around a point; ``None`` where empty or suppressed."""

    lon: float
    lat: float
    population: float | None


def read_population(
    path: Path,
    bounds: Bounds | None,
    notices: NoticeList,
    contains: Callable[[float, float], bool] | None = None,
) -> list[Cell]:
    """Read a population file; a row that makes no sense yields a notice and is left out.

    Parameters
    ----------
    path : Path
        CSV with a header.
    bounds : Bounds, optional
        The town, with a margin; rows outside are left out.
    notices : NoticeList
        Takes what was wrong.
    contains : callable, optional
        Tells whether a position lies in the area; rows outside are left out silently.

    Raises
    ------
    PopulationError
        The file cannot be read or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.reader(file)
            header = [name.strip().lower() for name in next(rows, [])]
            missing = [name for name in COLUMNS if name not in header]
            if missing:
                raise PopulationError(
                    f"{path}: has no column {', '.join(missing)}; name them lon,lat,population"
                )
            at = [header.index(name) for name in COLUMNS]
            found = [
                _cell(row, at, path.name, number, bounds, notices)
                for number, row in enumerate(rows, start=2)
                if row
            ]
    except (OSError, csv.Error) as error:
        raise PopulationError(f"{path}: cannot be read ({error})") from error
    cells = [cell for cell in found if cell is not None]
    return [c for c in cells if contains is None or contains(c.lon, c.lat)]


def _cell(
    row: list[str],
    at: list[int],
    file: str,
    number: int,
    bounds: Bounds | None,
    notices: NoticeList,
) -> Cell | None:
    if len(row) <= max(at):
        notices.add("short_row", "error", file, number, message="too few columns; left out")
        return None
    lon, lat, population = (_number(row[i]) for i in at)
    fault = position_fault(lon, lat, bounds)
    if fault or lon is None or lat is None:
        code, words = fault or ("missing_position", "no position")
        notices.add(code, "error", file, number, "lon,lat", f"{words}; left out")
        return None
    if population is None:
        notices.add(
            "invalid_population", "error", file, number, "population", "is no number; left out"
        )
        return None
    if population < 0:
        if population != -1:
            notices.add(
                "negative_population", "warning", file, number, "population", "read as unknown"
            )
        return Cell(lon, lat, None)
    return Cell(lon, lat, population)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def save_population(path: Path, cells: list[Cell]) -> None:
    """Write cells as they are read: three columns, -1 for unknown."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for cell in cells:
            value = -1 if cell.population is None else cell.population
            writer.writerow([repr(cell.lon), repr(cell.lat), f"{value:g}"])

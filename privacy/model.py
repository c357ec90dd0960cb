"""Grants and tables: who may learn what, and the counts it is learned from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from privacy.caps import Caps
from privacy.cells import coarsen
from privacy.errors import DomainError, NotGrantedError
from privacy.requests import ReleaseQuery

HOURS = 24


@dataclass(frozen=True)
class Grant:
    """Permission of the cooperative, with a purpose and an end.

    Attributes
    ----------
    name : str
        What the public ledger calls it.
    purpose : str
        The consent it rests on, such as ``plan_city``.
    templates, roles : frozenset of str
        Query templates it covers; roles that may ask.
    first_month, last_month : str
        ``YYYY-MM``, both included.
    max_epsilon_micro : int
        The most one request may cost.
    finest_level : int
        The finest H3 resolution it covers.
    """

    name: str
    purpose: str
    templates: frozenset[str]
    roles: frozenset[str]
    first_month: str
    last_month: str
    max_epsilon_micro: int
    finest_level: int = 8

    def check(self, query: ReleaseQuery, role: str) -> None:
        """Raise unless the grant covers a query of a role.

        Raises
        ------
        NotGrantedError
            Naming the value that is not covered and what is.
        """
        rules = (
            (query.template in self.templates, "template", query.template, sorted(self.templates)),
            (role in self.roles, "role", role, sorted(self.roles)),
            (
                self.first_month <= query.month <= self.last_month,
                "month",
                query.month,
                f"{self.first_month} to {self.last_month}",
            ),
            (
                0 < query.epsilon_micro <= self.max_epsilon_micro,
                "epsilon_micro",
                query.epsilon_micro,
                f"1 to {self.max_epsilon_micro}",
            ),
            (query.level <= self.finest_level, "level", query.level, f"up to {self.finest_level}"),
        )
        for holds, field, value, allowed in rules:
            if not holds:
                raise NotGrantedError(
                    f"grant '{self.name}' does not cover {field} {value}; it covers {allowed}"
                )


@dataclass(frozen=True)
class BoundedTable:
    """Exact counts of a closed month, each person bounded by the caps. Never leaves as it is.

    Attributes
    ----------
    cells : tuple of str
        The public domain.
    counts : int64, (n_cells, n_bands)
        Admitted trips.
    caps : Caps
        What bounds a person; ``caps.month`` is the L1 sensitivity of ``counts``.
    """

    cells: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    caps: Caps


def count_origins(
    rows: Iterable[tuple[str, int, int]],
    cells: Sequence[str],
    hour_bands: Sequence[tuple[int, int]],
    caps: Caps,
) -> BoundedTable:
    """Count admitted trips by origin cell and hour band.

    Each trip adds to one count at most: bands are disjoint, and a trip outside domain or bands adds
    nothing. So a person's trips, at most ``caps.month``, change the counts by no more (L1).

    Parameters
    ----------
    rows : iterable of (str, int, int)
        Origin cell (of the domain's level or finer), local hour 0..23, number of such trips.
    cells : sequence of str
        The public domain, all of one level.
    hour_bands : sequence of (int, int)
        Half-open, ascending, disjoint, within 0..24.
    caps : Caps
        What the rows were admitted under.

    Returns
    -------
    BoundedTable
        With counts of dtype int64, (n_cells, n_bands).

    Raises
    ------
    DomainError
        If the bands overlap or the domain repeats a cell.
    """
    band_of_hour = _band_of_hour(hour_bands)
    position = {cell: i for i, cell in enumerate(cells)}
    if not cells or len(position) != len(cells):
        raise DomainError("the domain is empty or repeats a cell; give each cell once")
    level = _level_of(cells[0])
    counts = np.zeros((len(cells), len(hour_bands)), dtype=np.int64)
    for cell, hour, number in rows:
        row, band = position.get(coarsen(cell, level)), band_of_hour[hour]
        if row is not None and band is not None:
            counts[row, band] += number
    return BoundedTable(tuple(cells), counts, caps)


def _band_of_hour(hour_bands: Sequence[tuple[int, int]]) -> list[int | None]:
    """Map each hour of the day to its band, so that no trip can count twice."""
    found: list[int | None] = [None] * HOURS
    for band, (start, end) in enumerate(hour_bands):
        if not 0 <= start < end <= HOURS:
            raise DomainError(f"hour band [{start}, {end}) is not within 0 to 24")
        for hour in range(start, end):
            if found[hour] is not None:
                raise DomainError(f"hour {hour} is in two bands; give bands that do not overlap")
            found[hour] = band
    return found


def _level_of(cell: str) -> int:
    import h3

    if not h3.is_valid_cell(cell):
        raise DomainError(f"'{cell}' is not an H3 cell")
    return int(h3.get_resolution(cell))

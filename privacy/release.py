"""The only door out: table + grant + mechanism -> Release."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from privacy import mechanisms
from privacy.caps import Caps
from privacy.errors import DomainError
from privacy.mechanisms import DiscreteLaplace
from privacy.model import BoundedTable, Grant
from privacy.requests import ReleaseQuery


@dataclass(frozen=True)
class Release:
    """A published result with what it cost; computed from noisy values and public facts alone.

    Attributes
    ----------
    query : ReleaseQuery
        What was asked.
    caps : Caps
        What bounds one person.
    mechanism : DiscreteLaplace
        The noise, its scale and loss.
    cells : tuple of str
        The whole public domain.
    noisy : int64, (n_cells, n_bands)
        Noisy counts.
    shown : bool, (n_cells, n_bands)
        False where the noisy count does not stand out from the noise.
    """

    query: ReleaseQuery
    caps: Caps
    mechanism: DiscreteLaplace
    cells: tuple[str, ...]
    noisy: npt.NDArray[np.int64]
    shown: npt.NDArray[np.bool_]

    def document(self) -> dict[str, Any]:
        """Return the release as plain values, ready for canonical JSON.

        Hidden counts are ``None``. ``totals`` sums all noisy counts of a band, so that hiding the
        small ones does not bias them.
        """
        query = self.query
        return {
            "hash": query.hash(),
            "template": query.template,
            "month": query.month,
            "hour_bands": [list(band) for band in query.hour_bands],
            "mode": query.mode,
            "level": query.level,
            "unit": "person-month",
            "day_cap": self.caps.day,
            "month_cap": self.caps.month,
            "mechanism": "discrete-laplace",
            "scale": self.mechanism.scale,
            "error_95": self.mechanism.error_95,
            "suppress_below": suppress_below(self.mechanism),
            "suppressed": int(np.count_nonzero(~self.shown)),
            "totals": [int(total) for total in self.noisy.sum(axis=0)],
            "epsilon_micro": query.epsilon_micro,
            "cells": [
                {"cell": cell, "counts": [int(n) if s else None for n, s in zip(*row, strict=True)]}
                for cell, *row in zip(self.cells, self.noisy, self.shown, strict=True)
            ],
        }


def release(table: BoundedTable, grant: Grant, query: ReleaseQuery, role: str) -> Release:
    """Let a table out: check the grant, add noise to every count, then hide what is only noise.

    Privacy: epsilon-DP with ``epsilon = query.epsilon_micro / 10**6``; neighbours differ by all
    trips of one person in the month; sensitivity is the month's cap. Hiding and totals are
    post-processing of noisy values.

    Parameters
    ----------
    table : BoundedTable
        Exact counts over the public domain.
    grant : Grant
        Must cover query and role.
    query : ReleaseQuery
        What is asked; the budget is debited before this is called.
    role : str
        Who asks.

    Returns
    -------
    Release
        With ``noisy`` of dtype int64, (n_cells, n_bands).

    Raises
    ------
    NotGrantedError
        If the grant does not cover the query.
    DomainError
        If the table has other bands than the query.
    """
    grant.check(query, role)
    if table.counts.shape != (len(table.cells), len(query.hour_bands)):
        raise DomainError(
            f"a table of shape {table.counts.shape} does not fit {len(table.cells)} cells "
            f"and {len(query.hour_bands)} bands"
        )
    mechanism = mechanisms.discrete_laplace(table.caps.month, query.epsilon_micro)
    noisy = mechanisms.add_noise(table.counts, mechanism)
    return Release(
        query=query,
        caps=table.caps,
        mechanism=mechanism,
        cells=table.cells,
        noisy=noisy,
        shown=noisy >= suppress_below(mechanism),
    )


def suppress_below(mechanism: DiscreteLaplace) -> int:
    """Return the smallest noisy count that is shown.

    An empty cell reaches it in at most 2.5 of 100 releases. It depends on the noise alone, never on
    a true count: hiding by true counts would tell which cells are empty.
    """
    return mechanism.error_95 + 1

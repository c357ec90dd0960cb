"""Fares kept in a network's folder, as one small JSON file."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from routing.errors import RoutingError
from routing.fares import model
from routing.fares.model import FaresV1, FaresV2
from routing.fares.read import FeedFares

FILE = "fares.json"

_TABLES: dict[str, Any] = {
    "fares": model.Fare,
    "rules": model.FareRule,
    "products": model.Product,
    "leg_rules": model.LegRule,
    "join_rules": model.JoinRule,
    "transfer_rules": model.TransferRule,
    "categories": model.Category,
    "media": model.Media,
}


class FaresFileError(RoutingError):
    """Saved fares that cannot be read."""


def save_fares(feeds: Sequence[FeedFares], folder: Path) -> None:
    """Write the fares of all feeds into a new or empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        None if fares is None else {"kind": type(fares).__name__} | asdict(fares) for fares in feeds
    ]
    text = json.dumps(rows, ensure_ascii=False, default=sorted)
    (folder / FILE).write_text(text, encoding="utf-8")


def load_fares(folder: Path) -> tuple[FeedFares, ...]:
    """Read what ``save_fares`` wrote; no fares where the folder is absent.

    Raises
    ------
    FaresFileError
        The file is missing in the folder, or damaged.
    """
    if not folder.is_dir():
        return ()
    try:
        rows = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return tuple(None if row is None else _fares(row) for row in rows)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FaresFileError(
            f"{folder / FILE} cannot be read ({error}); build the network again"
        ) from error


def _fares(row: dict[str, Any]) -> FaresV1 | FaresV2:
    kind = {"FaresV1": FaresV1, "FaresV2": FaresV2}[row.pop("kind")]
    for name, of in _TABLES.items():
        if name in row:
            row[name] = tuple(of(*values) for values in row[name])
    if kind is FaresV2:
        row["timeframes"] = tuple(
            model.Timeframe(group, start, end, frozenset(days))
            for group, start, end, days in row["timeframes"]
        )
        row["areas"] = {stop: tuple(areas) for stop, areas in row["areas"].items()}
    fares: FaresV1 | FaresV2 = kind(**row)
    return fares

"""``pathways.txt`` and ``levels.txt``: the ways inside stations."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from routing.arrays import Int64
from routing.geometry import crow_m
from routing.gtfs.files import FeedFiles
from routing.gtfs.tables import FeedTables
from routing.gtfs.values import parse_count, parse_number
from routing.notices import NoticeList
from routing.transit.pathways import (
    ELEVATOR,
    ESCALATOR,
    EXIT_GATE,
    FARE_GATE,
    MOVING_SIDEWALK,
    STAIRS,
    WALKWAY,
    Pathways,
)

WALK_MPS, STAIRS_MPS, ESCALATOR_MPS, SIDEWALK_MPS = 1.2, 0.6, 0.5, 1.7
STAIR_S, ELEVATOR_S, GATE_S, UNKNOWN_STAIRS_S = 0.6, 60, 5, 30
"""What a way takes whose ``traversal_time`` is blank: by its stairs, its length, or its mode."""

STEEPEST, NARROWEST_M = 1 / 12, 0.8
"""Ramps steeper, or ways narrower, than that are not for wheelchairs."""

_COLUMNS = (
    "from_stop_id",
    "to_stop_id",
    "pathway_mode",
    "is_bidirectional",
    "length",
    "traversal_time",
    "stair_count",
    "max_slope",
    "min_width",
    "signposted_as",
    "reversed_signposted_as",
)


@dataclass
class PathwayRows:
    """Ways in one direction, over all feeds: columns of ``Pathways``, row by row."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def make(self, moved: Int64 | None) -> Pathways:
        """Return the table, with the stops' new numbers where some were left out."""
        if moved is None:
            return Pathways.of(self.rows)
        found: list[tuple[Any, ...]] = []
        for a, b, *rest in self.rows:
            p, q = int(moved[a]), int(moved[b])
            if p >= 0 and q >= 0:
                found.append((p, q, *rest))
        return Pathways.of(found)


def read_pathways(
    files: FeedFiles, tables: FeedTables, found: PathwayRows, notices: NoticeList
) -> None:
    """Add a feed's ways inside stations; what is missing of their times is estimated."""
    rows = files.rows("pathways.txt", _COLUMNS)
    columns = [rows[name].strings() for name in _COLUMNS]
    levels = _levels(files) if len(rows.number) else {}
    stops = tables.stops
    lon, lat = stops.array("lon", np.float64), stops.array("lat", np.float64)
    for number, a, b, kind, both, *measures, sign, back in zip(rows.number, *columns, strict=True):
        p, q = stops.rows.get(a), stops.rows.get(b)
        if p is None or q is None:
            message = f"no stop '{a if p is None else b}'; row left out"
            name = "from_stop_id" if p is None else "to_stop_id"
            notices.add("unknown_stop", "error", rows.file, int(number), name, message)
            continue
        mode = parse_count(kind)
        if not WALKWAY <= mode <= EXIT_GATE:
            message = f"'{kind}' is no pathway mode; row left out"
            notices.add(
                "bad_pathway_mode", "error", rows.file, int(number), "pathway_mode", message
            )
            continue
        length, taken, stairs, slope, width = (parse_number(text) for text in measures)
        if math.isnan(length):
            length = crow_m(lon[p], lat[p], lon[q], lat[q])
        seconds = math.ceil(taken) if taken > 0 else _estimate(mode, length, stairs)
        step_free = int(
            mode not in (STAIRS, ESCALATOR)
            and not abs(stairs) > 0
            and not abs(slope) > STEEPEST
            and not width < NARROWEST_M
        )
        found.rows.append((p, q, mode, seconds, step_free, sign, levels.get(b, "")))
        if both == "1" and mode != EXIT_GATE:
            found.rows.append((q, p, mode, seconds, step_free, back, levels.get(a, "")))


def _estimate(mode: int, length_m: float, stairs: float) -> int:
    if mode == ELEVATOR:
        return ELEVATOR_S
    if mode in (FARE_GATE, EXIT_GATE):
        return GATE_S
    if mode == STAIRS and abs(stairs) > 0:
        return math.ceil(abs(stairs) * STAIR_S)
    if mode in (STAIRS, ESCALATOR) and length_m <= 0:
        return UNKNOWN_STAIRS_S
    pace = {STAIRS: STAIRS_MPS, ESCALATOR: ESCALATOR_MPS, MOVING_SIDEWALK: SIDEWALK_MPS}
    return math.ceil(length_m / pace.get(mode, WALK_MPS))


def _levels(files: FeedFiles) -> dict[str, str]:
    """Return the level of each stop that has one: its name, else its index."""
    rows = files.rows("levels.txt", ("level_id", "level_index", "level_name"))
    columns = (rows[name].strings() for name in ("level_id", "level_index", "level_name"))
    names = {key: name or index for key, index, name in zip(*columns, strict=True)}
    rows = files.rows("stops.txt", ("stop_id", "level_id"))
    pairs = zip(rows["stop_id"].strings(), rows["level_id"].strings(), strict=True)
    return {stop: names[level] for stop, level in pairs if level in names}

"""``transfers.txt`` as footpaths, change times and forbidden changes."""

from dataclasses import dataclass, field

import numpy as np

from routing.arrays import Float64, group_first
from routing.gtfs.files import FeedFiles
from routing.gtfs.tables import FeedTables
from routing.gtfs.values import BAD, BLANK, parse_count
from routing.notices import NoticeList
from routing.transit.tables import FORBIDDEN_S, Footpaths

WALK_MPS = 1.2
DETOUR = 1.3
"""A walk of unstated length: straight line, this much longer, at this speed."""

_COLUMNS = ("from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time")
_NARROW = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
_METRES_PER_DEGREE = 111_195.0

Pair = tuple[int, int]


@dataclass
class TransferRules:
    """Seconds, or ``FORBIDDEN_S``, between pairs of stops, over all feeds."""

    seconds: dict[Pair, int] = field(default_factory=dict)

    def make_footpaths(self, n_stops: int) -> Footpaths:
        """Return the rules as arrays."""
        change = np.zeros(n_stops, np.int32)
        rows = []
        forbidden = []
        for (a, b), seconds in self.seconds.items():
            if a == b:
                change[a] = seconds
            elif seconds >= FORBIDDEN_S:
                forbidden.append((a, b))
            else:
                rows.append((a, seconds, b))
        table = np.array(sorted(rows), np.int64).reshape(-1, 3)
        pairs = np.array(sorted(forbidden), np.uint32).reshape(-1, 2)
        return Footpaths(
            group_first(table[:, 0], n_stops),
            table[:, 2].astype(np.uint32),
            table[:, 1].astype(np.int32),
            np.ones(len(table), np.uint8),
            change,
            np.ascontiguousarray(pairs[:, 0]),
            np.ascontiguousarray(pairs[:, 1]),
        )


def read_transfers(
    files: FeedFiles, tables: FeedTables, rules: TransferRules, notices: NoticeList
) -> None:
    """Add a feed's rules; one between stations holds for their platforms, unless these say more."""
    rows = files.rows("transfers.txt", _COLUMNS + _NARROW)
    columns = [rows[name].strings() for name in _COLUMNS + _NARROW]
    stops = tables.stops
    lon, lat = stops.array("lon", np.float64), stops.array("lat", np.float64)
    children = _children(tables)
    broad: dict[Pair, int] = {}
    exact: dict[Pair, int] = {}
    for number, a, b, kind, least, *narrow in zip(rows.number, *columns, strict=True):
        if any(narrow) or kind in ("4", "5"):
            message = "rules for single routes or trips are not used yet"
            notices.add("narrow_transfer", "info", rows.file, int(number), None, message)
            continue
        p, q = stops.rows.get(a), stops.rows.get(b)
        if p is None or q is None:
            message = f"no stop '{a if p is None else b}'; row left out"
            name = "from_stop_id" if p is None else "to_stop_id"
            notices.add("unknown_stop", "error", rows.file, int(number), name, message)
            continue
        stated = parse_count(least)
        if kind not in ("", "0", "1", "2", "3") or stated == BAD:
            message = f"type '{kind}', time '{least}': no such rule; row left out"
            notices.add("bad_transfer", "error", rows.file, int(number), "transfer_type", message)
            continue
        from_stops, to_stops = children.get(p, [p]), children.get(q, [q])
        into = exact if p not in children and q not in children else broad
        for i in from_stops:
            for j in to_stops:
                into[i, j] = _seconds(kind, stated, i, j, lon, lat)
    rules.seconds.update(broad)
    rules.seconds.update(exact)


def _seconds(kind: str, stated: int, i: int, j: int, lon: Float64, lat: Float64) -> int:
    if kind == "3":
        return FORBIDDEN_S
    if stated > BLANK:
        return min(stated, FORBIDDEN_S - 1)
    if kind == "1" or i == j:
        return 0  # the later vehicle waits
    dy = lat[j] - lat[i]
    dx = (lon[j] - lon[i]) * np.cos(np.radians(lat[i]))
    metres = float(np.hypot(dx, dy)) * _METRES_PER_DEGREE
    return min(int(np.ceil(metres * DETOUR / WALK_MPS)), FORBIDDEN_S - 1)


def _children(tables: FeedTables) -> dict[int, list[int]]:
    """Return the platforms of each station of the feeds read so far."""
    found: dict[int, list[int]] = {}
    kinds = tables.stops.columns.get("location_type", [])
    for stop, parent in enumerate(tables.stops.columns.get("parent", [])):
        if parent >= 0 and kinds[stop] == 0 and kinds[parent] == 1:
            found.setdefault(parent, []).append(stop)
    return found

"""``transfers.txt`` as footpaths, change times, forbidden changes and rules of single trips."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from routing.arrays import Bool, Float64, Int64, group_first
from routing.gtfs.files import FeedFiles
from routing.gtfs.tables import FeedTables
from routing.gtfs.values import BAD, BLANK, parse_count
from routing.notices import NoticeList
from routing.transit.tables import FORBIDDEN_S, IN_SEAT, Footpaths, NarrowRules

WALK_MPS = 1.2
DETOUR = 1.3
"""A walk of unstated length: straight line, this much longer, at this speed."""

_COLUMNS = ("from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time")
_NARROW = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
_NAMES = (
    ("unknown_stop", "from_stop_id"),
    ("unknown_stop", "to_stop_id"),
    ("unknown_route", "from_route_id"),
    ("unknown_route", "to_route_id"),
    ("unknown_trip", "from_trip_id"),
    ("unknown_trip", "to_trip_id"),
)
_METRES_PER_DEGREE = 111_195.0

Pair = tuple[int, int]


@dataclass
class TransferRules:
    """Seconds, or ``FORBIDDEN_S``, between pairs of stops, over all feeds."""

    seconds: dict[Pair, int] = field(default_factory=dict)
    narrow: list[tuple[int, ...]] = field(default_factory=list)
    """Rows of ``NarrowRules``, with trips as they were read."""

    def among(self, moved: Int64) -> "TransferRules":
        """Return the rules between stops that are kept, under their new numbers (-1: dropped)."""
        seconds = {
            (int(moved[a]), int(moved[b])): value
            for (a, b), value in self.seconds.items()
            if moved[a] >= 0 and moved[b] >= 0
        }
        narrow = []
        for kind, a, b, *rest in self.narrow:
            p, q = (int(moved[stop]) if stop >= 0 else stop for stop in (a, b))
            if kind >= IN_SEAT or (p >= 0 and q >= 0):
                narrow.append((kind, p, q, *rest))
        return TransferRules(seconds, narrow)

    def make_narrow(self, trip: Int64, by_headway: Bool) -> NarrowRules:
        """Return the rules that name routes or trips as arrays.

        Parameters
        ----------
        trip : int64, (n_runs,)
            The trip each run was made of; a rule for a trip holds for all its runs.
        by_headway : bool, (n_runs,)
            Runs of a headway; whether one becomes another is not known.
        """
        if not self.narrow:
            return NarrowRules.of()
        runs: dict[int, list[int]] = {-1: [-1]}
        for run, row in enumerate(trip.tolist()):
            runs.setdefault(row, []).append(run)
        found: list[tuple[int, ...]] = []
        for kind, *stops, f_route, t_route, f_trip, t_trip, exact, seconds in self.narrow:
            for a in runs.get(f_trip, []):
                for b in runs.get(t_trip, []):
                    if kind < IN_SEAT or not (by_headway[a] or by_headway[b]):
                        found.append((kind, *stops, f_route, t_route, a, b, exact, seconds))
        return NarrowRules.of(found)

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
    files: FeedFiles,
    tables: FeedTables,
    trips: Mapping[str, int],
    rules: TransferRules,
    notices: NoticeList,
) -> None:
    """Add a feed's rules; one between stations holds for their platforms, unless these say more.

    Parameters
    ----------
    files : FeedFiles
        The feed.
    tables : FeedTables
        Its stops and routes.
    trips : Mapping of str to int
        Number of each of its trips, over all feeds.
    rules : TransferRules
        Added to.
    notices : NoticeList
        Where faults are told.
    """
    rows = files.rows("transfers.txt", _COLUMNS + _NARROW)
    columns = [rows[name].strings() for name in _COLUMNS + _NARROW]
    stops = tables.stops
    lon, lat = stops.array("lon", np.float64), stops.array("lat", np.float64)
    children = _children(tables)
    known = (stops.rows, stops.rows, tables.routes.rows, tables.routes.rows, trips, trips)
    broad: dict[Pair, int] = {}
    exact: dict[Pair, int] = {}
    for number, a, b, kind, least, *narrow in zip(rows.number, *columns, strict=True):
        found = [of.get(key) if key else -1 for of, key in zip(known, (a, b, *narrow), strict=True)]
        in_seat = kind in ("4", "5")
        wanted = range(4, 6) if in_seat else range(2)
        missing = [at for at, row in enumerate(found) if row is None]
        missing += [at for at in wanted if found[at] == -1]
        if missing:
            code, name = _NAMES[missing[0]]
            message = f"no {code[8:]} '{(a, b, *narrow)[missing[0]]}'; row left out"
            notices.add(code, "error", rows.file, int(number), name, message)
            continue
        p, q, *ids = (int(row) for row in found if row is not None)
        if in_seat:
            rules.narrow.append((int(kind), -1, -1, *ids, 1, 0))
            continue
        stated = parse_count(least)
        if kind not in ("", "0", "1", "2", "3") or stated == BAD:
            message = f"type '{kind}', time '{least}': no such rule; row left out"
            notices.add("bad_transfer", "error", rows.file, int(number), "transfer_type", message)
            continue
        is_exact = p not in children and q not in children
        into = exact if is_exact else broad
        for i in children.get(p, [p]):
            for j in children.get(q, [q]):
                seconds = _seconds(kind, stated, i, j, lon, lat)
                if any(narrow):
                    rules.narrow.append((int(kind or 0), i, j, *ids, int(is_exact), seconds))
                else:
                    into[i, j] = seconds
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

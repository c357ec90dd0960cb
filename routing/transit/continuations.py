"""Which trips go on as another trip of the same vehicle, so that riders may stay in their seats.

A feed says so outright (``transfers.txt``, type 4), or lets it be seen by ``block_id``: trips of
one block and service day are run by one vehicle, in the order in which they leave. Of those,
neighbours are taken to go on into one another where

- the later one begins at the stop, or in the station, where the earlier one ended,
- it leaves no earlier than the other arrives and at most ``MOST_GAP_S`` after, and
- it does not just run back the way the other came: for at least ``LEAST_GAIN`` of the pairs of a
  call of the earlier and a call of the later trip, staying on leads where neither trip alone does.

Where a rule of type 4 or 5 names two trips, it decides; a trip that a rule of type 4 lets go on
(or be reached) does so by such rules alone. Trips run by headway are never joined.
"""

from datetime import date

import numpy as np

from routing.arrays import Bool, Int64
from routing.transit.tables import IN_SEAT, NO_IN_SEAT
from routing.transit.timetable import Timetable

MOST_GAP_S = 1800
"""Longest wait of a vehicle between two trips for which riders may stay on board."""

LEAST_GAIN = 1 / 8
"""A circle line of four stops gains 3/16, a long one half, one that runs back nearly nothing."""

Pairs = Int64
"""Trips and those they go on as, int64, (2, n)."""


def continues(timetable: Timetable) -> bool:
    """Tell whether any trip may go on as another."""
    return bool((timetable.rules.kind == IN_SEAT).any() or (timetable.trips.block >= 0).any())


def continuations(timetable: Timetable, day: date) -> tuple[Pairs, Bool]:
    """Find what goes on as what on a service day.

    Parameters
    ----------
    timetable : Timetable
        What is planned.
    day : date
        The service day of both trips.

    Returns
    -------
    pairs : int64, (2, n)
        Rows of ``timetable.trips``.
    told : bool, (n,)
        The feed says so outright, whatever the places.
    """
    running = timetable.services.active(day)[timetable.trips.service]
    told = _ruled(timetable, running)
    pairs = _neighbours(timetable, np.flatnonzero(running & (timetable.trips.block >= 0)))
    every = np.concatenate([told, pairs], axis=1)
    return every, np.arange(every.shape[1]) < told.shape[1]


def places(timetable: Timetable) -> Int64:
    """Return the station of each stop, or itself; int64, (n_stops,)."""
    parent = timetable.stops.parent.astype(np.int64)
    return np.where(parent >= 0, parent, np.arange(timetable.n_stops))


def _ruled(timetable: Timetable, running: Bool) -> Pairs:
    """Return the pairs that type 4 names, of trips that run."""
    rules = timetable.rules
    named = np.flatnonzero(rules.kind == IN_SEAT)
    pairs = np.stack([rules.from_trip[named], rules.to_trip[named]]).astype(np.int64)
    pairs = pairs[:, running[pairs].all(axis=0)]
    _, arrival, departure = _ends(timetable, pairs)
    return np.asarray(pairs[:, arrival <= departure], np.int64)


def _neighbours(timetable: Timetable, trips: Int64) -> Pairs:
    """Return the neighbours in blocks that go on into one another."""
    block, n = timetable.trips.block[trips], timetable.n_trips
    ends, arrival, departure = _ends(timetable, np.stack([trips, trips]))
    order = np.lexsort((trips, arrival, departure, block))
    trips, block = trips[order], block[order]
    pairs = np.stack([trips[:-1], trips[1:]])[:, block[1:] == block[:-1]]
    ends, arrival, departure = _ends(timetable, pairs)
    place = places(timetable)[ends]
    wait = departure - arrival
    pairs = pairs[:, (place[0] == place[1]) & (wait >= 0) & (wait <= MOST_GAP_S)]
    rules = timetable.rules
    on, off = np.flatnonzero(rules.kind == IN_SEAT), np.flatnonzero(rules.kind == NO_IN_SEAT)
    barred = rules.from_trip[off].astype(np.int64) * n + rules.to_trip[off]
    free = ~np.isin(pairs[0] * n + pairs[1], barred)
    free &= ~np.isin(pairs[0], rules.from_trip[on]) & ~np.isin(pairs[1], rules.to_trip[on])
    pairs = pairs[:, free]
    return pairs[:, _worth(timetable, timetable.trips.pattern[pairs].astype(np.int64))]


def _ends(timetable: Timetable, pairs: Pairs) -> tuple[Int64, Int64, Int64]:
    """Return the last and first stop, (2, n), the last arrival and the first departure of pairs."""
    p, calls = timetable.patterns, timetable.calls
    pattern = timetable.trips.pattern[pairs].astype(np.int64)
    length = p.stop_first[pattern + 1].astype(np.int64) - p.stop_first[pattern]
    row = p.call_first[pattern] + (pairs - p.trip_first[pattern]) * length
    last, first = p.stop_first[pattern[0] + 1].astype(np.int64) - 1, p.stop_first[pattern[1]]
    return (
        np.stack([p.stop[last], p.stop[first]]).astype(np.int64),
        calls.arrival_s[row[0] + length[0] - 1].astype(np.int64),
        calls.departure_s[row[1]].astype(np.int64),
    )


def _worth(timetable: Timetable, patterns: Pairs) -> Bool:
    """Tell where staying on is of use, bool, (n,); patterns int64, (2, n)."""
    some, which = np.unique(patterns, axis=1, return_inverse=True)
    stops = timetable.stops
    names: dict[tuple[int, str], int] = {}

    def spots(pattern: int) -> list[int]:
        rows = timetable.pattern_stops(pattern).tolist()
        station = [int(stops.parent[row]) for row in rows]
        keys = [
            (-1, str(up)) if up >= 0 else (int(stops.feed[row]), stops.name[row] or f"#{row}")
            for row, up in zip(rows, station, strict=True)
        ]
        return [names.setdefault(key, len(names)) for key in keys]

    known = timetable.joints
    for a, b in some.T.tolist():
        if (a, b) not in known:
            known[a, b] = gain(spots(a), spots(b)) >= LEAST_GAIN
    worth = [known[a, b] for a, b in some.T.tolist()]
    return np.array(worth, np.bool_)[which.reshape(-1)]


def gain(before: list[int], after: list[int]) -> float:
    """Return the share of pairs between which one trip alone does not lead.

    Parameters
    ----------
    before, after : list of int
        Places at which the earlier and the later trip call; the joint is the last and the first.

    Examples
    --------
    >>> gain([1, 2, 3], [3, 2, 1])  # back the way it came
    0.0
    >>> gain([1, 2, 3], [3, 4, 5])  # straight on
    1.0
    """
    first = {place: at for at, place in reversed(list(enumerate(after)))}
    last = {place: at for at, place in enumerate(before)}
    size = max(len(before), len(after)) + 1
    again = np.array([first.get(place, size) for place in before[:-1]])[:, None]
    already = np.array([last.get(place, -1) for place in after[1:]])[None, :]
    helps = (again > np.arange(1, len(after))) & (already < np.arange(len(before) - 1)[:, None])
    return float(helps.mean())

"""The ways inside stations, and what is quickest along them."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from routing.arrays import Bool, Float32, Int32, Int64, StringTable, UInt8
from routing.transit.day_view import OPEN, Closed
from routing.transit.tables import NO, Stops

WALKWAY, STAIRS, MOVING_SIDEWALK, ESCALATOR, ELEVATOR, FARE_GATE, EXIT_GATE = range(1, 8)
"""``pathway_mode``."""

PLATFORM, _STATION, ENTRANCE, NODE, BOARDING_AREA = range(5)
"""``location_type``."""


@dataclass(frozen=True)
class Pathways:
    """Ways inside stations, each in one direction.

    Parameters
    ----------
    from_stop, to_stop : int32, (n,)
        Rows of ``timetable.stops``: platforms, entrances, nodes, boarding areas.
    mode : uint8, (n,)
        ``pathway_mode``, 1 to 7.
    seconds : int32, (n,)
        As stated, else estimated.
    step_free : uint8, (n,)
        1 where one on wheels can pass, by what the feed says.
    sign, level : StringTable, (n,)
        What to follow, and the level led to; empty where nothing is said.
    """

    from_stop: Int32
    to_stop: Int32
    mode: UInt8
    seconds: Int32
    step_free: UInt8
    sign: StringTable
    level: StringTable

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]] = ()) -> "Pathways":
        """Make a table of rows in the order of the columns."""
        table = list(rows)
        a, b, mode, seconds, step_free, sign, level = (
            zip(*table, strict=True) if table else [()] * 7
        )
        return cls(
            np.array(a, np.int32),
            np.array(b, np.int32),
            np.array(mode, np.uint8),
            np.array(seconds, np.int32),
            np.array(step_free, np.uint8),
            StringTable.of(sign),
            StringTable.of(level),
        )


_Ways = dict[int, list[tuple[int, int, int]]]


class Stations:
    """Quickest ways between the platforms and entrances of stations with pathways.

    Parameters
    ----------
    stops : Stops
        Of the timetable.
    pathways : Pathways
        Of it.
    step_free : bool
        Without stairs, escalators and what else the feed says wheels cannot pass.
    closed : Closed
        Stops nobody can pass: entrances, nodes, platforms, with the pathways that begin or end
        there; and stops no lift of which runs. Where there is no lift, the latter are closed too.
    """

    def __init__(
        self,
        stops: Stops,
        pathways: Pathways,
        step_free: bool = False,
        closed: Closed = OPEN,
    ) -> None:
        self._stops, self._pathways = stops, pathways
        kind = np.asarray(stops.location_type)
        self._ends = np.unique(np.concatenate([pathways.from_stop, pathways.to_stop])).tolist()
        areas = [stop for stop in self._ends if kind[stop] == BOARDING_AREA]
        platforms = {int(stops.parent[area]) for area in areas} - {-1}
        platforms |= {stop for stop in self._ends if kind[stop] == PLATFORM}
        self._platforms = sorted(platforms)
        self._entrances = [stop for stop in self._ends if kind[stop] == ENTRANCE]
        self._every = self._graph(False, OPEN)
        lifts = np.flatnonzero(pathways.mode == ELEVATOR)
        with_lift = {*pathways.from_stop[lifts].tolist(), *pathways.to_stop[lifts].tolist()}
        barred = set(closed.stops) | (closed.lifts - with_lift)
        if step_free:
            barred |= {stop for stop in self._ends if stops.wheelchair[stop] == NO}
        self._graph_now = self._graph(step_free, Closed(frozenset(barred), closed.lifts))
        self._barred = barred

    def _graph(self, step_free: bool, closed: Closed) -> _Ways:
        """Return the ways on from each stop: stop led to, seconds, row (-1: none)."""
        p = self._pathways
        ways: _Ways = {}
        rows = zip(p.from_stop.tolist(), p.to_stop.tolist(), p.seconds.tolist(), strict=True)
        for row, (a, b, seconds) in enumerate(rows):
            lift_out = p.mode[row] == ELEVATOR and (a in closed.lifts or b in closed.lifts)
            shut = a in closed.stops or b in closed.stops or lift_out
            if shut or (step_free and not p.step_free[row]):
                continue
            ways.setdefault(a, []).append((b, seconds, row))
        for area in self._ends:  # a boarding area is a part of its platform
            parent = int(self._stops.parent[area])
            if self._stops.location_type[area] == BOARDING_AREA and parent >= 0:
                ways.setdefault(area, []).append((parent, 0, -1))
                ways.setdefault(parent, []).append((area, 0, -1))
        return ways

    def _search(self, ways: _Ways, source: int) -> dict[int, tuple[int, int, int]]:
        """Return the seconds to every stop reached, the stop before and the pathway there."""
        done: dict[int, tuple[int, int, int]] = {}
        heap = [(0, source, -1, -1)]
        while heap:
            now, stop, before, row = heapq.heappop(heap)
            if stop not in done:
                done[stop] = now, before, row
                for to, seconds, way in ways.get(stop, ()):
                    heapq.heappush(heap, (now + seconds, to, stop, way))
        return done

    @cached_property
    def linked(self) -> Bool:
        """Which platforms are reached from the street, or left, by entrances only."""
        found = np.zeros(len(self._stops.lon), np.bool_)
        entrances, platforms = set(self._entrances), set(self._platforms)
        for entrance in self._entrances:
            found[list(self._search(self._every, entrance).keys() & platforms)] = True
        for platform in self._platforms:
            if self._search(self._every, platform).keys() & entrances:
                found[platform] = True
        return found

    @cached_property
    def ways(self) -> tuple[Int64, Int64, Int64]:
        """From where, to where, in what seconds one gets between platforms and entrances."""
        places = {*self._platforms, *self._entrances}
        rows = [
            (source, to, seconds)
            for source in sorted(places - self._barred)
            for to, (seconds, _, _) in self._search(self._graph_now, source).items()
            if to != source and to in places
        ]
        table = np.array(rows, np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]

    def places(self, served: Bool) -> Bool:
        """Return the stops that lie at the street, for those that are served; bool, (n_stops,)."""
        found = served & ~self.linked
        found[[stop for stop in self._entrances if stop not in self._barred]] = True
        return found

    def inside(self) -> tuple[Int64, Int64, Int64]:
        """Return the ways between platforms."""
        source, to, seconds = self.ways
        kind = self._stops.location_type
        both = (kind[source] == PLATFORM) & (kind[to] == PLATFORM)
        return source[both], to[both], seconds[both]

    @cached_property
    def _pairs(self) -> tuple[Int64, Int64]:
        """The platforms between which pathways lead, for anyone."""
        platforms = set(self._platforms)
        rows = [
            (a, b)
            for a in self._platforms
            for b in self._search(self._every, a).keys() & platforms
            if a != b
        ]
        table = np.array(rows, np.int64).reshape(-1, 2)
        return table[:, 0], table[:, 1]

    def parted(self) -> tuple[Int64, Int64]:
        """Return the platforms between which pathways lead, but not for whom is asked."""
        a, b = self._pairs
        source, to, _ = self.inside()
        n = len(self._stops.lon)
        gone = ~np.isin(a * n + b, source * n + to)
        return a[gone], b[gone]

    def joined(self, source: Int64, to: Int64, seconds: Int64) -> tuple[Int64, Int64, Int64]:
        """Return walks along streets between places, and those on to and from platforms.

        Parameters
        ----------
        source, to, seconds : int64, (n,)
            Walks between the stops of :meth:`places`. Between platforms that pathways join,
            these alone hold.
        """
        n = len(self._stops.lon)
        keep = ~np.isin(source * n + to, self._pairs[0] * n + self._pairs[1])
        rows = source[keep], to[keep], seconds[keep]
        a, b, s = self.ways
        out, into = self.linked[a] & ~self.linked[b], ~self.linked[a] & self.linked[b]
        rows = _and(rows, _chained((a[out], b[out], s[out]), rows))
        rows = _and(rows, _chained(rows, (a[into], b[into], s[into])))
        return _and(rows, self.inside())

    def from_street(self, seconds: Float32, reverse: bool) -> tuple[Float32, Float32, Int64]:
        """Lead ways between a door and the street's places on to platforms.

        Parameters
        ----------
        seconds : float32, (n_stops,)
            Along streets alone; infinite where out of reach.
        reverse : bool
            The ways lead to the door.

        Returns
        -------
        seconds, inside_s : float32, (n_stops,)
            To every stop, and how many of them inside a station.
        entrance : int64, (n_stops,)
            By which entrance, -1 where by none.
        """
        found = np.where(self.linked, np.float32(np.inf), seconds).astype(np.float32)
        inside, by = np.zeros_like(found), np.full(len(found), -1, np.int64)
        source, to, taken = self.ways
        entrance, platform = (to, source) if reverse else (source, to)
        total = seconds[entrance] + taken.astype(np.float32)
        use = ~self.linked[entrance] & self.linked[platform] & np.isfinite(total)
        rows = np.flatnonzero(use)
        rows = rows[np.argsort(-total[rows], kind="stable")]  # the least is written last
        found[platform[rows]], inside[platform[rows]] = total[rows], taken[rows]
        by[platform[rows]] = entrance[rows]
        return found, inside, by

    def doors(self, stop: int, leaving: bool) -> list[int]:
        """Return the entrances by which one leaves, or comes to, a platform; else the stop."""
        if not self.linked[stop]:
            return [stop]
        source, to, _ = self.ways
        here, there = (source, to) if leaving else (to, source)
        found: list[int] = there[(here == stop) & ~self.linked[there]].tolist()
        return found

    def way(self, source: int, to: int) -> tuple[int, list[int]] | None:
        """Return the seconds and the rows of ``pathways`` of the quickest way, if there is one."""
        found = self._search(self._graph_now, source)
        if source in self._barred or to not in found:
            return None
        rows, stop = [], to
        while stop != source:
            _, stop, row = found[stop]
            if row >= 0:
                rows.append(row)
        return found[to][0], rows[::-1]


Rows = tuple[Int64, Int64, Int64]


def _and(a: Rows, b: Rows) -> Rows:
    x, y, z = (np.concatenate(two) for two in zip(a, b, strict=True))
    return x, y, z


def _chained(first: Rows, second: Rows) -> Rows:
    """Return all ways that go by one of the first and then one of the second."""
    order = np.argsort(second[0], kind="stable")
    low = np.searchsorted(second[0], first[1], sorter=order)
    count = np.searchsorted(second[0], first[1], "right", sorter=order) - low
    row = np.repeat(np.arange(len(low)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    then = order[low[row] + nth]
    return first[0][row], second[1][then], first[2][row] + second[2][then]

"""Pareto-optimal journeys between sets of stops, by rounds over the lines of a day."""

from typing import NamedTuple

import numpy as np

from routing.arrays import Int32, UInt8, UInt32
from routing.kernels.raptor import search
from routing.kernels.raptor_arrays import NO_WAY
from routing.kernels.starts import find_starts, keep_near
from routing.kernels.trip_arrays import AtBest, Hops
from routing.kernels.trip_search import search_trips
from routing.transit.answer import Raw, make_journey, turn
from routing.transit.bounds import Bounds, keep_within
from routing.transit.day_view import DayView
from routing.transit.ends import LONGEST_S, Ends, ReadEnds, TransitQueryError, read_ends
from routing.transit.journey import Ride, TransitJourney, Walk
from routing.transit.room import (
    MOST_TRANSFERS,
    Room,
    lend_room,
    make_answer,
    sort_starts,
)
from routing.transit.timetable import Timetable
from routing.transit.walking import MOST_STEPS

__all__ = ["DEFAULT_TRANSFERS", "Ends", "Ride", "TransitJourney", "TransitSearch", "Walk"]

DEFAULT_TRANSFERS = 7

Along = tuple[Hops, AtBest]
"""Shortcuts of a day, and how soon the destination is reached."""


class Query(NamedTuple):
    """What is asked of a kernel; see :func:`routing.kernels.raptor.search`."""

    egress_stop: UInt32
    egress_s: Int32
    egress_steps: UInt8
    n_steps: int
    max_rounds: int
    max_duration_s: int
    direct_s: int
    until_s: int


class TransitSearch:
    """Searches of one timetable; safe to share between threads.

    Access stops are boarded directly, egress starts at a vehicle's arrival; between two vehicles
    lies a change at the same stop or one footpath. So whoever starts at a stop passes that stop
    and the stops its footpaths lead to.

    Parameters
    ----------
    timetable : Timetable
        The network's timetable.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable

    def earliest(
        self,
        view: DayView,
        access: Ends | ReadEnds,
        egress: Ends | ReadEnds,
        depart_s: int,
        max_transfers: int = DEFAULT_TRANSFERS,
        max_duration_s: int = LONGEST_S,
        direct_s: int | None = None,
        walking: bool = False,
    ) -> list[TransitJourney]:
        """Find the Pareto set of (arrival, transfers) when leaving at or after a time.

        Parameters
        ----------
        view : DayView
            The date's trips; seconds below count from its local midnight.
        access, egress : tuple of (uint32 or int32, (n,)) and (int32, (n,))
            Stops, and seconds from the origin to each or from each to the destination.
        depart_s : int
            Earliest departure from the origin.
        max_transfers : int
            At most 14.
        max_duration_s : int
            Arrivals later than this after leaving are not looked for.
        direct_s : int, optional
            Seconds of getting there without a vehicle; journeys arriving no earlier than that
            are left out.
        walking : bool
            Steps of walking are a criterion too, see :mod:`routing.transit.walking`.

        Returns
        -------
        list of TransitJourney
            Fewest transfers first, each arriving earlier than the one before. ``departure_s`` is
            when one must leave for the first ride, which may be later than ``depart_s``.
        """
        until_s = depart_s + max_duration_s
        found = self._search(
            view,
            access,
            egress,
            (depart_s, until_s),
            False,
            max_transfers,
            max_duration_s,
            direct_s,
            walking,
        )
        return [make_journey(view, raw) for raw in found]

    def range(
        self,
        view: DayView,
        access: Ends | ReadEnds,
        egress: Ends | ReadEnds,
        depart_s: int,
        window_s: int,
        max_transfers: int = DEFAULT_TRANSFERS,
        max_duration_s: int = LONGEST_S,
        direct_s: int | None = None,
        bounds: Bounds | None = None,
        walking: bool = False,
    ) -> list[TransitJourney]:
        """Find the Pareto set of (departure, arrival, transfers) leaving within a window.

        Parameters are those of :meth:`earliest`; departures from the origin lie in
        ``depart_s`` to before ``depart_s + window_s``. A journey is left out where one that
        leaves after the window is as good, so that windows can be laid end to end. With ``bounds``
        for the access stops only those that leave within the window are compared.
        Earliest departure first.
        """
        until_s = depart_s + window_s - 1
        found = self._search(
            view,
            access,
            egress,
            (depart_s, until_s),
            True,
            max_transfers,
            max_duration_s,
            direct_s,
            walking,
            bounds,
        )
        journeys = [make_journey(view, raw) for raw in found]
        journeys.sort(key=lambda j: (j.departure_s, j.arrival_s))
        return journeys

    def arrive_by(
        self,
        view: DayView,
        access: Ends | ReadEnds,
        egress: Ends | ReadEnds,
        arrive_s: int,
        window_s: int = 0,
        max_transfers: int = DEFAULT_TRANSFERS,
        max_duration_s: int = LONGEST_S,
        direct_s: int | None = None,
        bounds: Bounds | None = None,
        walking: bool = False,
    ) -> list[TransitJourney]:
        """Find the Pareto set of (departure, transfers) arriving at or before a time.

        With a window, that of (departure, arrival, transfers) arriving within the ``window_s``
        before ``arrive_s``; and then ``bounds`` may be given for the egress stops. Latest
        departure last.
        """
        several = window_s > 0
        until_s = -arrive_s + (window_s - 1 if several else max_duration_s)
        found = self._search(
            view.mirror,
            egress,
            access,
            (-arrive_s, until_s),
            several,
            max_transfers,
            max_duration_s,
            direct_s,
            walking,
            None if bounds is None else bounds.mirrored(),
        )
        journeys = [make_journey(view, turn(raw)) for raw in found]
        journeys.sort(key=lambda j: (j.departure_s, j.arrival_s))
        return journeys

    def _search(
        self,
        view: DayView,
        access: Ends | ReadEnds,
        egress: Ends | ReadEnds,
        leave_s: tuple[int, int],
        every: bool,
        max_transfers: int,
        max_duration_s: int,
        direct_s: int | None,
        walking: bool,
        bounds: Bounds | None = None,
    ) -> list[Raw]:
        """Run the kernel; return the numbers of each journey and of its rides."""
        if view.n_real_stops != self._timetable.n_stops:
            raise TransitQueryError("the day view belongs to another timetable")
        start, goal = (
            ends if isinstance(ends, ReadEnds) else read_ends(view, ends)
            for ends in (access, egress)
        )
        if not 0 <= max_transfers <= MOST_TRANSFERS:
            raise TransitQueryError(f"{max_transfers} transfers; at most {MOST_TRANSFERS}")
        n_steps = MOST_STEPS + 1 if walking else 1
        wait_s = bounds.wait_s if bounds else 0
        looked_at = leave_s[0], leave_s[1] + wait_s, every, bounds is None
        alone_s = NO_WAY if direct_s is None else direct_s
        limits = max_transfers + 1, max_duration_s, alone_s, leave_s[1]
        query = Query(goal.stop, goal.seconds, goal.steps, n_steps, *limits)
        stop, seconds, steps = start.stop, start.seconds, start.steps
        steps = steps if walking else np.zeros_like(steps)
        shortcuts = view.shortcuts  # they may be there any moment; one search goes one way
        along = None if shortcuts is None else (shortcuts.hops, goal.at_best(shortcuts))
        if shortcuts is not None and direct_s is not None and bounds is None:
            least_s = goal.at_best(shortcuts).least_s
            known = shortcuts.cell, least_s, direct_s
            stop, seconds, steps = keep_near(stop, seconds, steps, *known)
        if not len(stop):
            return []
        with lend_room() as room:
            count = find_starts(view.lines, stop, seconds, steps, *looked_at, room.starts)
            if count > len(room.starts.leave_s):
                room.widen(2 * count)
                find_starts(view.lines, stop, seconds, steps, *looked_at, room.starts)
            if bounds is not None:
                within = bounds.at_copies(view, start.given)
                count = keep_within(view, room.starts, count, stop, within, leave_s)
            sort_starts(room.starts, count)
            n = _run_kernel(view, along, room, count, query)
            if n > len(room.head):
                room.head, room.rides = make_answer(2 * n)
                _run_kernel(view, along, room, count, query)
            heads = room.head[:n].tolist()
            most = max((head[2] for head in heads), default=0)
            rides = room.rides[:n, :most].tolist()
        return [(head, own[: head[2]]) for head, own in zip(heads, rides, strict=True)]


def _run_kernel(view: DayView, along: Along | None, room: Room, count: int, query: Query) -> int:
    """Search for what is soonest, and then, where walking counts, for ways to walk less."""
    if query.n_steps > 1:
        # Steps matter to who is not much later than with any walking, so that is found first.
        plain = query._replace(n_steps=1)
        _run_once(view, along, room, count, plain, room.head[:0])
    return _run_once(view, along, room, count, query, room.head)


def _run_once(
    view: DayView, along: Along | None, room: Room, count: int, query: Query, head: Int32
) -> int:
    """Search along the shortcuts of the day, or by stops where it has none yet."""
    asked = room.starts, count, *query, room.soonest_s
    if along is None:
        work = room.work(view, query.max_rounds, query.n_steps)
        return search(view.lines, *asked, work, head, room.rides)
    while True:
        scratch = room.trip_work(view, query.max_rounds, query.n_steps)
        given = *along, *asked, scratch, head, room.rides
        found = search_trips(view.lines, *given)
        if found >= 0:
            return found
        room.queue *= 2

"""The timetable's part of a request: one range search per combination of street modes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from routing.arrays import Int64
from routing.journeys.access import StreetEnd, closed_for
from routing.journeys.combine import Candidate
from routing.model import Mode, PlanError, PlanErrorCode, PlanRequest
from routing.network import Network
from routing.realtime.days import LiveDays
from routing.realtime.runs import LiveChanges
from routing.transit.bounds import Bounds
from routing.transit.day_view import DayView, TripFilter
from routing.transit.ends import ReadEnds, read_ends
from routing.transit.search import TransitJourney
from routing.transit.shortcuts import build_in_background

Code = PlanErrorCode
LONGEST_JOURNEY_S = 8 * 3600
RENTAL_WINDOW_S = 900
"""What stands at a station now says little about later: such ways are sought this far only, all at
once, as there are few."""

PARTS_S: tuple[int, ...] = (600, 1800)
"""Of a window searched first: one who asks for five ways seldom needs the rest."""

ENOUGH, ENOUGH_WITH_VEHICLE = 3, 2
"""Ways of one combination of several after which no later ones are looked for."""

LONGEST_OPEN_S, LONGEST_WAIT_S = 3 * 3600, 1800
"""Longest journey, and wait at a stop, with a ride that is to be had at certain times only."""

EVENING = timedelta(hours=3)
"""Arrivals this long after midnight are searched from the day before on."""

BEYOND_PAGE_S = 3600
"""So far beyond a page are those sought that some of it may be pointless beside."""

SEARCHED_AHEAD_S = 86_400
"""How far beyond an empty window the next connection is looked for."""

WORTH_WAITING_S = 7200
"""Of connections after an empty window, one so much later may be worth it for being easier."""

Pair = tuple[StreetEnd, StreetEnd]
Times = tuple[Int64, Int64]


class TransitPlanning:
    """Finds journeys for one request.

    Parameters
    ----------
    network : Network
        One with a timetable.
    request : PlanRequest
        What is wanted.
    days : LiveDays, optional
        Days as they are foreseen; else those of the timetable.
    alone_s : Mapping of str to int, optional
        Within how many seconds public transport together with a vehicle must arrive, by street
        mode, as riding it all the way takes no longer.
    """

    def __init__(
        self,
        network: Network,
        request: PlanRequest,
        days: LiveDays | None = None,
        alone_s: Mapping[str, int] | None = None,
    ) -> None:
        self._network = network
        self._days = days
        self._alone_s = alone_s or {}
        self._request = request
        self._local = request.time.astimezone(ZoneInfo(network.timezone))
        self._window = timedelta(seconds=request.search_window_s)
        # A day holds the next one too, but of the one before only what still runs at midnight.
        back = self._window + EVENING if request.arrive_by else timedelta()
        self._day = (self._local - back).date()
        self._views: dict[tuple[bool, date], DayView] = {}
        self._ends: dict[tuple[StreetEnd, int], ReadEnds] = {}
        self.covered_s = request.search_window_s
        """How far beyond the time asked for no journey was left out, seconds."""

    def _view(self, pair: Pair) -> DayView:
        """Return the trips that can be ridden between two ends, bicycle in hand or not."""
        carried = pair[0].mode == pair[1].mode == Mode.BICYCLE
        key = carried, self._day
        if key not in self._views:
            self._views[key] = self._make_view(self._day, bikes=carried)
        return self._views[key]

    def _read(self, end: StreetEnd, view: DayView) -> ReadEnds:
        """Return an end as searches of a view take it."""
        key = end, id(view)  # the view is kept, so that no other has its id
        if key not in self._ends:
            self._ends[key] = read_ends(view, (end.stop, end.seconds, end.walk_s))
        return self._ends[key]

    def _make_view(self, day: date, bikes: bool) -> DayView:
        assert self._network.timetable is not None  # noqa: S101 - required above
        request = self._request
        only: TripFilter | None = TripFilter(
            request.wheelchair,
            bikes,
            request.transit_modes,
            request.agencies,
            request.banned_routes,
            request.walking,
        )
        if only == TripFilter():
            only = None
        planned = self._network.timetable.day_view(day, only)
        view = planned
        if self._days is not None:
            view = self._days.view(day, only, closed_for(request, self._days))
        lasting = view is planned  # a changed day is gone before its shortcuts would pay
        if lasting and not (only is not None and only.is_personal):
            build_in_background(view.mirror if request.arrive_by else view)
        return view

    @property
    def _changes(self) -> LiveChanges | None:
        return None if self._days is None else self._days.changes

    def outside_service_period(self) -> PlanError | None:
        """Return an error where no trip runs on the days asked for or the one before."""
        days = self._network.service_days
        if days is None:
            return PlanError(Code.OUTSIDE_SERVICE_PERIOD, "the timetable has no service days")
        begin, end = self._local, self._local + self._window
        if self._request.arrive_by:
            begin, end = self._local - self._window, self._local
        if days[0] <= end.date() and begin.date() <= days[1] + timedelta(days=1):
            return None
        return PlanError(
            Code.OUTSIDE_SERVICE_PERIOD,
            f"the timetable covers {days[0]} to {days[1]}, not {self._local.date()}:"
            " choose a day in it",
        )

    def find(self, pairs: Sequence[Pair]) -> tuple[list[Candidate], PlanError | None]:
        """Find journeys for each pair of ends.

        Returns
        -------
        list of Candidate
            Pareto-optimal journeys, at least as many as asked for if the window holds them; where
            none leaves (arrives) in the window, the next ones after (before) it.
        PlanError or None
            Why there is none within the window.
        """
        usable = [pair for pair in pairs if len(pair[0].stop) and len(pair[1].stop)]
        if not usable:
            return [], self._no_stops(pairs)
        several = len(usable) > 1
        found = [
            way for pair in usable for way in self._candidates(pair, self._in_window(pair, several))
        ]
        if found:
            return found, None
        if self._request.arrive_by:
            self._day = (self._local - timedelta(seconds=SEARCHED_AHEAD_S)).date()
        found = [way for pair in usable for way in self._candidates(pair, self._next(pair))]
        found = self._soon(found)
        minutes = self._request.search_window_s // 60
        if found:
            verb = "arrives in the" if self._request.arrive_by else "leaves within"
            when = "before" if self._request.arrive_by else "of"
            return found, PlanError(
                Code.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW,
                f"no connection {verb} {minutes} min {when} the time asked for",
            )
        return [], PlanError(
            Code.NO_TRANSIT_CONNECTION,
            "no connection was found within a day of the time asked for",
        )

    def page(self, pairs: Sequence[Pair], asked_s: int) -> list[Candidate]:
        """Find all journeys of the request's window, and some beyond, as part of an answer.

        Parameters
        ----------
        pairs : sequence of tuple of StreetEnd
            Ends of journeys.
        asked_s : int
            Time of that answer, Unix seconds: only near it is known what can be rented.
        """
        usable = [pair for pair in pairs if len(pair[0].stop) and len(pair[1].stop)]
        moment, window_s = self._request.time_s, self._request.search_window_s + BEYOND_PAGE_S
        near_s = moment - asked_s if self._request.arrive_by else asked_s - moment
        found: list[Candidate] = []
        for pair in usable:
            first_s, last_s = 0, window_s
            if any(end.mode.startswith(Mode.RENTAL) for end in pair):
                first_s, last_s = max(0, near_s), min(window_s, near_s + RENTAL_WINDOW_S)
            if first_s < last_s:
                journeys = self._search(pair, first_s, last_s - first_s, LONGEST_JOURNEY_S)
                found += self._candidates(pair, journeys)
        return found

    def _no_stops(self, pairs: Sequence[Pair]) -> PlanError:
        at_origin = any(len(there.stop) for there, _ in pairs)
        word = "destination" if at_origin else "origin"
        return PlanError(Code.NO_STOPS_IN_RANGE, f"no stop with service is in range of the {word}")

    def _in_window(self, pair: Pair, is_one_of_several: bool) -> list[TransitJourney]:
        """Search the part of the window next to the time asked for, and the rest if needed."""
        window_s, parts_s = self._request.search_window_s, PARTS_S
        if any(end.mode.startswith(Mode.RENTAL) for end in pair):
            window_s, parts_s = min(window_s, RENTAL_WINDOW_S), ()
        if not window_s:
            return self._search(pair, 0, None, LONGEST_JOURNEY_S)
        on_foot = pair[0].mode == pair[1].mode == Mode.WALK
        wanted = self._request.max_itineraries
        if is_one_of_several:
            wanted = min(wanted, ENOUGH if on_foot else ENOUGH_WITH_VEHICLE)
        found: list[TransitJourney] = []
        done_s = 0
        for end_s in (*parts_s, window_s):
            if len(found) < wanted and done_s < window_s:
                part_s = min(end_s, window_s) - done_s
                found += self._search(pair, done_s, part_s, LONGEST_JOURNEY_S)
                done_s += part_s
        if done_s < window_s:
            self.covered_s = min(self.covered_s, done_s)
        return found

    def _next(self, pair: Pair) -> list[TransitJourney]:
        """Find the journeys with the earliest arrival, or latest departure, of the whole day."""
        return self._search(pair, 0, None, SEARCHED_AHEAD_S)

    def _soon(self, ways: list[Candidate]) -> list[Candidate]:
        """Keep what does not arrive long after, or leave long before, the best of all."""
        late_s = [-way.start_s if self._request.arrive_by else way.end_s for way in ways]
        most_s = min(late_s, default=0) + WORTH_WAITING_S
        return [way for way, late in zip(ways, late_s, strict=True) if late <= most_s]

    def between(self, pair: Pair, first_s: int, last_s: int) -> list[Candidate]:
        """Find all journeys that leave (arrive) between two moments, and the best ones beyond.

        Parameters
        ----------
        pair : tuple of StreetEnd
            Both with stops.
        first_s, last_s : int
            Unix seconds: departures lie from ``first_s`` to before ``last_s``, arrivals after
            ``first_s`` up to ``last_s``. Beyond lies what leaves later, or arrives earlier.
        """
        search = self._network.transit
        assert search is not None  # noqa: S101 - there is a timetable
        request, view = self._request, self._view(pair)
        access, egress = ((end.stop, end.seconds) for end in pair)
        first, last, window_s = first_s - view.epoch_s, last_s - view.epoch_s, last_s - first_s
        limits = request.max_transfers, LONGEST_JOURNEY_S
        if request.arrive_by:
            found = search.arrive_by(view, access, egress, first, 0, *limits)
            if window_s:
                found += search.arrive_by(view, access, egress, last, window_s, *limits)
        else:
            found = search.earliest(view, access, egress, last, *limits)
            if window_s:
                found += search.range(view, access, egress, first, window_s, *limits)
        return self._candidates(pair, found)

    def _search(
        self, pair: Pair, skip_s: int, window_s: int | None, longest_s: int
    ) -> list[TransitJourney]:
        """Search beyond ``skip_s``; without a window for the next connection, however late.

        That is left for as late as its arrival allows, or arrives as early as its departure does.
        """
        search = self._network.transit
        assert search is not None  # noqa: S101 - there is a timetable
        request, view = self._request, self._view(pair)
        access, egress = (self._read(end, view) for end in pair)
        moment = request.time_s - view.epoch_s
        modes = {end.mode for end in pair} & self._alone_s.keys()
        limits = (
            request.max_transfers,
            longest_s,
            min((self._alone_s[mode] for mode in modes), default=None),
        )
        walked = pair[0].mode == pair[1].mode == Mode.WALK  # with a vehicle one walks little

        def leaving(moment: int) -> list[TransitJourney]:
            return search.earliest(view, access, egress, moment, *limits, walking=walked)

        def arriving(moment: int, window_s: int = 0) -> list[TransitJourney]:
            return search.arrive_by(view, access, egress, moment, window_s, *limits, walking=walked)

        if request.arrive_by:
            moment -= skip_s
            if window_s is not None:
                return arriving(moment, window_s)
            last = {journey.departure_s for journey in arriving(moment)}
            found = [journey for left in sorted(last) for journey in leaving(left)]
            return [journey for journey in found if journey.arrival_s <= moment]
        moment += skip_s
        if window_s is not None:
            return search.range(view, access, egress, moment, window_s, *limits, walking=walked)
        soonest = {journey.arrival_s for journey in leaving(moment)}
        found = [journey for there in sorted(soonest) for journey in arriving(there)]
        return [journey for journey in found if journey.departure_s >= moment]

    def find_open(
        self, pair: Pair, times: tuple[Times | None, Times | None], asked_s: tuple[int, int]
    ) -> list[Candidate]:
        """Find journeys of which one end, or both, can be had at certain times only.

        Parameters
        ----------
        times : tuple of (int64, (n,)) and (int64, (n,)), or None
            For each stop of either end the first and last moment of leaving the origin, or of
            reaching the destination, Unix seconds; ``None`` where it can be had at any time.
        asked_s : tuple of int
            When to leave (arrive with ``arrive_by``), Unix seconds.

        Returns
        -------
        list of Candidate
            The Pareto set of those that leave (arrive) in the time asked for, take at most
            ``LONGEST_OPEN_S``, and wait at most ``LONGEST_WAIT_S`` at a stop for such an end.
            With both, the Pareto set is that for the end asked about, at the origin or with
            ``arrive_by`` the destination; of it those are told that the other end fits.
        """
        search, view, request = self._network.transit, self._view(pair), self._request
        assert search is not None  # noqa: S101 - there is a timetable
        at_origin = times[1] is None or (times[0] is not None and not request.arrive_by)
        bound, other = times if at_origin else times[::-1]
        assert bound is not None  # noqa: S101 - one of them is
        low_s, high_s = bound
        begin, end = asked_s
        if at_origin and request.arrive_by:
            begin -= LONGEST_OPEN_S
        elif not at_origin and not request.arrive_by:
            end += LONGEST_OPEN_S
        begin, end = max(begin, int(low_s.min())), min(end, int(high_s.max()))
        if begin > end:
            return []
        zero = view.epoch_s
        bounds = Bounds(
            (low_s - zero).astype(np.int32), (high_s - zero).astype(np.int32), LONGEST_WAIT_S
        )
        access, egress = ((one.stop, one.seconds, one.walk_s) for one in pair)
        limits = (request.max_transfers, LONGEST_OPEN_S, None, bounds, True)
        window_s = end - begin + 1
        if at_origin:
            found = search.range(view, access, egress, begin - zero, window_s, *limits)
        else:
            found = search.arrive_by(view, access, egress, end - zero, window_s, *limits)
        if other is not None:
            fitted = (_fitted(journey, pair, other, at_origin, zero) for journey in found)
            found = [journey for journey in fitted if journey is not None]
        return [
            way
            for way in self._candidates(pair, found)
            if asked_s[0] <= (way.end_s if request.arrive_by else way.start_s) <= asked_s[1]
        ]

    def _candidates(self, pair: Pair, journeys: Sequence[TransitJourney]) -> list[Candidate]:
        view = self._view(pair)
        zero = view.epoch_s
        there, back = pair
        return [
            Candidate(
                (there.mode_to(journey.access_stop), back.mode_to(journey.egress_stop)),
                zero + journey.departure_s,
                zero + journey.arrival_s,
                journey.transfers,
                journey.walk_s + before_s + after_s,
                (journey, there, back, view, self._changes),
                journey.steps_with(before_s, after_s),
                journey.access_s + journey.egress_s - before_s - after_s,
            )
            for journey, before_s, after_s in zip(
                journeys,
                there.walk_to([journey.access_stop for journey in journeys]),
                back.walk_to([journey.egress_stop for journey in journeys]),
                strict=True,
            )
        ]


def _fitted(
    journey: TransitJourney, pair: Pair, times: Times, at_destination: bool, zero: int
) -> TransitJourney | None:
    """Let a journey wait at a stop for the end there, ``None`` where that is not to be had."""
    stop = journey.egress_stop if at_destination else journey.access_stop
    row = int(np.searchsorted(pair[at_destination].stop, stop))
    low_s, high_s = (int(moments[row]) - zero for moments in times)
    there, left = journey.arrival_s, journey.departure_s
    wait_s = max(low_s - there, 0) if at_destination else max(left - high_s, 0)
    fits = there + wait_s <= high_s if at_destination else left - wait_s >= low_s
    if not fits or wait_s > LONGEST_WAIT_S or there + wait_s - left > LONGEST_OPEN_S:
        return None
    if at_destination:
        return journey._replace(arrival_s=there + wait_s, egress_s=journey.egress_s + wait_s)
    return journey._replace(departure_s=left - wait_s, access_s=journey.access_s + wait_s)

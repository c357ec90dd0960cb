"""Over places with one's own vehicle, as if every minute and every way of leaving it were tried."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.geometry import distance_m
from routing.journeys.access import Side, StreetEnd, bike_end, walk_end
from routing.journeys.direct import DirectWay, direct_ride, direct_walk
from routing.journeys.parking import park_end
from routing.journeys.transit import LONGEST_JOURNEY_S
from routing.journeys.via import ViaPlanning
from routing.model import Mode, Place, PlanRequest
from routing.network import Network
from routing.transit.day_view import DayView, TripFilter
from tests.builders import town
from tests.property.test_plans import GRID, WAYS, lines
from tests.property.test_via import Whole, beats, questions

State = tuple[int, int, bool]
"""Unix seconds, vehicles boarded, and whether one has one's own vehicle."""


class EveryWay:
    """Tries to leave at a moment, with the vehicle or without it on each part, in any order."""

    def __init__(
        self, network: Network, asked: PlanRequest, places: list[Place], own: Mode
    ) -> None:
        self.network, self.stays = network, [*(via.stay_s for via in asked.via), 0]
        assert network.timetable is not None
        table, day = network.timetable, asked.time.date()
        any_trip, with_bikes = table.day_view(day), table.day_view(day, TripFilter(bikes=True))
        self.ways: list[dict[tuple[bool, bool], int | None]] = []
        self.ends: list[dict[tuple[bool, bool], tuple[DayView, StreetEnd, StreetEnd]]] = []
        around_m = self._around_m(places)
        for (a, b), around in zip(pairwise(places), around_m, strict=True):
            part = replace(asked, origin=a, destination=b, via=())
            here, there = Side(network, part, False), Side(network, part, True)
            ways = {
                (True, True): direct_ride(here, there, own),
                (False, False): direct_walk(here, there, asked.max_direct_walk_s),
            }
            self.ways.append(
                {has: None if way is None else way.whole_s for has, way in ways.items()}
            )
            away = bike_end(here) if own == Mode.BICYCLE else park_end(here, around)
            self.ends.append({(False, False): (any_trip, walk_end(here), walk_end(there))})
            self.ends[-1][True, False] = (
                any_trip,
                self._nearer(away, ways[True, True]),
                walk_end(there),
            )
            if own == Mode.BICYCLE:
                self.ends[-1][True, True] = with_bikes, away, bike_end(there)
        self.options = cache(self._options)

    @staticmethod
    def _around_m(places: list[Place]) -> list[tuple[float, float]]:
        """Return how far the places before each part are apart, and those after it."""
        apart = [
            float(distance_m(a.lon, a.lat, np.array(b.lon), np.array(b.lat)))
            for a, b in pairwise(places)
        ]
        return [(sum(apart[:n]), sum(apart[n + 1 :])) for n in range(len(apart))]

    @staticmethod
    def _nearer(away: StreetEnd, ridden: DirectWay | None) -> StreetEnd:
        """Leave out the stops one reaches no sooner than the place itself."""
        rows = [
            row
            for row, seconds in enumerate(away.seconds)
            if ridden is None or seconds < ridden.whole_s
        ]
        return StreetEnd(
            away.mode, away.stop[rows], away.seconds[rows], away.walk_s[rows], away.draw
        )

    def _options(self, part: int, leave_s: int, has: bool) -> set[State]:
        """Return when a part begun at a moment ends, vehicles boarded, and what one has then."""
        found = set()
        for (before, after), seconds in self.ways[part].items():
            if before == has and seconds is not None:
                found.add((leave_s + seconds, 0, after))
        for (before, after), (view, here, there) in self.ends[part].items():
            if before == has and len(here.stop) and len(there.stop):
                assert self.network.transit is not None
                access, egress = ((end.stop, end.seconds) for end in (here, there))
                zero, limits = view.epoch_s, (7, LONGEST_JOURNEY_S)
                search = self.network.transit.earliest
                for way in search(view, access, egress, leave_s - zero, *limits):
                    found.add((zero + way.arrival_s, way.transfers + 1, after))
        return found

    def leaving(self, start_s: int, keeps: bool) -> Iterator[Whole]:
        """Yield journeys with a ride in them that keep the vehicle, or leave it."""
        reached: set[State] = {(start_s, 0, True)}
        for part, stay_s in enumerate(self.stays):
            reached = {
                (arrival + stay_s, boarded + more, after)
                for moment, boarded, has in reached
                for arrival, more, after in self.options(part, moment, has)
            }
        for end_s, boarded, has in reached:
            if has == keeps and 0 < boarded <= 8:
                yield start_s, end_s, boarded - 1


@st.composite
def own_vehicles(draw: st.DrawFn) -> tuple[Network, PlanRequest, Mode]:
    network = town(draw(lines()), GRID, WAYS)
    assert network.timetable is not None
    flags = draw(st.lists(st.integers(0, 2), min_size=1, max_size=5))
    trips = network.timetable.trips
    trips = replace(trips, bikes=np.resize(np.array(flags, np.uint8), len(trips.id)))
    network = replace(network, timetable=network.timetable.with_tables(trips=trips))
    own = draw(st.sampled_from([Mode.BICYCLE, Mode.CAR]))
    asked = replace(
        draw(questions()),
        modes=frozenset({Mode.TRANSIT, own}),
        max_access_ride_s=draw(st.sampled_from([300, 900])),
        max_direct_ride_s=draw(st.sampled_from([0, 300, 900])),
    )
    return network, asked, own


@settings(max_examples=30, deadline=None)
@given(own_vehicles())
def test_journeys_with_the_own_vehicle_are_those_of_trying_every_minute(
    city: tuple[Network, PlanRequest, Mode],
) -> None:
    network, asked, own = city
    vias = [via.place for via in asked.via if isinstance(via.place, Place)]
    places = [asked.origin, *vias, asked.destination]
    planning, tried = ViaPlanning(network, asked, places), EveryWay(network, asked, places, own)
    window_s, moment = asked.search_window_s, int(asked.time.timestamp())
    reached = {chain: planning._reached(p, window_s) for chain, p in planning._parts.items()}
    first_s, last_s = (moment - 4 * 3600, moment) if asked.arrive_by else (moment, moment + 7200)
    for keeps in (True, False):
        states = reached[own][-1] if keeps else planning._left(own, reached, window_s)
        found = [way for way in planning._placed(own, states, window_s) if not way.is_direct]
        told = {(way.start_s, way.end_s, way.transfers) for way in found}
        for way in told:  # some save walking, and are no sooner than others
            assert any(way == one or beats(one, way) for one in tried.leaving(way[0], keeps)), way
        every = {way for start in range(first_s, last_s, 60) for way in tried.leaving(start, keeps)}
        if asked.arrive_by:
            every = {way for way in every if way[1] <= moment}
            within = {way for way in every if way[1] > moment - window_s}
        else:
            within = {way for way in every if way[0] < moment + window_s}
        for way in within:  # who leaves at a whole minute may leave some seconds later
            if not any(beats(one, way) for one in every):
                assert any(way == one or beats(one, way) for one in told), way

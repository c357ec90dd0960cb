"""Journeys over places equal those of a search that tries every minute, part after part."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.journeys.access import Side, walk_end
from routing.journeys.direct import DirectWay, direct_walk
from routing.journeys.transit import LONGEST_JOURNEY_S
from routing.journeys.via import ViaPlanning
from routing.journeys.via_states import OpenPiece, Partial, go_on
from routing.model import Mode, Place, PlanRequest, Via
from routing.network import Network
from tests.builders import request, town
from tests.property.test_plans import CORNERS, GRID, WAYS, lines

Whole = tuple[int, int, int]
"""Unix seconds of leaving and arriving, and changes."""


@st.composite
def questions(draw: st.DrawFn) -> PlanRequest:
    corners = draw(st.lists(st.sampled_from(CORNERS), min_size=3, max_size=5))
    places = [request(corner, corner, spots=GRID).origin for corner in corners[1:-1]]
    return request(
        corners[0],
        corners[-1],
        f"{draw(st.sampled_from([8, 9, 10])):02d}:{draw(st.integers(0, 59)):02d}",
        spots=GRID,
        modes=draw(st.sampled_from(["TRANSIT", "WALK TRANSIT"])),
        arrive_by=draw(st.booleans()),
        search_window_s=draw(st.sampled_from([600, 1800])),
        max_direct_walk_s=draw(st.sampled_from([0, 600, 1800])),
        # Without a stay one may sit through a place, which one of two equal rides does.
        via=tuple(Via(place, 60 * draw(st.integers(1, 20))) for place in places),
    )


class EveryMinute:
    """Tries to leave at every minute, and goes on from every place at once."""

    def __init__(self, network: Network, asked: PlanRequest, places: list[Place]) -> None:
        self.network, self.asked = network, asked
        self.stays = [*(via.stay_s for via in asked.via), 0]
        parts = [replace(asked, origin=a, destination=b, via=()) for a, b in pairwise(places)]
        sides = [(Side(network, part, False), Side(network, part, True)) for part in parts]
        self.parts = [
            (direct_walk(*pair, asked.max_direct_walk_s), (walk_end(pair[0]), walk_end(pair[1])))
            for pair in sides
        ]
        assert network.timetable is not None
        self.view = network.timetable.day_view(asked.time.date())
        self.options = cache(self._options)

    def _options(self, part: int, leave_s: int) -> set[tuple[int, int]]:
        """Return arrivals and vehicles boarded of a part begun at a Unix second."""
        walk, ends = self.parts[part]
        found = set() if walk is None else {(leave_s + walk.whole_s, 0)}
        assert self.network.transit is not None
        zero = self.view.epoch_s
        access, egress = ((end.stop, end.seconds) for end in ends)
        search = self.network.transit.earliest
        journeys = search(self.view, access, egress, leave_s - zero, 7, LONGEST_JOURNEY_S)
        return found | {(zero + j.arrival_s, j.transfers + 1) for j in journeys}

    def leaving(self, start_s: int) -> set[Whole]:
        """Return the journeys with a ride in them."""
        reached = {(start_s, 0)}
        for part, stay_s in enumerate(self.stays):
            reached = {
                (arrival + stay_s, boarded + more)
                for moment, boarded in reached
                for arrival, more in self.options(part, moment)
            }
        return {(start_s, end_s, boarded - 1) for end_s, boarded in reached if 0 < boarded <= 8}


def best(ways: Iterable[Whole]) -> set[Whole]:
    kept: list[Whole] = []
    for way in sorted(set(ways), key=lambda w: (-w[0], w[1], w[2])):
        if not any(beats(other, way) for other in kept):
            kept.append(way)
    return set(kept)


@settings(max_examples=30)
@given(lines(), questions())
def test_journeys_over_places_are_those_of_trying_every_minute(
    text: str, asked: PlanRequest
) -> None:
    network = town(text, GRID, WAYS)
    places = [asked.origin, *(via.place for via in asked.via), asked.destination]
    assert all(isinstance(place, Place) for place in places)
    planning = ViaPlanning(network, asked, places)  # type: ignore[arg-type]
    reached = planning._reached(planning._parts[Mode.WALK], asked.search_window_s)
    found = planning._placed(Mode.WALK, reached[-1], asked.search_window_s)
    tried = EveryMinute(network, asked, places)  # type: ignore[arg-type]
    moment, window_s = int(asked.time.timestamp()), asked.search_window_s
    if asked.arrive_by:
        starts = range(moment - 4 * 3600, moment + 60, 60)
        every = [way for start in starts for way in tried.leaving(start) if way[1] <= moment]
        within = {way for way in every if way[1] > moment - window_s}
    else:
        starts = range(moment, moment + window_s + 2 * 3600, 60)
        every = [way for start in starts for way in tried.leaving(start)]
        within = {way for way in every if way[0] < moment + window_s}
    told = {(w.start_s, w.end_s, w.transfers) for w in found if not w.is_direct}
    for way in told:  # what more there is saves walking
        assert any(way == other or beats(other, way) for other in within), way
    assert best(every) & within <= told


@st.composite
def open_pieces(draw: st.DrawFn) -> list[tuple[OpenPiece, int]]:
    """Draw ways with the times at which they are open, and how long one stays after each."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, 20))
        way = DirectWay("FLEX", float(draw(st.integers(1, 4))), 0.0, list)
        opened = OpenPiece(way, first, first + draw(st.integers(0, 8)))
        found.append((opened if draw(st.booleans()) else OpenPiece(way), draw(st.integers(0, 3))))
    return found


@given(open_pieces(), st.integers(0, 25))
def test_ways_open_at_certain_times_are_joined_as_if_every_start_were_tried(
    pieces: list[tuple[OpenPiece, int]], asked_s: int
) -> None:
    def ends_at(start_s: int) -> int | None:
        clock = start_s
        for piece, stay_s in pieces:
            clock = max(clock, piece.first_s)
            if clock > piece.last_s:
                return None
            clock += piece.way.whole_s + stay_s
        return clock

    state: Partial | None = Partial()
    for piece, stay_s in pieces:
        state = None if state is None else go_on(state, piece, stay_s)
    start_s = None if state is None else state.leaves_s(asked_s)
    tried = {start: end for start in range(asked_s, 60) if (end := ends_at(start)) is not None}
    if state is None or start_s is None:
        # Who must wait leaves at the last moment that helps; earlier starts only wait longer.
        assert not tried
        return
    end_s = state.ready_s if state.start_s is not None else start_s + state.ready_s
    assert ends_at(start_s) == end_s
    assert end_s == min(tried.values())
    assert start_s == max(start for start, end in tried.items() if end == end_s)


def beats(a: Whole, b: Whole) -> bool:
    return a != b and a[0] >= b[0] and a[1] <= b[1] and a[2] <= b[2]

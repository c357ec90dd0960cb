"""Laws every plan keeps, on random small towns with random lines, stations and questions."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.journeys.combine import Candidate, badness, is_covered
from routing.journeys.polyline import decode, encode
from routing.model import (
    DEFAULT_MODES,
    Itinerary,
    Leg,
    Mode,
    Place,
    PlanRequest,
    PlanResult,
)
from routing.network import Network
from routing.planner import Planner
from routing.sharing.vehicles import SharedVehicles
from routing.streets.graph import StreetMode
from routing.streets.snap import Snap, Snapper
from tests.builders import BLOCK_M, ZONE, bikes, request, show, station, town
from tests.street_maps import Spots, Way

# A grid of four by four corners, ten minutes' walk apart, P in the far corner.
GRID: Spots = {
    chr(65 + row * 4 + column): (2 * (column + 1) * BLOCK_M, 2 * (row + 1) * BLOCK_M)
    for row in range(4)
    for column in range(4)
}
CORNERS = sorted(GRID)
ROWS = [" ".join(CORNERS[row * 4 : row * 4 + 4]) for row in range(4)]
COLUMNS = [" ".join(CORNERS[column::4]) for column in range(4)]
WAYS: list[Way] = [(course, {"highway": "residential"}) for course in ROWS + COLUMNS]
WAYS[1] = (WAYS[1][0], {"highway": "footway"})
WAYS[6] = (WAYS[6][0], {"highway": "residential", "oneway": "yes"})


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Draw trips of a few lines between 8 and 10 o'clock."""
    rows = []
    for number in range(draw(st.integers(3, 7))):
        along = st.sampled_from([*ROWS, *COLUMNS]).map(str.split)
        anywhere = st.lists(st.sampled_from(CORNERS), min_size=2, max_size=5, unique=True)
        stops = draw(st.one_of(along, along, anywhere))
        hops = draw(st.lists(st.integers(0, 4), min_size=len(stops), max_size=len(stops)))
        for start in draw(st.lists(st.integers(0, 80), min_size=4, max_size=8, unique=True)):
            minute, row = 480 + start, f"L{number}"
            for stop, hop in zip(stops, hops, strict=True):
                minute += hop
                row += f" {stop} {minute // 60:02d}:{minute % 60:02d}"
            rows.append(row)
    return "\n".join(rows)


@st.composite
def cities(draw: st.DrawFn) -> tuple[Network, SharedVehicles]:
    network = town(draw(lines()), GRID, WAYS)
    assert network.timetable is not None
    trips = network.timetable.trips
    flags = draw(st.lists(st.integers(0, 2), min_size=len(trips.id), max_size=len(trips.id)))
    trips = replace(trips, bikes=np.array(flags, np.uint8))
    network = replace(network, timetable=network.timetable.with_tables(trips=trips))
    spots = draw(st.lists(st.sampled_from(CORNERS), min_size=2, max_size=9, unique=True))
    docks = st.sampled_from([None, 0, 1, 2])
    stations = [station(s, draw(st.sampled_from([0, 1, 2])), draw(docks), GRID) for s in spots]
    parked = draw(st.lists(st.sampled_from(CORNERS), max_size=2))
    vehicles: list[dict[str, Any]] = [
        {
            "vehicle_id": f"v{i}",
            "lon": place["lon"],
            "lat": place["lat"],
            "form_factor": "scooter_standing",
            "return_constraint": "free_floating",
        }
        for i, place in enumerate(station(spot, 0, 0, GRID) for spot in parked)
    ]
    return network, bikes(network, *stations, vehicles=vehicles)


@st.composite
def questions(draw: st.DrawFn) -> PlanRequest:
    start, end = (draw(st.sampled_from(CORNERS)) for _ in range(2))
    modes = draw(
        st.sampled_from([DEFAULT_MODES, frozenset(Mode), *(frozenset({mode}) for mode in Mode)])
    )
    return request(
        start,
        end,
        f"{draw(st.integers(8, 9)):02d}:{draw(st.integers(0, 59)):02d}",
        spots=GRID,
        modes=" ".join(modes),
        arrive_by=draw(st.booleans()),
        search_window_s=draw(st.sampled_from([0, 900, 3600])),
        max_itineraries=draw(st.integers(1, 8)),
        max_transfers=draw(st.integers(0, 3)),
        max_direct_walk_s=draw(st.sampled_from([600, 1800])),
    )


def check_chain(way: Itinerary, asked: PlanRequest) -> None:
    told = show(way)
    assert way.legs, told
    first, last = way.legs[0].origin, way.legs[-1].destination
    for place, wanted in ((first, asked.origin), (last, asked.destination)):
        assert abs(place.lon - wanted.lon) < 1e-5, told
        assert abs(place.lat - wanted.lat) < 1e-5, told
    for before, after in zip(way.legs, way.legs[1:], strict=False):
        assert before.end_s <= after.start_s, told
        assert abs(before.destination.lon - after.origin.lon) < 1e-5, told
        assert abs(before.destination.lat - after.origin.lat) < 1e-5, told
    for leg in way.legs:
        assert leg.start_s <= leg.end_s, told
        for end, place in ((0, leg.origin), (-1, leg.destination)):
            assert abs(leg.lonlat[end] - [place.lon, place.lat]).max() < 2e-5, told
    assert way.transfers == max(sum(leg.trip is not None for leg in way.legs) - 1, 0), told
    walked = sum(leg.duration_s for leg in way.legs if leg.mode == "WALK")
    assert abs(walked - way.walk_s) <= 1 + len(way.legs), told


def check_rental(way: Itinerary, asked: PlanRequest) -> None:
    for leg in way.legs:
        if leg.rental is None:
            assert leg.mode != "RENTAL"
            continue
        assert Mode.RENTAL in asked.modes
        here, there = leg.rental.from_station, leg.rental.to_station
        if leg.rental.form_factor == "bicycle":
            assert here is not None
            assert there is not None
            assert here.station_id != there.station_id, show(way)
            assert leg.rental.vehicles_available
            assert leg.rental.docks_available != 0
        else:
            assert (here, there) == (None, None)
            assert leg.rental.vehicle_id is not None


def check_sense(way: Itinerary, network: Network) -> None:
    """A shared vehicle brings its rider nearer to their goal sooner than walking there."""
    groups: list[list[Leg]] = [[]]
    for leg in way.legs:
        if leg.trip is None:
            groups[-1].append(leg)
        else:
            groups.append([])
    for legs in (groups[0], groups[-1]):
        if any(leg.rental for leg in legs):
            start, end = (snap(network, place) for place in (legs[0].origin, legs[-1].destination))
            search = network.search(StreetMode.WALK)
            on_foot = search.seconds_to(search.reach([(start, 0.0)], 1e5), end)
            assert legs[-1].end_s - legs[0].start_s <= on_foot + 1, show(way)
            assert all(leg.distance_m > 300 for leg in legs if leg.rental), show(way)


def snap(network: Network, place: Place) -> Snap:
    assert network.streets is not None
    found = Snapper(network.streets, StreetMode.WALK).snap(place.lon, place.lat)
    assert found is not None
    return found


def check_modes(way: Itinerary, asked: PlanRequest) -> None:
    used = {leg.mode for leg in way.legs}
    for mode in ("BICYCLE", "CAR"):
        assert mode not in used or Mode(mode) in asked.modes
    if way.combination == ("BICYCLE", "BICYCLE"):
        assert all(leg.trip.bikes is not False for leg in way.legs if leg.trip)
    if "CAR" in used and way.combination[0] != "DIRECT":
        assert way.combination == ("CAR_PARK", "WALK")
        assert [leg.mode for leg in way.legs].index("CAR") == 0
    if Mode.TRANSIT not in asked.modes:
        assert all(leg.trip is None for leg in way.legs)
    if way.combination == ("DIRECT", "WALK"):
        assert Mode.WALK in asked.modes


def check_set(result: PlanResult) -> None:
    ways = [
        Candidate(
            way.combination,
            way.start_s,
            way.end_s,
            way.transfers,
            way.walk_s,
            walk_steps=way.walk_steps,
        )
        for way in result.itineraries
    ]
    assert len(ways) <= result.request.max_itineraries
    for i, a in enumerate(ways):
        for j, b in enumerate(ways):
            if i != j and a.combination == b.combination:
                assert not is_covered(badness(b), [badness(a)]), (a, b)
                assert a != b
    assert result.itineraries or result.error is not None


@settings(max_examples=120)
@given(cities(), questions())
def test_every_plan_chains_and_none_is_beaten_within_its_combination(
    city: tuple[Network, SharedVehicles], asked: PlanRequest
) -> None:
    network, shared = city
    result = Planner(network).plan(asked, shared)
    check_set(result)
    moment = asked.time.timestamp()
    for way in result.itineraries:
        check_chain(way, asked)
        check_rental(way, asked)
        check_sense(way, network)
        check_modes(way, asked)
        if asked.arrive_by:
            assert way.end_s <= moment
        else:
            assert way.start_s >= moment


@settings(max_examples=60)
@given(lines(), st.sampled_from(CORNERS), st.sampled_from(CORNERS), st.integers(0, 110))
def test_arriving_by_the_earliest_arrival_is_possible_and_leaves_no_earlier(
    text: str, start: str, end: str, minute: int
) -> None:
    network = town(text, GRID, WAYS)
    clock = f"{8 + minute // 60:02d}:{minute % 60:02d}"
    more: dict[str, Any] = {"spots": GRID, "modes": "TRANSIT", "max_itineraries": 20}
    planner = Planner(network)
    there = planner.plan(request(start, end, clock, **more))
    if not there.itineraries or there.error:
        return
    first = min(there.itineraries, key=lambda way: way.end_s)
    at = datetime.fromtimestamp(first.end_s, ZONE)
    back = replace(request(start, end, **more), time=at)
    ways = planner.plan(replace(back, arrive_by=True)).itineraries
    assert ways, show(first)
    assert max(way.start_s for way in ways) >= first.start_s
    assert all(way.end_s <= first.end_s for way in ways)


coordinates = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(coordinates, max_size=30))
def test_a_polyline_comes_back_to_a_millionth_of_a_degree(
    points: list[tuple[float, float]],
) -> None:
    line = np.array(points, np.float64).reshape(-1, 2)
    back = decode(encode(line))
    assert back.shape == line.shape
    assert np.abs(back - line).max(initial=0) <= 0.5000001e-6

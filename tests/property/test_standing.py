"""What is kept of stations that stand still is what searches find."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.background import put_off
from routing.journeys.access import Side
from routing.model import Mode
from routing.network import Network
from routing.sharing import standing
from routing.sharing.fleet import fleets
from routing.sharing.rental import LONGEST_WALK_S, RentalSearch
from routing.sharing.standing import Standing
from routing.sharing.vehicles import SharedVehicles
from routing.streets.graph import Profile
from routing.transit.day_store import DayStore
from tests.builders import bikes, request, station, town
from tests.property.test_plans import CORNERS, GRID, WAYS, lines


@st.composite
def cities(draw: st.DrawFn) -> tuple[Network, SharedVehicles]:
    network = town(draw(lines()), GRID, WAYS)
    spots = draw(st.lists(st.sampled_from(CORNERS), min_size=2, max_size=9, unique=True))
    docks = st.sampled_from([None, 0, 1])
    rows = [station(s, draw(st.integers(0, 1)), draw(docks), GRID) for s in spots]
    for row in rows:  # not all at the corners, where two ways may take the same time
        row["lon"] += draw(st.floats(-0.002, 0.002))
    return network, bikes(network, *rows)


@settings(max_examples=60)
@given(
    cities(), st.sampled_from(CORNERS), st.sampled_from(CORNERS), st.booleans(), st.integers(1, 40)
)
def test_stations_are_reached_as_by_searches_from_all_vehicles_at_once(
    city: tuple[Network, SharedVehicles], start: str, end: str, reverse: bool, minutes: int
) -> None:
    network, shared = city
    asked = request(start, end, "08:00", spots=GRID, modes=" ".join(Mode))
    side = Side(network, asked, reverse)
    for fleet in fleets(shared, asked):
        moving = replace(fleet, system=replace(fleet.system, n_stations=0))
        kept, searched = (RentalSearch(side, f, minutes * 60) for f in (fleet, moving))
        assert kept._stands
        assert not searched._stands
        (ours, _), (theirs, _) = kept._far, searched._far
        assert ours == pytest.approx(theirs, abs=1e-2)
        (seconds, walk_s), (other_s, other_walk_s) = kept.stops, searched.stops
        found = np.isfinite(other_s)
        assert seconds[found] == pytest.approx(other_s[found], abs=1e-2)
        assert walk_s[found] == pytest.approx(other_walk_s[found], abs=1e-2)
        # A search drops stops to which the quickest way ends in a long walk; others may not.
        more = np.isfinite(seconds) & ~found
        before_s = kept.door_walk[kept._far[1][kept._walked_to[2][more]]]
        assert (walk_s[more] - before_s <= LONGEST_WALK_S + 1e-2).all()
        for stop in np.flatnonzero(np.isfinite(seconds)).tolist():
            legs = kept.draw(stop)
            assert sum(leg.seconds for leg in legs) == pytest.approx(seconds[stop], abs=0.5)


def test_rides_are_found_once_in_the_background_and_no_more_kept_than_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = town("Red A 08:00 J 08:10")
    system = bikes(network, station("B", 1), station("I", 1)).systems[0]
    search, riding = network.search(Profile.BIKE), Profile.BIKE
    known = Standing(system.links)
    with put_off():
        assert known.find_rides(search, riding) is None
    thread = known.find_rides(search, riding)
    assert thread is not None
    thread.join()
    assert known.find_rides(search, riding) is None
    there = known.rides(search, riding, 0, 900, False)
    assert there == pytest.approx([0, 634.7], abs=0.1)  # seven blocks of 90.7 s
    assert known.rides(search, riding, 0, 1800, False) is there
    assert known.rides(search, riding, 1, 900, True) == pytest.approx(there[::-1], abs=0.1)
    assert known.path(search, riding, 1, 0) is not None
    monkeypatch.setattr(standing, "MOST_RIDES", 2)
    assert Standing(system.links).find_rides(search, riding) is None
    assert np.array_equal(known.rides(search, riding, 0, 7200, False), there)
    assert known.rides(search, riding, 0, 900, False) is not there
    monkeypatch.setattr(standing, "MOST_LABELS", 0)
    known.rides(search, riding, 0, 9000, False)
    assert known.path(search, riding, 0, 1) is not None
    assert known.path(search, riding, 1, 0) is None


def test_rides_that_one_process_found_others_map(tmp_path: Path) -> None:
    network = town("Red A 08:00 J 08:10")
    system = bikes(network, station("B", 1), station("I", 1)).systems[0]
    search, riding = network.search(Profile.BIKE), Profile.BIKE
    first, second = Standing(system.links), Standing(system.links)
    for known in (first, second):
        thread = known.find_rides(search, riding, DayStore(tmp_path))
        assert thread is not None
        thread.join()
    found = second.rides(search, riding, 0, 900, False)
    assert not found.flags.writeable
    assert found == pytest.approx([0, 634.7], abs=0.1)
    assert len(list(tmp_path.glob("rides-*"))) == 1
    ways = first.path(search, riding, 1, 0), second.path(search, riding, 1, 0)
    assert ways[0] is not None
    assert ways[1] is not None
    assert np.array_equal(ways[0].lonlat, ways[1].lonlat)
    moved = bikes(network, station("C", 1), station("I", 1)).systems[0]
    thread = Standing(moved.links).find_rides(search, riding, DayStore(tmp_path))
    assert thread is not None
    thread.join()
    assert len(list(tmp_path.glob("rides-*"))) == 2


@settings(max_examples=60)
@given(cities(), st.sampled_from([Profile.BIKE, Profile.BIKE_SAFE]))
def test_rides_are_drawn_as_searches_find_them(
    city: tuple[Network, SharedVehicles], riding: Profile
) -> None:
    network, shared = city
    links, search = shared.systems[0].links, network.search(riding)
    known, places = Standing(links), links.table(riding)
    for start, end in permutations(range(len(places)), 2):
        known.rides(search, riding, start, 900, False)
        way, snap, goal = known.path(search, riding, start, end), places[start], places[end]
        if snap is None or goal is None:
            assert way is None
            continue
        found = search.path(search.reach([(snap, 0.0)], standing.STEP_S), goal)
        assert (way is None) == (found is None)
        if way is not None and found is not None:
            assert way.duration_s == found.duration_s
            assert np.array_equal(way.lonlat, found.lonlat)

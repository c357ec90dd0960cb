"""Shortcuts are built beside the searches and change no answer."""

import random
from pathlib import Path

import numpy as np
import pytest

from routing.background import put_off
from routing.gtfs.read import read_gtfs
from routing.pool import Pool
from routing.transit import room, shortcuts
from routing.transit.day_view import DayView
from routing.transit.search import TransitSearch
from routing.transit.shortcuts import (
    TooManyRunsError,
    build_in_background,
    build_shortcuts,
    with_few_shortcuts,
)
from routing.transit.timetable import Timetable
from tests.unit.routing.feeds import write_feed
from tests.unit.routing.test_transit_search import DAY

Triples = list[tuple[int, int, int]]


@pytest.fixture
def town(tmp_path: Path) -> Timetable:
    """A town of crossing lines whose vehicles come at random."""
    rng = random.Random(7)  # noqa: S311 - a test, no secret
    stops = "".join(f"s{i},s{i},50.{i:03},8.0\n" for i in range(30))
    trips = times = ""
    for line in range(12):
        way = rng.sample(range(30), 8)
        for run in range(20):
            minute = 360 + 30 * run + rng.randrange(20)
            trips += f"R,S,{line}-{run}\n"
            for position, stop in enumerate(way):
                clock = f"{minute // 60:02}:{minute % 60:02}:00"
                times += f"{line}-{run},{clock},{clock},s{stop},{position}\n"
                minute += 3
    files = {
        "stops": "stop_id,stop_name,stop_lat,stop_lon\n" + stops,
        "trips": "route_id,service_id,trip_id\n" + trips,
        "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + times,
    }
    timetable, notices = read_gtfs([write_feed(tmp_path / "town.zip", **files)])
    assert notices == []
    return timetable


def answers(town: Timetable, view: DayView) -> list[Triples]:
    search, here = TransitSearch(town), np.zeros(1, np.int32)
    found = []
    for i in range(29):
        ends = (np.array([i]), here), (np.array([i + 1]), here), 8 * 3600
        found.append(search.earliest(view, *ends))
        found.append(search.range(view, *ends, 7200))
    return [[(j.departure_s, j.arrival_s, j.transfers) for j in journeys] for journeys in found]


def without_departure(found: list[Triples]) -> list[Triples]:
    """Forget when one leaves for the earliest arrival, on which nothing depends."""
    return [
        [(0, *j[1:]) for j in one] if i % 2 == 0 else sorted(one) for i, one in enumerate(found)
    ]


def test_a_search_answers_before_and_after_its_shortcuts_are_there(town: Timetable) -> None:
    view = town.day_view(DAY)
    before = answers(town, view)
    assert view.shortcuts is None
    thread = build_in_background(view)
    assert thread is not None
    assert build_in_background(view) is None
    meanwhile = answers(town, view)
    thread.join()
    assert view.shortcuts is not None
    assert len(view.shortcuts.hop) > 100
    after = answers(town, view)
    assert sum(len(one) for one in before) > 100
    assert without_departure(before) == without_departure(meanwhile) == without_departure(after)


def test_what_is_put_off_is_built_when_next_asked_for(town: Timetable) -> None:
    view = town.day_view(DAY)
    with put_off():
        assert build_in_background(view) is None
    thread = build_in_background(view)
    assert thread is not None
    thread.join()


def test_few_shortcuts_of_a_day_find_some_of_its_journeys(
    town: Timetable, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = town.day_view(DAY)
    monkeypatch.setattr(shortcuts, "CALLS_AT_ONCE", 500)
    few = with_few_shortcuts(view).shortcuts
    assert view.shortcuts is None
    assert few is not None
    assert 0 < len(few.hop) < len(build_shortcuts(view).hop) / 2
    some, all_ = answers(town, with_few_shortcuts(view)), answers(town, view)
    assert 0 < sum(map(len, some)) < sum(map(len, all_))


def test_a_queue_or_a_table_that_was_too_short_grows(
    town: Timetable, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = town.day_view(DAY)
    roomy = build_shortcuts(view)
    wide = answers(town, view)
    monkeypatch.setattr(room, "FIRST_QUEUE", 1)
    monkeypatch.setattr(room, "rooms", Pool(room._make_room))
    monkeypatch.setattr(shortcuts, "HOPS_PER_CALL", 0)
    view.speedup.shortcuts = None
    tight = build_shortcuts(view, threads=2)
    assert tight is not roomy
    assert np.array_equal(tight.hop, roomy.hop)
    assert np.array_equal(tight.hop_first, roomy.hop_first)
    assert answers(town, view) == wide


def test_shortcuts_tell_their_time_and_memory(town: Timetable) -> None:
    built = build_shortcuts(town.day_view(DAY))
    assert built.n_bytes >= built.hop.nbytes + built.hop_first.nbytes
    assert f"{len(built.hop)} in {built.cpu_s:.1f} s CPU" in built.described(DAY)


def test_a_day_with_too_many_runs_is_searched_by_stops(
    town: Timetable, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = town.day_view(DAY)
    monkeypatch.setattr(shortcuts, "NEVER", 8)
    with pytest.raises(TooManyRunsError, match="go by stops"):
        build_shortcuts(view)
    thread = build_in_background(view)
    assert thread is not None
    thread.join()
    assert view.shortcuts is None
    assert sum(len(one) for one in answers(town, view)) > 100

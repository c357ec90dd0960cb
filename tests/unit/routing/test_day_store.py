"""Days are shared between processes, and answer as those of one's own do."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from routing.arrays import Float64
from routing.transit.day_store import DayStore
from routing.transit.day_view import TripFilter
from routing.transit.footpaths import with_footpaths
from routing.transit.shortcuts import build_shortcuts
from routing.transit.tables import NO
from routing.transit.timetable import Timetable
from tests.unit.routing.test_shortcuts import answers, town
from tests.unit.routing.test_transit_search import DAY

__all__ = ["town"]


@dataclass
class Thing:
    word: str
    numbers: Float64
    none: Float64


def thing(n: int = 1000) -> Thing:
    return Thing("so many", np.arange(n, dtype=np.float64), np.zeros((0, 2)))


def never() -> Thing:
    raise AssertionError("it is there already")


def test_what_one_process_made_another_opens(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        DayStore(tmp_path / "days").get("one", thing)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    found = DayStore(tmp_path / "days").get("one", never)
    assert found.word == "so many"
    assert found.numbers.tolist() == list(range(1000))
    assert found.none.shape == (0, 2)
    assert found.numbers.flags.aligned
    assert not found.numbers.flags.writeable


def test_the_oldest_make_room_and_who_has_them_open_goes_on(tmp_path: Path) -> None:
    store = DayStore(tmp_path, most_bytes=20_000)
    first = store.get("a", thing)
    for name in ("b", "c"):
        store.get(name, thing)
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith(".")) == ["b", "c"]
    assert first.numbers.sum() == 499_500
    big = store.get("d", lambda: thing(10_000))
    assert big.numbers[-1] == 9999
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == ["d"]


def test_where_nothing_can_be_written_everybody_makes_their_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    found = DayStore(tmp_path / "file").get("one", thing)
    assert found.numbers.flags.writeable
    assert "not shared" in caplog.text


def test_a_shared_day_gives_the_answers_of_a_day_of_ones_own(
    town: Timetable,
    tmp_path: Path,
) -> None:
    own = town.day_view(DAY)
    build_shortcuts(own)
    makers, users = (replace(town, days=DayStore(tmp_path), _views={}) for _ in range(2))
    build_shortcuts(makers.day_view(DAY))
    assert sorted(p.name for p in tmp_path.glob("2*")) == [f"{DAY}", f"{DAY}-shortcuts"]
    view = users.day_view(DAY)
    shortcuts = build_shortcuts(view)
    assert not shortcuts.hop.flags.owndata
    assert not view.arrival_s.flags.owndata
    assert answers(users, view) == answers(town, own)
    build_shortcuts(view.mirror)
    assert len(list(tmp_path.glob(f"{DAY}-mirror*"))) == 2
    users.day_view(DAY, TripFilter(banned_routes=frozenset({"R"})))
    assert len(list(tmp_path.glob("2*"))) == 4


def test_those_with_a_bicycle_have_a_day_of_their_own_where_a_trip_refuses_it(
    town: Timetable, tmp_path: Path
) -> None:
    refusing = replace(town.trips, bikes=np.full(town.n_trips, NO, np.uint8))
    for trips, is_same in ((town.trips, True), (refusing, False)):
        table = replace(town, trips=trips, days=DayStore(tmp_path), _views={})
        assert (table.day_view(DAY, TripFilter(bikes=True)) is table.day_view(DAY)) == is_same
        assert (tmp_path / f"{DAY}-bikes").exists() != is_same


def test_slow_walkers_share_days_with_their_own_footpaths(town: Timetable, tmp_path: Path) -> None:
    pair = np.array([0]), np.array([1])
    slow = with_footpaths(town, *pair, np.array([999], np.int32), "walk_slow")
    maker, user = (replace(slow, days=DayStore(tmp_path), _views={}) for _ in range(2))
    maker.day_view(DAY)
    for table in (maker, user):
        view = table.day_view(DAY, TripFilter(walk="walk_slow"))
        assert 999 in view.foot_s
        assert 999 not in table.day_view(DAY).foot_s
    assert (tmp_path / f"{DAY}-slow").exists()

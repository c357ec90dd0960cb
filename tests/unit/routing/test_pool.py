"""A few searches run at a time, however many requests there are; short ones need not wait long."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import numpy as np
import pytest

from routing.background import put_off
from routing.kernels.everywhere import arrive_everywhere
from routing.kernels.reach import find_reach
from routing.kernels.starts import find_starts
from routing.planner import Planner
from routing.pool import AT_ONCE, Pool, Turns, begin_request
from routing.streets.graph import StreetMode
from routing.transit import everywhere, room
from routing.transit.shortcuts import build_shortcuts
from tests.builders import DAY, request, shown, town

BUS = "Red B 08:10 F 08:15\nRed B 08:40 F 08:45"


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.001)


class Watched:
    """A kernel that takes its time, and how many threads were in it at once."""

    def __init__(self, kernel: Callable[..., Any]) -> None:
        self.kernel, self.now, self.most = kernel, 0, 0
        self._lock = threading.Lock()

    def __call__(self, *args: Any) -> Any:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.003)
        found = self.kernel(*args)
        with self._lock:
            self.now -= 1
        return found


def test_many_requests_at_once_search_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    planner = Planner(town(BUS))
    asked = request("A", "J", modes="WALK TRANSIT")
    alone = shown(planner.plan(asked))
    transit, streets = Watched(find_starts), Watched(find_reach)
    monkeypatch.setattr("routing.transit.search.find_starts", transit)
    monkeypatch.setattr("routing.streets.search.find_reach", streets)
    rooms = Pool(room._make_room)
    monkeypatch.setattr(room, "rooms", rooms)
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(planner.plan, [asked] * 48))
    assert all(shown(result) == alone for result in found)
    assert 1 < transit.most <= AT_ONCE
    assert 1 < streets.most <= AT_ONCE
    assert len(rooms.free) <= AT_ONCE
    assert len(planner.network.search(StreetMode.WALK)._scratch.free) <= AT_ONCE


def test_whose_request_has_searched_least_goes_next() -> None:
    turns, order = Turns(1), list[str]()

    def ask(name: str, searched: bool, anew: bool) -> None:
        if searched:
            with Turns().turn():
                time.sleep(0.001)
        if anew:
            begin_request()
        with turns.turn():
            order.append(name)

    with turns.turn():
        threads = []
        for words in (("long", True, False), ("short", False, False), ("next", True, True)):
            threads.append(threading.Thread(target=ask, args=words))
            threads[-1].start()
            wait_for(lambda: len(turns._waiting) == len(threads))
    for thread in threads:
        thread.join()
    assert order == ["short", "next", "long"]


def test_a_short_request_does_not_wait_for_long_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.pool.SHORT_S", 0.001)
    pool, go_on, lent = Pool(object, most=3), threading.Event(), list[object]()

    def search() -> None:
        begin_request()
        with Turns().turn():
            time.sleep(0.002)
        with pool.lend() as one:
            lent.append(one)
            go_on.wait(30)

    with ThreadPoolExecutor(5) as threads:
        long = [threads.submit(search) for _ in range(5)]
        wait_for(lambda: len(pool._turns._waiting) == 3)
        assert len(lent) == 2
        begin_request()
        with pool.lend():
            assert len(lent) == 2
        assert len(pool._turns._waiting) == 3
        go_on.set()
    assert all(one.done() for one in long)
    assert len(lent) == 5
    assert len(set(map(id, lent))) <= 3


def test_what_a_search_broke_off_with_is_not_lent_again() -> None:
    pool = Pool(object, most=2)
    with pool.lend() as first:
        pass
    with pool.lend() as second:
        assert second is first
    with pytest.raises(ValueError, match="broken"), pool.lend():
        raise ValueError("broken")
    with pool.lend() as third:
        assert third is not first


def test_searches_of_all_stops_leave_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    planner, go_on, begun = Planner(town(BUS)), threading.Event(), list[int]()

    def wait(*args: Any) -> None:
        begun.append(1)
        go_on.wait(30)
        arrive_everywhere(*args)

    monkeypatch.setattr(everywhere, "arrive_everywhere", wait)
    table = planner.network.timetable
    assert table is not None
    here = np.zeros(1, np.int32)
    query = table.day_view(date.fromisoformat(DAY)), (here, here), np.array([8 * 3600], np.int32)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        long = [threads.submit(everywhere.arrivals, *query) for _ in range(AT_ONCE)]
        wait_for(lambda: len(begun) == AT_ONCE - 2)
        assert planner.plan(request("A", "J", modes="WALK TRANSIT")).itineraries
        assert len(begun) == AT_ONCE - 2
        go_on.set()
    assert len({one.result().tobytes() for one in long}) == 1


def test_scratch_by_stops_is_given_back_once_days_have_shortcuts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "rooms", Pool(room._make_room))
    planner, asked = Planner(town(BUS)), request("A", "J", modes="WALK TRANSIT")
    with put_off():
        before = shown(planner.plan(asked))
    table = planner.network.timetable
    assert table is not None
    build_shortcuts(table.day_view(date.fromisoformat(DAY)))
    with room.lend_room() as lent:
        assert lent.by_stops._whole
    monkeypatch.setattr(room, "IDLE_S", -1.0)
    assert shown(planner.plan(asked)) == before
    assert not lent.by_stops._whole

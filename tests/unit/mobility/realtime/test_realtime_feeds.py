"""Feeds polled over HTTP into files, and read from there while plans are made."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mobility.catalogue.fetch import Fetcher
from mobility.realtime.messages import feed_name, read_messages, save_message
from mobility.realtime.poll import RealtimePoller, keep_messages
from mobility.realtime.town import TownLive
from routing.planner import Planner
from tests.builders import request, shown, town
from tests.realtime_feeds import Clock, new_message, tell
from tests.realtime_server import RealtimeServer, realtime_server

LINES = "Red A 08:10 J 08:55\nRed A 08:30 J 09:15"
BOTH, SECOND = ["A 08:10 Red J 08:55", "A 08:30 Red J 09:15"], ["A 08:30 Red J 09:15"]


def cancelled(at: str = "07:55") -> bytes:
    message = new_message(at)
    tell(message, "trip0", "CANCELED")
    return bytes(message.SerializeToString())


def ask(planner: Planner) -> Any:
    return planner.plan(request("A", "J", max_access_walk_s=60, modes="TRANSIT"))


def wait_for(check: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not check():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def server() -> Iterator[RealtimeServer]:
    with realtime_server() as feed:
        yield feed


@pytest.fixture
def poller(server: RealtimeServer, tmp_path: Path) -> Iterator[RealtimePoller]:
    fetcher = Fetcher(accept="*/*", max_bytes=5_000)
    yield RealtimePoller(server.url, tmp_path, fetcher, 15, jitter=lambda: 1.0)
    fetcher.close()


def test_a_message_is_kept_and_asked_for_only_when_new(
    server: RealtimeServer, poller: RealtimePoller, tmp_path: Path
) -> None:
    server.body = cancelled()
    assert [poller.poll(), poller.poll()] == [15, 15]
    assert server.answers == [200, 304]
    assert {name: kept.body for name, kept in read_messages(tmp_path).items()} == {
        poller.name: server.body
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (404, b"<html>gone</html>"),
        (200, b"<html><body>Down for maintenance</body></html>"),
        (200, cancelled()[:-4]),
        (200, b""),
        (200, b"\x00" * 6_000),
    ],
)
def test_a_bad_answer_leaves_the_last_good_message_and_is_asked_less_often(
    server: RealtimeServer, poller: RealtimePoller, tmp_path: Path, status: int, body: bytes
) -> None:
    server.body = cancelled()
    poller.poll()
    server.status, server.body = status, body
    assert [poller.poll() for _ in range(3)] == [10, 20, 40]
    assert read_messages(tmp_path)[poller.name].body == cancelled()
    server.status, server.body = 200, cancelled("07:56")
    assert poller.poll() == 15
    assert read_messages(tmp_path)[poller.name].body == server.body


def test_a_server_that_is_gone_is_no_failure_of_ours(tmp_path: Path) -> None:
    fetcher = Fetcher()
    feed = RealtimePoller("http://127.0.0.1:9/feed.pb", tmp_path, fetcher, 15, jitter=lambda: 1.0)
    assert feed.poll() == 10
    assert read_messages(tmp_path) == {}
    fetcher.close()


def test_plans_follow_the_feed_from_the_worker_to_the_planner(
    server: RealtimeServer, tmp_path: Path
) -> None:
    server.body = new_message().SerializeToString()
    save_message(tmp_path, feed_name("of a feed polled no more"), cancelled())
    stop, network, clock = threading.Event(), town(LINES), Clock()
    assert network.timetable is not None
    args = ([server.url], tmp_path, 0.05, stop)
    worker = threading.Thread(target=keep_messages, args=args)
    worker.start()
    try:
        wait_for(lambda: list(read_messages(tmp_path)) == [feed_name(server.url)])
        planner = Planner(network, TownLive(network.timetable, tmp_path, 300, clock))
        assert shown(ask(planner)) == BOTH
        server.body = cancelled()
        wait_for(lambda: shown(ask(planner)) == SECOND)
        assert ask(planner).real_time.state == "LIVE"
        server.status = 500
        clock.unix_s += 3600
        assert (ask(planner).real_time.state, shown(ask(planner))) == ("STALE", BOTH)
    finally:
        stop.set()
        worker.join()


def test_a_damaged_file_takes_nothing_down(tmp_path: Path) -> None:
    network = town(LINES)
    assert network.timetable is not None
    (tmp_path / "feed.pb").write_bytes(b"<html>")
    planner = Planner(network, TownLive(network.timetable, tmp_path, 300, Clock()))
    assert (ask(planner).real_time.state, shown(ask(planner))) == ("UNAVAILABLE", BOTH)


def test_without_any_message_the_timetable_answers(tmp_path: Path) -> None:
    network = town(LINES)
    assert network.timetable is not None
    planner = Planner(network, TownLive(network.timetable, tmp_path / "none", 300, Clock()))
    assert (ask(planner).real_time.state, shown(ask(planner))) == ("UNAVAILABLE", BOTH)

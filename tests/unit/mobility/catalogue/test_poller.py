"""Feeds that fail, lie or go stale, over real HTTP on a loopback port."""

import threading
import time
from collections.abc import Iterator

import pytest

from mobility.catalogue.fetch import Fetcher
from mobility.catalogue.poller import FeedPoller, FeedState, Poller
from mobility.catalogue.sources import Source
from tests.unit.mobility.catalogue import gbfs_server as bad
from tests.unit.mobility.catalogue.gbfs_server import NOW, GbfsServer, later


@pytest.fixture
def server() -> Iterator[GbfsServer]:
    with bad.gbfs_server() as running:
        yield running


def poller(server: GbfsServer, **limits: float) -> FeedPoller:
    fetcher = Fetcher(read_s=limits.get("read_s", 5.0), whole_s=limits.get("whole_s", 5.0))
    return FeedPoller(Source("bikes", url=f"{server.url}/gbfs.json"), fetcher, jitter=lambda: 1.0)


def bikes(state: FeedState) -> list[int]:
    assert state.snapshot is not None
    return [sum(station.available.values()) for station in state.snapshot.stations]


def test_a_healthy_feed_is_read_and_polled_again_after_its_ttl(server: GbfsServer) -> None:
    state = poller(server).poll(NOW)
    assert bikes(state) == [3, 0]
    assert (state.failures, state.error, state.changed) == (0, None, True)
    assert state.next_due == later(seconds=60)


def test_an_unchanged_file_is_asked_for_by_its_etag(server: GbfsServer) -> None:
    feed = poller(server)
    feed.poll(NOW)
    state = feed.poll(later(seconds=60))
    assert server.conditional == ["station_status"]
    assert (bikes(state), state.changed) == ([3, 0], False)


def test_new_counts_arrive_with_the_next_poll(server: GbfsServer) -> None:
    feed = poller(server)
    feed.poll(NOW)
    server.set_bikes(0, 2, later(seconds=60))
    assert bikes(feed.poll(later(seconds=60))) == [2, 0]


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (bad.status_500, "answers 500"),
        (bad.html, "web page"),
        (bad.half, "not JSON"),
        (bad.huge, "larger than 10 MB"),
        (bad.dripping, "takes longer than"),
        (bad.silent, "no answer in time"),
        (bad.redirect_loop, "TooManyRedirects"),
    ],
)
def test_the_last_good_state_survives_a_broken_answer_and_the_feed_recovers(
    server: GbfsServer, behaviour: bad.Behaviour, words: str
) -> None:
    feed = poller(server, read_s=0.4, whole_s=0.6)
    feed.poll(NOW)
    server.set_bikes(0, 1, later(minutes=1))
    server.behave["station_status"] = behaviour
    failed = feed.poll(later(minutes=1))
    assert bikes(failed) == [3, 0]
    assert failed.failures == 1
    assert words in (failed.error or "")
    assert "127.0.0.1" not in (failed.error or "")
    assert failed.age_s(later(minutes=1)) == 60
    del server.behave["station_status"]
    recovered = feed.poll(later(minutes=2))
    assert (bikes(recovered), recovered.failures, recovered.error) == ([1, 0], 0, None)


def test_a_feed_that_stays_broken_becomes_stale_and_is_asked_ever_more_rarely(
    server: GbfsServer,
) -> None:
    feed = poller(server)
    feed.poll(NOW)
    server.behave["station_status"] = bad.status_500
    moment, waits = later(minutes=1), []
    for _ in range(9):
        state = feed.poll(moment)
        waits.append((state.next_due - moment).total_seconds())
        moment = state.next_due
    assert waits == [10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert bikes(state) == [3, 0]
    assert not state.is_stale(later(minutes=4))
    assert state.is_stale(later(minutes=6))


def test_a_server_that_asks_to_wait_is_left_alone(server: GbfsServer) -> None:
    server.behave["station_status"] = bad.busy_503
    assert poller(server).poll(NOW).next_due == later(seconds=120)


def test_data_of_an_hour_ago_is_stale_although_the_server_answers(server: GbfsServer) -> None:
    state = poller(server).poll(later(hours=1))
    assert (state.failures, state.age_s(later(hours=1))) == (0, 3600)
    assert state.is_stale(later(hours=1))


def test_a_feed_that_loses_all_its_stations_is_not_believed(server: GbfsServer) -> None:
    feed = poller(server)
    feed.poll(NOW)
    server.files["station_information"]["data"]["stations"] = []
    server.revision += 1
    state = feed.poll(later(minutes=10))
    assert bikes(state) == [3, 0]
    assert "lost all its stations" in (state.error or "")


def test_a_feed_that_was_never_reached_has_no_state_and_says_why() -> None:
    feed = FeedPoller(Source("gone", url="http://127.0.0.1:9/gbfs.json"), Fetcher())
    state = feed.poll(NOW)
    assert state.snapshot is None
    assert state.is_stale(NOW)
    assert state.error == "gbfs cannot be reached (ConnectionError)"


def test_a_feed_may_not_send_us_to_another_service_of_this_machine(server: GbfsServer) -> None:
    def lead_astray(request: object, _body: bytes) -> None:
        feeds = [{"name": "station_information", "url": "http://localhost:9/admin"}]
        body = bad.json.dumps(bad.document({"feeds": feeds})).encode()
        bad.send(request, 200, body)  # type: ignore[arg-type]

    server.behave["gbfs"] = lead_astray
    assert poller(server).poll(NOW).error == "gbfs lists no files"


def test_one_bad_feed_does_not_delay_another(server: GbfsServer) -> None:
    with bad.gbfs_server() as slow:
        slow.behave["gbfs"] = bad.silent
        states: dict[str, float] = {}
        feeds = [
            FeedPoller(Source("slow", url=f"{slow.url}/gbfs.json"), Fetcher(read_s=0.9)),
            FeedPoller(Source("good", url=f"{server.url}/gbfs.json"), Fetcher()),
        ]
        started = time.monotonic()
        polling = Poller(
            feeds, lambda state: states.setdefault(state.source, time.monotonic() - started)
        )
        stop = threading.Event()
        thread = threading.Thread(target=polling.run, args=(stop, 0.02))
        thread.start()
        while len(states) < 2 and time.monotonic() - started < 10:
            time.sleep(0.01)
        stop.set()
        thread.join()
    assert states["good"] < states["slow"]
    assert feeds[1].state.failures == 0


def test_a_state_that_cannot_be_stored_does_not_end_the_polling(server: GbfsServer) -> None:
    feed = poller(server)

    def locked(_state: FeedState) -> None:
        raise RuntimeError("database is locked")

    polling = Poller([feed], locked)
    for future in polling.start_due(NOW):
        future.result()
    assert bikes(feed.state) == [3, 0]

"""Keep the last good state of each feed, however the feed behaves; each feed stands alone."""

import logging
import random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from mobility.catalogue.documents import STATUS_FILES, Document, read_document
from mobility.catalogue.fetch import FeedError, Fetcher, is_local
from mobility.catalogue.gbfs import feed_addresses, read_folder, read_gbfs
from mobility.catalogue.model import Snapshot, is_stale
from mobility.catalogue.sources import Source
from mobility.network.bounds import Bounds
from routing.notices import Notice, NoticeList

logger = logging.getLogger(__name__)

SHORTEST_S, LONGEST_S = 10.0, 300.0
"""Seconds between two polls of a healthy feed, whatever it asks for."""
BACKOFF_S, LONGEST_BACKOFF_S = 10.0, 900.0
REDISCOVER_S, STATIC_S = 3600.0, 300.0
MOST_THREADS = 16


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is known of one feed after a poll.

    Parameters
    ----------
    snapshot : Snapshot or None
        The last good one; ``None`` until there was one.
    checked_at : datetime
        Moment of this poll.
    next_due : datetime
        Moment of the next one.
    failures : int
        Polls in a row in which something failed; 0 for a healthy feed.
    error : str or None
        What failed last, for people; no address in it.
    changed : bool
        Whether the snapshot differs from the one before.
    missing : frozenset of str
        Files the feed lists but that could never be read since polling began; what they would
        say is unknown, not empty.
    """

    source: str
    checked_at: datetime
    next_due: datetime
    snapshot: Snapshot | None = None
    notices: tuple[Notice, ...] = ()
    failures: int = 0
    error: str | None = None
    changed: bool = False
    missing: frozenset[str] = frozenset()

    def age_s(self, now: datetime) -> float | None:
        """Return the age of the availability in seconds, ``None`` where it is unknown."""
        if self.snapshot is None or self.snapshot.as_of is None:
            return None
        return (now - self.snapshot.as_of).total_seconds()

    def is_stale(self, now: datetime) -> bool:
        """Tell whether the availability is too old to be trusted."""
        if self.snapshot is None:
            return True
        return is_stale(self.snapshot.as_of, self.snapshot.ttl_s, now)


@dataclass(slots=True)
class _File:
    """One file of a feed with what is needed to ask for news only."""

    url: str
    etag: str | None = None
    modified: str | None = None
    body: bytes | None = None
    document: Document | None = None
    checked_at: datetime | None = None


@dataclass(slots=True)
class _Poll:
    """What happened during one poll."""

    now: datetime
    errors: list[str] = field(default_factory=list)
    retry_after_s: float = 0.0
    changed: bool = False

    def failed(self, name: str, error: FeedError) -> None:
        self.errors.append(f"{name} {error}")
        self.retry_after_s = max(self.retry_after_s, error.retry_after_s or 0.0)


class FeedPoller:
    """Poll one feed and keep its last good state.

    Parameters
    ----------
    source : Source
        Where the feed is.
    fetcher : Fetcher
        Its own: connections are not shared between feeds.
    bounds : Bounds, optional
        The town; what lies outside is left out.
    jitter : callable, optional
        Returns a number in 0..1, so that towns do not all come back at once.
    """

    def __init__(
        self,
        source: Source,
        fetcher: Fetcher,
        bounds: Bounds | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.source = source
        self._fetcher = fetcher
        self._bounds = bounds
        self._jitter = jitter
        self._files: dict[str, _File] = {}
        self._discovered_at: datetime | None = None
        start = datetime.fromtimestamp(0, UTC)
        self.state = FeedState(source.name, checked_at=start, next_due=start)

    def poll(self, now: datetime) -> FeedState:
        """Ask once for what is new and return the state; never raises for a bad feed."""
        poll = _Poll(now)
        try:
            self._refresh(poll)
            self.state = self._concluded(poll)
        except Exception as error:  # one feed must never take the others down
            logger.exception("feed %s: poll failed", self.source.name)
            poll.errors.append(f"cannot be read ({type(error).__name__})")
            self.state = self._failed(poll)
        return self.state

    def _refresh(self, poll: _Poll) -> None:
        if self.source.folder is not None:
            files = read_folder(self.source.folder)
            for name, body in files.items():
                self._accept(name, self._files.setdefault(name, _File(name)), body, poll)
            if not files:
                poll.failed("folder", FeedError("holds no GBFS files"))
            return
        self._discover(poll)
        for name, file in self._files.items():
            if name not in STATUS_FILES and not _is_due(file.checked_at, STATIC_S, poll.now):
                continue
            try:
                fetched = self._fetcher.get(file.url, file.etag, file.modified)
            except FeedError as error:
                poll.failed(name, error)
                continue
            if fetched.body is None or self._accept(name, file, fetched.body, poll):
                file.checked_at = poll.now
                file.etag = fetched.etag or (file.etag if fetched.body is None else None)
                file.modified = fetched.modified or (file.modified if not fetched.body else None)

    def _discover(self, poll: _Poll) -> None:
        """Learn the addresses of the files; what is known stays where that fails."""
        if self._files and not _is_due(self._discovered_at, REDISCOVER_S, poll.now):
            return
        url = self.source.url or ""
        try:
            body = self._fetcher.get(url).body or b""
        except FeedError as error:
            poll.failed("gbfs", error)
            return
        document = read_document("gbfs", body, NoticeList())
        found = feed_addresses(document.data, url) if document else {}
        host = urlsplit(url).hostname
        found = {  # a public feed has no business with this machine's or network's other services
            name: address
            for name, address in found.items()
            if urlsplit(address).hostname == host or not is_local(address)
        }
        if not found:
            poll.failed("gbfs", FeedError("lists no files"))
            return
        self._discovered_at = poll.now
        for name, address in found.items():
            if name not in self._files or self._files[name].url != address:
                self._files[name] = replace(
                    self._files.get(name, _File(address)), url=address, etag=None, modified=None
                )
        for name in set(self._files) - set(found):
            del self._files[name]
            poll.changed = True

    def _accept(self, name: str, file: _File, body: bytes, poll: _Poll) -> bool:
        """Take a new body, unless it is no feed file or has lost everything it had."""
        if body == file.body:
            return True
        notices = NoticeList()
        document = read_document(name, body, notices)
        if document is None:
            poll.failed(name, FeedError(notices.finish()[0].message))
            return False
        if name == "station_information" and _has_rows(file.document) and not _has_rows(document):
            poll.failed(name, FeedError("lost all its stations"))
            return False
        file.body, file.document = body, document
        poll.changed = True
        return True

    def _concluded(self, poll: _Poll) -> FeedState:
        state = self.state
        if poll.changed:
            bodies = {name: f.body for name, f in self._files.items() if f.body is not None}
            snapshot, notices = read_gbfs(
                bodies, name=self.source.name, now=poll.now, bounds=self._bounds
            )
            state = replace(state, snapshot=snapshot, notices=tuple(notices))
        missing = frozenset(name for name, f in self._files.items() if f.body is None)
        state = replace(state, changed=poll.changed, missing=missing)
        if poll.errors:
            self.state = state
            return self._failed(poll)
        ttl = state.snapshot.ttl_s if state.snapshot else 0
        wait = timedelta(seconds=min(max(float(ttl), SHORTEST_S), LONGEST_S))
        if state.failures:
            logger.warning("feed %s: recovered after %d failures", state.source, state.failures)
        return replace(state, checked_at=poll.now, next_due=poll.now + wait, failures=0, error=None)

    def _failed(self, poll: _Poll) -> FeedState:
        failures = self.state.failures + 1
        longest = min(BACKOFF_S * 2 ** min(failures - 1, 12), LONGEST_BACKOFF_S)
        wait = max(longest * (0.5 + 0.5 * self._jitter()), poll.retry_after_s)
        error = "; ".join(poll.errors)[:500]
        if failures == 1 or error != self.state.error:
            logger.warning("feed %s: %s", self.source.name, error)
        return replace(
            self.state,
            checked_at=poll.now,
            next_due=poll.now + timedelta(seconds=wait),
            failures=failures,
            error=error,
        )


def _is_due(last: datetime | None, every_s: float, now: datetime) -> bool:
    return last is None or (now - last).total_seconds() >= every_s


def _has_rows(document: Document | None) -> bool:
    return document is not None and any(
        isinstance(value, list) and value for value in document.data.values()
    )


class Poller:
    """Poll many feeds side by side; a slow or broken one delays no other.

    Parameters
    ----------
    feeds : iterable of FeedPoller
        One per feed.
    deliver : callable
        Called with each new state, from one of the poller's threads.
    """

    def __init__(self, feeds: Iterable[FeedPoller], deliver: Callable[[FeedState], None]) -> None:
        self.feeds = list(feeds)
        self._deliver = deliver
        self._pool = ThreadPoolExecutor(
            max_workers=min(max(len(self.feeds), 1), MOST_THREADS), thread_name_prefix="feed"
        )
        self._running: dict[str, Future[None]] = {}

    def run(self, stop: threading.Event, tick_s: float = 0.5) -> None:
        """Poll whatever is due until ``stop`` is set."""
        while not stop.is_set():
            self.start_due(datetime.now(UTC))
            stop.wait(tick_s)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def start_due(self, now: datetime) -> list[Future[None]]:
        """Start a poll of each feed that is due and not being polled."""
        started = []
        for feed in self.feeds:
            running = self._running.get(feed.source.name)
            if (running is None or running.done()) and feed.state.next_due <= now:
                future = self._pool.submit(self._poll, feed, now)
                self._running[feed.source.name] = future
                started.append(future)
        return started

    def _poll(self, feed: FeedPoller, now: datetime) -> None:
        state = feed.poll(now)
        try:
            self._deliver(state)
        except Exception:  # a locked database is asked again at the next poll
            logger.exception("feed %s: its state could not be stored", feed.source.name)

"""Poll GTFS-Realtime feeds; each in its own thread, so that a slow one delays no other."""

import logging
import random
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from mobility.catalogue.fetch import FeedError, Fetcher
from mobility.catalogue.poller import BACKOFF_S, LONGEST_BACKOFF_S
from mobility.realtime.messages import (
    confirm_message,
    feed_name,
    forget_messages,
    save_message,
)
from routing.realtime.feed import RealtimeFeedError, decode

logger = logging.getLogger(__name__)


class RealtimePoller:
    """Polls one feed and keeps its last good message in a file.

    Parameters
    ----------
    url : str
        Address of a protocol buffer: trip updates, alerts or both.
    folder : pathlib.Path
        Where messages are kept.
    fetcher : Fetcher
        Its own.
    poll_s : float
        Seconds between two polls while all is well.
    jitter : callable, optional
        Returns a number in 0..1, so that towns do not all come back at once.
    """

    def __init__(
        self,
        url: str,
        folder: Path,
        fetcher: Fetcher,
        poll_s: float,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.name = feed_name(url)
        self._url, self._folder, self._fetcher = url, folder, fetcher
        self._poll_s, self._jitter = poll_s, jitter
        self._etag: str | None = None
        self._modified: str | None = None
        self.failures = 0

    def poll(self) -> float:
        """Ask once and return the seconds until the next time; never raises for a bad feed."""
        try:
            self._ask()
        except FeedError as error:
            return self._failed(str(error), error.retry_after_s or 0.0)
        except RealtimeFeedError as error:
            return self._failed(str(error))
        except Exception as error:  # one feed must never take the others down
            logger.exception("real-time feed %s: poll failed", self.name)
            return self._failed(type(error).__name__)
        if self.failures:
            logger.warning("real-time feed %s: recovered", self.name)
        self.failures = 0
        return self._poll_s

    def _ask(self) -> None:
        fetched = self._fetcher.get(self._url, self._etag, self._modified)
        if fetched.body is None:
            confirm_message(self._folder, self.name)
            return
        decode(fetched.body)  # refuse what is none before it takes the place of a good one
        save_message(self._folder, self.name, fetched.body)
        self._etag, self._modified = fetched.etag, fetched.modified

    def _failed(self, why: str, retry_after_s: float = 0.0) -> float:
        self.failures += 1
        if self.failures == 1:
            logger.warning("real-time feed %s: %s", self.name, why)
        longest = min(BACKOFF_S * 2 ** min(self.failures - 1, 12), LONGEST_BACKOFF_S)
        return float(max(longest * (0.5 + 0.5 * self._jitter()), retry_after_s))


def keep_messages(urls: Iterable[str], folder: Path, poll_s: float, stop: threading.Event) -> None:
    """Poll feeds until ``stop`` is set.

    Parameters
    ----------
    urls : iterable of str
        Their addresses; messages of others are removed.
    folder : pathlib.Path
        Where the messages go.
    poll_s : float
        Seconds between two polls of one feed.
    stop : Event
        Ends the polling.
    """
    wanted = list(dict.fromkeys(urls))
    forget_messages(folder, [feed_name(url) for url in wanted])
    threads = [
        threading.Thread(target=_keep, args=(url, folder, poll_s, stop), daemon=True)
        for url in wanted
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _keep(url: str, folder: Path, poll_s: float, stop: threading.Event) -> None:
    fetcher = Fetcher(accept="application/x-protobuf, application/octet-stream, */*")
    feed = RealtimePoller(url, folder, fetcher, poll_s)
    try:
        while not stop.wait(feed.poll()):
            pass
    finally:
        fetcher.close()

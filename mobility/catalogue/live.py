"""Keep the store up to date with the feeds of a network: what the worker runs."""

import logging
import threading
from collections.abc import Iterable

from mobility.catalogue.fetch import Fetcher
from mobility.catalogue.poller import FeedPoller, FeedState, Poller
from mobility.catalogue.sources import Source
from mobility.catalogue.store import forget_missing, save_state
from mobility.db import Database
from mobility.network.bounds import Bounds

logger = logging.getLogger(__name__)


def keep_catalogue(
    database: Database, sources: Iterable[Source], bounds: Bounds | None, stop: threading.Event
) -> None:
    """Poll every feed and store what comes, until ``stop`` is set.

    Parameters
    ----------
    database : Database
        The platform's.
    sources : iterable of Source
        Feeds of the network; systems of feeds that are not among them are forgotten.
    bounds : Bounds or None
        The town; what lies outside is left out.
    stop : Event
        Ends the polling.
    """
    wanted = list(sources)
    with database.write() as session:
        forget_missing(session, [source.name for source in wanted])

    def store(state: FeedState) -> None:
        with database.write() as session:
            save_state(session, state)

    fetchers = [Fetcher() for _ in wanted]
    feeds = [FeedPoller(s, f, bounds) for s, f in zip(wanted, fetchers, strict=True)]
    try:
        Poller(feeds, store).run(stop)
    finally:
        for fetcher in fetchers:
            fetcher.close()

"""The worker: polls feeds, carries bookings on, expires holds, and runs queued jobs."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import Huey, RedisHuey, SqliteHuey, crontab

from mobility.accounts.model import LOCKOUTS, SESSIONS
from mobility.compose import booking_service, live_folder
from mobility.db import Database, open_database
from mobility.settings import Settings, load_settings
from mobility.weblib.forgetting import empty_log
from mobility.weblib.ratelimit import Lockout
from mobility.weblib.sessions import DatabaseSessions

logger = logging.getLogger(__name__)
RECOVER_S = 2.0
EXPIRE_S = 5.0


def make_queue(settings: Settings) -> Huey:
    """Return the job queue: one SQLite file, or Redis by URL."""
    if settings.jobs_url:
        return RedisHuey("mobility", url=settings.jobs_url)
    folder = settings.var_dir / "platform"
    folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("mobility", filename=str(folder / "jobs.sqlite"))


def repeat(what: str, work: Callable[[], Any], every_s: float, stop: threading.Event) -> None:
    """Do ``work`` again and again until ``stop`` is set; a failure is logged and tried again.

    Parameters
    ----------
    what : str
        What it is called in the log.
    work : callable
        Does one round.
    every_s : float
        Seconds between the end of one round and the next.
    stop : threading.Event
        Ends it.
    """
    while not stop.is_set():
        try:
            work()
        except Exception:
            logger.exception("%s failed; trying again", what)
        stop.wait(every_s)


def start_threads(
    settings: Settings, database: Database, stop: threading.Event
) -> list[threading.Thread]:
    """Start what must happen every few seconds, each in its own thread."""
    bookings = booking_service(settings, database).driver
    rounds: list[tuple[str, Callable[[], Any], float]] = [
        ("carrying bookings on", bookings.recover, RECOVER_S),
        ("expiring holds", bookings.expire, EXPIRE_S),
        ("reading the feeds", lambda: poll_feeds(settings, database, stop), 5.0),
        ("reading real-time feeds", lambda: poll_realtime(settings, stop), 5.0),
    ]
    threads = [
        threading.Thread(target=repeat, args=(*row, stop), name=row[0], daemon=True)
        for row in rounds
    ]
    for thread in threads:
        thread.start()
    return threads


def poll_feeds(settings: Settings, database: Database, stop: threading.Event) -> None:
    """Keep the catalogue up to date until ``stop`` is set, or until the network changes."""
    from mobility.catalogue.live import keep_catalogue
    from mobility.catalogue.sources import load_sources, parse_source
    from mobility.network.bounds import Bounds
    from mobility.network.manifest import ManifestError, load_manifest

    directory = settings.path_of("network_dir")
    try:
        manifest = load_manifest(directory)
    except ManifestError as error:
        logger.warning("%s", error)
        return
    version = Path(directory / "current").resolve()
    live = [parse_source(url) for url in settings.gbfs_urls]
    # A feed that is polled live takes the place of the folders the network was built from.
    built = [s for s in load_sources(version) if s.url is not None or not live]
    ended = threading.Event()

    def watch() -> None:
        while not stop.wait(2.0) and Path(directory / "current").resolve() == version:
            pass
        ended.set()

    threading.Thread(target=watch, name="network watch", daemon=True).start()
    logger.info("polling feeds", extra={"count": len(built) + len(live)})
    keep_catalogue(database, [*built, *live], Bounds(*manifest.bbox), ended)


def poll_realtime(settings: Settings, stop: threading.Event) -> None:
    """Keep the last message of every GTFS-Realtime feed in a file until ``stop`` is set."""
    from mobility.realtime.poll import keep_messages

    urls, every_s = settings.gtfs_realtime_urls, settings.gtfs_realtime_poll_s
    keep_messages(urls, live_folder(settings), every_s, stop)
    stop.wait()


def add_jobs(queue: Huey, settings: Settings, database: Database) -> None:
    """Register the jobs that are done by the clock."""
    bookings = booking_service(settings, database)
    sessions = DatabaseSessions(database.engine, SESSIONS, "platform", 0, False)
    lockout = Lockout(database.engine, LOCKOUTS, 0, settings.lockout_minutes * 60)

    @queue.periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]
    def tidy() -> None:
        """Forget what is no longer needed."""
        count = bookings.tidy() + sessions.remove_expired() + lockout.forget_old()
        empty_log(database.engine)
        logger.info("tidied", extra={"count": count})


def run(settings: Settings) -> None:
    """Work until told to stop."""
    database = open_database(settings.platform_database_url())
    stop = threading.Event()
    queue = make_queue(settings)
    add_jobs(queue, settings, database)
    start_threads(settings, database, stop)
    try:
        queue.create_consumer(workers=1, worker_type="thread", periodic=True).run()
    finally:
        stop.set()


def main() -> None:
    """Run the worker of this machine's town."""
    from mobility.logging_setup import set_up_logging

    settings = load_settings()
    set_up_logging("worker", settings.log_level)
    run(settings)


if __name__ == "__main__":
    main()

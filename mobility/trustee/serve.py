"""Serve the cooperative: its pages on a port, the narrow calls on a Unix socket, hourly tidying."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from mobility.settings import Settings
from mobility.trustee.app import create_app
from mobility.trustee.config import Trustee, open_trustee
from mobility.trustee.errors import ConfigError
from mobility.trustee.models import LOCKOUTS, SESSIONS
from mobility.trustee.months import tidy
from mobility.trustee.narrow import create_narrow_app
from mobility.trustee.schema import check_schema
from mobility.weblib.ratelimit import Lockout
from mobility.weblib.sessions import DatabaseSessions

logger = logging.getLogger(__name__)
TIDY_S = 3600.0
WATCH_S = 0.5
THREADS = 8
SHORTEST_SECRET = 32


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """One gunicorn that builds its application in the worker, after the fork."""

    def __init__(self, build: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._build = build
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Set our options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)
        if "control_socket_disable" in self.cfg.settings:  # newer versions have one
            self.cfg.set("control_socket_disable", True)

    def load(self) -> Flask:
        """Build the application."""
        return self._build()


def serve(settings: Settings, area: str) -> int:
    """Serve until a signal comes or one of the two servers ends.

    Parameters
    ----------
    settings : Settings
        Where to listen, and where database, keys and secrets are.
    area : str
        ``W,S,E,N``, a GeoJSON file, or empty for the network's bounding box.

    Returns
    -------
    int
        0 after a signal, 1 where a server ended by itself.

    Raises
    ------
    ConfigError
        If a secret is missing, the area is unknown or the database is not migrated.
    """
    secrets = {
        name: read_secret(settings.path_of(name))
        for name in ("narrow_secret_file", "oidc_client_secret_file")
    }
    trustee = open_trustee(settings, area)
    check_schema(trustee.store)
    trustee.keys.digest("made before the servers fork")
    trustee.store.close()
    socket = settings.path_of("cooperative_socket")
    socket.parent.mkdir(parents=True, exist_ok=True)

    def pages() -> Flask:
        return create_app(open_trustee(settings, area), secrets["oidc_client_secret_file"])

    def calls() -> Flask:
        return create_narrow_app(open_trustee(settings, area), secrets["narrow_secret_file"])

    context = get_context("fork")
    address = f"{settings.cooperative_host}:{settings.cooperative_port}"
    servers: list[BaseProcess] = [
        context.Process(target=_run, args=(pages, {"bind": address})),
        context.Process(
            target=_run,
            args=(calls, {"bind": f"unix:{socket}", "umask": 0o117, "when_ready": _share(socket)}),
        ),
    ]
    return _watch(servers, open_trustee(settings, area))


def read_secret(path: Path) -> str:
    """Read a secret shared with the platform.

    Raises
    ------
    ConfigError
        If there is none, or it is too short to be one.
    """
    try:
        secret = path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read ({error.strerror}); write a random secret of at least "
            f"{SHORTEST_SECRET} characters into it"
        ) from error
    if len(secret) < SHORTEST_SECRET:
        raise ConfigError(f"the secret in {path} is shorter than {SHORTEST_SECRET} characters")
    return secret


def _share(socket: Path) -> Callable[[Any], None]:
    """Give the socket to the group of its folder: the one both parties are in."""

    def when_ready(_arbiter: Any) -> None:
        os.chown(socket, -1, socket.parent.stat().st_gid)
        socket.chmod(0o660)

    return when_ready


def _run(build: Callable[[], Flask], options: dict[str, Any]) -> None:
    """Run one gunicorn in this process."""
    common = {
        "workers": 1,
        "worker_class": "mobility.weblib.patient_worker.PatientWorker",
        "threads": THREADS,
        "timeout": 90,
        "graceful_timeout": 2,
        "loglevel": "warning",
        "accesslog": None,  # addresses of pages hold tokens of mails
        "proc_name": "mobility-cooperative",
    }
    _Server(build, common | options).run()


def _watch(servers: list[BaseProcess], trustee: Trustee) -> int:
    """Start the servers, tidy now and hourly, and end all together."""
    asked = threading.Event()
    for server in servers:
        server.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    since_tidy_s = TIDY_S
    while not asked.is_set() and all(server.is_alive() for server in servers):
        if since_tidy_s >= TIDY_S:
            since_tidy_s = 0.0
            _tidy(trustee)
        asked.wait(WATCH_S)
        since_tidy_s += WATCH_S
    for server in servers:
        server.terminate()
    for server in servers:
        server.join(timeout=3)
        if server.is_alive():
            server.kill()
    trustee.store.close()
    return 0 if asked.is_set() else 1


def _tidy(trustee: Trustee) -> None:
    try:
        for month in tidy(trustee):
            logger.warning("data month %s is closed", month)
        sessions = DatabaseSessions(trustee.store.engine, SESSIONS, "cooperative", 0, secure=False)
        sessions.remove_expired()
        lock_s = trustee.settings.lockout_minutes * 60
        Lockout(trustee.store.engine, LOCKOUTS, 0, lock_s).forget_old()
    except Exception:
        logger.exception("tidying failed; it is tried again in an hour")

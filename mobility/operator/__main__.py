"""Serve the simulated operator: ``python -m mobility.operator --gbfs DIR --db FILE …``."""

import argparse
import logging
import sys
import threading
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from mobility.operator.app import create_app
from mobility.operator.errors import OperatorError
from mobility.operator.movement import start_moving
from mobility.operator.settings import OperatorSettings

THREADS = 8


class _Server(BaseApplication):  # type: ignore[misc]
    """One gunicorn worker with threads; the vehicles move in that worker."""

    def __init__(self, settings: OperatorSettings, options: dict[str, Any], still: bool) -> None:
        self._settings, self._options, self._still = settings, options, still
        self._stop = threading.Event()
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        if "control_socket_disable" in self.cfg.settings:  # newer versions of gunicorn have one
            self.cfg.set("control_socket_disable", True)
        self.cfg.set("post_worker_init", self._begin)
        self.cfg.set("worker_exit", lambda _server, _worker: self._stop.set())

    def load(self) -> Any:
        return create_app(self._settings)

    def _begin(self, _worker: object) -> None:
        if not self._still:
            start_moving(self._settings, self._stop)


def main(argv: list[str] | None = None) -> int:
    """Serve until a signal ends it; returns 1 where it cannot start, 2 for wrong usage."""
    args = _parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    settings = OperatorSettings(
        gbfs=args.gbfs,
        database=args.db,
        token_file=args.token_file,
        trips_per_vehicle=args.trips_per_vehicle,
    )
    try:
        create_app(settings)  # says what is wrong before the server starts
    except OperatorError as error:
        print(f"mobility.operator: {error}", file=sys.stderr)  # noqa: T201 - a program's last words
        return 1
    options = {
        "bind": f"{args.host}:{args.port}",
        "workers": 1,
        "threads": THREADS,
        "worker_class": "gthread",
        "graceful_timeout": 2,
        "loglevel": "warning",
    }
    _Server(settings, options, args.still).run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mobility.operator", description=__doc__)
    parser.add_argument("--gbfs", type=Path, required=True, help="folder of GBFS 3.0 files")
    parser.add_argument("--db", type=Path, required=True, help="SQLite file, made where missing")
    parser.add_argument("--token-file", type=Path, required=True, help="file with the token")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--port", type=int, default=8082, help="port to listen at")
    parser.add_argument("--still", action="store_true", help="no simulated riders")
    parser.add_argument("--trips-per-vehicle", type=float, default=3.0, help="per day")
    return parser


if __name__ == "__main__":
    sys.exit(main())

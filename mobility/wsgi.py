"""The platform's web processes: gunicorn with threads, the application loaded before the fork."""

import ctypes
import gc
import os
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask

from mobility.settings import Settings, load_settings

_LIBC = "libc.so.6"
_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3
"""Names of options in glibc's ``malloc.h``."""

_TRIM_S = 1.0


def make_app() -> Flask:
    """Build the application for a WSGI server: ``gunicorn 'mobility.wsgi:make_app()'``."""
    from mobility.app import create_app
    from mobility.logging_setup import set_up_logging

    settings = load_settings()
    set_up_logging("platform", settings.log_level)
    return create_app(settings)


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    gc.disable()  # until all that lasts is loaded; next to nothing of it is garbage
    _return_memory()
    _share_metrics(settings)
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        """Gunicorn, configured by our settings instead of a file of its own."""

        def load_config(self) -> None:
            """Hand over our options."""
            for name, value in options(settings).items():
                self.cfg.set(name, value)
            if "control_socket_disable" in self.cfg.settings:  # newer versions have one
                self.cfg.set("control_socket_disable", True)

        def load(self) -> Flask:
            """Build the application and load its networks, before the workers are forked."""
            app = make_app()
            _preload(app, _empty(settings.var_dir / "platform" / "days"))
            return app

    Server().run()


def options(settings: Settings) -> dict[str, Any]:
    """Return gunicorn's options."""
    return {
        "bind": f"{settings.platform_host}:{settings.platform_port}",
        "worker_class": "mobility.weblib.patient_worker.PatientWorker",
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": 4,
        "keepalive": 5,
        "accesslog": None,
        "loglevel": "warning",
        "limit_request_line": 8190,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108
        "child_exit": _forget_metrics,
        "post_worker_init": _warm,
    }


def _preload(app: Flask, days: Path) -> None:
    """Load the networks once for all workers: what is in memory before the fork is shared."""
    app.extensions["towns"].share_days(days)
    app.extensions["towns"].preload()
    app.extensions["database"].engine.dispose()
    gc.freeze()
    gc.enable()


def _return_memory() -> None:
    """Keep glibc from holding on to memory of each thread that planning was done with."""
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(_LIBC).mallopt
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, 1 << 20)


def _keep_trimming() -> None:
    """Give back what is free inside the heap, for ever; by itself glibc does so at its end only."""
    with suppress(OSError, AttributeError):
        trim = ctypes.CDLL(_LIBC).malloc_trim
        while True:
            time.sleep(_TRIM_S)
            trim(0)


def _share_metrics(settings: Settings) -> None:
    """Let several processes count together; must happen before the metrics are imported."""
    if settings.web_workers == 1:
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_empty(settings.path_of("metrics_dir")))


def _empty(folder: Path) -> Path:
    """Make an empty folder for the processes of this start."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _forget_metrics(_server: Any, worker: Any) -> None:
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _warm(worker: Any) -> None:
    """Load in the background what could not be loaded before the fork, or is newer by now."""
    worker.wsgi.extensions["towns"].start_loading()
    threading.Thread(target=_keep_trimming, name="trimming", daemon=True).start()


if __name__ == "__main__":
    serve(load_settings())

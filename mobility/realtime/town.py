"""Real time as one web process has it: files read as they change, beside the requests."""

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from mobility.realtime.messages import Mark, message_marks, read_messages
from routing.realtime.live import Live, LiveNow, Received
from routing.transit.timetable import Timetable

logger = logging.getLogger(__name__)
LOOK_S = 1.0


class TownLive:
    """Lays the messages of a folder over a timetable; safe to share between threads.

    A thread of its own reads them, so that no request waits for new ones; it ends with this
    object. Whoever asks first in a process waits for what is there.

    Parameters
    ----------
    timetable : Timetable
        What was planned.
    folder : pathlib.Path
        Where the worker puts messages.
    stale_s : float
        Age in seconds at which a message no longer counts.
    clock : callable, optional
        Returns the Unix seconds of now.
    """

    def __init__(
        self,
        timetable: Timetable,
        folder: Path,
        stale_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._live = Live(timetable, stale_s, clock)
        self._folder = folder
        self._marks: dict[str, Mark] | None = None
        self._received: dict[str, Received] = {}
        self._process: int | None = None
        self._lock = threading.Lock()

    def now(self) -> LiveNow:
        """Return what is in force."""
        if self._process != os.getpid():  # threads do not survive a fork
            with self._lock:
                if self._process != os.getpid():
                    self.look()
                    self._process = os.getpid()
                    watch = threading.Thread(
                        target=_watch, args=(weakref.ref(self),), name="real time", daemon=True
                    )
                    watch.start()
        return self._live.now()

    def look(self) -> None:
        """Take in what has changed; never raises."""
        try:
            marks = message_marks(self._folder)
            if marks != self._marks:
                self._received = read_messages(self._folder)
                self._marks = marks
            self._live.update(self._received)
        except Exception:
            logger.exception("real-time messages cannot be taken in; going on with the last ones")


def _watch(town: "weakref.ref[TownLive]") -> None:
    while True:
        time.sleep(LOOK_S)
        live = town()
        if live is None:
            return
        live.look()
        del live

"""Keep a set of processes running until asked to stop."""

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobility.errors import MobilityError

logger = logging.getLogger(__name__)

STOP_GRACE_S = 3.0
"""Time between asking a process to end and ending it; a stop takes at most five seconds."""
RESTART_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Pause before each restart in a row; after the last one the process is given up."""
STEADY_S = 60.0
"""A process that has run this long starts counting its restarts anew."""
PR_SET_PDEATHSIG = 1


class NotReadyError(MobilityError):
    """A process did not answer in time."""


@dataclass(frozen=True)
class ProcessSpec:
    """How to start one process, and how to tell that it is ready.

    Parameters
    ----------
    name : str
        Name in messages and of the log file.
    argv : sequence of str
        Program and arguments.
    environment : mapping, optional
        The whole environment; this process's own where None.
    uid, gid, groups
        OS user, group and further groups to run as; this process's own where None.
    ready_url : str, optional
        Address that answers below 500 once the process serves.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] | None = None
    uid: int | None = None
    gid: int | None = None
    groups: Sequence[int] | None = None
    ready_url: str | None = None


class Child:
    """One running process and what is known about its restarts."""

    def __init__(self, spec: ProcessSpec, log_dir: Path) -> None:
        self.spec = spec
        self.log_path = log_dir / f"{spec.name}.log"
        self.restarts = 0
        self.restart_at: float | None = None
        self.started_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches only the supervisor."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - arguments are ours
                list(self.spec.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.spec.environment,
                start_new_session=True,
                user=self.spec.uid,
                group=self.spec.gid,
                extra_groups=self.spec.groups,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self.started_at = time.monotonic()
        self.restart_at = None

    def is_running(self) -> bool:
        """Say whether the process has not ended."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and those it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Starts processes, restarts those that end, and stops them all together."""

    def __init__(self, log_dir: Path) -> None:
        self.log_dir = log_dir
        self.children: list[Child] = []
        self._asked_to_stop = False

    def start(self, specs: Sequence[ProcessSpec], patience_s: float = 60.0) -> None:
        """Start processes and wait until each is ready.

        Raises
        ------
        NotReadyError
            If one ends or does not answer within ``patience_s``; the text names its log.
        """
        fresh = [Child(spec, self.log_dir) for spec in specs]
        self.children += fresh
        for child in fresh:
            child.start()
        for child in fresh:
            self._wait_ready(child, time.monotonic() + patience_s)

    def run(self) -> None:
        """Watch the processes until SIGINT or SIGTERM."""
        while not self._asked_to_stop:
            for child in self.children:
                self._care_for(child)
            time.sleep(0.1)

    def handle_signals(self) -> None:
        """Stop on SIGINT, SIGTERM and SIGHUP."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def stop(self) -> None:
        """End every process: politely, then, after ``STOP_GRACE_S``, by force."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_GRACE_S
        while any(c.is_running() for c in self.children) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in self.children:
            child.signal(signal.SIGKILL)
        for child in self.children:
            if child.process is not None:
                child.process.wait()

    def _ask_to_stop(self, *_: object) -> None:
        self._asked_to_stop = True

    def _care_for(self, child: Child) -> None:
        if child.is_running():
            return
        now = time.monotonic()
        if child.restart_at is None and child.process is not None:
            self._plan_restart(child, now)
        if child.restart_at is not None and now >= child.restart_at:
            child.signal(signal.SIGKILL)  # what it left running
            child.start()

    def _plan_restart(self, child: Child, now: float) -> None:
        code = child.process.returncode if child.process else None
        if now - child.started_at > STEADY_S:
            child.restarts = 0
        if child.restarts == len(RESTART_PAUSES_S):
            logger.error(
                "%s keeps ending (exit %s) and is given up; see %s",
                child.spec.name, code, child.log_path,
            )  # fmt: skip
            child.process = None
            return
        pause_s = RESTART_PAUSES_S[child.restarts]
        child.restarts += 1
        child.restart_at = now + pause_s
        logger.warning(
            "%s ended (exit %s) and restarts in %.1f s; see %s",
            child.spec.name, code, pause_s, child.log_path,
        )  # fmt: skip

    def _wait_ready(self, child: Child, deadline: float) -> None:
        while not self._asked_to_stop:
            if not child.is_running():
                raise NotReadyError(_why(child, "ended while starting"))
            if child.spec.ready_url is None or _answers(child.spec.ready_url):
                return
            if time.monotonic() > deadline:
                raise NotReadyError(_why(child, "did not answer in time"))
            time.sleep(0.2)


def _why(child: Child, what: str) -> str:
    """Say what went wrong with a process, with the last line it wrote."""
    lines = child.log_path.read_text(errors="replace").strip().splitlines()
    last = f": {lines[-1]}" if lines else ""
    return f"{child.spec.name} {what}{last} (all of it in {child.log_path})"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - loopback, ours
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, urllib.error.URLError):
        return False


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone, however that happens."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

"""Say on standard error how far a build is, and what it took."""

import resource
import sys
import time
from dataclasses import dataclass
from typing import TextIO

_BAR = 24


class Progress:
    """Shows the step a build is at: a bar on a terminal, a line per step elsewhere.

    Parameters
    ----------
    n_steps : int
        How many steps there will be.
    stream : TextIO, optional
        Standard error by default.
    """

    def __init__(self, n_steps: int, stream: TextIO | None = None) -> None:
        self._n_steps = n_steps
        self._stream = stream or sys.stderr
        self._done = 0
        self._began = time.monotonic()

    def step(self, words: str) -> None:
        """Begin the next step."""
        seconds = time.monotonic() - self._began
        if self._stream.isatty():
            filled = _BAR * self._done // self._n_steps
            bar = "#" * filled + "." * (_BAR - filled)
            self._stream.write(f"\r\x1b[K[{bar}] {seconds:5.1f} s  {words}")
        else:
            self._stream.write(f"[{self._done + 1}/{self._n_steps}] {seconds:5.1f} s  {words}\n")
        self._stream.flush()
        self._done += 1

    def finish(self, words: str) -> None:
        """End the bar with a last line."""
        self._stream.write(f"\r\x1b[K{words}\n" if self._stream.isatty() else f"{words}\n")
        self._stream.flush()


@dataclass(frozen=True, slots=True)
class Usage:
    """What this process and its children used so far."""

    cpu_s: float
    peak_mb: float


def usage() -> Usage:
    """Return CPU seconds of this process and its ended children, and the largest peak memory."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    unit = 1_000_000 if sys.platform == "darwin" else 1_000  # macOS counts bytes, Linux kilobytes
    return Usage(cpu, max(own.ru_maxrss, children.ru_maxrss) / unit)

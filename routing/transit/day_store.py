"""Days of a timetable in files that processes map together, so that each holds none of its own."""

import fcntl
import logging
import mmap
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

MOST_BYTES = 2**30
"""What the files may take together; the oldest go first."""

_ALIGNED = 64

logger = logging.getLogger(__name__)


class DayStore:
    """Keeps objects made of arrays in a folder; one process makes each while the others wait.

    The folder belongs to processes of one start of the program: what other code wrote there
    is not to be opened. Arrays of what is returned are read-only.

    Parameters
    ----------
    folder : Path
        Made where it is missing. Where it cannot be written, everybody makes what they need.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def get(self, name: str, make: Callable[[], T]) -> T:
        """Return what is kept under a name; where nothing is, make it and keep it.

        Parameters
        ----------
        name : str
            A file name.
        make : callable
            Returns an object that can be pickled.
        """
        path = self._folder / name
        made: list[T] = []
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with path.with_name(f".{name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not path.exists():
                    made.append(make())
                    _write(made[0], path)
                    self._prune(path)
            kept: T = _open(path)
        except OSError as error:
            logger.warning("a day of the timetable is not shared: %s", error.strerror)
            return made[0] if made else make()
        return kept

    def _prune(self, newest: Path) -> None:
        """Delete the oldest files beyond the room there is; who has them open goes on with them."""
        files = [path for path in self._folder.iterdir() if not path.name.startswith(".")]
        files.sort(key=lambda path: (path == newest, path.stat().st_mtime_ns), reverse=True)
        room = self._most_bytes
        for path in files:
            room -= path.stat().st_size
            if room < 0 and path != newest:
                path.unlink()


def _write(value: object, path: Path) -> None:
    """Write an object with its arrays behind it, each where a processor likes to find it."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    sizes = np.array([len(parts), *(part.nbytes for part in parts)], np.int64).tobytes()
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        for part in (memoryview(sizes), *parts):
            file.write(bytes(-file.tell() % _ALIGNED))
            file.write(part)
    fresh.replace(path)


def _open(path: Path) -> Any:
    with path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    n_parts = int.from_bytes(whole[:8], "little")
    sizes = np.frombuffer(whole, np.int64, n_parts, 8).tolist()
    at, parts = 8 * (n_parts + 1), []
    for size in sizes:
        at += -at % _ALIGNED
        parts.append(whole[at : at + size])
        at += size
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 - we wrote it

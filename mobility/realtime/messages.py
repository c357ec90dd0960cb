"""The last good message of each feed, one file each: the worker writes, web processes read."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from routing.realtime.live import Received

_ENDING = ".pb"
Mark = tuple[int, int, int]
"""What changes whenever a file is replaced: its inode, size and time of change in nanoseconds."""


def feed_name(url: str) -> str:
    """Return the name of a feed in files and logs; addresses may hold keys."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def save_message(folder: Path, name: str, body: bytes) -> None:
    """Put a message in place of the one before, in one step; readers see either."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{name}.{os.getpid()}.new"
    try:
        fresh.write_bytes(body)
        fresh.replace(folder / f"{name}{_ENDING}")
    finally:
        fresh.unlink(missing_ok=True)


def confirm_message(folder: Path, name: str) -> None:
    """Note that a message is still what the feed says."""
    path = folder / f"{name}{_ENDING}"
    if path.exists():
        os.utime(path)


def forget_messages(folder: Path, but: Iterable[str]) -> None:
    """Remove the messages of feeds that are no longer polled."""
    kept = set(but)
    for path in folder.glob(f"*{_ENDING}"):
        if path.stem not in kept:
            path.unlink(missing_ok=True)


def message_marks(folder: Path) -> dict[str, Mark]:
    """Return what tells whether the messages have changed."""
    marks = {}
    for path in folder.glob(f"*{_ENDING}"):
        try:
            told = path.stat()
        except FileNotFoundError:
            continue
        marks[path.stem] = (told.st_ino, told.st_size, told.st_mtime_ns)
    return marks


def read_messages(folder: Path) -> dict[str, Received]:
    """Read all messages."""
    found = {}
    for path in sorted(folder.glob(f"*{_ENDING}")):
        try:
            with path.open("rb") as file:
                received_s = os.fstat(file.fileno()).st_mtime
                found[path.stem] = Received(file.read(), received_s)
        except FileNotFoundError:
            continue
    return found

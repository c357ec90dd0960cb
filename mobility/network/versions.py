"""Versions of a network side by side; one atomic step makes another one current."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobility.errors import MobilityError
from mobility.network.manifest import MANIFEST

KEPT = 2
"""The present version and the one before it."""

_STAGING = ".building-"


class BuildRunningError(MobilityError):
    """Another build works on the same directory."""


@contextmanager
def staging(directory: Path) -> Iterator[Path]:
    """Open an empty folder for a new version; whatever is left in it at the end is removed.

    One build at a time works on a directory; leftovers of a killed one are cleared first.

    Raises
    ------
    BuildRunningError
        Another build is running.
    """
    versions = directory / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildRunningError(
                f"another build works on {directory}: wait until it has ended"
            ) from error
        for leftover in versions.glob(f"{_STAGING}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        folder = versions / f"{_STAGING}{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def current_version(directory: Path) -> Path | None:
    """Return the present version's folder, ``None`` where nothing was built yet."""
    link = directory / "current"
    return link.resolve() if (link / MANIFEST).is_file() else None


def switch(directory: Path, staged: Path, version_id: str) -> Path:
    """Make a staged folder the present version, in one step that readers cannot see half of.

    Parameters
    ----------
    directory : Path
        The network directory.
    staged : Path
        Complete folder from :func:`staging`.
    version_id : str
        Its content id.

    Returns
    -------
    Path
        The version's final folder; the version before it is kept.
    """
    directory = directory.resolve()
    before = current_version(directory)
    final = directory / "versions" / version_id
    if final == before:  # what is no part of the id may differ: the date, the name
        (staged / MANIFEST).replace(final / MANIFEST)
        return final
    if final.exists():  # built before, and the present version is another one
        shutil.rmtree(final)
    _flush(staged)
    staged.rename(final)
    link = directory / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("versions") / version_id)
    link.replace(directory / "current")
    _sync(directory)
    _prune(directory, keep={final, before})
    return final


def _flush(folder: Path) -> None:
    """Bring every file to the disk, so that a power cut cannot leave a current version of zeros."""
    for path in folder.rglob("*"):
        if path.is_file():
            _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot flush a folder
            os.fsync(handle)
    finally:
        os.close(handle)


def _prune(directory: Path, keep: set[Path | None]) -> None:
    for path in (directory / "versions").iterdir():
        if path.is_dir() and path.resolve() not in keep and not path.name.startswith(_STAGING):
            shutil.rmtree(path, ignore_errors=True)

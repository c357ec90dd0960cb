"""What a version of the network is made of; its content is its id."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mobility.errors import MobilityError

MANIFEST = "manifest.json"


class ManifestError(MobilityError):
    """A directory is no network, or its files are not those it was made of."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Description of one version of a network.

    Parameters
    ----------
    id : str
        First 16 hex digits of the SHA-256 over the sorted file hashes.
    created : str
        RFC 3339 moment of the build; no part of the id.
    bbox : tuple of float
        West, south, east, north in degrees, EPSG:4326.
    center : tuple of float
        Longitude and latitude to open a map at.
    timezone : str
        IANA name.
    generated : bool
        Whether the inputs were made up; shown wherever they show.
    service_days : tuple of str or None
        First and last day of the timetable, ISO 8601; ``None`` without timetable.
    files : dict of str to str
        SHA-256 by path relative to the version.
    notices : dict of str to int
        How many of each code.
    counts : dict of str to int
        Streets, stops, trips and so on, for people and for the check against shrinking feeds.
    feeds : list of dict
        What each GTFS feed says of itself: ``name``, ``publisher``, ``url``, ``language``,
        ``version``, ``start`` and ``end`` (ISO 8601); ``None`` where it does not say.
    """

    id: str
    name: str
    created: str
    bbox: tuple[float, float, float, float]
    center: tuple[float, float]
    timezone: str
    generated: bool = False
    service_days: tuple[str, str] | None = None
    files: dict[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    notices: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    attributions: list[str] = field(default_factory=list)
    feeds: list[dict[str, str | None]] = field(default_factory=list)


def hash_files(directory: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a directory but the manifest, by relative path."""
    paths = sorted(p for p in directory.rglob("*") if p.is_file() and p.name != MANIFEST)
    return {p.relative_to(directory).as_posix(): _hash(p) for p in paths}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_id(files: dict[str, str]) -> str:
    """Return the id of a version with these files.

    Examples
    --------
    >>> content_id({"b": "2", "a": "1"}) == content_id({"a": "1", "b": "2"})
    True
    """
    digest = hashlib.sha256()
    for name, value in sorted(files.items()):
        digest.update(f"{name}\0{value}\n".encode())
    return digest.hexdigest()[:16]


def save_manifest(directory: Path, manifest: Manifest) -> None:
    """Write ``manifest.json`` into a version."""
    text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
    (directory / MANIFEST).write_text(text + "\n", encoding="utf-8")


def load_manifest(directory: Path) -> Manifest:
    """Read the manifest of a version, or of a network directory's present version.

    Raises
    ------
    ManifestError
        There is none, or it cannot be understood.
    """
    version = directory if (directory / MANIFEST).is_file() else directory / "current"
    try:
        value: dict[str, Any] = json.loads((version / MANIFEST).read_text(encoding="utf-8"))
        for name in ("bbox", "center", "service_days"):
            value[name] = None if value[name] is None else tuple(value[name])
        return Manifest(**value)
    except FileNotFoundError as error:
        raise ManifestError(
            f"{directory} is no network directory: make one with 'mobility build'"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ManifestError(
            f"{version / MANIFEST} cannot be read ({error}): build the network again"
        ) from error


def changed_files(version: Path, manifest: Manifest, names: Iterable[str] = ()) -> list[str]:
    """List the files of a version that are missing or not as they were built.

    Parameters
    ----------
    version : Path
        The version's directory.
    manifest : Manifest
        Its manifest.
    names : iterable of str
        Check only these; all of them by default.
    """
    chosen = list(names) or sorted(manifest.files)
    return [
        name
        for name in chosen
        if not (version / name).is_file() or _hash(version / name) != manifest.files.get(name)
    ]

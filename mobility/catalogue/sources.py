"""Which feeds a town reads: the list kept in its network directory."""

import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from mobility.errors import MobilityError

SOURCES_FILE = "gbfs/sources.json"
LONGEST_NAME = 60


class InvalidSourceError(MobilityError, ValueError):
    """A feed is named that is neither an address nor a folder."""


@dataclass(frozen=True, slots=True)
class Source:
    """One feed: an address to poll, or a folder of files that were given to ``build``.

    Parameters
    ----------
    name : str
        Short name in logs and messages.
    url : str, optional
        Address of ``gbfs.json``.
    folder : Path, optional
        Folder of ``<feed>.json`` files.
    """

    name: str
    url: str | None = None
    folder: Path | None = None


def parse_source(text: str) -> Source:
    """Read a feed as named on the command line.

    Raises
    ------
    InvalidSourceError
        It is no ``http(s)`` address and no folder with GBFS files.
    """
    parts = urlsplit(text)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return Source(_name_of(text, parts), url=text)
    folder = Path(text)
    if folder.is_dir() and any(folder.glob("*.json")):
        return Source(_words(folder.resolve().name)[:LONGEST_NAME], folder=folder)
    raise InvalidSourceError(
        f"{text}: give the address of a gbfs.json or a folder that holds its .json files"
    )


def _name_of(url: str, parts: SplitResult) -> str:
    """Name host and path; what else tells feeds apart, tokens among it, goes in as a checksum."""
    words = _words((parts.hostname or "") + parts.path)
    if parts.port is None and not parts.query and len(words) <= LONGEST_NAME:
        return words
    return f"{words[: LONGEST_NAME - 9]}-{zlib.crc32(url.encode()):08x}"


def _words(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return words.removesuffix("-json").removesuffix("-gbfs") or "feed"


def save_sources(directory: Path, sources: list[Source]) -> None:
    """Write the list into a network directory; folders are stored relative to it."""
    path = directory / SOURCES_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "name": s.name,
            "url": s.url,
            "folder": None if s.folder is None else s.folder.relative_to(directory).as_posix(),
        }
        for s in sources
    ]
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def load_sources(directory: Path) -> list[Source]:
    """Read the list of a network directory; none where it has no shared vehicles."""
    path = directory / SOURCES_FILE
    if not path.is_file():
        return []
    return [
        Source(
            name=row["name"],
            url=row["url"],
            folder=None if row["folder"] is None else directory / row["folder"],
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]

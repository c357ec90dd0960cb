"""What a feed says of itself: ``feed_info.txt`` and ``attributions.txt``."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from routing.gtfs.files import FeedFiles
from routing.gtfs.values import read_date
from routing.notices import NoticeList

_INFO = (
    "feed_publisher_name",
    "feed_publisher_url",
    "feed_lang",
    "feed_version",
    "feed_start_date",
    "feed_end_date",
)


@dataclass(frozen=True, slots=True)
class FeedAbout:
    """Who made a feed, which edition it is, and how long it holds; unknown is ``None``.

    ``credits`` names the organisations of ``attributions.txt``, each once.
    """

    name: str
    publisher: str | None
    url: str | None
    language: str | None
    version: str | None
    start: date | None
    end: date | None
    credits: tuple[str, ...]


def read_about(path: Path, notices: NoticeList, today: date | None = None) -> FeedAbout:
    """Read what a feed says of itself.

    Parameters
    ----------
    path : Path
        Zip file or folder.
    notices : NoticeList
        Where faults are told, and with ``today`` a feed that has expired.

    Raises
    ------
    GtfsError
        The feed is missing or no zip file.
    """
    with closing(FeedFiles(path, notices)) as files:
        info = files.rows("feed_info.txt", _INFO)
        names = files.rows("attributions.txt", ("organization_name",))["organization_name"]
    publisher, url, language, version, start, end = (
        (info[name].strings() or [""])[0] for name in _INFO
    )
    for name, text in (("feed_start_date", start), ("feed_end_date", end)):
        if text and read_date(text) is None:
            message = f"'{text}' is no day; taken as blank"
            notices.add("bad_date", "warning", info.file, int(info.number[0]), name, message)
    last = read_date(end)
    if today is not None and last is not None and last < today:
        message = f"the feed holds until {last.isoformat()}"
        row = int(info.number[0])
        notices.add("expired_feed_info", "warning", info.file, row, "feed_end_date", message)
    return FeedAbout(
        files.name,
        publisher or None,
        url or None,
        language or None,
        version or None,
        read_date(start),
        last,
        tuple(dict.fromkeys(name for name in names.strings() if name)),
    )

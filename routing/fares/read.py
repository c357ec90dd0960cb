"""Fares of GTFS feeds, read beside the timetable: every fault is told, none stops the reading."""

from collections.abc import Sequence
from pathlib import Path

from routing.fares.model import FaresV1, FaresV2
from routing.fares.read1 import read_v1
from routing.fares.read2 import read_v2
from routing.gtfs.files import FeedFiles, GtfsError
from routing.gtfs.tables import FeedTables
from routing.notices import Notice, NoticeList

FeedFares = FaresV1 | FaresV2 | None
"""Fares of one feed; ``None`` where it has none."""


def read_fares(
    paths: Sequence[Path], timezone: str | None = None
) -> tuple[tuple[FeedFares, ...], list[Notice]]:
    """Read the fares of feeds.

    Parameters
    ----------
    paths : sequence of Path
        Zip files or folders, in the order in which ``read_gtfs`` was given them.
    timezone : str, optional
        Of feeds that name none.

    Returns
    -------
    tuple of FaresV1, FaresV2 or None
        Of each feed; the second version where a feed has both.
    list of Notice
        Every fault met in the fare files. Those of a feed are unknown where one is damaged.

    Raises
    ------
    GtfsError
        A feed is no zip file.
    """
    notices = NoticeList()
    return tuple(_read_feed(Path(path), notices, timezone) for path in paths), notices.finish()


def _read_feed(path: Path, notices: NoticeList, timezone: str | None) -> FeedFares:
    files = FeedFiles(path, notices)
    try:
        second = files.has("fare_products.txt") and files.has("fare_leg_rules.txt")
        if not second and not files.has("fare_attributes.txt"):
            return None
        tables = FeedTables(NoticeList(), timezone)  # told when the timetable was read
        tables.read(files)
        fares = read_v2(files, tables, notices) if second else None
        if fares is None and files.has("fare_attributes.txt"):
            return read_v1(files, tables, notices)
        return fares
    except GtfsError as error:
        message = f"{error}; prices are unknown"
        notices.add("damaged_file", "error", error.file, message=message)
        return None
    finally:
        files.close()

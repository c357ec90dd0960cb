"""What feeds say of themselves is read; what they do not say stays unknown."""

import zipfile
from datetime import date
from pathlib import Path

from routing.fares.read import read_fares
from routing.gtfs.about import FeedAbout, read_about
from routing.gtfs.read import read_gtfs
from routing.notices import NoticeList
from tests.unit.routing.feeds import write_feed

INFO = (
    "feed_publisher_name,feed_publisher_url,feed_lang,feed_version,feed_start_date,feed_end_date\n"
)
CREDITS = "organization_name,is_operator\nTown Buses,1\nRegional Rail,1\nTown Buses,1\n"


def test_publisher_version_expiry_and_credits_are_told(tmp_path: Path) -> None:
    info = INFO + "Town,http://town.example,de,v7,20240101,20241231\n"
    path = write_feed(tmp_path / "bus.zip", feed_info=info, attributions=CREDITS)
    notices = NoticeList()
    assert read_about(path, notices, date(2024, 12, 31)) == FeedAbout(
        "bus",
        "Town",
        "http://town.example",
        "de",
        "v7",
        date(2024, 1, 1),
        date(2024, 12, 31),
        ("Town Buses", "Regional Rail"),
    )
    assert notices.finish() == []


def test_a_feed_that_says_nothing_is_unknown(tmp_path: Path) -> None:
    about = read_about(write_feed(tmp_path / "bus.zip"), NoticeList())
    assert about == FeedAbout("bus", None, None, None, None, None, None, ())


def test_a_feed_past_its_end_and_a_day_that_is_none_are_told(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "bus.zip", feed_info=INFO + "Town,,,,2024,20241231\n")
    notices = NoticeList()
    assert read_about(path, notices, date(2025, 1, 1)).start is None
    assert [(n.code, n.row, n.field) for n in notices.finish()] == [
        ("bad_date", 2, "feed_start_date"),
        ("expired_feed_info", 2, "feed_end_date"),
    ]


def test_of_damaged_extras_nothing_is_known_and_the_rest_is_read(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip")
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("feed_info.txt", "shapes.txt", "fare_attributes.txt"):
            archive.writestr(name, "feed_lang,fare_id\nsound,sound\n")
    path.write_bytes(path.read_bytes().replace(b"sound,sound", b"SOUND,SOUND"))
    notices = NoticeList()
    about = read_about(path, notices)
    fares, faults = read_fares([path])
    assert (about.name, about.language, fares) == ("f", None, (None,))
    assert [(n.code, n.severity, n.file) for n in (*notices.finish(), *faults)] == [
        ("damaged_file", "error", "f.zip/feed_info.txt"),
        ("damaged_file", "error", "f.zip/fare_attributes.txt"),
    ]
    timetable, told = read_gtfs([path])
    assert timetable.n_trips == 1
    assert {n.file for n in told if n.code == "damaged_file"} == {
        "f.zip/feed_info.txt",
        "f.zip/shapes.txt",
    }

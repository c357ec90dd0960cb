"""What feeds say of themselves is read; what they do not say stays unknown."""

from datetime import date
from pathlib import Path

from routing.gtfs.about import FeedAbout, read_about
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

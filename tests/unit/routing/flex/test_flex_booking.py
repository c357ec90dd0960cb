"""Until when, and from when on, a ride can be booked."""

from datetime import date, datetime
from pathlib import Path

import pytest

from routing.flex.booking import Bookings
from routing.flex.model import BookingInfo
from routing.flex.tables import NO_RULE
from routing.gtfs.read import read_gtfs
from tests.builders import ZONE
from tests.unit.routing.flex.feeds import box, flex_feed

CALLS = "flex 1 area:west 18:00-22:00 2 1\nflex 2 area:west 18:00-22:00 1 2\n"
TUESDAY, MONDAY = date(2024, 5, 7), date(2024, 5, 6)
RULES = {
    "now": "r,0,,,,,,,,,,,,,",
    "hour": "r,1,60,,,,,,,,,,,,",
    "a day to an hour": "r,1,60,1440,,,,,,,,,,,",
    "an hour, from a week before": "r,1,60,,,,7,08:00:00,,,,,,,",
    "the day before": "r,2,,,1,17:00:00,,,,,,,,,",
    "the working day before": "r,2,,,1,17:00:00,2,09:00:00,WD,,,,,,",
    "that very morning": "r,2,,,0,09:00:00,,,,,,,,,",
}


def bookings(folder: Path, *rules: str, **changes: str) -> Bookings:
    texts = "\n".join(rule.replace("r,", f"r{n},", 1) for n, rule in enumerate(rules)) + "\n"
    path = flex_feed(folder / "f.zip", CALLS, [box("west", 0, 4)], texts, **changes)
    timetable, notices = read_gtfs([path])
    assert (notices, timetable.flex is not None) == ([], True)
    assert timetable.flex is not None
    return Bookings(timetable.flex.rules, timetable.services)


def unix(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def told(info: BookingInfo | None) -> tuple[str, str]:
    assert info is not None
    return tuple(  # type: ignore[return-value]
        "-" if s is None else f"{datetime.fromtimestamp(s, ZONE):%m-%dT%H:%M}"
        for s in (info.deadline_s, info.earliest_s)
    )


@pytest.mark.parametrize(
    ("rule", "day", "deadline", "earliest"),
    [
        ("now", TUESDAY, "05-07T19:00", "-"),
        ("hour", TUESDAY, "05-07T18:00", "-"),
        ("a day to an hour", TUESDAY, "05-07T18:00", "05-06T19:00"),
        ("an hour, from a week before", TUESDAY, "05-07T18:00", "04-30T08:00"),
        ("the day before", MONDAY, "05-05T17:00", "-"),
        ("the working day before", TUESDAY, "05-06T17:00", "05-03T09:00"),
        ("the working day before", MONDAY, "05-03T17:00", "05-02T09:00"),
        ("that very morning", TUESDAY, "05-07T09:00", "-"),
    ],
)
def test_each_rule_has_its_deadline(
    tmp_path: Path, rule: str, day: date, deadline: str, earliest: str
) -> None:
    info = bookings(tmp_path, RULES[rule]).info(0, 0, unix(f"{day}T19:00"), day, ZONE)
    assert told(info) == (deadline, earliest)


def test_a_holiday_is_no_day_to_book_on(tmp_path: Path) -> None:
    off = "service_id,date,exception_type\nWD,20240503,2\n"
    rules = bookings(tmp_path, RULES["the working day before"], calendar_dates=off)
    info = rules.info(0, 0, unix("2024-05-06T19:00"), MONDAY, ZONE)
    assert told(info) == ("05-02T17:00", "05-01T09:00")


def test_before_the_first_day_of_a_service_the_deadline_is_unknown(tmp_path: Path) -> None:
    rules = bookings(tmp_path, RULES["the working day before"])
    info = rules.info(0, 0, unix("2024-04-01T19:00"), date(2024, 4, 1), ZONE)
    assert told(info) == ("-", "-")
    assert rules.first_pickup_s(0, 0, unix("2024-04-01T18:00"), date(2024, 4, 1), ZONE) == 0


def test_past_midnight_days_count_from_the_service_day(tmp_path: Path) -> None:
    info = bookings(tmp_path, RULES["the day before"]).info(
        0, 0, unix("2024-05-08T01:00"), TUESDAY, ZONE
    )
    assert told(info) == ("05-06T17:00", "-")


def test_of_two_rules_the_stricter_one_counts(tmp_path: Path) -> None:
    rules = bookings(tmp_path, RULES["a day to an hour"], RULES["the day before"])
    info = rules.info(0, 1, unix("2024-05-07T19:00"), TUESDAY, ZONE)
    assert told(info) == ("05-06T17:00", "05-06T19:00")
    assert info is not None
    assert info.kind == "SAME_DAY"


def test_texts_for_getting_on_or_off_alone_come_first(tmp_path: Path) -> None:
    rules = bookings(tmp_path, "r,0,,,,,,,,Both,On,Off,,,")
    moment = unix("2024-05-07T19:00")
    messages = [
        info.message if (info := rules.info(on, off, moment, TUESDAY, ZONE)) else None
        for on, off in ((0, 0), (0, NO_RULE), (NO_RULE, 0), (NO_RULE, NO_RULE))
    ]
    assert messages == ["Both", "On", "Off", None]


@pytest.mark.parametrize(
    ("rule", "now", "first"),
    [
        ("now", "2024-05-07T19:30", "2024-05-07T19:30"),
        ("hour", "2024-05-07T18:30", "2024-05-07T19:30"),
        ("the day before", "2024-05-06T17:01", None),
    ],
)
def test_what_can_still_be_booked_begins_with(
    tmp_path: Path, rule: str, now: str, first: str | None
) -> None:
    found = bookings(tmp_path, RULES[rule]).first_pickup_s(0, 0, unix(now), TUESDAY, ZONE)
    assert found == (None if first is None else unix(first))


def test_up_to_the_deadline_the_whole_day_can_be_booked(tmp_path: Path) -> None:
    rules = bookings(tmp_path, RULES["the day before"])
    assert rules.first_pickup_s(0, 0, unix("2024-05-06T17:00"), TUESDAY, ZONE) == 0

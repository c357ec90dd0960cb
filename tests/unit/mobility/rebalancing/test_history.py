from datetime import date
from pathlib import Path

import pytest

from fleet.model import Inventory, StationStock
from mobility.rebalancing.history import BadHistoryError, read_history

STATIONS = Inventory(
    (StationStock("a", "A", 8.6, 49.4, 10, 5), StationStock("b", "B", 8.6, 49.4, 10, 5))
)
HEAD = "started_at,ended_at,start_station_id,end_station_id\n"
MONDAY, SATURDAY = date(2026, 5, 11), date(2026, 5, 16)


def read(path: Path, text: str, on: date = MONDAY):
    path = path / "trips.csv"
    path.write_text(text, encoding="utf-8")
    return read_history(path, STATIONS, "Europe/Berlin", on)


def test_trips_count_at_the_local_hour_of_each_end(tmp_path: Path) -> None:
    rows = "2026-05-04T05:50:00Z,2026-05-04T06:10:00Z,a,b\n" * 6
    demand, notices = read(tmp_path, HEAD + rows)
    assert demand.rentals_ph[0].argmax() == 7  # 5:50 UTC is 7:50 in May
    assert demand.returns_ph[1].argmax() == 8
    assert demand.days == 1
    assert notices == []


def test_workdays_do_not_speak_about_weekends(tmp_path: Path) -> None:
    rows = "2026-05-04T08:00,2026-05-04T08:10,a,b\n" + "2026-05-09T15:00,2026-05-09T15:10,b,a\n"
    workday, _ = read(tmp_path, HEAD + rows)
    weekend, _ = read(tmp_path, HEAD + rows, SATURDAY)
    assert workday.rentals_ph[:, 15].sum() == 0
    assert weekend.rentals_ph[:, 8].sum() == 0
    assert weekend.rentals_ph[1, 15] > 0


def test_days_between_the_first_and_the_last_count_even_without_a_trip(tmp_path: Path) -> None:
    rows = "2026-05-04T08:00,2026-05-04T08:10,a,b\n" + "2026-05-15T08:00,2026-05-15T08:10,a,b\n"
    assert read(tmp_path, HEAD + rows)[0].days == 10


def test_a_bad_row_is_left_out_and_named(tmp_path: Path) -> None:
    rows = "2026-05-04T08:00,2026-05-04T08:10,a,b\n" + "noon,2026-05-04T08:10,a,b\n"
    rows += "2026-05-04T09:00,2026-05-04T08:10,a,b\n"
    _, notices = read(tmp_path, HEAD + rows)
    assert notices == [
        "trips.csv: row 3: started_at is no time; left out",
        "trips.csv: row 4: ended_at lies before started_at; left out",
    ]


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadHistoryError, match="row 1 lacks the columns ended_at, end_station_id"):
        read(tmp_path, "started_at,start_station_id\n")


def test_a_history_without_such_a_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadHistoryError, match="no trips on weekends"):
        read(tmp_path, HEAD + "2026-05-04T08:00,2026-05-04T08:10,a,b\n", SATURDAY)

"""Words that no command understands end it with its usage, not with a trace."""

from pathlib import Path

import pytest

from mobility.bench.transit import QueryFileError, read_queries
from mobility.commands import main
from tests.builders import town

A_TIME, A_NUMBER = "give a time such as 2026-05-04T08:00", "is no number from 1 on"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("departures . A --at tomorrow", A_TIME),
        ("departures . A --at 9999-12-31T23:59", A_TIME),
        ("departures . A --most -1", A_NUMBER),
        ("departures . A --most 0", A_NUMBER),
        ("isochrone . --from 8,49 --at 0001-01-01T00:00", A_TIME),
        ("refresh . ID --at soon", A_TIME),
        ("selected-link . --from-stop A --to-stop B --od F --at soon", A_TIME),
        ("bench plan . --queries 0", A_NUMBER),
        ("bench plan . --queries 12345678901", A_NUMBER),
        ("bench plan . --at 25:00", "is no time of day such as 08:00"),
        ("bench plan . --at 08:00+05:00", "is no time of day such as 08:00"),
        ("bench plan . --modes WALK,FLY", "is no list of modes: WALK, "),
    ],
)
def test_wrong_words_are_told(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(words.split())
    assert stop.value.code == 2
    assert said in capsys.readouterr().err


def test_a_list_of_queries_without_a_column_is_told_which(tmp_path: Path) -> None:
    timetable = town("Red A 08:00 B 08:10").timetable
    assert timetable is not None
    queries = tmp_path / "queries.csv"
    queries.write_text("id,lon\n1,2\n", "utf-8")
    with pytest.raises(QueryFileError, match="has no column 'from_stop_id'"):
        list(read_queries(queries, timetable))

"""``mobility rebalance`` plans a town's bikes, says what it rests on, and fails clearly."""

import json
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mobility.commands import main
from tests.unit.mobility.rebalancing.towns import grid_stations, write_town


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path / "town", grid_stations())


def plan(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["rebalance", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_sixty_stations_are_planned_within_the_time_limit(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.perf_counter()
    document = plan(capsys, str(town), "--time-limit", "5")
    assert time.perf_counter() - started < 10
    assert document["lostTripsAfter"] < 0.8 * document["lostTripsBefore"]
    assert len(document["tours"]) == 2
    assert len(document["stations"]) == 60


def test_loads_stay_within_the_truck_and_moves_add_up(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--trucks", "3", "--capacity", "12", "--shift", "2h", "--start-load", "2")
    document = plan(capsys, str(town), "--solutions", "20", *words)
    stock = {s["stationId"]: s["vehicles"] for s in document["stations"]}
    docks = {s["stationId"]: s["capacity"] for s in document["stations"]}
    aboard = 0
    for tour in document["tours"]:
        load = tour["startLoad"]
        assert load == 2
        for stop in tour["stops"]:
            assert stop["loadBefore"] == load
            load -= stop["dropped"]
            assert stop["loadAfter"] == load
            assert 0 <= load <= 12
            stock[stop["stationId"]] += stop["dropped"]
            assert 0 <= stock[stop["stationId"]] <= docks[stop["stationId"]]
        assert tour["endLoad"] == load
        assert tour["durationSeconds"] <= 7200
        span = datetime.fromisoformat(tour["end"]) - datetime.fromisoformat(tour["start"])
        assert span.total_seconds() == tour["durationSeconds"]
        aboard += load
    assert stock == {s["stationId"]: s["vehiclesAfter"] for s in document["stations"]}
    assert sum(stock.values()) + aboard == 30 * 16 + 3 * 2
    dropped = sum(m["vehicles"] for m in document["moves"] if m["kind"] == "drop")
    picked = sum(m["vehicles"] for m in document["moves"] if m["kind"] == "pick-up")
    assert 6 + picked - dropped == aboard


def test_the_plan_says_what_it_rests_on(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = plan(capsys, str(town), "--solutions", "3", "--trucks", "1")
    assert document["generated"] is True
    assert document["stockIsStale"] is True
    assert document["demand"]["assumed"] is True
    assert document["travelTimes"] == "straight-line"
    assert document["start"] == "2026-05-11T07:30:00+02:00"
    assert re.fullmatch("[0-9a-f]{16}", document["network"])


def test_past_trips_beside_the_network_are_used(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (town / "fleet").mkdir()
    (town / "fleet" / "trips.csv").write_text(
        "started_at,ended_at,start_station_id,end_station_id\n"
        + "2026-05-04T08:00,2026-05-04T08:10,s0,s1\n" * 30,
        encoding="utf-8",
    )
    document = plan(capsys, str(town), "--solutions", "3", "--trucks", "1")
    assert document["demand"] == {"source": "history of 1 days", "assumed": False}


def test_a_count_of_solutions_gives_the_same_plan_again(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (str(town), "--solutions", "4", "--time-limit", "60")
    first, second = plan(capsys, *words), plan(capsys, *words)
    assert first["tours"] == second["tours"]


def test_the_table_names_stations_and_times(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rebalance", str(town), "--solutions", "3", "--trucks", "1"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"\d\d:\d\d  pick up +\d+  \(aboard +\d+\)  Station s\d+", out)
    assert "assumption" in out


def test_a_town_without_bikes_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = write_town(tmp_path / "bare", [])
    assert main(["rebalance", str(bare), "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "has no stored feed with bike stations; build it with --gbfs FOLDER" in captured.err
    assert captured.err.count("\n") == 1


def test_a_folder_that_is_no_network_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rebalance", str(tmp_path), "--json"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_an_unknown_system_names_those_there_are(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rebalance", str(town), "--system", "none_such"]) == 1
    assert "it has: town_bike" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("--shift", "4 hours"), ("--trucks", "0"), ("--depot", "8.6"), ("--capacity", "-1")]
)
def test_wrong_words_are_wrong_usage(town: Path, words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["rebalance", str(town), *words])
    assert stopped.value.code == 2


def test_a_start_load_beyond_the_truck_is_one_clear_line(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rebalance", str(town), "--capacity", "5", "--start-load", "6"]) == 1
    assert "start load 6 is outside 0..5" in capsys.readouterr().err

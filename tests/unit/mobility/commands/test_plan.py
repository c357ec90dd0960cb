import json
import re
from datetime import date
from pathlib import Path

import pytest

from mobility.bench.plan import busy_hour
from mobility.commands import main
from mobility.commands.plan import explanation, table
from mobility.plan_query import PlanQuery
from routing.journeys.pages import Page
from routing.network import prepare
from tests.builders import MAIN_STREET, ask, save_town, town
from tests.street_maps import lonlat
from tests.unit.routing.flex.feeds import box, flex_town

LINES = "Red B 08:10 F 08:15\nRed B 08:40 F 08:45"


def spot(name: str) -> str:
    lon, lat = lonlat(*MAIN_STREET[name])
    return f"{lon:.7f},{lat:.7f}"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    version = save_town(town(LINES), tmp_path_factory.mktemp("town"))
    prepare(version)
    return version


def test_a_plan_is_one_json_document(directory: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["plan", str(directory), "--from", spot("A"), "--to", spot("F")]
    assert main([*words, "--at", "2024-05-07T08:00", "--json"]) == 0
    out, err = capfd.readouterr()
    body = json.loads(out)
    assert [leg["mode"] for leg in body["itineraries"][0]["legs"]] == ["WALK", "BUS"]
    assert body["itineraries"][0]["startTime"] == "2024-05-07T08:05:00+02:00"
    assert err == ""


def test_a_time_with_an_offset_is_taken_as_such(
    directory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["plan", str(directory), "--from", spot("A"), "--to", spot("F"), "--arrive-by"]
    assert main([*words, "--modes", "transit", "--at", "2024-05-07T06:16+00:00", "--json"]) == 0
    body = json.loads(capfd.readouterr().out)
    assert [way["endTime"] for way in body["itineraries"]] == ["2024-05-07T08:15:00+02:00"]


def test_names_are_told_in_the_language_asked_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    calls = "bus 1 stop:A 08:00 0 0\nbus 2 stop:F 08:10 0 0\n"
    names = "table_name,field_name,language,translation,record_id\nstops,stop_name,fr,Pont,A\n"
    network = flex_town(tmp_path, calls, translations=names)
    version = save_town(network, tmp_path / "version")
    prepare(version)
    words = ["plan", str(version), "--from", spot("A"), "--to", spot("F"), "--modes", "transit"]
    words += ["--at", "2024-05-07T08:00", "--json"]
    for more, name in (([], "A Street"), (["--language", "fr-CH"], "Pont")):
        assert main([*words, *more]) == 0
        leg = json.loads(capfd.readouterr().out)["itineraries"][0]["legs"][0]
        assert leg["from"]["name"] == name


def test_a_ride_on_demand_tells_until_when_to_book_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    calls = "flex 1 area:all 00:00-24:00 2 1 hour\nflex 2 area:all 00:00-24:00 1 2 hour\n"
    rule = "hour,1,60,,,,,,,Call us,,,+49 1,,\n"
    network = flex_town(tmp_path, calls, [box("all", 0, 9)], rule)
    version = save_town(network, tmp_path / "version")
    prepare(version)
    words = ["plan", str(version), "--from", spot("A"), "--to", spot("F"), "--modes", "flex"]
    words += ["--at", "2024-05-07T08:00", "--json"]
    assert main(words) == 0
    assert json.loads(capfd.readouterr().out)["itineraries"] == []  # booked years ago
    assert main([*words, "--missed-bookings"]) == 0
    leg = json.loads(capfd.readouterr().out)["itineraries"][0]["legs"][0]
    assert (leg["mode"], leg["tripId"], leg["routeLongName"]) == ("FLEX", "flex", "Line F")
    assert leg["bookingInfo"] == {
        "kind": "SAME_DAY",
        "deadline": "2024-05-07T07:00:00+02:00",
        "earliest": None,
        "message": "Call us",
        "phone": "+49 1",
        "infoUrl": None,
        "bookingUrl": None,
        "missed": True,
    }
    asked = ask(network, "A", "F", "08:00", modes="FLEX")
    assert "to be booked by 2024-05-07 07:00" in table(asked)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "8.6", "--to", "8,49"], "give LON,LAT as two numbers"),
        (["--from", "8,149", "--to", "8,49"], "were the two swapped"),
        (["--from", "nan,49", "--to", "8,49"], "must be finite"),
        (["--from", "8,49", "--to", "8,49", "--at", "noon"], "argument --time: give a time"),
        (["--from", "8,49", "--to", "8,49", "--modes", "FLY"], "of WALK, TRANSIT"),
    ],
)
def test_wrong_words_are_told_with_exit_code_2(
    words: list[str], said: str, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(directory), *words])
    assert stop.value.code == 2
    assert said in capsys.readouterr().err


def test_what_two_words_may_not_ask_together_is_told(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cursor = Page(1_715_061_600, False, 1_715_065_200).cursor()
    words = ["--from", "8,49", "--to", "8,49", "--via", "8,49", "--page-cursor", cursor]
    with pytest.raises(SystemExit) as stop:
        main(["plan", str(directory), *words])
    assert stop.value.code == 2
    assert "error: journeys over places on the way (via) have no pages" in capsys.readouterr().err


def test_every_word_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plan", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    said = {field.alias: explanation(field) for field in PlanQuery.model_fields.values()}
    assert [alias for alias, words in said.items() if not words or words not in text] == []


def test_a_folder_without_network_is_told_with_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(tmp_path), "--from", "8,49", "--to", "8,49"]) == 1
    assert "build the network again" in capsys.readouterr().err


def test_people_get_a_table() -> None:
    text = table(ask(town(LINES), "A", "F", max_itineraries=1))
    assert text.splitlines() == [
        "1  08:05 - 08:15  10 min, 0 transfers, 399 m on foot, price unknown",
        "     ONLY_WAY",
        "     08:05 WALK  A > B Street  399 m  08:10",
        "     08:10 BUS Red  B Street > F Street  1596 m  08:15",
    ]


def test_bench_plan_prints_median_and_95th_percentile(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bench", "plan", str(directory), "--queries", "5", "--seed", "1"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(
        r"5 plans on Tiny, 2024-05-01 08:00: CPU median [\d.]+ ms, p95 [\d.]+ ms, most [\d.]+ ms\n",
        out,
    )
    assert "itineraries" in err
    assert main([*words, "--stations", "3", "--modes", "walk,rental"]) == 0


def test_plans_are_timed_in_the_hour_in_which_most_vehicles_call() -> None:
    network = town(LINES + "\nBlue A 17:10 B 17:15 C 17:20 D 17:25 F 17:30\nRed B 25:10 F 25:15")
    assert busy_hour(network, date(2024, 5, 7)) == 17


def test_bench_without_a_name_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as stop:
        main(["bench"])
    assert stop.value.code == 2


def test_a_planned_journey_is_refreshed_and_replaced_by_its_id(
    directory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["--from", spot("A"), "--to", spot("F"), "--at", "2024-05-07T08:00", "--json"]
    assert main(["plan", str(directory), *words, "--modes", "TRANSIT"]) == 0
    way = json.loads(capfd.readouterr().out)["itineraries"][0]
    assert main(["refresh", str(directory), way["id"]]) == 0
    assert json.loads(capfd.readouterr().out)["state"] == "POSSIBLE"
    assert (
        main(["refresh", str(directory), way["id"], "--leg", "1", "--at", "2024-05-07T08:12"]) == 0
    )
    told = json.loads(capfd.readouterr().out)
    assert [call["scheduledTime"] for call in told["departures"]] == ["2024-05-07T08:40:00+02:00"]
    assert main(["refresh", str(directory), "made-up"]) == 1
    assert "none that a plan gave" in capfd.readouterr().err

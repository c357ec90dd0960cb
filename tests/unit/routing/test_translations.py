"""Names in other languages: which table is used, and what stays as it is."""

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mobility.network.names import stop_entries
from routing.explore.explorer import Explorer
from routing.explore.response import page_json, stop_json, trip_json
from routing.gtfs.read import read_gtfs
from routing.model import PlanResult
from routing.network import Network
from routing.notices import Notice
from routing.transit.timetable import Timetable
from tests.builders import DAY, ZONE, ask
from tests.unit.routing.flex.feeds import flex_feed

HEAD = "table_name,field_name,language,translation,record_id,record_sub_id,field_value\n"
INFO = "feed_publisher_name,feed_publisher_url,feed_lang\nTown,http://town.example,de\n"
CALLS = """
    bus 1 stop:A 08:00 0 0
    bus 2 stop:B 08:10 0 0
    bus 3 stop:D 08:20 0 0
"""
TEXTS = """stops,stop_name,en,Old Bridge,A,,
stops,stop_name,en,Market,,,B Street
stops,stop_name,fr,Marché,B,,
routes,route_short_name,en,Bee,B,,
routes,route_long_name,en,The Bee,,,Line B
trips,trip_headsign,en,to the end,bus,,
agency,agency_name,en,City Transport,T,,
feed_info,feed_publisher_name,en,City,,,
stop_times,stop_headsign,en,East,bus,2,
"""


def read(folder: Path, texts: str = TEXTS, **more: str) -> tuple[Timetable, list[Notice]]:
    files = {"feed_info": INFO, "translations": HEAD + texts} | more
    return read_gtfs([flex_feed(folder / "feed.zip", CALLS, **files)])


def plan(timetable: Timetable, *languages: str, **more: Any) -> PlanResult:
    more = {"max_access_walk_s": 60} | more
    network, modes = Network.of(None, timetable), "TRANSIT"
    return ask(network, "A", "D", "07:55", modes=modes, languages=languages, **more)


def told(result: PlanResult) -> list[str | None]:
    """Return what the bus and its stops are called."""
    leg = next(leg for leg in result.itineraries[0].legs if leg.trip)
    assert leg.trip is not None
    stops = (leg.origin, *leg.intermediate_stops, leg.destination)
    trip = leg.trip.short_name, leg.trip.long_name, leg.trip.headsign, leg.trip.agency_name
    return [*trip, *(stop.name for stop in stops)]


OWN = ["BB", "Line B", "anywhere", "Town", "A Street", "B Street", "D Street"]
ENGLISH = ["Bee", "The Bee", "to the end", "City Transport", "Old Bridge", "Market", "D Street"]
FRENCH = [*OWN[:5], "Marché", "D Street"]


@pytest.mark.parametrize(
    ("languages", "names"),
    [
        ((), OWN),
        (("en",), ENGLISH),
        (("EN-GB",), ENGLISH),
        (("fr", "en"), FRENCH),
        (("de", "en"), OWN),  # the feed's own language comes first
        (("de-AT", "en"), OWN),
        (("it", "en"), ENGLISH),
        (("it",), OWN),
    ],
)
def test_names_are_told_in_the_language_that_suits_best(
    tmp_path: Path, languages: tuple[str, ...], names: list[str]
) -> None:
    timetable, notices = read(tmp_path)
    assert notices == []
    assert told(plan(timetable, *languages)) == names


def test_walks_to_a_stop_call_it_the_same(tmp_path: Path) -> None:
    walk = plan(read(tmp_path)[0], "en", max_access_walk_s=600).itineraries[0].legs[0]
    assert (walk.mode, walk.destination.name) == ("WALK", "Market")


def test_the_names_of_a_record_go_before_those_of_a_text(tmp_path: Path) -> None:
    texts = "stops,stop_name,en,By text,,,A Street\nstops,stop_name,en,By id,A,,\n"
    assert told(plan(read(tmp_path, texts)[0], "en"))[4] == "By id"


def test_a_platform_is_called_like_its_station(tmp_path: Path) -> None:
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "S,Bahnhof,0,0.0036,1,\nA,Bahnhof,0,0.0036,0,S\nB,Bahnhof Ost,0,0.0072,0,S\n"
        "D,Ende,0,0.0144,0,\n"
    )
    timetable, _ = read(tmp_path, "stops,stop_name,en,Station,S,,\n", stops=stops)
    assert told(plan(timetable, "en"))[4:] == ["Station", "Bahnhof Ost", "Ende"]


def test_translations_saved_with_the_timetable_come_back(tmp_path: Path) -> None:
    timetable, _ = read(tmp_path)
    timetable.save(tmp_path / "transit")
    assert told(plan(Timetable.load(tmp_path / "transit"), "en")) == ENGLISH


def test_each_feed_speaks_its_own_languages(tmp_path: Path) -> None:
    one = flex_feed(tmp_path / "one.zip", CALLS, feed_info=INFO, translations=HEAD + TEXTS)
    other = flex_feed(tmp_path / "other.zip", CALLS)  # the same ids without translations
    assert told(plan(read_gtfs([other, one])[0], "en"))[0] in ("BB", "Bee")
    names = read_gtfs([other, one])[0].translations
    assert names is not None
    assert [names.best(feed, ("en",)) for feed in (0, 1)] == [None, "en"]
    assert names.find("en", "stop_name", 0, "A", "A Street") is None


def test_the_format_before_that_of_gtfs_is_read_too(tmp_path: Path) -> None:
    old = "trans_id,translation,lang\nA Street,Old Bridge,en\nanywhere,to the end,EN\nA,,en\n"
    timetable, notices = read(tmp_path, translations=old)
    assert told(plan(timetable, "en")) == [
        *OWN[:2], "to the end", "Town", "Old Bridge", *OWN[5:],
    ]  # fmt: skip
    assert [(n.code, n.row) for n in notices] == [("bad_translation", 4)]


def test_a_feed_without_translations_has_no_table(tmp_path: Path) -> None:
    assert read(tmp_path, "")[0].translations is None


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("cars,stop_name,en,X,A,,", "table_name"),
        ("stops,,en,X,A,,", "translation"),
        ("stops,stop_name,en,,A,,", "translation"),
        ("stops,stop_name,e n,X,A,,", "language"),
        ("stops,stop_name,en,X,,,", "record_id"),
        ("stops,stop_name,en,X,gone,,", "record_id"),
        ("stops,stop_name,en,X,A,,A Street", "field_value"),
    ],
)
def test_a_fault_of_a_translation_is_told(tmp_path: Path, row: str, field: str) -> None:
    _, notices = read(tmp_path, TEXTS + row + "\n")
    assert [(n.code, n.row, n.field) for n in notices] == [("bad_translation", 11, field)]


def test_boards_stops_and_trips_are_told_in_other_languages(tmp_path: Path) -> None:
    timetable, _ = read(tmp_path)
    explorer = Explorer(Network.of(None, timetable))
    speaker, row = explorer.speaker(("en",)), timetable.get_stop("A")
    moment = int(datetime.fromisoformat(f"{DAY}T07:55").replace(tzinfo=ZONE).timestamp())
    page = explorer.board.page([row], moment, 1)
    (call,) = page_json(explorer, page, False, speaker)["departures"]
    assert (call["routeShortName"], call["headsign"], call["agencyName"]) == (
        "Bee", "to the end", "City Transport"
    )  # fmt: skip
    assert (call["stop"]["name"], call["destination"]["name"]) == ("Old Bridge", "D Street")
    stop = stop_json(explorer, row, speaker=speaker)
    assert (stop["name"], stop["lines"]) == ("Old Bridge", ["Bee"])
    trip = trip_json(explorer, page.calls[0].leg, [], speaker)
    assert [call["name"] for call in trip["calls"]] == ["Old Bridge", "Market", "D Street"]
    own = page_json(explorer, page, False)["departures"][0]
    assert (own["routeShortName"], own["stop"]["name"]) == ("BB", "A Street")
    assert explorer.speaker(()) is None
    assert stop_json(explorer, row, speaker=explorer.speaker(("de", "en")))["name"] == "A Street"


def test_stops_are_listed_with_their_names_in_all_languages(tmp_path: Path) -> None:
    timetable, _ = read(tmp_path)
    spoken = {entry.name: dict(entry.spoken) for entry in stop_entries(timetable)}
    assert spoken == {
        "A Street": {"de": "A Street", "en": "Old Bridge"},
        "B Street": {"de": "B Street", "en": "Market", "fr": "Marché"},
        "D Street": {"de": "D Street"},
    }


BY_CALL = """
    bus 1 stop:A 08:00 0 0
    bus 2 stop:B 08:10 0 0
    bus 3 stop:D 08:20 0 0
    car 1 stop:A 09:00 0 0
    car 2 stop:D 09:20 0 0
"""


def test_the_headsign_of_a_call_goes_before_the_trips(tmp_path: Path) -> None:
    """Told where one boards, in plans and on boards, translated by the call or by its text."""
    rows = flex_feed(tmp_path / "plain.zip", BY_CALL)
    with zipfile.ZipFile(rows) as archive:
        head, *calls = archive.read("stop_times.txt").decode().splitlines()
    shown = ["anywhere", "East", "", "", ""]
    times = [f"{head},stop_headsign", *(f"{c},{s}" for c, s in zip(calls, shown, strict=True))]
    texts = "stop_times,stop_headsign,en,Eastward,bus,2,\ntrips,trip_headsign,en,Out,bus,,\n"
    feed = flex_feed(
        tmp_path / "feed.zip", BY_CALL, stop_times="\n".join(times) + "\n",
        feed_info=INFO, translations=HEAD + texts,
    )  # fmt: skip
    timetable, notices = read_gtfs([feed])
    assert notices == []
    timetable.save(tmp_path / "saved")
    for table in (timetable, Timetable.load(tmp_path / "saved")):
        network = Network.of(None, table)
        told = {}
        for start, language in (("A", "de"), ("B", "de"), ("B", "en"), ("A", "en")):
            asked = {"modes": "TRANSIT", "max_access_walk_s": 60, "languages": (language,)}
            way = ask(network, start, "D", "07:55", **asked).itineraries[0]
            told[start, language] = next(leg.trip.headsign for leg in way.legs if leg.trip)
        assert told == {
            ("A", "de"): "anywhere",
            ("B", "de"): "East",
            ("B", "en"): "Eastward",
            ("A", "en"): "Out",
        }
    explorer, moment = Explorer(Network.of(None, timetable)), datetime.fromisoformat(f"{DAY}T08:00")
    rows_at_b = [timetable.get_stop("B")]
    page = explorer.board.page(rows_at_b, int(moment.replace(tzinfo=ZONE).timestamp()), 1)
    assert page_json(explorer, page, False)["departures"][0]["headsign"] == "East"

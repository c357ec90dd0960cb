"""Changes that depend on the route or the trip."""

from pathlib import Path

import pytest

from routing.gtfs.read import read_gtfs
from routing.transit.search import TransitSearch, Walk
from tests.unit.routing.feeds import write_feed
from tests.unit.routing.test_transit_search import DAY, at, city, earliest, seconds, show

LINES = "Red A 08:00 B 08:10", "Blue B 08:15 C 08:30", "Blue2 B 08:25 C 08:40"
HEADER = (
    "from_stop_id,to_stop_id,transfer_type,min_transfer_time,"
    "from_trip_id,to_trip_id,from_route_id,to_route_id\n"
)
ROUTES = "route_id,agency_id,route_short_name,route_type\nR,A,1,3\nQ,A,2,3\n"
TRIPS = "route_id,service_id,trip_id\nR,S,Red\nQ,S,Blue\nQ,S,Blue2\n"
FIRST = ["A 08:00 Red B 08:10, B 08:15 Blue C 08:30"]
SECOND = ["A 08:00 Red B 08:10, B 08:25 Blue2 C 08:40"]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ("B,B,2,600,,,,", SECOND),
        ("B,B,2,600,Red,,,", SECOND),
        ("B,B,2,600,,,R,", SECOND),
        ("B,B,2,600,,,Q,", FIRST),  # another route
        ("B,B,2,600,,,,\nB,B,2,60,,,R,Q", FIRST),  # the routes outweigh the stop
        ("B,B,2,600,Red,,,\nB,B,2,60,,,R,Q", SECOND),  # a trip outweighs both routes
        ("B,B,2,600,Red,,,\nB,B,2,60,Red,,,Q", FIRST),  # a trip and a route outweigh a trip
        ("B,B,2,600,Red,Blue,,\nB,B,2,60,Red,,,Q", SECOND),  # both trips outweigh all
        ("B,B,3,,Red,Blue,,", SECOND),  # forbidden for these two
        ("B,B,3,,,,,\nB,B,1,,Red,Blue2,,", SECOND),  # allowed for these two
        ("B,B,3,,,,R,Q", []),
    ],
)
def test_the_most_specific_rule_counts(tmp_path: Path, rules: str, found: list[str]) -> None:
    town = city(tmp_path, *LINES, transfers=HEADER + rules, trips=TRIPS, routes=ROUTES)
    assert earliest(town, "A", "C", "07:55") == found
    search, view, ends = TransitSearch(town), town.day_view(DAY), (at(town, "A"), at(town, "C"))
    every = search.range(view, *ends, seconds("07:00"), 7200)
    backward = search.arrive_by(view, *ends, seconds("09:00"))
    assert [show(town, journey) for journey in every] == found
    assert [journey.departure_s for journey in backward] == [seconds("08:00")] * len(found)


def test_answers_speak_of_the_timetables_stops_and_of_no_walk_at_one_stop(tmp_path: Path) -> None:
    rules = HEADER + "B,B,2,240,,,R,Q\nB,X,2,60,,,R,Q"
    lines = *LINES, "Far X 08:12 Y 08:20"
    trips = TRIPS + "Q,S,Far\n"
    town = city(tmp_path, *lines, transfers=rules, trips=trips, routes=ROUTES)
    search, view = TransitSearch(town), town.day_view(DAY)
    assert view.n_stops > view.n_real_stops == town.n_stops
    found = search.earliest(view, at(town, "A"), at(town, "C"), seconds("07:55"))
    assert [show(town, journey) for journey in found] == FIRST
    assert (found[0].walk_s, found[0].access_stop) == (0, town.get_stop("A"))
    far = search.earliest(view, at(town, "A"), at(town, "Y"), seconds("07:55"))
    assert [leg for leg in far[0].legs if isinstance(leg, Walk)] == [
        Walk(town.get_stop("B"), town.get_stop("X"), 60)
    ]


def test_a_rule_for_a_station_holds_at_its_platforms_unless_one_names_them(tmp_path: Path) -> None:
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "A,A,50.0,8.0,0,\nS,S,50.1,8.0,1,\nB,B,50.1,8.0,0,S\nC,C,50.2,8.0,0,\n"
    )
    for rules, found in (
        ("S,S,2,600,,,R,Q", SECOND),
        ("S,S,2,600,,,R,Q\nB,B,2,60,,,R,Q", FIRST),
    ):
        town = city(
            tmp_path, *LINES, transfers=HEADER + rules, trips=TRIPS, routes=ROUTES, stops=stops
        )
        assert earliest(town, "A", "C", "07:55") == found


def test_a_rule_for_an_unknown_route_is_told(tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "feed.zip", transfers=HEADER + "a,b,2,60,,,R,Z\n")
    table, notices = read_gtfs([feed])
    assert len(table.rules.kind) == 0
    assert [(n.code, n.row, n.field) for n in notices] == [("unknown_route", 2, "to_route_id")]

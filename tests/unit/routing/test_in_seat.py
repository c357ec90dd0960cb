"""Staying on board while a vehicle goes on as another trip."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from routing.explore.board import Board
from routing.gtfs.read import read_gtfs
from routing.journeys.response import to_json
from routing.journeys.rides import RideDrawer
from routing.network import Network
from routing.transit.day_store import DayStore
from routing.transit.search import TransitSearch
from routing.transit.timetable import Timetable
from tests.builders import ask, shown, town
from tests.realtime_feeds import ask as ask_live
from tests.realtime_feeds import instant, live_planner, new_message, tell
from tests.unit.routing.feeds import write_feed
from tests.unit.routing.test_transit_search import DAY, at, city, seconds, show

RULES = "transfer_type,from_trip_id,to_trip_id\n"


def vehicles(folder: Path, *lines: str, blocks: str = "", rules: str = "") -> Timetable:
    """Make a city in which trips ``Red,Blue`` of a block are run by one vehicle."""
    names = [line.split()[0] for line in lines]
    number = {name: str(n) for n, row in enumerate(blocks.split()) for name in row.split(",")}
    trips = "route_id,service_id,trip_id,block_id\n" + "".join(
        f"R,S,{name},{number.get(name, '')}\n" for name in names
    )
    return city(folder, *lines, trips=trips, transfers=RULES + rules if rules else "")


def rides(town: Timetable, a: str, b: str, when: str = "07:55") -> list[tuple[str, int]]:
    found = TransitSearch(town).earliest(
        town.day_view(DAY), at(town, a), at(town, b), seconds(when)
    )
    return [(show(town, journey), journey.transfers) for journey in found]


RED_BLUE = "Red A 08:00 B 08:10", "Blue B 08:15 C 08:30"


def test_a_vehicle_that_goes_on_as_another_trip_is_no_transfer(tmp_path: Path) -> None:
    town = vehicles(tmp_path, *RED_BLUE, blocks="Red,Blue")
    assert rides(town, "A", "C") == [("A 08:00 Red B 08:10, B 08:15 Blue C 08:30", 0)]
    assert rides(town, "A", "B") == [("A 08:00 Red B 08:10", 0)]
    assert rides(town, "B", "C") == [("B 08:15 Blue C 08:30", 0)]


def test_two_vehicles_are_one_transfer(tmp_path: Path) -> None:
    assert rides(vehicles(tmp_path, *RED_BLUE), "A", "C")[0][1] == 1


def test_who_stays_on_board_needs_no_time_to_change(tmp_path: Path) -> None:
    lines = "Red A 08:00 B 08:10", "Blue B 08:10 C 08:30"
    header = "transfer_type,from_trip_id,to_trip_id,from_stop_id,to_stop_id\n"
    for kind, found in (("4", 1), ("5", 0)):
        town = city(tmp_path, *lines, transfers=f"{header}3,,,B,B\n{kind},Red,Blue,,\n")
        assert len(rides(town, "A", "C")) == found


def test_arriving_by_a_time_and_ranges_stay_on_board_too(tmp_path: Path) -> None:
    town = vehicles(tmp_path, *RED_BLUE, blocks="Red,Blue")
    search, view, ends = TransitSearch(town), town.day_view(DAY), (at(town, "A"), at(town, "C"))
    wanted = ["A 08:00 Red B 08:10, B 08:15 Blue C 08:30"]
    backward = search.arrive_by(view, *ends, seconds("09:00"))
    every = search.range(view, *ends, seconds("07:00"), 7200)
    assert [show(town, journey) for journey in backward] == wanted
    assert [show(town, journey) for journey in every] == wanted
    assert [leg.in_seat for leg in every[0].legs] == [False, True]


def test_a_line_that_runs_back_the_way_it_came_is_not_ridden_through(tmp_path: Path) -> None:
    there, back = "Out A 08:00 B 08:10 C 08:20", "Back C 08:25 B 08:35 A 08:45"
    town = vehicles(tmp_path, there, back, blocks="Out,Back")
    assert town.day_view(DAY).through is None


def test_a_circle_is_ridden_on_past_its_end(tmp_path: Path) -> None:
    rounds = [f"Round{h} A 0{h}:00 B 0{h}:15 C 0{h}:30 D 0{h}:45 A 0{h}:58" for h in (7, 8, 9)]
    town = vehicles(tmp_path, *rounds, blocks="Round7,Round8,Round9")
    assert rides(town, "D", "B", "07:40") == [("D 07:45 Round7 A 07:58, A 08:00 Round8 B 08:15", 0)]


def test_a_long_wait_another_place_or_another_day_ends_the_ride(tmp_path: Path) -> None:
    for second in ("Blue B 08:41 C 08:50", "Blue X 08:15 C 08:30"):
        town = vehicles(tmp_path, RED_BLUE[0], second, blocks="Red,Blue")
        assert town.day_view(DAY).through is None
    night = "Late A 25:00 B 25:10", "Early B 01:15 C 01:30"
    town = vehicles(tmp_path, *night, blocks="Late,Early")
    assert town.day_view(DAY).through is None


def test_the_feed_may_allow_or_forbid_to_stay_on_board(tmp_path: Path) -> None:
    far = "Blue X 09:15 C 09:30"
    told = vehicles(tmp_path, RED_BLUE[0], far, rules="4 Red Blue")
    assert rides(told, "A", "C") == [("A 08:00 Red B 08:10, X 09:15 Blue C 09:30", 0)]
    barred = vehicles(tmp_path, *RED_BLUE, blocks="Red,Blue", rules="5 Red Blue")
    assert rides(barred, "A", "C")[0][1] == 1


def test_a_train_that_is_parted_leads_both_ways(tmp_path: Path) -> None:
    town = vehicles(
        tmp_path,
        "Train A 08:00 B 08:10",
        "North B 08:15 N 08:30",
        "South B 08:16 S 08:30",
        rules="4 Train North\n4 Train South",
    )
    assert [rides(town, "A", end)[0][1] for end in ("N", "S")] == [0, 0]


def test_one_stays_on_board_at_most_twice_in_a_row(tmp_path: Path) -> None:
    legs = [
        f"T{n} {a} 0{n}:00 {b} 0{n}:50"
        for n, (a, b) in enumerate(zip("ABCD", "BCDE", strict=True), 1)
    ]
    town = vehicles(tmp_path, *legs, blocks="T1,T2,T3,T4")
    assert [rides(town, "A", end, "00:50")[0][1] for end in "BCDE"] == [0, 0, 0, 1]
    assert rides(town, "B", "E", "01:50")[0][1] == 0


def test_trips_by_headway_are_not_joined(tmp_path: Path) -> None:
    town = city(
        tmp_path,
        *RED_BLUE,
        trips="route_id,service_id,trip_id,block_id\nR,S,Red,1\nR,S,Blue,1\n",
        frequencies="trip_id,start_time,end_time,headway_secs\nRed,08:00:00,09:00:00,600\n",
    )
    assert town.day_view(DAY).through is None
    assert rides(town, "A", "C")[0][1] == 1


def test_rules_survive_saving_and_name_what_they_do_not_find(tmp_path: Path) -> None:
    town = vehicles(tmp_path, RED_BLUE[0], "Blue X 09:15 C 09:30", rules="4 Red Blue")
    town.save(tmp_path / "saved")
    assert rides(Timetable.load(tmp_path / "saved"), "A", "C") == rides(town, "A", "C")
    feed = write_feed(tmp_path / "feed.zip", transfers=RULES + "4,t1,t9\n5,,t1\n")
    table, notices = read_gtfs([feed])
    assert len(table.rules.kind) == 0
    assert [(n.code, n.row, n.field) for n in notices] == [
        ("unknown_trip", 2, "to_trip_id"),
        ("unknown_trip", 3, "from_trip_id"),
    ]


def test_a_day_shared_with_other_processes_keeps_what_is_joined(tmp_path: Path) -> None:
    town = vehicles(tmp_path, *RED_BLUE, blocks="Red,Blue")
    town.save(tmp_path / "saved")
    for _ in range(2):  # the one who makes the day, and the one who opens it
        shared = Timetable.load(tmp_path / "saved", DayStore(tmp_path / "days"))
        assert rides(shared, "A", "C") == rides(town, "A", "C")
        search, ends = TransitSearch(shared), (at(shared, "A"), at(shared, "C"))
        assert len(search.arrive_by(shared.day_view(DAY), *ends, seconds("09:00"))[0].legs) == 2


LINES = """
    Red A 08:10 D 08:25
    Blue D 08:30 J 08:55
"""


def one_vehicle(network: Network, *trips: str) -> Network:
    """Return the network with these trips in one block."""
    table = network.timetable
    assert table is not None
    block = np.where(np.isin(list(table.trips.id), trips), 0, -1).astype(np.int32)
    table = table.with_tables(trips=replace(table.trips, block=block))
    return Network.of(network.streets, table, timezone=network.timezone)


def test_a_plan_tells_both_trips_and_that_one_stays_seated() -> None:
    result = ask(one_vehicle(town(LINES), "trip0", "trip1"), "A", "J", modes="WALK TRANSIT")
    way = to_json(result)["itineraries"][1]
    assert shown(result)[1] == "A 08:10 Red D 08:25, D 08:30 Blue J 08:55"
    assert way["transfers"] == 0
    legs = [(leg["tripId"], leg["interlineWithPreviousLeg"]) for leg in way["legs"]]
    assert legs == [("trip0", False), ("trip1", True)]


def test_a_cancelled_trip_does_not_take_the_next_with_it() -> None:
    network = one_vehicle(town(LINES), "trip0", "trip1")
    message = new_message()
    tell(message, "trip0", "CANCELED")
    planner = live_planner(network, message)
    assert shown(ask_live(planner, start="D")) == ["D 08:30 Blue J 08:55"]
    assert not shown(ask_live(planner, start="A", modes="TRANSIT"))


def test_a_delay_keeps_riders_on_board_as_long_as_the_next_trip_waits() -> None:
    network = one_vehicle(town(LINES), "trip0", "trip1")
    message = new_message()
    tell(message, "trip0", D="+3")
    tell(message, "trip1", D="+1")
    late = ask_live(live_planner(network, message)).itineraries[0]
    assert [leg.interlined for leg in late.legs] == [False, True]
    assert [leg.real_time for leg in late.legs] == [True, True]
    assert [leg.destination.arrival_s for leg in late.legs] == [leg.end_s for leg in late.legs]
    message = new_message()
    tell(message, "trip0", D="+6")
    assert not shown(ask_live(live_planner(network, message), modes="TRANSIT"))


def test_a_departure_board_lists_each_trip_once() -> None:
    network = one_vehicle(town(LINES), "trip0", "trip1")
    assert network.timetable is not None
    stop = network.timetable.get_stop("D")
    board = Board(network.timetable, RideDrawer(network, network.timetable))
    calls = board.page([stop], instant("08:00"), 2).calls
    found = [(call.time_s, call.leg.trip.trip_id) for call in calls if call.leg.trip]
    assert found == [(instant("08:30"), "trip1")]

"""Journeys one can work out by hand, and networks made to break a search."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from routing.gtfs.read import read_gtfs
from routing.transit.day_view import TripFilter
from routing.transit.modes import TransitMode
from routing.transit.search import Ends, Ride, TransitJourney, TransitQueryError, TransitSearch
from routing.transit.timetable import Timetable
from tests.unit.routing.feeds import FILES, write_feed

DAY = date(2024, 6, 12)


def city(folder: Path, *lines: str, transfers: str = "", **changes: str) -> Timetable:
    """Make a timetable of lines like ``Red A 08:00 B 08:10``; stops appear as they are named."""
    stops: dict[str, None] = {}
    trips, times = "route_id,service_id,trip_id\n", ""
    for line in lines:
        trip, *words = line.split()
        trips += f"R,S,{trip}\n"
        for position, (stop, at) in enumerate(zip(words[::2], words[1::2], strict=True)):
            stops[stop] = None
            times += f"{trip},{at}:00,{at}:00,{stop},{position}\n"
    stop_rows = "".join(f"{s},{s},50.{i:03},8.0\n" for i, s in enumerate(stops))
    if "transfer_type" not in transfers:
        transfers = "from_stop_id to_stop_id transfer_type min_transfer_time\n" + transfers
    rows = "".join(",".join(row.split()) + "\n" for row in transfers.splitlines() if row.strip())
    files = {
        "stops": "stop_id,stop_name,stop_lat,stop_lon\n" + stop_rows,
        "trips": trips,
        "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + times,
        "transfers": rows,
        **changes,
    }
    timetable, notices = read_gtfs([write_feed(folder / "city.zip", **files)])
    assert notices == []
    return timetable


def at(timetable: Timetable, *names: str) -> Ends:
    stops = np.array([timetable.get_stop(name) for name in names], np.uint32)
    return stops, np.zeros(len(stops), np.int32)


def seconds(clock: str) -> int:
    return int(clock[:2]) * 3600 + int(clock[3:]) * 60


def clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}"


def show(timetable: Timetable, journey: TransitJourney) -> str:
    ids, trips = timetable.stops.id, timetable.trips.id
    return ", ".join(
        f"{ids[leg.board_stop]} {clock(leg.departure_s)} {trips[leg.trip_idx]} "
        f"{ids[leg.alight_stop]} {clock(leg.arrival_s)}"
        if isinstance(leg, Ride)
        else f"walk {leg.seconds} s"
        for leg in journey.legs
    )


def earliest(timetable: Timetable, a: str, b: str, when: str) -> list[str]:
    search = TransitSearch(timetable)
    ends = at(timetable, a), at(timetable, b)
    found = search.earliest(timetable.day_view(DAY), *ends, seconds(when))
    return [show(timetable, journey) for journey in found]


def test_a_tight_connection_is_taken(tmp_path: Path) -> None:
    town = city(tmp_path, "Red A 08:00 B 08:10 C 08:20", "Blue B 08:10 D 08:30")
    assert earliest(town, "A", "D", "07:55") == ["A 08:00 Red B 08:10, B 08:10 Blue D 08:30"]


def test_a_change_takes_the_time_the_feed_says(tmp_path: Path) -> None:
    lines = "Red A 08:00 B 08:10", "Blue1 B 08:12 D 08:30", "Blue2 B 08:20 D 08:40"
    town = city(tmp_path, *lines, transfers="B B 2 300")
    assert earliest(town, "A", "D", "07:55") == ["A 08:00 Red B 08:10, B 08:20 Blue2 D 08:40"]


def test_a_forbidden_change_is_not_made(tmp_path: Path) -> None:
    town = city(tmp_path, "Red A 08:00 B 08:10", "Blue B 08:12 D 08:30", transfers="B B 3 ,")
    assert earliest(town, "A", "D", "07:55") == []


def test_an_express_that_overtakes_is_found_beside_the_slow_train(tmp_path: Path) -> None:
    town = city(tmp_path, "Slow A 08:00 B 08:30 C 09:00", "Fast A 08:05 B 08:15 C 08:25")
    assert len(town.day_view(DAY).stop_first) - 1 == 2
    assert earliest(town, "A", "C", "08:00") == ["A 08:05 Fast C 08:25"]
    assert earliest(town, "A", "B", "07:00") == ["A 08:05 Fast B 08:15"]


def test_fewer_changes_and_earlier_arrival_are_both_offered(tmp_path: Path) -> None:
    lines = "Red A 08:00 B 08:10", "Blue B 08:12 D 08:30", "Direct A 08:00 D 09:00"
    assert earliest(city(tmp_path, *lines), "A", "D", "07:55") == [
        "A 08:00 Direct D 09:00",
        "A 08:00 Red B 08:10, B 08:12 Blue D 08:30",
    ]


def test_a_stop_walked_to_early_still_leads_on_from_its_later_vehicle(tmp_path: Path) -> None:
    # C is reached on foot first; D, which only C has a footpath to, needs C's own vehicle.
    town = city(
        tmp_path,
        "Red A 08:00 B 08:10 C 08:15",
        "Blue D 08:20 E 08:30",
        transfers="B C 2 60\nC D 2 120",
    )
    assert earliest(town, "A", "E", "08:00") == [
        "A 08:00 Red C 08:15, walk 120 s, D 08:20 Blue E 08:30"
    ]


def test_a_walk_between_vehicles_is_one_footpath_only(tmp_path: Path) -> None:
    town = city(
        tmp_path,
        "Red A 08:00 B 08:10",
        "Blue D 09:00 E 09:30",
        transfers="B C 2 60\nC D 2 60",
        stops=FILES["stops.txt"].split("\n")[0]
        + "\n"
        + "".join(f"{s},{s},50.0{i},8.0\n" for i, s in enumerate("ABCDE")),
    )
    assert earliest(town, "A", "E", "08:00") == []


def test_boarding_rules_are_kept(tmp_path: Path) -> None:
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "Red,08:00:00,08:00:00,A,0,0,0\nRed,08:10:00,08:10:00,B,1,1,0\n"
        "Red,08:20:00,08:20:00,C,2,0,1\nRed,08:30:00,08:30:00,D,3,0,0\n"
    )
    town = city(tmp_path, "Red A 08:00 B 08:10 C 08:20 D 08:30", stop_times=times)
    assert earliest(town, "A", "B", "08:00") == ["A 08:00 Red B 08:10"]
    assert earliest(town, "B", "D", "08:00") == []  # no boarding at B
    assert earliest(town, "A", "C", "08:00") == []  # no alighting at C
    assert earliest(town, "C", "D", "08:00") == ["C 08:20 Red D 08:30"]


def test_the_night_bus_of_the_day_before_is_caught_after_midnight(tmp_path: Path) -> None:
    town = city(tmp_path, "Night A 24:30 B 25:00")
    search, view = TransitSearch(town), town.day_view(DAY)
    [journey] = search.earliest(view, at(town, "A"), at(town, "B"), 600)
    [ride] = journey.legs
    assert isinstance(ride, Ride)
    assert (ride.departure_s, ride.service_date) == (1800, date(2024, 6, 11))


def test_the_first_bus_of_the_next_day_is_found_in_the_evening(tmp_path: Path) -> None:
    town = city(tmp_path, "Early A 05:00 B 05:30")
    assert earliest(town, "A", "B", "23:00") == ["A 29:00 Early B 29:30"]


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2024, 3, 30), datetime(2024, 3, 30, 7, 0, tzinfo=UTC)),
        (date(2024, 3, 31), datetime(2024, 3, 31, 6, 0, tzinfo=UTC)),
        (date(2024, 10, 27), datetime(2024, 10, 27, 7, 0, tzinfo=UTC)),
    ],
)
def test_eight_o_clock_is_eight_o_clock_when_the_clocks_change(
    tmp_path: Path, day: date, instant: datetime
) -> None:
    calendar = FILES["calendar.txt"].replace("1,1,1,1,1,0,0", "1,1,1,1,1,1,1")
    agency = FILES["agency.txt"].replace("UTC", "Europe/Berlin")
    town = city(tmp_path, "Red A 08:00 B 08:10", agency=agency, calendar=calendar)
    view = town.day_view(day)
    [journey] = TransitSearch(town).earliest(view, at(town, "A"), at(town, "B"), 0)
    assert view.epoch_s + journey.departure_s == instant.timestamp()


def test_times_count_by_the_clock_of_each_agency(tmp_path: Path) -> None:
    agency = FILES["agency.txt"] + "B,Far,http://b.example,Europe/Helsinki\n"
    agency = agency.replace("UTC", "Europe/Berlin")
    routes = FILES["routes.txt"] + "F,B,2,3\n"
    trips = "route_id,service_id,trip_id\nR,S,Red\nF,S,Far\n"
    lines = "Red A 08:00 B 08:10", "Far B 09:10 C 09:30"  # 09:10 there is 08:10 here
    town = city(tmp_path, *lines, agency=agency, routes=routes, trips=trips)
    view = town.day_view(DAY)
    [journey] = TransitSearch(town).earliest(view, at(town, "A"), at(town, "C"), seconds("08:00"))
    assert clock(journey.arrival_s) == "08:30"


def test_a_range_lists_each_departure_that_is_worth_it(tmp_path: Path) -> None:
    lines = [f"Red{i} A 08:{i}0 B 08:{i}5 C 08:{i}9" for i in range(6)]
    town = city(tmp_path, *lines, "Slow A 08:01 C 08:40")
    found = TransitSearch(town).range(
        town.day_view(DAY), at(town, "A"), at(town, "C"), seconds("08:00"), 1800
    )
    assert [show(town, journey) for journey in found] == [
        "A 08:00 Red0 C 08:09",
        "A 08:10 Red1 C 08:19",
        "A 08:20 Red2 C 08:29",
    ]


def test_arriving_by_a_time_leaves_as_late_as_possible(tmp_path: Path) -> None:
    lines = [f"Red{i} A 08:{i}0 B 08:{i}5" for i in range(6)]
    town = city(tmp_path, *lines, *(f"Blue{i} B 08:{i}6 C 08:{i}9" for i in range(6)))
    search, view = TransitSearch(town), town.day_view(DAY)
    ends = view, at(town, "A"), at(town, "C"), seconds("08:45")
    assert [show(town, journey) for journey in search.arrive_by(*ends)] == [
        "A 08:30 Red3 B 08:35, B 08:36 Blue3 C 08:39"
    ]
    window = [j.departure_s for j in search.arrive_by(*ends, window_s=1800)]
    assert window == [seconds("08:10"), seconds("08:20"), seconds("08:30")]


def test_walking_there_beats_a_vehicle_that_arrives_no_earlier(tmp_path: Path) -> None:
    town = city(tmp_path, "Red A 08:10 B 08:20")
    search, view = TransitSearch(town), town.day_view(DAY)
    ends = view, at(town, "A"), at(town, "B"), seconds("08:00")
    assert search.earliest(*ends, direct_s=1200) == []
    assert len(search.earliest(*ends, direct_s=1201)) == 1


def test_what_says_no_to_wheelchairs_is_left_out_on_request(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id,wheelchair_accessible,bikes_allowed\n"
    trips += "R,S,Red,2,0\nR,S,Blue,0,2\n"
    town = city(tmp_path, "Red A 08:00 B 08:10", "Blue A 09:00 B 09:10", trips=trips)
    search, ends = TransitSearch(town), (at(town, "A"), at(town, "B"), 0)

    def first(only: TripFilter | None) -> list[str]:
        return [show(town, j) for j in search.earliest(town.day_view(DAY, only), *ends)]

    assert first(None) == ["A 08:00 Red B 08:10"]
    assert first(TripFilter(wheelchair=True)) == ["A 09:00 Blue B 09:10"]
    assert first(TripFilter(bikes=True)) == ["A 08:00 Red B 08:10"]
    assert first(TripFilter(modes=frozenset({TransitMode.TRAM}))) == []


def test_a_loop_line_is_ridden_past_its_start(tmp_path: Path) -> None:
    town = city(tmp_path, "Ring A 08:00 B 08:10 C 08:20 A 08:30 B 08:40")
    assert earliest(town, "C", "B", "08:00") == ["C 08:20 Ring B 08:40"]
    assert earliest(town, "B", "A", "08:05") == ["B 08:10 Ring A 08:30"]


def test_hops_of_no_time_do_not_go_round_for_ever(tmp_path: Path) -> None:
    lines = [f"T{i} A 08:00 B 08:00 C 08:00" for i in range(3)]
    lines += [f"U{i} C 08:00 B 08:00 A 08:00" for i in range(3)]
    town = city(tmp_path, *lines, transfers="A B 2 0\nB A 2 0\nB C 2 0\nC B 2 0")
    assert earliest(town, "A", "C", "08:00") == ["A 08:00 T0 C 08:00"]


def test_a_trip_of_300_stops_is_ridden_to_its_end(tmp_path: Path) -> None:
    words = " ".join(f"s{i} {8 + i // 60:02}:{i % 60:02}" for i in range(300))
    town = city(tmp_path, f"Long {words}")
    assert earliest(town, "s0", "s299", "08:00") == ["s0 08:00 Long s299 12:59"]


def test_a_stop_with_5000_footpaths_is_searched(tmp_path: Path) -> None:
    header = "stop_id,stop_name,stop_lat,stop_lon\nA,A,50,8\nB,B,50,8.1\nZ,Z,50,8.2\n"
    stops = header + "".join(f"n{i},n,50.1,8.{i:04}\n" for i in range(5000))
    walks = "".join(f"B n{i} 2 {i}\n" for i in range(5000))
    town = city(
        tmp_path, "Red A 08:00 B 08:10", "Blue n4999 10:00 Z 10:10", transfers=walks, stops=stops
    )
    assert earliest(town, "A", "Z", "08:00") == [
        "A 08:00 Red B 08:10, walk 4999 s, n4999 10:00 Blue Z 10:10"
    ]


def test_a_search_outside_the_timetable_is_refused(tmp_path: Path) -> None:
    town = city(tmp_path, "Red A 08:00 B 08:10")
    search, view = TransitSearch(town), town.day_view(DAY)
    here, beyond = at(town, "A"), (np.array([2], np.uint32), np.array([0], np.int32))
    with pytest.raises(TransitQueryError, match="outside 0 to 1"):
        search.earliest(view, beyond, here, 0)
    with pytest.raises(TransitQueryError, match="seconds to a stop"):
        search.earliest(view, here, (here[0], here[1] - 1), 0)
    with pytest.raises(TransitQueryError, match="at most 14"):
        search.earliest(view, here, here, 0, max_transfers=15)
    with pytest.raises(TransitQueryError, match="one length"):
        search.earliest(view, here, (here[0], np.zeros(2, np.int32)), 0)


def test_searches_of_two_timetables_take_turns_in_one_thread(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    small = city(tmp_path / "small", "Red A 08:00 B 08:10")
    words = [f"T{i} A 08:{i:02} s{i} 09:{i:02}" for i in range(40)]
    large = city(tmp_path, *words)
    for _ in range(2):
        assert earliest(small, "A", "B", "08:00") == ["A 08:00 Red B 08:10"]
        assert earliest(large, "A", "s39", "08:00") == ["A 08:39 T39 s39 09:39"]

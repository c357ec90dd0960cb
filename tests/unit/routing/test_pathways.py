"""Ways inside stations: from the street to a platform, and from one platform to another."""

from pathlib import Path
from typing import Any

import pytest

from routing.gtfs.read import read_gtfs
from routing.journeys.access import Side
from routing.journeys.response import to_json
from routing.network import Network, link_stops
from routing.planner import Planner
from routing.sharing.fleet import fleets
from routing.sharing.rental import RentalSearch, rental_ends
from routing.streets.footpaths import with_street_footpaths
from routing.transit.timetable import Timetable
from tests.builders import MAIN_STREET, STREET, bikes, request, show, station
from tests.realtime_feeds import instant, live_planner, new_message
from tests.street_maps import DEGREE_M, draw
from tests.unit.routing.feeds import write_feed
from tests.unit.routing.flex.feeds import box, flex_town

AGENCY = "agency_id,agency_name,agency_url,agency_timezone\nT,T,http://t.example,Europe/Berlin\n"
CALENDAR = (
    "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "S,1,1,1,1,1,1,1,20240501,20240531\n"
)
LEVELS = "level_id,level_index,level_name\nL0,0,Street\nL1,-1,Platforms\n"
HEAD = (
    "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time,length,"
    "stair_count,signposted_as,reversed_signposted_as\n"
)
STAIRS_AND_LIFT = HEAD + (
    "1,west,hall,2,1,30,,,To trains,Exit West\n"
    "2,east,lift,1,1,20,,,,\n3,lift,hall,5,1,60,,,Lift,Lift\n"
    "4,hall,P1,1,1,10,,,Track 1,\n5,hall,P2,1,1,15,,,Track 2,\n"
)


def station_stops() -> str:
    """Write a station whose entrances are at D and F, its platforms at E; stops at A and J."""
    rows = [
        ("A", "A", 0, "", ""),
        ("J", "J", 0, "", ""),
        ("station", "E", 1, "", ""),
        ("west", "D", 2, "station", "L0"),
        ("east", "F", 2, "station", "L0"),
        ("lift", "E", 3, "station", "L0"),
        ("hall", "E", 3, "station", "L1"),
        ("P1", "E", 0, "station", "L1"),
        ("P2", "E", 0, "station", "L1"),
    ]
    text = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,level_id\n"
    for name, spot, kind, parent, level in rows:
        x, y = MAIN_STREET[spot]
        text += f"{name},{name},{y / DEGREE_M},{x / DEGREE_M},{kind},{parent},{level}\n"
    return text


def timetable(folder: Path, pathways: str = STAIRS_AND_LIFT, **more: str) -> Timetable:
    """Make two lines: Red from P1 to J, Blue from A to P2."""
    feed = write_feed(
        folder / "feed.zip",
        agency=AGENCY,
        calendar=CALENDAR,
        stops=station_stops(),
        levels=LEVELS,
        pathways=pathways,
        routes="route_id,agency_id,route_short_name,route_type\nRed,T,Red,1\nBlue,T,Blue,1\n",
        trips="route_id,service_id,trip_id\nRed,S,red\nRed,S,red2\nBlue,S,blue\n",
        stop_times="trip_id,stop_id,arrival_time,departure_time,stop_sequence\n"
        "red,P1,08:30:00,08:30:00,1\nred,J,08:40:00,08:40:00,2\n"
        "red2,P1,08:50:00,08:50:00,1\nred2,J,09:00:00,09:00:00,2\n"
        "blue,A,08:10:00,08:10:00,1\nblue,P2,08:29:35,08:29:35,2\n",
        **more,
    )
    table, notices = read_gtfs([feed])
    assert notices == []
    return table


def network(table: Timetable) -> Network:
    streets = draw(MAIN_STREET, STREET)
    joined = with_street_footpaths(table, streets, link_stops(streets, table))
    return Network.of(streets, joined, timezone="Europe/Berlin")


def walks(table: Timetable, walk: str = "walk") -> dict[tuple[str, str], int]:
    """Return the footpaths between the stops that are served."""
    paths, ids = table.footpaths_of(walk), table.stops.id
    return {
        (ids[a], ids[int(paths.target[row])]): int(paths.duration_s[row])
        for a in range(table.n_stops)
        for row in range(int(paths.first[a]), int(paths.first[a + 1]))
        if table.served()[a] and table.served()[paths.target[row]]
    }


def plan(net: Network, start: str, end: str, at: str, **more: Any) -> list[str]:
    found = Planner(net).plan(request(start, end, at, modes="WALK TRANSIT", **more))
    return [show(way) for way in found.itineraries if any(leg.trip for leg in way.legs)]


def test_platforms_are_as_far_apart_as_the_pathways_between_them(tmp_path: Path) -> None:
    table = timetable(tmp_path)
    assert walks(table) == {("P1", "P2"): 25, ("P2", "P1"): 25}
    assert walks(network(table).timetable or table)["P2", "P1"] == 25


def test_a_time_that_the_feed_states_between_platforms_outweighs_pathways(tmp_path: Path) -> None:
    stated = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nP2,P1,2,90\n"
    assert walks(timetable(tmp_path, transfers=stated))["P2", "P1"] == 90


def test_a_platform_is_reached_by_its_entrance(tmp_path: Path) -> None:
    net = network(timetable(tmp_path))
    # Three blocks of 300 s to the entrance at D, then 30 s of stairs and 10 s to the track.
    assert plan(net, "A", "J", "08:00")[0] == "A 08:14:20 WALK P1 08:30, P1 08:30 Red J 08:40"


def test_on_wheels_one_goes_by_the_entrance_with_the_lift(tmp_path: Path) -> None:
    net = network(timetable(tmp_path))
    on_wheels = plan(net, "F", "J", "08:00", wheelchair=True, max_access_walk_s=1200)
    assert on_wheels[0] == "F 08:28:30 WALK P1 08:30, P1 08:30 Red J 08:40"
    stairs_only = network(
        timetable(tmp_path, HEAD + "1,west,hall,2,1,30,,,,\n2,hall,P1,1,1,9,,,,\n")
    )
    assert plan(stairs_only, "D", "J", "08:00")
    assert not plan(stairs_only, "D", "J", "08:00", wheelchair=True)


def test_stairs_part_platforms_on_wheels_whatever_transfers_say(
    tmp_path: Path,
) -> None:
    stated = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nP2,P1,2,90\n"
    table = timetable(tmp_path, HEAD + "1,P1,P2,2,1,30,,,,\n", transfers=stated)
    assert walks(table)["P2", "P1"] == 90
    assert walks(table, "walk_step_free") == {}


def test_a_walk_shows_the_way_inside(tmp_path: Path) -> None:
    net = network(timetable(tmp_path))
    way = to_json(Planner(net).plan(request("D", "J", "08:00")))["itineraries"]
    steps = next(leg["steps"] for i in way for leg in i["legs"] if leg["to"]["stopId"] == "P1")
    inside = [(s["pathwayMode"], s["signpostedAs"], s["level"]) for s in steps if s["pathwayMode"]]
    assert inside == [("STAIRS", "To trains", "Platforms"), ("WALKWAY", "Track 1", "Platforms")]


def test_a_change_shows_the_way_between_platforms(tmp_path: Path) -> None:
    net = network(timetable(tmp_path))
    assert "A 08:10 Blue P2 08:29:35, P2 08:29:35 WALK P1 08:30, P1 08:30 Red J 08:40" in plan(
        net, "A", "J", "08:00", max_direct_walk_s=0
    )


@pytest.mark.parametrize(
    ("row", "seconds"),
    [
        ("1,1,44,9,,", 44),  # stated
        ("1,1,,60,,", 50),  # a walkway of 60 m
        ("2,1,,,20,", 12),  # twenty stairs
        ("2,1,,6,,", 10),  # stairs of 6 m
        ("3,1,,34,,", 20),  # a moving sidewalk
        ("4,1,,10,,", 20),  # an escalator
        ("5,1,,,,", 60),  # a lift
        ("6,1,,,,", 5),  # a fare gate
    ],
)
def test_every_mode_of_pathway_takes_its_time(tmp_path: Path, row: str, seconds: int) -> None:
    head = (
        "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time,length,"
        "stair_count,max_slope\n"
    )
    table = timetable(tmp_path, f"{head}1,P1,P2,{row}\n")
    assert walks(table) == {("P1", "P2"): seconds, ("P2", "P1"): seconds}
    step_free = row[0] not in "24"
    assert bool(walks(table, "walk_step_free")) == step_free


def test_one_way_pathways_exit_gates_ramps_and_narrow_ways(tmp_path: Path) -> None:
    assert walks(timetable(tmp_path, HEAD + "1,P1,P2,4,0,20,,,,\n")) == {("P1", "P2"): 20}
    assert walks(timetable(tmp_path, HEAD + "1,P1,P2,7,1,20,,,,\n")) == {("P1", "P2"): 20}
    head = (
        "from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time,max_slope,min_width\n"
    )
    for row in ("0.12,", ",0.6"):
        table = timetable(tmp_path, f"{head}P1,P2,1,1,20,{row}\n")
        assert walks(table)
        assert not walks(table, "walk_step_free")


def test_boarding_areas_belong_to_their_platform(tmp_path: Path) -> None:
    x, y = MAIN_STREET["E"]
    stops = station_stops() + f"P1a,front,{y / DEGREE_M},{x / DEGREE_M},4,P1,\n"
    feed = HEAD + "1,P1a,P2,1,1,20,,,,\n"
    path = write_feed(
        tmp_path / "feed.zip",
        stops=stops,
        pathways=feed,
        stop_times="trip_id,stop_id,arrival_time,departure_time,stop_sequence\n"
        "t1,P1,08:00:00,08:00:00,1\nt1,P2,08:10:00,08:10:00,2\n",
    )
    assert walks(read_gtfs([path])[0]) == {("P1", "P2"): 20, ("P2", "P1"): 20}


def test_pathways_survive_saving_and_an_area(tmp_path: Path) -> None:
    table = timetable(tmp_path)
    table.save(tmp_path / "saved")
    assert Timetable.load(tmp_path / "saved").pathways.sign[0] == "To trains"
    x = MAIN_STREET["J"][0] / DEGREE_M
    cut, _ = read_gtfs([tmp_path / "feed.zip"], area=(x - 0.0001, -1.0, x + 0.0001, 1.0))
    assert {"west", "hall", "P1", "station"} <= set(cut.stops.id)
    assert len(cut.pathways.mode) == 8  # P2 is served by Blue alone, which ends outside


def test_faults_are_told(tmp_path: Path) -> None:
    rows = HEAD + "1,west,nowhere,1,1,,,,,\n2,west,hall,9,1,,,,,\n"
    feed = write_feed(tmp_path / "feed.zip", stops=station_stops(), pathways=rows)
    found = [n for n in read_gtfs([feed])[1] if "pathways" in n.file]
    assert [(n.code, n.row, n.field) for n in found] == [
        ("unknown_stop", 2, "to_stop_id"),
        ("bad_pathway_mode", 3, "pathway_mode"),
    ]


def while_closed(net: Network, stop: str, effect: str) -> Planner:
    """Plan while an alert names a stop, from 8:00 to 10:00."""
    message = new_message()
    alert = message.entity.add(id="1").alert
    alert.effect = getattr(alert, effect)
    alert.informed_entity.add(stop_id=stop)
    alert.active_period.add(start=instant("08:00"), end=instant("10:00"))
    return live_planner(net, message)


def rides(planner: Planner, start: str, at: str = "08:00", **more: Any) -> list[str]:
    found = planner.plan(request(start, "J", at, modes="WALK TRANSIT", **more)).itineraries
    return [show(way) for way in found if any(leg.trip for leg in way.legs)]


def test_a_lift_out_of_order_closes_the_step_free_way_while_it_is(tmp_path: Path) -> None:
    net = network(timetable(tmp_path))
    planner = while_closed(net, "hall", "ACCESSIBILITY_ISSUE")  # the lower end of the lift
    assert not rides(planner, "F", wheelchair=True)
    assert rides(planner, "D")[0].startswith("D 08:29:20 WALK P1 08:30")
    assert rides(live_planner(net, new_message()), "F", wheelchair=True)


def test_the_lift_alone_is_closed_not_the_ways_past_it(tmp_path: Path) -> None:
    ramp = STAIRS_AND_LIFT + "6,west,hall,1,1,90,,,Ramp,Ramp\n"
    planner = while_closed(network(timetable(tmp_path, ramp)), "hall", "ACCESSIBILITY_ISSUE")
    assert rides(planner, "D", wheelchair=True)[0].startswith("D 08:28:20 WALK P1 08:30")


def test_a_closed_entrance_is_not_taken(tmp_path: Path) -> None:
    planner = while_closed(network(timetable(tmp_path)), "west", "NO_SERVICE")
    # Two blocks on to the other entrance, then the lift.
    assert rides(planner, "D")[0].startswith("D 08:18:30 WALK P1 08:30")


def test_a_closed_lift_parts_platforms_on_wheels(tmp_path: Path) -> None:
    lift = HEAD + "1,P2,hall,5,1,10,,,,\n2,hall,P1,1,1,5,,,,\n"
    net = network(timetable(tmp_path, lift))
    wanted = "P2 08:29:35, P2 08:29:35 WALK P1 08:29:50"
    more: dict[str, Any] = {"wheelchair": True, "max_direct_walk_s": 0}
    assert any(wanted in way for way in rides(live_planner(net, new_message()), "A", **more))
    planner = while_closed(net, "P2", "ACCESSIBILITY_ISSUE")
    assert not any("Blue" in way for way in rides(planner, "A", **more))
    planner = while_closed(net, "hall", "ACCESSIBILITY_ISSUE")
    assert not any(wanted in way for way in rides(planner, "A", **more))


def by_vehicle(net: Network, start: str, end: str, at: str, mode: str, **more: Any) -> Any:
    """Return the first way with a vehicle of a mode and public transport."""
    asked = request(
        start,
        end,
        at,
        modes=f"WALK TRANSIT {mode}",
        max_direct_walk_s=0,
        max_direct_ride_s=600,
        max_access_ride_s=600,
    )
    found = Planner(net).plan(asked, **more).itineraries
    return next(w for w in found if {leg.mode for leg in w.legs} >= {mode, "SUBWAY"})


def test_a_shared_vehicle_is_left_outside_and_the_platform_reached_by_its_entrance(
    tmp_path: Path,
) -> None:
    net = network(timetable(tmp_path))
    shared = bikes(net, station("A", 3), station("D", 2))
    way = by_vehicle(net, "A", "J", "08:16", "RENTAL", shared=shared)
    ride, walk, red = way.legs
    assert [leg.mode for leg in way.legs] == ["RENTAL", "WALK", "SUBWAY"]
    assert (walk.destination.stop_id, walk.duration_s) == ("P1", 40)
    assert [step.pathway for step in walk.steps if step.pathway] == ["STAIRS", "WALKWAY"]
    assert ride.end_s == walk.start_s
    assert red.start_s == walk.end_s == instant("08:30")
    assert way.walk_s == 40


def test_a_vehicle_left_anywhere_is_left_at_the_entrance(tmp_path: Path) -> None:
    net = network(timetable(tmp_path))
    kind = {"vehicle_type_id": "bike", "form_factor": "bicycle"}
    free = kind | {"return_constraint": "free_floating"}
    shared = bikes(net, station("A", 3), vehicle_types=[free])
    asked = request("A", "J", modes="TRANSIT RENTAL")
    (fleet,), side = fleets(shared, asked), Side(net, asked, False)
    (end,) = rental_ends([RentalSearch(side, fleet, 900)], net)
    platform = get_table(net).get_stop("P1")
    *_, ride, walk = end.draw(platform)
    assert (ride.mode, walk.mode, walk.seconds) == ("RENTAL", "WALK", 40)
    assert end.seconds_to(platform) == pytest.approx(ride.seconds + 40, abs=1)
    assert ride.length_m == pytest.approx(3 * 398.95, abs=1)


def get_table(net: Network) -> Timetable:
    assert net.timetable is not None
    return net.timetable


def test_a_shared_vehicle_is_walked_to_by_the_entrance_next_to_it(tmp_path: Path) -> None:
    net = network(timetable(tmp_path))
    shared = bikes(net, station("F", 3), station("H", 2))
    way = by_vehicle(net, "A", "H", "08:00", "RENTAL", shared=shared)
    train, walk, ride = way.legs
    assert (train.destination.stop_id, walk.duration_s) == ("P2", 15 + 60 + 20)
    assert [step.pathway for step in walk.steps if step.pathway] == [
        "WALKWAY", "ELEVATOR", "WALKWAY"
    ]  # fmt: skip
    assert (ride.origin.station_id, ride.destination.station_id) == ("station-F", "station-H")


def test_a_car_is_parked_where_the_entrance_is(tmp_path: Path) -> None:
    net = network(timetable(tmp_path))
    way = by_vehicle(net, "A", "J", "08:16", "CAR")
    drive, walk, _ = way.legs
    assert (drive.mode, walk.destination.stop_id, walk.duration_s) == ("CAR", "P1", 40)
    # Three blocks at 63.8 s and two minutes to park, then to the track by the stairs.
    assert drive.duration_s == pytest.approx(3 * 63.8 + 120, abs=1)


def test_a_ride_on_demand_ends_at_the_entrance_too(tmp_path: Path) -> None:
    calls = """
        flex 1 area:west 08:00-22:00 2 1
        flex 2 area:west 08:00-22:00 1 2
        red 1 stop:P1 08:30 0 0
        red 2 stop:J 08:40 0 0
        back 1 stop:J 09:00 0 0
        back 2 stop:P2 09:10 0 0
    """
    more = {"stops": station_stops(), "levels": LEVELS, "pathways": STAIRS_AND_LIFT}
    net = flex_town(tmp_path, calls, [box("west", 0, 5.5)], **more)

    def found(start: str, end: str, at: str) -> list[str]:
        asked = request(start, end, at, modes="TRANSIT FLEX", max_access_walk_s=60)
        return [show(way) for way in Planner(net).plan(asked).itineraries]

    # Three blocks at 63.8 s to D, then 30 s of stairs and 10 s to the track.
    assert found("A", "J", "08:00") == [
        "A 08:26:08 FF west 08:29:20, west 08:29:20 WALK P1 08:30, P1 08:30 RR J 08:40"
    ]
    assert found("J", "A", "08:50") == [
        "J 09:00 BB P2 09:10, P2 09:10 WALK west 09:10:45, west 09:10:45 FF A 09:13:57"
    ]

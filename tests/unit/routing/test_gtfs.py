"""What a feed says arrives in the timetable."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from routing.arrays import ArrayFileError
from routing.gtfs.read import read_gtfs
from routing.transit.footpaths import with_footpaths
from routing.transit.modes import TransitMode
from routing.transit.tables import FORBIDDEN_S, NO, UNKNOWN, YES
from routing.transit.timetable import Timetable, UnknownStopError
from tests.unit.routing.feeds import FILES, times, write_feed


def read(path: Path) -> Timetable:
    timetable, notices = read_gtfs([path])
    assert [n for n in notices if n.severity == "error"] == []
    return timetable


def walks(timetable: Timetable) -> set[tuple[str, str, int]]:
    paths, ids = timetable.footpaths, timetable.stops.id
    return {
        (ids[stop], ids[paths.target[i]], int(paths.duration_s[i]))
        for stop in range(timetable.n_stops)
        for i in range(int(paths.first[stop]), int(paths.first[stop + 1]))
    }


def test_two_feeds_with_the_same_ids_stay_apart(tmp_path: Path) -> None:
    other = FILES["stops.txt"].replace("Alder", "Elm")
    one, two = write_feed(tmp_path / "one.zip"), write_feed(tmp_path / "two.zip", stops=other)
    timetable, _ = read_gtfs([one, two])
    assert list(timetable.feeds) == ["one", "two"]
    assert list(timetable.stops.id) == ["a", "b", "c", "a", "b", "c"]
    assert timetable.stops.name[timetable.get_stop("a", feed=1)] == "Elm"
    assert timetable.n_trips == 2
    assert len(timetable.patterns.stop_first) == 3


def test_an_unknown_stop_id_is_named_in_the_error(tmp_path: Path) -> None:
    timetable = read(write_feed(tmp_path / "f.zip"))
    assert timetable.find_stop("nowhere") is None
    with pytest.raises(UnknownStopError, match="nowhere"):
        timetable.get_stop("nowhere")


def test_a_saved_timetable_opens_as_it_was(tmp_path: Path) -> None:
    timetable = read(write_feed(tmp_path / "f.zip"))
    timetable.save(tmp_path / "saved")
    opened = Timetable.load(tmp_path / "saved")
    assert list(opened.stops.name) == ["Alder", "Birch", "Cedar"]
    assert opened.calls.arrival_s.tolist() == timetable.calls.arrival_s.tolist()
    assert opened.day_view(date(2024, 6, 12)).service_offset.tolist() == [0, 1]
    (tmp_path / "saved" / "stops.lon.npy").write_bytes(b"short")
    with pytest.raises(ArrayFileError, match=r"stops\.lon"):
        Timetable.load(tmp_path / "saved")


def test_opening_and_searching_a_timetable_loads_no_pandas(tmp_path: Path) -> None:
    read(write_feed(tmp_path / "f.zip")).save(tmp_path / "saved")
    script = (
        "import sys; from pathlib import Path; from datetime import date;"
        "from routing.transit.timetable import Timetable;"
        "from routing.transit.search import TransitSearch;"
        "import routing.gtfs.read;"
        "t = Timetable.load(Path(sys.argv[1])); t.day_view(date(2024, 6, 12)); TransitSearch(t);"
        "print('pandas' in sys.modules)"
    )
    words = [sys.executable, "-c", script, str(tmp_path / "saved")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_weekdays_and_exceptions_say_what_runs(tmp_path: Path) -> None:
    exceptions = "service_id,date,exception_type\nS,20240615,1\nS,20240612,2\nN,20240616,1\n"
    path = write_feed(
        tmp_path / "f.zip",
        calendar_dates=exceptions,
        trips=FILES["trips.txt"] + "R,N,t2\n",
        stop_times=FILES["stop_times.txt"] + "t2,9:00:00,9:00:00,a,1\nt2,9:10:00,9:10:00,b,2\n",
    )
    services = read(path).services
    assert services.active(date(2024, 6, 11)).tolist() == [True, False]
    assert services.active(date(2024, 6, 12)).tolist() == [False, False]
    assert services.active(date(2024, 6, 15)).tolist() == [True, False]
    assert services.active(date(2024, 6, 16)).tolist() == [False, True]
    assert services.active(date(2025, 1, 1)).tolist() == [False, False]


@pytest.mark.parametrize("exact", [0, 1])
def test_a_headway_becomes_runs_and_says_whether_it_is_exact(tmp_path: Path, exact: int) -> None:
    rows = (
        f"trip_id,start_time,end_time,headway_secs,exact_times\nt1,10:00:00,11:00:00,1200,{exact}\n"
    )
    timetable = read(write_feed(tmp_path / "f.zip", frequencies=rows))
    starts = [int(timetable.trip_times(i)[1][0]) for i in range(timetable.n_trips)]
    assert starts == [36_000, 37_200, 38_400]
    assert timetable.trip_times(1)[0].tolist() == [37_200, 37_800, 39_000]
    assert list(timetable.trips.id) == ["t1"] * 3
    assert timetable.trips.inexact.tolist() == [1 - exact] * 3


def test_transfers_give_walks_change_times_and_prohibitions(tmp_path: Path) -> None:
    rows = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
        "a,b,2,120\nb,a,1,\na,c,3,\nb,b,2,60\nc,c,3,\nb,c,0,\n"
    )
    timetable = read(write_feed(tmp_path / "f.zip", transfers=rows))
    assert timetable.footpaths.change_s.tolist() == [0, 60, FORBIDDEN_S]
    assert timetable.footpaths.forbidden_from.tolist() == [0]
    b_to_c = 0.02 * 111_195 * 1.3 / 1.2  # as the crow flies, a detour, walking speed
    assert walks(timetable) == {("a", "b", 120), ("b", "a", 0), ("b", "c", int(b_to_c) + 1)}


def test_a_rule_between_stations_holds_for_their_platforms(tmp_path: Path) -> None:
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "S,Station,50.0,8.0,1,\na,P1,50.0,8.0,0,S\nb,P2,50.0,8.0,0,S\nc,Cedar,50.03,8.0,0,\n"
    )
    rows = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\na,b,2,30\nS,S,2,240\nS,c,2,600\n"
    )
    timetable = read(write_feed(tmp_path / "f.zip", stops=stops, transfers=rows))
    assert walks(timetable) == {("a", "b", 30), ("b", "a", 240), ("a", "c", 600), ("b", "c", 600)}
    assert timetable.footpaths.change_s.tolist() == [0, 240, 240, 0]
    assert timetable.stops.parent.tolist() == [-1, 0, 0, -1]


def test_street_walks_fill_in_where_the_feed_says_nothing(tmp_path: Path) -> None:
    rows = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\na,b,2,120\na,c,3,\n"
    timetable = read(write_feed(tmp_path / "f.zip", transfers=rows))
    source, target = np.array([0, 0, 1, 1, 2, 2]), np.array([1, 2, 0, 0, 1, 2])
    seconds = np.array([50, 60, 90, 70, 80, 5], np.int32)
    more = with_footpaths(timetable, source, target, seconds)
    assert walks(more) == {("a", "b", 120), ("b", "a", 70), ("c", "b", 80)}
    assert walks(timetable) == {("a", "b", 120)}
    assert sorted(more.footpaths.stated.tolist()) == [0, 0, 1]


def test_a_boarding_area_takes_its_stations_word_wherever_it_stands_in_the_file(
    tmp_path: Path,
) -> None:
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding\n"
        "area,,,,4,a,\na,Alder,50.00,8.00,0,S,\nS,Alder,50.00,8.00,1,,2\n"
        "b,Birch,50.01,8.00,0,,\nc,Cedar,50.03,8.00,0,,\n"
    )
    table, notices = read_gtfs([write_feed(tmp_path / "f.zip", stops=stops)])
    assert notices == []
    assert table.stops.wheelchair[:3].tolist() == [2, 2, 2]


def test_what_is_unknown_is_not_no(tmp_path: Path) -> None:
    trips = (
        "route_id,service_id,trip_id,wheelchair_accessible,bikes_allowed\n"
        "R,S,t1,,1\nR,S,t2,1,2\nR,S,t3,2,0\n"
    )
    calls = [f"t{i} {stop} 0{i + 7}:0{j}:00 -" for i in (1, 2, 3) for j, stop in enumerate("abc")]
    stops = FILES["stops.txt"].replace("stop_lon", "stop_lon,wheelchair_boarding")
    stops = stops.replace("50.01,8.00", "50.01,8.00,2").replace("50.03,8.00", "50.03,8.00,1")
    path = write_feed(tmp_path / "f.zip", trips=trips, stops=stops, stop_times=times(*calls))
    timetable = read(path)
    assert timetable.trips.wheelchair.tolist() == [UNKNOWN, YES, NO]
    assert timetable.trips.bikes.tolist() == [YES, NO, UNKNOWN]
    assert timetable.stops.wheelchair.tolist() == [UNKNOWN, NO, YES]


def test_extended_route_types_and_colours_are_understood(tmp_path: Path) -> None:
    routes = (
        "route_id,agency_id,route_short_name,route_type,route_color,route_text_color\n"
        "R,A,1,900,00ff7F,\nQ,A,2,109,red,\nU,A,3,402,,\nX,A,4,4711,,\n"
    )
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", routes=routes)])
    modes = [TransitMode(mode).name for mode in timetable.routes.mode]
    assert modes == ["TRAM", "RAIL", "SUBWAY", "TRANSIT"]
    assert list(timetable.routes.color) == ["00FF7F", "", "", ""]
    assert [(n.code, n.row) for n in notices] == [("unknown_route_type", 5)]


def test_a_shape_is_met_at_the_stops_in_order(tmp_path: Path) -> None:
    shape = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
    shape += "x,50.02,8.0,3\nx,50.00,8.0,1\nx,50.03,8.0,4\n"
    trips = "route_id,service_id,trip_id,shape_id\nR,S,t1,x\n"
    timetable = read(write_feed(tmp_path / "f.zip", shapes=shape, trips=trips))
    assert timetable.trips.course.tolist() == [0]
    assert timetable.courses.at.tolist() == pytest.approx([0.0, 0.5, 2.0], abs=1e-3)
    assert timetable.shapes.lat.tolist() == pytest.approx([50.0, 50.02, 50.03])


def test_a_shape_that_returns_on_itself_is_followed_there_and_back(tmp_path: Path) -> None:
    shape = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
    shape += "x,50.00,8.0,1\nx,50.03,8.0,2\nx,50.00,8.0,3\n"
    trips = "route_id,service_id,trip_id,shape_id\nR,S,t1,x\n"
    there_and_back = times(*(f"t1 {stop} 08:0{i}:00 -" for i, stop in enumerate("abcba")))
    path = write_feed(tmp_path / "f.zip", shapes=shape, trips=trips, stop_times=there_and_back)
    assert read(path).courses.at.tolist() == pytest.approx([0, 1 / 3, 1, 5 / 3, 2], abs=1e-3)


def test_clipping_keeps_whole_the_trips_that_call_inside(tmp_path: Path) -> None:
    path = write_feed(
        tmp_path / "f.zip",
        stops=FILES["stops.txt"] + "d,Far,51.0,9.0\ne,Farther,51.1,9.0\n",
        trips=FILES["trips.txt"] + "R,S,t2\n",
        stop_times=FILES["stop_times.txt"] + "t2,9:00:00,9:00:00,d,1\nt2,9:10:00,9:10:00,e,2\n",
        transfers="from_stop_id,to_stop_id,transfer_type,min_transfer_time\nc,b,2,60\nd,a,2,60\n",
    )
    timetable, _ = read_gtfs([path], area=(7.9, 49.99, 8.1, 50.02))
    assert list(timetable.stops.id) == ["a", "b", "c"]
    assert list(timetable.trips.id) == ["t1"]
    assert walks(timetable) == {("c", "b", 60)}
    same, _ = read_gtfs([path], area=lambda lon, lat: (lon < 8.1) & (lat < 50.005))
    assert list(same.stops.id) == ["a", "b", "c"]

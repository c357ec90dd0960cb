"""A feed with faults is read; each fault is told with file and row."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from routing.gtfs.read import GtfsError, read_gtfs, read_usable
from routing.notices import Notice
from tests.unit.routing.feeds import FILES, times, write_feed


def told(notices: list[Notice]) -> list[tuple[str, str, int | None, str | None]]:
    return [(n.code, n.file.split("/")[-1], n.row, n.field) for n in notices]


def calls(path: Path) -> list[tuple[int, int]]:
    timetable, _ = read_gtfs([path])
    arrival_s, departure_s = timetable.trip_times(0)
    return list(zip(arrival_s.tolist(), departure_s.tolist(), strict=True))


def test_a_clean_feed_gives_no_notice(tmp_path: Path) -> None:
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip")])
    assert notices == []
    assert timetable.trip_times(0)[0].tolist() == [28_800, 29_400, 30_600]
    assert timetable.service_days() == (date(2024, 1, 1), date(2024, 12, 31))


def test_bom_quotes_and_spaces_around_names_and_values_do_no_harm(tmp_path: Path) -> None:
    untidy = '\ufeffstop_id, "stop_name" , stop_lat,stop_lon\n a , "Alder, old" ,50.00, 8.00\n'
    untidy += "b,Birch,50.01,8.00\n\nc,Cedar,50.03,8.00\n"
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", stops=untidy)])
    assert notices == []
    assert list(timetable.stops.id) == ["a", "b", "c"]
    assert timetable.stops.name[0] == "Alder, old"


def test_what_is_not_utf_8_is_read_as_windows_1252_and_told(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    write_feed(path, leave_out=("stops.txt",))
    text = FILES["stops.txt"].replace("Birch", "Zürich ›").encode("cp1252")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("stops.txt", text.replace(b"Cedar", "Čedar".encode()))
    timetable, notices = read_gtfs([path])
    assert list(timetable.stops.name) == ["Alder", "Zürich ›", "Čedar"]
    assert told(notices) == [("not_utf8", "stops.txt", 3, "stop_name")]


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest_of_the_file(
    tmp_path: Path,
) -> None:
    stops = (
        '"stop_id","stop_name","stop_lat","stop_lon"\n"a","Alder","50.00","8.00"\n'
        'b,"Birch,50.01,8.00\nc,Cedar,50.03,8.00\n'
    )
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", stops=stops)])
    assert list(timetable.stops.name) == ["Alder", "Birch", "Cedar"]
    assert told(notices) == [("open_quote", "stops.txt", None, None)]
    assert timetable.n_trips == 1


def test_an_agency_without_a_time_zone_takes_the_first_ones(tmp_path: Path) -> None:
    head, _, _ = FILES["agency.txt"].partition("\n")
    agency = f"{head}\nA,Town,http://a.example,Europe/Berlin\nB,Vale,http://b.example,\n"
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", agency=agency)])
    assert list(timetable.agencies.timezone) == ["Europe/Berlin"] * 2
    assert told(notices) == [("unknown_timezone", "agency.txt", 3, "agency_timezone")]


@pytest.mark.parametrize("end", ["09:00:00", "", "10:00:00"])
def test_a_headway_that_ends_before_it_begins_is_told(tmp_path: Path, end: str) -> None:
    text = f"trip_id,start_time,end_time,headway_secs\nt1,10:00:00,{end},600\n"
    _, notices = read_gtfs([write_feed(tmp_path / "f.zip", frequencies=text)])
    assert told(notices) == [("bad_headway", "frequencies.txt", 2, "headway_secs")]


def test_ids_that_look_like_numbers_keep_their_zeros(tmp_path: Path) -> None:
    changed = {
        name: FILES[f"{name}.txt"].replace(",a,", ",007,").replace("\na,", "\n007,")
        for name in ("stops", "stop_times")
    }
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", **changed)])
    assert notices == []
    assert timetable.get_stop("007") == 0


def test_blank_times_follow_the_distance_between_stops(tmp_path: Path) -> None:
    text = times("t1 a 08:00:00 08:00:00", "t1 b - -", "t1 c 08:30:00 08:30:00")
    path = write_feed(tmp_path / "f.zip", stop_times=text)
    assert calls(path)[1] == (29_400, 29_400)  # a third of the way, so at 08:10
    assert told(read_gtfs([path])[1]) == [
        ("interpolated_times", "stop_times.txt", None, "arrival_time")
    ]


def test_blank_times_follow_the_stated_distance_where_there_is_one(tmp_path: Path) -> None:
    text = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
        "t1,08:00:00,08:00:00,a,1,0\nt1,,,b,2,5.0\nt1,08:30:00,08:30:00,c,3,10.0\n"
    )
    assert calls(write_feed(tmp_path / "f.zip", stop_times=text))[1] == (29_700, 29_700)


def test_a_trip_that_goes_back_in_time_is_left_out(tmp_path: Path) -> None:
    text = times("t1 a 08:00:00 08:00:00", "t1 b 07:59:00 08:05:00", "t1 c 08:30:00 08:30:00")
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", stop_times=text)])
    assert timetable.n_trips == 0
    assert told(notices) == [("time_backwards", "stop_times.txt", 3, "arrival_time")]


def test_a_minute_61_is_taken_as_blank(tmp_path: Path) -> None:
    text = times("t1 a 08:00:00 08:00:00", "t1 b 25:61:00 -", "t1 c 08:30:00 08:30:00")
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", stop_times=text)])
    assert timetable.trip_times(0)[0].tolist() == [28_800, 29_400, 30_600]
    assert ("bad_time", "stop_times.txt", 3, "arrival_time") in told(notices)


def test_repeated_ids_keep_the_first(tmp_path: Path) -> None:
    path = write_feed(
        tmp_path / "f.zip",
        stops=FILES["stops.txt"] + "a,Another,51.0,9.0\n",
        trips=FILES["trips.txt"] + "R,S,t1\n",
        stop_times=FILES["stop_times.txt"] + "t1,09:00:00,09:00:00,a,1\n",
    )
    timetable, notices = read_gtfs([path])
    assert list(timetable.stops.name) == ["Alder", "Birch", "Cedar"]
    assert timetable.n_trips == 1
    assert told(notices) == [
        ("repeated_id", "stops.txt", 5, "stop_id"),
        ("repeated_id", "trips.txt", 3, "trip_id"),
        ("repeated_call", "stop_times.txt", 5, "stop_sequence"),
    ]


def test_rows_that_name_nothing_known_are_left_out(tmp_path: Path) -> None:
    path = write_feed(
        tmp_path / "f.zip",
        trips=FILES["trips.txt"] + "X,S,t2\nR,X,t3\n",
        stop_times=FILES["stop_times.txt"] + "t1,08:40:00,08:40:00,x,4\nt9,1:00:00,1:00:00,a,1\n",
    )
    timetable, notices = read_gtfs([path])
    assert timetable.n_trips == 1
    assert timetable.pattern_stops(0).tolist() == [0, 1, 2]
    assert told(notices) == [
        ("unknown_route", "trips.txt", 3, "route_id"),
        ("unknown_service", "trips.txt", 4, "service_id"),
        ("unknown_trip", "stop_times.txt", 6, "trip_id"),
        ("unknown_stop", "stop_times.txt", 5, "stop_id"),
    ]


def test_fields_beyond_the_header_are_told_and_dropped(tmp_path: Path) -> None:
    stops = FILES["stops.txt"].replace("b,Birch,50.01,8.00", "b,Birch,50.01,8.00,old,er")
    stops = stops.replace("c,Cedar,50.03,8.00", "c,Cedar,50.03,8.00,")  # nothing is lost here
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", stops=stops)])
    assert list(timetable.stops.name) == ["Alder", "Birch", "Cedar"]
    assert timetable.stops.lon.tolist() == [8.0, 8.0, 8.0]
    assert told(notices) == [("extra_fields", "stops.txt", 3, None)]


@pytest.mark.parametrize("kind", [1, 2])
def test_calls_at_stations_and_entrances_are_told(tmp_path: Path, kind: int) -> None:
    stops = FILES["stops.txt"].replace("\n", ",\n").replace("stop_lon,", "stop_lon,location_type")
    stops = stops.replace("b,Birch,50.01,8.00,", f"b,Birch,50.01,8.00,{kind}")
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", stops=stops)])
    assert timetable.pattern_stops(0).tolist() == [0, 1, 2]
    assert told(notices) == [("call_not_at_stop", "stop_times.txt", 3, "stop_id")]


@pytest.mark.parametrize("place", ["91.0,8.0", "0,0", ",", "nan,8.0"])
def test_a_stop_without_a_usable_place_is_passed_by(tmp_path: Path, place: str) -> None:
    stops = FILES["stops.txt"].replace("b,Birch,50.01,8.00", f"b,Birch,{place}")
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", stops=stops)])
    assert timetable.pattern_stops(0).tolist() == [0, 2]
    assert told(notices) == [
        ("no_coordinates", "stops.txt", 3, "stop_lat"),
        ("unknown_stop", "stop_times.txt", 3, "stop_id"),
    ]


def test_an_empty_calendar_is_told_and_nothing_runs(tmp_path: Path) -> None:
    calendar = FILES["calendar.txt"].replace("1,1,1,1,1,0,0", "0,0,0,0,0,0,0")
    timetable, notices = read_gtfs([write_feed(tmp_path / "f.zip", calendar=calendar)])
    assert told(notices) == [("empty_calendar", "calendar.txt", None, None)]
    assert timetable.service_days() is None
    assert timetable.day_view(date(2024, 6, 12)).n_runs == 0


def test_an_expired_feed_is_told_to_whoever_says_the_date(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip")
    assert told(read_gtfs([path], today=date(2025, 1, 1))[1]) == [
        ("expired_feed", "calendar.txt", None, None)
    ]
    assert read_gtfs([path], today=date(2024, 12, 31))[1] == []


def test_a_broken_file_lists_a_hundred_faults_and_counts_the_rest(tmp_path: Path) -> None:
    rows = "".join(f"t{i},08:00:00,08:00:00,a,1\n" for i in range(1000, 1150))
    path = write_feed(tmp_path / "f.zip", stop_times=FILES["stop_times.txt"] + rows)
    _, notices = read_gtfs([path])
    assert len(notices) == 101
    assert notices[-1].message == "and 50 more"


def broken_feeds(folder: Path) -> dict[str, Path]:
    """Write feeds that cannot be used, by the file that is to blame."""
    locked = write_feed(folder / "locked.zip")
    content = bytearray(locked.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(mark, at + 4)
    locked.write_bytes(content)
    (folder / "nothing.zip").touch()
    zipfile.ZipFile(folder / "hollow.zip", "w").close()
    cut = write_feed(folder / "cut.zip")
    cut.write_bytes(cut.read_bytes()[:400])
    found = {path.name: path for path in (locked, cut)}
    found |= {name: folder / name for name in ("nothing.zip", "hollow.zip")}
    for file, column in (
        ("stops", "stop_id"),
        ("stops", "stop_lat"),
        ("routes", "route_id"),
        ("trips", "trip_id"),
        ("stop_times", "stop_id"),
        ("calendar", "start_date"),
    ):
        text = FILES[f"{file}.txt"].replace(column, f"{column}s")
        path = write_feed(folder / f"{file}_{column}.zip", **{file: text})
        found[f"{path.name}/{file}.txt"] = path
    empty = write_feed(folder / "empty.zip", trips="")
    return found | {empty.name: empty}


def test_a_feed_that_cannot_be_used_is_left_out_and_the_others_read(tmp_path: Path) -> None:
    good = write_feed(tmp_path / "good.zip")
    broken = broken_feeds(tmp_path)
    timetable, used, notices = read_usable([*broken.values(), good])
    assert timetable is not None
    assert used == [good]
    assert list(timetable.feeds) == ["good"]
    assert list(timetable.stops.id) == ["a", "b", "c"]
    assert [(n.code, n.severity, n.file) for n in notices] == [
        ("unusable_feed", "error", file) for file in broken
    ]
    assert all(n.message.endswith("the feed is left out") for n in notices)


def test_of_feeds_that_cannot_be_used_nothing_is_left(tmp_path: Path) -> None:
    broken = broken_feeds(tmp_path)
    timetable, used, notices = read_usable(list(broken.values()))
    assert (timetable, used, len(notices)) == (None, [], len(broken))
    with pytest.raises(GtfsError, match=r"locked\.zip asks for a password"):
        read_gtfs(list(broken.values()))


def test_a_feed_that_breaks_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    stop_times = FILES["stop_times.txt"].replace("stop_id", "stop")
    broken = write_feed(tmp_path / "broken.zip", stop_times=stop_times)
    good = [write_feed(tmp_path / name) for name in ("f.zip", "g.zip")]
    timetable, used, _ = read_usable([good[0], broken, good[1]])
    assert timetable is not None
    assert used == good
    assert (timetable.n_trips, timetable.n_stops, len(timetable.agencies.id)) == (2, 6, 2)


def without(file: str, *columns: str) -> str:
    """Return a file of the usual feed without some columns."""
    rows = [line.split(",") for line in FILES[file].splitlines()]
    kept = [i for i, name in enumerate(rows[0]) if name not in columns]
    return "".join(",".join(row[i] for i in kept) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("agency", "agency_name"),
        ("agency", "agency_url"),
        ("agency", "agency_timezone"),
        ("stops", "stop_name"),
        ("routes", "route_type"),
        ("calendar", "sunday"),
        ("stop_times", "arrival_time"),
        ("stop_times", "departure_time"),
        ("stop_times", "stop_sequence"),
    ],
)
def test_a_required_column_that_can_be_done_without_is_told_once(
    tmp_path: Path, file: str, column: str
) -> None:
    path = write_feed(tmp_path / "f.zip", **{file: without(f"{file}.txt", column)})
    timetable, notices = read_gtfs([path])
    assert [n for n in told(notices) if n[0] == "missing_column"] == [
        ("missing_column", f"{file}.txt", 1, column)
    ]
    birch = 29_460 if column == "arrival_time" else 29_400
    assert timetable.trip_times(0)[0].tolist() == [28_800, birch, 30_600]


@pytest.mark.parametrize("agency", [None, without("agency.txt", "agency_timezone")])
def test_a_feed_without_a_time_zone_takes_that_of_the_nearest_city_or_the_one_given(
    tmp_path: Path, agency: str | None
) -> None:
    path = write_feed(
        tmp_path / "f.zip",
        leave_out=("agency.txt",),
        **({} if agency is None else {"agency": agency}),
    )
    for given, zone in ((None, "Europe/Luxembourg"), ("Europe/Berlin", "Europe/Berlin")):
        timetable, _, notices = read_usable([path], timezone=given)
        assert timetable is not None
        assert list(timetable.agencies.timezone) == [zone]
        assert any(n.file == "f.zip/agency.txt" and zone in n.message for n in notices)


@pytest.mark.parametrize("name", ["stops.txt", "routes.txt", "trips.txt", "stop_times.txt"])
def test_a_zip_without_a_needed_file_is_refused(tmp_path: Path, name: str) -> None:
    path = write_feed(tmp_path / "f.zip", leave_out=(name,))
    with pytest.raises(GtfsError, match=name):
        read_gtfs([path])


def test_a_zip_without_any_calendar_is_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", leave_out=("calendar.txt",))
    with pytest.raises(GtfsError, match="nothing would run"):
        read_gtfs([path])


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(GtfsError, match="not a whole zip"):
        read_gtfs([path])
    with pytest.raises(GtfsError, match="does not exist"):
        read_gtfs([tmp_path / "none.zip"])


def test_a_damaged_member_is_refused_by_name(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", stop_times=FILES["stop_times.txt"] * 500)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("stop_times.txt")
    data = bytearray(path.read_bytes())
    middle = info.header_offset + 30 + len("stop_times.txt") + info.compress_size // 2
    data[middle : middle + 8] = b"\0\xff\0\xff\0\xff\0\xff"
    path.write_bytes(bytes(data))
    with pytest.raises(GtfsError, match=r"stop_times\.txt is damaged"):
        read_gtfs([path])

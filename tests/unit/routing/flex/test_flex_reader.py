"""Rides on demand and booking rules are read; each fault is told."""

import json
import zipfile
from pathlib import Path

import pytest
import shapely

from routing.flex.tables import AREA, NO_RULE, NOT_GIVEN, STOPS, FlexTables
from routing.gtfs.read import GtfsError, read_gtfs
from routing.notices import Notice
from routing.transit.timetable import Timetable
from tests.unit.routing.flex.feeds import RULES, TIMES, box, flex_feed

EVENING = """
    flex 1 area:west 18:00-22:00 2 1 hour hour
    flex 2 area:west 18:00-22:00 1 2 hour hour
"""
HOUR = "hour,1,60,,,,,,,Call us,,,+49 1,http://i.example,http://b.example\n"


def read(path: Path) -> tuple[FlexTables, list[Notice]]:
    timetable, notices = read_gtfs([path])
    assert timetable.flex is not None
    return timetable.flex, notices


def told(notices: list[Notice]) -> list[tuple[str, str, str, int | None, str | None]]:
    return [(n.code, n.severity, n.file.split("/")[-1], n.row, n.field) for n in notices]


def test_an_area_its_window_and_its_rule_are_read_without_a_notice(tmp_path: Path) -> None:
    flex, notices = read(flex_feed(tmp_path / "f.zip", EVENING, [box("west", 0, 2, "West")], HOUR))
    assert notices == [] or told(notices) == []
    assert list(flex.trips.id) == ["flex"]
    assert (list(flex.places.id), list(flex.places.name)) == (["west"], ["West"])
    assert flex.places.kind.tolist() == [AREA]
    assert shapely.from_wkb(flex.places.shape[0]).bounds[0] == 0
    assert flex.calls.start_s.tolist() == [64_800, 64_800]
    assert flex.calls.end_s.tolist() == [79_200, 79_200]
    assert flex.calls.pickup.tolist() == [2, 1]
    assert flex.calls.pickup_rule.tolist() == [0, 0]
    rules = flex.rules
    assert (rules.kind.tolist(), rules.least_min.tolist()) == ([1], [60])
    assert (rules.most_min.tolist(), rules.last_day.tolist()) == ([NOT_GIVEN], [NOT_GIVEN])
    texts = rules.message, rules.phone, rules.info_url, rules.booking_url
    assert [text[0] for text in texts] == [
        "Call us", "+49 1", "http://i.example", "http://b.example"
    ]  # fmt: skip


def test_groups_of_stops_and_single_stops_with_windows_are_places(tmp_path: Path) -> None:
    calls = """
        flex 1 group:east 06:00-25:30 2 1
        flex 2 stop:A 06:00-25:30 1 2
    """
    flex, notices = read(flex_feed(tmp_path / "f.zip", calls, groups={"east": "I J J"}))
    assert told(notices) == []
    assert flex.places.kind.tolist() == [STOPS, STOPS]
    assert list(flex.places.id) == ["east", "A"]
    assert flex.places.stop_first.tolist() == [0, 2, 3]
    assert flex.places.stop.tolist() == [8, 9, 0]
    assert flex.calls.end_s.tolist() == [91_800, 91_800]
    assert flex.calls.pickup_rule.tolist() == [NO_RULE, NO_RULE]


def test_a_feed_of_areas_alone_needs_no_stops(tmp_path: Path) -> None:
    path = flex_feed(tmp_path / "f.zip", EVENING, [box("west", 0, 2)], HOUR)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "g.zip", "w") as new:
        for name in old.namelist():
            if name != "stops.txt":
                new.writestr(name, old.read(name))
    timetable, notices = read_gtfs([tmp_path / "g.zip"])
    assert (timetable.n_stops, timetable.n_trips) == (0, 0)
    assert timetable.flex is not None
    assert told(notices) == []


def test_without_areas_stops_are_still_needed(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.mkdir()
    for name in ("routes", "trips", "stop_times", "calendar"):
        (path / f"{name}.txt").write_text("a\n1\n")
    with pytest.raises(GtfsError, match=r"stops\.txt"):
        read_gtfs([path])


def test_a_folder_holds_areas_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(flex_feed(tmp_path / "f.zip", EVENING, [box("west", 0, 2)], HOUR)) as feed:
        feed.extractall(tmp_path / "folder")
    assert read(tmp_path / "folder")[0].places.kind.tolist() == [AREA]


def test_trips_on_demand_leave_the_timetable_of_the_others_alone(tmp_path: Path) -> None:
    fixed = """
        bus 1 stop:A 08:00 0 0
        bus 2 stop:B 08:10 0 0
    """
    path = flex_feed(tmp_path / "f.zip", fixed + EVENING, [box("west", 0, 2)], HOUR)
    timetable, notices = read_gtfs([path])
    assert told(notices) == []
    assert list(timetable.trips.id) == ["bus"]
    assert timetable.trip_times(0)[0].tolist() == [28_800, 29_400]


def test_of_a_mixed_trip_the_stops_are_used_and_the_areas_told(tmp_path: Path) -> None:
    calls = """
        bus 1 stop:A 08:00 0 0
        bus 2 area:west 08:00-08:10 2 2
        bus 3 stop:B 08:10 0 0
    """
    timetable, notices = read_gtfs([flex_feed(tmp_path / "f.zip", calls, [box("west", 0, 2)])])
    assert told(notices) == [("mixed_trip", "warning", "stop_times.txt", None, "trip_id")]
    assert timetable.trip_times(0)[0].tolist() == [28_800, 29_400]
    assert timetable.flex is None


def test_rules_of_ordinary_calls_are_kept_for_each_run(tmp_path: Path) -> None:
    calls = """
        bus 1 stop:A 08:00 2 0 hour
        bus 2 stop:B 08:10 0 2
        cab 1 stop:A 09:00 0 0
        cab 2 stop:B 09:10 0 2 . hour
    """.replace(" . ", " nothing ")
    frequencies = "trip_id,start_time,end_time,headway_secs\nbus,08:00:00,10:00:00,3600\n"
    path = flex_feed(tmp_path / "f.zip", calls, rules=HOUR, frequencies=frequencies)
    timetable, notices = read_gtfs([path])
    assert told(notices) == [
        ("unknown_booking_rule", "warning", "stop_times.txt", 5, "pickup_booking_rule_id")
    ]
    assert timetable.flex is not None
    booked = timetable.flex.booked
    ids = [timetable.trips.id[trip] for trip in booked.trip.tolist()]
    assert sorted(zip(ids, booked.sequence.tolist(), strict=True)) == [
        ("bus", 1), ("bus", 1), ("cab", 2)
    ]  # fmt: skip
    assert booked.trip.tolist() == sorted(booked.trip.tolist())
    of_cab = ids.index("cab")
    assert (booked.pickup_rule[of_cab], booked.drop_off_rule[of_cab]) == (NO_RULE, 0)


def test_rides_take_the_stated_multiple_of_the_drive(tmp_path: Path) -> None:
    times = TIMES.replace("\n", ",mean_duration_factor,mean_duration_offset\n")
    rows = [
        f"{trip},{n},,,,west,,18:00:00,22:00:00,{on},{off},,,1.5,120"
        for trip in ("flex", "quick")
        for n, on, off in ((1, 2, 1), (2, 1, 2))
    ]
    trips = (
        "route_id,service_id,trip_id,safe_duration_factor,safe_duration_offset\n"
        "F,S,flex,2,\nF,S,quick,,\n"
    )
    path = flex_feed(
        tmp_path / "f.zip", EVENING, [box("west", 0, 2)],
        stop_times=times + "\n".join(rows) + "\n", trips=trips,
    )  # fmt: skip
    flex, notices = read(path)
    assert told(notices) == []
    assert flex.calls.factor.tolist() == [2, 2, 1.5, 1.5]
    assert flex.calls.offset_s.tolist() == [0, 0, 120, 120]


def test_tables_saved_with_the_timetable_come_back(tmp_path: Path) -> None:
    path = flex_feed(tmp_path / "f.zip", EVENING, [box("west", 0, 2)], HOUR)
    timetable, _ = read_gtfs([path])
    timetable.save(tmp_path / "transit")
    back = Timetable.load(tmp_path / "transit")
    assert back.flex is not None
    assert back.flex.rules.message[0] == "Call us"
    assert back.flex.calls.end_s.tolist() == [79_200, 79_200]
    assert not back.flex.calls.end_s.flags.writeable


def test_within_an_area_of_the_town_stops_on_demand_stay(tmp_path: Path) -> None:
    calls = """
        flex 1 group:some 06:00-22:00 2 1
        flex 2 group:some 06:00-22:00 1 2
        bus 1 stop:A 08:00 0 0
        bus 2 stop:B 08:10 0 0
    """
    path = flex_feed(tmp_path / "f.zip", calls, groups={"some": "B E J"})
    whole, _ = read_gtfs([path])
    east_of_d = (whole.stops.lon[3], -1.0, float(whole.stops.lon[8]), 1.0)
    timetable, _ = read_gtfs([path], east_of_d)
    assert list(timetable.stops.id) == ["E"]
    assert timetable.flex is not None
    assert timetable.flex.places.stop.tolist() == [0]


RULE, START = "pickup_booking_rule_id", "start_pickup_drop_off_window"
FAULTS = {
    "no such area": ("area:no 18:00-22:00 2 2", "unknown_location", "location_id"),
    "no such group": ("group:no 18:00-22:00 2 2", "unknown_location", "location_group_id"),
    "no such stop": ("stop:Z 18:00-22:00 2 2", "unknown_stop", "stop_id"),
    "a window backwards": ("area:west 22:00-18:00 2 2", "bad_window", START),
    "no window": ("area:west 18:00 2 2", "bad_window", START),
    "no place": ("area: 18:00-22:00 2 2", "unclear_place", "location_id"),
    "boarding as if at a time": ("area:west 18:00-22:00 0 2", "bad_boarding", "pickup_type"),
    "asking no driver": ("area:west 18:00-22:00 3 2", "bad_boarding", "pickup_type"),
    "alighting as if at a time": ("area:west 18:00-22:00 2 0", "bad_boarding", "drop_off_type"),
    "no such rule": ("area:west 18:00-22:00 2 2 x", "unknown_booking_rule", RULE),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_call_is_told_with_its_row(tmp_path: Path, fault: str) -> None:
    call, code, name = FAULTS[fault]
    calls = f"{EVENING}    flex 9 {call}\n"
    path = flex_feed(tmp_path / "f.zip", calls, [box("west", 0, 2)], HOUR)
    flex, notices = read(path)
    assert [(n.code, n.row, n.field) for n in notices] == [(code, 4, name)]
    assert list(flex.trips.id) == ["flex"]


def test_a_trip_that_takes_nobody_anywhere_is_left_out(tmp_path: Path) -> None:
    calls = "flex 1 area:west 18:00-22:00 2 2"
    timetable, notices = read_gtfs([flex_feed(tmp_path / "f.zip", calls, [box("west", 0, 2)])])
    assert told(notices) == [("no_ride", "error", "stop_times.txt", None, "trip_id")]
    assert timetable.flex is None


@pytest.mark.parametrize(
    ("rule", "code", "field"),
    [
        ("hour,9,60,,,,,,,,,,,,", "bad_booking_type", "booking_type"),
        ("hour,1,,,,,,,,,,,,,", "bad_prior_notice", "prior_notice_duration_min"),
        ("hour,1,x,,,,,,,,,,,,", "bad_prior_notice", "prior_notice_duration_min"),
        ("hour,2,,,1,,,,,,,,,,", "bad_prior_notice", "prior_notice_last_time"),
        ("hour,2,,,1,25:61:00,,,,,,,,,", "bad_prior_notice", "prior_notice_last_time"),
        (",0,,,,,,,,,,,,,", "missing_id", "booking_rule_id"),
        ("hour,0,5,,,,,,,,,,,,", "odd_prior_notice", "prior_notice_duration_min"),
        ("hour,1,60,,,,7,,,,,,,,", "odd_prior_notice", "prior_notice_start_day"),
        ("hour,1,60,99,,,7,08:00:00,,,,,,,", "odd_prior_notice", "prior_notice_start_day"),
        ("hour,2,,,1,17:00:00,,,gone,,,,,,", "odd_prior_notice", "prior_notice_service_id"),
        ("hour,0,,,,,,,,,,,,,javascript:x", "bad_url", "booking_url"),
    ],
)
def test_a_fault_of_a_rule_is_told(tmp_path: Path, rule: str, code: str, field: str) -> None:
    path = flex_feed(tmp_path / "f.zip", EVENING, [box("west", 0, 2)], booking_rules=RULES + rule)
    _, notices = read_gtfs([path])
    first = notices[0]
    assert (first.code, first.file.split("/")[-1], first.row, first.field) == (
        code, "booking_rules.txt", 2, field
    )  # fmt: skip


BAD_AREAS = [
    "",
    "[1, 2]",
    '{"features": 3}',
    '{"features": [null]}',
    json.dumps({"features": [box("", 0, 2)]}),
    json.dumps(
        {"features": [{"id": "west", "geometry": {"type": "Point", "coordinates": [0, 0]}}]}
    ),
    json.dumps({"features": [{"id": "west", "geometry": {"type": "Polygon", "coordinates": "x"}}]}),
    json.dumps({"features": [box("west", 0, 999_999)]}),
]


@pytest.mark.parametrize("document", BAD_AREAS)
def test_broken_areas_are_told_and_the_rest_is_read(tmp_path: Path, document: str) -> None:
    calls = EVENING + "    bus 1 stop:A 08:00 0 0\n    bus 2 stop:B 08:10 0 0\n"
    path = flex_feed(tmp_path / "f.zip", calls, rules=HOUR)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("locations.geojson", document)
    timetable, notices = read_gtfs([path])
    assert notices[0].code in ("bad_geojson", "bad_area", "missing_id")
    assert "unknown_location" in {notice.code for notice in notices}
    assert list(timetable.trips.id) == ["bus"]


@pytest.mark.parametrize("value", ["NaN", "1e999", '"x"', "null", "[1]"])
@pytest.mark.parametrize("corner", [0, 2])
def test_an_area_whose_coordinates_are_no_numbers_is_told_and_left_out(
    tmp_path: Path, corner: int, value: str
) -> None:
    odd = box("odd", 0, 2)
    ring = odd["geometry"]["coordinates"][0]  # type: ignore[index]
    ring[corner] = [8.0, "?"]
    document = json.dumps({"features": [odd, box("west", 0, 2)]}).replace('"?"', value)
    path = flex_feed(tmp_path / "f.zip", EVENING, rules=HOUR)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("locations.geojson", document)
    flex, notices = read(path)
    assert told(notices) == [("bad_area", "error", "locations.geojson", 1, "geometry")]
    assert list(flex.places.id) == ["west"]


def test_an_area_whose_ring_crosses_itself_is_mended(tmp_path: Path) -> None:
    knot = box("west", 0, 2)
    ring = knot["geometry"]["coordinates"][0]  # type: ignore[index]
    ring[0], ring[1] = ring[1], ring[0]
    ring[-1] = ring[0]
    flex, notices = read(flex_feed(tmp_path / "f.zip", EVENING, [knot], HOUR))
    assert told(notices) == []
    assert shapely.from_wkb(flex.places.shape[0]).is_valid

"""The generated timetable, read back from the zip."""

import datetime as dt
import json
import zipfile
from itertools import pairwise

import numpy as np
import shapely

from mobility.demo.plane import to_plane
from routing.fares.model import FareLeg, FaresV2
from routing.fares.read import read_fares
from routing.fares.version2 import PricerV2
from tests.unit.mobility.demo.conftest import TODAY, Generated

AREAS = (("stadt", "altstadt"), ("stadt",), ("umland",))


def seconds(text: str) -> int:
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def calls_by_trip(town: Generated) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in town.table("stop_times"):
        found.setdefault(row["trip_id"], []).append(row)
    return found


def test_every_reference_leads_somewhere(town: Generated) -> None:
    def ids(table: str, column: str) -> set[str]:
        return {row[column] for row in town.table(table)} - {""}

    stops = ids("stops", "stop_id")
    assert ids("trips", "route_id") == ids("routes", "route_id")
    assert ids("trips", "service_id") <= ids("calendar", "service_id")
    assert ids("calendar_dates", "service_id") <= ids("calendar", "service_id")
    assert ids("trips", "shape_id") == ids("shapes", "shape_id")
    assert ids("stop_times", "trip_id") == ids("trips", "trip_id")
    assert ids("stop_times", "stop_id") <= stops
    assert ids("stops", "parent_station") <= stops
    assert ids("stops", "level_id") <= ids("levels", "level_id")
    assert ids("transfers", "from_stop_id") | ids("transfers", "to_stop_id") <= stops
    assert ids("pathways", "from_stop_id") | ids("pathways", "to_stop_id") <= stops
    assert ids("routes", "agency_id") == ids("agency", "agency_id")
    assert ids("fare_leg_rules", "fare_product_id") <= ids("fare_products", "fare_product_id")
    assert ids("route_networks", "route_id") == ids("routes", "route_id")
    assert ids("stop_times", "pickup_booking_rule_id") == ids("booking_rules", "booking_rule_id")
    kinds = {row["stop_id"]: row["location_type"] for row in town.table("stops")}
    assert {kinds[s] for s in ids("stop_times", "stop_id")} == {"0"}


def test_the_calendar_covers_today_and_the_year_ahead(town: Generated) -> None:
    for row in town.table("calendar"):
        assert row["start_date"] < TODAY.strftime("%Y%m%d")
        assert row["end_date"] > (TODAY + dt.timedelta(days=366)).strftime("%Y%m%d")


def test_a_holiday_runs_as_a_sunday(town: Generated) -> None:
    easter = {(r["service_id"], r["exception_type"]) for r in town.table("calendar_dates")
              if r["date"] == "20260406"}  # fmt: skip
    assert easter == {("werktag", "2"), ("sonntag", "1")}


def test_times_go_forward_at_a_believable_speed(town: Generated) -> None:
    for trip, calls in calls_by_trip(town).items():
        if trip.startswith("anruf"):
            continue
        for a, b in pairwise(calls):
            taken = seconds(b["arrival_time"]) - seconds(a["departure_time"])
            metres = float(b["shape_dist_traveled"]) - float(a["shape_dist_traveled"])
            assert taken > 0
            assert metres > 0
            assert metres / taken < 33  # 120 km/h
            assert seconds(a["arrival_time"]) <= seconds(a["departure_time"])


def test_trams_come_every_six_to_fifteen_minutes_by_day_and_rest_at_night(town: Generated) -> None:
    starts: dict[str, list[int]] = {}
    for trip, calls in calls_by_trip(town).items():
        if "-0-werktag" in trip:
            line = trip.split("-")[0]
            starts.setdefault(line, []).append(seconds(calls[0]["departure_time"]))
    for line in ("1", "2", "3", "11", "12"):
        times = sorted(starts[line])
        day = [b - a for a, b in pairwise(times) if a > 7 * 3600 and b < 18 * 3600]
        assert min(day) >= 6 * 60
        assert max(day) <= 15 * 60
    first = min(min(times) for times in starts.values())
    last = max(max(times) for times in starts.values())
    assert 4 * 3600 < first < 6 * 3600
    assert last - 86_400 < first - 2 * 3600  # some hours without departures


def test_trips_run_past_midnight(town: Generated) -> None:
    late = {row["trip_id"] for row in town.table("stop_times")
            if row["departure_time"] > "24:00:00"}  # fmt: skip
    assert len(late) > 30
    assert any("nacht" in trip for trip in late)


def test_stops_lie_beside_the_course_of_their_lines(town: Generated) -> None:
    stops = {r["stop_id"]: (float(r["stop_lon"]), float(r["stop_lat"]))
             for r in town.table("stops")}  # fmt: skip
    points: dict[str, list[tuple[float, float]]] = {}
    for row in town.table("shapes"):
        place = (float(row["shape_pt_lon"]), float(row["shape_pt_lat"]))
        points.setdefault(row["shape_id"], []).append(place)
    lines = {k: shapely.LineString(to_plane(np.array(v))) for k, v in points.items()}
    calls = calls_by_trip(town)
    for trip in town.table("trips"):
        if not trip["trip_id"].endswith("-000") or not trip["shape_id"]:
            continue
        line = lines[trip["shape_id"]]
        for call in calls[trip["trip_id"]]:
            place = shapely.Point(to_plane(np.array(stops[call["stop_id"]])))
            assert line.distance(place) < 25
            at = line.interpolate(float(call["shape_dist_traveled"]))
            assert at.distance(place) < 30


def test_the_last_stop_of_a_trip_is_its_headsign(town: Generated) -> None:
    names = {row["stop_id"]: row["stop_name"] for row in town.table("stops")}
    calls = calls_by_trip(town)
    trips = [row for row in town.table("trips") if row["route_id"] != "anruf"]
    assert all(names[calls[t["trip_id"]][-1]["stop_id"]] == t["trip_headsign"] for t in trips)


def test_stop_names_are_unique_among_stations(town: Generated) -> None:
    names = [r["stop_name"] for r in town.table("stops") if r["location_type"] == "1"]
    assert len(set(names)) == len(names)


def test_the_main_station_can_be_crossed_without_stairs(town: Generated) -> None:
    """Every platform is reached from both entrances by walkways and lifts alone."""
    step_free = [p for p in town.table("pathways") if p["pathway_mode"] in {"1", "5"}]
    near: dict[str, set[str]] = {}
    for path in step_free:
        near.setdefault(path["from_stop_id"], set()).add(path["to_stop_id"])
        near.setdefault(path["to_stop_id"], set()).add(path["from_stop_id"])
    reached, queue = {"s000ein1"}, ["s000ein1"]
    while queue:
        for other in near.get(queue.pop(), set()) - reached:
            reached.add(other)
            queue.append(other)
    assert {"s000g1", "s000g2", "s000a", "s000b", "s000c", "s000d"} <= reached


def test_the_on_demand_bus_serves_its_area_in_a_window(town: Generated) -> None:
    with zipfile.ZipFile(town.folder / "gtfs.zip") as archive:
        area = json.loads(archive.read("locations.geojson"))["features"][0]
    assert shapely.geometry.shape(area["geometry"]).is_valid
    rows = [r for r in town.table("stop_times") if r["location_id"]]
    assert {r["location_id"] for r in rows} == {area["id"]}
    for row in rows:
        assert row["stop_id"] == row["arrival_time"] == row["departure_time"] == ""
        assert row["start_pickup_drop_off_window"] < row["end_pickup_drop_off_window"]
    assert {(r["pickup_type"], r["drop_off_type"]) for r in rows} == {("2", "1"), ("1", "2")}


def test_tickets_hold_ninety_minutes_and_a_short_trip_no_change(town: Generated) -> None:
    (fares,), notices = read_fares([town.folder / "gtfs.zip"])
    assert notices == []
    assert isinstance(fares, FaresV2)
    stops = {area: [s for s, of in sorted(fares.areas.items()) if of == (*area,)] for area in AREAS}
    assert all(len(found) > 5 for found in stops.values())
    old, city, country = (stops[area][:2] for area in AREAS)

    def price(*ends: list[str], every: int = 20) -> list[tuple[str, str, int]]:
        route = next(iter(fares.networks))
        legs = [
            FareLeg(n, route, "swv", tuple(pair), 60 * every * n, 60 * (every * n + 10))
            for n, pair in enumerate(ends)
        ]
        priced = PricerV2(fares).price(legs)
        assert priced.unknown == ()
        return [(b.offer.product_id, b.offer.price.text, len(b.legs)) for b in priced.bought]

    assert price(old) == [("kurz", "1.80", 1)]
    assert price(city) == [("stadt", "2.90", 1)]
    assert price(country) == [("umland", "4.40", 1)]
    assert price(old, old) == [("stadt", "2.90", 2)]  # less than two short trips
    assert price(city, city, city, every=60) == [("stadt", "2.90", 2), ("stadt", "2.90", 1)]
    reduced = [p for p in fares.products if p.category_id == "ermaessigt"]
    assert [(p.product_id, p.amount) for p in reduced] == [
        ("kurz", 120),
        ("stadt", 190),
        ("umland", 290),
    ]

"""Selected links: what runs straight from stop to stop, or past a point."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np

from routing.explore.links import Link, between, near, uses
from routing.network import Network
from routing.transit.tables import Courses, Shapes
from routing.transit.timetable import Timetable
from tests.builders import DAY, MAIN_STREET, ask, town
from tests.street_maps import DEGREE_M

LINES = """
    Red    A 08:10  D 08:25  G 08:40
    Red    A 08:30  D 08:45  G 09:00
    Fast   A 08:15  G 08:25
    Night  D 23:50  G 24:20  J 24:30
"""


def table(network: Network) -> Timetable:
    assert network.timetable is not None
    return network.timetable


def shown(timetable: Timetable, links: list[Link]) -> list[str]:
    stops, routes = timetable.stops.id, timetable.routes.short_name
    return [
        f"{routes[link.route]} {stops[link.from_stop]}-{stops[link.to_stop]} {len(link.trips)}"
        for link in links
    ]


def links(network: Network, a: str, b: str, day: str = DAY) -> list[Link]:
    timetable = table(network)
    view = timetable.day_view(date.fromisoformat(day))
    return between(timetable, view, [timetable.get_stop(a)], [timetable.get_stop(b)])


def passing(timetable: Timetable, spot: tuple[float, float], radius_m: float) -> list[Link]:
    view = timetable.day_view(date.fromisoformat(DAY))
    return near(timetable, view, spot[0] / DEGREE_M, spot[1] / DEGREE_M, radius_m)


def test_only_what_calls_at_both_stops_in_a_row_is_counted() -> None:
    network = town(LINES)
    found = links(network, "D", "G")
    assert shown(table(network), found) == ["Red D-G 2", "Night D-G 1"]
    assert {hour: n for hour, n in enumerate(found[0].per_hour) if n} == {8: 2}
    assert {hour: n for hour, n in enumerate(found[1].per_hour) if n} == {23: 1}
    assert shown(table(network), links(network, "A", "G")) == ["Fast A-G 1"]
    assert links(network, "G", "D") == []


def test_a_trip_past_midnight_counts_on_the_day_it_passes() -> None:
    network = town(LINES)
    (link,) = links(network, "G", "J", "2024-05-08")
    assert link.per_hour[0] == 1
    (trip,) = link.trips
    assert trip[1] == date.fromisoformat(DAY)
    assert links(network, "G", "J", "2024-05-01") == []


def test_without_shapes_a_point_is_passed_on_the_straight_line() -> None:
    timetable = table(town(LINES))
    middle = (MAIN_STREET["E"][0], 10.0)
    found = passing(timetable, middle, 25)
    assert sorted(shown(timetable, found)) == ["Fast A-G 1", "Night D-G 1", "Red D-G 2"]
    assert {link.on_shape for link in found} == {False}
    assert passing(timetable, (MAIN_STREET["E"][0], 40.0), 25) == []


def test_with_shapes_the_vehicles_own_way_counts() -> None:
    timetable = table(town(LINES))
    fast = next(i for i in range(timetable.n_trips) if timetable.trips.id[i] == "trip2")
    a, g = MAIN_STREET["A"][0], MAIN_STREET["G"][0]
    bend = np.array([[a, 0.0], [a, 500.0], [g, 500.0], [g, 0.0]], np.float32) / DEGREE_M
    course = np.full(timetable.n_trips, -1, np.int32)
    course[fast] = 0
    shaped = timetable.with_tables(
        shapes=Shapes(np.array([0, 4], np.uint32), bend[:, 0].copy(), bend[:, 1].copy()),
        courses=Courses(
            np.zeros(1, np.uint32), np.array([0, 2], np.uint32), np.array([0, 3], np.float32)
        ),
        trips=replace(timetable.trips, course=course),
    )
    on_the_bend = passing(shaped, (MAIN_STREET["E"][0], 495.0), 25)
    assert shown(shaped, on_the_bend) == ["Fast A-G 1"]
    assert on_the_bend[0].on_shape is True
    below = shown(shaped, passing(shaped, (MAIN_STREET["E"][0], 0.0), 25))
    assert sorted(below) == ["Night D-G 1", "Red D-G 2"]


def test_every_link_near_a_point_is_found_as_if_each_trip_was_tried() -> None:
    timetable = table(town(LINES))
    rng = np.random.default_rng(2)
    for x in rng.uniform(0, MAIN_STREET["J"][0] + 300, 40):
        expected = set()
        for trip in range(timetable.n_trips):
            calls = timetable.pattern_stops(int(timetable.trips.pattern[trip])).tolist()
            for here, there in pairwise(calls):
                low, high = (float(timetable.stops.lon[s]) * DEGREE_M for s in (here, there))
                if low - 25 <= x <= high + 25:
                    expected.add((trip, here, there))
        found = {
            (trip, link.from_stop, link.to_stop)
            for link in passing(timetable, (float(x), 0.0), 25)
            for trip, _, _ in link.trips
        }
        first = {timetable.trip_times(trip)[1][1] for trip, *_ in expected - found}
        assert all(at >= 86_400 for at in first), x  # left after midnight, on another day
        assert found <= expected | {(3, *pair[1:]) for pair in expected}


def test_an_itinerary_is_told_to_use_a_stretch() -> None:
    network = town(LINES)
    way = ask(network, "A", "G", "08:20", modes="TRANSIT", max_access_walk_s=60).itineraries[0]
    assert uses(way, {"A"}, {"D"}) == "Red"
    assert uses(way, {"D"}, {"G"}) == "Red"
    assert uses(way, {"A"}, {"G"}) is None
    assert uses(way, {"G"}, {"D"}) is None

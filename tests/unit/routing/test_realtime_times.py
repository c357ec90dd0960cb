"""What predictions mean for the calls they do not name; times in minutes."""

import pytest

from routing.realtime.times import Told, foresee

PLANNED = [0, 10, 20, 30]
LEAVING = [0, 12, 20, 30]


def test_a_delay_lasts_until_the_next_word() -> None:
    times = foresee(PLANNED, LEAVING, {1: Told(15, 17), 3: Told(31, 31)})
    assert times.arrival_s == [0, 15, 25, 31]
    assert times.departure_s == [0, 17, 25, 31]
    assert times.known == [False, True, True, True]


def test_an_arrival_alone_delays_the_departure_as_much() -> None:
    assert foresee(PLANNED, LEAVING, {1: Told(arrival_s=13)}).departure_s == [0, 15, 23, 33]


def test_a_departure_alone_leaves_the_arrival_as_it_was() -> None:
    times = foresee(PLANNED, LEAVING, {0: Told(2, 2), 1: Told(departure_s=17)})
    assert times.arrival_s == [2, 12, 25, 35]
    assert times.departure_s == [2, 17, 25, 35]


def test_an_early_departure_alone_pulls_the_arrival_with_it() -> None:
    assert foresee(PLANNED, LEAVING, {1: Told(departure_s=8)}).arrival_s == [0, 8, 16, 26]


def test_after_no_data_the_timetable_holds_again() -> None:
    times = foresee(PLANNED, LEAVING, {0: Told(3, 3), 2: Told(no_data=True)})
    assert times.arrival_s == [3, 13, 20, 30]
    assert times.known == [True, True, False, False]


def test_no_time_lies_before_the_one_ahead_of_it() -> None:
    times = foresee(PLANNED, LEAVING, {1: Told(50, 52), 2: Told(no_data=True)})
    assert times.arrival_s == [0, 50, 52, 52]
    assert times.departure_s == [0, 52, 52, 52]


def test_a_trip_told_to_be_early_has_left_the_stops_before_too() -> None:
    times = foresee(PLANNED, LEAVING, {2: Told(9, 9)})
    assert times.arrival_s == [0, 9, 9, 19]
    assert times.departure_s == [0, 9, 9, 19]


@pytest.mark.parametrize("delay", [-2, 5])
def test_a_delay_of_the_whole_trip_counts_from_its_start(delay: int) -> None:
    times = foresee(PLANNED, LEAVING, {}, delay)
    assert times.arrival_s == [t + delay for t in PLANNED]
    assert all(times.known)

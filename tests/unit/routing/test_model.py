import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing.geometry import distance_m
from routing.model import InvalidPlaceError, InvalidRequestError, Place, PlanRequest

HERE, THERE = Place(8.68, 49.41), Place(8.69, 49.42)
NOON = datetime(2024, 5, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lon", "lat"), [(math.nan, 0.0), (0.0, math.inf), (181.0, 0.0), (0.0, -90.5)]
)
def test_a_place_nowhere_on_earth_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(InvalidPlaceError, match="is no place"):
        Place(lon, lat)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="no time zone"):
        PlanRequest(HERE, THERE, NOON.replace(tzinfo=None))


def test_no_mode_at_all_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="name at least one"):
        PlanRequest(HERE, THERE, NOON, modes=frozenset())


@pytest.mark.parametrize(
    "wrong",
    [
        {"search_window_s": -1},
        {"search_window_s": 10**6},
        {"max_itineraries": 0},
        {"max_itineraries": 21},
        {"max_transfers": 13},
        {"max_direct_walk_s": 7201},
    ],
)
def test_limits_that_would_not_bound_the_work_are_refused(wrong: dict[str, Any]) -> None:
    name, value = next(iter(wrong.items()))
    with pytest.raises(InvalidRequestError, match=f"{name}={value} is outside"):
        PlanRequest(HERE, THERE, NOON, **wrong)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ((8.7, 49.4), (8.71, 49.41)),
        ((0, 0), (0, 0)),
        ((179.9, -30), (-179.9, 80)),
        ((5, 90), (9, 90)),
    ],
)
def test_places_are_as_far_apart_as_points_are(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    far_m = float(distance_m(*here, *there))
    assert Place(*here).metres_to(Place(*there)) == pytest.approx(far_m, abs=1e-3)


def test_the_second_asked_for_is_that_of_the_time() -> None:
    moment = datetime(2024, 5, 7, 8, tzinfo=UTC)
    asked = PlanRequest(Place(0, 0), Place(1, 1), moment)
    assert asked.time_s == int(moment.timestamp())
    assert replace(asked, time=moment + timedelta(minutes=1)).time_s == asked.time_s + 60

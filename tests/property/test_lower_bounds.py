"""Nothing in a network is sooner than its lower bounds say, and they say more than nothing."""

import random

import numpy as np
import pytest

from routing.arrays import group_sizes
from routing.kernels.lower_bounds import LONGEST_S
from routing.transit import lower_bounds
from routing.transit.day_view import DayView
from routing.transit.everywhere import INF, arrivals
from routing.transit.lower_bounds import LowerBounds, bound_below
from tests.builders import timetable
from tests.oracle.compare import random_day

NETWORKS = 12
FAR_APART = {"A": (9000.0, 0.0), "B": (18000.0, 0.0), "C": (27000.0, 0.0)}


def too_long(view: DayView, bounds: LowerBounds) -> list[str]:
    """Return what a day shows to take less than its bounds say."""
    cell, between_s, found = bounds.cell.astype(int), bounds.between_s, []
    source = np.repeat(np.arange(view.n_stops), group_sizes(view.foot_first))
    for a, b, seconds in zip(source, view.foot_target, view.foot_s, strict=True):
        if between_s[cell[b], cell[a]] > seconds:
            found.append(f"walk {a} {b}")
    for stop in range(view.n_real_stops):
        moments = np.arange(0, 100_000, 3600, dtype=np.int32)
        ends = np.array([stop], np.uint32), np.zeros(1, np.int32)
        there = arrivals(view, ends, moments, 7, 86_400)[:, -1]
        took = np.where(there < INF, there - moments[:, None], INF).min(axis=0)
        for other in range(view.n_real_stops):
            if between_s[cell[other], cell[stop]] > took[other]:
                found.append(f"ride {stop} {other}: {took[other]}")
    return found


@pytest.mark.parametrize("most_cells", [3, 1024])
def test_no_walk_and_no_journey_is_sooner_than_its_bound(
    most_cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lower_bounds, "MOST_CELLS", most_cells)
    for seed in range(NETWORKS):
        view = random_day(random.Random(seed))  # noqa: S311 - a test, no secret
        assert too_long(view, bound_below(view)) == [], seed


def test_a_bound_that_is_a_second_too_long_is_found() -> None:
    view = random_day(random.Random(0))  # noqa: S311 - a test, no secret
    bounds = bound_below(view)
    known = (bounds.between_s > 0) & (bounds.between_s < LONGEST_S)
    longer = LowerBounds(bounds.cell, bounds.pos_cell, bounds.between_s + known.astype(np.uint16))
    assert too_long(view, longer)


def test_a_stop_is_as_far_as_the_quickest_rides_without_waiting() -> None:
    table = timetable(
        "Red A 08:10 B 08:25 C 08:40\nBlue A 09:00 B 09:12\nGreen B 10:00 C 10:05", FAR_APART
    )
    days = table.service_days()
    assert days is not None
    bounds = bound_below(table.day_view(days[0]))
    a, b, c = (bounds.cell[table.get_stop(name)] for name in "ABC")
    assert len({a, b, c}) == 3
    assert bounds.between_s[b, a] == 12 * 60
    assert bounds.between_s[c, a] == 17 * 60
    assert bounds.between_s[a, c] == LONGEST_S

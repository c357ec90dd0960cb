"""Arrivals at all stops equal those of the time-expanded Dijkstra, stop by stop."""

import random
from collections import Counter

import numpy as np
import pytest

from routing.transit.everywhere import arrivals
from routing.transit.search import TransitQueryError
from tests.builders import town
from tests.oracle.everywhere import check_everywhere

NETWORKS = 40


def test_every_stop_is_reached_and_left_when_the_oracle_says() -> None:
    seen: Counter[str] = Counter()
    for seed in range(NETWORKS):
        rng = random.Random(seed)  # noqa: S311 - a test, no secret
        assert check_everywhere(rng, seen) == [], seed
    assert min(seen["reached"], seen["left"]) > 100


@pytest.mark.parametrize(
    ("stops", "seconds", "transfers"),
    [([99], [0], 7), ([0, 1], [0], 7), ([0], [-1], 7), ([0], [0], 15)],
)
def test_what_would_leave_the_arrays_is_refused(
    stops: list[int], seconds: list[int], transfers: int
) -> None:
    table = town("Red A 08:10 D 08:25").timetable
    assert table is not None
    view = table.day_view(table.service_days()[0])  # type: ignore[index]
    with pytest.raises(TransitQueryError):
        arrivals(view, (np.array(stops), np.array(seconds)), np.array([0]), transfers)

"""A way on which two searches meet is the one a single search finds."""

from itertools import pairwise

import numpy as np
import pytest

from routing.streets.graph import Profile
from routing.streets.meeting import find_meeting
from routing.streets.search import StreetSearch
from tests.property.test_street_search import random_map, random_places


def test_two_searches_meet_on_the_shortest_way_wherever_they_meet() -> None:
    met_often = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        graph, _ = random_map(rng)
        search = StreetSearch(graph, Profile.BIKE)
        places = random_places(rng, graph, Profile.BIKE, 6)
        snaps = [snap for snap in (places[i] for i in range(6)) if snap is not None]
        for start, goal in pairwise(snaps):
            first_s, last_s = (float(x) for x in rng.uniform(0, 60, 2))
            limits = rng.uniform(100, 700, 2)
            there = search.reach([(start, first_s)], limits[0])
            back = search.reach([(goal, last_s)], limits[1], reverse=True)
            whole = search.reach([(start, first_s)], 1e6)
            met = find_meeting(search, start, there, goal, back)
            wanted = search.seconds_to(whole, goal) + last_s
            if met is None:
                continue
            if not np.isfinite(met.seconds):
                assert wanted > limits.sum() - 0.01
                continue
            met_often += 1
            path, other = met.path(search), search.path(whole, goal)
            assert other is not None
            assert met.seconds == pytest.approx(wanted, abs=0.01)
            assert path.duration_s == pytest.approx(other.duration_s, abs=0.01)
            assert path.lonlat[[0, -1]] == pytest.approx(other.lonlat[[0, -1]], abs=2e-6)
    assert met_often > 200

from types import SimpleNamespace
from typing import Any

import numpy as np

from routing.journeys.access import _straight_end, straight_s
from routing.model import Place
from routing.streets.graph import Profile


def test_without_streets_every_stop_within_the_walk_is_found_and_no_other() -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(9.98, 10.02, 500), rng.uniform(59.98, 60.02, 500)
    door, limit = Place(10.0, 60.0), 1200
    side: Any = SimpleNamespace(
        network=None,
        place=door,
        reverse=False,
        served=np.ones(500, bool),
        walking=Profile.WALK,
        to_stops=lambda seconds, draw: (seconds, seconds, draw),
    )
    timetable: Any = SimpleNamespace(stops=SimpleNamespace(lon=lon, lat=lat))
    end = _straight_end(side, timetable, limit)
    seconds = straight_s(side, lon, lat)
    assert end.stop.tolist() == np.flatnonzero(seconds <= limit).tolist()
    assert 50 < len(end.stop) < 450
    assert np.abs(end.seconds - seconds[end.stop]).max() <= 1

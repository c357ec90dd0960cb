from pathlib import Path

import numpy as np

from routing.geometry import DEGREE_M
from routing.transit.straight_walks import with_straight_footpaths
from tests.unit.routing.test_transit_search import city, earliest


def test_without_streets_one_walks_to_a_stop_close_by(tmp_path: Path) -> None:
    stops = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
        f"{name},{name},{50 + metres / DEGREE_M:.7f},8.0\n"
        for name, metres in zip("ABCDE", (0, 3000, 3400, 9000, 3800), strict=True)
    )
    apart = city(
        tmp_path, "Red A 08:00 B 08:10", "Blue C 08:20 D 08:30", "Out E 09:00 D 09:10", stops=stops
    )
    assert earliest(apart, "A", "D", "07:55") == []
    town = with_straight_footpaths(apart, 1.2, 1.3)
    assert earliest(town, "A", "D", "07:55") == [
        "A 08:00 Red B 08:10, walk 434 s, C 08:20 Blue D 08:30"
    ]
    paths = town.footpaths
    source = np.repeat(np.arange(town.n_stops), np.diff(paths.first.astype(int)))
    ids = town.stops.id
    walks = {(ids[a], ids[b]) for a, b in zip(source.tolist(), paths.target.tolist(), strict=True)}
    assert walks == {("B", "C"), ("C", "B"), ("C", "E"), ("E", "C")}

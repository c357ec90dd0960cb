import numpy as np

from routing.streets.footpaths import walks_between
from routing.streets.graph import StreetMode
from routing.streets.snap import snap_many
from tests.street_maps import draw, lonlat


def test_stops_within_the_limit_are_joined_in_both_directions() -> None:
    graph = draw({"A": (0, 0), "B": (2000, 0)}, [("A B", {"highway": "footway"})])
    # 12 m off the street at both ends: 10 s each, at 1.2 m/s
    places = np.array([lonlat(x, 12) for x in (100, 232, 1500)])
    table = snap_many(graph, StreetMode.WALK, places[:, 0], places[:, 1])
    start, end, seconds = walks_between(graph, table, limit_s=130.0)
    # 132 m at 1.33 m/s are 99.2 s
    rows = list(zip(start.tolist(), end.tolist(), seconds.tolist(), strict=True))
    assert rows == [(0, 1, 120), (1, 0, 120)]
    none = walks_between(graph, table, limit_s=110.0)
    assert [len(column) for column in none] == [0, 0, 0]


def test_a_place_off_the_streets_walks_nowhere() -> None:
    graph = draw({"A": (0, 0), "B": (100, 0)}, [("A B", {"highway": "footway"})])
    places = np.array([lonlat(10, 0), lonlat(90, 0), lonlat(50, 2000)])
    table = snap_many(graph, StreetMode.WALK, places[:, 0], places[:, 1])
    start, end, _ = walks_between(graph, table)
    assert set(zip(start.tolist(), end.tolist(), strict=True)) == {(0, 1), (1, 0)}

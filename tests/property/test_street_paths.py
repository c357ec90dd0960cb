"""Ways are drawn on random maps as edges put one after the other would be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.arrays import Float64
from routing.streets.graph import freeze
from routing.streets.search import Reach, StreetSearch
from routing.streets.snap import NO_ARC, Snap
from tests.property.test_street_search import modes, random_map, random_places, seeds

Piece = tuple[int, float, float]


def pieces(search: StreetSearch, reach: Reach, place: Snap) -> list[Piece]:
    """Follow parents in plain Python: arcs in the direction of travel, from and to which share."""
    _, link, label = search._read(reach, place.table, place.row)
    links = place.table.leaving if reach.reverse else place.table.entering
    arc, share = int(links.arc[link[0]]), float(links.share[link[0]])
    at = int(label[0])
    if at < 0:
        there = float(reach.sources.share[reach.own_link[-1 - at]])
        begin, end = (1 - share, there) if reach.reverse else (1 - there, share)
        return [(arc, begin, max(begin, end))]
    row = int(reach.seed_link[reach.seed[at]])
    other = int(reach.sources.arc[row]), float(reach.sources.share[row])
    trace = []
    while reach.parent[at] >= 0:
        trace.append((int(reach.arc[at]), 0.0, 1.0))
        at = int(reach.parent[at])
    begin, end = ((arc, share), other) if reach.reverse else (other, (arc, share))
    found = [(begin[0], 1 - begin[1], 1.0)] if begin[0] != NO_ARC else []
    found += trace if reach.reverse else trace[::-1]
    return found + ([(end[0], 0.0, end[1])] if end[0] != NO_ARC else [])


def without_repeats(line: Float64) -> Float64:
    fresh = np.ones(len(line), bool)
    fresh[1:] = (np.abs(line[1:] - line[:-1]) > 1e-12).any(axis=1)
    return line[fresh]


@settings(max_examples=150)
@given(seed=seeds, mode=modes, reverse=st.booleans())
def test_a_way_is_drawn_along_its_edges(seed: int, mode: int, reverse: bool) -> None:
    rng = np.random.default_rng(seed)
    graph, _ = random_map(rng)
    up, down = rng.uniform(1, 9, (2, graph.n_edges)).astype(np.float32) * (graph.edges.length_m > 0)
    graph = replace(graph, edges=freeze(replace(graph.edges, climb_m=up, descent_m=down)))
    places = random_places(rng, graph, mode, 12)
    search = StreetSearch(graph, mode)
    offsets = np.where(rng.random(12) < 0.4, rng.uniform(0, 300, 12), np.inf).astype(np.float32)
    reach = search.reach_from(places, offsets, 1e9, reverse)
    for i in range(12):
        place = places[i]
        path = None if place is None else search.path(reach, place)
        if place is None or path is None:
            continue
        way, lines = graph.modes[mode].way, []
        expected = pieces(search, reach, place)
        assert path.edges.tolist() == [int(way[arc]) >> 1 for arc, _, _ in expected]
        assert path.backward.tolist() == [bool(way[arc] & 1) for arc, _, _ in expected]
        for arc, begin, end in expected:
            shares = (1 - begin, 1 - end) if way[arc] & 1 else (begin, end)
            lines.append(graph.edge_lonlat(int(way[arc]) >> 1, *shares))
        length = [e - b for _, b, e in expected] * graph.edges.length_m[path.edges]
        assert path.edge_m == pytest.approx(length, rel=1e-5, abs=1e-3)
        assert path.length_m == pytest.approx(length.sum(), rel=1e-5, abs=1e-3)
        climbs = [e - b for _, b, e in expected] * np.where(
            path.backward, down[path.edges], up[path.edges]
        )
        assert path.climb_m == pytest.approx(climbs.sum(), rel=1e-5, abs=1e-4)
        begins = path.lonlat[path.begins]
        assert begins == pytest.approx(np.array([line[0] for line in lines]).reshape(-1, 2))
        if lines:
            line = without_repeats(np.vstack(lines))
            assert without_repeats(path.lonlat) == pytest.approx(line, abs=1e-9)
        else:
            spots = {(place.lon, place.lat), (places.lon[path.source], places.lat[path.source])}
            assert {tuple(point) for point in path.lonlat.tolist()} <= spots
        assert len(path.lonlat) >= 2

"""Ways on streets, drawn: their line, and the edges they pass."""

from typing import NamedTuple

import numpy as np

from routing.arrays import Bool, Float32, Float64, Int32, UInt32
from routing.kernels.paths import lay_path
from routing.streets.graph import DEGREE, StreetGraph, StreetMode
from routing.streets.snap import NO_ARC


class StreetPath(NamedTuple):
    """A way on streets.

    Parameters
    ----------
    length_m, duration_s : float
        Metres; seconds without the source's offset.
    climb_m : float, optional
        Metres up, added up; ``None`` where no heights are known.
    lonlat : float64, (n, 2)
        The line from start to end in the direction of travel, degrees; at least two points.
    edges : uint32, (n_edges,)
        Edges passed, in order.
    backward : bool, (n_edges,)
        Passed against the drawn direction.
    edge_m : float32, (n_edges,)
        Metres of each.
    begins : uint32, (n_edges,)
        Row of ``lonlat`` at which each begins.
    source : int
        Which source it starts at (ends at, in a reverse search).
    mode : StreetMode
        How one moves.
    """

    length_m: float
    duration_s: float
    climb_m: float | None
    lonlat: Float64
    edges: UInt32
    backward: Bool
    edge_m: Float32
    begins: UInt32
    source: int
    mode: StreetMode


def draw_path(
    graph: StreetGraph,
    mode: StreetMode,
    trace: tuple[Int32, UInt32, int, bool],
    begin: tuple[int, float],
    end: tuple[int, float],
    ends: tuple[tuple[float, float], tuple[float, float]],
    duration_s: float,
    source: int,
) -> StreetPath:
    """Draw a way that a search found.

    Parameters
    ----------
    graph, mode : StreetGraph, StreetMode
        The streets, and the mode whose graph was searched.
    trace : tuple
        Parents and arcs of the labels, the label at the place (negative where the way stays on
        the edge of its source), and whether the search went backwards.
    begin, end : tuple of (int, float)
        Arc on which the way begins and ends (``NO_ARC``: at a node), and the share of it
        passed by then.
    ends : tuple
        The two ends in degrees, which are all there is of a way that passes no edge.
    duration_s, source
        As in :class:`StreetPath`.
    """
    parent, arc, label, reverse = trace
    if label < 0:  # two places on one spot may stand in the wrong order by a hair
        begin, end = begin, (NO_ARC, max(begin[1], end[1]))
    elif end[0] == NO_ARC:
        end = NO_ARC, 1.0
    if begin[0] == NO_ARC:
        begin = NO_ARC, 0.0
    table, points = graph.edges, graph.points
    edges, backward, begins, passed_m, line, length_m, up_m = lay_path(
        parent, arc, label, reverse, begin, end, graph.modes[mode].way, table.length_m,
        table.climb_m, table.descent_m, table.first, table.last, points.lon_e7, points.lat_e7,
        graph.along_m, DEGREE,
    )  # fmt: skip
    if len(line) < 2:
        line = np.repeat(line, 2, axis=0) if len(line) else np.array(ends)
    climb_m = up_m if graph.has_heights else None
    return StreetPath(
        length_m, duration_s, climb_m, line, edges, backward, passed_m, begins, source, mode
    )

"""How soon one can be anywhere at best: what tells a search where it need not look.

Stops are gathered in cells. For every two cells the least time from any stop of the one to any
stop of the other is known, over all runs of a day and all footpaths, as if no one ever waited.
"""

from dataclasses import dataclass

import numpy as np

from routing.arrays import Float32, UInt16, UInt32, freeze, group_first, group_sizes
from routing.kernels.lower_bounds import gather_cells, least_between, quickest_rides
from routing.transit.day_view import DayView

MOST_CELLS = 1024
"""In networks of fewer stops each is a cell; the table takes two bytes for every two of them."""

_SELDOM = 1e-6
"""Weight of a stop where nothing calls: such ones are drawn where there are no others left."""


@dataclass(frozen=True)
class LowerBounds:
    """Least times between the stops of a day.

    Parameters
    ----------
    cell : uint16, (n_stops,)
        Cell of each stop.
    pos_cell : uint16, (n_positions,)
        Cell of the stop at each position of the day's lines.
    between_s : uint16, (n_cells, n_cells)
        Seconds, never more than it takes: to the cell of the row, from that of the column.
    """

    cell: UInt16
    pos_cell: UInt16
    between_s: UInt16

    def __post_init__(self) -> None:
        """Make every array read-only: one kind of array means one compilation."""
        freeze(self)


def bound_below(view: DayView, most_cells: int = MOST_CELLS) -> LowerBounds:
    """Find the least times between the stops of a day.

    Cells are those of stops drawn at random, the same ones every time: each other stop goes with
    the one it reaches first. So there are more of them where there are more stops, and more lines
    that call there.
    """
    arcs = _arcs(view)
    n_cells = min(view.n_stops, most_cells)
    chance = np.random.default_rng(0)
    weight = np.sqrt(np.bincount(view.stop, minlength=view.n_stops)) + _SELDOM
    middle = chance.choice(view.n_stops, n_cells, replace=False, p=weight / weight.sum())
    cell = np.zeros(view.n_stops, np.uint16)
    gather_cells(*arcs, middle.astype(np.uint32), cell)
    member = np.argsort(cell, kind="stable").astype(np.uint32)
    between_s = np.empty((n_cells, n_cells), np.uint16)
    least_between(*arcs, cell, group_first(cell[member], n_cells), member, between_s)
    return LowerBounds(cell, cell[view.stop], between_s)


def _arcs(view: DayView) -> tuple[UInt32, UInt32, Float32]:
    """Return rides and footpaths by the stop they lead to: its first, their begin, seconds."""
    source, target = np.empty((2, len(view.stop)), np.uint32)
    seconds = np.empty(len(view.stop), np.float32)
    count = quickest_rides(view.lines, source, target, seconds)
    walked_from = np.repeat(np.arange(view.n_stops, dtype=np.uint32), group_sizes(view.foot_first))
    source = np.concatenate((source[:count], walked_from))
    target = np.concatenate((target[:count], view.foot_target))
    seconds = np.concatenate((seconds[:count], view.foot_s.astype(np.float32)))
    order = np.lexsort((seconds, source, target))
    source, target, seconds = source[order], target[order], seconds[order]
    # Of lines that share a stretch the quickest stays.
    kept = np.append(True, (np.diff(source) != 0) | (np.diff(target) != 0))[: len(source)]
    arcs = group_first(target[kept], view.n_stops), source[kept], seconds[kept]
    for column in arcs:
        column.flags.writeable = False
    return arcs

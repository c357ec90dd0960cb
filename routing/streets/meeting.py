"""A way put together from two searches: one from where it begins, one back from where it ends."""

from dataclasses import dataclass, replace

import numpy as np

from routing.kernels.meeting import meet
from routing.streets.paths import StreetPath, draw_path
from routing.streets.search import Reach, StreetSearch
from routing.streets.snap import NO_ARC, Snap


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where two searches meet on the shortest way.

    Parameters
    ----------
    there, back : Reach
        From one place, and back from another.
    seconds : float
        Of the whole way, the offsets of both places included.
    label, arc, back_label : int
        Where the first search's part ends, the arc from there (``NO_ARC``: none, they meet at a
        node), and where the other's part begins.
    """

    there: Reach
    back: Reach
    seconds: float
    label: int
    arc: int
    back_label: int

    def path(self, search: StreetSearch) -> StreetPath:
        """Draw the way."""
        arcs = [*_arcs(self.there, self.label)[::-1], self.arc, *_arcs(self.back, self.back_label)]
        arc = np.array([NO_ARC, *(one for one in arcs if one != NO_ARC)], np.uint32)
        chain = np.arange(-1, len(arc) - 1, dtype=np.int32)
        begin, end = _link(self.there, self.label), _link(self.back, self.back_label)
        there, back = self.there, self.back
        return draw_path(
            search.graph,
            search.mode,
            (chain, arc, len(arc) - 1, False),
            (begin[0], 1 - begin[1]),
            end,
            (
                (float(there.lon[0]), float(there.lat[0])),
                (float(back.lon[0]), float(back.lat[0])),
            ),
            self.seconds - float(there.offset_s[0]) - float(back.offset_s[0]),
            0,
        )


def find_meeting(
    search: StreetSearch, start: Snap, there: Reach, goal: Snap, back: Reach
) -> Meeting | None:
    """Find the shortest way between two places on which two searches meet.

    Parameters
    ----------
    search : StreetSearch
        What made both; one that chooses ways by their seconds alone.
    start, there : Snap, Reach
        A place, and what is within some time of it.
    goal, back : Snap, Reach
        Another place, and from where it is within some time.

    Returns
    -------
    Meeting or None
        ``None`` where there may be a shorter way: one that takes longer than both limits
        together, or that only one of the searches knows.
    """
    side = search.side
    slot = np.full(side.n_nodes, -1, np.int32)
    labels = there.node, there.duration_s, back.node, back.duration_s
    seconds, *where = meet(slot, *labels, side.first, side.head, search.seconds)
    if not seconds <= there.limit_s + back.limit_s:
        return None
    alone = (
        search.seconds_to(replace(there, limit_s=seconds), goal) + float(back.offset_s[0]),
        search.seconds_to(replace(back, limit_s=seconds), start) + float(there.offset_s[0]),
    )
    return None if min(alone) < seconds else Meeting(there, back, float(seconds), *where)


def _link(reach: Reach, label: int) -> tuple[int, float]:
    """Return the arc on which the source lies that a label stems from, and its share."""
    row = reach.seed_link[reach.seed[label]]
    return int(reach.sources.arc[row]), float(reach.sources.share[row])


def _arcs(reach: Reach, label: int) -> list[int]:
    """Return the arcs from a label to the source of the search."""
    arcs: list[int] = []
    while reach.parent[label] >= 0:
        arcs.append(int(reach.arc[label]))
        label = int(reach.parent[label])
    return arcs

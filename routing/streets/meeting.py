"""A way put together from two searches: one from where it begins, one back from where it ends."""

import math
from dataclasses import dataclass

import numpy as np

from routing.kernels.meeting import chain_arcs, meet
from routing.streets.paths import StreetPath, draw_path
from routing.streets.search import Reach, StreetSearch
from routing.streets.snap import Snap


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where two searches meet on the shortest way.

    Parameters
    ----------
    there, back : Reach
        From one place, and back from another.
    seconds : float
        Of the whole way, the offsets of both places included; infinite where they do not meet.
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
        there, back = self.there, self.back
        first, last = (
            (there.parent, there.arc, self.label),
            (back.parent, back.arc, self.back_label),
        )
        arc = chain_arcs(*first, self.arc, *last)
        chain = np.arange(-1, len(arc) - 1, dtype=np.int32)
        begin, end = _link(there, self.label), _link(back, self.back_label)
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
        Of infinite seconds where no way takes up to both limits together; ``None`` where there
        may be a shorter way, which only one of the searches knows.
    """
    if any(len(reach.seed_link) < len(reach.sources.node) for reach in (there, back)):
        return None  # an edge as long as a whole search: they may pass each other on it
    side = search.side
    labels = there.node, there.duration_s, back.node, back.duration_s
    arcs = side.first, side.head, search.seconds, there.limit_s
    with search.scratch() as scratch:
        seconds, *where = meet(scratch.slot, *labels, *arcs)
        scratch.filled = back.node
    if not seconds <= there.limit_s + back.limit_s:
        seconds = math.inf
    alone = (
        search.seconds_to(there, goal) + float(back.offset_s[0]),
        search.seconds_to(back, start) + float(there.offset_s[0]),
    )
    return None if min(alone) < seconds else Meeting(there, back, float(seconds), *where)


def _link(reach: Reach, label: int) -> tuple[int, float]:
    """Return the arc on which the source lies that a label stems from, and its share."""
    row = reach.seed_link[reach.seed[label]]
    return int(reach.sources.arc[row]), float(reach.sources.share[row])


def path_of(search: StreetSearch, start: Snap, goal: Snap, seconds: float) -> StreetPath | None:
    """Draw the way between two places that is known to take so long, or less."""
    if not search.prefers:
        half_s = seconds / 2 + 1
        there = search.reach([(start, 0.0)], half_s)
        back = search.reach([(goal, 0.0)], half_s, reverse=True)
        met = find_meeting(search, start, there, goal, back)
        if met is not None and math.isfinite(met.seconds):
            return met.path(search)
    return search.path(search.reach([(start, 0.0)], seconds + 1, until=goal), goal)

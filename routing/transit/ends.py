"""The stops at one end of a journey, as the searches take them."""

from dataclasses import dataclass

import numpy as np

from routing.arrays import Int32, UInt8, UInt32
from routing.errors import RoutingError
from routing.kernels.ends import read_columns
from routing.kernels.trip_arrays import AtBest
from routing.kernels.trip_search import reach_at_best
from routing.transit.day_view import DayView
from routing.transit.lower_bounds import MOST_CELLS
from routing.transit.shortcuts import Shortcuts
from routing.transit.walking import MOST_STEPS, STEP_S

LONGEST_S = 86_400

Ends = tuple[UInt32 | Int32, Int32] | tuple[UInt32 | Int32, Int32, Int32]
"""Stops, the seconds between each and the origin or destination, and how many of them are on foot
(all of them where that is not given); arrays of one length."""


class TransitQueryError(RoutingError, ValueError):
    """A search was asked for something outside the timetable."""


@dataclass
class ReadEnds:
    """Ends that were checked and laid out for one day; made once for all searches that share them.

    Parameters
    ----------
    given : uint32, (n,)
        Stops of the timetable.
    stop : uint32, (m,)
        All copies the day has of them.
    seconds, steps : int32 and uint8, (m,)
        Between the door and each, and the steps of walking that counts as.
    """

    given: UInt32
    stop: UInt32
    seconds: Int32
    steps: UInt8
    _bounded: tuple[Shortcuts, AtBest] | None = None

    def at_best(self, shortcuts: Shortcuts) -> AtBest:
        """Return how soon these are reached from anywhere at best, see :func:`reach_at_best`."""
        if self._bounded is None or self._bounded[0] is not shortcuts:
            best = AtBest(*np.empty((2, MOST_CELLS), np.int32))
            reach_at_best(shortcuts.hops, self.stop, self.seconds, best)
            self._bounded = shortcuts, best
        return self._bounded[1]


def read_ends(view: DayView, ends: Ends) -> ReadEnds:
    """Lay out ends for a day.

    Raises
    ------
    TransitQueryError
        Columns of several lengths, a stop the timetable has not, or more seconds than a day has.
    """
    stop, seconds, walk_s = np.asarray(ends[0]), np.asarray(ends[1]), np.asarray(ends[-1])
    if not stop.shape == seconds.shape == walk_s.shape or stop.ndim != 1:
        raise TransitQueryError("stops and seconds must be lists of one length")
    known, short, given, *rest = read_columns(
        np.ascontiguousarray(stop, np.int64),
        np.ascontiguousarray(seconds, np.int64),
        np.ascontiguousarray(walk_s, np.int64),
        view.n_real_stops,
        LONGEST_S,
        STEP_S,
        MOST_STEPS,
    )
    if not known:
        raise TransitQueryError(f"a stop lies outside 0 to {view.n_real_stops - 1}")
    if not short:
        raise TransitQueryError(f"seconds to a stop lie outside 0 to {LONGEST_S}")
    return ReadEnds(given, *view.spread(given, *rest))

"""Walking as a criterion: counted in steps of five minutes, so that it can be exact.

Each walk of a journey (to the first stop, between two vehicles, from the last stop) counts as its
time rounded to the nearest whole step. Steps add up; from ``MOST_STEPS`` on, more makes no
difference any more. To walk less one arrives at most half an hour later than with more walking and
as many rides (``raptor_arrays.WALKING_LESS_S``).
"""

from typing import Any

import numpy as np

from routing.arrays import UInt8

STEP_S = 300
MOST_STEPS = 8
"""Forty minutes: whoever walks that long is taken not to mind more."""


def step_count(seconds: int) -> int:
    """Return the steps one walk counts as; the same as :func:`steps_of`, at a tenth of its cost.

    Examples
    --------
    >>> step_count(150), step_count(9000)
    (1, 8)
    """
    return min((seconds + STEP_S // 2) // STEP_S, MOST_STEPS)


def steps_of(seconds: Any) -> UInt8:
    """Return the steps each walk counts as, uint8, of seconds (integers or floats, not negative).

    Examples
    --------
    >>> steps_of([0, 149, 150, 449, 450, 9000]).tolist()
    [0, 0, 1, 1, 2, 8]
    """
    steps = (np.asarray(seconds) + STEP_S // 2) // STEP_S
    return np.asarray(np.minimum(steps, MOST_STEPS), np.uint8)

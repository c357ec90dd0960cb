"""First boardings are sorted as five columns would be, in one number or not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.raptor_arrays import Starts
from routing.transit.room import make_starts, sort_starts


@st.composite
def boardings(draw: st.DrawFn) -> list[tuple[int, int, int, int, int, int]]:
    """Draw different starts; with large numbers in some of which no 63 bits hold all."""
    most = draw(st.sampled_from([3, 1000, 2**30]))
    number = st.integers(0, most)
    row = st.tuples(st.integers(-most, most), number, number, number, number, st.integers(0, 8))
    return draw(st.lists(row, max_size=30, unique_by=lambda start: start[:4] + start[5:]))


@settings(deadline=None)
@given(boardings())
def test_starts_are_sorted_by_leaving_latest_first_then_steps_line_position_and_run(
    rows: list[tuple[int, int, int, int, int, int]],
) -> None:
    starts = make_starts(len(rows) + 1)
    unsorted = np.array(rows, np.int64).reshape(-1, 6)
    for column, values in zip(starts, unsorted.T, strict=True):
        column[: len(rows)] = values
    sort_starts(starts, len(rows))
    leave, *rest = (column[: len(rows)].tolist() for column in Starts(*starts))
    wanted = sorted(rows, key=lambda start: (-start[0], start[5], *start[1:4]))
    assert list(zip(leave, *rest, strict=True)) == wanted

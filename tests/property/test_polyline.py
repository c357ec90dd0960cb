"""Lines become text and come back; their length is that of their stretches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from routing.geometry import EARTH_M, line_steps_m
from routing.journeys.polyline import decode, encode
from routing.kernels.polyline import cut_line, length_m

points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
lines = st.lists(points, max_size=30).map(lambda p: np.array(p, np.float64).reshape(-1, 2))


@given(line=lines, precision=st.sampled_from([5, 6]))
def test_a_line_comes_back_rounded(line: np.ndarray, precision: int) -> None:
    text = encode(line, precision)
    assert text.isascii()
    back = decode(text, precision)
    assert back.shape == line.shape
    assert np.abs(back - line).max(initial=0) <= 0.5000001 * 10.0**-precision


@given(line=arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(8, 9)))
def test_the_length_is_the_sum_of_the_stretches(line: np.ndarray) -> None:
    assert length_m(line, EARTH_M) == pytest.approx(line_steps_m(line).sum(), rel=1e-9, abs=1e-6)


@given(
    line=arrays(
        np.float32, st.tuples(st.integers(2, 12), st.just(2)), elements=st.floats(8, 9, width=32)
    ),
    before=st.integers(0, 3),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_part_of_a_line_keeps_the_points_between_its_ends(
    line: np.ndarray, before: int, shares: tuple[float, float]
) -> None:
    start, end = sorted(share * (len(line) - 1) for share in shares)
    lon, lat = (np.append(np.zeros(before, np.float32), column) for column in line.T)
    rows = [start, *(row for row in range(len(line)) if start < row < end), end]
    expected = [np.interp(rows, range(len(line)), column) for column in line.T]
    assert cut_line(lon, lat, before, start, end) == pytest.approx(np.column_stack(expected))

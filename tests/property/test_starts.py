"""First boardings: of all there are those of use, sorted as six columns would be."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.kernels.raptor_arrays import Starts
from routing.kernels.starts import find_starts
from routing.transit.day_view import DayView
from routing.transit.room import make_starts, sort_starts
from tests.oracle.compare import random_day

NETWORKS = 40
Start = tuple[int, ...]
"""Leaving, line, position, run, seconds to the stop, steps."""


@st.composite
def boardings(draw: st.DrawFn) -> list[tuple[int, int, int, int, int, int]]:
    """Draw different starts; with large numbers in some of which no 63 bits hold all."""
    most = draw(st.sampled_from([3, 1000, 2**30]))
    number = st.integers(0, most)
    row = st.tuples(st.integers(-most, most), number, number, number, number, st.integers(0, 8))
    return draw(st.lists(row, max_size=30, unique_by=lambda start: start[:4] + start[5:]))


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


def all_starts(
    view: DayView, ends: list[tuple[int, int, int]], span: Start, every: bool
) -> list[Start]:
    """Return every boarding asked for, of use or not: all stops, all lines, all runs."""
    from_s, until_s = span
    found: list[Start] = []
    for stop, seconds, steps in ends:
        for row in range(view.serving_first[stop], view.serving_first[stop + 1]):
            line, pos = int(view.serving_line[row]), int(view.serving_pos[row])
            n_runs = int(view.trip_first[line + 1]) - int(view.trip_first[line])
            column = int(view.time_first[line]) + pos * n_runs
            times = view.departure_s[column : column + n_runs].tolist()
            leaving = {t: t - seconds for t in reversed(times) if t - seconds >= from_s}
            inside = sorted(t for t, leave in leaving.items() if leave <= until_s)
            later = sorted(t for t, leave in leaving.items() if leave > until_s)[:1]
            for t in [*inside, *later] if every else inside[:1]:
                leave = min(leaving[t], until_s + 1) if every else from_s
                found.append((leave, line, pos, times.index(t), seconds, steps))
    return found


def is_of_use(start: Start, others: list[Start]) -> bool:
    leave, line, pos, run, _, steps = start
    return not any(
        o[:4] != start[:4] and o[0] >= leave and o[1] == line and o[2] <= pos and o[3] <= run
        and o[5] <= steps
        for o in others
    )  # fmt: skip


@pytest.mark.parametrize("every", [True, False])
def test_a_start_is_left_out_where_another_has_one_seated_in_that_run_or_one_before(
    every: bool,
) -> None:
    dropped = 0
    for seed in range(NETWORKS):
        rng = random.Random(seed)  # noqa: S311 - a test, no secret
        view = random_day(rng)
        chosen = rng.sample(range(view.n_stops), min(view.n_stops, 6))
        ends = [(stop, rng.randrange(0, 1200, 60), rng.randrange(4)) for stop in chosen]
        from_s = rng.randrange(0, 90_000, 600)
        span = from_s, from_s + rng.choice([599, 3599, 20_000])
        columns = np.array(ends).T
        given = [columns[0].astype(np.uint32), columns[1].astype(np.int32)]
        given.append(columns[2].astype(np.uint8))
        every_one = all_starts(view, ends, span, every)
        for drop in (False, True):
            out = make_starts(len(every_one) + 1)
            count = find_starts(view.lines, *given, *span, every, drop, out)
            found = {tuple(int(c[i]) for c in out) for i in range(count)}
            wanted = {s for s in every_one if not drop or is_of_use(s, every_one)}
            assert found == wanted, (seed, drop)
            dropped += len(every_one) - count
    assert dropped > 0

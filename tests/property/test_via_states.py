"""Of journeys over places, the same are kept as by comparing each with each."""

from hypothesis import given
from hypothesis import strategies as st

from routing.journeys.via_states import Partial, best_of

SMALL = st.integers(0, 6)
PLACED = st.builds(Partial, SMALL, SMALL, SMALL, SMALL)
LOOSE = st.builds(Partial, st.none(), SMALL, SMALL, SMALL, low_s=SMALL, high_s=SMALL)


def badness(state: Partial) -> tuple[int, ...]:
    costs = state.ready_s, state.boarded, state.walk_s
    if state.start_s is None:
        return *costs, state.low_s, -state.high_s
    return *costs, -state.start_s


def beats(a: Partial, b: Partial) -> bool:
    alike = (a.start_s is None) == (b.start_s is None)
    return alike and all(x <= y for x, y in zip(badness(a), badness(b), strict=True))


@given(st.lists(PLACED | LOOSE, max_size=40))
def test_the_best_are_those_no_other_one_beats(states: list[Partial]) -> None:
    kept = best_of(states)
    assert all(any(beats(one, state) for one in kept) for state in states)
    assert not any(a is not b and beats(a, b) for a in kept for b in kept)

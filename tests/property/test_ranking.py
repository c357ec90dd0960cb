"""What is ranked holds every way that is best in leaving, arriving and changing."""

from hypothesis import given
from hypothesis import strategies as st

from routing.journeys.combine import DIRECT, Candidate, cost, pareto, select, without_absurd
from routing.journeys.weights import Weights

COMBINATIONS = (("WALK", "WALK"), ("RENTAL:BICYCLE", "WALK"), (DIRECT, "WALK"))


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    """Draw a way of some minutes; a direct walk is walked all the time."""
    combination = draw(st.sampled_from(COMBINATIONS))
    start, minutes = 60 * draw(st.integers(0, 9)), draw(st.integers(1, 30))
    if combination[0] == DIRECT:
        return Candidate(combination, start, start + 60 * minutes, 0, 60 * minutes)
    walk = draw(st.integers(0, minutes))
    transfers = draw(st.integers(0, 2))
    return Candidate(combination, start, start + 60 * minutes, transfers, 60 * walk)


WAYS = st.lists(candidates(), min_size=1, max_size=12)


def times(way: Candidate) -> tuple[int, int, int]:
    return -way.start_s, way.end_s, way.transfers


def as_good(way: Candidate, as_this: Candidate) -> bool:
    """Tell whether a way is at least as good in leaving, arriving and changing."""
    return all(a <= b for a, b in zip(times(way), times(as_this), strict=True))


def nearly_as_good(way: Candidate, as_this: Candidate) -> bool:
    """Tell whether another way costs less than five minutes and changes no more often."""
    lost_s = max(as_this.start_s - way.start_s, 0) + max(way.end_s - as_this.end_s, 0)
    return way is not as_this and lost_s < 300 and way.transfers <= as_this.transfers


@given(WAYS)
def test_no_way_best_in_leaving_arriving_and_changing_is_dropped(ways: list[Candidate]) -> None:
    ranked = pareto(ways)
    for way in ways:
        alike = [other for other in ways if other.combination == way.combination]
        if all(times(other) == times(way) for other in alike if as_good(other, way)):
            kept = [other for other in ranked if other.combination == way.combination]
            assert times(way) in map(times, kept)
    walks = [way for way in ranked if way.combination == (DIRECT, "WALK")]
    for way in set(ranked) - set(without_absurd(ranked)):  # leave the bike out, or walk all the way
        assert any(nearly_as_good(other, way) for other in ranked) or any(
            walk.duration_s <= way.duration_s for walk in walks
        )


@given(WAYS, st.integers(1, 6), st.sampled_from([Weights(), Weights(transfer=0.0), Weights(5.0)]))
def test_the_best_way_by_any_weights_is_among_those_shown(
    ways: list[Candidate], most: int, weights: Weights
) -> None:
    chosen = select(ways, most, 0, False, weights)
    assert len(chosen) == min(most, len(ways))
    assert len({id(way) for way in chosen}) == len(chosen)
    plain = [way for way in ways if way.combination == ("WALK", "WALK")]
    best = min(plain or ways, key=lambda way: cost(way, 0, False, weights))
    costs = [cost(way, 0, False, weights) for way in chosen if way.combination == best.combination]
    assert min(costs) == cost(best, 0, False, weights)

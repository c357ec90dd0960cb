"""Releases: what is public, what is noise, what is hidden, and what is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest

from privacy import cells, mechanisms
from privacy.caps import Caps
from privacy.errors import DomainError, MechanismError, NotGrantedError
from privacy.model import BoundedTable, Grant, count_origins
from privacy.release import release, suppress_below
from privacy.requests import ReleaseQuery, canonical_bytes

AREA = cells.box(8.60, 49.38, 8.76, 49.44)
DOMAIN = cells.public_domain(AREA, 8)
GRANT = Grant(
    "g", "plan_city", frozenset({"origins"}), frozenset({"planner"}), "2026-01", "2026-12", 10**6
)
QUERY = ReleaseQuery("origins", "2026-10", ((0, 24),), "all", 8, 500_000, "d")


def table(counts: list[int] | None = None) -> BoundedTable:
    values = np.zeros((len(DOMAIN), 1), dtype=np.int64)
    if counts:
        values[: len(counts), 0] = counts
    return BoundedTable(DOMAIN, values, Caps())


def test_the_scale_is_cap_over_epsilon() -> None:
    assert mechanisms.discrete_laplace(60, 500_000).scale == pytest.approx(120)


@pytest.mark.parametrize("cap", [1, 7, 60, 61, 997])
@pytest.mark.parametrize("micro", [1, 3, 333_333, 300_000, 999_999, 1_000_000, 50_000_000])
def test_opendps_own_map_never_exceeds_the_promise(cap: int, micro: int) -> None:
    from fractions import Fraction

    mechanism = mechanisms.discrete_laplace(cap, micro)
    assert Fraction(mechanisms.loss(mechanism.scale, cap)) <= Fraction(micro, 10**6)
    assert mechanism.scale <= cap / (micro / 10**6) * (1 + 1e-9)


@pytest.mark.parametrize(("cap", "micro"), [(0, 1), (-1, 1), (1, 0), (1, -5), (1.5, 1), (True, 1)])
def test_a_mechanism_that_could_not_be_is_refused(cap: object, micro: object) -> None:
    with pytest.raises(MechanismError):
        mechanisms.discrete_laplace(cap, micro)  # type: ignore[arg-type]


def test_error_95_is_the_smallest_that_holds() -> None:
    for scale in (0.3, 1.0, 17.5, 240.0):
        mechanism = mechanisms.DiscreteLaplace(1, 1, scale)
        ratio = math.exp(-1 / scale)

        def outside(k: int, ratio: float = ratio) -> float:
            return 2 * ratio ** (k + 1) / (1 + ratio)

        k = mechanism.error_95
        assert outside(k) <= 0.05
        assert k == 0 or outside(k - 1) > 0.05


def test_noise_has_the_stated_spread_and_no_bias() -> None:
    """2,000 draws; each bound is 6 standard errors wide: false alarm below 1 in 10 million."""
    counts = np.zeros((2000,), dtype=np.int64)
    mechanism = mechanisms.discrete_laplace(8, 1_000_000)
    noise = mechanisms.add_noise(counts, mechanism)
    assert noise.dtype == np.int64
    q = math.exp(-1 / mechanism.scale)
    deviation = math.sqrt(2 * q) / (1 - q)
    assert abs(noise.mean()) < 6 * deviation / math.sqrt(2000)
    assert abs(np.abs(noise).mean() - 2 * q / (1 - q * q)) < 6 * deviation / math.sqrt(2000)


def test_noise_is_drawn_for_each_cell_and_each_call() -> None:
    got = [release(table(), GRANT, QUERY, "planner").noisy for _ in range(2)]
    assert len(np.unique(got[0])) > 20
    assert not np.array_equal(got[0], got[1])


def test_every_cell_of_the_domain_is_in_the_document_hidden_or_not() -> None:
    document = release(table([1000] * 5), GRANT, QUERY, "planner").document()
    assert [c["cell"] for c in document["cells"]] == list(DOMAIN)
    hidden = sum(n is None for c in document["cells"] for n in c["counts"])
    assert hidden == document["suppressed"] > 0


def test_what_is_shown_reaches_the_bound_and_what_is_hidden_does_not() -> None:
    result = release(table([500] * 20), GRANT, QUERY, "planner")
    bound = suppress_below(result.mechanism)
    assert (result.noisy[result.shown] >= bound).all()
    assert (result.noisy[~result.shown] < bound).all()


def test_totals_sum_all_noisy_counts_also_hidden_and_negative_ones() -> None:
    result = release(table(), GRANT, QUERY, "planner")
    assert (result.noisy < 0).any()
    assert result.document()["totals"] == [int(result.noisy.sum())]


@pytest.mark.parametrize(
    ("changes", "role"),
    [
        ({"template": "od"}, "planner"),
        ({"month": "2025-12"}, "planner"),
        ({"month": "2027-01"}, "planner"),
        ({"epsilon_micro": 10**6 + 1}, "planner"),
        ({"epsilon_micro": 0}, "planner"),
        ({"level": 9}, "planner"),
        ({}, "operator"),
        ({}, ""),
    ],
)
def test_nothing_leaves_without_a_grant_that_covers_it(
    changes: dict[str, object], role: str
) -> None:
    with pytest.raises(NotGrantedError):
        release(table(), GRANT, replace(QUERY, **changes), role)  # type: ignore[arg-type]


def test_a_table_of_other_bands_is_refused() -> None:
    with pytest.raises(DomainError):
        release(table(), GRANT, replace(QUERY, hour_bands=((0, 12), (12, 24))), "planner")


def test_a_trip_counts_in_its_ancestor_and_band_only() -> None:
    coarse = cells.public_domain(AREA, 7)
    got = count_origins([(DOMAIN[0], 8, 3), (DOMAIN[0], 9, 2)], coarse, ((0, 9), (9, 10)), Caps())
    assert got.counts.sum(axis=0).tolist() == [3, 2]
    assert got.counts[coarse.index(cells.coarsen(DOMAIN[0], 7))].tolist() == [3, 2]


def test_a_trip_outside_area_or_bands_adds_nothing() -> None:
    far = cells.cell_of(0.0, 0.0, 8)
    got = count_origins([(far, 8, 1), (DOMAIN[0], 20, 1)], DOMAIN, ((0, 9),), Caps())
    assert got.counts.sum() == 0


@pytest.mark.parametrize("bands", [((0, 9), (8, 10)), ((0, 25),), ((5, 5),)])
def test_bands_that_would_count_twice_are_refused(bands: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(DomainError):
        count_origins([], DOMAIN, bands, Caps())


def test_the_domain_depends_on_the_area_alone_and_holds_each_ancestor() -> None:
    for level in (5, 6, 7):
        coarse = set(cells.public_domain(AREA, level))
        assert {cells.coarsen(cell, level) for cell in DOMAIN} == coarse
    assert cells.public_domain(AREA, 8) == DOMAIN


@pytest.mark.parametrize(
    "corners", [(8.76, 49.38, 8.60, 49.44), (8.6, 49.44, 8.7, 49.38), (200.0, 0.0, 201.0, 1.0)]
)
def test_a_swapped_or_empty_box_is_refused(corners: tuple[float, float, float, float]) -> None:
    with pytest.raises(DomainError, match="W,S,E,N"):
        cells.box(*corners)


@pytest.mark.parametrize("lonlat", [(181.0, 0.0), (0.0, 91.0), (math.nan, 0.0), (0.0, math.inf)])
def test_a_position_not_on_earth_has_no_cell(lonlat: tuple[float, float]) -> None:
    with pytest.raises(DomainError):
        cells.cell_of(*lonlat, 8)


def test_a_whole_continent_is_no_town() -> None:
    with pytest.raises(DomainError):
        cells.public_domain(cells.box(5.0, 47.0, 15.0, 55.0), 8)


def test_equal_requests_have_equal_hashes_and_any_change_another() -> None:
    assert QUERY.hash() == replace(QUERY).hash()
    changed = [
        replace(QUERY, month="2026-09"),
        replace(QUERY, hour_bands=((0, 23),)),
        replace(QUERY, mode="car"),
        replace(QUERY, level=7),
        replace(QUERY, epsilon_micro=1),
        replace(QUERY, domain="e"),
        replace(QUERY, template="od"),
    ]
    assert len({q.hash() for q in [QUERY, *changed]}) == 8


def test_canonical_bytes_are_sorted_ascii_and_finite() -> None:
    assert canonical_bytes({"b": "ä", "a": [1, None]}) == b'{"a":[1,null],"b":"\\u00e4"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_bytes({"x": math.nan})

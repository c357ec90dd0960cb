"""Take any one person away: the counts change by no more than the cap, in all."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobility.trustee import admission, months, releases
from privacy import cells
from privacy.caps import Caps, bound
from privacy.model import BoundedTable, count_origins
from privacy.requests import ReleaseQuery
from tests.cooperative import AFTER, AREA, START, add_member, open_cooperative, take_token, trip

DOMAIN = cells.public_domain(AREA, 8)[:6]
BANDS = ((0, 9), (9, 17), (17, 24))
DAYS = [dt.date(2026, 10, d) for d in (1, 2, 3)]
Trip = tuple[int, dt.date, tuple[str, int]]

trips = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(DAYS),
        st.tuples(st.sampled_from(DOMAIN), st.integers(0, 23)),
    ),
    max_size=60,
)
caps = st.integers(1, 5).flatmap(
    lambda day: st.integers(day, 9).map(lambda month: Caps(day, month))
)


def counted(offered: list[Trip], limits: Caps) -> BoundedTable:
    rows = [(cell, hour, 1) for cell, hour in bound(offered, limits)]
    return count_origins(rows, DOMAIN, BANDS, limits)


@settings(max_examples=1000)
@given(trips, caps, st.integers(0, 3))
def test_removing_a_person_changes_the_counts_by_at_most_the_cap(
    offered: list[Trip], limits: Caps, person: int
) -> None:
    with_all = counted(offered, limits).counts
    without = counted([t for t in offered if t[0] != person], limits).counts
    assert np.abs(with_all - without).sum() <= limits.month


def test_the_property_can_fail() -> None:
    """Without the month's cap the same comparison exceeds it, so the test above has teeth."""
    limits = Caps(2, 2)
    offered: list[Trip] = [(0, day, (DOMAIN[0], 8)) for day in DAYS for _ in range(2)]
    careless = counted(offered, replace(limits, month=99)).counts
    assert np.abs(careless - 0).sum() > limits.month
    assert np.abs(counted(offered, limits).counts).sum() == limits.month


@settings(max_examples=200)
@given(trips, caps)
def test_nobody_counts_beyond_day_and_month(offered: list[Trip], limits: Caps) -> None:
    for person in range(4):
        mine = [t for t in offered if t[0] == person]
        assert len(bound(mine, limits)) <= limits.month
        for day in DAYS:
            assert len(bound([t for t in mine if t[1] == day], limits)) <= limits.day


@settings(max_examples=200)
@given(trips, caps, st.randoms(use_true_random=False))
def test_what_counts_of_a_person_does_not_depend_on_others(
    offered: list[Trip], limits: Caps, shuffle: object
) -> None:
    alone = sorted(
        p for person in range(4) for p in bound([t for t in offered if t[0] == person], limits)
    )
    assert sorted(bound(offered, limits)) == alone


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(offered=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2)), max_size=14))
def test_the_cooperatives_database_counts_as_the_rule_does(
    tmp_path_factory: object, offered: list[tuple[int, int]]
) -> None:
    """The same trips through admission, close and count give the table of the rule."""
    folder: Path = tmp_path_factory.mktemp("town")  # type: ignore[attr-defined]
    opened, clock = open_cooperative(folder)
    limits = Caps(2, 3)
    trustee = replace(opened, caps=limits)
    members = [add_member(trustee, f"m{i}@example.org") for i in range(2)]
    as_rule: list[Trip] = []
    for who, day in sorted(offered, key=lambda o: o[1]):
        clock.now = START + dt.timedelta(days=day)
        token = take_token(trustee, members[who])
        admission.admit(trustee, trip(token, origin_cell=DOMAIN[who], hour=8 + day))
        as_rule.append((who, clock.now.date(), (DOMAIN[who], 8 + day)))
    expected = counted(as_rule, limits).counts
    clock.now = AFTER
    with trustee.store.write() as session:
        months.ensure_month(trustee, session, "2026-10")
    months.close_months(trustee)
    query = ReleaseQuery("origins", "2026-10", BANDS, "all", 8, 1, "")
    assert np.array_equal(releases.exact_counts(trustee, query, DOMAIN).counts, expected)
    trustee.store.close()

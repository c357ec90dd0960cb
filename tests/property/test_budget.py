"""A budget never goes negative, never beyond its cap, and adds up to the last millionth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.budget import MICRO, Account, epsilon
from privacy.errors import BudgetExhaustedError


@given(st.integers(0, 3 * MICRO), st.lists(st.integers(1, MICRO), max_size=30), st.data())
def test_debits_add_up_and_stop_at_the_cap(
    cap: int, debits: list[int], data: st.DataObject
) -> None:
    account = Account(cap, reserved_micro=data.draw(st.integers(0, cap)))
    spent = 0
    for amount in debits:
        fits = spent + amount <= cap - account.reserved_micro
        try:
            account = account.debit(amount)
        except BudgetExhaustedError:
            assert not fits
        else:
            assert fits
            spent += amount
        assert account.spent_micro == spent
        assert account.left_micro >= 0


@pytest.mark.parametrize("amount", [0, -1, 0.5, True, "1", None])
def test_only_positive_whole_numbers_are_debited(amount: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Account(MICRO).debit(amount)  # type: ignore[arg-type]


def test_a_third_three_times_is_exactly_what_was_spent() -> None:
    account = Account(MICRO)
    for _ in range(3):
        account = account.debit(333_333)
    assert account.left_micro == 1
    assert epsilon(account.spent_micro) + epsilon(1) == 1


def test_an_account_that_could_not_be_is_refused() -> None:
    with pytest.raises(ValueError, match="exceed the cap"):
        Account(10, spent_micro=6, reserved_micro=5)
    with pytest.raises(ValueError, match="never negative"):
        Account(10, spent_micro=-1)

"""Privacy budget in whole millionths of epsilon, so that sums are exact.

The authority over an account is one row in the cooperative's database, changed by one conditional
update; this is the same rule as arithmetic, for checks, pages and tests.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from privacy.errors import BudgetExhaustedError

MICRO = 1_000_000


@dataclass(frozen=True)
class Account:
    """The budget of one data month.

    Attributes
    ----------
    cap_micro : int
        All that may ever be spent, millionths of epsilon; no vote raises it.
    spent_micro : int
        Debited so far. A debit stays, also when a crash came before its release.
    reserved_micro : int
        Kept back for special grants; ordinary requests cannot touch it.
    """

    cap_micro: int
    spent_micro: int = 0
    reserved_micro: int = 0

    def __post_init__(self) -> None:
        if min(self.cap_micro, self.spent_micro, self.reserved_micro) < 0:
            raise ValueError("a budget is never negative; check cap, spent and reserved")
        if self.spent_micro + self.reserved_micro > self.cap_micro:
            raise ValueError(
                f"{self.spent_micro} spent and {self.reserved_micro} reserved exceed the cap of "
                f"{self.cap_micro} micro-epsilon"
            )

    @property
    def left_micro(self) -> int:
        """What ordinary requests may still spend."""
        return self.cap_micro - self.reserved_micro - self.spent_micro

    def debit(self, epsilon_micro: int) -> "Account":
        """Return the account after one debit.

        Parameters
        ----------
        epsilon_micro : int
            At least 1, millionths of epsilon.

        Raises
        ------
        ValueError
            If the amount is not a positive whole number.
        BudgetExhaustedError
            If less than that is left.
        """
        if type(epsilon_micro) is not int or epsilon_micro < 1:
            raise ValueError(f"cannot debit {epsilon_micro!r}; give a whole number of at least 1")
        if epsilon_micro > self.left_micro:
            raise BudgetExhaustedError(
                f"{epsilon_micro} micro-epsilon asked, {self.left_micro} of {self.cap_micro} left; "
                "ask for less, or use a release that exists already"
            )
        return replace(self, spent_micro=self.spent_micro + epsilon_micro)


def epsilon(micro: int) -> Fraction:
    """Return millionths of epsilon as an exact fraction."""
    return Fraction(micro, MICRO)

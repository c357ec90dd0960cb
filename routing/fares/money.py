"""Amounts of money: whole numbers of a currency's smallest unit inside, decimal text outside."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Decimals of the currencies that do not have two, after ISO 4217."""

_DIGITS = {code: number for number, codes in _BY_DIGITS.items() for code in codes.split()}
_CODE = re.compile("[A-Z]{3}")
_LARGEST = Decimal(10) ** 12

KEPT_TEXTS = 1024
"""Amounts whose text is kept."""


def is_currency(code: str) -> bool:
    """Tell whether a text is spelled like a currency of ISO 4217, such as ``EUR``."""
    return _CODE.fullmatch(code) is not None


def digits(currency: str) -> int:
    """Return how many decimals a currency has.

    Examples
    --------
    >>> digits("EUR"), digits("JPY"), digits("KWD")
    (2, 0, 3)
    """
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit; may be negative, as discounts are."""

    amount: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        """Make money of an amount in the currency's main unit, rounded half up."""
        scaled = amount.scaleb(digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls(int(scaled), currency)

    @property
    def text(self) -> str:
        """The amount in the main unit.

        Examples
        --------
        >>> Money(290, "EUR").text, Money(500, "JPY").text, Money(-1250, "KWD").text
        ('2.90', '500', '-1.250')
        """
        return _text(self.amount, self.currency)


@lru_cache(KEPT_TEXTS)
def _text(amount: int, currency: str) -> str:
    return f"{Decimal(amount).scaleb(-digits(currency)):f}"


def parse_decimal(text: str) -> Decimal | None:
    """Return a finite decimal number of ordinary size, ``None`` for anything else.

    Examples
    --------
    >>> parse_decimal("2.90"), parse_decimal("free"), parse_decimal("inf"), parse_decimal("1e99")
    (Decimal('2.90'), None, None, None)
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < _LARGEST else None

"""Records of fare files, checked: what is needed is there, what is named exists."""

from collections.abc import Container, Iterator
from decimal import Decimal

from routing.fares.money import Money, digits, is_currency, parse_decimal
from routing.gtfs.files import FeedFiles
from routing.notices import NoticeList, Severity


class Row:
    """One record, and where to tell what is wrong with it."""

    def __init__(self, file: str, number: int, values: dict[str, str], notices: NoticeList) -> None:
        self._file, self._number, self._notices = file, number, notices
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def tell(self, code: str, name: str, message: str, severity: Severity = "error") -> None:
        """Note a fault of one field."""
        self._notices.add(code, severity, self._file, self._number, name, message)

    def has_id(self, name: str, taken: Container[str] = ()) -> bool:
        """Tell whether the row has an id that no row before had; otherwise it is told."""
        if self[name] and self[name] not in taken:
            return True
        code, what = (
            ("repeated_id", f"'{self[name]}' again") if self[name] else ("missing_id", "blank")
        )
        self.tell(code, name, f"{what}; row left out")
        return False

    def knows(self, name: str, what: str, known: Container[str], *, needed: bool = False) -> bool:
        """Tell whether a field names something that exists, or nothing if it need not."""
        if self[name] in known or (not self[name] and not needed):
            return True
        self.tell(f"unknown_{what}", name, f"no {what} '{self[name]}'; row left out")
        return False

    def money(self, amount: str, currency: str, lowest: Decimal | None = None) -> Money | None:
        """Read an amount with its currency; ``None``, and told, where it cannot be relied on."""
        code, value = self[currency].upper(), parse_decimal(self[amount])
        if not is_currency(code):
            self.tell("bad_currency", currency, f"'{self[currency]}' is none; row left out")
            return None
        if value is None or (lowest is not None and value < lowest):
            self.tell("bad_amount", amount, f"'{self[amount]}' is no price; row left out")
            return None
        money = Money.of(value, code)
        if Decimal(money.amount).scaleb(-digits(code)) != value:
            text = f"'{self[amount]}' is finer than {code} allows; taken as {money.text}"
            self.tell("bad_amount", amount, text, "warning")
        return money

    def choice(self, name: str, allowed: str, default: int | None = None) -> int | None:
        """Read one digit of those allowed; ``default`` where it is blank, else ``None``, told."""
        if not self[name] and default is not None:
            return default
        if len(self[name]) == 1 and self[name] in allowed:
            return int(self[name])
        self.tell("bad_choice", name, f"'{self[name]}' is none of {', '.join(allowed)}; left out")
        return None


def read_rows(
    files: FeedFiles, file: str, columns: tuple[str, ...], notices: NoticeList
) -> Iterator[Row]:
    """Iterate over the records of a file; none where it is absent."""
    if not files.has(file):
        return
    rows = files.rows(file, columns)
    texts = [rows[name].strings() for name in columns]
    for number, *values in zip(rows.number.tolist(), *texts, strict=True):
        yield Row(rows.file, number, dict(zip(columns, values, strict=True)), notices)

"""What was wrong with the data, row by row; a fault is told, never raised."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One fault in one place of an input file.

    Parameters
    ----------
    code : str
        Short name of the kind of fault, such as ``unknown_stop``; stable, for counting.
    severity : {"error", "warning", "info"}
        ``error``: a row was left out; ``warning``: it was mended; ``info``: it is only odd.
    file : str
        The file, for a member of an archive ``feed.zip/stop_times.txt``.
    row : int or None
        Record number, the header being 1; ``None`` where the file as a whole is meant.
    field : str or None
        Column, where one is to blame.
    message : str
        What was found, what was done with it.
    """

    code: str
    severity: Severity
    file: str
    row: int | None
    field: str | None
    message: str

    def as_dict(self) -> dict[str, str | int | None]:
        """Return the fields as plain values, for a line of ``notices.jsonl``."""
        return asdict(self)


class NoticeList:
    """Notices of one reading, with a limit per kind so that a broken file stays readable.

    Parameters
    ----------
    limit_per_code : int
        Rows listed of one code in one file; the rest is counted in a closing notice.
    """

    def __init__(self, limit_per_code: int = 100) -> None:
        self._limit = limit_per_code
        self._kept: list[Notice] = []
        self._seen: Counter[tuple[str, str]] = Counter()
        self._severity: dict[tuple[str, str], Severity] = {}

    def add(
        self,
        code: str,
        severity: Severity,
        file: str,
        row: int | None = None,
        field: str | None = None,
        message: str = "",
    ) -> None:
        """Note one fault."""
        key = (code, file)
        self._seen[key] += 1
        self._severity[key] = severity
        if self._seen[key] <= self._limit:
            self._kept.append(Notice(code, severity, file, row, field, message))

    def count(self, code: str) -> int:
        """Count the faults of one kind, listed or not."""
        return sum(n for (found, _), n in self._seen.items() if found == code)

    def finish(self) -> list[Notice]:
        """Return the notices, and one that says how many more there are of each long kind."""
        more = [
            Notice(
                code, self._severity[code, file], file, None, None, f"and {n - self._limit} more"
            )
            for (code, file), n in self._seen.items()
            if n > self._limit
        ]
        return self._kept + more

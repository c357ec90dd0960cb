"""``booking_rules.txt`` → rules; what a rule must say and does not is told."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from routing.arrays import StringTable
from routing.flex.tables import NOT_GIVEN, BookingRules
from routing.gtfs.files import FeedFiles
from routing.gtfs.values import BAD, BLANK, parse_count, parse_time
from routing.notices import NoticeList

REAL_TIME, SAME_DAY, EARLIER_DAY = 0, 1, 2
_TEXTS = {
    "message": "message",
    "pickup_message": "pickup_message",
    "drop_off_message": "drop_off_message",
    "phone": "phone_number",
    "info_url": "info_url",
    "booking_url": "booking_url",
}
_NUMBERS = {
    "least_min": ("prior_notice_duration_min", parse_count),
    "most_min": ("prior_notice_duration_max", parse_count),
    "last_day": ("prior_notice_last_day", parse_count),
    "last_s": ("prior_notice_last_time", parse_time),
    "start_day": ("prior_notice_start_day", parse_count),
    "start_s": ("prior_notice_start_time", parse_time),
}
_COLUMNS = (
    "booking_rule_id",
    "booking_type",
    "prior_notice_service_id",
    *_TEXTS.values(),
    *(name for name, _ in _NUMBERS.values()),
)
_NEEDED = {REAL_TIME: (), SAME_DAY: ("least_min",), EARLIER_DAY: ("last_day", "last_s")}
_MEANT = {
    REAL_TIME: (),
    SAME_DAY: ("least_min", "most_min", "start_day", "start_s"),
    EARLIER_DAY: ("last_day", "last_s", "start_day", "start_s"),
}


@dataclass
class RuleReader:
    """Reads the rules of one feed after the other; ``rows`` finds those of the present feed."""

    notices: NoticeList
    rows: dict[str, int] = field(default_factory=dict)
    _rules: list[dict[str, int]] = field(default_factory=list)
    _texts: list[dict[str, str]] = field(default_factory=list)

    def read(self, files: FeedFiles, services: dict[str, int]) -> None:
        """Read a feed's rules.

        Parameters
        ----------
        services : dict
            Row of each ``service_id`` of the feed.
        """
        self.rows = {}
        rows = files.rows("booking_rules.txt", _COLUMNS)
        columns = {name: rows[name].strings() for name in _COLUMNS}
        for i, number in enumerate(rows.number.tolist()):
            row = {name: values[i] for name, values in columns.items()}
            rule = self._rule(row, services, rows.file, number)
            if rule is not None:
                self.rows[row["booking_rule_id"]] = len(self._rules)
                self._rules.append(rule)
                self._texts.append(
                    {"id": row["booking_rule_id"], **self._told(row, rows.file, number)}
                )

    def _told(self, row: dict[str, str], file: str, number: int) -> dict[str, str]:
        """Return the texts of a rule; an address that a browser might run is left out."""
        texts = {name: row[column] for name, column in _TEXTS.items()}
        for name in ("info_url", "booking_url"):
            if texts[name] and not texts[name].lower().startswith(("http://", "https://")):
                message = f"'{texts[name]}' is no address on the web; taken as blank"
                self.notices.add("bad_url", "warning", file, number, name, message)
                texts[name] = ""
        return texts

    def _rule(
        self, row: dict[str, str], services: dict[str, int], file: str, number: int
    ) -> dict[str, int] | None:
        def fault(code: str, column: str, message: str) -> None:
            text = f"{message}; rule left out"
            self.notices.add(code, "error", file, number, column, text)

        key = row["booking_rule_id"]
        if not key or key in self.rows:
            code = "repeated_id" if key else "missing_id"
            fault(code, "booking_rule_id", f"'{key}' again" if key else "blank")
            return None
        kind = parse_count(row["booking_type"])
        if kind not in _NEEDED:
            fault("bad_booking_type", "booking_type", f"'{row['booking_type']}' is none of 0, 1, 2")
            return None
        rule = {"kind": kind, "service": NOT_GIVEN}
        for name, (column, parse) in _NUMBERS.items():
            value = parse(row[column])
            if value == BAD:
                fault("bad_prior_notice", column, f"'{row[column]}' cannot be read")
                return None
            rule[name] = NOT_GIVEN if value == BLANK else value
        for name in _NEEDED[kind]:
            if rule[name] == NOT_GIVEN:
                column = _NUMBERS[name][0]
                fault("bad_prior_notice", column, f"booking type {kind} needs it")
                return None
        self._drop_odd(rule, file, number)
        return self._with_service(rule, row["prior_notice_service_id"], services, file, number)

    def _drop_odd(self, rule: dict[str, int], file: str, number: int) -> None:
        """Forget what the rule's kind has no use for, and half of a start."""

        def forget(name: str, why: str) -> None:
            column = _NUMBERS[name][0]
            self.notices.add("odd_prior_notice", "warning", file, number, column, f"{why}; unused")
            rule[name] = NOT_GIVEN

        for name in _NUMBERS:
            if name not in _MEANT[rule["kind"]] and rule[name] != NOT_GIVEN:
                forget(name, f"booking type {rule['kind']} has none")
        if rule["most_min"] != NOT_GIVEN and rule["start_day"] != NOT_GIVEN:
            forget("start_day", "there is a prior_notice_duration_max")
        for name, other in (("start_day", "start_s"), ("start_s", "start_day")):
            if rule[name] != NOT_GIVEN and rule[other] == NOT_GIVEN:
                forget(name, f"there is no {_NUMBERS[other][0]}")

    def _with_service(
        self, rule: dict[str, int], key: str, services: dict[str, int], file: str, number: int
    ) -> dict[str, int]:
        if key and rule["kind"] == EARLIER_DAY and key in services:
            return rule | {"service": services[key]}
        if key:
            message = f"'{key}' is not used here; calendar days are counted"
            self.notices.add(
                "odd_prior_notice", "warning", file, number, "prior_notice_service_id", message
            )
        return rule

    def make(self) -> BookingRules:
        """Return the rules of all feeds."""
        columns: dict[str, Any] = {
            name: np.array([rule[name] for rule in self._rules], np.int32)
            for name in (*_NUMBERS, "service")
        }
        for name in ("id", *_TEXTS):
            columns[name] = StringTable.of(text[name] for text in self._texts)
        kind = np.array([rule["kind"] for rule in self._rules], np.uint8)
        return BookingRules(kind=kind, **columns)

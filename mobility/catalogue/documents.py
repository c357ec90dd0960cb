"""Take GBFS files apart: JSON or not, which version, how old, which rows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from mobility.catalogue.values import to_id, to_number, to_time
from routing.notices import NoticeList

MOST_ROWS = 200_000
"""Rows read of one file; no system has more vehicles in one town."""

STATUS_FILES = ("station_status", "vehicle_status")
FEEDS = (
    "system_information",
    "vehicle_types",
    "station_information",
    "station_status",
    "vehicle_status",
    "system_pricing_plans",
    "geofencing_zones",
)
OLD_NAMES = {"vehicle_status": "free_bike_status"}
"""Names of files before GBFS 3.0."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a feed: its ``data`` and what its head says."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    last_updated: datetime | None = None
    ttl_s: int = 0
    version: str | None = None


def read_document(name: str, body: bytes, notices: NoticeList) -> Document | None:
    """Read one file; a file that cannot be read yields a notice and ``None``.

    Parameters
    ----------
    name : str
        Feed name, such as ``station_status``.
    body : bytes
        As fetched.
    notices : NoticeList
        Takes what was wrong.
    """
    value = _parse(name, body, notices)
    if value is None:
        return None
    if not isinstance(value, Mapping) or not isinstance(value.get("data"), Mapping):
        notices.add("no_data", "error", name, message="no object 'data'; the file was left out")
        return None
    version = to_id(value.get("version"))
    if version is None:
        notices.add("missing_version", "info", name, field="version", message="read as GBFS 1.0")
    updated = to_time(value.get("last_updated"))
    if updated is None:
        notices.add(
            "missing_last_updated",
            "warning",
            name,
            field="last_updated",
            message=f"{value.get('last_updated')!r} is no time; its age counts as unknown",
        )
    ttl = to_number(value.get("ttl"))
    if ttl is None or ttl < 0:
        notices.add("invalid_ttl", "info", name, field="ttl", message="read as 0 s")
        ttl = 0
    return Document(name, value["data"], updated, int(min(ttl, 86_400 * 365)), version)


def _parse(name: str, body: bytes, notices: NoticeList) -> Any:
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if text[:1] == b"<":
        notices.add("not_json", "error", name, message="a web page came instead of JSON")
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:  # the standard library also reads NaN, and wrong bytes once replaced
        return json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        notices.add("not_json", "error", name, message=f"not JSON: {str(error)[:120]}")
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a list, which knows where it stands."""

    file: str
    number: int
    value: Mapping[str, Any]
    notices: NoticeList

    def get(self, *keys: str) -> Any:
        """Return the first value there is under these names."""
        return next((self.value[k] for k in keys if self.value.get(k) is not None), None)

    def mended(self, code: str, key: str, message: str) -> None:
        """Note a value that was replaced."""
        self.notices.add(code, "warning", self.file, self.number, key, message)

    def dropped(self, code: str, key: str, message: str) -> None:
        """Note that the row is left out."""
        self.notices.add(code, "error", self.file, self.number, key, message)

    def count(self, *keys: str) -> int | None:
        """Read a number of things; below zero becomes zero, nonsense becomes unknown."""
        value = self.get(*keys)
        if value is None:
            return None
        number = to_number(value)
        if number is None or number > 1_000_000:
            self.mended("invalid_count", keys[0], f"{str(value)[:40]!r} is no count; unknown")
            return None
        if number < 0:
            self.mended("negative_count", keys[0], f"{number:g} was read as 0")
            return 0
        return int(number)


def rows(document: Document | None, keys: tuple[str, ...], notices: NoticeList) -> Iterator[Row]:
    """Yield the objects of a list in ``data``, under the first of ``keys`` there is."""
    if document is None:
        return
    found = next((document.data[key] for key in keys if key in document.data), None)
    if not isinstance(found, list):
        notices.add("no_rows", "warning", document.name, field=keys[0], message="no such list")
        return
    if len(found) > MOST_ROWS:
        notices.add(
            "too_many_rows", "error", document.name, message=f"only the first {MOST_ROWS} are read"
        )
    for number, value in enumerate(found[:MOST_ROWS], start=1):
        if isinstance(value, Mapping):
            yield Row(document.name, number, value, notices)
        else:
            notices.add("not_an_object", "error", document.name, number, message="left out")

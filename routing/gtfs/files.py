"""Read the files of a GTFS feed, however untidy, column by column."""

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Int64
from routing.errors import RoutingError
from routing.notices import NoticeList

CHUNK_ROWS = 500_000
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNUSABLE = "unusable_feed"
"""Code of the notice that a feed was left out."""
_BEYOND = "fields beyond the header"
_SPARE = {"attributions.txt", "feed_info.txt", "levels.txt", "shapes.txt", "translations.txt"}
"""Files without which every answer is still right."""
_ENCRYPTED = 1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class GtfsError(RoutingError):
    """A feed that cannot be used at all.

    Parameters
    ----------
    file : str
        The feed or the file in it that is to blame, as notices call it.
    words : str
        What is wrong with it, and the remedy.
    """

    def __init__(self, file: str, words: str) -> None:
        super().__init__(f"{file} {words}")
        self.file = file


class _OpenQuoteError(Exception):
    """A file whose quotes do not come in pairs."""


@dataclass(frozen=True)
class Column:
    """One column of some rows: few different strings, and which of them each row has.

    Parameters
    ----------
    codes : int, (n_rows,)
        Index into ``values``.
    values : list of str
        Different values, stripped; the empty string stands for a blank.
    """

    codes: NDArray[Any]
    values: list[str]

    def strings(self) -> list[str]:
        """Return the value of every row."""
        values = self.values
        return [values[code] for code in self.codes.tolist()]

    def map(self, convert: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
        """Convert each different value once and spread the results over the rows."""
        converted = np.array([convert(value) for value in self.values], dtype)
        return converted[self.codes] if len(converted) else np.zeros(len(self.codes), dtype)


@dataclass(frozen=True)
class Rows:
    """Some records of a file; ``number`` is the record's, the header being 1."""

    file: str
    number: Int64
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]


class FeedFiles:
    """A GTFS feed: a zip file, or a folder of its files.

    Parameters
    ----------
    path : Path
        ``feed.zip`` or a folder; the files may lie in one folder inside.
    notices : NoticeList
        Where faults are told.

    Raises
    ------
    GtfsError
        The path is missing, no zip file, or protected by a password.
    """

    def __init__(self, path: Path, notices: NoticeList) -> None:
        self.path = path
        self.name = path.stem
        self._notices = notices
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            found = [*path.rglob("*.txt"), *path.rglob("*.geojson")]
            members = {p.name: str(p) for p in sorted(found)}
        else:
            try:
                self._zip = zipfile.ZipFile(path)
            except FileNotFoundError as error:
                raise GtfsError(path.name, "does not exist; name a GTFS zip file") from error
            except _DAMAGED as error:
                words = f"is not a whole zip file ({error}); fetch it again"
                raise GtfsError(path.name, words) from error
            if any(member.flag_bits & _ENCRYPTED for member in self._zip.infolist()):
                self._zip.close()
                raise GtfsError(path.name, "asks for a password; zip the feed without one")
            members = {}
            for member in sorted(self._zip.namelist(), key=lambda m: m.count("/"), reverse=True):
                if "__MACOSX" not in member:
                    members[member.rsplit("/", 1)[-1]] = member
        self._members = members

    def close(self) -> None:
        """Close the zip file."""
        if self._zip is not None:
            self._zip.close()

    def has(self, file: str) -> bool:
        """Tell whether the feed contains a file."""
        return file in self._members

    def label(self, file: str) -> str:
        """Return how notices call a file of this feed."""
        return f"{self.path.name}/{file}"

    def text(self, file: str) -> str:
        """Return a whole file as text, damaged characters replaced.

        Raises
        ------
        GtfsError
            The zip file is damaged at this place.
        """
        with self._whole(file), self._open(file) as stream:
            return stream.read().decode("utf-8-sig", "replace")

    def header(self, file: str) -> frozenset[str]:
        """Return the names of a file's columns, none if it is absent or empty.

        Raises
        ------
        GtfsError
            The zip file is damaged at this place.
        """
        if not self.has(file):
            return frozenset()
        line = b""
        with self._whole(file), self._open(file) as stream:
            line = stream.readline()
        names = line.decode("utf-8-sig", "replace").split(",")
        return frozenset(filter(None, map(_column_name, names)))

    def rows(self, file: str, columns: tuple[str, ...]) -> Rows:
        """Read a whole file; no rows if it is absent."""
        parts = list(self.chunks(file, columns))
        if len(parts) == 1:
            return parts[0]
        joined = {name: _join([part[name] for part in parts]) for name in columns}
        numbers = [part.number for part in parts]
        return Rows(
            self.label(file), np.concatenate(numbers) if numbers else np.zeros(0, np.int64), joined
        )

    def chunks(self, file: str, columns: tuple[str, ...]) -> Iterator[Rows]:
        """Read a file in pieces of at most ``CHUNK_ROWS`` rows.

        Parameters
        ----------
        file : str
            Such as ``stops.txt``.
        columns : tuple of str
            Wanted; those the file lacks are blank in every row.

        Raises
        ------
        GtfsError
            The zip file is damaged at this place, or a column is missing without which no row
            can be used.
        """
        if not self.has(file):
            return
        with self._whole(file):
            try:
                with self._open(file) as stream:
                    yield from self._parse(stream, file, columns)
            except _OpenQuoteError:
                message = "a quote is never closed; quotes are taken as plain characters"
                self._notices.add("open_quote", "warning", self.label(file), message=message)
                with self._open(file) as stream:
                    yield from self._parse(stream, file, columns, quoted=False)

    @contextmanager
    def _whole(self, file: str) -> Iterator[None]:
        """Name the file where what is read turns out to be damaged; stop there if it is spare."""
        try:
            yield
        except _DAMAGED as error:
            words = f"is damaged ({error}); fetch it again"
            if file not in _SPARE:
                raise GtfsError(self.label(file), words) from error
            message = f"the file {words}; what cannot be read is left out"
            self._notices.add("damaged_file", "error", self.label(file), message=message)

    def _open(self, file: str) -> IO[bytes]:
        member = self._members[file]
        return self._zip.open(member) if self._zip else Path(member).open("rb")

    def _parse(
        self, stream: IO[bytes], file: str, columns: tuple[str, ...], quoted: bool = True
    ) -> Iterator[Rows]:
        import pandas as pd

        wanted = frozenset((*columns, _BEYOND))
        label = self.label(file)
        start = 2
        try:
            reader = pd.read_csv(
                _widened(stream),
                dtype=object,  # "category" would make numbers of ids
                usecols=lambda name: _column_name(name) in wanted,
                chunksize=CHUNK_ROWS,
                encoding="utf-8-sig",
                encoding_errors="surrogateescape",  # see _decoded
                skipinitialspace=True,
                skip_blank_lines=False,  # they count in row numbers
                na_filter=False,
                index_col=False,  # the first column is none of ours
                quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            )
            for frame in reader:
                if start == 2:
                    self._check_columns(frame, file, columns)
                number = np.arange(start, start + len(frame), dtype=np.int64)
                start += len(frame)
                around = None if quoted else ' \t"'
                yield _rows_of(frame, number, columns, label, self._notices, around)
        except pd.errors.EmptyDataError:
            self._notices.add("empty_file", "warning", label, message="the file is empty")
        except (pd.errors.ParserError, ValueError) as error:
            if "EOF inside string" in str(error) and start == 2:  # before any row was told
                raise _OpenQuoteError from error
            self._notices.add(
                "unreadable_rows", "error", label, message=f"reading stopped: {error}"
            )

    def _check_columns(self, frame: Any, file: str, columns: tuple[str, ...]) -> None:
        """Tell of required columns that are missing; raise where no row can be used without."""
        present = {_column_name(name) for name in frame.columns}
        if present & _PLACES:
            present |= {"stop_id", *_USUAL["stop_times.txt"]}
        absent = set(columns) - present
        missing = [name for name in _NEEDED.get(file, ()) if name in absent]
        if missing:
            words = f"has no column {', '.join(missing)}: name the columns as GTFS does, "
            raise GtfsError(self.label(file), f"{words}separated by commas")
        for name in _USUAL.get(file, ()):
            if name in absent:
                message = f"no column {name}, which GTFS requires; taken as blank in every row"
                label = self.label(file)
                self._notices.add("missing_column", "warning", label, 1, name, message)


class _Chained(io.RawIOBase):
    """Some bytes, then the rest of a stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _widened(stream: IO[bytes]) -> IO[bytes]:
    """Add a column to the header, which takes the first field that a row has too many."""
    header = stream.readline()
    names = header.rstrip(b"\r\n")
    if names:
        header = names + f",{_BEYOND}\n".encode()
    return io.BufferedReader(_Chained(header, stream), 1 << 18)


_NEEDED = {
    "stops.txt": ("stop_id", "stop_lat", "stop_lon"),
    "routes.txt": ("route_id",),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_id"),
    "calendar.txt": ("service_id", "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
}
"""Columns without which no row of a table can be used."""

_USUAL = {
    "agency.txt": ("agency_name", "agency_url", "agency_timezone"),
    "stops.txt": ("stop_name",),
    "routes.txt": ("route_type",),
    "stop_times.txt": ("arrival_time", "departure_time"),
    "calendar.txt": WEEKDAYS,
}
"""Other columns that GTFS requires."""

_PLACES = {"location_id", "location_group_id"}
"""Calls of rides on demand name one of these instead of a stop, and need no times."""


def _rows_of(
    frame: Any,
    number: Int64,
    columns: tuple[str, ...],
    label: str,
    notices: NoticeList,
    around: str | None,
) -> Rows:
    """Turn a frame of strings into columns, blank lines and what is ``around`` values left out."""
    from pandas import factorize

    found: dict[str, Column] = {}
    blank = np.ones(len(frame), np.bool_)
    for name in frame.columns:
        codes, raw = factorize(frame[name].to_numpy())
        values = [_decoded(value) for value in raw]
        column = Column(codes.astype(np.int32), [value.strip(around) for value in values])
        key = _column_name(name)
        found[key] = column
        mended = [code for code, value in enumerate(raw) if values[code] != value]
        for row in np.flatnonzero(np.isin(codes, mended)).tolist() if mended else ():
            message = f"'{values[codes[row]]}' is not in UTF-8; read as Windows-1252"
            notices.add("not_utf8", "warning", label, int(number[row]), key, message)
        empty = np.array([value == "" for value in column.values], np.bool_)
        blank &= empty[column.codes]
    _tell_beyond(found.pop(_BEYOND, None), number, label, notices)
    if len(found) and blank.any():
        keep = ~blank
        number = number[keep]
        found = {name: Column(c.codes[keep], c.values) for name, c in found.items()}
    nothing = Column(np.zeros(len(number), np.int8), [""])
    return Rows(label, number, {name: found.get(name, nothing) for name in columns})


def _tell_beyond(beyond: Column | None, number: Int64, label: str, notices: NoticeList) -> None:
    """Tell rows that have more fields than the header."""
    if beyond is None:
        return
    message = "more fields than the header, as of a comma without quotes; those beyond are dropped"
    for row in np.flatnonzero(beyond.map(bool, np.bool_)).tolist():
        notices.add("extra_fields", "warning", label, int(number[row]), None, message)


def _column_name(text: str) -> str:
    return text.strip().strip('"').lower()


def _decoded(value: str) -> str:
    """Return a field as it was meant: one that is no UTF-8 is taken for Windows-1252."""
    if value.isascii():
        return value
    body = value.encode("utf-8", "surrogateescape")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _join(parts: list[Column]) -> Column:
    index: dict[str, int] = {}
    codes = [
        np.array([index.setdefault(v, len(index)) for v in part.values] or [0], np.int64)[
            part.codes
        ]
        for part in parts
    ]
    return Column(np.concatenate(codes) if codes else np.zeros(0, np.int64), list(index) or [""])

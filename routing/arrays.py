"""Tables of flat arrays and strings, kept as one memory-mapped file per column."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from routing.errors import RoutingError

Int8 = NDArray[np.int8]
Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt8 = NDArray[np.uint8]
UInt16 = NDArray[np.uint16]
UInt32 = NDArray[np.uint32]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

Table = TypeVar("Table")


class ArrayFileError(RoutingError):
    """A saved table is missing a column or is damaged."""


class StringTable(Sequence[str]):
    """Many strings in one block of bytes; opened without reading them.

    Parameters
    ----------
    blob : uint8, (n_bytes,)
        UTF-8 text of all strings, one after the other.
    first : int64, (n + 1,)
        String ``i`` is ``blob[first[i]:first[i + 1]]``.
    """

    def __init__(self, blob: UInt8, first: Int64) -> None:
        self.blob = blob
        self.first = first

    @classmethod
    def of(cls, values: Iterable[str]) -> "StringTable":
        """Pack strings; a half of a surrogate pair becomes a question mark."""
        parts = [value.encode("utf-8", "replace") for value in values]
        first = np.zeros(len(parts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), out=first[1:])
        return cls(np.frombuffer(b"".join(parts), np.uint8), first)

    def __len__(self) -> int:
        return len(self.first) - 1

    def __getitem__(self, index: Any) -> Any:
        """Return one string, or a list of them for a slice."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        i, n = int(index), len(self.first) - 1
        if i < 0:
            i += n
        if not 0 <= i < n:
            raise IndexError(f"no string {index} in a table of {n}")
        start, end = self.first[i : i + 2].tolist()
        return self.blob[start:end].tobytes().decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        text = bytes(self.blob)
        bounds = self.first.tolist()
        for start, end in pairwise(bounds):
            yield text[start:end].decode("utf-8")


def save_table(table: object, folder: Path, prefix: str) -> None:
    """Write each array and string column of a dataclass as ``prefix.column.npy``.

    Parameters
    ----------
    table : dataclass instance
        Its fields are arrays or :class:`StringTable`.
    folder : Path
        Existing folder.
    prefix : str
        First part of the file names.
    """
    for field in fields(table):  # type: ignore[arg-type]
        value = getattr(table, field.name)
        if isinstance(value, StringTable):
            save_array(folder / f"{prefix}.{field.name}.text.npy", value.blob)
            save_array(folder / f"{prefix}.{field.name}.first.npy", value.first)
        else:
            save_array(folder / f"{prefix}.{field.name}.npy", value)


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write one ``.npy`` file, or raise.

    ``numpy.save`` hands the file to C and does not see that its last buffer found no room: on a
    full disk it leaves a short file and says nothing.

    Raises
    ------
    OSError
        The disk is full, or the file cannot be written.
    """
    whole = np.ascontiguousarray(array)
    with path.open("wb") as file:
        header = np.lib.format.header_data_from_array_1_0(whole)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(whole.reshape(-1).view(np.uint8).data)


def load_table(kind: type[Table], folder: Path, prefix: str) -> Table:
    """Open a table written by :func:`save_table`, memory-mapped and read-only.

    Raises
    ------
    ArrayFileError
        A column's file is missing or is not a NumPy file.
    """
    columns: dict[str, object] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        name = f"{prefix}.{field.name}"
        if field.type in (StringTable, "StringTable"):
            columns[field.name] = StringTable(
                open_array(folder / f"{name}.text.npy"), open_array(folder / f"{name}.first.npy")
            )
        else:
            columns[field.name] = open_array(folder / f"{name}.npy")
    return kind(**columns)


def open_array(path: Path) -> NDArray[Any]:
    """Map one ``.npy`` file read-only; an empty array is read instead, as it cannot be mapped."""
    try:
        try:
            mapped: NDArray[Any] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        except ValueError:
            mapped = np.load(path, allow_pickle=False)
            mapped.flags.writeable = False
    except (OSError, ValueError, EOFError) as error:
        raise ArrayFileError(f"{path} cannot be read ({error}); build the network again") from error
    return mapped


def group_sizes(first: UInt32) -> Int64:
    """Return the number of rows of each group; the reverse of a running total."""
    return np.asarray(np.diff(first.astype(np.int64)), np.int64)


def freeze(table: object) -> None:
    """Make the arrays of a dataclass read-only."""
    for field in fields(table):  # type: ignore[arg-type]
        value = getattr(table, field.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False


def group_first(keys: NDArray[Any], n_groups: int) -> UInt32:
    """Return where each group begins in a column sorted by group.

    Parameters
    ----------
    keys : integer, (n,)
        Group of each row, ascending.
    n_groups : int
        Number of groups.

    Returns
    -------
    uint32, (n_groups + 1,)
        Rows of group ``g`` are ``first[g]:first[g + 1]``.
    """
    return np.searchsorted(keys, np.arange(n_groups + 1)).astype(np.uint32)

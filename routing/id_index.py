"""Find rows by their id without keeping every id as an object in memory."""

from collections.abc import Iterable

import numpy as np

from routing.arrays import Int64, StringTable

_CHUNK = 20_000
_PRIME = 1_099_511_628_211
_Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]


class IdIndex:
    """Rows of a table by id; ids may repeat.

    Costs twelve bytes a row, where a dictionary of strings costs over a hundred.

    Parameters
    ----------
    ids : StringTable, (n,)
        Kept, not copied.
    """

    def __init__(self, ids: StringTable) -> None:
        self._ids = ids
        hashes = _hash_all(ids)
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._rows = order.astype(np.uint32)

    def rows(self, wanted: Iterable[str]) -> dict[str, list[int]]:
        """Return the rows with each of some ids, ascending; no entry for what is unknown."""
        names = list(dict.fromkeys(wanted))
        keys = _hash_all(StringTable.of(names))
        low = np.searchsorted(self._hashes, keys, side="left").tolist()
        high = np.searchsorted(self._hashes, keys, side="right").tolist()
        found = {
            name: [row for row in self._rows[a:b].tolist() if self._ids[row] == name]
            for name, a, b in zip(names, low, high, strict=True)
            if a < b
        }
        return {name: rows for name, rows in found.items() if rows}


def _hash_all(ids: StringTable) -> _Hashes:
    """Return a polynomial hash of every string, uint64, (n,); a chunk of them at a time."""
    parts = [
        _hash_some(ids, start, min(start + _CHUNK, len(ids)))
        for start in range(0, len(ids), _CHUNK)
    ]
    return np.concatenate([np.zeros(0, np.uint64), *parts])


def _hash_some(ids: StringTable, start: int, end: int) -> _Hashes:
    first: Int64 = np.asarray(ids.first[start : end + 1])
    length = np.diff(first)
    longest = int(length.max(initial=0))
    with np.errstate(over="ignore"):  # arithmetic modulo 2**64 is what a hash is
        powers = np.cumprod(np.full(max(longest, 1), _PRIME, np.uint64))
    place = np.arange(int(first[-1] - first[0])) - np.repeat(first[:-1] - first[0], length)
    terms = (ids.blob[first[0] : first[-1]].astype(np.uint64) + np.uint64(1)) * powers[place]
    totals = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)])
    ends = first - first[0]
    hashes: _Hashes = totals[ends[1:]] - totals[ends[:-1]]
    return hashes

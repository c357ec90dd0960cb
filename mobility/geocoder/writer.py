"""Write everything that has a name into one SQLite file that search can read."""

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mobility.geocoder.cluster import METRES_PER_DEGREE, group_streets, middle
from mobility.geocoder.model import Address, Entry, Gazetteer, StreetPiece
from mobility.geocoder.normalise import (
    choose_abbreviations,
    expand,
    plain,
    plain_number,
    spellings,
    trigrams,
)
from mobility.geocoder.quarters import Quarters

SCHEMA = """
create table meta (key text primary key, value text) without rowid;
create table abbreviation (short text primary key, spelled text) without rowid;
create table name (id integer primary key, norm text unique);
create table place (id integer primary key, kind text, name text, label text, lon real, lat real,
                    ref text, weight real);
create table called (name_id integer, place_id integer, primary key (name_id, place_id))
                    without rowid;
create virtual table words using fts5 (text, content='', columnsize=0, detail=none,
                                       tokenize='unicode61');
create table trigram (gram text primary key, names blob) without rowid;
create table address (id integer primary key, name_id integer, number text, name text, label text,
                      lon real, lat real);
create table spoken (ref text, name text, language text, text text,
                     primary key (ref, name, language)) without rowid;
create table segment (id integer primary key, kind text, name text, label text, ref text,
                      lonlat blob);
create virtual table box using rtree (id, west, east, south, north);
"""
INDEXES = "create index address_of on address (name_id, number);"

ONE_PLACE_M = 500.0
"""Things of one name this near to each other, such as a square and its stop, are one place."""
_WEIGHTS = {"place": 3.0, "stop": 2.0, "station": 1.0, "street": 1.5, "poi": 0.0}
_PLACE_WEIGHTS = {"city": 3.0, "town": 2.5, "village": 1.5, "suburb": 1.5}


@dataclass(frozen=True, slots=True)
class _Row:
    """A place about to be written."""

    kind: str
    name: str
    lon: float
    lat: float
    ref: str
    weight: float
    aliases: tuple[str, ...] = ()


class _Names:
    """Normalised names with their ids, and which places go by them."""

    def __init__(self, abbreviations: dict[str, str]) -> None:
        self._abbreviations = abbreviations
        self.ids: dict[str, int] = {}
        self.called: set[tuple[int, int]] = set()

    def norms(self, names: Iterable[str]) -> list[str]:
        """Return every normal form of these names."""
        forms = (expand(s, self._abbreviations) for name in names for s in spellings(name))
        return [form for form in dict.fromkeys(forms) if form]

    def add(self, norm: str) -> int:
        """Return the id of a normal form."""
        return self.ids.setdefault(norm, len(self.ids))


def write_geocoder(path: Path, gazetteer: Gazetteer) -> dict[str, int]:
    """Write the geocoder's file.

    Parameters
    ----------
    path : Path
        Where to; must not exist.
    gazetteer : Gazetteer
        Whatever has a name. Names without any letter or digit are passed over.

    Returns
    -------
    dict of str to int
        How many rows of each kind.
    """
    groups = group_streets(gazetteer.pieces)
    rows = list(_rows(gazetteer, groups))
    order = sorted(range(len(rows)), key=lambda i: -rows[i].weight)  # rowid order is importance
    rows = [rows[i] for i in order]
    places, *landmarks = (
        [entry for entry in gazetteer.entries if entry.kind == kind]
        for kind in ("place", "stop", "poi")
    )
    quarters = Quarters(places, gazetteer.districts, landmarks)
    every = [r.name for r in rows] + [a.street for a in gazetteer.addresses]
    abbreviations = choose_abbreviations(map(plain, every))
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("pragma journal_mode = off")
        connection.execute("pragma synchronous = off")
        connection.executescript(SCHEMA)
        connection.execute("begin")
        connection.executemany("insert into abbreviation values (?, ?)", abbreviations.items())
        names = _Names(abbreviations)
        labels = _write_places(connection, rows, names, quarters)
        _write_addresses(connection, gazetteer.addresses, names, quarters)
        connection.executemany(
            "insert or ignore into spoken values (?, ?, ?, ?)",
            (
                (entry.id, entry.name, language, text)
                for entry in gazetteer.entries
                for language, text in entry.spoken
            ),
        )
        streets = {row.ref: label for row, label in zip(rows, labels, strict=True)}
        _write_segments(connection, gazetteer, groups, streets)
        _write_names(connection, names)
        connection.execute(INDEXES)
        connection.execute("commit")
        connection.execute("analyze")
    finally:
        connection.close()
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.kind] += 1
    return {**counts, "address": len(gazetteer.addresses)}


def _rows(gazetteer: Gazetteer, groups: Sequence[Sequence[int]]) -> Iterator[_Row]:
    for number, group in enumerate(groups):
        pieces = [gazetteer.pieces[i] for i in group]
        aliases = tuple(dict.fromkeys(alias for piece in pieces for alias in piece.aliases))
        lon, lat = middle([piece.lonlat for piece in pieces])
        if plain(pieces[0].name):
            weight = _WEIGHTS["street"] + min(len(pieces), 50) / 100
            yield _Row("street", pieces[0].name, lon, lat, _street(number), weight, aliases)
    for number, entry in enumerate(gazetteer.entries):
        if plain(entry.name):
            yield _Row(
                entry.kind,
                entry.name,
                entry.lon,
                entry.lat,
                entry.id or f"{entry.kind}:{number}",
                _weight(entry),
                (*entry.aliases, *(text for _, text in entry.spoken)),
            )


def _street(number: int) -> str:
    return f"street:{number}"


def _weight(entry: Entry) -> float:
    if entry.kind == "place":
        return _PLACE_WEIGHTS.get(entry.detail, 1.0)
    return _WEIGHTS[entry.kind]


def _labels(
    names: Sequence[str], lon: Sequence[float], lat: Sequence[float], quarters: Quarters
) -> list[str]:
    """Add the quarter to each name that is not its own quarter's, and a landmark to namesakes."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    labels = [
        f"{name}, {quarter}" if quarter and quarter != name else name
        for name, quarter in zip(names, quarters.names(x, y), strict=True)
    ]
    alike = _namesakes(labels, x, y)
    for i, landmark in zip(alike, quarters.landmarks(x[alike], y[alike]), strict=True):
        if landmark and names[i] not in landmark:
            labels[i] = f"{labels[i]}, {landmark}"
    return labels


def _namesakes(
    labels: Sequence[str], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> list[int]:
    """List what shares its label with something so far away that it is another place."""
    bearers: dict[str, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        bearers[label].append(i)
    found: list[int] = []
    for same in bearers.values():
        scale = METRES_PER_DEGREE * np.array([math.cos(math.radians(float(lat[same[0]]))), 1.0])
        extent = np.ptp(np.column_stack([lon[same], lat[same]]), axis=0) * scale
        if len(same) > 1 and np.hypot(*extent) > ONE_PLACE_M:
            found += same
    return found


def _write_places(
    connection: sqlite3.Connection, rows: Sequence[_Row], names: _Names, quarters: Quarters
) -> list[str]:
    labels = _labels([r.name for r in rows], [r.lon for r in rows], [r.lat for r in rows], quarters)
    towns = {_PLACE_WEIGHTS["city"], _PLACE_WEIGHTS["town"]}
    labels = [
        r.name if r.kind == "place" and r.weight in towns else label
        for r, label in zip(rows, labels, strict=True)
    ]
    for place_id, (row, label) in enumerate(zip(rows, labels, strict=True), start=1):
        norms = names.norms((row.name, *row.aliases))
        names.called.update((names.add(norm), place_id) for norm in norms)
        connection.execute(
            "insert into place values (?, ?, ?, ?, ?, ?, ?, ?)",
            (place_id, row.kind, row.name, label, row.lon, row.lat, row.ref, row.weight),
        )
        context = names.norms([label.removeprefix(row.name)]) if label != row.name else []
        connection.execute(
            "insert into words (rowid, text) values (?, ?)", (place_id, " ".join(norms + context))
        )
    return labels


def _write_addresses(
    connection: sqlite3.Connection,
    addresses: Sequence[Address],
    names: _Names,
    quarters: Quarters,
) -> None:
    shown = [f"{a.street} {a.number}" for a in addresses]
    labels = _labels(shown, [a.lon for a in addresses], [a.lat for a in addresses], quarters)
    for number, (address, name, label) in enumerate(zip(addresses, shown, labels, strict=True)):
        for norm in names.norms([address.street]):
            connection.execute(
                "insert into address values (null, ?, ?, ?, ?, ?, ?)",
                (
                    names.add(norm),
                    plain_number(address.number),
                    name,
                    label,
                    address.lon,
                    address.lat,
                ),
            )
        line = np.array([[address.lon, address.lat]])
        _write_segment(connection, "address", name, label, f"address:{number}", line)


def _write_segments(
    connection: sqlite3.Connection,
    gazetteer: Gazetteer,
    groups: Sequence[Sequence[int]],
    labels: dict[str, str],
) -> None:
    for number, group in enumerate(groups):
        ref = _street(number)
        for i in group:
            piece: StreetPiece = gazetteer.pieces[i]
            label = labels.get(ref, piece.name)
            for start in range(0, max(1, len(piece.lonlat) - 1), 8):  # short lines, tight boxes
                line = piece.lonlat[start : start + 9]
                _write_segment(connection, "street", piece.name, label, ref, line)


def _write_segment(
    connection: sqlite3.Connection, kind: str, name: str, label: str, ref: str, line: np.ndarray
) -> None:
    cursor = connection.execute(
        "insert into segment values (null, ?, ?, ?, ?, ?)",
        (kind, name, label, ref, line.astype("<f8").tobytes()),
    )
    (west, south), (east, north) = line.min(axis=0).tolist(), line.max(axis=0).tolist()
    connection.execute(
        "insert into box values (?, ?, ?, ?, ?)", (cursor.lastrowid, west, east, south, north)
    )


def _write_names(connection: sqlite3.Connection, names: _Names) -> None:
    connection.executemany(
        "insert into name values (?, ?)", ((i, norm) for norm, i in names.ids.items())
    )
    connection.executemany("insert into called values (?, ?)", sorted(names.called))
    postings: dict[str, list[int]] = defaultdict(list)
    for norm, name_id in names.ids.items():
        for gram in trigrams(norm):
            postings[gram].append(name_id)
    connection.executemany(
        "insert into trigram values (?, ?)",
        (
            (gram, np.array(sorted(ids), dtype="<i4").tobytes())
            for gram, ids in sorted(postings.items())
        ),
    )
    lengths = np.array([len(trigrams(norm)) for norm in names.ids], dtype="<i4")
    connection.execute("insert into meta values ('trigrams', ?)", (lengths.tobytes(),))

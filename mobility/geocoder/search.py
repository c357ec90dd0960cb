"""Answer what people type: prefixes, typing errors, house numbers, and names told apart by place.

Questions are never logged: what somebody looks for says where they are going.
"""

import math
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from rapidfuzz import fuzz

from mobility.errors import MobilityError
from mobility.geocoder.model import Hit
from mobility.geocoder.nearest import nearest_hit
from mobility.geocoder.normalise import expand, plain, split_number, trigrams

LONGEST_QUESTION = 200
CERTAIN, ACCEPTED = 90.0, 62.0
ONE_SPOT_M = 250.0
"""What is called the same and lies this near is told once, such as the doors of a house."""
_BOARDED = {"stop", "station"}
_PREFIX_ROWS, _WORD_ROWS, _SIMILAR_ROWS = 60, 120, 60
_LAST = "\U0010ffff"


class GeocoderError(MobilityError):
    """The geocoder's file is missing or broken."""


class Geocoder:
    """Finds places by name and names by place; safe to share between threads.

    Parameters
    ----------
    path : Path
        ``geocoder.sqlite`` of a network version.

    Raises
    ------
    GeocoderError
        The file is missing or no geocoder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            rows = self._connection().execute("select short, spelled from abbreviation")
            self._abbreviations = dict(rows.fetchall())
            tables = self._connection().execute("select name from sqlite_master")
            self._speaks = ("spoken",) in tables.fetchall()
            (lengths,) = self._connection().execute("select value from meta").fetchone()
        except sqlite3.Error as error:
            raise GeocoderError(f"{path}: {error}; build the network again") from error
        self._trigram_counts = np.frombuffer(lengths, dtype="<i4")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file in every thread that used it."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection

    def search(
        self,
        text: str,
        limit: int = 10,
        near: tuple[float, float] | None = None,
        languages: Sequence[str] = (),
    ) -> list[Hit]:
        """Find places by name, the likeliest first.

        Parameters
        ----------
        text : str
            As typed: the beginning of a name, with or without marks, with typing errors, with a
            house number, with a quarter after a comma.
        limit : int
            Most answers.
        near : tuple of float, optional
            Longitude and latitude of the map's centre; nearer namesakes come first.
        languages : sequence of str
            BCP 47 tags, the dearest first: names are found in every language there is, and told
            in the first of these they are known in.

        Returns
        -------
        list of Hit
            Empty where nothing resembles the question.

        Raises
        ------
        GeocoderError
            The file has become unreadable.
        """
        with self._reading():
            return [self._told(hit, languages) for hit in self._search(text, limit, near)]

    def _told(self, hit: Hit, languages: Sequence[str]) -> Hit:
        """Tell a place in the first language wanted that it has a name in."""
        if not self._speaks or not languages:
            return hit
        rows = self._connection().execute(
            "select language, text from spoken where ref = ? and name = ? order by language",
            (hit.id, hit.name),
        )
        known = dict(rows.fetchall())
        for tag in map(str.lower, languages):
            general = tag.split("-")[0]
            alike = (name for name in known if name.split("-")[0] == general)
            found = next((name for name in (tag, general, *alike) if name in known), None)
            if found is not None:
                label = known[found] + hit.label.removeprefix(hit.name)
                return replace(hit, name=known[found], label=label)
        return hit

    def _search(self, text: str, limit: int, near: tuple[float, float] | None) -> list[Hit]:
        head, _, context = text[:LONGEST_QUESTION].partition(",")
        question = self._norm(head)
        if not question or limit < 1:
            return []
        found = self._places(question)
        split = split_number(text[:LONGEST_QUESTION].partition(",")[0])
        hits = self._hits(found, near, self._norm(context))
        if split is not None:
            street = self._norm(split[0])
            addresses, streets = self._numbered(street, split[1], near, self._norm(context))
            hits = [*addresses, *hits, *streets]
        hits.sort(key=lambda scored: -scored[0])
        answers: list[Hit] = []
        for score, hit in hits:
            alike = (other for other in answers if other.label == hit.label)
            told = any(_metres(hit, other.lon, other.lat) < ONE_SPOT_M for other in alike)
            if hit.kind in _BOARDED or not told:
                answers.append(replace(hit, score=round(score, 1)))
            if len(answers) == limit:
                break
        return answers

    def reverse(self, lon: float, lat: float) -> Hit | None:
        """Name a place: the address or street nearest to it, within a kilometre.

        Parameters
        ----------
        lon, lat : float
            Degrees, EPSG:4326.

        Returns
        -------
        Hit or None
            With the position of the address, or of the nearest point on the street.
        """
        if not (math.isfinite(lon) and math.isfinite(lat)):
            return None
        with self._reading():
            return nearest_hit(self._connection(), lon, lat)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise GeocoderError(f"{self._path}: {error}; build the network again") from error

    def _norm(self, text: str) -> str:
        return expand(plain(text), self._abbreviations)

    def _places(self, question: str) -> dict[int, float]:
        """Score places by name, 0..100."""
        names = self._names(question)
        scores: dict[int, float] = {}
        for name_id, score in names.items():
            for (place_id,) in self._connection().execute(
                "select place_id from called where name_id = ?", (name_id,)
            ):
                scores[place_id] = max(score, scores.get(place_id, 0.0))
        for place_id in self._with_all_words(question):
            scores[place_id] = max(84.0, scores.get(place_id, 0.0))
        return scores

    def _names(self, question: str) -> dict[int, float]:
        """Score names by their spelling: beginnings first, what is similar where needed."""
        rows = self._connection().execute(
            "select id, norm from name where norm >= ? and norm < ? order by norm limit ?",
            (question, question + _LAST, _PREFIX_ROWS),
        )
        scores = {name_id: similarity(question, norm) for name_id, norm in rows}
        if len(question) > 2 and max(scores.values(), default=0.0) < CERTAIN:
            for name_id, norm in self._similar(question):
                scores[name_id] = similarity(question, norm)
        return {name_id: score for name_id, score in scores.items() if score >= ACCEPTED}

    def _similar(self, question: str) -> Iterable[tuple[int, str]]:
        """List the names that share most groups of three letters with the question."""
        grams = sorted(trigrams(question))
        marks = ",".join("?" * len(grams))
        rows = self._connection().execute(
            f"select names from trigram where gram in ({marks})",  # noqa: S608 (only marks)
            grams,
        )
        lists = [np.frombuffer(names, dtype="<i4") for (names,) in rows]
        if not lists:
            return []
        shared = np.bincount(np.concatenate(lists), minlength=len(self._trigram_counts))
        likeness = 2.0 * shared / (len(grams) + self._trigram_counts)
        covered = 0.9 * shared / len(grams)  # the beginning of a long name
        rank = np.maximum(likeness, covered)
        best = np.argsort(-rank, kind="stable")[:_SIMILAR_ROWS]
        chosen = best[rank[best] > 0.2].tolist()
        marks = ",".join("?" * len(chosen))
        found: list[tuple[int, str]] = (
            self._connection()
            .execute(
                f"select id, norm from name where id in ({marks})",  # noqa: S608 (only marks)
                chosen,
            )
            .fetchall()
        )
        return found

    def _with_all_words(self, question: str) -> list[int]:
        """List places whose name and quarter have every word of the question, or begin so."""
        query = " ".join(f'"{word}"*' for word in question.split())
        rows = self._connection().execute(
            "select rowid from words where words match ? limit ?", (query, _WORD_ROWS)
        )
        return [rowid for (rowid,) in rows]

    def _hits(
        self, scores: dict[int, float], near: tuple[float, float] | None, context: str
    ) -> list[tuple[float, Hit]]:
        best = sorted(scores, key=lambda place: -scores[place])[:200]
        marks = ",".join("?" * len(best))
        columns = "id, weight, name, label, lon, lat, kind, ref"
        rows = self._connection().execute(
            f"select {columns} from place where id in ({marks})",  # noqa: S608 (only marks)
            best,
        )
        hits = []
        for place_id, weight, *values in rows:
            hit = Hit(*values)
            score = scores[place_id] + weight + self._bonus(hit, near, context)
            hits.append((score, hit))
        return hits

    def _bonus(self, hit: Hit, near: tuple[float, float] | None, context: str) -> float:
        """Prefer what lies near and in the quarter that was named."""
        bonus = 0.0
        if near is not None:
            bonus -= min(6.0, 1.5 * math.log1p(_metres(hit, *near) / 500))
        if context:
            quarter = self._norm(hit.label.removeprefix(hit.name))
            bonus += 0.12 * fuzz.partial_ratio(context, quarter) if quarter else 0.0
        return bonus

    def _numbered(
        self, street: str, number: str, near: tuple[float, float] | None, context: str
    ) -> tuple[list[tuple[float, Hit]], list[tuple[float, Hit]]]:
        """Find a house number of the streets so named, and the streets themselves."""
        names = self._names(street) if street else {}
        hits = []
        for name_id in sorted(names, key=lambda name: -names[name])[:8]:
            rows = self._connection().execute(
                "select id, name, label, lon, lat from address where name_id = ? and number = ?",
                (name_id, number),
            )
            for row, name, label, lon, lat in rows:
                hit = Hit(name, label, lon, lat, "address", f"address:{row}")
                hits.append((names[name_id] + 3.0 + self._bonus(hit, near, context), hit))
        streets = self._hits(self._places(street) if street else {}, near, context)
        return hits, [(s - 4.0, hit) for s, hit in streets if hit.kind in {"street", "place"}]


def _metres(hit: Hit, lon: float, lat: float) -> float:
    dx = (hit.lon - lon) * math.cos(math.radians(lat))
    return 111_320 * math.hypot(dx, hit.lat - lat)


def similarity(question: str, name: str) -> float:
    """Say how well a name answers a question, 0..100; both normalised.

    Examples
    --------
    >>> similarity("haupt", "haupt"), similarity("haupt", "market") < 50
    (100.0, True)
    >>> similarity("haupt", "hauptstrasse") > similarity("hauqt", "hauptstrasse")
    True
    """
    if question == name:
        return 100.0
    share = min(1.0, len(question) / len(name))
    if name.startswith(question):
        return 92.0 + 7.0 * share
    words = name.split()
    if all(any(word.startswith(asked) for word in words) for asked in question.split()):
        return 86.0 + 6.0 * share
    if len(question) > 3 and question in name:
        return 76.0 + 6.0 * share
    whole = fuzz.ratio(question, name)
    any_order = 0.97 * fuzz.token_sort_ratio(question, name)
    beginning = 0.9 * fuzz.ratio(question, name[: len(question)])
    return max(whole, any_order, beginning) * 0.97

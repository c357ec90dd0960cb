"""Bring names and questions to one spelling: marks, case and abbreviations do not matter."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_SPELLED_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"}
)
_NO_WORD = re.compile(r"[^\w]+", re.UNICODE)
_NUMBER = r"\d{1,5}\s?[a-z]?(?:\s?[-/–]\s?\d{0,5}\s?[a-z]?)?"
_LAST_NUMBER = re.compile(rf"^(?P<street>.*\D)[\s,]+(?P<number>{_NUMBER})$", re.IGNORECASE)
_FIRST_NUMBER = re.compile(rf"^(?P<number>{_NUMBER})[\s,]+(?P<street>\D.*)$", re.IGNORECASE)

ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "al": ("alameda", "aleja", "allee"),
    "av": ("avenida", "avenue"),
    "ave": ("avenue", "avenida"),
    "bf": ("bahnhof",),
    "bhf": ("bahnhof",),
    "blvd": ("boulevard",),
    "br": ("brucke", "bridge"),
    "dr": ("doutor", "doktor", "drive"),
    "g": ("gatve",),
    "gal": ("general",),
    "gen": ("general",),
    "gt": ("gate",),
    "hbf": ("hauptbahnhof",),
    "pca": ("praca",),
    "pl": ("platz", "place", "plass", "plentas", "plac"),
    "pr": ("prospektas",),
    "pres": ("presidente",),
    "prof": ("professor",),
    "r": ("rua", "rue"),
    "rd": ("road",),
    "sq": ("square",),
    "st": ("sankt", "street", "saint"),
    "str": ("strasse", "strada", "straat"),
    "trav": ("travessa",),
    "tv": ("travessa",),
    "ul": ("ulica",),
    "vn": ("veien",),
}
"""What a short word may stand for; the town's own names decide which."""

_SUFFIXES = {"str": "strasse", "pl": "platz", "gt": "gata", "gr": "grund"}
"""Abbreviated ends of compounds: *Hauptstr.*"""


def plain(text: str) -> str:
    """Return lower-case words without marks, separated by single spaces.

    Examples
    --------
    >>> plain("Rua São João, 3"), plain("Große  Straße"), plain("J. Basanavičiaus g.")
    ('rua sao joao 3', 'grosse strasse', 'j basanaviciaus g')
    """
    lowered = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(c for c in lowered if not unicodedata.combining(c))
    return _NO_WORD.sub(" ", letters).replace("_", " ").strip()


def spellings(name: str) -> list[str]:
    """Return the ways a name may be typed: without marks, and with marks spelled out.

    Examples
    --------
    >>> spellings("Königstuhl"), spellings("Market")
    (['konigstuhl', 'koenigstuhl'], ['market'])
    """
    lowered = unicodedata.normalize("NFC", name.lower())
    return list(
        dict.fromkeys(s for s in (plain(name), plain(lowered.translate(_SPELLED_OUT))) if s)
    )


def choose_abbreviations(names: Iterable[str]) -> dict[str, str]:
    """Choose what each short word stands for in this town: what its names use most.

    Parameters
    ----------
    names : iterable of str
        Names after :func:`plain`.

    Examples
    --------
    >>> choose_abbreviations(["rua sao joao", "avenida ipiranga"])
    {'av': 'avenida', 'ave': 'avenida', 'r': 'rua'}
    """
    words: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for name in names:
        parts = name.split()
        words.update(parts)
        ends.update(full for full in _SUFFIXES.values() for part in parts if part.endswith(full))
    chosen = {}
    for short, meanings in ABBREVIATIONS.items():
        best = max(meanings, key=lambda full: words[full] + ends[full])
        if words[best] + ends[best]:
            chosen[short] = best
    for short, full in _SUFFIXES.items():
        if ends[full]:
            chosen[f"-{short}"] = full
    return chosen


def expand(text: str, abbreviations: Mapping[str, str]) -> str:
    """Spell out the abbreviations of a plain text.

    Parameters
    ----------
    text : str
        After :func:`plain`.
    abbreviations : Mapping
        From :func:`choose_abbreviations`.

    Examples
    --------
    >>> expand("haupt str", {"str": "strasse"}), expand("hauptstr", {"-str": "strasse"})
    ('haupt strasse', 'hauptstrasse')
    """
    return " ".join(_expand_word(word, abbreviations) for word in text.split())


def _expand_word(word: str, abbreviations: Mapping[str, str]) -> str:
    if word in abbreviations:
        return abbreviations[word]
    for short in _SUFFIXES:
        full = abbreviations.get(f"-{short}")
        if full and len(word) > len(short) + 2 and word.endswith(short):
            return word.removesuffix(short) + full
    return word


def split_number(text: str) -> tuple[str, str] | None:
    """Split a house number off, at either end; ``None`` where there is none.

    Examples
    --------
    >>> split_number("Hauptstr. 12 a"), split_number("12 Main Street"), split_number("Hauptstr.")
    (('Hauptstr.', '12a'), ('Main Street', '12'), None)
    """
    match = _LAST_NUMBER.match(text.strip()) or _FIRST_NUMBER.match(text.strip())
    return (match["street"].strip(" ,"), plain_number(match["number"])) if match else None


def plain_number(number: str) -> str:
    """Return a house number in one spelling.

    Examples
    --------
    >>> plain_number("12 A"), plain_number("5–7")
    ('12a', '5-7')
    """
    return re.sub(r"\s+", "", number.lower()).replace("–", "-").replace("/", "-")


def trigrams(text: str) -> set[str]:
    """Return the groups of three letters of a text, its ends marked.

    Examples
    --------
    >>> sorted(trigrams("ab"))
    [' ab', 'ab ']
    """
    padded = f" {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}

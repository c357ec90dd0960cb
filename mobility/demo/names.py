"""German-sounding names put together from syllables; none is meant to exist."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

STEMS: Final = (
    "Kestel", "Orlen", "Quarn", "Velmer", "Tausel", "Milgen", "Ransel", "Dorlen", "Ilver",
    "Grefen", "Wolmer", "Jassen", "Perlin", "Nauten", "Zissel", "Morken", "Luppen", "Haddern",
)  # fmt: skip
VILLAGE_ENDINGS: Final = ("hausen", "rode", "heim", "bach", "feld", "au", "wiesen", "hain")
TREES: Final = (
    "Linden", "Buchen", "Ahorn", "Eschen", "Birken", "Erlen", "Kastanien", "Ulmen", "Weiden",
    "Kiefern", "Fichten", "Holunder", "Flieder", "Rosen", "Hasel", "Schlehen", "Ginster",
    "Lärchen", "Eiben", "Platanen", "Wacholder", "Mispel", "Quitten", "Malven", "Lavendel",
)  # fmt: skip
TRADES: Final = (
    "Gerber", "Färber", "Küfer", "Schmied", "Weber", "Töpfer", "Seiler", "Fischer", "Bäcker",
    "Kupferschmied", "Glaser", "Sattler", "Wagner", "Kerzen", "Korn", "Salz", "Fleischer", "Buch",
    "Nadler", "Zinn", "Schuh", "Tuch", "Mühl", "Turm", "Kloster", "Spital", "Brunnen", "Zeug",
)  # fmt: skip
FIRST: Final = (
    "Anna", "Clara", "Elise", "Frieda", "Hedwig", "Ida", "Johanna", "Käthe", "Lina", "Martha",
    "Otto", "Emil", "Karl", "Hugo", "Paul", "Arthur", "Ferdinand", "Gustav", "Konrad", "Ludwig",
)  # fmt: skip
LAST_HEAD: Final = (
    "Brand", "Ehren", "Falken", "Gern", "Hoch", "Immen", "Kalt", "Lauter", "Mert", "Nolt", "Older",
    "Riet", "Stein", "Tannen", "Ungel", "Vorn", "Win", "Zeller",
)  # fmt: skip
LAST_TAIL: Final = ("acker", "bauer", "berger", "hard", "inger", "kamp", "mann", "mut", "rich")
BIRDS: Final = (
    "Amsel", "Drossel", "Finken", "Meisen", "Lerchen", "Schwalben", "Falken", "Reiher", "Kranich",
    "Eulen", "Habicht", "Sperber", "Zeisig", "Star", "Kiebitz", "Wachtel", "Fasanen", "Specht",
)  # fmt: skip
FIELDS: Final = (
    "Am Anger", "Im Grund", "Auf der Höhe", "Am Hang", "In den Gärten", "Am Weiher", "Im Winkel",
    "An der Bleiche", "Am Steinbruch", "Im Tal", "Am Sonnenrain", "Hinter der Mauer", "Am Galgen",
    "Auf dem Brühl", "Im Rosengarten", "Am Mühlgraben", "Am Wingert", "Im Bruch", "Am Kirchpfad",
    "An der Ziegelei", "Am Kreuzstein", "Im Äckerle", "Am Hirtenhaus", "Zum Talblick",
)  # fmt: skip
ENGINEERS: Final = (
    "Werk", "Hafen", "Speicher", "Gießerei", "Kran", "Lager", "Maschinen", "Industrie", "Gas",
    "Silo", "Walz", "Kessel", "Turbinen", "Schlot", "Werft", "Halden", "Förder",
)  # fmt: skip


@dataclass
class Names:
    """Hands out names, none of them twice.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the choices.
    """

    rng: np.random.Generator
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Draw the river's stem, after which the town is called."""
        order = self.rng.permutation(len(STEMS))
        self._stems = [STEMS[i] for i in order]
        self.river = self._stems.pop()
        ending = ("furt", "brück", "burg")[int(self.rng.integers(3))]
        self.town = self.river + ending

    def village(self) -> str:
        """Return the name of a village."""
        return self._once(lambda: self._stems.pop() + self._pick(VILLAGE_ENDINGS))

    def street(self, kind: str) -> str:
        """Return a street name that fits a quarter of ``kind``."""
        return self._once(lambda: self._draw(kind))

    def business(self, word: str) -> str:
        """Return the name of a place of business, as in ``Café Ehrenmann``."""
        return self._once(lambda: f"{word} {self._surname()}")

    def _draw(self, kind: str) -> str:
        chance = self.rng.random()
        if kind == "old":
            return self._pick(TRADES) + ("gasse" if chance < 0.85 else "markt")
        if kind == "works":
            return self._pick(ENGINEERS) + ("straße" if chance < 0.8 else "weg")
        if kind == "village" and chance < 0.5:
            return self._pick(FIELDS) if chance < 0.3 else self._pick(TREES) + "weg"
        if kind == "estate" and chance < 0.7:
            return self._pick(BIRDS) + ("weg" if chance < 0.5 else "ring")
        if chance < 0.45:
            ending = "allee" if chance < 0.06 else ("straße" if chance < 0.3 else "weg")
            return f"{self._pick(FIRST)}-{self._surname()}-{ending.capitalize()}"
        if chance < 0.75:
            return self._pick(TREES) + ("straße" if chance < 0.65 else "weg")
        return self._surname() + "straße" if chance < 0.92 else self._pick(FIELDS)

    def _surname(self) -> str:
        return self._pick(LAST_HEAD) + self._pick(LAST_TAIL)

    def _pick(self, words: tuple[str, ...]) -> str:
        return words[int(self.rng.integers(len(words)))]

    def _once(self, draw: Callable[[], str]) -> str:
        for _ in range(60):
            name = draw()
            if name not in self.used:
                self.used.add(name)
                return name
        name = f"{self._pick(FIRST)}-{self._surname()}-Weg"
        while name in self.used:
            name = f"{self._pick(FIRST)}-{self._pick(FIRST)}-{self._surname()}-Weg"
        self.used.add(name)
        return name

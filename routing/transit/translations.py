"""Names in other languages, found by the feed's own ids or by the text they stand for."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from routing.arrays import StringTable, load_table, save_table

BY_ID, BY_TEXT = "i", "t"
_SEPARATOR = "\t"


def key_of(language: str, field: str, feed: int, how: str, text: str) -> str:
    """Return what a translation is found by.

    Parameters
    ----------
    language : str
        BCP 47 tag in lower case.
    field : str
        Column of a feed's file, such as ``stop_name``.
    feed : int
        Number of the feed.
    how : str
        ``BY_ID`` or ``BY_TEXT``: what the next is.
    text : str
        Id of the record, or the text translated.
    """
    return _SEPARATOR.join((language, field, str(feed), how, text))


@dataclass(frozen=True)
class Translations:
    """Texts in other languages, sorted by key; opened without reading them.

    Parameters
    ----------
    own : StringTable, (n_feeds,)
        Language of each feed in lower case, empty where it is not told.
    language : StringTable, (n_feeds,)
        Languages each feed is translated to, in lower case, separated by blanks.
    key, text : StringTable, (n,)
        As of :func:`key_of`, ascending; and the translation.
    """

    own: StringTable
    language: StringTable
    key: StringTable
    text: StringTable

    @classmethod
    def of(cls, own: Sequence[str], texts: Mapping[str, str]) -> "Translations | None":
        """Make the table of the feeds' languages and of texts by key; ``None`` of no texts."""
        if not texts:
            return None
        keys = sorted(texts)
        heads = {tuple(key.split(_SEPARATOR, 3)[:3]) for key in keys}
        known = [
            sorted({language for language, _, number in heads if number == str(feed)})
            for feed in range(len(own))
        ]
        return cls(
            StringTable.of(own),
            StringTable.of(" ".join(languages) for languages in known),
            StringTable.of(keys),
            StringTable.of(texts[key] for key in keys),
        )

    def find(self, language: str, field: str, feed: int, record: str, text: str) -> str | None:
        """Return a translation of a record's text; the record's own goes before the text's."""
        for how, wanted in ((BY_ID, record), (BY_TEXT, text)):
            key = key_of(language, field, feed, how, wanted)
            row = bisect_left(self.key, key)
            if row < len(self.key) and self.key[row] == key:
                return str(self.text[row])
        return None

    def best(self, feed: int, wanted: Iterable[str]) -> str | None:
        """Return the language of a feed's translations that suits best.

        Parameters
        ----------
        feed : int
            Number of the feed.
        wanted : iterable of str
            Tags such as ``de-AT``, the dearest first; one of the same language is as good.

        Returns
        -------
        str or None
            ``None`` where the feed's own language suits better, or none suits.
        """
        own, known = self.own[feed], self.language[feed].split()
        for tag in (tag.lower() for tag in wanted):
            general = tag.split("-")[0]
            if tag == own:
                return None
            found = [name for name in (tag, general) if name in known]
            if not found and general != own.split("-")[0]:
                found = [name for name in known if name.split("-")[0] == general]
            if found:
                return str(found[0])
            if general == own.split("-")[0]:
                return None
        return None

    def save(self, folder: Path) -> None:
        """Write one ``.npy`` file per column into a new folder."""
        folder.mkdir()
        save_table(self, folder, "translations")

    @classmethod
    def load(cls, folder: Path) -> "Translations | None":
        """Open saved tables, memory-mapped; ``None`` where there are none.

        Raises
        ------
        ArrayFileError
            A file is missing or damaged.
        """
        return load_table(cls, folder, "translations") if folder.is_dir() else None

"""Every text on a page is said in German, too."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2] / "mobility"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "add_navigation": (3,),
}
PARTIES = {
    "platform": ([ROOT / "web", ROOT / "weblib"], [ROOT / "translations" / "de"]),
    "cooperative": (
        [ROOT / "trustee", ROOT / "weblib"],
        [ROOT / "translations" / "de", ROOT / "trustee" / "translations" / "de"],
    ),
}


def said(folders: list[Path]) -> set[str]:
    """Collect the literal texts that pages show."""
    found: set[str] = set()
    for folder in folders:
        for _, _, message, _, _ in extract_from_dir(str(folder), METHODS, keywords=KEYWORDS):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


def translated(folders: list[Path]) -> set[str]:
    known: set[str] = set()
    for path in (p for folder in folders for p in folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.string and not message.fuzzy:
                    known.add(message.id[0] if isinstance(message.id, tuple) else message.id)
    return known


@pytest.mark.parametrize("party", PARTIES)
def test_every_text_has_a_german_one(party: str) -> None:
    pages, catalogs = PARTIES[party]
    texts = said(pages)
    assert len(texts) > 30  # the search really found the pages
    assert sorted(texts - translated(catalogs)) == []

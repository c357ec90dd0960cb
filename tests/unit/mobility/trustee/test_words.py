"""Every word a resident reads exists in German too."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

import mobility.trustee
from mobility.trustee.consents import PURPOSES

HERE = Path(mobility.trustee.__file__).parent


def german() -> dict[str, str]:
    with (HERE / "translations" / "de" / "cooperative.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def words_of_templates() -> set[str]:
    text = "\n".join(p.read_text("utf-8") for p in (HERE / "templates").glob("*.html"))
    return set(re.findall(r"_\('([^']+)'", text))


def words_of_pages() -> set[str]:
    found: set[str] = set()
    for path in [*(HERE / "site").glob("*.py"), HERE / "accounts.py", HERE / "passwords.py"]:
        text = path.read_text("utf-8")
        found |= set(re.findall(r'\b_\(\s*"([^"]+)"', text))
        found |= set(re.findall(r'Field\(\s*"\w+",\s*"([^"]+)"', text))
        found |= set(re.findall(r'hint="([^"]+)"', text))
        found |= set(re.findall(r'Form\(\s*"([^"]+)"', text))
        found |= set(re.findall(r'forms\.(?:show|message)\(\s*"([^"]+)"', text))
        found |= set(re.findall(r'add_navigation\([^"]*"[^"]+", "([^"]+)"', text))
    return found


def test_every_word_has_its_german() -> None:
    wanted = words_of_templates() | words_of_pages()
    for purpose in PURPOSES.values():
        wanted |= {purpose.title, purpose.text, purpose.retention, *purpose.recipients}
    assert len(wanted) > 100
    assert wanted - german().keys() == set()


def test_no_german_is_empty_and_all_placeholders_are_kept() -> None:
    for english, text in german().items():
        assert text, english
        assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", text))

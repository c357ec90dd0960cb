"""Every text on a page is said in German, too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2] / "mobility"
CALLS = {"_": 1, "gettext": 1, "lazy_gettext": 1, "ngettext": 2, "add_navigation": 3}
"""Name of a function to the number of its arguments that may hold texts."""
PARTIES = {
    "platform": ([ROOT / "web", ROOT / "weblib"], [ROOT / "translations" / "de"]),
    "cooperative": (
        [ROOT / "trustee", ROOT / "weblib"],
        [ROOT / "translations" / "de", ROOT / "trustee" / "translations" / "de"],
    ),
}


def said(folders: list[Path]) -> set[str]:
    """Collect the texts that pages show: in templates, in calls, and in tables calls look into."""
    found: set[str] = set()
    trees = [ast.parse(path.read_text("utf-8")) for f in folders for path in f.rglob("*.py")]
    tables = dict(pair for tree in trees for pair in text_tables(tree))
    for tree in trees:
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            first = 2 if name == "add_navigation" else 0  # application and endpoint come before
            for argument in call.args[first : CALLS.get(name, 0)]:
                found |= texts_of(argument, tables)
    for folder in folders:
        for _, _, message, _, _ in extract_from_dir(str(folder), [("**.html", "jinja2")]):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


def text_tables(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """List the module's dictionaries whose values are texts."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            values = {getattr(value, "value", None) for value in node.value.values}
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and all(isinstance(v, str) for v in values):
                yield target.id, values


def texts_of(argument: ast.expr, tables: dict[str, set[str]]) -> set[str]:
    if isinstance(argument, ast.Constant):
        return {argument.value} if isinstance(argument.value, str) else set()
    if isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name):
        return tables.get(argument.value.id, set())
    is_get = isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute)
    if is_get and argument.func.attr == "get" and isinstance(argument.func.value, ast.Name):
        return tables.get(argument.func.value.id, set())
    return set()


def translated(folders: list[Path]) -> set[str]:
    known: set[str] = set()
    for path in (p for folder in folders for p in folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.string and not message.fuzzy:
                    known |= set(message.id if isinstance(message.id, tuple) else [message.id])
    return known


@pytest.mark.parametrize("party", PARTIES)
def test_every_text_has_a_german_one(party: str) -> None:
    pages, catalogs = PARTIES[party]
    texts = said(pages)
    assert len(texts) > 30  # the search really found the pages
    assert sorted(texts - translated(catalogs)) == []

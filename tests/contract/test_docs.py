"""Every command in the README and the docs is run, in the order in which a reader meets it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mobility.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
WHOLE_TOWN = {"./run", "./run --setup", "./test", "./run --city town", ".ci/run", ".ci/lock"}
"""Commands that other tests run: they serve until Ctrl-C, or are how this test was started."""


def commands(page: Path) -> list[str]:
    blocks = BLOCK.findall(page.read_text("utf-8"))
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line.split("  #")[0].strip() for line in lines if line and not line.startswith("#")]


@pytest.fixture
def place(demo_input: Path, tmp_path: Path) -> Path:
    """A folder as a reader has it: the program, an extract and a feed."""
    for name in (".venv", "run", "test", ".ci"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(demo_input / "town.osm.pbf", tmp_path / "town.osm.pbf")
    shutil.copy(demo_input / "gtfs.zip", tmp_path / "feed.zip")
    return tmp_path


def test_every_command_of_the_docs_does_what_it_is_for(place: Path) -> None:
    asked = [command for page in PAGES for command in commands(page)]
    assert len(asked) > 8
    for command in asked:
        if command in WHOLE_TOWN:
            script = command.split()[0]
            assert os.access(ROOT / script, os.X_OK), command
            continue
        ready(place)
        done = subprocess.run(  # noqa: S602 - commands of our own docs
            command, shell=True, cwd=place, capture_output=True, text=True, timeout=200
        )
        allowed = {0, 1} if "doctor" in command else {0}  # it finds a town that is not running
        assert done.returncode in allowed, f"{command}\n{done.stderr}"


def ready(place: Path) -> None:
    """Have the databases there that a started town has."""
    if (place / "var" / "platform").exists():
        return
    from mobility.serve.seed import ready_platform
    from mobility.trustee.schema import migrate

    settings = load_settings(var_dir=place / "var")
    ready_platform(settings, None)
    (place / "var" / "cooperative" / "keys").mkdir(parents=True)
    migrate(f"sqlite:///{place / 'var' / 'cooperative' / 'cooperative.sqlite'}")


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"

"""One generated town for all tests of the generator."""

import csv
import datetime as dt
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mobility.demo.town import generate

TODAY = dt.date(2026, 3, 2)  # a Monday


@dataclass(frozen=True)
class Generated:
    """A generated town on disk."""

    folder: Path
    summary: dict[str, Any]

    def table(self, name: str) -> list[dict[str, str]]:
        with zipfile.ZipFile(self.folder / "gtfs.zip") as archive:
            return list(csv.DictReader(io.StringIO(archive.read(f"{name}.txt").decode())))

    def feed(self, name: str) -> dict[str, Any]:
        document = json.loads((self.folder / "gbfs" / f"{name}.json").read_text("utf-8"))
        assert isinstance(document, dict)
        return document


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    folder = tmp_path_factory.mktemp("town")
    return Generated(folder, generate(folder, seed=1, today=TODAY))

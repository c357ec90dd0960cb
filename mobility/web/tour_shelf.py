"""Keeps the plans operators asked for as files, newest last; old ones make room."""

import json
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mobility.problems import ProblemError
from mobility.settings import Settings

Json = dict[str, Any]
KEPT = 20
_NAME = re.compile(r"^[0-9]{8}T[0-9]{6}-[0-9a-f]{8}$")


class TourShelf:
    """Plans under ``var_dir``; they hold stations and trucks, nothing about riders."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.var_dir / "platform" / "tours"

    def put(self, document: Json) -> str:
        """Keep a plan and return its name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        draft = self._folder / f"{name}.draft"
        draft.write_text(json.dumps(document), encoding="utf-8")
        draft.replace(self._folder / f"{name}.json")
        for old in self.names()[KEPT:]:
            (self._folder / f"{old}.json").unlink(missing_ok=True)
        return name

    def names(self) -> list[str]:
        """List the plans, newest first."""
        return sorted((path.stem for path in self._folder.glob("*.json")), reverse=True)

    def get(self, name: str) -> Json:
        """Return a plan.

        Raises
        ------
        ProblemError
            404 where there is none of that name.
        """
        path: Path | None = self._folder / f"{name}.json" if _NAME.fullmatch(name) else None
        if path is None or not path.is_file():
            raise ProblemError(404, "unknown-plan", "No such plan")
        document: Json = json.loads(path.read_text(encoding="utf-8"))
        return document

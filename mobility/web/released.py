"""Keeps published releases as files: they never change, and looking at one must cost nothing."""

import re
from pathlib import Path

from mobility import narrow
from mobility.problems import ProblemError
from mobility.settings import Settings

_HASH = re.compile(r"^[0-9a-f]{64}$")


class ReleaseShelf:
    """Releases this platform has been given, by their request hash.

    Parameters
    ----------
    settings : Settings
        The shelf is a folder under ``var_dir``.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.var_dir / "platform" / "releases"

    def put(self, release: narrow.ReleaseAnswer) -> None:
        """Keep a release; one that is there stays as it is."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(release.hash)
        if not path.is_file():
            draft = path.with_suffix(".draft")
            draft.write_text(release.model_dump_json(), encoding="utf-8")
            draft.replace(path)

    def read(self, request_hash: str) -> bytes:
        """Return the bytes of a release.

        Raises
        ------
        ProblemError
            404 where it was never asked for here.
        """
        path = self._path(request_hash) if _HASH.fullmatch(request_hash) else None
        if path is None or not path.is_file():
            raise ProblemError(404, "unknown-release", "No such map")
        return path.read_bytes()

    def get(self, request_hash: str) -> narrow.ReleaseAnswer:
        """Return a release; raises as :meth:`read` does."""
        return narrow.ReleaseAnswer.model_validate_json(self.read(request_hash))

    def has(self, request_hash: str) -> bool:
        """Tell whether a release is here."""
        return bool(_HASH.fullmatch(request_hash)) and self._path(request_hash).is_file()

    def _path(self, request_hash: str) -> Path:
        return self._folder / f"{request_hash}.json"

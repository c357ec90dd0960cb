"""Where a town on one machine keeps its things, and which party may see which."""

import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mobility.errors import MobilityError
from mobility.serve.parties import Parties, Party
from mobility.settings import Settings, load_settings


class FolderError(MobilityError):
    """The town's folder cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Layout:
    """Folders of a town under ``var``.

    ``run`` belongs to the cooperative and may be read by both parties: it holds the socket of
    the narrow calls and the two secrets they share. Nothing else is shared; logs are read by
    whoever started the town.
    """

    var: Path

    @property
    def network(self) -> Path:
        """Network directory of the demo town."""
        return self.var / "town"

    @property
    def demo_input(self) -> Path:
        """Generated feeds of the demo town."""
        return self.var / "demo-input"

    @property
    def platform(self) -> Path:
        """Database of the platform."""
        return self.var / "platform"

    @property
    def cooperative(self) -> Path:
        """Database, keys and outbox of the cooperative."""
        return self.var / "cooperative"

    @property
    def operator(self) -> Path:
        """Database and token of the simulated operator."""
        return self.var / "operator"

    @property
    def run(self) -> Path:
        """Socket and secrets of the narrow calls."""
        return self.var / "run"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.var / "log"

    @property
    def kernels(self) -> Path:
        """Compiled kernels; kept by ``--fresh``."""
        return Path(os.environ.get("NUMBA_CACHE_DIR", self.var / "kernels")).absolute()

    @property
    def settings_file(self) -> Path:
        """The settings that every process of the town reads; holds no secret."""
        return self.var / "town.toml"

    @property
    def operator_token(self) -> Path:
        """Bearer token of the operator's booking API."""
        return self.operator / "token"

    @property
    def cooperative_seed(self) -> Path:
        """Demo accounts of the cooperative, told once to whoever starts the town."""
        return self.cooperative / "demo-accounts.json"

    @property
    def platform_seed(self) -> Path:
        """Demo accounts of the platform's staff."""
        return self.platform / "demo-accounts.json"

    @contextmanager
    def occupy(self) -> Iterator[None]:
        """Make the town's folder where it is missing, and keep other starts out of it.

        Raises
        ------
        FolderError
            If it cannot be written, or the town in it is being served already.
        """
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            lock = (self.var / ".lock").open("w")
        except OSError as error:
            raise FolderError(
                f"{self.var} cannot be used ({error.strerror}); give --var a folder you may write"
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise FolderError(
                    f"the town in {self.var} is being served already: stop it, or give --var DIR"
                ) from error
            yield

    def make(self, parties: Parties) -> None:
        """Make every folder with its owner, and the secrets that are missing."""
        town, cooperative = parties.town, parties.cooperative
        # Tests and commands run by root share the kernels, and make folders among them.
        compiled = [path for path in self.kernels.glob("*") if path.is_dir()]
        for folder in (self.network, self.demo_input, self.kernels, *compiled):
            town.own(folder, 0o755)
        for folder in (self.platform, self.operator):
            town.own(folder, 0o700)
        cooperative.own(self.cooperative, 0o700)
        cooperative.own(self.run, 0o2750, shared=True)
        Party().own(self.logs, 0o700)
        for name in ("narrow.secret", "oidc.secret"):
            _ensure_secret(self.run / name, cooperative, 0o640)
        _ensure_secret(self.operator_token, town, 0o600)

    def forget(self) -> None:
        """Remove everything but compiled kernels."""
        for folder in (self.network, self.demo_input, self.platform, self.operator):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (self.cooperative, self.run, self.logs):
            shutil.rmtree(folder, ignore_errors=True)
        self.settings_file.unlink(missing_ok=True)


def town_settings(var: Path, **overrides: Any) -> Settings:
    """Return the settings of the town under ``var``, or the general ones where none was started."""
    path = Layout(var).settings_file
    return load_settings(path if path.exists() else None, **({"var_dir": var} | overrides))


def free_port(wanted: int = 0) -> int | None:
    """Return a port nothing listens on; None if the one wanted is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def _ensure_secret(path: Path, owner: Party, mode: int) -> None:
    """Write a random secret that only its owner, or its owner's group, may read."""
    if path.exists():
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    if owner.uid is not None:
        os.chown(path, owner.uid, path.parent.stat().st_gid)
    path.chmod(mode)

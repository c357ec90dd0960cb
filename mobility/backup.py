"""Copy a party's database and keys to a safe place, and bring them back.

The two parties are backed up apart, and so are keys and data: whoever holds one copy alone
can read nobody's secrets. A copy is a folder with a manifest of SHA-256 hashes.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from mobility.errors import MobilityError
from mobility.settings import Settings

MANIFEST = "backup.json"
FORMAT = 1


class BackupError(MobilityError):
    """A backup cannot be made or brought back; the text says why and what to do."""


@dataclass(frozen=True)
class Belongings:
    """What one party has to lose.

    Parameters
    ----------
    party : str
        ``platform`` or ``cooperative``.
    database_url : str
        Its database.
    folders : dict
        Name to folder of further files that belong to the data.
    keys : dict
        Name to file or folder of secrets; copied only to a place of their own.
    """

    party: str
    database_url: str
    folders: dict[str, Path]
    keys: dict[str, Path]


def belongings(settings: Settings, party: str) -> Belongings:
    """Say what a party has to lose, by the settings.

    Raises
    ------
    BackupError
        If there is no such party.
    """
    if party == "platform":
        names = ("oidc_client_secret_file", "narrow_secret_file", "operator_token_file")
        keys = {settings.path_of(name).name: settings.path_of(name) for name in names}
        return Belongings(party, settings.platform_database_url(), {}, keys)
    if party == "cooperative":
        folder = settings.path_of("cooperative_dir")
        url = settings.cooperative_database_url or f"sqlite:///{folder / 'cooperative.sqlite'}"
        return Belongings(party, url, {"outbox": folder / "outbox"}, {"keys": folder / "keys"})
    raise BackupError(f"no party '{party}': use platform or cooperative")


def back_up(what: Belongings, target: Path, keys_target: Path | None) -> Path:
    """Copy a party's data to ``target`` and, if asked, its keys to ``keys_target``.

    The town keeps running: the database is copied as of one moment.

    Returns
    -------
    pathlib.Path
        The new folder ``<target>/<party>-<UTC time>``.

    Raises
    ------
    BackupError
        If keys would lie with the data, or something cannot be copied.
    """
    stamp = f"{what.party}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    if keys_target is not None and keys_target.resolve() == target.resolve():
        raise BackupError("keys must not lie with the data: give --keys another folder")
    folder = _fresh(target / stamp)
    _dump(make_url(what.database_url), folder)
    for name, path in what.folders.items():
        if path.is_dir():
            shutil.copytree(path, folder / name)
    _seal(folder, what.party, "data")
    if keys_target is not None:
        safe = _fresh(keys_target / f"{stamp}-keys")
        for name, path in what.keys.items():
            if path.is_dir():
                shutil.copytree(path, safe / name)
            elif path.exists():
                shutil.copy2(path, safe / name)
        _seal(safe, what.party, "keys")
    return folder


def restore(what: Belongings, source: Path) -> Path | None:
    """Bring a backup of data or of keys back; what is there now is moved aside, not lost.

    Stop the town first.

    Returns
    -------
    pathlib.Path or None
        Where what was there before lies now; None where there was nothing.

    Raises
    ------
    BackupError
        If the folder is no whole backup of this party.
    """
    manifest = check(source)
    if manifest["party"] != what.party:
        raise BackupError(f"{source} belongs to the {manifest['party']}, not to the {what.party}")
    aside_suffix = f".before-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    if manifest["kind"] == "keys":
        return _put_back(source, what.keys, aside_suffix)
    aside = _load(make_url(what.database_url), source, aside_suffix)
    return _put_back(source, what.folders, aside_suffix) or aside


def check(folder: Path) -> dict[str, str]:
    """Read the manifest of a backup and verify each file.

    Raises
    ------
    BackupError
        Naming the first file that is missing or was changed.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        files, version = manifest["files"], manifest["format"]
    except (OSError, ValueError, KeyError) as error:
        raise BackupError(f"{folder} holds no backup: {MANIFEST} cannot be read") from error
    if version != FORMAT:
        raise BackupError(f"{folder} has format {version}, this version reads {FORMAT}")
    for name, digest in files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise BackupError(f"{path} is missing or was changed since the backup was made")
    return {"party": manifest["party"], "kind": manifest["kind"]}


def _dump(url: URL, folder: Path) -> None:
    if url.get_backend_name() == "postgresql":
        _postgres(url, "pg_dump", "--format=custom", "--file", str(folder / "database.dump"))
        return
    source = Path(url.database or "")
    if not source.is_file():
        raise BackupError(f"{source} does not exist: has the town ever been started?")
    copy = folder / "database.sqlite"
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(copy)) as here:
        there.backup(here)


def _load(url: URL, source: Path, aside_suffix: str) -> Path | None:
    if url.get_backend_name() == "postgresql":
        how = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
        _postgres(url, "pg_restore", *how, str(source / "database.dump"))
        return None
    target = Path(url.database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = None
    for suffix in ("", "-wal", "-shm"):
        old = target.with_name(target.name + suffix)
        if old.exists():
            moved = old.rename(target.with_name(target.name + aside_suffix + suffix))
            aside = aside or moved
    shutil.copy2(source / "database.sqlite", target)
    _same_owner(target, target.parent)
    return aside


def _put_back(source: Path, places: dict[str, Path], aside_suffix: str) -> Path | None:
    aside = None
    for name, path in places.items():
        copy = source / name
        if not copy.exists():
            continue
        if path.exists():
            aside = path.rename(path.with_name(path.name + aside_suffix))
        path.parent.mkdir(parents=True, exist_ok=True)
        if copy.is_dir():
            shutil.copytree(copy, path)
        else:
            shutil.copy2(copy, path)
        for each in (path, *path.rglob("*")):
            _same_owner(each, path.parent)
    return aside


def _same_owner(path: Path, like: Path) -> None:
    """Give a restored file to the OS user whose folder it lies in (possible for root only)."""
    there = like.stat()
    if path.stat().st_uid != there.st_uid:
        shutil.chown(path, there.st_uid, there.st_gid)


def _seal(folder: Path, party: str, kind: str) -> None:
    files = {
        str(path.relative_to(folder)): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = {"format": FORMAT, "party": party, "kind": kind, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def _fresh(folder: Path) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    return folder


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _postgres(url: URL, program: str, *words: str) -> None:
    """Run a PostgreSQL program on a database; its password travels by environment."""
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    argv = [program, *words, "--dbname", address]
    try:
        done = subprocess.run(  # noqa: S603 - arguments are ours
            argv, capture_output=True, text=True, check=False, env=environment
        )
    except FileNotFoundError as error:
        raise BackupError(
            f"{program} is missing: install it, for example: apt-get install postgresql-client"
        ) from error
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip().splitlines()[-1]}")

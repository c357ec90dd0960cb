"""Look a town over: what is wrong, and what to do about it."""

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from mobility.catalogue.store import list_systems
from mobility.db import Database, DatabaseError, open_database, spatialite_version
from mobility.network.manifest import ManifestError, changed_files, load_manifest
from mobility.schema import current_revision, newest_revision
from mobility.settings import Settings

MIN_FREE_BYTES = 2_000_000_000


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it is, and the remedy where it is not well."""

    check: str
    level: Level
    says: str
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Run every check; none of them changes anything or raises."""
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _python, _spatialite, _browser_libraries, _disk, _network, _database, _feeds, _secrets,
    )  # fmt: skip
    return [finding for check in checks for finding in check(settings)]


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", Level.OK, version)


def _spatialite(settings: Settings) -> Iterator[Finding]:
    if not settings.platform_database_url().startswith("sqlite"):
        return
    try:
        yield Finding("SpatiaLite", Level.OK, spatialite_version())
    except DatabaseError as error:
        yield Finding("SpatiaLite", Level.FAILED, "missing", str(error))


def _browser_libraries(settings: Settings) -> Iterator[Finding]:
    folder = settings.path_of("assets_dir")
    if (folder / "maplibre-gl").is_dir():
        yield Finding("Browser libraries", Level.OK, str(folder))
    else:
        yield Finding("Browser libraries", Level.FAILED, f"none in {folder}", "run ./run --setup")


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(settings.var_dir)).free
    says = f"{free / 1e9:.1f} GB free"
    if free < MIN_FREE_BYTES:
        yield Finding("Disk", Level.WARNING, says, f"make room for {settings.var_dir}")
    else:
        yield Finding("Disk", Level.OK, says)


def _network(settings: Settings) -> Iterator[Finding]:
    directory = settings.path_of("network_dir")
    try:
        manifest = load_manifest(directory)
    except ManifestError as error:
        yield Finding("Network", Level.FAILED, str(error), "run: mobility build")
        return
    broken = changed_files(directory / "current", manifest)
    if broken:
        remedy = f"build {directory} again"
        yield Finding("Network", Level.FAILED, f"{broken[0]} is missing or was changed", remedy)
    else:
        yield Finding("Network", Level.OK, f"{manifest.name}, id {manifest.id}")
    if manifest.service_days is None:
        yield Finding("Timetable", Level.WARNING, "none", "build with --gtfs")
        return
    first, last = (date.fromisoformat(day) for day in manifest.service_days)
    says = f"{first} to {last}"
    if not first <= datetime.now(UTC).date() <= last:
        remedy = "build with a feed that is valid now; until then plans open on its nearest day"
        yield Finding("Timetable", Level.WARNING, f"{says}, not today", remedy)
    else:
        yield Finding("Timetable", Level.OK, says)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        with _open(settings) as database:
            present, newest = current_revision(database), newest_revision()
    except (SQLAlchemyError, DatabaseError, FileNotFoundError) as error:
        says = str(error).splitlines()[0]
        yield Finding("Platform database", Level.FAILED, says, "start the town once with ./run")
        return
    if present != newest:
        says = f"at revision {present}, the program needs {newest}"
        remedy = "start the town once with ./run, which migrates it"
        yield Finding("Platform database", Level.FAILED, says, remedy)
    else:
        yield Finding("Platform database", Level.OK, f"revision {present}")


def _feeds(settings: Settings) -> Iterator[Finding]:
    try:
        with _open(settings) as database, database.read() as session:
            rows = [(r.system_id, r.as_of, r.failures, r.error) for r in list_systems(session)]
    except (SQLAlchemyError, DatabaseError, FileNotFoundError):
        return  # told by the check of the database
    for system_id, as_of, failures, error in rows:
        name = f"Feed {system_id}"
        if as_of is None:
            yield Finding(name, Level.FAILED, "never heard", "see the worker's log")
            continue
        age_s = int((datetime.now(UTC) - as_of).total_seconds())
        if failures or age_s > settings.gbfs_stale_s:
            says = f"{age_s} s old, {failures} failures in a row" + (f": {error}" if error else "")
            yield Finding(name, Level.WARNING, says, "is the worker running? ask the operator")
        else:
            yield Finding(name, Level.OK, f"{age_s} s old")


def _secrets(settings: Settings) -> Iterator[Finding]:
    for name in ("narrow_secret_file", "oidc_client_secret_file", "operator_token_file"):
        path = settings.path_of(name)
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            yield Finding(path.name, Level.WARNING, f"{path} cannot be seen", "start with ./run")
            continue
        if mode & stat.S_IRWXO:
            yield Finding(path.name, Level.FAILED, "others may read it", f"chmod o= {path}")
        else:
            yield Finding(path.name, Level.OK, f"mode {mode:o}")


@contextmanager
def _open(settings: Settings) -> Iterator[Database]:
    """Open the platform's database without making one, and leave no connection behind."""
    url = settings.platform_database_url()
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite") and not path.is_file():
        raise FileNotFoundError(f"{path} does not exist")
    database = open_database(url)
    try:
        yield database
    finally:
        database.engine.dispose()


def _existing(path: Path) -> Path:
    path = path.resolve()
    return path if path.exists() else _existing(path.parent)

"""A throw-away PostgreSQL with PostGIS, owned by an unprivileged user, gone when the tests end."""

import atexit
import functools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

VARIABLE = "MOBILITY_TEST_POSTGRES_URL"
_USERS = ("mobility", "postgres", "nobody")


def postgres_server() -> str:
    """Return the URL of a server: the one named in the environment, or one started here.

    Skips the test where there is neither and this is not CI.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return given.replace("postgresql://", "postgresql+psycopg://")
    found = _start()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL with PostGIS is missing, and nothing is skipped in CI")
        pytest.skip("needs PostgreSQL with PostGIS: apt-get install postgresql-15-postgis-3")
    return found


def new_database() -> str:
    """Make an empty database with PostGIS and return its URL."""
    server = postgres_server()
    name = f"town_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"create database {name}"))
    engine.dispose()
    url = server.rsplit("/", 1)[0] + f"/{name}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create extension if not exists postgis"))
    engine.dispose()
    return url


@functools.cache
def _start() -> str | None:
    """Start a cluster on loopback; None where the programs or PostGIS are not installed."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not homes or not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        return None
    bin_dir = homes[-1]
    folder = Path(tempfile.mkdtemp(prefix="town-postgres-"))
    prefix: list[str] = []
    if os.geteuid() == 0:
        user = next(u for name in _USERS if (u := _find_user(name)))
        os.chown(folder, user.pw_uid, user.pw_gid)
        ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
        prefix = ["setpriv", *ids, "--clear-groups"]
    port = _free_port()
    data = folder / "data"
    words = ["-U", "town", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    _run([*prefix, str(bin_dir / "initdb"), "-D", str(data), *words], folder)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    options += " -c max_connections=200"
    control = [*prefix, str(bin_dir / "pg_ctl"), "-D", str(data), "-w"]
    _run([*control, "-l", str(folder / "log"), "-o", options, "start"], folder)

    def stop() -> None:
        subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql+psycopg://town@127.0.0.1:{port}/postgres"


def _run(argv: list[str], folder: Path) -> None:
    done = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder)
    if done.returncode:
        raise RuntimeError(f"{argv[-1]}: {done.stderr.decode()}")


def _find_user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

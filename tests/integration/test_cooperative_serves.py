"""The cooperative as its own processes: pages on a port, calls on a socket, gone when asked."""

import json
import os
import secrets
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mobility.booking.partners import PartnerRefusedError, PartnerUnreachableError
from mobility.narrow_client import NarrowClient

CODE = "import sys; from mobility.commands import main; sys.exit(main())"


@dataclass
class Served:
    process: subprocess.Popen[bytes]
    port: int
    run: Path
    log: Path


def command(folder: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    environment = {**os.environ, "MOBILITY_VAR_DIR": str(folder)}
    return [sys.executable, "-c", CODE, "trustee", *words], environment


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    argv, environment = command(tmp_path, "migrate")
    subprocess.run(argv, env=environment, check=True, capture_output=True)
    run = tmp_path / "run"
    run.mkdir()
    for name in ("narrow.secret", "oidc.secret"):
        (run / name).write_text(secrets.token_urlsafe(32), "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = ["serve", "--port", str(port), "--area", "8.60,49.38,8.76,49.44"]
    argv, environment = command(tmp_path, *words)
    log = tmp_path / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(argv, env=environment, stdout=file, stderr=file)
    served = Served(process, port, run, log)
    try:
        wait_until_healthy(served)
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(10)


def wait_until_healthy(served: Served) -> None:
    client = NarrowClient(served.run / "cooperative.sock", served.run / "narrow.secret")
    for _ in range(300):
        assert served.process.poll() is None, served.log.read_text("utf-8")
        try:
            if fetch(served.port, "/health") == {"status": "ok"} and client.healthy():
                return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(served.log.read_text("utf-8"))


def fetch(port: int, path: str) -> object:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return json.loads(answer.read())


def test_two_servers_one_life(served: Served) -> None:
    client = NarrowClient(served.run / "cooperative.sock", served.run / "narrow.secret")
    issuer = f"http://127.0.0.1:{served.port}"
    metadata = fetch(served.port, "/.well-known/openid-configuration")
    assert isinstance(metadata, dict)
    assert metadata["issuer"] == issuer
    assert client.budget("2026-10").spent_micro == 0
    with pytest.raises(PartnerRefusedError, match="log-in"):
        client.token("x" * 43, "booking")
    with pytest.raises(urllib.error.HTTPError):
        fetch(served.port, "/budget?month=2026-10")  # the narrow calls are on the socket only
    mode = (served.run / "cooperative.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert mode & 0o007 == 0
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(15) == 0  # at once on an idle machine
    with pytest.raises(PartnerUnreachableError):
        client.budget("2026-10")
    with pytest.raises(OSError, match="refused"):
        fetch(served.port, "/health")


def test_without_secrets_it_does_not_start(tmp_path: Path) -> None:
    words = ["serve", "--area", "8.60,49.38,8.76,49.44"]
    argv, environment = command(tmp_path, *words)
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "narrow.secret" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

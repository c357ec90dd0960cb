"""A new network takes over under load, in the real web server, and nobody notices."""

import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from mobility.commands import main
from mobility.network.manifest import load_manifest
from mobility.serve.layout import free_port
from tests.shared import ROOT
from tests.town_app import new_sqlite
from tests.unit.mobility.network.tiny_town import SOUTH, STEP, WEST, inputs, write_gtfs

PLAN = f"/api/v1/plan?from={WEST},{SOUTH}&to={WEST + 4 * STEP},{SOUTH}&time=2024-09-03T07:30"
PATHS = (PLAN, "/api/v1/geocode?text=allee", "/tiles/style.json", "/health", "/")
RIDERS = 4


@dataclass
class Traffic:
    """What several clients at once were answered."""

    url: str
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    networks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        for path in itertools.cycle(PATHS):
            if self.stop.is_set():
                return
            try:
                answer = requests.get(self.url + path, timeout=30)
            except requests.RequestException as error:
                self.faults.append(f"{path}: {error!r}")
                continue
            self.statuses[path, answer.status_code] += 1
            if answer.status_code != 200:
                self.faults.append(f"{path}: {answer.status_code} {answer.text[:300]}")
            elif path == PLAN:
                self.networks.append(answer.json()["network"])

    def seen_lately(self) -> set[str]:
        return set(self.networks[-20:])


@contextmanager
def traffic(url: str) -> Iterator[Traffic]:
    """Send requests from several threads until the end of the block."""
    seen = Traffic(url)
    threads = [threading.Thread(target=seen.ask) for _ in range(RIDERS)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        seen.stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Run the platform's web server with two processes on ``folder/town``."""
    port = free_port()
    given = {
        "var_dir": folder,
        "network_dir": folder / "town",
        "database_url": new_sqlite(folder),
        "platform_port": port,
        "web_workers": 2,
        "web_threads": 4,
        "rate_limit": "1000000 per minute",
    }
    environment = {f"MOBILITY_{name.upper()}": str(value) for name, value in given.items()}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mobility.wsgi"],
            env=os.environ | environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(lambda: is_ready(url, process), "the server to be ready")
            yield url
        finally:
            process.terminate()
            process.wait(20)


def is_ready(url: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the web server ended at once"
    try:
        health = requests.get(f"{url}/health", timeout=5)
    except requests.ConnectionError:
        return False
    assert health.status_code == 200
    return bool(health.json()["planner"] == "ready")


def wait_for(condition: Callable[[], Any], what: str, patience_s: float = 90) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def build(folder: Path, trips: int) -> str:
    """Run ``mobility build`` in a process of its own; return the network's id."""
    feed = write_gtfs(folder / f"bus{trips}.zip", trips)
    words = ["build", str(folder / "town"), "--name", "Tiny", "--osm", str(folder / "streets.osm")]
    words += ["--gtfs", str(feed), "--gbfs", str(folder / "bikes")]
    code = "import sys; from mobility.commands import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["network"])


def switch_to_broken(town: Path) -> str:
    """Make a damaged copy of the present version current, as a bad disk would."""
    current = (town / "current").resolve()
    broken = town / "versions" / "0123456789abcdef"
    shutil.copytree(current, broken)
    path = broken / "transit" / "stops.lon.npy"
    os.truncate(path, path.stat().st_size // 2)
    link = town / ".next"
    link.symlink_to(Path("versions") / broken.name)
    link.replace(town / "current")
    return broken.name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = inputs(tmp_path)
    words = ["build", str(given.directory), "--name", "Tiny", "--osm", str(given.osm)]
    assert main([*words, "--gtfs", str(given.gtfs[0]), "--gbfs", given.gbfs[0]]) == 0
    return tmp_path


def test_a_town_is_rebuilt_and_its_network_breaks_under_load_without_a_failed_request(
    folder: Path,
) -> None:
    first = load_manifest(folder / "town").id
    with served(folder) as url, traffic(url) as seen:
        wait_for(lambda: seen.seen_lately() == {first}, "the first network")

        second = build(folder, 5)
        assert second != first
        wait_for(lambda: seen.seen_lately() == {second}, "the second network in both processes")

        broken = switch_to_broken(folder / "town")
        wait_for(lambda: f"version {broken}" in (folder / "log").read_text(), "the refusal")
        answers = len(seen.networks)
        wait_for(lambda: len(seen.networks) > answers + 40, "more plans")
        assert set(seen.networks[answers:]) == {second}

        third = build(folder, 6)
        wait_for(lambda: seen.seen_lately() == {third}, "the third network")

    assert seen.faults == []
    assert {path for path, _ in seen.statuses} == set(PATHS)
    assert set(seen.networks) == {first, second, third}

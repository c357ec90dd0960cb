"""Time plans over HTTP from two worker processes: ``python -m tests.bench.plans_http DIR``.

The platform's real web server answers a fixed list of random questions on loopback, on a copy of
the network in DIR and with made-up bike stations. Printed are: seconds until every worker is warm,
when started for the first time and again, bytecode and kernels being compiled by then; CPU of what
workers prepare when a day is first asked for; plans per second and how long they take, CPU per
plan, memory that each worker shares with nobody, and how many requests failed while a new version
of the network went live. The clients run on the same processors; what they use is printed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import psutil

from mobility.bench.plan import busy_weekday, random_point
from mobility.catalogue.model import Snapshot, Station, System
from mobility.catalogue.poller import FeedState
from mobility.catalogue.store import save_state
from mobility.db import open_database
from mobility.network.manifest import MANIFEST
from mobility.network.versions import current_version, staging, switch
from mobility.serve.layout import free_port
from routing.network import Network
from tests.town_app import new_sqlite

MODES = "WALK,TRANSIT,RENTAL,BICYCLE"
READY_IN_A_ROW = 20
LONGEST_S = 300.0
LOOK_S = 0.5
AT_REST = 0.05
"""CPU seconds per second that processes at rest may use."""


@dataclass
class Load:
    """What some clients met."""

    wall_s: float = 0.0
    took_s: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def told(self) -> str:
        """Return one line."""
        p50, p95 = np.percentile(self.took_s, [50, 95]) * 1000
        bad = sum(n for status, n in self.statuses.items() if status != "200")
        return (
            f"{len(self.took_s) / self.wall_s:.0f} plans/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms,"
            f" {bad} of {len(self.took_s)} failed"
        )


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201


def queries(network: Network, number: int, at: str, seed: int) -> list[str]:
    """Return addresses of plans between random points."""
    rng = np.random.default_rng(seed)
    time_ = f"{busy_weekday(network).isoformat()}T{at}"
    found = []
    for _ in range(number):
        a, b = (",".join(f"{v:.6f}" for v in random_point(network, rng)) for _ in range(2))
        words = {"from": a, "to": b, "time": time_, "modes": MODES}
        found.append(f"/api/v1/plan?{urlencode(words)}")
    return found


def store_stations(url: str, network: Network, number: int) -> None:
    """Put made-up bike stations into the catalogue."""
    rng, now = np.random.default_rng(1), datetime.now(UTC)
    stations = []
    for i in range(number):
        lon, lat = random_point(network, rng)
        bikes = int(rng.integers(0, 12))
        stations.append(
            Station(
                f"made-up-{i}",
                f"made up {i}",
                lon,
                lat,
                available={"bicycle": bikes},
                docks_available=12 - bikes,
                is_renting=True,
                is_returning=True,
            )
        )
    snapshot = Snapshot(System("made-up", "made up"), stations=tuple(stations), as_of=now)
    database = open_database(url)
    with database.write() as session:
        save_state(session, FeedState("made-up", now, now, snapshot, changed=True))
    database.engine.dispose()


@contextmanager
def platform(folder: Path, network: Path, url: str, workers: int) -> Iterator[tuple[int, int]]:
    """Start the web server; yields its port and process id."""
    port = free_port() or 0
    settings = {
        "VAR_DIR": folder, "NETWORK_DIR": network, "DATABASE_URL": url, "PLATFORM_PORT": port,
        "WEB_WORKERS": workers, "RATE_LIMIT": "1000000 per minute", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    environment = {**os.environ, **{f"MOBILITY_{k}": str(v) for k, v in settings.items()}}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen([sys.executable, "-m", "mobility.wsgi"], env=environment)
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def wait_until_warm(port: int, master: psutil.Process, workers: int) -> float:
    """Wait until all workers are there and every one says it is ready; return the seconds."""
    began, row = time.perf_counter(), 0
    while row < READY_IN_A_ROW:
        if time.perf_counter() - began > LONGEST_S:
            raise SystemExit("the server is not ready: see what it logged")
        is_whole = len(master.children()) == workers
        row = row + 1 if is_whole and ask(port, "/ready")[0] == "200" else 0
        time.sleep(0.0 if row else 0.05)
    return time.perf_counter() - began


def wait_until_at_rest(processes: list[psutil.Process]) -> None:
    """Wait for what processes do of their own accord, such as preparing a day for later plans."""
    began, spent = time.perf_counter(), -np.inf
    while time.perf_counter() - began < LONGEST_S:
        spent, before = cpu_s(processes), spent
        if spent - before < AT_REST * LOOK_S:
            return
        time.sleep(LOOK_S)


def ask(port: int, path: str) -> tuple[str, bytes]:
    """Ask on a connection of its own; return the status, or what went wrong."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return str(answer.status), answer.read()
    except (OSError, HTTPException) as error:
        return type(error).__name__, b""
    finally:
        connection.close()


def run_clients(port: int, paths: list[str], clients: int) -> Load:
    """Let clients work off a list of questions, each on a connection that stays open."""
    load, rest, lock = Load(), iter(paths), threading.Lock()

    def work() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                path = next(rest, None)
            if path is None:
                break
            began = time.perf_counter()
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                status = str(answer.status)
            except (OSError, HTTPException) as error:
                status = type(error).__name__
                connection.close()
            with lock:
                load.took_s.append(time.perf_counter() - began)
                load.statuses[status] += 1
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.wall_s = time.perf_counter() - began
    return load


def cpu_s(processes: list[psutil.Process]) -> float:
    """Return the CPU seconds processes have used."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def private_mb(process: psutil.Process) -> float:
    """Return the megabytes that a process shares with no other."""
    return float(process.memory_full_info().uss) / 1e6


def go_live(network: Path) -> str:
    """Make a copy of the present version, under another id, the present one; return the id."""
    version = current_version(network)
    assert version is not None
    with staging(network) as staged:
        shutil.copytree(version, staged, dirs_exist_ok=True)
        manifest = json.loads((staged / MANIFEST).read_text("utf-8"))
        manifest["id"] = "".join(reversed(manifest["id"]))
        (staged / MANIFEST).write_text(json.dumps(manifest), "utf-8")
        switch(network, staged, manifest["id"])
    return str(manifest["id"])


def while_changing(port: int, network: Path, paths: list[str], clients: int) -> tuple[Load, float]:
    """Let clients ask until every worker answers with a new version; return the seconds, too."""
    change = threading.Thread(target=lambda: fresh.add(go_live(network)))
    fresh, seen, whole, began = set[str](), set[str](), Load(), time.perf_counter()
    change.start()
    while not fresh or seen != fresh:
        load = run_clients(port, paths, clients)
        whole.wall_s += load.wall_s
        whole.took_s += load.took_s
        whole.statuses += load.statuses
        if time.perf_counter() - began > LONGEST_S:
            raise SystemExit("the new version did not go live: see what the server logged")
        seen = {json.loads(ask(port, paths[0])[1])["network"] for _ in range(READY_IN_A_ROW)}
    change.join()
    return whole, time.perf_counter() - began


def measure(args: argparse.Namespace, folder: Path) -> None:
    """Start, ask, and print."""
    network_dir = folder / "network"
    version = current_version(args.directory)
    if version is None:
        raise SystemExit(f"{args.directory} holds no network: make one with 'mobility build'")
    copy = network_dir / "versions" / version.name
    shutil.copytree(version, copy)
    (network_dir / "current").symlink_to(Path("versions") / version.name)
    network = Network.load(network_dir)
    url = new_sqlite(folder)
    if network.streets is not None:
        store_stations(url, network, args.stations)
    paths = queries(network, args.queries, args.at, args.seed)
    server = folder, network_dir, url, args.workers
    with platform(*server) as (port, pid):
        ready_s = wait_until_warm(port, psutil.Process(pid), args.workers)
        say(f"started once: warm after {ready_s:.1f} s")
    with platform(*server) as (port, pid):
        master = psutil.Process(pid)
        ready_s = wait_until_warm(port, master, args.workers)
        workers = sorted(master.children(), key=lambda child: child.pid)
        spent = ", ".join(f"{cpu_s([p]):.1f}" for p in (master, *workers))
        say(f"again: warm after {ready_s:.1f} s wall; CPU s of master and workers: {spent}")
        before = cpu_s(workers)
        run_clients(port, paths[: len(paths) // 4], args.clients)
        wait_until_at_rest(workers)
        first_s = cpu_s(workers) - before
        say(f"the first {len(paths) // 4} plans and preparing the day: {first_s:.1f} s CPU")
        ours, before = cpu_s([psutil.Process()]), cpu_s(workers)
        load = run_clients(port, paths, args.clients)
        each_ms, ours_ms = (
            1000 * spent / len(paths)
            for spent in (cpu_s(workers) - before, cpu_s([psutil.Process()]) - ours)
        )
        say(f"{args.workers} workers, {args.clients} clients: {load.told()}")
        say(f"CPU per plan: {each_ms:.1f} ms of the workers, {ours_ms:.1f} ms of the clients")
        told = ", ".join(f"{private_mb(p):.0f}" for p in (master, *workers))
        say(f"private MB of master and workers: {told}")
        load, seconds = while_changing(port, network_dir, paths, args.clients)
        say(f"while a new version went live, within {seconds:.0f} s: {load.told()}")
    say(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Read the words and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--at", default="13:00")
    parser.add_argument("--stations", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        measure(args, Path(name))


if __name__ == "__main__":
    main()

"""The simulated operator as its own process, with one bike and one scooter, and a look inside."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
FEE_CENTS = 150
_KINDS = {"bike": "bicycle", "scooter": "scooter_standing"}


class OperatorBooks:
    """What the operator has on record; read only."""

    def __init__(self, url: str, database: Path, token_file: Path) -> None:
        self.url = url
        self.token_file = token_file
        self._database = database

    def holds(self) -> dict[str, str]:
        """Return the state of each hold by its id."""
        return dict(self._rows("select id, state from booking"))

    def free(self, kind: str) -> int:
        """Count the vehicles of a kind that stand at the station and can be taken."""
        query = "select count(*) from vehicle where state = 'available' and station_id = 'station'"
        return int(self._rows(f"{query} and vehicle_type_id = ?", kind)[0][0])

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._database, timeout=15)) as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def run_operator(folder: Path) -> Iterator[OperatorBooks]:
    """Run ``python -m mobility.operator`` on a free loopback port until the end of the block."""
    gbfs = folder / "gbfs"
    gbfs.mkdir()
    for name, data in _feeds().items():
        document = {"last_updated": "2026-01-01T00:00:00Z", "ttl": 0, "version": "3.0"}
        (gbfs / f"{name}.json").write_text(json.dumps(document | {"data": data}))
    token_file = folder / "operator.token"
    token_file.write_text("operator-token-of-tests")
    database, port = folder / "operator.sqlite", _free_port()
    words = ["--gbfs", str(gbfs), "--db", str(database), "--token-file", str(token_file)]
    words += ["--port", str(port), "--still"]
    argv = [sys.executable, "-m", "mobility.operator", *words]
    process = subprocess.Popen(argv, cwd=ROOT, env=os.environ.copy())
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(f"{url}/gbfs/gbfs.json", process)
        yield OperatorBooks(url, database, token_file)
    finally:
        process.terminate()
        process.wait(20)


def _feeds() -> dict[str, dict[str, Any]]:
    """Describe a system of one station with one vehicle of each kind."""
    kinds = [
        {
            "vehicle_type_id": name,
            "form_factor": factor,
            "propulsion_type": "human" if name == "bike" else "electric",
            "max_range_meters": 20000,
            "return_constraint": "any_station",
            "default_pricing_plan_id": "plan",
        }
        for name, factor in _KINDS.items()
    ]
    said = [{"text": "Test sharing", "language": "en"}]
    plan = {"plan_id": "plan", "name": said, "currency": "EUR", "price": FEE_CENTS / 100}
    place = {"station_id": "station", "name": said, "lat": 49.41, "lon": 8.68, "capacity": 10}
    counts = [{"vehicle_type_id": name, "count": 1} for name in _KINDS]
    state = {"station_id": "station", "is_installed": True, "is_renting": True}
    state |= {"is_returning": True, "num_vehicles_available": 2, "vehicle_types_available": counts}
    return {
        "system_information": {"system_id": "bikes", "name": said, "timezone": "Europe/Berlin"},
        "vehicle_types": {"vehicle_types": kinds},
        "system_pricing_plans": {
            "plans": [plan | {"description": said, "is_taxable": False}],
        },
        "station_information": {"stations": [place]},
        "station_status": {"stations": [state]},
    }


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the operator ended at once"
        try:
            if requests.get(url, timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the operator does not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

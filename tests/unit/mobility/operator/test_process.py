"""The operator as its own process: killed, restarted, asked over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import requests

from mobility.operator.__main__ import main
from tests.unit.mobility.operator.conftest import TOKEN, Desk, open_desk

ROOT = Path(__file__).resolve().parents[4]
KILLED_WHILE = """
import os, signal, sys
from pathlib import Path
from mobility.operator import bookings
from mobility.operator.database import connect
from mobility.operator.requests import BookingRequest, LegEvent

step, word, database = sys.argv[1], sys.argv[2], Path(sys.argv[3])
seen = 0

def look(statement):
    global seen
    if statement.split()[0] in {"UPDATE", "INSERT", "COMMIT"}:
        seen += 1
        if seen == int(step):
            os.kill(os.getpid(), signal.SIGKILL)

db = connect(database)
desk = bookings.Bookings(db, lambda: 1772452800.0)
if word == "reserve":
    wish = BookingRequest(id="ride-0001", station_id="market", vehicle_type_id="bike",
                          expires_at="2026-03-02T12:15:00Z")
    db.set_trace_callback(look)
    desk.reserve(wish, "ride-0001")
else:
    db.set_trace_callback(look)
    desk.ride("ride-0001", LegEvent(event="FINISH", station_id="school"), "ride-0001-finish")
print(seen)
"""


def run_and_kill(desk: Desk, word: str, step: int) -> int | None:
    """Run a booking step in a process that kills itself before its n-th write; None if killed."""
    argv = [sys.executable, "-c", KILLED_WHILE, str(step), word, str(desk.settings.database)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_killed_before_any_write_of_a_hold_nothing_is_held(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    for step in (1, 2, 3, 4):  # vehicle, booking, answer, commit
        assert run_and_kill(desk, "reserve", step) is None
        assert desk.troubles() == []
        assert desk.bikes_at("market") == 1
    assert run_and_kill(desk, "reserve", 99) == 4
    assert desk.bikes_at("market") == 0
    assert desk.troubles() == []


def test_killed_before_any_write_of_an_end_the_ride_goes_on_and_is_charged_once(
    tmp_path: Path,
) -> None:
    desk = open_desk(tmp_path)
    desk.bike("ride-0001")
    desk.start("ride-0001")
    for step in (1, 2, 3, 4):  # vehicle, booking, answer, commit
        assert run_and_kill(desk, "finish", step) is None
        assert desk.troubles() == []
        assert desk.get("ride-0001")["state"] == "IN_USE"
        assert desk.bikes_at("school") == 0
    assert run_and_kill(desk, "finish", 99) == 4
    assert desk.get("ride-0001")["amount_cents"] == 100
    assert desk.bikes_at("school") == 1
    assert desk.troubles() == []


def test_the_process_serves_books_and_ends_in_time(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = desk.settings
    argv = [sys.executable, "-m", "mobility.operator", "--gbfs", str(settings.gbfs)]
    argv += ["--db", str(settings.database), "--token-file", str(settings.token_file)]
    process = subprocess.Popen([*argv, "--port", str(port), "--still"], cwd=ROOT, env=os.environ)
    try:
        url = f"http://127.0.0.1:{port}"
        index = _wait(url, process)
        names = {feed["name"]: feed["url"] for feed in index["data"]["feeds"]}
        assert names["station_status"] == f"{url}/gbfs/station_status.json"
        tag = requests.get(names["station_status"], timeout=5).headers["ETag"]
        again = requests.get(names["station_status"], headers={"If-None-Match": tag}, timeout=5)
        assert again.status_code == 304
        wish = {"id": "ride-0001", "station_id": "market", "expires_at": "2999-01-01T00:00:00Z"}
        wish["vehicle_type_id"] = "bike"
        headers = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "ride-0001"}
        answer = requests.post(f"{url}/bookings", json=wish, headers=headers, timeout=5)
        assert (answer.status_code, answer.json()["state"]) == (201, "CONFIRMED")
        began = time.monotonic()
        process.terminate()
        process.wait(10)
        assert time.monotonic() - began < 5
    finally:
        process.kill()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes]) -> dict[str, dict[str, list[dict[str, str]]]]:
    for _ in range(400):
        assert process.poll() is None
        try:
            found = requests.get(f"{url}/gbfs/gbfs.json", timeout=5).json()
            assert isinstance(found, dict)
            return found
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the operator does not come up")


def test_a_missing_token_file_ends_the_program_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = open_desk(tmp_path)
    settings = desk.settings
    words = ["--gbfs", str(settings.gbfs), "--db", str(settings.database)]
    assert main([*words, "--token-file", str(tmp_path / "none")]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "write the booking token there" in err


def test_a_file_that_is_no_database_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = open_desk(tmp_path).settings
    (tmp_path / "text").write_text("no database at all, but long enough to have a header " * 40)
    words = ["--gbfs", str(settings.gbfs), "--db", str(tmp_path / "text")]
    assert main([*words, "--token-file", str(settings.token_file)]) == 1
    assert "cannot be opened as a database" in capsys.readouterr().err

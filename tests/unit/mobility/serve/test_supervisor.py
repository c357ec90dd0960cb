"""The supervisor keeps real processes running, and ends every one of them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from mobility.serve.supervisor import NotReadyError, ProcessSpec, Supervisor

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def python(name: str, code: str, **more: object) -> ProcessSpec:
    return ProcessSpec(name, [sys.executable, "-c", code], **more)  # type: ignore[arg-type]


def wait_until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    it = Supervisor(tmp_path)
    yield it
    it.stop()


def pid(supervisor: Supervisor, position: int = 0) -> int:
    process = supervisor.children[position].process
    assert process is not None
    return process.pid


def test_a_process_that_dies_is_restarted(supervisor: Supervisor) -> None:
    supervisor.start([python("sleeper", SLEEPER)])
    first = pid(supervisor)
    watcher = threading.Thread(target=supervisor.run)
    watcher.start()
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: pid(supervisor) != first and supervisor.children[0].is_running())
    supervisor._ask_to_stop()
    watcher.join()


def test_stop_ends_a_process_that_ignores_the_polite_signal_within_five_seconds(
    supervisor: Supervisor,
) -> None:
    supervisor.start([python("deaf", DEAF), python("sleeper", SLEEPER)])
    time.sleep(0.3)  # the deaf one has to get as far as becoming deaf
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 5
    assert not any(child.is_running() for child in supervisor.children)


def test_a_process_that_ends_at_once_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    with pytest.raises(NotReadyError, match=r"broken ended while starting: .*no such feed"):
        supervisor.start(
            [python("broken", "raise SystemExit('no such feed')", ready_url="http://127.0.0.1:9/")]
        )


def test_a_process_that_never_answers_is_reported(supervisor: Supervisor) -> None:
    with pytest.raises(NotReadyError, match="silent did not answer in time"):
        supervisor.start(
            [python("silent", SLEEPER, ready_url="http://127.0.0.1:9/")], patience_s=0.5
        )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from mobility.serve.supervisor import ProcessSpec, Supervisor\n"
        f"s = Supervisor(Path({str(tmp_path)!r}))\n"
        f"s.start([ProcessSpec('sleeper', [sys.executable, '-c', {SLEEPER!r}])])\n"
        "print(s.children[0].process.pid, flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: not psutil.pid_exists(child))

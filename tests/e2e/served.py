"""A whole town, served as its users serve it, for the tests that walk through it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mobility.commands.serve import READY
from mobility.serve.layout import free_port

START_S = 400
STOP_S = 5


@dataclass
class ServedTown:
    """Addresses and accounts that the start command printed."""

    var: Path
    platform: str = ""
    cooperative: str = ""
    operator: str = ""
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def read(self, line: str) -> None:
        """Take in one printed line."""
        words = line.split()
        if line.startswith("Platform "):
            self.platform = words[-1]
        elif line.startswith("Cooperative "):
            self.cooperative = words[-1]
        elif line.startswith("Operator "):
            self.operator = words[-1].removesuffix("/gbfs/gbfs.json")
        elif line.startswith("  ") and len(words) == 3:
            self.accounts.setdefault(words[0], (words[1], words[2]))


@contextmanager
def served(var: Path, *more: str) -> Iterator[ServedTown]:
    """Start ``mobility serve``, wait until it is ready, and end it with Ctrl-C."""
    code = "import sys; from mobility.commands import main; sys.exit(main())"
    argv = [
        sys.executable,
        "-c",
        code,
        "serve",
        "--var",
        str(var),
        "--port",
        str(free_port()),
        *more,
    ]
    log = (var.parent / "serve.stderr").open("w")
    process = subprocess.Popen(
        argv,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    town = ServedTown(var)
    assert process.stdout is not None
    deadline = time.monotonic() + START_S
    try:
        for line in process.stdout:
            town.read(line.rstrip("\n"))
            if line.strip() == READY:
                break
            assert time.monotonic() < deadline
        else:
            text = (var.parent / "serve.stderr").read_text()
            raise AssertionError(f"the town did not start:\n{text}")
        yield town
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_S)
        process.stdout.close()
        log.close()

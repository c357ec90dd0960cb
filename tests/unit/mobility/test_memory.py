"""Web processes give back memory that they do not need any more."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux tells the memory in use")
def test_what_is_free_inside_the_heap_is_given_back() -> None:
    script = """
import threading, time
from mobility import wsgi

def used_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6

wsgi._return_memory()
before = used_mb()
blocks = [bytes(4000) for _ in range(20_000)]
last = blocks[-1]  # keeps the heap from ending earlier
del blocks
assert used_mb() - before > 70
wsgi._TRIM_S = 0.01
threading.Thread(target=wsgi._keep_trimming, daemon=True).start()
deadline = time.monotonic() + 30
while used_mb() - before > 10 and time.monotonic() < deadline:
    time.sleep(0.01)
assert used_mb() - before < 10
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)

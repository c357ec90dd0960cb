"""Find the real data beside the project, where there is any."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_dir() -> Path:
    """Return the folder of real data, or skip the test where it is absent outside CI."""
    path = ROOT.parent / "shared"
    if not path.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{path} is missing, and nothing is skipped in CI")
        pytest.skip(f"needs the real data in {path}")
    return path

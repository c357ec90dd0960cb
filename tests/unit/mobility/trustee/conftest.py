"""A fresh cooperative for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mobility.trustee.config import Trustee
from tests.cooperative import Clock, open_cooperative


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Trustee, Clock]]:
    trustee, clock = open_cooperative(tmp_path)
    yield trustee, clock
    trustee.store.close()


@pytest.fixture
def trustee(opened: tuple[Trustee, Clock]) -> Trustee:
    return opened[0]


@pytest.fixture
def clock(opened: tuple[Trustee, Clock]) -> Clock:
    return opened[1]

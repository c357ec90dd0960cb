"""One town and one browser for all walks through them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import DESKTOP, Visitor, chromium
from tests.e2e.served import ServedTown, served


@pytest.fixture(scope="package")
def town() -> Iterator[ServedTown]:
    """The demo town, served; what one walk books or pays stays for the next."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the town's OS users must be able to enter
        with served(Path(folder) / "var") as town:
            yield town


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Somebody at a desktop; fails the test if a page had a fault or asked another host."""
    visitor = Visitor(browser, viewport=DESKTOP)
    yield visitor
    visitor.context.close()
    assert visitor.outside_hosts() == set()
    assert visitor.faults == []

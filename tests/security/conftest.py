"""The cooperative's pages and calls, each as the real WSGI application."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from mobility.trustee.app import create_app
from mobility.trustee.config import Trustee
from mobility.trustee.narrow import create_narrow_app
from tests.browser import CLIENT_SECRET, Browser
from tests.cooperative import Clock, open_cooperative

NARROW_SECRET = "n" * 43


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


@pytest.fixture
def app(trustee: Trustee) -> Flask:
    return create_app(trustee, CLIENT_SECRET)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def narrow_app(trustee: Trustee) -> Flask:
    return create_narrow_app(trustee, NARROW_SECRET)

"""A resident logs in: platform and cooperative on two origins, over real HTTP."""

import html
import re
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from sqlalchemy import select
from werkzeug.serving import make_server

from mobility.accounts.model import SESSIONS
from mobility.app import create_app as create_platform
from mobility.trustee.app import create_app as create_cooperative
from tests.cooperative import PASSWORD, add_member, open_cooperative
from tests.town_app import new_sqlite, town_settings

EMAIL = "ada@example.org"


@dataclass
class TwoOrigins:
    """Addresses of both parties, and the platform's application."""

    platform: str
    cooperative: str
    app: Any


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoOrigins]:
    folder = tmp_path_factory.mktemp("login")
    secret = folder / "oidc.secret"
    secret.write_text(secrets.token_urlsafe(32))
    ports = _free_port(), _free_port()
    platform, cooperative = f"http://localhost:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
    origins = {"platform_origin": platform, "cooperative_origin": cooperative}
    trustee, _ = open_cooperative(folder, **origins)
    trustee = replace(trustee, clock=lambda: datetime.now(UTC))
    add_member(trustee, EMAIL)
    settings = town_settings(folder, new_sqlite(folder), oidc_client_secret_file=secret, **origins)
    app = create_platform(settings)
    with (
        _serve(app, ports[0]),
        _serve(create_cooperative(trustee, secret.read_text()), ports[1]),
    ):
        yield TwoOrigins(platform, cooperative, app)
    app.extensions["database"].engine.dispose()


@contextmanager
def _serve(app: Any, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _log_in(town: TwoOrigins, browser: requests.Session, path: str) -> requests.Response:
    """Follow the log-in like a browser: one form at the cooperative, then back."""
    page = browser.get(f"{town.platform}/login?next={path}")
    assert page.url.startswith(town.cooperative), page.url
    action = re.search(r'<form[^>]*action="([^"]*)"', page.text[page.text.index("<main") :])
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    hidden = {name: html.unescape(value) for name, value in found}
    target = urljoin(page.url, html.unescape(action[1])) if action else page.url
    return browser.post(target, data=hidden | {"email": EMAIL, "password": PASSWORD})


def test_a_resident_comes_back_logged_in_and_without_a_name(town: TwoOrigins) -> None:
    browser = requests.Session()
    back = _log_in(town, browser, "/api/v1/bookings")
    assert (back.url, back.status_code) == (f"{town.platform}/api/v1/bookings", 200)
    assert back.json() == {"bookings": []}
    with town.app.extensions["database"].read() as session:
        stored = str(session.execute(select(SESSIONS)).all())
    assert "subject" in stored
    assert EMAIL not in stored
    assert "Ada" not in stored


def test_a_forged_or_repeated_return_is_refused(town: TwoOrigins) -> None:
    browser = requests.Session()
    forged = browser.get(f"{town.platform}/login/callback?code=abc&state=def")
    assert (forged.status_code, forged.json()["type"]) == (400, "/problems/login-failed")
    back = _log_in(town, browser, "/api/v1/bookings")
    callback = next(r.url for r in back.history if "/login/callback" in r.url)
    assert browser.get(callback).status_code == 400


def test_another_browser_cannot_use_the_return_address(town: TwoOrigins) -> None:
    back = _log_in(town, requests.Session(), "/api/v1/bookings")
    callback = next(r.url for r in back.history if "/login/callback" in r.url)
    assert requests.get(callback, timeout=10).status_code == 400


def test_without_the_cooperative_the_log_in_says_so(tmp_path: Path) -> None:
    origin = f"http://127.0.0.1:{_free_port()}"
    settings = town_settings(tmp_path, new_sqlite(tmp_path), cooperative_origin=origin)
    app = create_platform(settings)
    answer = app.test_client().get("/login")
    app.extensions["database"].engine.dispose()
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (
        503,
        "/problems/cooperative-unreachable",
    )

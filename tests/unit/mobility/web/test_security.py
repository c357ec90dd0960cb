"""Sessions, CSRF, lockout, limits, headers and API tokens of the platform."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from mobility.accounts.model import SESSIONS
from mobility.accounts.service import AccountError, Accounts
from mobility.app import create_app
from mobility.weblib.targets import local_target
from tests.town_app import log_in, new_sqlite, town_settings

PASSWORD = "correct horse battery"  # noqa: S105
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def _open(folder: Path, **changes: Any) -> Any:
    app = create_app(town_settings(folder, new_sqlite(folder), lockout_failures=3, **changes))
    app.extensions["accounts"] = Accounts(app.extensions["database"], QUICK)
    app.extensions["accounts"].add_user("paula", PASSWORD, ["planner", "operator"])
    return app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Any]:
    app = _open(tmp_path)
    yield app
    app.extensions["database"].engine.dispose()


def _csrf(client: Any) -> str:
    page = client.get("/staff/login").text
    return str(page.split('name="csrf_token" value="')[1].split('"')[0])


def _send(client: Any, password: str = PASSWORD, **form: str) -> Any:
    values = {"name": "paula", "password": password, "csrf_token": _csrf(client)}
    return client.post("/staff/login", data=values | form)


def _cookie(client: Any) -> str:
    cookie = client.get_cookie("platform", domain="localhost")
    return cookie.value if cookie else ""


def test_the_session_id_changes_at_log_in_and_the_old_one_is_worth_nothing(app: Any) -> None:
    client = app.test_client()
    _csrf(client)
    before = _cookie(client)
    assert _send(client).status_code == 302
    assert _cookie(client) != before
    thief = app.test_client()
    thief.set_cookie("platform", before, domain="localhost")
    assert "paula" not in thief.get("/staff/login").text


def test_the_database_holds_no_session_id(app: Any) -> None:
    client = app.test_client()
    _send(client)
    with app.extensions["database"].read() as session:
        rows = session.execute(select(SESSIONS)).all()
    assert rows
    assert _cookie(client) not in str(rows)


def test_after_logging_out_the_cookie_is_worth_nothing(app: Any) -> None:
    client = app.test_client()
    _send(client)
    cookie = _cookie(client)
    client.post("/logout", data={"csrf_token": _csrf(client)})
    thief = app.test_client()
    thief.set_cookie("platform", cookie, domain="localhost")
    assert "paula" not in thief.get("/staff/login").text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Any) -> None:
    cookie = app.test_client().get("/staff/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_cookie_never_travels_openly(tmp_path: Path) -> None:
    app = _open(tmp_path, platform_origin="https://town.example")
    answer = app.test_client().get("/staff/login")
    app.extensions["database"].engine.dispose()
    assert answer.headers["Set-Cookie"].startswith("__Host-platform=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("token", ["", "wrong", "x" * 43])
def test_a_form_without_the_right_token_is_refused(app: Any, token: str) -> None:
    assert _send(app.test_client(), csrf_token=token).status_code == 400


def test_a_header_that_browsers_do_send_by_themselves_is_no_token(app: Any) -> None:
    headers = {"Authorization": "Basic eDp5"}
    client = app.test_client()
    _send(client)
    assert client.post("/logout", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        "maplibre-gl/../htmx.org/dist/htmx.min.js",
        "maplibre-gl/%2e%2e/htmx.org/dist/htmx.min.js",
        "axe-core/axe.min.js",
        "maplibre-gl/package.json",
        "../pyproject.toml",
    ],
)
def test_only_browser_files_of_the_libraries_of_pages_are_served(app: Any, name: str) -> None:
    assert app.test_client().get(f"/assets/{name}").status_code == 404


def test_a_form_from_another_site_is_refused(app: Any) -> None:
    client = app.test_client()
    values = {"name": "paula", "password": PASSWORD, "csrf_token": _csrf(client)}
    headers = {"Origin": "https://evil.example"}
    assert client.post("/staff/login", data=values, headers=headers).status_code == 400


def test_three_wrong_passwords_lock_the_account_even_for_the_right_one(app: Any) -> None:
    client = app.test_client()
    assert [_send(client, "wrong").status_code for _ in range(3)] == [401, 401, 401]
    answer = _send(client)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_an_account_that_does_not_exist_is_locked_alike(app: Any) -> None:
    client = app.test_client()
    statuses = [_send(client, name="ghost").status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_a_closed_account_is_out_at_once(app: Any) -> None:
    client = app.test_client()
    _send(client)
    assert "paula" in client.get("/staff/login").text
    app.extensions["accounts"].set_disabled("paula", True)
    assert "paula" not in client.get("/staff/login").text


def test_a_new_password_ends_the_sessions_of_its_account_alone(app: Any) -> None:
    app.extensions["accounts"].add_user("otto", PASSWORD, ["operator"])
    paula, otto = app.test_client(), app.test_client()
    _send(paula)
    _send(otto, name="otto")
    app.extensions["accounts"].set_password("paula", "another long password")
    assert "paula" not in paula.get("/staff/login").text
    assert "otto" in otto.get("/staff/login").text


def test_no_cache_keeps_what_needs_a_log_in(app: Any) -> None:
    client = app.test_client()
    log_in(app, client, subject="s" * 43)
    assert client.get("/trips").headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/bookings").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.get("/staff/login").headers


def test_too_many_requests_are_told_when_to_come_back(tmp_path: Path) -> None:
    app = _open(tmp_path, rate_limit="5 per minute")
    client = app.test_client()
    answers = [client.get("/staff/login") for _ in range(6)]
    app.extensions["database"].engine.dispose()
    assert [a.status_code for a in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_no_page_may_run_inline_scripts_or_ask_another_host(app: Any) -> None:
    policy = app.test_client().get("/staff/login").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy


def test_an_api_token_acts_with_its_roles_and_needs_no_csrf_token(app: Any) -> None:
    accounts = app.extensions["accounts"]
    [user] = accounts.list_users()
    token = accounts.issue_token(user.id, "script", ["planner"])
    assert accounts.find_by_token(token).roles == {"planner"}
    client = app.test_client()
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "key-number-1"}
    answer = client.post("/api/v1/bookings", json={"legs": []}, headers=headers)
    assert answer.status_code == 403
    wrong = client.get("/api/v1/bookings", headers={"Authorization": "Bearer mob_wrong"})
    assert wrong.status_code == 401


def test_a_token_cannot_have_roles_its_owner_lacks(app: Any) -> None:
    [user] = app.extensions["accounts"].list_users()
    with pytest.raises(AccountError, match="roles of its owner"):
        app.extensions["accounts"].issue_token(user.id, "script", ["admin"])


def test_only_the_hash_of_an_api_token_is_kept(app: Any) -> None:
    [user] = app.extensions["accounts"].list_users()
    token = app.extensions["accounts"].issue_token(user.id, "script", ["planner"])
    with app.extensions["database"].read() as session:
        row = session.execute(text("select * from api_token")).one()
    assert token not in str(row)


def test_a_log_in_beside_a_token_header_does_not_count(app: Any) -> None:
    client = app.test_client()
    log_in(app, client, subject="s" * 43)
    headers = {"Authorization": "Bearer nonsense"}
    assert client.get("/api/v1/bookings", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", "/a\nb"],
)
def test_after_a_log_in_nobody_is_led_elsewhere(wanted: str) -> None:
    assert local_target(wanted, "/account") == "/account"


def test_after_a_log_in_one_returns_to_ones_page() -> None:
    assert local_target("/trips?page=2", "/") == "/trips?page=2"


def test_when_the_database_is_gone_a_page_says_so_and_comes_back(tmp_path: Path) -> None:
    app = _open(tmp_path)
    client = app.test_client()
    log_in(app, client, subject="s" * 43)
    engine = app.extensions["database"].engine
    engine.dispose()
    path = tmp_path / "platform.sqlite"
    path.rename(tmp_path / "away.sqlite")
    (tmp_path / "platform.sqlite").mkdir()
    for wanted in ("text/html", "application/json"):
        answer = client.get("/api/v1/bookings", headers={"Accept": wanted})
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/database-unavailable")
        assert client.get("/staff/login", headers={"Accept": wanted}).status_code == 503
    assert client.get("/health").status_code == 503
    (tmp_path / "platform.sqlite").rmdir()
    (tmp_path / "away.sqlite").rename(path)
    assert client.get("/api/v1/bookings").status_code == 200
    engine.dispose()

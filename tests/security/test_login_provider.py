"""The OpenID provider keeps its promises against clients, attackers and mistakes."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet

from mobility.trustee.config import Trustee
from tests.browser import CALLBACK, Browser, Client
from tests.cooperative import PASSWORD, Clock, add_member

EMAIL = "ada@example.org"


@pytest.fixture
def ada(trustee: Trustee, browser: Browser) -> Browser:
    add_member(trustee, EMAIL)
    assert browser.log_in(EMAIL, PASSWORD).status_code == 303
    return browser


def claims(app: Flask, tokens: dict[str, str]) -> dict[str, object]:
    keys = KeySet.import_key_set(app.test_client().get("/jwks").get_json())
    return dict(jwt.decode(tokens["id_token"], keys, ["RS256"]).claims)


def subject(app: Flask, browser: Browser) -> str:
    client = Client()
    return str(claims(app, client.exchange(app, client.code(browser)).get_json())["sub"])


def test_a_log_in_ends_at_the_platform_with_a_signed_token(app: Flask, ada: Browser) -> None:
    client = Client()
    answer = ada.get("/authorize", query_string=client.request())
    query = parse_qs(urlsplit(answer.location).query)
    assert answer.location.startswith(CALLBACK + "?")
    assert query["state"] == [client.state]
    tokens = client.exchange(app, query["code"][0]).get_json()
    got = claims(app, tokens)
    assert (got["iss"], got["aud"], got["nonce"]) == (
        "http://127.0.0.1:8081", ["platform"], client.nonce
    )  # fmt: skip
    info = app.test_client().get(
        "/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert info.get_json() == {"sub": got["sub"]}


def test_the_token_says_neither_name_nor_contact(app: Flask, ada: Browser) -> None:
    client = Client()
    tokens = client.exchange(app, client.code(ada)).get_json()
    got = claims(app, tokens)
    assert set(got) == {
        "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr", "at_hash"
    }  # fmt: skip
    assert "refresh_token" not in tokens
    text = json.dumps(got).lower()
    assert "ada" not in text.replace(str(got["sub"]).lower(), "")


def test_the_subject_stays_within_a_month_and_changes_with_it(
    app: Flask, ada: Browser, clock: Clock
) -> None:
    first, again = subject(app, ada), subject(app, ada)
    clock.pass_time(days=20)
    assert ada.log_in(EMAIL, PASSWORD).status_code == 303
    assert first == again
    assert subject(app, ada) != first


def test_who_is_not_logged_in_logs_in_and_comes_back(
    app: Flask, trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    client = Client()
    answer = browser.get("/authorize", query_string=client.request())
    assert urlsplit(answer.location).path == "/login"
    target = parse_qs(urlsplit(answer.location).query)["next"][0]
    back = browser.log_in(EMAIL, PASSWORD, target)
    assert back.location.startswith("/authorize?")
    final = browser.get(back.location)
    assert final.location.startswith(CALLBACK + "?code=")


def test_a_code_works_once_and_its_replay_revokes_what_it_gave(app: Flask, ada: Browser) -> None:
    client = Client()
    code = client.code(ada)
    tokens = client.exchange(app, code).get_json()
    again = client.exchange(app, code)
    assert (again.status_code, again.get_json()["error"]) == (400, "invalid_grant")
    info = app.test_client().get(
        "/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert info.status_code == 401


def test_a_code_dies_after_two_minutes(app: Flask, ada: Browser, clock: Clock) -> None:
    client = Client()
    code = client.code(ada)
    clock.pass_time(minutes=2)
    assert client.exchange(app, code).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": None, "code_challenge_method": None},
        {"scope": "openid email"},
        {"scope": "profile"},
        {"nonce": None},
        {"response_type": "token"},
        {"response_type": "id_token"},
    ],
)
def test_a_faulty_request_gets_an_error_at_the_platform_and_no_code(
    ada: Browser, changes: dict[str, str | None]
) -> None:
    client = Client()
    answer = ada.get("/authorize", query_string=client.request(**changes))
    assert answer.status_code == 302
    assert answer.location.startswith(CALLBACK)
    assert "error=" in answer.location
    assert "code=" not in answer.location.replace("code_challenge", "")


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:8080/login/callback/",
        "http://localhost:8080/login/callback?x=1",
        "http://localhost:8080/login/callback/../evil",
        "http://localhost:8080.evil.example/login/callback",
        "http://localhost:8081/login/callback",
        "http://evil.example/login/callback",
        "//evil.example",
        "javascript:alert(1)",
    ],
)
def test_another_redirect_uri_is_refused_without_going_there(ada: Browser, uri: str) -> None:
    answer = ada.get("/authorize", query_string=Client().request(redirect_uri=uri))
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_missing_redirect_uri_is_refused(ada: Browser) -> None:
    answer = ada.get("/authorize", query_string=Client().request(redirect_uri=None))
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)


def test_an_unknown_client_is_refused(ada: Browser) -> None:
    answer = ada.get("/authorize", query_string=Client().request(client_id="other"))
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)


@pytest.mark.parametrize(
    ("changes", "secret"),
    [
        ({"code_verifier": "w" * 64}, None),
        ({"code_verifier": None}, None),
        ({"redirect_uri": "http://evil.example/"}, None),
        ({"redirect_uri": None}, None),
        ({"grant_type": "password"}, None),
        ({"grant_type": "refresh_token"}, None),
        ({}, "wrong"),
        ({}, ""),
    ],
)
def test_a_faulty_exchange_is_refused(
    app: Flask, ada: Browser, changes: dict[str, str | None], secret: str | None
) -> None:
    client = Client()
    code = client.code(ada)
    given = {} if secret is None else {"secret": secret}
    answer = client.exchange(app, code, **given, **changes)
    assert answer.status_code in {400, 401}
    assert "id_token" not in answer.get_json()


def test_an_exchange_without_client_secret_is_refused(app: Flask, ada: Browser) -> None:
    client = Client()
    code = client.code(ada)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": "platform",
        "code_verifier": client.verifier,
    }
    assert app.test_client().post("/token", data=form).status_code == 401


def test_a_nonce_is_not_taken_twice(ada: Browser) -> None:
    client = Client()
    client.code(ada)
    answer = ada.get("/authorize", query_string=client.request())
    assert "error=" in answer.location


def test_prompt_none_never_shows_a_page(browser: Browser) -> None:
    answer = browser.get("/authorize", query_string=Client().request(prompt="none"))
    assert answer.location.startswith(CALLBACK)
    assert "error=login_required" in answer.location


def test_the_key_set_holds_no_private_part(app: Flask) -> None:
    key = app.test_client().get("/jwks").get_json()["keys"][0]
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)


def test_keys_lie_in_files_only_their_owner_can_read(trustee: Trustee, app: Flask) -> None:
    app.test_client().get("/jwks")
    trustee.keys.digest("x")
    files = list(trustee.keys.path.iterdir())
    assert {f.name for f in files} >= {"lookup.key", "oidc.pem"}
    assert all(f.stat().st_mode & 0o077 == 0 for f in files)


def test_log_out_from_the_platform_needs_proof_or_a_button(app: Flask, ada: Browser) -> None:
    client = Client()
    tokens = client.exchange(app, client.code(ada)).get_json()
    home = {"post_logout_redirect_uri": "http://localhost:8080/"}
    asked = ada.get("/end_session", query_string=home)
    assert asked.status_code == 200
    assert ada.get("/account").status_code == 200
    forged = ada.get("/end_session", query_string=home | {"id_token_hint": "a.b.c"})
    assert forged.status_code == 200
    done = ada.get("/end_session", query_string=home | {"id_token_hint": tokens["id_token"]})
    assert done.location == "http://localhost:8080/"
    assert ada.get("/account").status_code == 302


def test_log_out_goes_nowhere_else(ada: Browser) -> None:
    answer = ada.send("/logout", {"next": "http://evil.example/"}, page="/account")
    assert answer.location == "/"
    answer = ada.get(
        "/end_session", query_string={"post_logout_redirect_uri": "http://evil.example/"}
    )
    assert answer.location == "/"

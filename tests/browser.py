"""A browser of the cooperative's pages: keeps cookies, reads forms, sends them as people do."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

CLIENT_SECRET = "s" * 43
ORIGIN = "http://127.0.0.1:8081"
CALLBACK = "http://localhost:8080/login/callback"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """One visitor."""

    def __init__(self, app: Flask) -> None:
        self.http = app.test_client()
        self.headers = {"Accept": "text/html", "Accept-Language": "en"}

    def get(self, path: str, **values: object) -> TestResponse:
        return self.http.get(path, base_url=ORIGIN, headers=self.headers, **values)

    def send(self, path: str, form: Mapping[str, str], page: str = "/login") -> TestResponse:
        """Open ``page`` to get a CSRF token, then send a form to ``path``."""
        found = _TOKEN.search(self.get(page).text)
        data = {"csrf_token": found[1] if found else ""} | dict(form)
        return self.http.post(path, base_url=ORIGIN, headers=self.headers, data=data)

    def log_in(self, email: str, password: str, target: str = "/account") -> TestResponse:
        return self.send("/login", {"email": email, "password": password, "next": target})

    def cookie(self) -> str | None:
        found = self.http.get_cookie("cooperative", domain="127.0.0.1")
        return found.value if found else None


class Client:
    """The platform's side of one log-in."""

    def __init__(self) -> None:
        self.verifier = secrets.token_urlsafe(48)
        self.state, self.nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return the query of ``/authorize``; None leaves a field out."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "platform",
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return {k: v for k, v in (fields | changes).items() if v is not None}

    def code(self, browser: Browser, **changes: str | None) -> str:
        """Return the code a logged-in browser brings back."""
        answer = browser.get("/authorize", query_string=self.request(**changes))
        assert answer.status_code == 302, answer.text
        return parse_qs(urlsplit(answer.location).query)["code"][0]

    def exchange(
        self, app: Flask, code: str, secret: str = CLIENT_SECRET, **changes: str | None
    ) -> TestResponse:
        """Change a code into tokens, as the platform's server does."""
        fields: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }
        form = {k: v for k, v in (fields | changes).items() if v is not None}
        return app.test_client().post(
            "/token", base_url=ORIGIN, data=form, auth=("platform", secret)
        )


def mails(outbox: Path) -> list[str]:
    """Return the mails in the outbox, oldest first."""
    return [
        p.read_text("utf-8")
        for p in sorted(outbox.glob("*.eml"), key=lambda p: p.stat().st_mtime_ns)
    ]


def link(mail: str) -> str:
    """Return the path of the link in a mail."""
    found = re.search(r"http://127\.0\.0\.1:8081(/\S+)", mail)
    assert found, mail
    return found[1]

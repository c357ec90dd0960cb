"""Every route of the cooperative against every role: nothing opens that is not declared open."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from mobility.trustee.config import Trustee
from mobility.weblib.permissions import declared_roles, undeclared_endpoints
from tests.browser import ORIGIN, Browser
from tests.cooperative import PASSWORD, add_member

ROLES = {
    "anonymous": frozenset({"public"}),
    "resident": frozenset({"public", "resident"}),
    "officer": frozenset({"public", "resident", "officer"}),
}
NEEDS_ROLE = {
    "account.account", "account.change_details", "account.change_email",
    "account.change_password", "account.delete_account", "account.show_consents",
    "account.change_consent", "account.my_data", "account.export",
    "public.licences", "public.decide_licence",
}  # fmt: skip


def path_of(rule: Rule) -> str:
    values = {"token": "x" * 43, "request_hash": "0" * 64, "member_id": 1, "filename": "none.css"}
    path = rule.rule
    for name in rule.arguments:
        for kind in ("", "int:", "path:"):
            path = path.replace(f"<{kind}{name}>", str(values[name]))
    return path


def test_every_route_declares_who_may_use_it(app: Flask, narrow_app: Flask) -> None:
    assert undeclared_endpoints(app) == []
    assert undeclared_endpoints(narrow_app) == []


def test_exactly_the_known_routes_need_a_role(app: Flask) -> None:
    """A route that silently became public, or a new one, has to be looked at here."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    closed = {e for e in endpoints if "public" not in (declared_roles(app, e) or ())}
    assert closed == NEEDS_ROLE


@pytest.mark.parametrize("role", ROLES)
def test_each_route_opens_for_declared_roles_only(app: Flask, trustee: Trustee, role: str) -> None:
    browser = Browser(app)
    if role != "anonymous":
        add_member(trustee, officer=role == "officer")
        assert browser.log_in("ada@example.org", PASSWORD).status_code == 303
    tried = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "account.export":
            continue  # limited by itself; read in test_accounts
        for method in (rule.methods or set()) & {"GET", "POST"}:
            allowed = bool((declared_roles(app, rule.endpoint) or frozenset()) & ROLES[role])
            answer = _try(browser, method, path_of(rule), rule.endpoint)
            if allowed:
                assert answer not in {401, 403}, (method, rule.rule, answer)
            else:
                assert answer in {302, 401, 403}, (method, rule.rule, answer)
            tried += 1
            if rule.endpoint in {"access.logout", "oidc.end_session"} and role != "anonymous":
                browser.log_in("ada@example.org", PASSWORD)
    assert tried >= 30


def _try(browser: Browser, method: str, path: str, endpoint: str) -> int:
    if method == "GET":
        status = browser.get(path).status_code
        return 200 if endpoint == "oidc.userinfo" and status == 401 else status
    if endpoint == "oidc.token":
        return 200 if browser.http.post(path, base_url=ORIGIN).status_code in {400, 401} else 500
    answer = browser.send(path, {})
    if endpoint == "access.login_send" and answer.status_code == 401:
        return 200  # wrong password, not a closed door
    return answer.status_code


@pytest.mark.parametrize("role", ["anonymous", "resident"])
def test_a_closed_post_changes_nothing(app: Flask, trustee: Trustee, role: str) -> None:
    browser = Browser(app)
    applicant = add_member(trustee, "carl@example.org", licence="X12345")
    if role == "resident":
        add_member(trustee)
        browser.log_in("ada@example.org", PASSWORD)
    answer = browser.send(f"/officers/licences/{applicant}", {"decision": "approve"})
    assert answer.status_code in {401, 403}
    from mobility.trustee.officers import pending_licences

    assert [m.id for m in pending_licences(trustee)] == [applicant]


def test_an_officer_attests_a_licence_and_its_number_is_deleted(
    app: Flask, trustee: Trustee
) -> None:
    from mobility.trustee import rides
    from mobility.trustee.models import Member
    from tests.cooperative import take_token

    applicant = add_member(trustee, "carl@example.org", licence="X12345")
    token = take_token(trustee, applicant)
    assert not rides.is_eligible(trustee, token, "car_licence")
    add_member(trustee, officer=True)
    browser = Browser(app)
    browser.log_in("ada@example.org", PASSWORD)
    assert "X12345" in browser.get("/officers").text
    path = f"/officers/licences/{applicant}"
    assert browser.send(path, {"decision": "approve"}, "/officers").status_code == 303
    assert rides.is_eligible(trustee, token, "car_licence")
    with trustee.store.read() as session:
        assert session.get_one(Member, applicant).licence_number is None


def test_an_officer_cannot_attest_the_own_licence(app: Flask, trustee: Trustee) -> None:
    me = add_member(trustee, officer=True, licence="X12345")
    browser = Browser(app)
    browser.log_in("ada@example.org", PASSWORD)
    answer = browser.send(f"/officers/licences/{me}", {"decision": "approve"}, "/officers")
    assert answer.status_code == 422


def test_every_page_carries_a_strict_policy(app: Flask) -> None:
    browser = Browser(app)
    for path in ("/", "/login", "/register", "/ledger", "/nowhere"):
        policy = browser.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


def test_no_page_names_another_host(app: Flask, trustee: Trustee) -> None:
    import re

    add_member(trustee, officer=True)
    browser = Browser(app)
    browser.log_in("ada@example.org", PASSWORD)
    for path in ("/", "/account", "/consents", "/my-data", "/ledger", "/officers", "/register"):
        hosts = set(re.findall(r'(?:src|href|action)="https?://([^/"]+)', browser.get(path).text))
        assert hosts <= {"localhost:8080"}, path

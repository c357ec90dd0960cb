"""Accounts: who gets in, who stays out, and what a stranger can find out."""

import json
import logging
import re

import pytest
from flask import Flask

from mobility.trustee import months
from mobility.trustee.config import Trustee
from mobility.trustee.models import Member
from tests.browser import ORIGIN, Browser, link, mails
from tests.cooperative import PASSWORD, Clock, add_member, log_in

EMAIL = "ada@example.org"
FORM = {
    "name": "Ada Example",
    "email": EMAIL,
    "password": PASSWORD,
    "birth_date": "1990-05-17",
    "licence_number": "",
}


def count_members(trustee: Trustee) -> int:
    with trustee.store.read() as session:
        return session.query(Member).count()


def files_holding(trustee: Trustee, *words: str) -> list[str]:
    """Name the files of the running cooperative in which a word stands."""
    found = []
    for path in trustee.keys.path.parent.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found += [path.name for word in words if word.encode() in content]
    return found


def without_token(page: str) -> str:
    return re.sub(r'value="[^"]{43}"', "", page)


def test_register_verify_log_in_log_out(trustee: Trustee, browser: Browser) -> None:
    assert browser.send("/register", FORM, "/register").status_code == 200
    assert browser.log_in(EMAIL, PASSWORD).status_code == 401  # not verified yet
    path = link(mails(trustee.outbox)[0])
    assert browser.get(path).status_code == 200
    assert browser.log_in(EMAIL, PASSWORD).status_code == 401  # opening a link proves nothing
    assert browser.send(path, {}, path).status_code == 302
    assert browser.log_in(EMAIL, PASSWORD).status_code == 303
    assert "Ada Example" in browser.get("/account").text
    browser.send("/logout", {}, "/account")
    assert browser.get("/account").status_code == 302


def test_mails_land_in_a_folder_only_the_cooperative_can_read(
    trustee: Trustee, browser: Browser
) -> None:
    browser.send("/register", FORM, "/register")
    mail = next(trustee.outbox.glob("*.eml"))
    assert mail.stat().st_mode & 0o077 == 0
    assert trustee.outbox.stat().st_mode & 0o077 == 0


def test_registering_a_known_address_looks_the_same_and_changes_nothing(
    trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    known = browser.send("/register", FORM, "/register")
    unknown = browser.send("/register", FORM | {"email": "new@example.org"}, "/register")
    assert known.status_code == unknown.status_code == 200
    assert without_token(known.text) == without_token(unknown.text)
    assert "Somebody tried to register" in mails(trustee.outbox)[0]
    assert count_members(trustee) == 2


def test_recovering_tells_nobody_whether_an_address_has_an_account(
    trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    known = browser.send("/recover", {"email": EMAIL}, "/recover")
    unknown = browser.send("/recover", {"email": "nobody@example.org"}, "/recover")
    assert (known.status_code, without_token(known.text)) == (
        unknown.status_code, without_token(unknown.text)
    )  # fmt: skip
    assert len(mails(trustee.outbox)) == 1


def test_a_wrong_password_and_an_unknown_address_look_the_same(
    trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    wrong = browser.log_in(EMAIL, "wrong password")
    unknown = browser.log_in("nobody@example.org", "wrong password")
    assert wrong.status_code == unknown.status_code == 401
    as_if_known = unknown.text.replace("nobody@example.org", EMAIL)
    assert without_token(wrong.text) == without_token(as_if_known)


def test_recovery_sets_the_password_once_and_ends_all_sessions(
    trustee: Trustee, app: Flask, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    other = Browser(app)
    other.send("/recover", {"email": EMAIL}, "/recover")
    path = link(mails(trustee.outbox)[0])
    assert other.send(path, {"password": "short"}, path).status_code == 422
    assert other.send(path, {"password": "a new long password"}, path).status_code == 303
    assert browser.get("/account").status_code == 302
    assert other.send(path, {"password": "another password"}, path).status_code == 410
    assert other.log_in(EMAIL, PASSWORD).status_code == 401
    assert other.log_in(EMAIL, "a new long password").status_code == 303


def test_a_recovery_link_dies_after_a_day(trustee: Trustee, browser: Browser, clock: Clock) -> None:
    add_member(trustee, EMAIL)
    browser.send("/recover", {"email": EMAIL}, "/recover")
    path = link(mails(trustee.outbox)[0])
    clock.pass_time(hours=24)
    assert browser.send(path, {"password": "a new long password"}, path).status_code == 410


def test_a_verification_link_does_not_set_a_password(trustee: Trustee, browser: Browser) -> None:
    browser.send("/register", FORM, "/register")
    path = link(mails(trustee.outbox)[0]).replace("/verify/", "/recover/")
    assert browser.send(path, {"password": "a new long password"}, path).status_code == 410


def test_three_failures_lock_the_account_even_for_the_right_password(
    trustee: Trustee, browser: Browser, clock: Clock
) -> None:
    add_member(trustee, EMAIL)
    for _ in range(3):
        assert browser.log_in(EMAIL, "wrong password").status_code == 401
    locked = browser.log_in(EMAIL, PASSWORD)
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) > 0
    clock.pass_time(minutes=trustee.settings.lockout_minutes, seconds=1)
    assert browser.log_in(EMAIL, PASSWORD).status_code == 303


def test_failures_are_forgotten_once_they_count_no_more(
    trustee: Trustee, app: Flask, browser: Browser, clock: Clock
) -> None:
    lockout = app.extensions["lockout"]
    browser.log_in("nobody@example.org", "wrong password")
    for _ in range(3):
        browser.log_in(EMAIL, "wrong password")
    assert lockout.forget_old() == 0
    clock.pass_time(minutes=trustee.settings.lockout_minutes, seconds=1)
    assert lockout.forget_old() == 2
    assert lockout.forget_old() == 0


def test_an_unknown_address_locks_the_same_way(browser: Browser) -> None:
    for _ in range(3):
        browser.log_in("nobody@example.org", "wrong password")
    assert browser.log_in("nobody@example.org", "wrong password").status_code == 429


def test_one_address_may_not_try_without_end(browser: Browser) -> None:
    answers = [browser.log_in(f"a{i}@example.org", "wrong password") for i in range(21)]
    assert [a.status_code for a in answers].count(429) == 1
    assert answers[-1].status_code == 429


def test_a_log_in_takes_a_new_session_id(trustee: Trustee, browser: Browser) -> None:
    add_member(trustee, EMAIL)
    browser.get("/login")
    planted = browser.cookie()
    browser.log_in(EMAIL, PASSWORD)
    assert planted
    assert browser.cookie() != planted
    stranger = Browser(browser.http.application)
    stranger.http.set_cookie("cooperative", planted, domain="127.0.0.1")
    assert stranger.get("/account").status_code == 302


def test_a_session_id_of_choice_is_not_adopted(trustee: Trustee, browser: Browser) -> None:
    browser.http.set_cookie("cooperative", "chosen-by-attacker", domain="127.0.0.1")
    browser.get("/login")
    assert browser.cookie() != "chosen-by-attacker"


def test_a_cookie_after_log_out_is_worth_nothing(trustee: Trustee, browser: Browser) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    old = browser.cookie()
    browser.send("/logout", {}, "/account")
    browser.http.set_cookie("cooperative", old or "", domain="127.0.0.1")
    assert browser.get("/account").status_code == 302


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(browser: Browser) -> None:
    header = browser.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "/a\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
    ],
)
def test_a_log_in_leads_nowhere_else(trustee: Trustee, browser: Browser, target: str) -> None:
    add_member(trustee, EMAIL)
    assert browser.log_in(EMAIL, PASSWORD, target).location == "/account"


def test_a_form_without_token_is_refused(trustee: Trustee, browser: Browser) -> None:
    add_member(trustee, EMAIL)
    browser.get("/login")
    form = {"email": EMAIL, "password": PASSWORD}
    assert browser.http.post("/login", base_url=ORIGIN, data=form).status_code == 400
    forged = form | {"csrf_token": "x" * 43}
    assert browser.http.post("/login", base_url=ORIGIN, data=forged).status_code == 400


def test_an_authorization_header_takes_the_place_of_no_form_token(
    trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    form = {"purpose": "plan_city", "given": "no"}
    for value in ("Basic eDp5", "Bearer x"):
        headers = {"Authorization": value}
        answer = browser.http.post("/consents", base_url=ORIGIN, data=form, headers=headers)
        assert answer.status_code == 400


def test_no_cache_keeps_a_members_pages(trustee: Trustee, browser: Browser) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    for page in ("/account", "/my-data", "/consents"):
        assert browser.get(page).headers["Cache-Control"] == "no-store"


def test_a_token_of_another_session_is_refused(
    trustee: Trustee, app: Flask, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    other = Browser(app)
    token = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/login").text)
    assert token
    form = {"csrf_token": token[1], "purpose": "plan_city", "given": "no"}
    assert browser.http.post("/consents", base_url=ORIGIN, data=form).status_code == 400


def test_deleting_needs_the_password_and_leaves_nothing_of_the_person(
    trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    wrong = browser.send("/account/delete", {"old_password": "wrong"}, "/account")
    assert (wrong.status_code, count_members(trustee)) == (422, 1)
    browser.send("/account/delete", {"old_password": PASSWORD}, "/account")
    assert count_members(trustee) == 0
    assert browser.get("/account").status_code == 302
    assert files_holding(trustee, "Ada Example", EMAIL) == []


def test_a_member_who_leaves_takes_the_mails_in_the_outbox_along(
    trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    browser.send("/recover", {"email": EMAIL}, "/recover")
    browser.send("/recover", {"email": "ada.example@example.org"}, "/recover")
    add_member(trustee, "bob@example.org")
    browser.send("/recover", {"email": "bob@example.org"}, "/recover")
    form = {"email": "ada2@example.org", "old_password": PASSWORD}
    browser.send("/account/email", form, "/account")
    assert len(mails(trustee.outbox)) == 3
    browser.send("/account/delete", {"old_password": PASSWORD}, "/account")
    assert [mail for mail in mails(trustee.outbox) if "bob@" not in mail] == []
    assert len(mails(trustee.outbox)) == 1
    assert files_holding(trustee, EMAIL, "ada2@example.org") == []


def test_tidying_forgets_who_never_proved_an_address_and_mails_that_are_dead(
    trustee: Trustee, browser: Browser, clock: Clock
) -> None:
    browser.send("/register", FORM, "/register")
    clock.pass_time(days=1, seconds=1)
    months.tidy(trustee)
    assert (count_members(trustee), len(mails(trustee.outbox))) == (1, 0)
    clock.pass_time(days=6)
    add_member(trustee, "bob@example.org")
    months.tidy(trustee)
    assert count_members(trustee) == 1
    assert files_holding(trustee, EMAIL) == []


def test_my_data_holds_what_is_stored_and_only_mine(trustee: Trustee, browser: Browser) -> None:
    add_member(trustee, EMAIL)
    add_member(trustee, "bob@example.org")
    browser.log_in(EMAIL, PASSWORD)
    document = json.loads(browser.get("/my-data.json").text)
    assert document["account"]["email"] == EMAIL
    assert "bob@example.org" not in json.dumps(document)
    assert [r["given"] for r in document["consents"]] == [True]


def test_a_new_address_counts_once_it_is_proven(trustee: Trustee, browser: Browser) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    form = {"email": "ada2@example.org", "old_password": PASSWORD}
    assert browser.send("/account/email", form, "/account").status_code == 303
    assert EMAIL in browser.get("/account").text
    path = link(mails(trustee.outbox)[-1])
    browser.send(path, {}, path)
    assert "ada2@example.org" in browser.get("/account").text


def test_a_link_on_its_way_to_an_old_address_sets_no_password(
    trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    browser.send("/recover", {"email": EMAIL}, "/recover")
    recovery = link(mails(trustee.outbox)[0])
    form = {"email": "ada2@example.org", "old_password": PASSWORD}
    browser.send("/account/email", form, "/account")
    path = link(mails(trustee.outbox)[-1])
    browser.send(path, {}, path)
    assert browser.send(recovery, {"password": "a new long password"}, recovery).status_code == 410
    told = mails(trustee.outbox)[-1]
    assert f"To: {EMAIL}" in told
    assert "another e-mail address" in told


def test_a_new_password_ends_a_change_of_address_under_the_old_one(
    trustee: Trustee, browser: Browser
) -> None:
    add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    thief = {"email": "thief@example.org", "old_password": PASSWORD}
    browser.send("/account/email", thief, "/account")
    path = link(mails(trustee.outbox)[-1])
    form = {"old_password": PASSWORD, "password": "a new long password"}
    assert browser.send("/account/password", form, "/account").status_code == 303
    assert browser.send(path, {}, path).status_code == 410
    assert EMAIL in browser.get("/account").text


def test_a_bad_registration_says_which_field_and_keeps_the_rest(browser: Browser) -> None:
    answer = browser.send("/register", FORM | {"birth_date": "2020-01-01"}, "/register")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "Ada Example" in answer.text
    assert PASSWORD not in answer.text


def test_no_log_line_names_an_address_a_token_or_a_subject(
    trustee: Trustee, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    member = add_member(trustee, EMAIL)
    browser.log_in(EMAIL, PASSWORD)
    browser.log_in(EMAIL, "wrong password")
    secret = log_in(trustee, member)
    browser.send("/recover", {"email": EMAIL}, "/recover")
    token = link(mails(trustee.outbox)[-1]).rsplit("/", 1)[1]
    for needle in (EMAIL, PASSWORD, secret, token):
        assert needle not in caplog.text

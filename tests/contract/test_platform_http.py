"""What every route of the platform promises: a permission, a schema, problems in one shape."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask import Flask
from openapi_spec_validator import validate

from mobility.app import create_app
from mobility.weblib.permissions import (
    UndeclaredRouteError,
    declared_roles,
    init_permissions,
    undeclared_endpoints,
)
from tests.town_app import log_in, new_sqlite, town_settings

ROLES = ("operator", "crew", "planner", "admin")
PASSWORD = "correct horse battery"  # noqa: S105


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[APIFlask]:
    folder = tmp_path_factory.mktemp("http")
    app = create_app(town_settings(folder, new_sqlite(folder)))
    for role in ROLES:
        app.extensions["accounts"].add_user(role, PASSWORD, [role])
    yield app
    app.extensions["database"].engine.dispose()


def test_every_route_declares_who_may_use_it(app: APIFlask) -> None:
    assert undeclared_endpoints(app) == []


def test_a_route_without_permission_is_noticed_and_closed() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", "open", lambda: "secret")
    init_permissions(app, lambda: frozenset({"admin"}))
    app.testing = True
    assert undeclared_endpoints(app) == ["open"]
    with pytest.raises(UndeclaredRouteError, match="'open'"):
        app.test_client().get("/open")


def _visitors(app: APIFlask) -> dict[str, tuple[Any, str]]:
    users = {user.name: user.id for user in app.extensions["accounts"].list_users()}
    visitors: dict[str, tuple[Any, str]] = {"nobody": (app.test_client(), "")}
    for role in ROLES:
        client = app.test_client()
        visitors[role] = (client, log_in(app, client, staff=users[role]))
    client = app.test_client()
    visitors["resident"] = (client, log_in(app, client, subject="s" * 43))
    return visitors


def test_each_route_lets_in_exactly_the_roles_it_declares(app: APIFlask) -> None:
    visitors, tried = _visitors(app), 0
    for rule in app.url_map.iter_rules():
        declared = declared_roles(app, rule.endpoint)
        assert declared is not None
        if "public" in declared:
            continue
        path = app.url_map.bind("localhost").build(
            rule.endpoint, {name: 0 if name == "position" else "x" for name in rule.arguments}
        )
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            for name, (client, csrf) in visitors.items():
                headers = {"X-CSRF-Token": csrf, "Accept": "application/json"}
                status = client.open(path, method=method, headers=headers).status_code
                roles = {"resident"} if name == "resident" else {name} & set(ROLES)
                refusal = 401 if not roles else 403
                wanted = bool(roles & declared)
                assert (status not in (401, 403)) == wanted, (path, method, name, status)
                assert wanted or status == refusal, (path, method, name, status)
                tried += 1
    assert tried >= 30


def test_the_openapi_document_is_valid_3_1(app: APIFlask) -> None:
    document = app.test_client().get("/openapi.json").json
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/plan", "/api/v1/bookings", "/api/v1/stations"} <= set(document["paths"])


def test_the_openapi_document_says_how_refusals_look_and_what_a_write_needs(app: APIFlask) -> None:
    document = app.test_client().get("/openapi.json").json
    write = document["paths"]["/api/v1/bookings/{booking_id}/legs/{position}/events"]["post"]
    assert list(write["responses"]["409"]["content"]) == ["application/problem+json"]
    assert {"401", "403", "422", "429"} <= set(write["responses"])
    assert "Idempotency-Key" in {p["name"] for p in write["parameters"]}
    assert "security" not in document["paths"]["/api/v1/plan"]["get"]


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("DELETE", "/health", 405, "method-not-allowed"),
        ("GET", "/api/v1/bookings", 401, "not-logged-in"),
        ("GET", "/api/v1/plan?from=8.6,49.4&to=8.7,49.4", 503, "no-network"),
        ("GET", "/api/v1/plan?from=nan,49.4&to=8.7,49.4", 422, "invalid-request"),
        ("GET", "/api/v1/plan?from=inf,49.4&to=8.7,49.4", 422, "invalid-request"),
        ("GET", "/api/v1/plan?from=49.4,186.0&to=8.7,49.4", 422, "invalid-request"),
        ("GET", "/api/v1/plan?from=8.6&to=8.7,49.4", 422, "invalid-request"),
        ("GET", "/api/v1/plan?from=8.6,49.4&to=8.7,49.4&time=soon", 422, "invalid-request"),
        ("GET", "/api/v1/plan?from=8.6,49.4&to=8.7,49.4&modes=HORSE", 422, "invalid-request"),
        ("GET", "/api/v1/plan?from=8.6,49.4&to=8.7,49.4&colour=red", 422, "invalid-request"),
        ("GET", "/api/v1/stations", 422, "invalid-request"),
        ("GET", "/api/v1/stations?within=9,49,8,50", 422, "invalid-request"),
    ],
)
def test_a_problem_has_one_shape(
    app: APIFlask, method: str, path: str, status: int, slug: str
) -> None:
    answer = app.test_client().open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    document = answer.get_json(force=True)
    assert document["type"] == f"/problems/{slug}"
    assert (document["status"], bool(document["title"])) == (status, True)


def test_a_browser_gets_the_problem_as_a_page_in_its_language(app: APIFlask) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "de"}
    answer = app.test_client().get("/nowhere", headers=headers)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Nicht gefunden" in answer.text
    assert '<html lang="de">' in answer.text


def _book(app: APIFlask, content: bytes) -> Any:
    client = app.test_client()
    csrf = log_in(app, client, subject="s" * 43)
    headers = {"X-CSRF-Token": csrf, "Idempotency-Key": "key-number-1"}
    return client.post(
        "/api/v1/bookings", data=content, headers=headers, content_type="application/json"
    )


def test_a_body_of_ten_megabytes_is_refused(app: APIFlask) -> None:
    answer = _book(app, b'{"legs": "' + b"x" * 10_000_000 + b'"}')
    assert answer.status_code == 413
    assert answer.get_json(force=True)["type"] == "/problems/request-entity-too-large"


def test_what_is_wrong_with_an_input_as_a_whole_is_said_in_plain_words(app: APIFlask) -> None:
    for path in ("stations", "vehicles"):
        answer = app.test_client().get(f"/api/v1/{path}").get_json(force=True)
        assert answer["detail"] == "give near=LON,LAT or within=W,S,E,N"


def test_an_unknown_field_is_named(app: APIFlask) -> None:
    answer = _book(app, b'{"legs": [], "colour": "red"}')
    assert answer.status_code == 422
    fields = {error["field"] for error in answer.get_json(force=True)["errors"]}
    assert fields == {"legs", "colour"}


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[[[[" * 5000])
def test_what_is_no_json_object_is_refused(app: APIFlask, content: bytes) -> None:
    assert _book(app, content).status_code in (400, 422)


def test_a_body_that_is_no_json_is_called_that(app: APIFlask) -> None:
    sent = {"data": b"{", "content_type": "application/json"}
    answer = app.test_client().post("/api/v1/matrix", **sent)
    assert answer.status_code == 400
    assert answer.get_json(force=True)["detail"] == "The body is no JSON document."


def test_a_booking_without_idempotency_key_is_told_what_to_send(app: APIFlask) -> None:
    client = app.test_client()
    csrf = log_in(app, client, subject="s" * 43)
    answer = client.post(
        "/api/v1/bookings/x/events", json={"operation": "CANCEL"}, headers={"X-CSRF-Token": csrf}
    )
    assert (answer.status_code, answer.get_json(force=True)["type"]) == (
        400,
        "/problems/idempotency-key",
    )


def test_importing_the_web_application_loads_no_heavy_library() -> None:
    code = (
        "import sys, mobility.app; mobility.app.create_app; "
        "heavy = {'osmnx', 'ortools', 'folium', 'pandas', 'geopandas'} & set(sys.modules); "
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_building_the_web_application_loads_no_heavy_library(tmp_path: Path) -> None:
    code = (
        "import sys; from mobility.app import create_app; "
        "from mobility.settings import load_settings; create_app(load_settings()); "
        "heavy = {'osmnx', 'ortools', 'folium', 'pandas', 'geopandas'} & set(sys.modules); "
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"MOBILITY_VAR_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout + done.stderr

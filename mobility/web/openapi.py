"""Complete the OpenAPI document: problems as they are sent, keys and log-ins as they are needed."""

from typing import Any

from apiflask import APIFlask

from mobility.problems import PROBLEM_TYPE
from mobility.web.schemas import ProblemOut
from mobility.weblib.permissions import PUBLIC, declared_roles

_EVERYWHERE = {"429": "Too many requests", "503": "A part of the service does not answer"}
_WRITES = {
    "400": "A header or token is missing",
    "413": "The body is too large",
    "415": "The body is not JSON",
}
_READING_POSTS = frozenset({"/api/v1/matrix"})
"""Questions too long for an address: they change nothing."""
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each intention; a repeat with the same key changes nothing.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[!-~]+$"},
}


def init_openapi(app: APIFlask) -> None:
    """Give the document what views do not say themselves."""
    security = {
        "session": {"type": "apiKey", "in": "cookie", "name": "platform"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    app.security_schemes = security
    roles_by_path = _roles_by_path(app)

    def complete(document: dict[str, Any]) -> dict[str, Any]:
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = ProblemOut.model_json_schema()
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if method == "parameters":
                    continue
                roles = roles_by_path.get((path, method.upper()), frozenset())
                changes = method == "post" and path not in _READING_POSTS
                _complete_operation(operation, method, roles, changes)
        for unused in ("HTTPError", "ValidationError"):
            schemas.pop(unused, None)
        return document

    app.spec_processor(complete)  # type: ignore[arg-type]  # a dict, as SPEC_FORMAT is json


def _complete_operation(
    operation: dict[str, Any], method: str, roles: frozenset[str], changes: bool
) -> None:
    responses = operation.setdefault("responses", {})
    if roles and PUBLIC not in roles:
        operation["security"] = [{"session": []}, {"token": []}]
        responses.setdefault("401", {"description": "Nobody is logged in"})
        responses.setdefault("403", {"description": "Not one of the roles this needs"})
    extra = _EVERYWHERE | (_WRITES if method == "post" else {})
    for status, text in extra.items():
        responses.setdefault(status, {"description": text})
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    if changes:
        operation.setdefault("parameters", []).append(_KEY)
        accepted = {k: v for k, v in responses.items() if k in ("200", "201")}
        for response in accepted.values():
            responses.setdefault("202", {**response, "description": "Stored; a party must answer"})
    for status, response in responses.items():
        own = operation.get("operationId") == "health"
        if status.isdigit() and int(status) >= 400 and not own:
            schema = {"$ref": "#/components/schemas/Problem"}
            response["content"] = {PROBLEM_TYPE: {"schema": schema}}


def _roles_by_path(app: APIFlask) -> dict[tuple[str, str], frozenset[str]]:
    """Map ``(path, method)`` as the document spells them to the declared roles."""
    found = {}
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            for spelled in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
                path = path.replace(spelled, f"{{{name}}}")
        for method in rule.methods or ():
            found[path, method] = declared_roles(app, rule.endpoint) or frozenset()
    return found

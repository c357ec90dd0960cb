"""The operator's web application: parses, calls, answers."""

import hmac
import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pydantic
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from mobility.operator import feeds
from mobility.operator.bookings import Bookings
from mobility.operator.database import connect
from mobility.operator.errors import OperatorError, RefusedError
from mobility.operator.loading import prepare
from mobility.operator.requests import BookingEvent, BookingRequest, LegEvent
from mobility.operator.settings import OperatorSettings

LARGEST_BODY = 64 * 1024
Model = TypeVar("Model", bound=pydantic.BaseModel)


def create_app(settings: OperatorSettings, now: Callable[[], float] = time.time) -> Flask:
    """Build the application; an empty database is filled from the GBFS folder.

    Parameters
    ----------
    settings : OperatorSettings
        Folder, database, token.
    now : callable
        Clock in seconds since 1970.

    Returns
    -------
    flask.Flask
        GBFS below ``/gbfs/`` for anyone; bookings for who has the bearer token.

    Raises
    ------
    OperatorError
        If the fleet or the token cannot be read.
    """
    _token(settings)
    first = connect(settings.database)
    try:
        prepare(first, settings.gbfs)
    finally:
        first.close()
    app = Flask("mobility.operator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    def desk() -> Bookings:
        g.connection = connect(settings.database)
        return Bookings(g.connection, now, settings.longest_hold_s)

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        connection = g.pop("connection", None)
        if connection is not None:
            connection.close()

    _errors(app)
    _gbfs_routes(app, settings, desk, now)
    _booking_routes(app, settings, desk)
    return app


def _gbfs_routes(
    app: Flask, settings: OperatorSettings, desk: Callable[[], Bookings], now: Callable[[], float]
) -> None:
    @app.get("/health")
    def health() -> Response:
        return _json({"status": "ok", "simulated": True})

    @app.get("/gbfs/<name>.json")
    def feed(name: str) -> Response:
        desk().release_expired()
        base = (settings.public_url or request.url_root).rstrip("/") + "/gbfs/"
        found = feeds.document(g.connection, name, base, now(), settings.ttl_s)
        if found is None:
            raise RefusedError(404, "unknown-feed", f"there is no feed '{name}'")
        body, tag = found
        response = Response(body, mimetype="application/json")
        response.set_etag(tag, weak=True)
        response.cache_control.public = True
        response.cache_control.max_age = settings.ttl_s
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.make_conditional(request)
        return response


def _booking_routes(app: Flask, settings: OperatorSettings, desk: Callable[[], Bookings]) -> None:
    @app.before_request
    def authorise() -> None:
        if not request.path.startswith(("/bookings", "/legs")):
            return
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {_token(settings)}".encode()):
            raise RefusedError(401, "unauthorized", "send the bearer token of the booking API")

    @app.post("/bookings")
    def reserve() -> Response:
        return _json(desk().reserve(_body(BookingRequest), _key()), 201)

    @app.get("/bookings/<booking_id>")
    def get(booking_id: str) -> Response:
        return _json(desk().get(booking_id))

    @app.post("/bookings/<booking_id>/events")
    def change(booking_id: str) -> Response:
        return _json(desk().change(booking_id, _body(BookingEvent), _key()))

    @app.post("/legs/<booking_id>/events")
    def ride(booking_id: str) -> Response:
        return _json(desk().ride(booking_id, _body(LegEvent), _key()))


def _errors(app: Flask) -> None:
    @app.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Response:
        response = _problem(error.document())
        if error.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @app.errorhandler(pydantic.ValidationError)
    def invalid(error: pydantic.ValidationError) -> Response:
        first = error.errors(include_url=False, include_input=False, include_context=False)
        refusal = RefusedError(422, "invalid-request", first[0]["msg"])
        places = [{"field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in first]
        return _problem(refusal.document() | {"errors": places})

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        slug = (error.name or "error").lower().replace(" ", "-")
        return _problem(RefusedError(status, slug, error.description or "").document())


def _body(model: type[Model]) -> Model:
    return model.model_validate_json(request.get_data() or b"null")


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= 200:
        raise RefusedError(422, "invalid-request", "Idempotency-Key has 1 to 200 characters")
    return key


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")


def _problem(document: dict[str, Any]) -> Response:
    body = json.dumps(document, ensure_ascii=False)
    return Response(body, int(document["status"]), mimetype="application/problem+json")


def _token(settings: OperatorSettings) -> str:
    try:
        token = settings.token_file.read_text("utf-8").strip()
    except OSError as error:
        text = f"{settings.token_file} cannot be read ({error}); write the booking token there"
        raise OperatorError(text) from error
    if len(token) < 16:
        text = f"{settings.token_file} holds no token of 16 characters or more; write one there"
        raise OperatorError(text)
    return token

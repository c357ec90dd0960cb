"""The platform's web application: wires its parts, decides nothing."""

import importlib
from pathlib import Path
from typing import Any

import orjson
from apiflask import APIFlask
from flask import current_app
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from mobility.accounts.model import LOCKOUTS, SESSIONS
from mobility.accounts.service import Accounts
from mobility.compose import booking_service, fleet_reader, live_reader
from mobility.db import open_database
from mobility.oidc_client import init_oidc
from mobility.problem_table import platform_problems
from mobility.settings import Settings, SettingsError, load_settings
from mobility.town import NoNetworkError, Town
from mobility.towns import Towns
from mobility.web.identity import current_staff, current_subject, roles_of_request
from mobility.web.openapi import init_openapi
from mobility.weblib.csrf import init_csrf
from mobility.weblib.headers import init_headers
from mobility.weblib.i18n import init_i18n
from mobility.weblib.measure import init_measure
from mobility.weblib.pages import init_pages
from mobility.weblib.permissions import declare_endpoint, init_permissions
from mobility.weblib.ratelimit import Lockout, init_rate_limits
from mobility.weblib.sessions import DatabaseSessions
from routing.journeys.impact import grams_table
from routing.journeys.weights import DEFAULT, InvalidWeightsError, Weights, parse_weights
from routing.pool import begin_request

ROOT = Path(__file__).resolve().parent


class _Json(DefaultJSONProvider):
    """Reads JSON strictly: no NaN, no bottomless nesting."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read a document."""
        return orjson.loads(s)


def create_app(settings: Settings | None = None) -> APIFlask:
    """Build the platform's application.

    Parameters
    ----------
    settings : Settings, optional
        Read from file and environment by default.

    Returns
    -------
    apiflask.APIFlask
        Its ``extensions`` hold ``settings``, ``database``, ``accounts`` and ``booking``.
    """
    settings = settings or load_settings()
    app = APIFlask(
        "mobility.web",
        title="Mobility commons",
        version="1",
        docs_path=None,
        json_errors=False,
        template_folder=str(ROOT / "web" / "templates"),
        static_folder=str(ROOT / "web" / "static"),
    )
    app.json = _Json(app)
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    _add_parts(app, settings)
    _add_guards(app, settings)
    register_blueprints(app)
    init_openapi(app)
    declare_endpoint(app, "static", "public")
    declare_endpoint(app, "openapi.spec", "public")
    init_pages(app, platform_problems(), "login.resident_login")
    app.context_processor(lambda: _frame(settings))
    return app


def _add_parts(app: APIFlask, settings: Settings) -> None:
    """Give the views what they work with, under ``app.extensions``."""
    database = open_database(settings.platform_database_url())
    app.extensions["settings"] = settings
    app.extensions["database"] = database
    app.extensions["accounts"] = Accounts(database)
    app.extensions["booking"] = booking_service(settings, database)
    grams_per_km = grams_table(settings.emission_factors)
    town = Town(
        settings.path_of("network_dir"),
        fleet_reader(database),
        live_reader(settings),
        grams_per_km,
    )
    app.extensions["town"] = town
    app.extensions["weights"] = _weights(settings.ranking_weights)
    app.extensions["towns"] = Towns(town, settings.networks, grams_per_km)
    app.extensions["lockout"] = Lockout(
        database.engine, LOCKOUTS, settings.lockout_failures, settings.lockout_minutes * 60
    )


def _weights(text: str) -> Weights:
    """Read what weighs how much in this town."""
    try:
        return parse_weights(text) if text else DEFAULT
    except InvalidWeightsError as error:
        raise SettingsError(f"ranking_weights: {error}") from error


def _add_guards(app: APIFlask, settings: Settings) -> None:
    """Put limits, sessions, permissions, CSRF checks and headers before and after every view."""
    https = settings.platform_origin.startswith("https:")
    app.session_interface = DatabaseSessions(
        app.extensions["database"].engine,
        SESSIONS,
        "platform",
        settings.session_days * 86_400,
        settings.secure_cookies or https,
    )
    init_measure(app)
    app.before_request(begin_request)
    init_i18n(app, settings.languages, [ROOT / "translations"], settings.timezone)
    init_rate_limits(app, settings.rate_limit, settings.rate_limit_url)
    init_permissions(app, roles_of_request)
    init_csrf(app, settings.platform_origin, bearer=True)
    init_headers(app, [settings.cooperative_origin], https)
    init_oidc(app, settings)


def _frame(settings: Settings) -> dict[str, Any]:
    """Return what the frame of every page shows."""
    staff = current_staff()
    return {
        "town_name": settings.town_name or _network_name(),
        "town_is_generated": settings.town_is_generated,
        "cooperative_origin": settings.cooperative_origin,
        "who": {"name": staff.name} if staff else {"name": ""} if current_subject() else None,
    }


def _network_name() -> str:
    """Return the name the network was given when it was built."""
    town: Town = current_app.extensions["town"]
    try:
        return town.manifest().name
    except NoNetworkError:
        return "Mobility commons"


def register_blueprints(app: APIFlask) -> None:
    """Register every blueprint that ``mobility.web.BLUEPRINTS`` lists."""
    from mobility.web import BLUEPRINTS

    for name in BLUEPRINTS:
        module, attribute = name.split(":")
        app.register_blueprint(getattr(importlib.import_module(module), attribute))

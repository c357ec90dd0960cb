"""The cooperative's web application: wires its parts, decides nothing."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import format_currency, format_datetime, format_decimal
from werkzeug.middleware.proxy_fix import ProxyFix

import mobility
from mobility.problems import ProblemTable
from mobility.trustee.config import Trustee
from mobility.trustee.errors import BadInputError, ConfigError, StoreBusyError
from mobility.trustee.models import LOCKOUTS, SESSIONS
from mobility.trustee.provider import init_provider
from mobility.trustee.site import access, account, oidc, public, visitor
from mobility.weblib.csrf import init_csrf
from mobility.weblib.headers import init_headers
from mobility.weblib.i18n import init_i18n
from mobility.weblib.pages import add_navigation, init_pages
from mobility.weblib.permissions import declare_endpoint, init_permissions
from mobility.weblib.ratelimit import Lockout, init_rate_limits
from mobility.weblib.sessions import DatabaseSessions

HERE = Path(__file__).resolve().parent
STATIC = Path(mobility.__file__).resolve().parent / "web" / "static"
"""The same style sheet as the platform's, served from our own origin."""
_MINUTE_S, _DAY_S = 60, 86_400


def create_app(trustee: Trustee, client_secret: str) -> Flask:
    """Build the application of the cooperative's pages and log-in.

    Parameters
    ----------
    trustee : Trustee
        The cooperative.
    client_secret : str
        Secret of the platform at the log-in.
    """
    settings = trustee.settings
    app = Flask(
        "mobility.trustee", static_folder=str(STATIC), template_folder=str(HERE / "templates")
    )
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.extensions["trustee"] = trustee
    https = trustee.issuer.startswith("https:")
    engine = trustee.store.engine
    app.session_interface = DatabaseSessions(
        engine,
        SESSIONS,
        "cooperative",
        settings.session_days * _DAY_S,
        secure=https or settings.secure_cookies,
        clock=lambda: trustee.clock().timestamp(),
    )
    app.extensions["sessions"] = app.session_interface
    app.extensions["lockout"] = Lockout(
        engine,
        LOCKOUTS,
        settings.lockout_failures,
        settings.lockout_minutes * _MINUTE_S,
        clock=lambda: trustee.clock().timestamp(),
    )
    init_i18n(app, settings.languages, [HERE / "translations"], settings.timezone)
    init_rate_limits(app, settings.rate_limit, settings.rate_limit_url)
    init_permissions(app, visitor.roles)
    init_csrf(app, trustee.issuer)
    init_headers(app, [settings.platform_origin], https)
    app.extensions["provider"] = init_provider(app, trustee, client_secret)
    for blueprint in (public.bp, access.bp, account.bp, oidc.bp):
        app.register_blueprint(blueprint)
    declare_endpoint(app, "static", "public")
    init_pages(app, _problems(), "access.login")
    _init_frame(app, trustee)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    return app


def _problems() -> ProblemTable:
    table = ProblemTable()
    table.add(BadInputError, 422, "bad-input", "The form has a fault")
    table.add(ConfigError, 503, "not-ready", "The cooperative is not ready")
    table.add(StoreBusyError, 503, "store-busy", "The store is busy; try again")
    return table


def _init_frame(app: Flask, trustee: Trustee) -> None:
    """Give every page its frame: navigation, town, who is logged in."""
    for order, (endpoint, label) in enumerate(
        (
            ("account.account", "Account"),
            ("account.my_data", "My data"),
            ("account.show_consents", "Consents"),
            ("public.ledger", "Public ledger"),
            ("public.licences", "Officers"),
        )
    ):
        add_navigation(app, endpoint, label, order)

    app.jinja_env.filters.update(
        datetime=format_datetime, decimal=format_decimal, money=format_currency
    )

    @app.context_processor
    def frame() -> dict[str, Any]:
        settings = trustee.settings
        return {
            "town_name": settings.town_name,
            "town_is_generated": settings.town_is_generated,
            "platform_origin": settings.platform_origin,
            "present_member": visitor.find_member(),
        }

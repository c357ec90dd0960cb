"""The platform's web application: wires its parts, decides nothing."""

import importlib
from pathlib import Path
from typing import Any

from apiflask import APIFlask

from mobility.db import open_database
from mobility.problems import ProblemTable
from mobility.settings import Settings, load_settings
from mobility.weblib.headers import init_headers
from mobility.weblib.i18n import init_i18n
from mobility.weblib.pages import init_pages
from mobility.weblib.permissions import declare_endpoint, init_permissions

ROOT = Path(__file__).resolve().parent


def create_app(settings: Settings | None = None) -> APIFlask:
    """Build the platform's application.

    Parameters
    ----------
    settings : Settings, optional
        Read from file and environment by default.

    Returns
    -------
    apiflask.APIFlask
        Its ``extensions`` hold ``settings`` and ``database`` for the views.
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
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.extensions["settings"] = settings
    app.extensions["database"] = open_database(settings.platform_database_url())
    https = settings.platform_origin.startswith("https:")
    init_i18n(app, settings.languages, [ROOT / "translations"], settings.timezone)
    init_permissions(app, frozenset)
    init_headers(app, [settings.cooperative_origin], https)
    register_blueprints(app)
    declare_endpoint(app, "static", "public")
    declare_endpoint(app, "openapi.spec", "public")
    init_pages(app, ProblemTable())

    @app.context_processor
    def town() -> dict[str, Any]:
        return {
            "town_name": settings.town_name or "Mobility commons",
            "town_is_generated": settings.town_is_generated,
        }

    return app


def register_blueprints(app: APIFlask) -> None:
    """Register every blueprint that ``mobility.web.BLUEPRINTS`` lists."""
    from mobility.web import BLUEPRINTS

    for name in BLUEPRINTS:
        module, attribute = name.split(":")
        app.register_blueprint(getattr(importlib.import_module(module), attribute))

"""Serve the browser libraries out of the installed npm packages, with long cache times."""

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, abort, current_app, send_file
from werkzeug.security import safe_join

from mobility.weblib.permissions import permission

bp = APIBlueprint("assets", __name__, enable_openapi=False)
_YEAR_S = 31_536_000
PACKAGES = frozenset({"maplibre-gl", "pmtiles", "htmx.org", "leaflet", "@maplibre"})
"""The npm packages whose files pages may load."""


@bp.get("/assets/<path:name>")
@permission("public")
def asset(name: str) -> Response:
    """Send ``node_modules/<name>``, for the packages pages use and browser files only."""
    parts = Path(name).parts
    if parts[0] not in PACKAGES or ".." in parts or Path(name).suffix not in _SUFFIXES:
        abort(404)
    root: Path = current_app.extensions["settings"].path_of("assets_dir")
    path = safe_join(str(root), name)
    if path is None or not Path(path).is_file():
        abort(404)
    response = send_file(path, conditional=True, max_age=_YEAR_S)
    response.cache_control.immutable = True
    return response


_SUFFIXES = frozenset({".js", ".mjs", ".css", ".png", ".svg", ".woff2", ".map"})

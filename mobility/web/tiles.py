"""The town's map tiles: one PMTiles file, read by byte ranges, and the style that draws it."""

from apiflask import APIBlueprint
from flask import Response, current_app, jsonify, send_file, url_for
from flask_babel import gettext

from mobility.problems import ProblemError
from mobility.town import Town
from mobility.weblib.permissions import permission

bp = APIBlueprint("tiles", __name__, enable_openapi=False)
_DAY_S = 86_400


@bp.get("/tiles/town.pmtiles")
@permission("public")
def tiles() -> Response:
    """Send the whole file or the ranges a map asks for; its ETag changes with the network."""
    town: Town = current_app.extensions["town"]
    path = town.version_dir() / "tiles.pmtiles"
    if not path.is_file():
        raise ProblemError(404, "no-tiles", "This network has no map tiles")
    response = send_file(
        path,
        mimetype="application/vnd.pmtiles",
        conditional=True,
        etag=f"{path.parent.name}-tiles",
        max_age=_DAY_S,
    )
    response.headers["Accept-Ranges"] = "bytes"
    return response


@bp.get("/tiles/style.json")
@permission("public")
def style() -> Response:
    """Send the look of the map, for MapLibre; its tiles' address changes with the network."""
    from maps.style import make_style

    town: Town = current_app.extensions["town"]
    manifest = town.manifest()
    response = jsonify(
        make_style(
            url_for(".tiles", v=manifest.id),
            name=manifest.name,
            bounds=manifest.bbox,
            center=manifest.center,
            attributions=manifest.attributions,
            generated=gettext("generated data") if manifest.generated else None,
        )
    )
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response

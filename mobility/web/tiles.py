"""The town's map tiles: one PMTiles file, read by byte ranges."""

from apiflask import APIBlueprint
from flask import Response, current_app, send_file

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

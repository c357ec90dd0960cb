"""Find places by name, and names by place; what was asked is never logged."""

from typing import Annotated

from apiflask import APIBlueprint
from flask import current_app
from pydantic import Field

from mobility.town import Town
from mobility.web.languages import LanguageText, wanted_languages
from mobility.web.schemas import LonLatText, Out, Strict, read_lon_lat
from mobility.weblib.permissions import permission

bp = APIBlueprint("places", __name__, url_prefix="/api/v1", tag="Places")


class GeocodeQuery(Strict):
    """The beginning of a name, with or without typing errors."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    near: LonLatText | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 8
    language: LanguageText | None = None


class ReverseQuery(Strict):
    """The point to be named."""

    at: LonLatText


class PlaceOut(Out):
    """A place; ``label`` tells it from its namesakes."""

    name: str
    label: str
    kind: str
    lon: float
    lat: float
    id: str


class PlacesOut(Out):
    """Places, the likeliest first."""

    places: list[PlaceOut]


@bp.get("/geocode")
@bp.input(GeocodeQuery, location="query", arg_name="query")
@bp.output(PlacesOut)
@bp.doc(summary="Find streets, addresses, places, stops and stations by name", responses=[422, 503])
@permission("public")
def geocode(query: GeocodeQuery) -> PlacesOut:
    """Return the likeliest places; an empty list where nothing is alike."""
    town: Town = current_app.extensions["town"]
    near = None if query.near is None else read_lon_lat(query.near)
    wanted = wanted_languages(query.language)
    hits = town.geocoder().search(query.text, query.limit, near, wanted)
    return PlacesOut(places=[_out(hit) for hit in hits])


@bp.get("/reverse")
@bp.input(ReverseQuery, location="query", arg_name="query")
@bp.output(PlacesOut)
@bp.doc(summary="Name a point", responses=[422, 503])
@permission("public")
def reverse(query: ReverseQuery) -> PlacesOut:
    """Return the nearest address or street; an empty list far from all of them."""
    town: Town = current_app.extensions["town"]
    hit = town.geocoder().reverse(*read_lon_lat(query.at))
    return PlacesOut(places=[] if hit is None else [_out(hit)])


def _out(hit: object) -> PlaceOut:
    return PlaceOut.model_validate(hit, from_attributes=True)

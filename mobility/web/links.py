"""Selected links: which lines pass a stretch of the network on a day."""

from typing import Annotated, Self

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field, model_validator

from mobility.web.moments import DayText, day_or_today
from mobility.web.networks import OnNetwork, loaded_network
from mobility.web.schemas import LonLatText, read_lon_lat
from mobility.web.stops import Json, OnNetworkOut, answer
from mobility.weblib.permissions import permission

bp = APIBlueprint("links", __name__, url_prefix="/api/v1", tag="Selected links")
StopId = Annotated[str, Field(min_length=1, max_length=200)]


class LinksQuery(OnNetwork):
    """A stretch: two stops that follow one another, or what passes close to a point."""

    from_stop: Annotated[StopId | None, Field(alias="from")] = None
    to_stop: Annotated[StopId | None, Field(alias="to")] = None
    near: LonLatText | None = None
    radius: Annotated[int, Field(ge=1, le=200, description="metres around near")] = 25
    date: DayText | None = None
    trips: Annotated[int, Field(ge=0, le=500, description="trips listed of each line")] = 0

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        stops = (self.from_stop is not None) + (self.to_stop is not None)
        if (self.near is None) != (stops == 2) or stops == 1:
            raise ValueError("give from=STOP and to=STOP, or near=LON,LAT")
        return self


class LinksOut(OnNetworkOut):
    """Lines with their trips per hour; ``foundBy`` says whether shapes are known."""

    date: str
    real_time: Json
    links: list[Json]


@bp.get("/links")
@bp.input(LinksQuery, location="query", arg_name="query")
@bp.output(LinksOut)
@bp.doc(summary="Lines and trips that pass a stretch on a day", responses=[404, 422, 503])
@permission("public")
def links(query: LinksQuery) -> Response:
    """List lines, the busiest first; cancelled trips are not among them."""
    from routing.explore.links import between, near
    from routing.explore.response import head_json, links_json

    loaded = loaded_network(query)
    explorer = loaded.explorer
    table, now = explorer.timetable, explorer.now()
    day = day_or_today(query.date, loaded.manifest.timezone)
    view = table.day_view(day) if now.days is None else now.days.view(day)
    if query.near is not None:
        found = near(table, view, *read_lon_lat(query.near), query.radius)
    else:
        ends = [explorer.stops.members(stop or "") for stop in (query.from_stop, query.to_stop)]
        found = between(table, view, *ends)
    told = {"date": day.isoformat(), "links": links_json(explorer, found, query.trips)}
    return answer(head_json(explorer, now) | told)

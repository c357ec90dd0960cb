"""Stops, what leaves from them, and the trips that call there."""

from typing import Annotated, Any

import orjson
from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from mobility.town import Loaded
from mobility.web.languages import LanguageText, wanted_languages
from mobility.web.moments import DayText, MomentText, day_or_today, moment_or_now
from mobility.web.networks import OnNetwork, loaded_network
from mobility.web.schemas import AreaQuery, Out, read_box, read_lon_lat
from mobility.weblib.permissions import permission

bp = APIBlueprint("stops", __name__, url_prefix="/api/v1", tag="Timetable")
_START = r"^[0-9]{2}:[0-5][0-9]:[0-5][0-9]$"
Json = dict[str, Any]


class StopsQuery(OnNetwork, AreaQuery):
    """Around a point, or inside of a box; one of both."""

    radius: Annotated[int, Field(ge=1, le=5000, description="metres around near")] = 500
    language: LanguageText | None = None


class BoardQuery(OnNetwork):
    """From when on, how many; a time without offset is the network's local time, none is now."""

    time: MomentText | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 20
    arrivals: bool = False
    language: LanguageText | None = None


class TripQuery(OnNetwork):
    """Which run of a trip: service day, today's by default; first departure, on a headway."""

    date: DayText | None = None
    start: Annotated[str, Field(pattern=_START, examples=["25:10:00"])] | None = None
    language: LanguageText | None = None


class OnNetworkOut(Out):
    """An answer that names the network it was computed on."""

    network: str
    timezone: str


class StopsOut(OnNetworkOut):
    """Platforms and stations, the nearest first where a point was given."""

    stops: list[Json]


class BoardOut(OnNetworkOut):
    """Calls in order of time; ``nextTime`` asks for those after, null where the feed ends."""

    stop: Json
    real_time: Json
    departures: list[Json] | None = None
    arrivals: list[Json] | None = None
    next_time: str | None


class TripOut(OnNetworkOut):
    """A trip with all its calls, planned and foreseen, and the line it follows."""

    real_time: bool
    calls: list[Json]
    start_times: list[str]


@bp.get("/stops")
@bp.input(StopsQuery, location="query", arg_name="query")
@bp.output(StopsOut)
@bp.doc(summary="Stops around a point or in a box, with their lines", responses=[404, 422, 503])
@permission("public")
def stops(query: StopsQuery) -> Response:
    """List platforms and stations; an empty list where there is none."""
    from routing.explore.response import head_json, stop_json

    explorer = loaded_network(query).explorer
    if query.near is not None:
        found, metres = explorer.stops.near(*read_lon_lat(query.near), query.radius)
        far = metres.tolist()
    else:
        found = explorer.stops.within(*read_box(query.within or ""))
        far = [None] * len(found)
    rows = list(zip(found.tolist(), far, strict=True))[: query.limit]
    speaker = explorer.speaker(wanted_languages(query.language))
    told = [stop_json(explorer, row, distance_m, speaker) for row, distance_m in rows]
    return answer(head_json(explorer) | {"stops": told})


@bp.get("/stops/<stop_id>/departures")
@bp.input(BoardQuery, location="query", arg_name="query")
@bp.output(BoardOut)
@bp.doc(summary="What leaves from (arrives at) a stop or station next", responses=[404, 422, 503])
@permission("public")
def departures(stop_id: str, query: BoardQuery) -> Response:
    """List calls with planned and foreseen times; cancelled ones are shown as cancelled."""
    loaded = loaded_network(query)
    moment = moment_or_now(query.time, loaded.manifest.timezone)
    asked = int(moment.timestamp()), query.limit, query.arrivals
    return answer(board(loaded, stop_id, *asked, wanted_languages(query.language)))


@bp.get("/trips/<trip_id>")
@bp.input(TripQuery, location="query", arg_name="query")
@bp.output(TripOut)
@bp.doc(summary="All calls of a trip on a service day, and its line", responses=[404, 422, 503])
@permission("public")
def trip(trip_id: str, query: TripQuery) -> Response:
    """Describe one run of a trip as planned and as foreseen."""
    from routing.explore.response import head_json, trip_json

    loaded = loaded_network(query)
    explorer, day = loaded.explorer, day_or_today(query.date, loaded.manifest.timezone)
    days = explorer.now().days
    start_s = None if query.start is None else _seconds(query.start)
    leg = explorer.trips.get(trip_id, day, start_s, None if days is None else days.changes)
    speaker = explorer.speaker(wanted_languages(query.language))
    told = trip_json(explorer, leg, explorer.trips.starts(trip_id, day), speaker)
    return answer(head_json(explorer) | told)


def board(
    loaded: Loaded,
    stop_id: str,
    from_s: int,
    limit: int,
    arrivals: bool,
    languages: tuple[str, ...] = (),
) -> Json:
    """Return the board of a stop or station, ready to become JSON."""
    from routing.explore.response import head_json, page_json, stop_json

    explorer = loaded.explorer
    rows, now = explorer.stops.members(stop_id), explorer.now()
    page = explorer.board.page(rows, from_s, limit, arrivals, now.days)
    speaker = explorer.speaker(languages)
    head = head_json(explorer, now) | {"stop": stop_json(explorer, rows[0], speaker=speaker)}
    return head | page_json(explorer, page, arrivals, speaker)


def answer(document: Json) -> Response:
    """Send a document that is JSON-ready as it is."""
    return Response(orjson.dumps(document), mimetype="application/json")


def _seconds(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds

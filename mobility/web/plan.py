"""Plan a journey from door to door."""

from dataclasses import replace
from typing import Annotated, Any

import orjson
from apiflask import APIBlueprint
from flask import Response, current_app
from pydantic import AfterValidator, Field

from mobility.plan_query import PlanQuery, to_request
from mobility.plan_refresh import Refresher
from mobility.town import Loaded
from mobility.web.languages import accepted_languages
from mobility.web.moments import MomentText, moment_or_now
from mobility.web.networks import OnNetwork, loaded_network
from mobility.web.schemas import Out
from mobility.weblib.csrf import csrf_exempt
from mobility.weblib.permissions import permission
from routing.journeys.itinerary_id import LONGEST_ID, read_itinerary_id

bp = APIBlueprint("plan", __name__, url_prefix="/api/v1", tag="Planning")


class PlanQueryOnNetwork(PlanQuery, OnNetwork):
    """What to plan, and on which network."""


class PlanOut(Out):
    """Itineraries in the words of OpenTripPlanner and MOTIS."""

    network: str
    timezone: str
    request: dict[str, Any]
    ranking: dict[str, Any]
    itineraries: list[dict[str, Any]]
    real_time: dict[str, Any]
    previous_page_cursor: str | None
    next_page_cursor: str | None
    request_error: dict[str, Any] | None
    not_searched: list[dict[str, str]]


def _checked_id(text: str) -> str:
    read_itinerary_id(text)
    return text


class RefreshBody(OnNetwork):
    """An itinerary planned before."""

    id: Annotated[
        str,
        Field(max_length=LONGEST_ID, pattern="^[A-Za-z0-9_-]+$", description="id of an itinerary"),
        AfterValidator(_checked_id),
    ]


class AlternativesBody(RefreshBody):
    """A ride that was missed; ``time`` is now by default."""

    leg: Annotated[int, Field(ge=0, le=59, description="number of the ride, from 0", strict=True)]
    time: MomentText | None = None
    wheelchair: bool = False


class RefreshOut(Out):
    """A journey at its present times; states of rides and the first that cannot be reached."""

    network: str
    timezone: str
    real_time: dict[str, Any]
    id: str
    state: str
    start_time: str
    end_time: str
    first_broken_leg: int | None
    legs: list[dict[str, Any]]


class AlternativesOut(Out):
    """Later vehicles of the same line, and a plan from the stop to the destination."""

    network: str
    timezone: str
    real_time: dict[str, Any]
    id: str
    leg: int
    ready_time: str
    departures: list[dict[str, Any]]
    plan: PlanOut


@bp.get("/plan")
@bp.input(PlanQueryOnNetwork, location="query", arg_name="query")
@bp.output(PlanOut)
@bp.doc(summary="Plan a journey from door to door", responses=[404, 422, 503])
@permission("public")
def plan(query: PlanQueryOnNetwork) -> Response:
    """Return Pareto-optimal itineraries, or a typed reason why there is none.

    Without ``language`` the header Accept-Language chooses those of names.
    """
    from routing.journeys.response import to_json

    loaded = loaded_network(query)
    request = to_request(query, loaded.network, current_app.extensions["weights"])
    if query.language is None:
        request = replace(request, languages=accepted_languages())
    result = loaded.planner.plan(request, shared=loaded.fleet.now())
    answer = Response(orjson.dumps(to_json(result)), mimetype="application/json")
    answer.vary.add("Accept-Language")
    return answer


@bp.post("/plan/refresh")
@bp.input(RefreshBody, location="json", arg_name="body")
@bp.output(RefreshOut)
@bp.doc(summary="Tell a planned journey at its present times", responses=[404, 422, 503])
@csrf_exempt  # it changes nothing and heeds no cookie
@permission("public")
def refresh(body: RefreshBody) -> Response:
    """Return whether it is still possible, late, cancelled, or a connection missed."""
    return _answer(_refresher(loaded_network(body)).refresh(body.id))


@bp.post("/plan/alternatives")
@bp.input(AlternativesBody, location="json", arg_name="body")
@bp.output(AlternativesOut)
@bp.doc(summary="Tell what leaves instead of a missed ride", responses=[404, 422, 503])
@csrf_exempt  # it changes nothing and heeds no cookie
@permission("public")
def alternatives(body: AlternativesBody) -> Response:
    """Return the next departures of the same line, and a plan from there to the destination."""
    loaded = loaded_network(body)
    moment = moment_or_now(body.time, loaded.manifest.timezone)
    told = _refresher(loaded).alternatives(body.id, body.leg, moment, body.wheelchair)
    return _answer(told)


def _refresher(loaded: Loaded) -> Refresher:
    weights = current_app.extensions["weights"]
    return Refresher(loaded.explorer, loaded.planner, loaded.fleet.now(), weights)


def _answer(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")

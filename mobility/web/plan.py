"""Plan a journey from door to door."""

from dataclasses import replace
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response
from flask import request as flask_request

from mobility.plan_query import PlanQuery, to_request
from mobility.web.networks import OnNetwork, loaded_network
from mobility.web.schemas import Out
from mobility.weblib.permissions import permission

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
    request = to_request(query, loaded.manifest.timezone, loaded.manifest.bbox)
    if query.language is None:
        request = replace(request, languages=accepted_languages())
    result = loaded.planner.plan(request, shared=loaded.fleet.now())
    answer = Response(orjson.dumps(to_json(result)), mimetype="application/json")
    answer.vary.add("Accept-Language")
    return answer


def accepted_languages() -> tuple[str, ...]:
    """Return the languages the client reads, the dearest first."""
    return tuple(tag for tag, quality in flask_request.accept_languages if quality > 0)[:10]

"""Plan a journey from door to door."""

import re
from typing import Annotated, Any

import orjson
from apiflask import APIBlueprint
from flask import Response
from pydantic import Field, field_validator

from mobility.problems import ProblemError
from mobility.town import Loaded
from mobility.web.moments import MOMENT, moment_or_now, read_moment
from mobility.web.networks import OnNetwork, loaded_network
from mobility.web.schemas import LonLatText, Out, read_lon_lat
from mobility.weblib.permissions import permission
from routing.model import DEFAULT_MODES, Mode, Place, PlanRequest

bp = APIBlueprint("plan", __name__, url_prefix="/api/v1", tag="Planning")
_FORM_FACTORS = r"^[a-z_]{1,30}(,[a-z_]{1,30}){0,9}$"
_MODE = "(" + "|".join(mode.value for mode in Mode) + ")"
_MODES = rf"^{_MODE}(,{_MODE}){{0,4}}$"


class PlanQuery(OnNetwork):
    """What to plan; a time without offset is the network's local time, none is now."""

    origin: Annotated[LonLatText, Field(alias="from")]
    destination: Annotated[LonLatText, Field(alias="to")]
    time: (
        Annotated[
            str,
            Field(
                max_length=40, examples=["2026-05-04T08:00"], json_schema_extra={"pattern": MOMENT}
            ),
        ]
        | None
    ) = None
    arrive_by: bool = False
    modes: (
        Annotated[
            str,
            Field(
                max_length=60,
                description="Comma-separated, of WALK, TRANSIT, RENTAL, BICYCLE, CAR",
                json_schema_extra={"pattern": _MODES},
            ),
        ]
        | None
    ) = None
    search_window: Annotated[int, Field(ge=0, le=28_800, description="seconds")] = 3600
    max_itineraries: Annotated[int, Field(ge=1, le=20)] = 5
    max_transfers: Annotated[int, Field(ge=0, le=12)] = 7
    wheelchair: bool = False
    form_factors: Annotated[str, Field(pattern=_FORM_FACTORS)] | None = None

    @field_validator("time")
    @classmethod
    def _is_a_moment(cls, text: str | None) -> str | None:
        if text is not None:
            read_moment(text)
        return text

    @field_validator("modes")
    @classmethod
    def _are_modes(cls, text: str | None) -> str | None:
        if text is not None:
            _modes(text)
        return text


class PlanOut(Out):
    """Itineraries in the words of OpenTripPlanner and MOTIS."""

    network: str
    timezone: str
    request: dict[str, Any]
    itineraries: list[dict[str, Any]]
    real_time: dict[str, Any]
    request_error: dict[str, Any] | None


@bp.get("/plan")
@bp.input(PlanQuery, location="query", arg_name="query")
@bp.output(PlanOut)
@bp.doc(summary="Plan a journey from door to door", responses=[404, 422, 503])
@permission("public")
def plan(query: PlanQuery) -> Response:
    """Return Pareto-optimal itineraries, or a typed reason why there is none."""
    from routing.journeys.response import to_json

    loaded = loaded_network(query)
    request = to_request(query, loaded)
    result = loaded.planner.plan(request, shared=loaded.fleet.now())
    return Response(orjson.dumps(to_json(result)), mimetype="application/json")


def to_request(query: PlanQuery, loaded: Loaded) -> PlanRequest:
    """Turn the query into what the planner understands.

    Raises
    ------
    ProblemError
        422 where the coordinates were swapped.
    """
    moment = moment_or_now(query.time, loaded.manifest.timezone)
    factors = query.form_factors
    return PlanRequest(
        origin=_place(query.origin, "from", loaded),
        destination=_place(query.destination, "to", loaded),
        time=moment,
        arrive_by=query.arrive_by,
        modes=DEFAULT_MODES if query.modes is None else _modes(query.modes),
        search_window_s=query.search_window,
        max_itineraries=query.max_itineraries,
        max_transfers=query.max_transfers,
        wheelchair=query.wheelchair,
        form_factors=None if factors is None else frozenset(factors.split(",")),
    )


def _place(text: str, field: str, loaded: Loaded) -> Place:
    lon, lat = read_lon_lat(text)
    west, south, east, north = loaded.manifest.bbox
    inside = west <= lon <= east and south <= lat <= north
    if not inside and west <= lat <= east and south <= lon <= north:
        raise ProblemError(
            422,
            "swapped-coordinates",
            "The coordinates are swapped",
            f"'{field}' lies in the town when read as LAT,LON; send LON,LAT.",
        )
    return Place(lon, lat)


def _modes(text: str) -> frozenset[Mode]:
    if not re.fullmatch(_MODES, text):
        known = ", ".join(mode.value for mode in Mode)
        raise ValueError(f"modes are a comma-separated list of {known}")
    return frozenset(Mode(word) for word in text.split(","))

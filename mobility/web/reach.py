"""What can be reached from a place, and how long it takes between many places."""

import re
from typing import Annotated, Any, Literal, Self

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field, StrictBool, field_validator, model_validator

from mobility.town import Loaded
from mobility.web.moments import MomentText, moment_or_now
from mobility.web.networks import NetworkName, OnNetwork, loaded_network
from mobility.web.schemas import Latitude, Longitude, LonLatText, Strict, read_lon_lat
from mobility.web.stops import Json, OnNetworkOut, answer
from mobility.weblib.csrf import csrf_exempt
from mobility.weblib.permissions import permission

bp = APIBlueprint("reach", __name__, url_prefix="/api/v1", tag="Reach")
MOST_PLACES, MOST_SEARCHES = 100, 1_200
MOST_MOMENTS, MOST_SPREADS = 120, 60
_LIMITS = r"^[1-9][0-9]{0,3}(,[1-9][0-9]{0,3}){0,11}$"
_LONGEST_S = 7200
ModeName = Literal["TRANSIT", "WALK", "BICYCLE", "CAR"]


class IsochronesQuery(OnNetwork):
    """From where (to where, with ``arriveBy``), when, how, and how long."""

    place: Annotated[LonLatText, Field(alias="from")]
    time: MomentText | None = None
    arrive_by: bool = False
    mode: ModeName = "TRANSIT"
    limits: Annotated[
        str,
        Field(
            max_length=60,
            description="Comma-separated seconds, at most 7200 each",
            json_schema_extra={"pattern": _LIMITS},
        ),
    ] = "900,1800,2700,3600"
    max_transfers: Annotated[int, Field(ge=0, le=12)] = 7
    wheelchair: bool = False
    shared: Annotated[
        bool,
        Field(
            description="with TRANSIT: the first leg may be on a shared vehicle that is there now"
        ),
    ] = False
    moments: Annotated[
        int, Field(ge=1, le=MOST_SPREADS, description="departures looked at, 'step' seconds apart")
    ] = 1
    step: Annotated[int, Field(ge=1, le=720, description="seconds")] = 300
    percentile: Annotated[
        int, Field(ge=1, le=100, description="of the travel times at these moments; 50: the median")
    ] = 50

    @field_validator("limits")
    @classmethod
    def _are_limits(cls, text: str) -> str:
        if not re.fullmatch(_LIMITS, text) or max(read_limits(text)) > _LONGEST_S:
            raise ValueError(f"give up to 12 comma-separated numbers of seconds, 1 to {_LONGEST_S}")
        return text

    @model_validator(mode="after")
    def _is_not_too_much(self) -> Self:
        if self.shared and self.mode != "TRANSIT":
            raise ValueError("shared vehicles are ridden to public transport: ask for TRANSIT")
        if self.moments > 1 and self.moments * len(set(read_limits(self.limits))) > MOST_SPREADS:
            raise ValueError(f"moments times limits may be {MOST_SPREADS} in one request")
        return self


class PointIn(Strict):
    """A place in degrees, EPSG:4326."""

    lon: Longitude
    lat: Latitude


Points = Annotated[list[PointIn], Field(min_length=1, max_length=MOST_PLACES)]


class MatrixIn(Strict):
    """Places, when and how; ``moments`` departures ``step`` seconds apart give percentiles."""

    origins: Points
    destinations: Points
    network: NetworkName | None = None
    time: MomentText | None = None
    arrive_by: StrictBool = False
    mode: ModeName = "TRANSIT"
    max_duration: Annotated[int, Field(strict=True, ge=1, le=28_800, description="seconds")] = (
        _LONGEST_S
    )
    max_transfers: Annotated[int, Field(strict=True, ge=0, le=12)] = 7
    wheelchair: StrictBool = False
    moments: Annotated[int, Field(strict=True, ge=1, le=MOST_MOMENTS)] = 1
    step: Annotated[int, Field(strict=True, ge=1, le=720, description="seconds")] = 60
    percentiles: Annotated[
        list[Annotated[int, Field(strict=True, ge=1, le=100)]],
        Field(min_length=1, max_length=9, default_factory=lambda: [50]),
    ]

    @model_validator(mode="after")
    def _is_not_too_much(self) -> Self:
        centres = self.destinations if self.arrive_by else self.origins
        if len(centres) * self.moments > MOST_SEARCHES:
            raise ValueError(f"places times moments may be {MOST_SEARCHES} in one request")
        return self


class IsochronesOut(OnNetworkOut):
    """A GeoJSON feature collection, one feature per limit, the largest first."""

    type: str
    features: list[Json]
    resolution: float
    percentile: int
    travel: Json
    real_time: Json


class MatrixOut(OnNetworkOut):
    """Seconds per percentile, origin and destination; null is out of reach."""

    percentiles: list[int]
    durations: list[list[list[int | None]]]
    transfers: list[list[int | None]]
    travel: Json
    real_time: Json


@bp.get("/isochrones")
@bp.input(IsochronesQuery, location="query", arg_name="query")
@bp.output(IsochronesOut)
@bp.doc(summary="Areas within so many seconds of a place, as GeoJSON", responses=[404, 422, 503])
@permission("public")
def isochrones(query: IsochronesQuery) -> Response:
    """Draw areas along the streets; waiting for the first vehicle is part of the time."""
    from routing.explore.isochrone import isochrones as draw
    from routing.explore.response import isochrones_json

    loaded = loaded_network(query)
    limits = read_limits(query.limits)
    traveller, head = _start(
        loaded,
        query,
        query.time,
        max_duration_s=max(limits),
        moments=query.moments,
        step_s=query.step,
        shared=loaded.fleet.now() if query.shared else None,
    )
    found = draw(traveller, *read_lon_lat(query.place), limits, query.percentile)
    return answer(head | isochrones_json(found))


@bp.post("/matrix")
@bp.input(MatrixIn, arg_name="body")
@bp.output(MatrixOut)
@bp.doc(summary="Travel times between many places, at most 10,000 pairs", responses=[404, 422, 503])
@permission("public")
@csrf_exempt
def matrix(body: MatrixIn) -> Response:
    """Compute what the planner would find for each pair; changes nothing."""
    import numpy as np

    from routing.explore.response import matrix_json
    from routing.matrix import travel_matrix

    query = OnNetwork(network=body.network)
    loaded = loaded_network(query)
    traveller, head = _start(
        loaded,
        body,
        body.time,
        max_duration_s=body.max_duration,
        moments=body.moments,
        step_s=body.step,
    )
    origins, destinations = (
        np.array([(point.lon, point.lat) for point in side])
        for side in (body.origins, body.destinations)
    )
    found = travel_matrix(traveller, origins, destinations, tuple(body.percentiles))
    return answer(head | matrix_json(found))


def _start(
    loaded: Loaded,
    asked: "IsochronesQuery | MatrixIn",
    time: str | None,
    shared: Any = None,
    **more: Any,
) -> tuple[Any, Json]:
    """Return who travels as asked, and the head of the answer."""
    from routing.explore.response import head_json, travel_json
    from routing.explore.travel import Travel, Traveller
    from routing.model import Mode

    explorer = loaded.explorer
    now = explorer.now()
    travel = Travel(
        moment_or_now(time, loaded.manifest.timezone),
        asked.arrive_by,
        Mode(asked.mode),
        max_transfers=asked.max_transfers,
        wheelchair=asked.wheelchair,
        **more,
    )
    head = head_json(explorer, now) | {"travel": travel_json(explorer, travel)}
    return Traveller(loaded.network, travel, now.days, shared), head


def read_limits(text: str) -> list[int]:
    """Read comma-separated seconds."""
    return [int(part) for part in text.split(",")]

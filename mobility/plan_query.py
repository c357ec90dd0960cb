"""The words of a plan query, for the web and the command line alike: an option is added once."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from mobility.catalogue.offers import FORM_FACTORS
from mobility.problems import ProblemError
from mobility.web.moments import MomentText, moment_or_now
from mobility.web.schemas import LON_LAT, LonLatText, Strict, read_lon_lat
from routing.journeys.pages import read_cursor
from routing.journeys.weights import DEFAULT, NAMES, Weights, parse_weights
from routing.model import (
    DEFAULT_MODES,
    LONGEST_WINDOW_S,
    BikeProfile,
    Mode,
    Place,
    PlanRequest,
    Via,
    WalkProfile,
)
from routing.transit.modes import TransitMode

if TYPE_CHECKING:
    from routing.network import Network


def _list_of(known: Sequence[str]) -> str:
    """Return the pattern of a comma-separated list of some of these words."""
    one = "(" + "|".join(known) + ")"
    return rf"^{one}(,{one}){{0,{len(known) - 1}}}$"


def _checked_list(known: Sequence[str], what: str) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not re.fullmatch(_list_of(known), text):
            raise ValueError(f"{what} are a comma-separated list of {', '.join(known)}")
        return text

    return checked


_MODES, _KINDS = [mode.value for mode in Mode], [kind.name for kind in TransitMode]
_FACTORS = sorted(FORM_FACTORS)
ModesText = Annotated[
    str,
    Field(max_length=60, json_schema_extra={"pattern": _list_of(_MODES)}),
    AfterValidator(_checked_list(_MODES, "modes")),
]
KindsText = Annotated[
    str,
    Field(max_length=150, json_schema_extra={"pattern": _list_of(_KINDS)}),
    AfterValidator(_checked_list(_KINDS, "transit modes")),
]
FactorsText = Annotated[
    str,
    Field(max_length=150, json_schema_extra={"pattern": _list_of(_FACTORS)}),
    AfterValidator(_checked_list(_FACTORS, "form factors")),
]

_WEIGHT = f"({'|'.join(NAMES)}):[0-9]{{1,5}}(\\.[0-9]{{1,6}})?"
_WEIGHTS = rf"^{_WEIGHT}(,{_WEIGHT}){{0,{len(NAMES) - 1}}}$"


def _are_weights(text: str) -> str:
    if not re.fullmatch(_WEIGHTS, text):
        raise ValueError(f"give NAME:NUMBER,NAME:NUMBER; names are {', '.join(NAMES)}")
    parse_weights(text)
    return text


WeightsText = Annotated[
    str,
    Field(max_length=150, json_schema_extra={"pattern": _WEIGHTS}),
    AfterValidator(_are_weights),
]

_IDS = r"^[^,\s\x00-\x1f\x7f]{1,64}(,[^,\s\x00-\x1f\x7f]{1,64}){0,19}$"
IdsText = Annotated[str, Field(max_length=1300, pattern=_IDS)]
"""Comma-separated ids of a feed."""


_STAYS = re.compile("@([0-9]{1,2}|[1-6][0-9]{2}|7[01][0-9]|720)$")
_ONE_VIA = (
    rf"({LON_LAT[1:-1]}|stop:[^;\s\x00-\x1f\x7f]{{1,64}})"
    r"(@([0-9]{1,2}|[1-6][0-9]{2}|7[01][0-9]|720))?"
)
VIA = rf"^{_ONE_VIA}(;{_ONE_VIA}){{0,2}}$"


def _checked_via(text: str) -> str:
    if not re.fullmatch(VIA, text):
        raise ValueError(
            "give up to three places such as 8.694,49.409@30;stop:4711, minutes at most 720"
        )
    return text


def _checked_cursor(text: str) -> str:
    read_cursor(text)
    return text


class PlanQuery(Strict):
    """What to plan; a time without offset is the network's local time, none is now."""

    origin: Annotated[LonLatText, Field(alias="from")]
    destination: Annotated[LonLatText, Field(alias="to")]
    time: (
        Annotated[MomentText, Field(description="of departure; local unless it has an offset")]
        | None
    ) = None
    arrive_by: Annotated[bool, Field(description="arrive at that time")] = False
    modes: (
        Annotated[
            ModesText,
            Field(
                description="comma-separated, of WALK, TRANSIT, RENTAL, FLEX (on demand), BICYCLE,"
                " CAR; with TRANSIT the own bicycle is parked at a stop or carried, the own car"
                " parked and ridden from; default WALK,TRANSIT,RENTAL,FLEX"
            ),
        ]
        | None
    ) = None
    search_window: Annotated[
        int, Field(ge=0, le=LONGEST_WINDOW_S, description="seconds in which departures compete")
    ] = 3600
    max_itineraries: Annotated[int, Field(ge=1, le=20, description="most answers")] = 5
    max_transfers: Annotated[int, Field(ge=0, le=12, description="most changes of vehicle")] = 7
    wheelchair: Annotated[
        bool,
        Field(
            description="board nothing that is known to be unfit for wheelchairs, walk as with"
            " walkProfile=step_free, and of shared vehicles use cars only unless formFactors says"
            " which"
        ),
    ] = False
    walk_profile: Annotated[
        WalkProfile, Field(description="standard, slow (0.9 m/s) or step_free (no steps)")
    ] = WalkProfile.STANDARD
    bike_profile: Annotated[
        BikeProfile,
        Field(description="standard, safe (quiet streets), fast or cargo (no narrow barriers)"),
    ] = BikeProfile.STANDARD
    form_factors: (
        Annotated[
            FactorsText,
            Field(
                description="comma-separated GBFS form factors of shared vehicles, such as bicycle"
            ),
        ]
        | None
    ) = None
    systems: (
        Annotated[IdsText, Field(description="comma-separated ids of sharing systems to use")]
        | None
    ) = None
    transit_modes: (
        Annotated[
            KindsText,
            Field(description="comma-separated kinds of public transport, such as TRAM,BUS"),
        ]
        | None
    ) = None
    agencies: (
        Annotated[IdsText, Field(description="comma-separated ids of agencies to ride with")] | None
    ) = None
    banned_routes: (
        Annotated[IdsText, Field(description="comma-separated ids of routes not to ride")] | None
    ) = None
    weights: (
        Annotated[
            WeightsText,
            Field(
                description="how much each weighs in the ranking, such as transfer:600,price:300:"
                " seconds of travel for a second of waiting or of walking, a transfer, one of the"
                " currency's main unit (price), a kg of CO2 (co2), a km of effort (effort)"
            ),
        ]
        | None
    ) = None
    language: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$",
                description="of names of stops, lines and agencies, such as en; where a feed has"
                " none in it, its own stay",
            ),
        ]
        | None
    ) = None
    missed_bookings: Annotated[
        bool, Field(description="show rides it is too late to book, marked in bookingInfo")
    ] = False
    via: (
        Annotated[
            str,
            Field(
                max_length=300,
                examples=["8.694,49.409@30;stop:4711"],
                description="up to three places to pass, in order, with ';' between them: LON,LAT"
                " or stop:ID, each with @MINUTES to stay there if any",
                json_schema_extra={"pattern": VIA},
            ),
            AfterValidator(_checked_via),
        ]
        | None
    ) = None
    page_cursor: (
        Annotated[
            str,
            Field(
                max_length=400,
                pattern="^[A-Za-z0-9_-]+$",
                description="previousPageCursor or nextPageCursor of an answer to the same query;"
                " where searchWindow holds no connection, the next one within a day is told",
            ),
            AfterValidator(_checked_cursor),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _has_one_of_both(self) -> "PlanQuery":
        if self.via is not None and self.page_cursor is not None:
            raise ValueError("journeys over places on the way (via) have no pages")
        return self


Box = tuple[float, float, float, float]

DRAWN_TO_COMPARE = 5
"""Ways drawn beyond those shown where price, CO2 or effort weigh otherwise than usual."""


def to_request(query: PlanQuery, network: "Network", usual: Weights = DEFAULT) -> PlanRequest:
    """Turn the query into what the planner understands.

    Parameters
    ----------
    query : PlanQuery
        What was asked.
    network : Network
        Where.
    usual : Weights
        Those of the town, where the query has none of its own.

    Raises
    ------
    ProblemError
        422 where the coordinates were swapped, or an agency or route is unknown.
    """
    timezone, bbox = network.timezone, network.bbox
    _check_ids(query, network)
    page = None if query.page_cursor is None else read_cursor(query.page_cursor)
    moment = moment_or_now(query.time, timezone)
    if page is not None:
        moment = datetime.fromtimestamp(page.asked_s, ZoneInfo(timezone))
    modes, kinds = _split(query.modes), _split(query.transit_modes)
    weights = usual if query.weights is None else parse_weights(query.weights, usual)
    return PlanRequest(
        origin=_place(query.origin, "from", bbox),
        destination=_place(query.destination, "to", bbox),
        time=moment,
        arrive_by=query.arrive_by,
        modes=DEFAULT_MODES if modes is None else frozenset(map(Mode, modes)),
        search_window_s=query.search_window,
        max_itineraries=query.max_itineraries,
        max_transfers=query.max_transfers,
        wheelchair=query.wheelchair,
        form_factors=_split(query.form_factors),
        systems=_split(query.systems),
        transit_modes=None if kinds is None else frozenset(TransitMode[kind] for kind in kinds),
        agencies=_split(query.agencies),
        banned_routes=_split(query.banned_routes) or frozenset(),
        walk_profile=query.walk_profile,
        bike_profile=query.bike_profile,
        weights=weights,
        drawn_to_compare=0 if weights.of_drawn == usual.of_drawn else DRAWN_TO_COMPARE,
        now=datetime.now(UTC),
        missed_bookings=query.missed_bookings,
        page=page,
        via=() if query.via is None else tuple(_via(text, bbox) for text in query.via.split(";")),
        languages=() if query.language is None else (query.language,),
    )


def _check_ids(query: PlanQuery, network: "Network") -> None:
    """Refuse ids that the network's timetable has not: leaving them out would mislead."""
    table = network.timetable
    if table is None:
        return
    for field, given, known in (
        ("agencies", query.agencies, table.agencies.id),
        ("bannedRoutes", query.banned_routes, table.routes.id),
    ):
        unknown = (_split(given) or frozenset()).difference(known)
        if unknown:
            raise ProblemError(
                422,
                "unknown-id",
                "An id is unknown",
                f"'{field}' names '{min(unknown)}', which no timetable here has; send ids as the"
                " legs of answers tell them (agencyId, routeId).",
            )


def _split(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(text.split(","))


def _via(text: str, bbox: Box) -> Via:
    where, _, minutes = text.rpartition("@") if _STAYS.search(text) else (text, "", "0")
    stay_s = int(minutes) * 60
    if where.startswith("stop:"):
        return Via(where.removeprefix("stop:"), stay_s)
    return Via(_place(where, "via", bbox), stay_s)


def _place(text: str, field: str, bbox: Box) -> Place:
    lon, lat = read_lon_lat(text)
    west, south, east, north = bbox
    inside = west <= lon <= east and south <= lat <= north
    if not inside and west <= lat <= east and south <= lon <= north:
        raise ProblemError(
            422,
            "swapped-coordinates",
            "The coordinates are swapped",
            f"'{field}' lies in the town when read as LAT,LON; send LON,LAT.",
        )
    return Place(lon, lat)

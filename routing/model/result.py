"""The answer to a request, and why there is no better one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from routing.journeys.pages import Page
from routing.model.itinerary import Itinerary
from routing.model.request import PlanRequest
from routing.realtime.model import RealTime

if TYPE_CHECKING:
    from routing.journeys.unsearched import NotSearched


class PlanErrorCode(StrEnum):
    """Why no itinerary, or no better one, was found; the words of OpenTripPlanner."""

    LOCATION_NOT_FOUND = "LOCATION_NOT_FOUND"
    NO_STOPS_IN_RANGE = "NO_STOPS_IN_RANGE"
    NO_TRANSIT_CONNECTION = "NO_TRANSIT_CONNECTION"
    NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW = "NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW"
    OUTSIDE_BOUNDS = "OUTSIDE_BOUNDS"
    OUTSIDE_SERVICE_PERIOD = "OUTSIDE_SERVICE_PERIOD"
    WALKING_BETTER_THAN_TRANSIT = "WALKING_BETTER_THAN_TRANSIT"


@dataclass(frozen=True, slots=True)
class PlanError:
    """Why there is no itinerary, or why there is no transit among them."""

    code: PlanErrorCode
    message: str


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The answer to a request, computed on the network whose id is ``network``."""

    network: str
    timezone: str
    request: PlanRequest
    itineraries: tuple[Itinerary, ...]
    error: PlanError | None = None
    real_time: RealTime = field(default_factory=RealTime)
    previous_page: Page | None = None
    next_page: Page | None = None
    not_searched: tuple["NotSearched", ...] = ()
    grams_per_km: Mapping[str, float] = field(default_factory=dict)
    """Emissions by mode that itineraries were told with, grams per person and kilometre."""

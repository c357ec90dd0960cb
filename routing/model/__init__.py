"""What is asked of the planner, and what it answers: plain frozen values.

Instants are Unix seconds (UTC), so that no arithmetic meets a clock change; the response alone
turns them into local time. Unknown is ``None``, never a guess.
"""

from routing.model.itinerary import Impact, Itinerary
from routing.model.leg import Leg, LonLat, Rental, RentalStation, Step, Trip
from routing.model.place import InvalidPlaceError, Place, VehicleParking
from routing.model.request import (
    DEFAULT_MODES,
    LONGEST_STAY_S,
    LONGEST_WINDOW_S,
    MOST_VIAS,
    BikeProfile,
    InvalidRequestError,
    Mode,
    PlanRequest,
    Via,
    WalkProfile,
)
from routing.model.result import PlanError, PlanErrorCode, PlanResult

__all__ = [
    "DEFAULT_MODES",
    "LONGEST_STAY_S",
    "LONGEST_WINDOW_S",
    "MOST_VIAS",
    "BikeProfile",
    "Impact",
    "InvalidPlaceError",
    "InvalidRequestError",
    "Itinerary",
    "Leg",
    "LonLat",
    "Mode",
    "Place",
    "PlanError",
    "PlanErrorCode",
    "PlanRequest",
    "PlanResult",
    "Rental",
    "RentalStation",
    "Step",
    "Trip",
    "VehicleParking",
    "Via",
    "WalkProfile",
]

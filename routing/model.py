"""What is asked of the planner, and what it answers: plain frozen values.

Instants are Unix seconds (UTC), so that no arithmetic meets a clock change; the response alone
turns them into local time. Unknown is ``None``, never a guess.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.errors import RoutingError
from routing.fares.model import ItineraryFare
from routing.flex.model import BookingInfo
from routing.journeys.pages import Page
from routing.journeys.weights import Cost, Reason, Weights
from routing.realtime.model import Alert, RealTime
from routing.sharing.pricing import RidePlan
from routing.streets.graph import Profile
from routing.transit.modes import TransitMode

if TYPE_CHECKING:
    from routing.journeys.unsearched import NotSearched

LonLat = NDArray[np.float64]
"""Points of a line, float64 (n, 2): longitude and latitude in degrees, EPSG:4326."""


class InvalidPlaceError(RoutingError, ValueError):
    """A place that lies nowhere on Earth."""


class InvalidRequestError(RoutingError, ValueError):
    """A request that contradicts itself."""


class Mode(StrEnum):
    """Ways to travel that a request may allow."""

    WALK = "WALK"
    TRANSIT = "TRANSIT"
    RENTAL = "RENTAL"
    BICYCLE = "BICYCLE"
    CAR = "CAR"
    FLEX = "FLEX"
    """Rides on demand within the areas and hours of a feed."""


DEFAULT_MODES = frozenset({Mode.WALK, Mode.TRANSIT, Mode.RENTAL, Mode.FLEX})


class WalkProfile(StrEnum):
    """How one walks."""

    STANDARD = "standard"
    SLOW = "slow"
    STEP_FREE = "step_free"


class BikeProfile(StrEnum):
    """How one cycles."""

    STANDARD = "standard"
    SAFE = "safe"
    FAST = "fast"
    CARGO = "cargo"


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
class VehicleParking:
    """A car park; what is ``None`` is not known.

    Parameters
    ----------
    id : str
        OSM object, such as ``way/4711``.
    capacity : int, optional
        Cars; how many places are free is not known.
    fee, park_ride : bool, optional
        Whether parking costs something; whether it is meant for park and ride.
    """

    id: str
    capacity: int | None = None
    fee: bool | None = None
    park_ride: bool | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A point someone starts from, goes to or passes.

    Parameters
    ----------
    lon, lat : float
        Degrees, EPSG:4326.
    name : str, optional
        What people call it.
    stop_id, station_id : str, optional
        Ids as in the GTFS or GBFS feed, where the place is a stop or a sharing station.
    arrival_s, departure_s : int, optional
        Unix seconds at which a vehicle stops here, as foreseen.
    planned_arrival_s, planned_departure_s : int, optional
        The same by the timetable; ``None`` where it does not have the trip.
    cancelled : bool, optional
        Whether the vehicle leaves this stop out.
    parking : VehicleParking, optional
        Where the place is a car park.
    """

    lon: float
    lat: float
    name: str | None = None
    stop_id: str | None = None
    station_id: str | None = None
    arrival_s: int | None = None
    departure_s: int | None = None
    platform: str | None = None
    planned_arrival_s: int | None = None
    planned_departure_s: int | None = None
    cancelled: bool | None = None
    parking: VehicleParking | None = None

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):  # asked of every call
            if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
                raise InvalidPlaceError(f"{self.lon},{self.lat} is no place: give finite lon,lat")
            raise InvalidPlaceError(
                f"{self.lon},{self.lat} is no place: lon is within -180..180, lat within -90..90;"
                " were the two swapped?"
            )


@dataclass(frozen=True, slots=True)
class Via:
    """A place to pass on the way, or a stop by its id, and the seconds to stay there."""

    place: Place | str
    stay_s: int = 0


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A question to the planner.

    Parameters
    ----------
    origin, destination : Place
        Where from and where to.
    time : datetime
        Aware instant of the earliest departure, or of the latest arrival with ``arrive_by``.
    modes : frozenset of Mode
        Ways allowed. Walking to and from vehicles is always part of the answer.
    search_window_s : int
        Departures (arrivals with ``arrive_by``) this long after (before) ``time`` compete.
    max_itineraries, max_transfers : int
        Most answers; most changes between vehicles in one of them.
    max_access_walk_s, max_direct_walk_s : int
        Longest walk to the first or from the last stop; longest walk offered beside other ways.
    max_access_ride_s, max_direct_ride_s : int
        Longest ride on a bike or scooter to or from a stop; longest for the whole way.
    wheelchair : bool
        Board nothing that is known to be inaccessible, and walk free of steps; what is unknown is
        told as unknown.
    form_factors, systems : frozenset of str, optional
        GBFS form factors and sharing systems allowed; ``None`` allows every one.
    transit_modes : frozenset of TransitMode, optional
        Kinds of public transport allowed; ``None`` allows every one.
    agencies : frozenset of str, optional
        Ids of the agencies to ride with; ``None`` allows every one.
    banned_routes : frozenset of str
        Ids of routes not to ride.
    walk_profile : WalkProfile
        How one walks to, from and between vehicles.
    bike_profile : BikeProfile
        How one cycles, on a bicycle of one's own or a shared one.
    weights : Weights
        By which ways are ranked.
    now : datetime, optional
        Aware instant of asking, by which a ride can be too late to book; ``None`` leaves that
        open.
    languages : tuple of str
        BCP 47 tags, the dearest first, for names of stops, lines and agencies; the feeds' own
        names where there are none.
    missed_bookings : bool
        Show what it is too late to book, marked, instead of leaving it out.
    via : tuple of Via
        Places to pass in this order; a ride ends at each. Nothing is rented on such journeys.
    page : Page, optional
        An earlier or later part of an answer; ``None`` for the answer itself.
    """

    origin: Place
    destination: Place
    time: datetime
    arrive_by: bool = False
    modes: frozenset[Mode] = DEFAULT_MODES
    search_window_s: int = 3600
    max_itineraries: int = 5
    max_transfers: int = 7
    max_access_walk_s: int = 1200
    max_direct_walk_s: int = 1800
    max_access_ride_s: int = 1200
    max_direct_ride_s: int = 3600
    wheelchair: bool = False
    form_factors: frozenset[str] | None = None
    systems: frozenset[str] | None = None
    transit_modes: frozenset[TransitMode] | None = None
    agencies: frozenset[str] | None = None
    banned_routes: frozenset[str] = frozenset()
    walk_profile: WalkProfile = WalkProfile.STANDARD
    bike_profile: BikeProfile = BikeProfile.STANDARD
    weights: Weights = field(default_factory=Weights)
    now: datetime | None = None
    missed_bookings: bool = False
    via: tuple[Via, ...] = ()
    page: Page | None = None
    languages: tuple[str, ...] = ()

    @property
    def walking(self) -> Profile:
        """How one walks on streets; with a wheelchair always free of steps."""
        if self.wheelchair:
            return Profile.WALK_STEP_FREE
        plain = self.walk_profile is WalkProfile.STANDARD
        return Profile.WALK if plain else Profile(f"walk_{self.walk_profile}")

    @property
    def cycling(self) -> Profile:
        """How one cycles on streets."""
        plain = self.bike_profile is BikeProfile.STANDARD
        return Profile.BIKE if plain else Profile(f"bike_{self.bike_profile}")

    def __post_init__(self) -> None:
        for moment in (self.time, self.now):
            if moment is not None and moment.tzinfo is None:
                raise InvalidRequestError(f"{moment} has no time zone: pass an aware datetime")
        if not self.modes:
            raise InvalidRequestError("no mode is allowed: name at least one")
        if len(self.via) > MOST_VIAS:
            raise InvalidRequestError(f"{len(self.via)} places on the way; at most {MOST_VIAS}")
        if self.via and self.page is not None:
            raise InvalidRequestError("journeys over places on the way have no pages")
        if not all(0 <= via.stay_s <= LONGEST_STAY_S for via in self.via):
            raise InvalidRequestError(f"stays on the way last 0 to {LONGEST_STAY_S} s each")
        for name, low, high in _LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise InvalidRequestError(f"{name}={value} is outside {low}..{high}")


MOST_VIAS, LONGEST_STAY_S = 3, 12 * 3600

_LIMITS = (
    ("search_window_s", 0, 8 * 3600),
    ("max_itineraries", 1, 20),
    ("max_transfers", 0, 12),
    ("max_access_walk_s", 0, 3600),
    ("max_direct_walk_s", 0, 7200),
    ("max_access_ride_s", 0, 3600),
    ("max_direct_ride_s", 0, 3 * 3600),
)


@dataclass(frozen=True, slots=True)
class Trip:
    """The public transport trip ridden in a leg, told with the feed's own ids.

    ``feed`` is the feed's place among those of the timetable, ``None`` where it is not known;
    ``headsign_call`` names the call (trip and its number, as translations do) whose headsign it is,
    where that is not the trip's.
    """

    trip_id: str
    route_id: str
    short_name: str | None = None
    long_name: str | None = None
    color: str | None = None
    text_color: str | None = None
    agency_id: str | None = None
    agency_name: str | None = None
    headsign: str | None = None
    service_date: str | None = None
    wheelchair: bool | None = None
    bikes: bool | None = None
    cars: bool | None = None
    feed: int | None = None
    headsign_call: str | None = None


@dataclass(frozen=True, slots=True)
class RentalStation:
    """A sharing station as its feed describes it."""

    station_id: str
    name: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Rental:
    """The shared vehicle ridden in a leg.

    ``vehicles_available`` and ``docks_available`` are counts at the pick-up and return station
    as of ``as_of`` (Unix seconds); ``stale`` says the feed has not been heard for too long.
    ``plan`` is what the ride is charged by, ``propulsion`` and ``co2_g_per_km`` are those of the
    vehicle's type.
    """

    system_id: str
    form_factor: str
    system_name: str | None = None
    vehicle_type_id: str | None = None
    vehicle_id: str | None = None
    from_station: RentalStation | None = None
    to_station: RentalStation | None = None
    vehicles_available: int | None = None
    docks_available: int | None = None
    return_constraint: str | None = None
    range_m: float | None = None
    pricing_plan_id: str | None = None
    plan: RidePlan | None = None
    propulsion: str | None = None
    co2_g_per_km: float | None = None
    as_of: int | None = None
    stale: bool = False
    rental_uris: dict[str, str] = field(default_factory=dict)


class Step(NamedTuple):
    """A stretch of one street.

    Parameters
    ----------
    street_name : str or None
        ``None`` where it has none; after a roundabout that of the street one leaves it by.
    distance_m : float
        Length, metres.
    lon, lat : float
        Where it begins, degrees.
    kind : str
        street, service, track, cycleway, path, footway, stairs, escalator, elevator, bridleway or
        ferry.
    relative_direction : str
        The turn at its begin, in the words of OpenTripPlanner.
    absolute_direction : str or None
        NORTH, NORTHEAST and so on.
    exit : int or None
        Which exit of a roundabout to take.
    stairs : str or None
        UP or DOWN, where it is known of stairs.
    push : bool
        The bicycle is pushed.
    pathway : str or None
        What a way inside a station is: WALKWAY, STAIRS, ELEVATOR and so on.
    sign, level : str or None
        What to follow there, and the level it leads to.
    """

    street_name: str | None
    distance_m: float
    lon: float
    lat: float
    kind: str = "street"
    relative_direction: str = "DEPART"
    absolute_direction: str | None = None
    exit: int | None = None
    stairs: str | None = None
    push: bool = False
    pathway: str | None = None
    sign: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One ride or walk.

    Parameters
    ----------
    mode : str
        WALK, BICYCLE, CAR, RENTAL, FLEX, or a transit word such as BUS, TRAM, SUBWAY, RAIL, FERRY.
    start_s, end_s : int
        Unix seconds.
    distance_m : float
        Length of ``lonlat``, metres.
    lonlat : float64, (n, 2)
        The way taken; straight between stops where no shape is known.
    real_time : bool
        Whether a time of the leg rests on a prediction.
    cancelled : bool, optional
        Whether the trip does not take place; ``None`` where there is no trip.
    planned_start_s, planned_end_s : int, optional
        Times of a trip by the timetable, Unix seconds.
    alerts : tuple of Alert
        What is to be known about the trip, its line and its stops.
    climb_m : float, optional
        Metres up, added up; ``None`` in a vehicle or where no heights are known.
    interlined : bool
        The vehicle is that of the leg before: riders stay in their seats.
    booking : BookingInfo, optional
        How to book the ride, where it must be.
    pickup, drop_off : str, optional
        What is to be arranged for getting on and off a trip; ``None`` where it is not known.
    """

    mode: str
    start_s: int
    end_s: int
    origin: Place
    destination: Place
    distance_m: float
    lonlat: LonLat
    trip: Trip | None = None
    rental: Rental | None = None
    intermediate_stops: tuple[Place, ...] = ()
    steps: tuple[Step, ...] = ()
    estimated: bool = False
    """The way is a straight line times a factor, for want of streets."""
    real_time: bool = False
    cancelled: bool | None = None
    planned_start_s: int | None = None
    planned_end_s: int | None = None
    alerts: tuple[Alert, ...] = ()
    climb_m: float | None = None
    interlined: bool = False
    booking: BookingInfo | None = None
    pickup: str | None = None
    drop_off: str | None = None

    @property
    def duration_s(self) -> int:
        """Seconds from start to end."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Impact:
    """Emissions and effort of the legs of an itinerary, ``None`` where not known.

    Parameters
    ----------
    co2_g : tuple of float or None
        Grams of CO2 equivalents per person.
    effort_m : tuple of float or None
        Metres walked on the level that would be as hard.
    """

    co2_g: tuple[float | None, ...] = ()
    effort_m: tuple[float | None, ...] = ()

    @property
    def total_co2_g(self) -> float | None:
        """Grams of the whole way, ``None`` where a leg's are not known."""
        return _sum(self.co2_g)

    @property
    def total_effort_m(self) -> float | None:
        """Metres of the whole way, ``None`` where a leg's are not known."""
        return _sum(self.effort_m)


def _sum(parts: tuple[float | None, ...]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


@dataclass(frozen=True, slots=True)
class Itinerary:
    """A whole door-to-door answer.

    ``combination`` names the street modes at its two ends, e.g. ``("WALK", "RENTAL")``, or
    ``("DIRECT", mode)``: only itineraries of one combination are compared with each other.
    ``fare`` says what it costs, ``impact`` what it emits and asks of the body, as far as known;
    ``cost`` what it weighs beside the others shown, ``reasons`` what it is best in among them.
    """

    combination: tuple[str, str]
    legs: tuple[Leg, ...]
    transfers: int
    walk_s: int
    fare: ItineraryFare = field(default_factory=ItineraryFare)
    impact: Impact = field(default_factory=Impact)
    cost: Cost | None = None
    reasons: tuple[Reason, ...] = ()
    walk_steps: int = 0
    """Walking as it is compared, see :mod:`routing.transit.walking`."""

    @property
    def start_s(self) -> int:
        """Unix seconds of leaving the origin."""
        return self.legs[0].start_s

    @property
    def end_s(self) -> int:
        """Unix seconds of reaching the destination."""
        return self.legs[-1].end_s

    @property
    def duration_s(self) -> int:
        """Seconds from door to door."""
        return self.end_s - self.start_s

    @property
    def climb_m(self) -> float | None:
        """Metres up on streets, ``None`` where some are not known."""
        known = [leg.climb_m for leg in self.legs if leg.trip is None]
        return None if None in known else sum(metres or 0.0 for metres in known)

    @property
    def walk_distance_m(self) -> float:
        """Metres on foot."""
        return sum(leg.distance_m for leg in self.legs if leg.mode == "WALK")


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

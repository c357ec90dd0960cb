"""One ride or walk of an answer, and what is told of it."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.flex.model import BookingInfo
from routing.model.place import Place
from routing.realtime.model import Alert
from routing.sharing.pricing import RidePlan

LonLat = NDArray[np.float64]
"""Points of a line, float64 (n, 2): longitude and latitude in degrees, EPSG:4326."""


class Trip(NamedTuple):
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
        Length, metres, to a decimetre.
    lon, lat : float
        Where it begins, degrees, to a centimetre.
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


class Leg(NamedTuple):
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

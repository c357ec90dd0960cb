"""A point on Earth that somebody starts from, goes to or passes."""

import math
from dataclasses import dataclass

from routing.errors import RoutingError


class InvalidPlaceError(RoutingError, ValueError):
    """A place that lies nowhere on Earth."""


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

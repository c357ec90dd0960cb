"""A point on Earth that somebody starts from, goes to or passes."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from routing.errors import RoutingError
from routing.geometry import crow_m


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


class _Place(NamedTuple):
    lon: float
    lat: float
    name: str | None = None
    stop_id: str | None = None
    station_id: str | None = None
    platform: str | None = None
    parking: VehicleParking | None = None
    arrival_s: int | None = None
    departure_s: int | None = None
    planned_arrival_s: int | None = None
    planned_departure_s: int | None = None
    cancelled: bool | None = None


class Place(_Place):
    """A point someone starts from, goes to or passes.

    Parameters
    ----------
    lon, lat : float
        Degrees, EPSG:4326.
    name : str, optional
        What people call it.
    stop_id, station_id : str, optional
        Ids as in the GTFS or GBFS feed, where the place is a stop or a sharing station.
    platform : str, optional
        Of a stop.
    parking : VehicleParking, optional
        Where the place is a car park.
    arrival_s, departure_s : int, optional
        Unix seconds at which a vehicle stops here, as foreseen.
    planned_arrival_s, planned_departure_s : int, optional
        The same by the timetable; ``None`` where it does not have the trip.
    cancelled : bool, optional
        Whether the vehicle leaves this stop out.
    """

    __slots__ = ()

    def __new__(cls, lon: float, lat: float, *known: Any, **named: Any) -> Self:
        """Refuse what lies nowhere; the calls of a ride are made by ``_make``, of known stops."""
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            if not (math.isfinite(lon) and math.isfinite(lat)):
                raise InvalidPlaceError(f"{lon},{lat} is no place: give finite lon,lat")
            raise InvalidPlaceError(
                f"{lon},{lat} is no place: lon is within -180..180, lat within -90..90;"
                " were the two swapped?"
            )
        return super().__new__(cls, lon, lat, *known, **named)

    def metres_to(self, other: "Place") -> float:
        """Return the metres to another place as the crow flies."""
        return crow_m(self.lon, self.lat, other.lon, other.lat)

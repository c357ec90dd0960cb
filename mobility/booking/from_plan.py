"""Turn an itinerary of a plan into what is asked of the booking service."""

from datetime import datetime
from typing import Any

from mobility.booking.request import LegRequest, Point, Rental, TripRequest

Json = dict[str, Any]


def trip_from_plan(itinerary: Json, network_id: str | None) -> TripRequest:
    """Return the request that books an itinerary.

    Parameters
    ----------
    itinerary : dict
        One of ``itineraries`` of ``routing.journeys.response.to_json``.
    network_id : str, optional
        Network the plan was computed on.
    """
    return TripRequest(tuple(leg_from_plan(leg) for leg in itinerary["legs"]), network_id)


def leg_from_plan(leg: Json) -> LegRequest:
    """Return the part of the request that concerns one leg."""
    booking = leg["bookingInfo"] or {}
    return LegRequest(
        mode=leg["mode"],
        origin=_point(leg["from"]),
        destination=_point(leg["to"]),
        start=datetime.fromisoformat(leg["startTime"]),
        end=datetime.fromisoformat(leg["endTime"]),
        rental=_rental(leg["rental"]) if leg["rental"] else None,
        booking_url=booking.get("bookingUrl"),
        booking_phone=booking.get("phone"),
    )


def _point(place: Json) -> Point:
    return Point(place["lon"], place["lat"], place["name"] or "")


def _rental(rental: Json) -> Rental:
    origin, destination = rental["fromStation"], rental["toStation"]
    uris = rental["rentalUris"] or {}
    return Rental(
        system_id=rental["systemId"],
        form_factor=rental["formFactor"],
        # At a station any vehicle will do: the one the plan saw may be gone.
        station_id=origin["stationId"] if origin else None,
        vehicle_id=None if origin else rental["vehicleId"],
        vehicle_type_id=rental["vehicleTypeId"],
        to_station_id=destination["stationId"] if destination else None,
        uri=uris.get("web") or uris.get("android") or uris.get("ios"),
    )

"""Itineraries in the words of OpenTripPlanner and MOTIS, ready to become JSON."""

from datetime import UTC, datetime
from functools import lru_cache
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from routing.fares.response import fare_json, products_json
from routing.flex.model import BookingInfo
from routing.journeys.itinerary_id import itinerary_id
from routing.journeys.polyline import PRECISION, encode
from routing.journeys.weights import UNIT, Cost
from routing.model import Itinerary, Leg, Place, PlanResult, Rental, RentalStation, Step
from routing.realtime.model import Alert, RealTime

Json = dict[str, Any]

KEPT_TEXTS = 8192
"""Instants whose text a clock remembers."""

_TRIP = (
    "tripId", "routeId", "routeShortName", "routeLongName", "routeColor", "routeTextColor",
    "agencyId", "agencyName", "headsign", "serviceDate", "wheelchairAccessible", "bikesAllowed",
    "carsAllowed",
)  # fmt: skip
"""What the fields of a :class:`Trip` are called, in their order; the last ones are not told."""
_LEG = dict.fromkeys((
    "mode", "startTime", "endTime", "scheduledStartTime", "scheduledEndTime", "realTime",
    "cancelled", "interlineWithPreviousLeg", "pickupType", "dropoffType", "duration", "distance",
    "estimated", "from", "to", "legGeometry", "steps", *_TRIP, "intermediateStops", "alerts",
    "rental", "bookingInfo",
)) | {"realTime": False, "interlineWithPreviousLeg": False}  # fmt: skip
"""What is told of a leg, in this order; of one without a trip these stay."""


def to_json(result: PlanResult) -> Json:
    """Describe a plan as a JSON-ready dictionary.

    Parameters
    ----------
    result : PlanResult
        What the planner found.

    Returns
    -------
    dict
        ``network``, ``timezone``, ``request``, ``itineraries``, ``realTime`` (how fresh what is
        known beside the timetable was), ``requestError`` (null, or ``code`` and ``message``) and
        ``notSearched`` (combinations that the modes allow and that were not looked for).
        Times are RFC 3339 with the network's offset, durations seconds, distances metres,
        positions EPSG:4326 degrees. Unknown is null.
    """
    clock = _clock(result.timezone)
    request = result.request
    error = result.error
    return {
        "network": result.network,
        "timezone": result.timezone,
        "request": {
            "from": place_json(request.origin, clock),
            "to": place_json(request.destination, clock),
            "time": clock.text(request.time_s),
            "arriveBy": request.arrive_by,
            "modes": sorted(mode.value for mode in request.modes),
            "searchWindow": request.search_window_s,
            "wheelchair": request.wheelchair,
            "walkProfile": request.walk_profile.value,
            "bikeProfile": request.bike_profile.value,
        },
        "ranking": {
            "weights": request.weights.as_dict(),
            "unit": UNIT,
            "gramsPerPersonKm": dict(result.grams_per_km),
        },
        "itineraries": [_itinerary(itinerary, clock) for itinerary in result.itineraries],
        "realTime": real_time_json(result.real_time, clock),
        "previousPageCursor": result.previous_page and result.previous_page.cursor(),
        "nextPageCursor": result.next_page and result.next_page.cursor(),
        "requestError": None
        if error is None
        else {"code": str(error.code), "message": error.message},
        "notSearched": [
            {"code": str(code), "message": code.message} for code in result.not_searched
        ],
    }


def real_time_json(real_time: RealTime, clock: "Clock") -> Json:
    """Say how far an answer rests on what is known now."""
    return {
        "state": str(real_time.state),
        "age": real_time.age_s,
        "updatedAt": clock[real_time.told_s],
        "counts": real_time.counts,
    }


def leg_json(leg: Leg, clock: "Clock") -> Json:
    """Describe a leg outside of an itinerary, in the same words."""
    return _leg(leg, clock)


class Clock(dict[int | None, str | None]):
    """Unix seconds as local RFC 3339 text, written once and remembered; ``None`` of ``None``."""

    def __init__(self, timezone: str) -> None:
        super().__init__()
        self.zone = ZoneInfo(timezone)
        self._quarter = lru_cache(KEPT_TEXTS)(self._quarter_text)

    def __missing__(self, unix_s: int | None) -> str | None:
        if len(self) >= KEPT_TEXTS:
            self.clear()
        self[unix_s] = text = None if unix_s is None else self.text(unix_s)
        return text

    def text(self, unix_s: int) -> str:
        """Return for example ``2022-09-07T08:00:00+02:00``."""
        # Since 1972 zones change their offset at quarter hours only, by multiples of them.
        quarter, rest = divmod(unix_s, 900)
        hour, minute, offset = self._quarter(quarter)
        return f"{hour}{minute + rest // 60:02d}:{rest % 60:02d}{offset}"

    def _quarter_text(self, quarter: int) -> tuple[str, int, str]:
        local = datetime.fromtimestamp(quarter * 900, UTC).astimezone(self.zone)
        text = local.isoformat()
        return text[:14], local.minute, text[19:]


_clock = lru_cache(maxsize=16)(Clock)


def _itinerary(itinerary: Itinerary, clock: Clock) -> Json:
    return {
        "id": itinerary_id(itinerary),
        "startTime": clock[itinerary.start_s],
        "endTime": clock[itinerary.end_s],
        "duration": itinerary.duration_s,
        "transfers": itinerary.transfers,
        "walkTime": itinerary.walk_s,
        "walkSteps": itinerary.walk_steps,
        "walkDistance": round(itinerary.walk_distance_m, 1),
        "streetModes": list(itinerary.combination),
        "cost": itinerary.cost and _cost(itinerary.cost),
        "reasons": [str(reason) for reason in itinerary.reasons],
        "fare": fare_json(itinerary.fare),
        "emissionsPerPerson": {"co2": _rounded(itinerary.impact.total_co2_g)},
        "effort": {
            "metres": _rounded(itinerary.impact.total_effort_m),
            "climb": _rounded(itinerary.climb_m),
        },
        "legs": [_of_leg(itinerary, position, clock) for position in range(len(itinerary.legs))],
    }


def _cost(cost: Cost) -> Json:
    parts = {name: _rounded(part) for name, part in cost.parts.items()}
    return {"total": round(cost.total, 1), "parts": parts}


def _of_leg(itinerary: Itinerary, position: int, clock: Clock) -> Json:
    """Describe a leg, and what its itinerary knows of it."""
    leg = itinerary.legs[position]
    told = _leg(leg, clock)
    told |= {
        "fareProducts": products_json(itinerary.fare, position),
        "emissionsPerPerson": {"co2": _rounded(itinerary.impact.co2_g[position])},
        "effort": {
            "metres": _rounded(itinerary.impact.effort_m[position]),
            "climb": _rounded(leg.climb_m),
        },
    }
    return told


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _leg(leg: Leg, clock: Clock) -> Json:
    told = _LEG | {
        "mode": leg.mode,
        "startTime": clock[leg.start_s],
        "endTime": clock[leg.end_s],
        "duration": leg.duration_s,
        "distance": round(leg.distance_m, 1),
        "estimated": leg.estimated,
        "from": place_json(leg.origin, clock),
        "to": place_json(leg.destination, clock),
        "legGeometry": {
            "points": encode(leg.lonlat),
            "length": len(leg.lonlat),
            "precision": PRECISION,
        },
        "steps": [_step(step) for step in leg.steps],
        "intermediateStops": [place_json(stop, clock) for stop in leg.intermediate_stops],
        "alerts": [_alert(alert, clock) for alert in leg.alerts],
        "rental": _rental(leg.rental, clock),
        "bookingInfo": _booking(leg.booking, clock),
    }
    if leg.trip is not None:
        told |= zip(_TRIP, leg.trip, strict=False)
        told |= {
            "scheduledStartTime": clock[leg.planned_start_s],
            "scheduledEndTime": clock[leg.planned_end_s],
            "realTime": leg.real_time,
            "cancelled": leg.cancelled,
            "interlineWithPreviousLeg": leg.interlined,
            "pickupType": leg.pickup,
            "dropoffType": leg.drop_off,
        }
    return told


def _alert(alert: Alert, clock: Clock) -> Json:
    return {
        "headerText": alert.header,
        "descriptionText": alert.description,
        "url": alert.url,
        "cause": alert.cause,
        "effect": alert.effect,
        "severityLevel": alert.severity,
        "impactPeriod": [
            {"start": clock[start], "end": clock[end]} for start, end in alert.periods
        ],
    }


def place_json(place: Place, clock: Clock) -> Json:
    """Describe a place, with the times of a vehicle there; a car park with what is known of it."""
    # Asked of each call of each ride: no helpers here.
    (
        lon, lat, name, stop, station, platform, parking,
        arrival_s, departure_s, planned_arrival_s, planned_departure_s, cancelled,
    ) = place  # fmt: skip
    told: Json = {
        "name": name,
        "lat": floor(lat * 1e7 + 0.5) / 1e7,
        "lon": floor(lon * 1e7 + 0.5) / 1e7,
        "stopId": stop,
        "stationId": station,
        "track": platform,
        "arrival": clock[arrival_s],
        "departure": clock[departure_s],
        "scheduledArrival": clock[planned_arrival_s],
        "scheduledDeparture": clock[planned_departure_s],
        "cancelled": cancelled,
    }
    if parking is not None:
        told["vehicleParking"] = {
            "vehicleParkingId": parking.id,
            "capacity": parking.capacity,
            "fee": parking.fee,
            "parkRide": parking.park_ride,
        }
    return told


def _step(step: Step) -> Json:
    name, metres, lon, lat, kind, turn, compass, exit, stairs, push, pathway, sign, level = step
    return {
        "relativeDirection": turn,
        "absoluteDirection": compass,
        "streetName": name,
        "bogusName": name is None,
        "kind": kind,
        "exit": None if exit is None else str(exit),
        "stairs": stairs,
        "push": push,
        "pathwayMode": pathway,
        "signpostedAs": sign,
        "level": level,
        "distance": metres,
        "lat": lat,
        "lon": lon,
    }


def _degrees(value: float) -> float:
    """Round degrees to a centimetre; ``round`` takes three times as long."""
    return floor(value * 1e7 + 0.5) / 1e7


def _rental(rental: Rental | None, clock: Clock) -> Json | None:
    if rental is None:
        return None
    return {
        "systemId": rental.system_id,
        "systemName": rental.system_name,
        "formFactor": rental.form_factor,
        "vehicleTypeId": rental.vehicle_type_id,
        "vehicleId": rental.vehicle_id,
        "fromStation": _station(rental.from_station),
        "toStation": _station(rental.to_station),
        "availability": {
            "vehicles": rental.vehicles_available,
            "docks": rental.docks_available,
        },
        "returnConstraint": rental.return_constraint,
        "rangeMeters": rental.range_m,
        "pricingPlanId": rental.pricing_plan_id,
        "asOf": clock[rental.as_of],
        "stale": rental.stale,
        "rentalUris": rental.rental_uris,
    }


def _booking(booking: BookingInfo | None, clock: Clock) -> Json | None:
    if booking is None:
        return None
    return {
        "kind": booking.kind,
        "deadline": clock[booking.deadline_s],
        "earliest": clock[booking.earliest_s],
        "message": booking.message,
        "phone": booking.phone,
        "infoUrl": booking.info_url,
        "bookingUrl": booking.booking_url,
        "missed": booking.missed,
    }


def _station(station: RentalStation | None) -> Json | None:
    if station is None:
        return None
    return {
        "stationId": station.station_id,
        "name": station.name,
        "lat": _degrees(station.lat),
        "lon": _degrees(station.lon),
    }

"""Itineraries as self-contained tokens: rides and their stops, and how long the ways between take.

A token tells where a journey begins and ends, as the journey itself does.
"""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from routing.errors import RoutingError
from routing.model import Itinerary, Leg, Place

LONGEST_ID = 4000
_LARGEST = 20_000
_MOST_LEGS = 60
_VERSION = 1
_LAST_S = 7_258_118_400  # the year 2200


class InvalidItineraryIdError(RoutingError, ValueError):
    """An itinerary id that no plan gave."""


@dataclass(frozen=True, slots=True)
class KeptRide:
    """A ride on a trip: planned times (foreseen ones of an added trip) in Unix seconds."""

    mode: str
    trip_id: str
    route_id: str
    day: date
    board_id: str
    alight_id: str
    start_s: int
    end_s: int
    interlined: bool


@dataclass(frozen=True, slots=True)
class KeptWay:
    """A way on the street, a ride on demand or a stay: what it is and how long it takes."""

    mode: str
    seconds: int


@dataclass(frozen=True, slots=True)
class KeptItinerary:
    """What an id tells."""

    origin: Place
    destination: Place
    start_s: int
    legs: tuple[KeptRide | KeptWay, ...]


def itinerary_id(itinerary: Itinerary) -> str:
    """Write an itinerary as a token for request bodies."""
    first, last = itinerary.legs[0].origin, itinerary.legs[-1].destination
    ends = [[round(place.lon, 5), round(place.lat, 5)] for place in (first, last)]
    legs = [_kept(leg) for leg in itinerary.legs]
    text = orjson.dumps([_VERSION, *ends, itinerary.start_s, legs])
    return base64.urlsafe_b64encode(zlib.compress(text)).rstrip(b"=").decode()


def _kept(leg: Leg) -> list[Any]:
    trip, stops = leg.trip, (leg.origin.stop_id, leg.destination.stop_id)
    if trip is None or trip.service_date is None or None in stops:
        return [leg.mode, leg.duration_s]
    start_s = leg.start_s if leg.planned_start_s is None else leg.planned_start_s
    end_s = leg.end_s if leg.planned_end_s is None else leg.planned_end_s
    times = start_s, end_s, int(leg.interlined)
    return [leg.mode, trip.trip_id, trip.route_id, trip.service_date, *stops, *times]


def read_itinerary_id(text: str) -> KeptItinerary:
    """Read a token.

    Raises
    ------
    InvalidItineraryIdError
        It is none that :func:`itinerary_id` wrote.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        reader = zlib.decompressobj()
        plain = reader.decompress(packed, _LARGEST)
        if not reader.eof:
            raise ValueError("too long")
        version, origin, destination, start_s, legs = json.loads(plain)
        if version != _VERSION or not 0 < len(legs) <= _MOST_LEGS:
            raise ValueError("of another version")
        kept = tuple(_read_leg(leg) for leg in legs)
        return KeptItinerary(Place(*origin), Place(*destination), _moment(start_s), kept)
    except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError) as error:
        raise InvalidItineraryIdError("this itinerary id is none that a plan gave") from error


def _read_leg(leg: Any) -> KeptRide | KeptWay:
    if len(leg) == 2:
        mode, seconds = leg
        if not 0 <= seconds <= 86_400:
            raise ValueError("longer than a day")
        return KeptWay(_text(mode), _moment(seconds))
    mode, trip_id, route_id, day, board_id, alight_id, start_s, end_s, interlined = leg
    return KeptRide(
        _text(mode),
        _text(trip_id),
        _text(route_id),
        date.fromisoformat(day),
        _text(board_id),
        _text(alight_id),
        _moment(start_s),
        _moment(end_s),
        bool(interlined),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _moment(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LAST_S:
        raise ValueError("no moment")
    return value

"""Put a plan's JSON into the words and figures that the journey pages show."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import format_currency, format_date, format_decimal, gettext, ngettext

Json = dict[str, Any]

MODES = {
    "WALK": "Walk",
    "BICYCLE": "Own bike",
    "CAR": "Own car",
    "BUS": "Bus",
    "TRAM": "Tram",
    "SUBWAY": "Underground",
    "RAIL": "Train",
    "FERRY": "Ferry",
    "COACH": "Coach",
    "TROLLEYBUS": "Trolleybus",
    "FUNICULAR": "Funicular",
    "GONDOLA": "Gondola",
    "CABLE_CAR": "Cable car",
    "MONORAIL": "Monorail",
    "FLEX": "Bus on demand",
}
FORM_FACTORS = {
    "bicycle": "Shared bike",
    "cargo_bicycle": "Shared cargo bike",
    "car": "Shared car",
    "moped": "Shared moped",
    "scooter_standing": "Shared scooter",
    "scooter_seated": "Shared scooter",
}
_SHORT_WALK_S = 60
"""Shorter walks are left out of the one-line summary."""


def itinerary_key(itinerary: Json) -> str:
    """Name an itinerary by what it consists of, so that a later plan can find it again."""
    parts = [
        (leg["mode"], leg["tripId"], leg["startTime"], _stops(leg), _rental_key(leg["rental"]))
        for leg in itinerary["legs"]
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def itinerary_view(itinerary: Json) -> Json:
    """Return what the templates show of an itinerary, in the request's language."""
    legs = [leg_view(leg) for leg in itinerary["legs"]]
    walk = distance_text(itinerary["walkDistance"])
    transfers = itinerary["transfers"]
    facts = [
        ngettext("%(num)d change", "%(num)d changes", transfers),
        gettext("%(distance)s on foot", distance=walk),
        *_price_facts(itinerary["fare"]),
    ]
    return {
        "key": itinerary_key(itinerary),
        "start": itinerary["startTime"],
        "end": itinerary["endTime"],
        "start_clock": clock(itinerary["startTime"]),
        "end_clock": clock(itinerary["endTime"], since=itinerary["startTime"]),
        "duration": duration_text(itinerary["duration"]),
        "facts": facts,
        "legs": legs,
    }


def _price_facts(fare: Json) -> list[str]:
    """Say what an itinerary costs; nothing where there is nothing to pay."""
    price = fare["price"]
    if price is None:
        return [gettext("price not known")]
    if price["currency"] is None:
        return []
    return [format_currency(Decimal(price["amount"]), price["currency"])]


def leg_view(leg: Json) -> Json:
    """Return what the templates show of one leg."""
    rental = leg["rental"]
    facts = [duration_text(leg["duration"]), distance_text(leg["distance"])]
    if leg["estimated"]:
        facts.append(gettext("estimated on a straight line"))
    if leg["agencyName"]:
        facts.append(leg["agencyName"])
    facts += _booking_facts(leg["bookingInfo"])
    stops = [{"clock": clock(s["arrival"]), "name": s["name"]} for s in leg["intermediateStops"]]
    return {
        "mode": leg["mode"],
        "icon": rental["formFactor"] if rental else leg["mode"],
        "route": leg["routeShortName"] or leg["routeLongName"],
        "color": leg["routeColor"],
        "text_color": leg["routeTextColor"],
        "what": _what(leg),
        "minutes": max(1, round(leg["duration"] / 60)),
        "shown": leg["mode"] != "WALK" or leg["duration"] >= _SHORT_WALK_S,
        "start": leg["startTime"],
        "start_clock": clock(leg["startTime"]),
        "from_name": leg["from"]["name"] or gettext("Point on the map"),
        "to_name": leg["to"]["name"] or gettext("Point on the map"),
        "from_track": leg["from"]["track"],
        "facts": facts,
        "rental": _rental_view(rental) if rental else None,
        "stops": stops,
        "stops_label": ngettext("%(num)d stop between", "%(num)d stops between", len(stops)),
        "steps": [_step_view(step) for step in leg["steps"]],
        "fulfilment": None,
    }


def drawn(itineraries: list[Json]) -> list[Json]:
    """Return only what the map draws of itineraries."""
    return [
        {
            "legs": [
                {
                    "mode": leg["mode"],
                    "color": f"#{leg['routeColor']}" if leg["routeColor"] else None,
                    "points": leg["legGeometry"]["points"],
                    "precision": leg["legGeometry"]["precision"],
                }
                for leg in itinerary["legs"]
            ]
        }
        for itinerary in itineraries
    ]


def clock(text: str | None, since: str | None = None) -> str:
    """Return the time of day of an RFC 3339 text; ``+1`` marks the day after ``since``."""
    if text is None:
        return ""
    moment = datetime.fromisoformat(text)
    shown = moment.strftime("%H:%M")
    days = (moment.date() - datetime.fromisoformat(since).date()).days if since else 0
    return f"{shown} +{days}" if days else shown


def duration_text(seconds: float) -> str:
    """Return for example ``25 min`` or ``1 h 05 min``."""
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return str(gettext("%(minutes)d min", minutes=minutes))
    return str(gettext("%(hours)d h %(rest)02d min", hours=minutes // 60, rest=minutes % 60))


def distance_text(metres: float) -> str:
    """Return for example ``350 m`` or ``1.2 km``, in the request's language."""
    if metres < 995:
        return f"{round(metres, -1):.0f} m"
    return f"{format_decimal(round(metres / 1000, 1))} km"


def _what(leg: Json) -> str:
    """Say in words what one does in a leg."""
    if leg["rental"]:
        factor = leg["rental"]["formFactor"]
        what = str(gettext(FORM_FACTORS.get(factor, "Shared vehicle")))
        name = leg["rental"]["systemName"]
        return f"{what} ({name})" if name else what
    mode = str(gettext(MODES.get(leg["mode"], leg["mode"].capitalize())))
    if leg["tripId"] is None:
        return mode
    if leg["headsign"] and leg["mode"] != "FLEX":
        mode = str(gettext("%(mode)s towards %(headsign)s", mode=mode, headsign=leg["headsign"]))
    return mode


def _rental_view(rental: Json) -> Json:
    vehicles, docks = rental["availability"]["vehicles"], rental["availability"]["docks"]
    parts = []
    if vehicles is not None:
        parts.append(ngettext("%(num)d vehicle there now", "%(num)d vehicles there now", vehicles))
    if docks is not None:
        parts.append(ngettext("%(num)d free dock", "%(num)d free docks", docks))
    if rental["asOf"]:
        parts.append(gettext("as of %(time)s", time=clock(rental["asOf"])))
    return {"text": " · ".join(parts), "stale": rental["stale"]}


def _booking_facts(booking: Json | None) -> list[str]:
    """Say until when a ride is to be booked, and how."""
    if booking is None:
        return []
    facts = [] if booking["message"] is None else [booking["message"]]
    if booking["deadline"] is not None:
        day = format_date(datetime.fromisoformat(booking["deadline"]), "short")
        moment = f"{day} {clock(booking['deadline'])}"
        facts.append(gettext("to be booked by %(moment)s", moment=moment))
    if booking["phone"] is not None:
        facts.append(gettext("phone %(number)s", number=booking["phone"]))
    return facts


def _stops(leg: Json) -> list[str | None]:
    return [leg["from"]["stopId"], leg["to"]["stopId"]]


def _rental_key(rental: Json | None) -> list[str | None]:
    if rental is None:
        return []
    stations = [rental["fromStation"], rental["toStation"]]
    return [rental["systemId"], rental["vehicleId"], *(s and s["stationId"] for s in stations)]


def _step_view(step: Json) -> Json:
    return {
        "name": step["streetName"] or gettext("unnamed way"),
        "distance": distance_text(step["distance"]),
    }

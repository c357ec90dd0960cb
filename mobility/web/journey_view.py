"""Put a plan's JSON into the words and figures that the journey pages show."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from flask_babel import format_currency, gettext, ngettext

from mobility.web.journey_texts import clock, day_text, distance_text, duration_text, shown_s
from mobility.web.journey_words import (
    co2_fact,
    effort_facts,
    own_vehicle_facts,
    reason_words,
    state_view,
    step_view,
)

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
    "STAY": "Stay here",
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
    for view, more in zip(legs, own_vehicle_facts(itinerary["legs"]), strict=True):
        view["facts"] += more
    for n, leg in enumerate(itinerary["legs"]):
        if n and not leg["from"]["name"] and not leg["steps"]:
            legs[n]["from_name"] = legs[n - 1]["to_name"]
    facts = [
        *_way_facts(itinerary),
        co2_fact(itinerary["emissionsPerPerson"]["co2"]),
        *_price_facts(itinerary["fare"]),
    ]
    return {
        "key": itinerary_key(itinerary),
        "start": itinerary["startTime"],
        "end": itinerary["endTime"],
        "start_clock": clock(itinerary["startTime"]),
        "end_clock": clock(itinerary["endTime"], since=itinerary["startTime"]),
        "day": day_text(itinerary["startTime"]),
        "duration": duration_text(shown_s(itinerary["startTime"], itinerary["endTime"])),
        "facts": facts,
        "reasons": reason_words(itinerary["reasons"]),
        "effort": effort_facts(itinerary["effort"]),
        "tickets": [_ticket_text(product) for product in itinerary["fare"]["products"]],
        "alerts": list(dict.fromkeys(a["headline"] for leg in legs for a in leg["alerts"])),
        "booking_due": [leg["booking_due"] for leg in legs if leg["booking_due"]],
        "legs": legs,
    }


def _way_facts(itinerary: Json) -> list[str]:
    """Say how often one changes and how far one walks, where there is a ride or a walk."""
    facts = []
    if any(leg["tripId"] for leg in itinerary["legs"]):
        changes = itinerary["transfers"]
        facts.append(ngettext("%(num)d change", "%(num)d changes", changes))
    if itinerary["walkDistance"]:
        walk = distance_text(itinerary["walkDistance"])
        facts.append(gettext("%(distance)s on foot", distance=walk))
    return facts


def _price_facts(fare: Json) -> list[str]:
    """Say what an itinerary costs; nothing where there is nothing to pay."""
    price = fare["price"]
    if price is None:
        return [gettext("price not known")]
    if price["currency"] is None:
        return []
    return [_money_text(price)]


def _ticket_text(product: Json) -> str:
    return f"{product['name'] or gettext('Ticket')}: {_money_text(product['price'])}"


def _money_text(money: Json) -> str:
    return str(format_currency(Decimal(money["amount"]), money["currency"]))


def leg_view(leg: Json) -> Json:
    """Return what the templates show of one leg."""
    rental, booking = leg["rental"], leg["bookingInfo"]
    facts = [duration_text(leg["duration"])]
    if leg["mode"] != "STAY":
        facts.append(distance_text(leg["distance"]))
    if leg["estimated"]:
        facts.append(gettext("estimated on a straight line"))
    if leg["agencyName"]:
        facts.append(leg["agencyName"])
    facts += [*_arrangement_facts(leg), *_booking_facts(booking)]
    stops = [
        {"clock": clock(s["arrival"]), "name": s["name"], "cancelled": s["cancelled"]}
        for s in leg["intermediateStops"]
    ]
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
        "state": state_view(leg),
        "stays": leg["interlineWithPreviousLeg"],
        "alerts": [_alert_view(alert) for alert in leg["alerts"]],
        "booking_due": booking and _booking_due(booking),
        "booking_missed": bool(booking and booking["missed"]),
        "booking_url": booking and (booking["bookingUrl"] or booking["infoUrl"]),
        "from_cancelled": leg["from"]["cancelled"],
        "to_cancelled": leg["to"]["cancelled"],
        "from_name": _place_name(leg["from"], leg["steps"]),
        "to_name": _place_name(leg["to"], leg["steps"][::-1]),
        "from_track": leg["from"]["track"],
        "facts": facts,
        "rental": _rental_view(rental) if rental else None,
        "stops": stops,
        "stops_label": ngettext("%(num)d stop between", "%(num)d stops between", len(stops)),
        "steps": [step_view(step) for step in leg["steps"]],
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


def _place_name(place: Json, steps: list[Json]) -> str:
    """Call a place by its name, or by the street that one sets out from, or ends on."""
    street = steps[0]["streetName"] if steps else None
    return str(place["name"] or street or gettext("Point on the map"))


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


def _arrangement_facts(leg: Json) -> list[str]:
    """Say what is to be arranged for getting on and off."""
    facts = []
    if leg["pickupType"] == "CALL_AGENCY":
        facts.append(gettext("call the operator to be picked up"))
    if leg["pickupType"] == "COORDINATE_WITH_DRIVER":
        facts.append(gettext("wave to the driver to get on"))
    if leg["dropoffType"] == "CALL_AGENCY":
        facts.append(gettext("call the operator to be set down"))
    if leg["dropoffType"] == "COORDINATE_WITH_DRIVER":
        facts.append(gettext("tell the driver where to get off"))
    return facts


def _booking_facts(booking: Json | None) -> list[str]:
    """Say until when a ride is to be booked, and how."""
    if booking is None:
        return []
    facts = [] if booking["message"] is None else [booking["message"]]
    if due := _booking_due(booking):
        facts.append(due)
    if booking["phone"] is not None:
        facts.append(gettext("phone %(number)s", number=booking["phone"]))
    return facts


def _booking_due(booking: Json) -> str | None:
    if booking["deadline"] is None:
        return None
    moment = f"{day_text(booking['deadline'])} {clock(booking['deadline'])}"
    return str(gettext("to be booked by %(moment)s", moment=moment))


def _alert_view(alert: Json) -> Json:
    return {
        "headline": alert["headerText"] or alert["descriptionText"] or gettext("Disruption"),
        "text": alert["descriptionText"] if alert["headerText"] else None,
        "url": alert["url"],
    }


def _stops(leg: Json) -> list[str | None]:
    return [leg["from"]["stopId"], leg["to"]["stopId"]]


def _rental_key(rental: Json | None) -> list[str | None]:
    if rental is None:
        return []
    stations = [rental["fromStation"], rental["toStation"]]
    return [rental["systemId"], rental["vehicleId"], *(s and s["stationId"] for s in stations)]
